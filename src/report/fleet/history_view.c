#include "report/fleet/history_view.h"

#include "core/error.h"

#include <stdlib.h>

static const struct fleet_history_item *item_of(const struct fleet_history *history,
                                                const struct fleet_attempt *attempt)
{
	for (size_t i = 0; i < history->count; i++)
		if (history->items[i].attempt == attempt)
			return &history->items[i];
	return NULL;
}

int history_view_build(const struct fleet_node *node, const struct fleet_history *history,
                       struct history_view *ret_view, struct error *err)
{
	struct history_view view = {.node = node, .history = history};
	view.rows = calloc(node->attempt_count + 1, sizeof *view.rows);
	if (!view.rows)
		return error_memory(err);
	for (size_t i = 0; i < node->attempt_count; i++) {
		const struct fleet_attempt *const attempt = &node->attempts[i];
		view.rows[view.row_count++] =
		        (struct history_row){.attempt = attempt,
		                             .item = item_of(history, attempt),
		                             .at_ns = fleet_attempt_began(attempt)};
	}
	*ret_view = view;
	return 0;
}

bool history_is_slower(const struct fleet_history *history)
{
	for (size_t i = history->count; i > 0; i--)
		if (!history->items[i - 1].reason)
			return history->items[i - 1].is_slower;
	return false;
}

void history_view_release(struct history_view *view)
{
	if (!view)
		return;
	free(view->rows);
	*view = (struct history_view){0};
}
