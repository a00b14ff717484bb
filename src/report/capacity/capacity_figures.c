#include "core/number.h"
#include "report/capacity/capacity_parts.h"

#include <math.h>
#include <stdio.h>

void capacity_write_bytes(const struct capacity_view *view, double bytes, char text[FIGURE_BYTES])
{
	char size[NUMBER_TEXT_BYTES];
	if (isnan(bytes)) {
		snprintf(text, FIGURE_BYTES, "%s", figure_absent(view->doc->style));
		return;
	}
	/* Larger ones than an int64_t holds are no storage. */
	number_format_bytes((int64_t)fmin(round(bytes), 9e18), size);
	snprintf(text, FIGURE_BYTES, "%s", size);
}

void capacity_write_count(const struct capacity_view *view, double count, int digits,
                          char text[FIGURE_BYTES])
{
	char number[NUMBER_TEXT_BYTES];
	if (isnan(count)) {
		snprintf(text, FIGURE_BYTES, "%s", figure_absent(view->doc->style));
		return;
	}
	number_format_count(count, digits, number);
	snprintf(text, FIGURE_BYTES, "%s", number);
}

void capacity_write_change(double ratio, char text[FIGURE_BYTES])
{
	if (isnan(ratio))
		snprintf(text, FIGURE_BYTES, "%s", "no fit");
	else if (fabs(ratio - 1) < 5e-4)
		snprintf(text, FIGURE_BYTES, "0");
	else
		snprintf(text, FIGURE_BYTES, "%+.1f", 100 * (ratio - 1));
}
