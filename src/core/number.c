#include "core/number.h"

#include "core/array.h"
#include "core/error.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	const char *name;
	double factor;
};

struct quantity {
	const char *what;    /* "a duration" */
	const char *example; /* "300 s or 20 ms" */
	const struct unit *units;
	size_t unit_count;
};

static const struct unit duration_units[] = {
        {"ns", 1},     {"us", 1e3},   {"ms", 1e6},    {"s", 1e9},
        {"min", 60e9}, {"h", 3600e9}, {"d", 86400e9},
};
static const struct unit byte_units[] = {
        {"B", 1},        {"kB", 1e3},     {"MB", 1e6},     {"GB", 1e9},
        {"TB", 1e12},    {"PB", 1e15},    {"KiB", 0x1p10}, {"MiB", 0x1p20},
        {"GiB", 0x1p30}, {"TiB", 0x1p40}, {"PiB", 0x1p50},
};
static const struct unit angle_units[] = {
        {"deg", 1},
        {"arcmin", 1.0 / 60},
        {"arcsec", 1.0 / 3600},
        {"rad", 180 / M_PI},
};
static const struct unit solid_angle_units[] = {
        {"deg2", 1},
        {"arcmin2", 1.0 / 3600},
        {"sr", 180 / M_PI * 180 / M_PI},
};
static const struct unit count_units[] = {
        {"k", 1e3},
        {"M", 1e6},
        {"G", 1e9},
        {"T", 1e12},
};

static const struct quantity duration = {"a duration", "300s, 20ms or 1.5h", duration_units,
                                         ARRAY_LENGTH(duration_units)};
static const struct quantity size = {"a size", "2.6 GB or 512 MiB", byte_units,
                                     ARRAY_LENGTH(byte_units)};
static const struct quantity angle = {"an angle", "1.75deg or 1 arcmin", angle_units,
                                      ARRAY_LENGTH(angle_units)};
static const struct quantity solid_angle = {"a solid angle", "9.6deg2", solid_angle_units,
                                            ARRAY_LENGTH(solid_angle_units)};

