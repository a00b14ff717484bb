/* The words that stated figures are written with: which figure, which statistic, what kind of
 * error.
 */
#ifndef FORMATS_IMPORT_STATED_TEXT_H
#define FORMATS_IMPORT_STATED_TEXT_H

#include "model/measure.h"
#include "model/record.h"

#include <stdbool.h>

/* "mean", "sd", "median", "min", "max", "p95", "p2.5": sets statistic and quantile. false: it is
 * none. */
bool stated_statistic_read(const char *text, struct stated_figure *figure);

/* "reading", "standard", "ci95". false: it is none. */
bool stated_error_read(const char *text, enum stated_error *ret_kind);

/* The measure that a name or a key ("wall", "wall_s") means, and the name to store it by; MEASURES:
 * none. */
enum measure_id stated_measure_find(const char *text, char name[RECORD_FIGURE_NAME_BYTES]);

#endif
