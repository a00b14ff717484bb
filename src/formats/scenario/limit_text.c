#include "formats/scenario/limit_text.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "model/printed_unit.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { NUMBER_BYTES = 48 };

struct unit {
	const char *name;
	double factor;
	bool is_written; /* by limit_text_write: one spelling of each size */
};

/* How limits of a unit of measure are written; small units first. */
struct limit_kind {
	const char *what;
	const char *example;
	const struct unit *units;
	size_t unit_count;
	bool is_unit_required;
};

static const struct unit shares[] = {{"%", 0.01, true}};
static const struct unit rates[] = {
        {"/d", 1 / 86400.0, false},
        {"/h", 1 / 3600.0, false},
        {"/min", 1 / 60.0, false},
        {"/s", 1, true},
};
static const struct unit times[] = {
        {"ns", 1e-9, false}, {"us", 1e-6, false}, {"ms", 1e-3, true},  {"s", 1, true},
        {"min", 60, false},  {"h", 3600, false},  {"d", 86400, false},
};
static const struct unit sizes[] = {
        {"B", 1, true},         {"kB", 1e3, true},      {"MB", 1e6, true},
        {"GB", 1e9, true},      {"TB", 1e12, true},     {"PB", 1e15, true},
        {"KiB", 0x1p10, false}, {"MiB", 0x1p20, false}, {"GiB", 0x1p30, false},
        {"TiB", 0x1p40, false}, {"PiB", 0x1p50, false},
};
static const struct unit frequencies[] = {
        {"Hz", 1, true}, {"kHz", 1e3, true}, {"MHz", 1e6, true}, {"GHz", 1e9, true}};
static const struct unit energies[] = {{"mJ", 1e-3, false},
                                       {"J", 1, true},
                                       {"kJ", 1e3, true},
                                       {"MJ", 1e6, true},
                                       {"Wh", 3600, false}};
static const struct unit powers[] = {
        {"mW", 1e-3, false}, {"W", 1, true}, {"kW", 1e3, true}, {"MW", 1e6, true}};
static const struct unit temperatures[] = {{"C", 1, true}, {"°C", 1, false}};

/* clang-format off */
static const struct limit_kind kinds[MEASURE_UNITS] = {
	[MEASURE_PLAIN] = {"a number", "1.10", NULL, 0, false},
	[MEASURE_SHARE] = {"a share", "95% or 0.95", shares, ARRAY_LENGTH(shares), false},
	[MEASURE_PER_SECOND] = {"a rate", "2.5 /s or 120 /h", rates, ARRAY_LENGTH(rates), false},
	[MEASURE_SECONDS] = {"a duration", "30s or 20ms", times, ARRAY_LENGTH(times), true},
	[MEASURE_BYTES] = {"a size", "2.6 GB or 512 MiB", sizes, ARRAY_LENGTH(sizes), true},
	[MEASURE_HERTZ] = {"a frequency", "2.0 GHz", frequencies, ARRAY_LENGTH(frequencies), true},
	[MEASURE_JOULES] = {"an energy", "850 J", energies, ARRAY_LENGTH(energies), true},
	[MEASURE_WATTS] = {"a power", "400 W", powers, ARRAY_LENGTH(powers), true},
	[MEASURE_CELSIUS] = {"a temperature", "85 C", temperatures, ARRAY_LENGTH(temperatures), true},
};
/* clang-format on */
static const struct limit_kind ratio = {"a ratio to the reference", "0.95 or 95%", shares,
                                        ARRAY_LENGTH(shares), false};
/* Beyond this a share was meant in percent. */
static const double share_max = 10;

static bool is_named(const struct limit_of *of)
{
	return !of->is_ratio && measures[of->measure].unit == MEASURE_AS_NAMED;
}

static const struct limit_kind *kind_of(const struct limit_of *of)
{
	return of->is_ratio ? &ratio : &kinds[measures[of->measure].unit];
}

static const char *skip_space(const char *text)
{
	while (isspace((unsigned char)*text))
		text++;
	return text;
}

/* Reads the number that the text begins with, and where what stands behind it begins. */
static bool read_number(const char *text, double *ret_value, const char **ret_rest)
{
	char number[NUMBER_BYTES];
	struct error ignored;
	const char *const start = skip_space(text);
	const size_t length = strspn(start, "0123456789+-.eE");
	if (length == 0 || length >= sizeof number)
		return false;
	memcpy(number, start, length);
	number[length] = '\0';
	if (number_parse_real(number, ret_value, &ignored) < 0)
		return false;
	*ret_rest = skip_space(start + length);
	return true;
}

static void list_units(const struct limit_kind *kind, char *text, size_t text_bytes)
{
	size_t length = 0;
	text[0] = '\0';
	for (size_t i = 0; i < kind->unit_count && length < text_bytes; i++)
		length += (size_t)snprintf(text + length, text_bytes - length, "%s%s",
		                           i ? ", " : "", kind->units[i].name);
}

/* Of a figure: a bare number is in the unit of its name. */
static int named_factor(const char *text, const char *rest, const struct limit_of *of,
                        double *ret_factor, struct error *err)
{
	const struct printed_unit *const unit = printed_unit_of(of->detail);
	const double factor = printed_unit_factor(unit, rest);
	if (!*rest || strcmp(rest, unit->symbol) == 0) {
		*ret_factor = 1;
		return 0;
	}
	if (factor != 1) {
		*ret_factor = factor;
		return 0;
	}
	if (!unit->symbol[0])
		return error_set(err, EINVAL,
		                 "\"%s\": the name %.48s says no unit; write the number alone",
		                 text, of->detail);
	return error_set(err, EINVAL, "\"%s\": %.48s is in %s; write for example 2.5 %s", text,
	                 of->detail, unit->symbol, unit->symbol);
}