static const char *skip_space(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

/* Reads a decimal number at *text in the C locale; hexadecimal, "inf" and "nan" are no numbers
 * here. Leaves *text behind it. */
static bool read_real(const char **text, double *ret_value)
{
	const char *const start = skip_space(*text);
	const char *p = start;
	if (*p == '+' || *p == '-')
		p++;
	if (!isdigit((unsigned char)p[0]) && !(p[0] == '.' && isdigit((unsigned char)p[1])))
		return false;
	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
		return false;
	const locale_t c_locale = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
	if (!c_locale)
		return false;
	char *end;
	const double value = strtod_l(start, &end, c_locale);
	freelocale(c_locale);
	if (!isfinite(value))
		return false;
	*text = end;
	*ret_value = value;
	return true;
}

static void list_units(const struct quantity *q, char *text, size_t text_bytes)
{
	size_t length = 0;
	text[0] = '\0';
	for (size_t i = 0; i < q->unit_count && length < text_bytes; i++)
		length += (size_t)snprintf(text + length, text_bytes - length, "%s%s",
		                           i ? ", " : "", q->units[i].name);
}

static int parse_quantity(const struct quantity *q, const char *text, double *ret_value,
                          struct error *err)
{
	const char *p = text;
	double value;
	char units[128];
	list_units(q, units, sizeof units);
	if (!read_real(&p, &value))
		return error_set(err, EINVAL, "\"%s\" is not %s; write for example %s", text,
		                 q->what, q->example);
	if (value < 0)
		return error_set(err, EINVAL, "\"%s\" is negative; %s is 0 or more", text, q->what);
	p = skip_space(p);
	if (!*p && value > 0)
		return error_set(err, EINVAL,
		                 "\"%s\" has no unit; write for example %s (units: %s)", text,
		                 q->example, units);
	if (!*p) {
		*ret_value = 0;
		return 0;
	}
	for (size_t i = 0; i < q->unit_count; i++) {
		const size_t length = strlen(q->units[i].name);
		if (strncmp(p, q->units[i].name, length) == 0 && !*skip_space(p + length)) {
			*ret_value = value * q->units[i].factor;
			return 0;
		}
	}
	return error_set(err, EINVAL, "\"%s\" has an unknown unit \"%s\"; units of %s are %s", text,
	                 p, q->what, units);
}

/* 2^63 as a double: the first value that an int64_t does not hold. */
static const double int64_end = 0x1p63;

static int parse_whole(const struct quantity *q, const char *text, int64_t *ret_value,
                       struct error *err)
{
	double value;
	const int r = parse_quantity(q, text, &value, err);
	if (r < 0)
		return r;
	if (value >= int64_end)
		return error_set(err, EINVAL, "\"%s\" is too large", text);
	*ret_value = llround(value);
	return 0;
}

int number_parse_integer(const char *text, int64_t low, int64_t high, int64_t *ret_value,
                         struct error *err)
{
	const char *const start = skip_space(text);
	char *end;
	errno = 0;
	const int64_t value = strtoll(start, &end, 10);
	if (end == start || *skip_space(end))
		return error_set(err, EINVAL,
		                 "\"%s\" is not a whole number; write digits alone, for example 4",
		                 text);
	if (errno == ERANGE || value < low || value > high) {
		if (high == INT64_MAX)
			return error_set(err, EINVAL,
			                 "%s is out of range; it must be %" PRId64 " or more", text,
			                 low);
		return error_set(err, EINVAL,
		                 "%s is out of range; it must be between %" PRId64 " and %" PRId64,
		                 text, low, high);
	}
	*ret_value = value;
	return 0;
}

int number_parse_real(const char *text, double *ret_value, struct error *err)
{
	const char *p = text;
	double value;
	if (!read_real(&p, &value) || *skip_space(p))
		return error_set(err, EINVAL, "\"%s\" is not a number; write for example 2.5",
		                 text);
	*ret_value = value;
	return 0;
}

/* More than this is nothing that is counted. */
static const double most_count = 1e18;

int number_parse_count(const char *text, double *ret_value, struct error *err)
{
	const char *p = text;
	double value;
	if (!read_real(&p, &value))
		return error_set(err, EINVAL,
		                 "\"%s\" is not a count; write for example 173682 or 32.8 M", text);
	if (value < 0)
		return error_set(err, EINVAL, "\"%s\" is negative; a count is 0 or more", text);
	p = skip_space(p);
	double factor = *p ? 0 : 1;
	for (size_t i = 0; *p && i < ARRAY_LENGTH(count_units); i++)
		if (*p == count_units[i].name[0] && !*skip_space(p + 1))
			factor = count_units[i].factor;
	if (factor == 0)
		return error_set(err, EINVAL,
		                 "\"%s\" has an unknown multiple \"%s\"; counts have k, M, G, T or "
		                 "none",
		                 text, p);
	/* 32.8 x 10^6 is a whole number but for the last bit. */
	const double count = value * factor;
	if (!(count <= most_count))
		return error_set(err, EINVAL, "\"%s\" is too large", text);
	const double whole = nearbyint(count);
	*ret_value = fabs(count - whole) <= 1e-12 * count ? whole : count;
	return 0;
}

int number_parse_fraction(const char *text, double *ret_value, struct error *err)
{
	const char *p = text;
	double value;
	if (!read_real(&p, &value))
		return error_set(err, EINVAL,
		                 "\"%s\" is not a fraction; write for example 2%% or 0.02", text);
	p = skip_space(p);
	if (*p == '%') {
		value /= 100;
		p = skip_space(p + 1);
	}
	if (*p)
		return error_set(err, EINVAL,
		                 "\"%s\" is not a fraction; write for example 2%% or 0.02", text);
	*ret_value = value;
	return 0;
}

int number_parse_duration(const char *text, int64_t *ret_ns, struct error *err)
{
	return parse_whole(&duration, text, ret_ns, err);
}

int number_parse_bytes(const char *text, int64_t *ret_bytes, struct error *err)
{
	return parse_whole(&size, text, ret_bytes, err);
}

int number_parse_angle(const char *text, double *ret_deg, struct error *err)
{
	return parse_quantity(&angle, text, ret_deg, err);
}

int number_parse_solid_angle(const char *text, double *ret_deg2, struct error *err)
{
	return parse_quantity(&solid_angle, text, ret_deg2, err);
}

void number_format_significant(double value, int digits, char text[NUMBER_TEXT_BYTES])
{
	const double magnitude = fabs(value);
	if (!isfinite(value)) {
		snprintf(text, NUMBER_TEXT_BYTES, "%s", isnan(value) ? "nan" : "inf");
		return;
	}
	if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e9)) {
		snprintf(text, NUMBER_TEXT_BYTES, "%.*e", digits - 1, value);
		return;
	}
	/* Round first, so that 9.996 with three digits is 10.0 and not 10.00. */
	char rounded[NUMBER_TEXT_BYTES];
	snprintf(rounded, sizeof rounded, "%.*e", digits - 1, value);
	const int exponent = magnitude == 0 ? 0 : atoi(strchr(rounded, 'e') + 1);
	const int decimals = digits - 1 - exponent;
	snprintf(text, NUMBER_TEXT_BYTES, "%.*f", decimals > 0 ? decimals : 0, value);
}

