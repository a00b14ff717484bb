/* Durations and counts as programs that time a command write them: the length bytes at text, whole.
 * Decimals have a point. Each returns false, and leaves its output alone, where the text is nothing
 * of the kind or does not fit. Private to gnu_time. */
#ifndef FORMATS_IMPORT_TIME_VALUES_H
#define FORMATS_IMPORT_TIME_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "0.10", in 1e-9 times scale: with 60, minutes as ns. */
bool time_value_decimal(const char *text, size_t length, int64_t scale, int64_t *ret_nano);

/* "398251", times factor. */
bool time_value_count(const char *text, size_t length, int64_t factor, int64_t *ret_value);

/* [h:]m:s[.c], in ns. */
bool time_value_clock(const char *text, size_t length, int64_t *ret_ns);

/* "0.102", "0m0.102s" or "1h2m3.4s", in ns. */
bool time_value_shell(const char *text, size_t length, int64_t *ret_ns);

#endif
