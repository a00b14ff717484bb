/* Numbers as people read them: as many digits as the interval bears, one unit per column. */
#ifndef REPORT_FIGURES_H
#define REPORT_FIGURES_H

#include "analyse/summary.h"
#include "report/text_style.h"

enum { FIGURE_BYTES = 64 };

/* A unit and what a figure is multiplied by to be in it. */
struct figure_unit {
	const char *name;
	double factor;
};

/* The unit in which the least of the throughputs (tasks per second) is at least a half: per
 * second, minute or hour. */
struct figure_unit figure_unit_of_rate(double least_per_s);

/* us, ms, s, min or h for times around `typical_s`. */
struct figure_unit figure_unit_of_time(double typical_s);

/* MB, GB or TB (kB below one MB) for sizes up to largest_bytes. */
struct figure_unit figure_unit_of_size(double largest_bytes);

/* "", "k", "M", "G" or "T" for counts up to `largest`. */
struct figure_unit figure_unit_of_count(double largest);

/* How many decimals show `value` to three significant digits, 0 to 4. */
int figure_decimals(double value);

/* How many decimals an estimate times factor bears: one digit of the interval's half width, two
 * when it begins with 1 to 3; without an interval three significant digits of the value; at most
 * `most`. But never fewer than show `digits` significant digits of the value: a wide interval
 * does not round it away. */
int figure_estimate_decimals(const struct estimate *estimate, double factor, int digits, int most);

/* "-" in the style's form: what stands for an absent figure. */
const char *figure_absent(const struct text_style *style);

/* value with `decimals`, or the sign for an absent one. */
void figure_write(double value, int decimals, const struct text_style *style,
                  char text[FIGURE_BYTES]);

/* The interval times factor, "1.94 – 2.02", or the sign for an absent one: both bounds with the
 * decimals of the estimate at two significant digits, and with at least one digit that is not 0. */
void figure_write_interval(const struct estimate *estimate, double factor, int most,
                           const struct text_style *style, char text[FIGURE_BYTES]);

#endif
