/* Figures of a measure (model/measure) as people read them: in a unit that suits their size. */
#ifndef REPORT_MEASURE_TEXT_H
#define REPORT_MEASURE_TEXT_H

#include "analyse/estimate.h"
#include "model/measure.h"
#include "report/figures.h"
#include "report/text_style.h"

/* The unit in which figures are shown, and what they are multiplied by to be in it. */
struct measure_scale {
	double factor;
	char unit[24]; /* "GHz", "tasks/h"; "" for a bare number */
};

/* detail is the name behind the point of counter. and figure., else NULL; typical is the least of
 * the throughputs that are shown together, and the largest of all other figures. */
struct measure_scale measure_scale_of(enum measure_id id, const char *detail, double typical,
                                      const struct text_style *style);

/* "2.02 GHz": a figure alone, with as many digits as the estimate bears (NULL: three). */
void measure_write(enum measure_id id, const char *detail, double value,
                   const struct estimate *bears, const struct text_style *style,
                   char text[FIGURE_BYTES]);

/* How a measure heads a table or a plot: "Wall time", "page-faults per task", "images_per_s". */
const char *measure_title(enum measure_id id, const char *detail, char text[96]);

/* Whether it is a factor of the slowdown (analyse/attribution). */
bool measure_is_cause(enum measure_id id);

#endif
