/* What this process, or its ended children, have used. */
#ifndef CORE_USAGE_H
#define CORE_USAGE_H

#include <stdint.h>
#include <sys/time.h>

struct usage {
	int64_t cpu_ns; /* user and system time, all threads, ns */
	int64_t max_rss_bytes;
};

/* A time of struct rusage, ns. */
int64_t usage_ns(struct timeval time);

/* who: RUSAGE_SELF, or RUSAGE_CHILDREN for the children that have been waited for. Returns 0, or
 * -errno: nothing is known then, and *ret is as it was. */
int usage_read(int who, struct usage *ret);

#endif
