/* One node's attempts over time, and its results against the first that was accepted. */
#ifndef REPORT_FLEET_HISTORY_VIEW_H
#define REPORT_FLEET_HISTORY_VIEW_H

#include "analyse/fleet/history.h"
#include "model/fleet.h"

struct error;

/* One attempt, with or without a result. */
struct history_row {
	const struct fleet_attempt *attempt;
	const struct fleet_history_item *item; /* NULL: it has no result that was loaded */
	int64_t at_ns; /* when it began, or was submitted; RECORD_ABSENT: not known */
};

struct history_view {
	const struct fleet_node *node;
	const struct fleet_history *history;
	struct history_row *rows; /* by number */
	size_t row_count;
};

/* Node and history must outlive the view. Returns 0 or -ENOMEM. */
int history_view_build(const struct fleet_node *node, const struct fleet_history *history,
                       struct history_view *ret_view, struct error *err);
void history_view_release(struct history_view *view);

/* The last result that can be held against the first accepted one is slower than it. */
bool history_is_slower(const struct fleet_history *history);

#define cleanup_history_view __attribute__((cleanup(history_view_release)))

#endif
