/* What the parts of a script share: plot_script writes axes, key and lines across, plot_marks the
 * elements of the plot command. */
#ifndef REPORT_PLOT_SCRIPT_PARTS_H
#define REPORT_PLOT_SCRIPT_PARTS_H

#include "core/str.h"
#include "report/plot/plot_script.h"

/* How much of a text is written. */
enum { SCRIPT_AXIS_COLUMNS = 70, SCRIPT_NAME_COLUMNS = 44 };

/* A script that is being written. */
struct script {
	const struct plot *plot;
	const struct plot_frame *frame;
	const char *source;
	struct str *out;
	bool has_plotted; /* the plot command has an element already */
	bool *is_named;   /* by series: at the end of its line, rather than in the key */
};

/* Appends what draws series i, in the look of its mark and hue. */
void plot_script_mark(struct script *s, size_t i);

/* Appends the colours of a map, and what they are of: above them, since beside them there is no
 * room in a low picture. */
void plot_script_scale(const struct script *s);

#endif
