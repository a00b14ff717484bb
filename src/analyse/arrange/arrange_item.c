#include "analyse/arrange/arrange_item.h"

#include "model/record.h"

#include <stdlib.h>

bool arrange_has_times(const struct arrange_item *item)
{
	return item->start_ns != RECORD_ABSENT && item->end_ns != RECORD_ABSENT;
}

int arrange_by_start(const void *a, const void *b)
{
	const struct arrange_item *const x = a;
	const struct arrange_item *const y = b;
	const int order = (x->start_ns > y->start_ns) - (x->start_ns < y->start_ns);
	return order ? order : (x->task > y->task) - (x->task < y->task);
}

void arrange_sort_by_start(struct arrange_item *items, size_t count)
{
	if (count > 0)
		qsort(items, count, sizeof *items, arrange_by_start);
}
