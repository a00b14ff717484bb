/* maps FILE.xml: one line per policy with the order in which it gives out PUs (a "|" between
 * tasks of several threads), for comparison with what was worked out by hand. */
#include "core/error.h"
#include "formats/placement_text.h"
#include "plan/placement.h"
#include "platform/node.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const policies[] = {"pack",      "spread",  "spread:package", "spread:numa",
                                       "spread:l3", "plane:2", "plane:3"};

static void print_layout(const struct topology *t, const struct placement_layout *layout)
{
	for (uint32_t i = 0; i < layout->group_count * layout->group_size; i++) {
		if (layout->group_size > 1 && i > 0 && i % layout->group_size == 0)
			printf(" |");
		printf(" %u", t->pus[layout->own[i]].os_index);
	}
	printf("\n");
}

static int print_map(const struct topology *t, const char *policy, enum smt_order smt,
                     uint32_t threads, struct error *err)
{
	struct placements placements = {0};
	cleanup_placement_layout struct placement_layout layout = {0};
	int r = placement_text_add(policy, &placements, err);
	if (r == 0) {
		const struct placement_request request = {.placement = &placements.items[0],
		                                          .unit = UNIT_PU,
		                                          .smt = smt,
		                                          .threads = threads};
		r = placement_layout_build(t, &request, UINT32_MAX, &layout, err);
	}
	if (r == 0) {
		printf("%s smt %s threads %u:", policy, smt_order_names[smt], threads);
		print_layout(t, &layout);
	}
	placements_release(&placements);
	return r;
}

int main(int argc, char **argv)
{
	struct error err;
	cleanup_node struct node *node = NULL;
	if (argc != 2 || node_open_xml(argv[1], &node, &err) < 0) {
		fprintf(stderr, "maps: %s\n", argc == 2 ? err.text : "name one file");
		return 2;
	}
	const struct topology *const t = node_topology(node);
	printf("pus %zu of %zu, cores %zu, l3 %zu, numa %zu, packages %zu\n", t->pu_count,
	       t->machine_pu_count, t->core_count, t->l3_count, t->numa_count, t->package_count);
	int r = 0;
	for (size_t p = 0; r == 0 && p < sizeof policies / sizeof policies[0]; p++)
		for (enum smt_order smt = SMT_LAST; r == 0 && smt <= SMT_FIRST; smt++)
			for (uint32_t threads = 1; r == 0 && threads <= 2; threads++)
				r = print_map(t, policies[p], smt, threads, &err);
	if (r < 0)
		fprintf(stderr, "maps: %s\n", err.text);
	return r < 0;
}
