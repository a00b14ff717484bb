#include "core/usage.h"

#include "core/clock.h"

#include <errno.h>
#include <sys/resource.h>

int64_t usage_ns(struct timeval time)
{
	return (int64_t)time.tv_sec * NS_PER_S + (int64_t)time.tv_usec * NS_PER_US;
}

int usage_read(int who, struct usage *ret)
{
	struct rusage usage = {0};
	if (getrusage(who, &usage) < 0)
		return -errno;
	*ret = (struct usage){
	        .cpu_ns = usage_ns(usage.ru_utime) + usage_ns(usage.ru_stime),
	        .max_rss_bytes = (int64_t)usage.ru_maxrss * 1024,
	};
	return 0;
}