static int unit_factor(const char *text, double value, const char *rest,
                       const struct limit_kind *kind, double *ret_factor, struct error *err)
{
	char known[128];
	list_units(kind, known, sizeof known);
	if (!*rest && kind->is_unit_required && value != 0)
		return error_set(err, EINVAL,
		                 "\"%s\" has no unit; write for example %s (units: %s)", text,
		                 kind->example, known);
	for (size_t i = 0; *rest && i < kind->unit_count; i++) {
		const size_t length = strlen(kind->units[i].name);
		if (strncmp(rest, kind->units[i].name, length) == 0 &&
		    !*skip_space(rest + length)) {
			*ret_factor = kind->units[i].factor;
			return 0;
		}
	}
	*ret_factor = 1;
	return *rest ? error_set(err, EINVAL, "\"%s\" is not %s; write for example %s", text,
	                         kind->what, kind->example)
	             : 0;
}

/* What a slip of the pen makes of a limit that can be read. */
static int check_sense(const char *text, double limit, bool is_percent, const struct limit_of *of,
                       struct error *err)
{
	const struct measure *const measure = &measures[of->measure];
	const struct limit_kind *const kind = kind_of(of);
	if (limit < 0 && (of->is_ratio || !measure->is_signed))
		return error_set(err, EINVAL, "\"%s\" is negative; it must be 0 or more", text);
	if (kind->units == shares && !is_percent && limit > share_max)
		return error_set(err, EINVAL, "%s is %g times the whole; write %s%% or %g", text,
		                 limit, text, limit / 100);
	if (measure->nature == NATURE_PLACES && !of->is_ratio && limit < 1)
		return error_set(err, EINVAL,
		                 "%s can never be kept: the slowest place needs at least as long "
		                 "as the others, which is 1; write for example 1.10 for 10%% more",
		                 text);
	return 0;
}

int limit_text_parse(const char *text, const struct limit_of *of, double *ret_limit,
                     struct error *err)
{
	const struct limit_kind *const kind = kind_of(of);
	double value;
	const char *rest;
	if (!read_number(text, &value, &rest))
		return error_set(err, EINVAL, "\"%s\" is not %s; write for example %s", text,
		                 is_named(of) ? "a number" : kind->what,
		                 is_named(of) ? "2.5" : kind->example);
	double factor = 1;
	int r = is_named(of) ? named_factor(text, rest, of, &factor, err)
	                     : unit_factor(text, value, rest, kind, &factor, err);
	/* A hundredth has no double of its own; by 100 the nearest one comes out. */
	const double limit = factor == 0.01 ? value / 100 : value * factor;
	if (r == 0)
		r = check_sense(text, limit, strchr(rest, '%') != NULL, of, err);
	if (r < 0)
		return r;
	*ret_limit = limit;
	return 0;
}

const char *limit_text_example(enum measure_id measure)
{
	const enum measure_unit unit = measures[measure].unit;
	if (measures[measure].nature == NATURE_COUNT)
		return unit == MEASURE_SHARE ? "0 or 0.1%" : "0";
	if (unit == MEASURE_AS_NAMED)
		return "12.5, in the unit of its name";
	if (unit == MEASURE_PLAIN && measures[measure].nature == NATURE_TASKS)
		return "2.5e9";
	return kinds[unit].example;
}

/* The last bits of a limit that was worked out are worth no digits: 3.526, not 3.5260000000000002.
 */
static const double rounding = 1e-15;

/* The shortest number that is read again as `limit` with this unit behind it. */
static bool write_exactly(double limit, const char *unit, double factor, const struct limit_of *of,
                          char text[LIMIT_TEXT_BYTES])
{
	for (int digits = 3; digits <= 17; digits++) {
		double again = NAN;
		struct error ignored;
		snprintf(text, LIMIT_TEXT_BYTES, "%.*g%s%s", digits, limit / factor,
		         *unit && *unit != '%' ? " " : "", unit);
		if (digits < 16 && strchr(text, 'e'))
			continue; /* 5400, not 5.4e+03 */
		if (limit_text_parse(text, of, &again, &ignored) == 0 &&
		    fabs(again - limit) <= rounding * fabs(limit))
			return true;
	}
	return false;
}

void limit_text_write(double limit, const struct limit_of *of, char text[LIMIT_TEXT_BYTES])
{
	const struct limit_kind *const kind = kind_of(of);
	const bool is_bare = is_named(of) || kind->units == shares || kind->units == NULL;
	for (size_t i = kind->unit_count; !is_bare && i-- > 0;)
		if (kind->units[i].is_written && fabs(limit) >= kind->units[i].factor &&
		    write_exactly(limit, kind->units[i].name, kind->units[i].factor, of, text))
			return;
	for (size_t i = 0; !is_bare && i < kind->unit_count; i++)
		if (kind->units[i].factor == 1 &&
		    write_exactly(limit, kind->units[i].name, 1, of, text))
			return;
	if (kind->units == shares && limit > share_max && write_exactly(limit, "%", 0.01, of, text))
		return; /* without the sign it would not be read again */
	if (!write_exactly(limit, "", 1, of, text))
		snprintf(text, LIMIT_TEXT_BYTES, "%.17g", limit);
}
