#include "formats/interval_text.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"

#include <errno.h>
#include <string.h>

#define LEAST_NS (10 * NS_PER_MS)
#define MOST_NS  (3600 * NS_PER_S)

int interval_text_parse(const char *text, int64_t *ret_ns, struct error *err)
{
	int64_t ns = 0;
	if (strcmp(text, "off") != 0) {
		const int r = number_parse_duration(text, &ns, err);
		if (r < 0)
			return r;
	}
	if (ns != 0 && (ns < LEAST_NS || ns > MOST_NS))
		return error_set(err, EINVAL, "%.40s is out of range; write 10 ms to 1 h, or off",
		                 text);
	*ret_ns = ns;
	return 0;
}
