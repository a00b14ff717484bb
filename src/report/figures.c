#include "report/figures.h"

#include "core/array.h"

#include <math.h>
#include <stdio.h>

/* Decimals of figures at large, and of those that would else be rounded away. */
enum { MOST_DECIMALS = 4, FINEST_DECIMALS = 6 };

/* The first unit of the table in which value is at least `least`, or the last. */
static struct figure_unit choose(const struct figure_unit *units, size_t count, double value,
                                 double least)
{
	for (size_t i = 0; i + 1 < count; i++)
		if (value * units[i].factor >= least)
			return units[i];
	return units[count - 1];
}

struct figure_unit figure_unit_of_rate(double least_per_s)
{
	static const struct figure_unit units[] = {{"/s", 1}, {"/min", 60}, {"/h", 3600}};
	return choose(units, ARRAY_LENGTH(units), least_per_s, 0.5);
}

struct figure_unit figure_unit_of_time(double typical_s)
{
	static const struct figure_unit units[] = {
	        {"h", 1 / 3600.0}, {"min", 1 / 60.0}, {"s", 1}, {"ms", 1e3}, {"us", 1e6}};
	/* Minutes and hours only where seconds would take six digits. */
	if (typical_s < 36000)
		return choose(units + 2, 3, typical_s, 1);
	return choose(units, ARRAY_LENGTH(units), typical_s, 10);
}

struct figure_unit figure_unit_of_size(double largest_bytes)
{
	static const struct figure_unit units[] = {
	        {"TB", 1e-12}, {"GB", 1e-9}, {"MB", 1e-6}, {"kB", 1e-3}};
	return choose(units, ARRAY_LENGTH(units), largest_bytes, 1);
}

struct figure_unit figure_unit_of_count(double largest)
{
	static const struct figure_unit units[] = {
	        {"T", 1e-12}, {"G", 1e-9}, {"M", 1e-6}, {"k", 1e-3}, {"", 1}};
	return choose(units, ARRAY_LENGTH(units), largest, 10);
}

static int clamp(int value, int low, int high)
{
	return value < low ? low : value > high ? high : value;
}

/* Decimals that show value to so many significant digits. */
static int decimals_of(double value, int digits, int most)
{
	if (!isfinite(value) || !(fabs(value) > 0))
		return 0;
	return clamp(digits - 1 - (int)floor(log10(fabs(value))), 0, most);
}

static int larger(int a, int b)
{
	return a > b ? a : b;
}

int figure_decimals(double value)
{
	return decimals_of(value, 3, MOST_DECIMALS);
}

/* What the interval bears, whatever the value is. Where all trials agree, an interval is what
 * rounding left of it, which bears nothing. */
static int borne_decimals(const struct estimate *estimate, double factor, int most)
{
	static const double least_share = 1e-9;
	const double half = (estimate->high - estimate->low) / 2 * factor;
	if (!estimate_has_interval(estimate) ||
	    !(half > least_share * fabs(estimate->value * factor)))
		return decimals_of(estimate->value * factor, 3, most);
	const double power = floor(log10(half));
	const int digits = half / pow(10, power) < 3.55 ? 1 : 0;
	return clamp(digits - (int)power, 0, most);
}

int figure_estimate_decimals(const struct estimate *estimate, double factor, int digits, int most)
{
	if (!estimate_has_value(estimate))
		return 0;
	return larger(borne_decimals(estimate, factor, most),
	              decimals_of(estimate->value * factor, digits, FINEST_DECIMALS));
}

const char *figure_absent(const struct text_style *style)
{
	return style->is_ascii ? "-" : "–";
}

void figure_write(double value, int decimals, const struct text_style *style,
                  char text[FIGURE_BYTES])
{
	/* What rounds to 0 has no sign. */
	if (fabs(value) < 0.5 * pow(10, -decimals))
		snprintf(text, FIGURE_BYTES, "%.*f", decimals, 0.0);
	else if (isfinite(value) && fabs(value) < 1e15)
		snprintf(text, FIGURE_BYTES, "%.*f", decimals, value);
	else if (isfinite(value))
		snprintf(text, FIGURE_BYTES, "%.3g", value);
	else
		snprintf(text, FIGURE_BYTES, "%s", figure_absent(style));
}

/* A bound far below the value keeps its first digit. */
static void write_bound(double bound, int decimals, const struct text_style *style,
                        char text[FIGURE_BYTES])
{
	figure_write(bound, larger(decimals, decimals_of(bound, 1, FINEST_DECIMALS)), style, text);
}

void figure_write_interval(const struct estimate *estimate, double factor, int most,
                           const struct text_style *style, char text[FIGURE_BYTES])
{
	char low[FIGURE_BYTES];
	char high[FIGURE_BYTES];
	if (!estimate_has_interval(estimate)) {
		snprintf(text, FIGURE_BYTES, "%s", figure_absent(style));
		return;
	}
	const int decimals = figure_estimate_decimals(estimate, factor, 2, most);
	write_bound(estimate->low * factor, decimals, style, low);
	write_bound(estimate->high * factor, decimals, style, high);
	snprintf(text, FIGURE_BYTES, "%.28s %s %.28s", low, figure_absent(style), high);
}
