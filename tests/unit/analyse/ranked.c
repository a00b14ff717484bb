#include "ranked.h"

#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

const struct made_kind ranked_rome = {.processor = "AMD EPYC 7742 64-Core Processor",
                                      .packages = 2,
                                      .l3s = 8,
                                      .cores = 32,
                                      .numa_mode = "NPS4",
                                      .firmware = "2.7.3",
                                      .memory_gib = 512,
                                      .task_s = 30,
                                      .pattern = 0.02};

const struct made_noise ranked_quiet = {.nodes = 0.008, .trials = 0.01, .cores = 0.005};
const struct made_noise ranked_none = {.nodes = 0};

void ranked_name(size_t i, char name[16])
{
	snprintf(name, 16, "rome%02zu", i);
}

void ranked_nodes(struct fleet *fleet, size_t count, const struct made_kind *kind,
                  const struct made_noise *noise, struct rng *rng)
{
	char name[16];
	for (size_t i = 0; i < count; i++) {
		ranked_name(fleet->node_count + 1, name);
		made_fleet_node(fleet, name, kind, noise, rng, NULL, 0);
	}
}

struct fleet_ranking ranked_find(const struct fleet *fleet)
{
	struct fleet_ranking ranking;
	struct error err;
	memset(&ranking, 0xa5, sizeof ranking);
	assert_int_equal(fleet_rank(fleet, &ranking, &err), 0);
	assert_int_equal(ranking.item_count, fleet->node_count);
	return ranking;
}

const struct fleet_rank_item *ranked_item(const struct fleet_ranking *ranking, const char *name)
{
	static const struct fleet_rank_item nothing = {.class = -1};
	for (size_t i = 0; i < ranking->item_count; i++)
		if (strcmp(ranking->fleet->nodes[ranking->items[i].node].name, name) == 0)
			return &ranking->items[i];
	fail_msg("%s is not ranked", name);
	return &nothing;
}

void ranked_has(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text ? text : "(nothing)");
}

void ranked_near(double a, double b, double most)
{
	if (!(fabs(a - b) <= most))
		fail_msg("%.6g is not %.6g", a, b);
}
