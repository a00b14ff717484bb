/* How often something is sampled, as people write it: a duration, or off. */
#ifndef FORMATS_INTERVAL_TEXT_H
#define FORMATS_INTERVAL_TEXT_H

#include <stdint.h>

struct error;

/* "1s", "250 ms"; 0 or off: never, and *ret_ns is 0. From 10 ms to 1 h. Returns 0 or -EINVAL. */
int interval_text_parse(const char *text, int64_t *ret_ns, struct error *err);

#endif