void number_format_duration(int64_t ns, int digits, char text[NUMBER_TEXT_BYTES])
{
	static const struct unit small[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}};
	const int64_t seconds = (ns + 500000000) / 1000000000;
	if (seconds >= 3600) {
		const int64_t minutes = (seconds + 30) / 60;
		snprintf(text, NUMBER_TEXT_BYTES, "%" PRId64 " h %02" PRId64 " min", minutes / 60,
		         minutes % 60);
		return;
	}
	if (seconds >= 60) {
		snprintf(text, NUMBER_TEXT_BYTES, "%" PRId64 " min %02" PRId64 " s", seconds / 60,
		         seconds % 60);
		return;
	}
	size_t i = 0;
	while (i + 1 < ARRAY_LENGTH(small) && (double)ns >= small[i + 1].factor)
		i++;
	char number[NUMBER_TEXT_BYTES];
	number_format_significant((double)ns / small[i].factor, digits, number);
	snprintf(text, NUMBER_TEXT_BYTES, "%.20s %s", number, small[i].name);
}

void number_format_bytes(int64_t bytes, char text[NUMBER_TEXT_BYTES])
{
	static const struct unit si[] = {{"B", 1},    {"kB", 1e3},  {"MB", 1e6},
	                                 {"GB", 1e9}, {"TB", 1e12}, {"PB", 1e15}};
	if (bytes < 1000) {
		snprintf(text, NUMBER_TEXT_BYTES, "%" PRId64 " B", bytes);
		return;
	}
	size_t i = 1;
	while (i + 1 < ARRAY_LENGTH(si) && (double)bytes >= 0.9995 * si[i + 1].factor)
		i++;
	char number[NUMBER_TEXT_BYTES];
	number_format_significant((double)bytes / si[i].factor, 3, number);
	snprintf(text, NUMBER_TEXT_BYTES, "%.20s %s", number, si[i].name);
}

void number_format_count(double count, int digits, char text[NUMBER_TEXT_BYTES])
{
	/* What rounds to 1000 of a prefix is 1 of the next. */
	const double nearly = 1 - 0.5 * pow(10, -digits);
	size_t i = ARRAY_LENGTH(count_units);
	while (i > 0 && fabs(count) < nearly * count_units[i - 1].factor)
		i--;
	const double factor = i > 0 ? count_units[i - 1].factor : 1;
	const double value = count / factor;
	/* %g would write 1.23e+05 where there is no prefix left. */
	if (fabs(value) >= pow(10, digits))
		snprintf(text, NUMBER_TEXT_BYTES, "%.0f", value);
	else
		snprintf(text, NUMBER_TEXT_BYTES, "%.*g", digits, value);
	if (i == 0)
		return;
	const size_t length = strlen(text);
	snprintf(text + length, NUMBER_TEXT_BYTES - length, " %s", count_units[i - 1].name);
}

void number_format_binary_bytes(int64_t bytes, char text[NUMBER_TEXT_BYTES])
{
	static const struct unit binary[] = {
	        {"B", 1}, {"KiB", 0x1p10}, {"MiB", 0x1p20}, {"GiB", 0x1p30}};
	size_t i = 0;
	while (i + 1 < ARRAY_LENGTH(binary) && (double)bytes >= binary[i + 1].factor)
		i++;
	snprintf(text, NUMBER_TEXT_BYTES, "%.4g %s", (double)bytes / binary[i].factor,
	         binary[i].name);
}

const char *number_noun(size_t count, const char *one, const char *many)
{
	return count == 1 ? one : many;
}
