/* Numbers with units, as people write them: parsing, and writing for people.
 *
 * Parsing is strict: the whole text must be one number, with a unit where the quantity has one;
 * white space is allowed around it and between number and unit, nothing else is. The decimal
 * mark is a point whatever the locale. On failure err says what is wrong and what would be
 * right, without naming the place (the caller adds it). SI prefixes are powers of 1000, IEC ones
 * (KiB, MiB, ...) of 1024. */
#ifndef CORE_NUMBER_H
#define CORE_NUMBER_H

#include <stddef.h>
#include <stdint.h>

struct error;

/* A whole number in [low, high], no unit. Returns 0 or -EINVAL. */
int number_parse_integer(const char *text, int64_t low, int64_t high, int64_t *ret_value,
                         struct error *err);

/* A finite real number, no unit. Returns 0 or -EINVAL. */
int number_parse_real(const char *text, double *ret_value, struct error *err);

/* How many of something, 0 or more, a fraction too: digits alone, or with k, M, G or T behind them
 * ("32.8 M", "460k"). Returns 0 or -EINVAL. */
int number_parse_count(const char *text, double *ret_value, struct error *err);

/* A fraction, written as "2%" or "0.02". Returns 0 or -EINVAL. */
int number_parse_fraction(const char *text, double *ret_value, struct error *err);

/* A duration with a unit (ns, us, ms, s, min, h, d) to nanoseconds, 0 or more; a bare 0 needs no
 * unit. Returns 0 or -EINVAL. */
int number_parse_duration(const char *text, int64_t *ret_ns, struct error *err);

/* A size with a unit (B, kB, MB, GB, TB, PB, KiB, MiB, GiB, TiB, PiB) to bytes, 0 or more; a bare
 * 0 needs no unit. Returns 0 or -EINVAL. */
int number_parse_bytes(const char *text, int64_t *ret_bytes, struct error *err);

/* An angle with a unit (deg, arcmin, arcsec, rad) to degrees, 0 or more. Returns 0 or -EINVAL. */
int number_parse_angle(const char *text, double *ret_deg, struct error *err);

/* A solid angle with a unit (deg2, arcmin2, sr) to square degrees, 0 or more. Returns 0 or
 * -EINVAL. */
int number_parse_solid_angle(const char *text, double *ret_deg2, struct error *err);

/* A text that fits every number written below. */
enum { NUMBER_TEXT_BYTES = 32 };

/* "950 us", "52.3 ms", "7.25 s", "3 min 20 s", "2 h 05 min": at most `digits` significant digits
 * below a minute. */
void number_format_duration(int64_t ns, int digits, char text[NUMBER_TEXT_BYTES]);

/* "512 B", "2.6 GB": SI, three significant digits. */
void number_format_bytes(int64_t bytes, char text[NUMBER_TEXT_BYTES]);

/* The same in powers of two, as caches are measured: "260 MiB", "1.25 MiB", "48 KiB", without zeros
 * at the end. */
void number_format_binary_bytes(int64_t bytes, char text[NUMBER_TEXT_BYTES]);

/* How many: "32.8 M", "2.7 M", "54", "0.5": at most `digits` significant digits, without zeros at
 * the end, and SI prefixes from 1000 on. */
void number_format_count(double count, int digits, char text[NUMBER_TEXT_BYTES]);

/* A real with `digits` significant digits and no exponent where it is between 1e-4 and 1e9. */
void number_format_significant(double value, int digits, char text[NUMBER_TEXT_BYTES]);

/* The noun that goes with a count: `one` for 1, else `many`. */
const char *number_noun(size_t count, const char *one, const char *many);

#endif
