#include "analyse/node_time.h"

#include "analyse/summary_parts.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

/* "12 times at N=4, 30 times at N=8" */
static void list_throttles(const struct node_time *node_time, const struct summary *summary,
                           enum node_figure figure, struct str *list)
{
	for (size_t i = 0; i < summary->level_count; i++) {
		const double times = node_time->levels[i].figures[figure].value;
		char name[64];
		if (!(times > 0))
			continue;
		str_addf(list, "%s%.0f %s at %s", list->length > 0 ? ", " : "", times,
		         number_noun((size_t)times, "time", "times"),
		         summary_level_name(summary, i, name));
	}
}

int node_time_warn(const struct node_time *node_time, struct summary *summary, struct error *err)
{
	static const struct {
		enum node_figure figure;
		const char *what;
	} kinds[] = {{NODE_CORE_THROTTLES, "Cores"}, {NODE_PACKAGE_THROTTLES, "Packages"}};
	cleanup_str struct str text = {0};
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		cleanup_str struct str list = {0};
		list_throttles(node_time, summary, kinds[i].figure, &list);
		text.failed |= list.failed;
		if (list.length > 0)
			str_addf(&text, "%s%s were too hot and slowed themselves down: %s.",
			         text.length > 0 ? " " : "", kinds[i].what, str_text(&list));
	}
	if (text.failed)
		return error_memory(err);
	if (text.length == 0)
		return 0;
	str_add(&text, " Look at the cooling of this node.");
	const int r = text.failed ? error_memory(err)
	                          : summary_warn(summary, "too-hot", str_text(&text), err);
	return r < 0 ? r : summary_sort_warnings(summary, err);
}
