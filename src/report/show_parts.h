/* The sections of show_text_write: each writes itself, its title and a blank line after it, or
 * nothing where it has nothing to say. For report/show_*.c. */
#ifndef REPORT_SHOW_PARTS_H
#define REPORT_SHOW_PARTS_H

#include "analyse/summary.h"
#include "report/text_style.h"

struct str;

struct show {
	const struct dataset *dataset;
	const struct summary *summary;
	const struct text_style *style;
	struct str *out;
};

/* Everything below a title is indented by this much. */
enum { SHOW_INDENT = 2 };

/* A section's title, with a remark in dim letters behind it ("" for none). */
void show_title(const struct show *show, const char *title, const char *remark);

void show_head(const struct show *show);
void show_throughput(const struct show *show);
void show_chart(const struct show *show);
void show_per_task(const struct show *show);
void show_counters(const struct show *show);
void show_events(const struct show *show);
void show_limits(const struct show *show);
void show_warnings(const struct show *show);
void show_failures(const struct show *show);
void show_harness(const struct show *show);

#endif
