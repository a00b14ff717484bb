/* Slow places are named and no others, on made-up machines of known placement. */
#include "made.h"

#include "analyse/distributions.h"
#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>

/* A machine of `cores` cores, `per_l3` of them on each L3, half of them in each package, and a
 * campaign on it. Slots beyond the cores share them, as second PUs do. */
struct campaign {
	uint32_t cores;
	uint32_t per_l3;
	uint32_t levels[4]; /* 0: no more */
	uint32_t blocks;
	uint32_t tasks;      /* per slot */
	double cv;           /* of walls */
	int32_t slow_core;   /* -1: none */
	int32_t slow_l3;     /* -1: none */
	double slower;       /* by this part */
	double shared;       /* a task takes longer by this part where its core is shared */
	double core_spread;  /* healthy cores differ by this part */
	double trial_spread; /* trials differ by this part */
};

static const struct campaign usual = {.cores = 32,
                                      .per_l3 = 4,
                                      .levels = {4, 16, 32},
                                      .blocks = 3,
                                      .tasks = 4,
                                      .cv = 0.08,
                                      .slow_core = -1,
                                      .slow_l3 = -1,
                                      .core_spread = 0.005,
                                      .trial_spread = 0.03};

/* Spread over the L3s first, then over the cores of each. */
static uint32_t core_of(const struct campaign *c, uint32_t slot)
{
	const uint32_t l3s = c->cores / c->per_l3;
	const uint32_t place = slot % c->cores;
	return place % l3s * c->per_l3 + place / l3s;
}

static double wall_of(const struct campaign *c, uint32_t level, uint32_t core,
                      const double *core_factors, struct rng *rng)
{
	double wall = 10 * (1 + 0.01 * level) * exp(c->cv * rng_normal(rng)) * core_factors[core];
	if ((int32_t)core == c->slow_core || (int32_t)(core / c->per_l3) == c->slow_l3)
		wall *= 1 + c->slower;
	/* The core has a second task when the slot with the same place, a round later, is there. */
	uint32_t on_core = 0;
	for (uint32_t slot = 0; slot < level; slot++)
		on_core += core_of(c, slot) == core;
	return on_core > 1 ? wall * (1 + c->shared) : wall;
}

static void make_trial(struct made *made, const struct campaign *c, size_t level_index,
                       uint32_t level, uint32_t block, const double *core_factors, struct rng *rng)
{
	const double trial = exp(c->trial_spread * rng_normal(rng));
	made_trial(made, level_index, block, 0, 1e6);
	for (uint32_t slot = 0; slot < level; slot++) {
		const uint32_t core = core_of(c, slot);
		double at = 0;
		for (uint32_t k = 0; k < c->tasks; k++) {
			const double wall = trial * wall_of(c, level, core, core_factors, rng);
			made_task(made, slot, at, at + wall);
			at += wall;
		}
	}
}

static void make_campaign(struct made *made, const struct campaign *c, uint64_t stream)
{
	double factors[256];
	struct rng rng;
	rng_init(&rng, 4, stream);
	for (uint32_t core = 0; core < c->cores; core++)
		factors[core] = exp(c->core_spread * rng_normal(&rng));
	made_init(made);
	size_t level_count = 0;
	while (level_count < ARRAY_LENGTH(c->levels) && c->levels[level_count] > 0) {
		const uint32_t level = c->levels[level_count++];
		const size_t index = made_level(made, level, "spread");
		for (uint32_t slot = 0; slot < level; slot++) {
			const uint32_t core = core_of(c, slot);
			made_slot(made, index, slot, (int32_t)core, (int32_t)(core / c->per_l3),
			          (int32_t)(core * 2 / c->cores));
		}
	}
	for (uint32_t block = 0; block < c->blocks; block++)
		for (size_t i = 0; i < level_count; i++)
			make_trial(made, c, i, c->levels[i], block, factors, &rng);
}

struct found {
	size_t cores;
	int32_t core;
	size_t l3s;
	int32_t l3;
	size_t others;
};

static struct found look(const struct campaign *c, uint64_t stream)
{
	struct made made cleanup_made;
	make_campaign(&made, c, stream);
	struct error err;
	struct summary summary cleanup_summary;
	struct distributions d;
	assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
	assert_int_equal(distributions_build(&summary, &d, &err), 0);
	struct found found = {d.places[PLACE_CORE].slow, -1, d.places[PLACE_L3].slow, -1,
	                      d.places[PLACE_PU].slow + d.places[PLACE_PACKAGE].slow};
	for (size_t i = 0; i < d.places[PLACE_CORE].count; i++)
		if (d.places[PLACE_CORE].items[i].is_slow)
			found.core = d.places[PLACE_CORE].items[i].index;
	for (size_t i = 0; i < d.places[PLACE_L3].count; i++)
		if (d.places[PLACE_L3].items[i].is_slow)
			found.l3 = d.places[PLACE_L3].items[i].index;
	distributions_release(&d);
	return found;
}

enum { ROUNDS = 100 };

/* How many of the rounds name exactly what is slow, and how many name anything. */
static void count_rounds(const char *name, const struct campaign *c, int *ret_right, int *ret_any)
{
	*ret_right = 0;
	*ret_any = 0;
	for (uint64_t round = 0; round < ROUNDS; round++) {
		const struct found found = look(c, round);
		const bool is_core = c->slow_core < 0
		                             ? found.cores == 0
		                             : found.cores == 1 && found.core == c->slow_core;
		const bool is_l3 =
		        c->slow_l3 < 0 ? found.l3s == 0 : found.l3s == 1 && found.l3 == c->slow_l3;
		*ret_right += is_core && is_l3 && found.others == 0;
		*ret_any += found.cores + found.l3s + found.others > 0;
	}
	print_message("# %s: right in %d, something named in %d of %d\n", name, *ret_right,
	              *ret_any, ROUNDS);
}

static void a_slow_core_is_named_and_no_other(void **state)
{
	(void)state;
	static const double slower[] = {0.15, 0.25, 1.0};
	for (size_t i = 0; i < ARRAY_LENGTH(slower); i++) {
		struct campaign c = usual;
		c.slow_core = 13;
		c.slower = slower[i];
		int right;
		int any;
		count_rounds(i == 0   ? "a core slower by 15 %"
		             : i == 1 ? "a core slower by 25 %"
		                      : "a core of half the speed",
		             &c, &right, &any);
		assert_true(right >= 95);
	}
}

static void healthy_machines_have_no_slow_place(void **state)
{
	(void)state;
	struct campaign cases[5] = {usual, usual, usual, usual, usual};
	static const char *const names[] = {"healthy", "healthy, CV 0.3", "healthy, 128 cores",
	                                    "healthy, 8 cores of 1 trial",
	                                    "healthy, half the cores shared"};
	cases[1].cv = 0.3;
	cases[2].cores = 128;
	cases[2].levels[2] = 128;
	cases[2].blocks = 1;
	cases[3].cores = 8;
	cases[3].per_l3 = 2;
	cases[3].levels[1] = 8;
	cases[3].levels[2] = 0;
	cases[3].blocks = 1;
	cases[4].levels[2] = 48; /* 16 cores have two tasks */
	cases[4].shared = 0.6;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		int right;
		int any;
		count_rounds(names[i], &cases[i], &right, &any);
		assert_true(any <= 5);
	}
}

/* A slow core is seen through second tasks on half of the cores. */
static void sharing_does_not_hide_a_slow_core(void **state)
{
	(void)state;
	struct campaign c = usual;
	c.levels[2] = 48;
	c.shared = 0.6;
	c.slow_core = 13;
	c.slower = 0.25;
	int right;
	int any;
	count_rounds("a slow core, half the cores shared", &c, &right, &any);
	assert_true(right >= 95);
}

/* All cores of a slow L3 are slow, and the L3 is named. */
static void a_slow_l3_is_named(void **state)
{
	(void)state;
	struct campaign c = usual;
	c.slow_l3 = 5;
	c.slower = 0.25;
	int right = 0;
	for (uint64_t round = 0; round < ROUNDS; round++) {
		const struct found found = look(&c, round);
		right += found.l3s == 1 && found.l3 == 5 && found.cores == 4 && found.others == 0;
	}
	print_message("# a slow L3: right in %d of %d\n", right, ROUNDS);
	assert_true(right >= 95);
}

static void too_little_is_not_judged(void **state)
{
	(void)state;
	struct campaign few_cores = usual;
	few_cores.cores = 2;
	few_cores.per_l3 = 2;
	few_cores.levels[0] = 2;
	few_cores.levels[1] = 0;
	few_cores.slow_core = 1;
	few_cores.slower = 1;
	struct campaign few_tasks = usual;
	few_tasks.blocks = 1;
	few_tasks.levels[1] = 0;
	const struct campaign *const cases[] = {&few_cores, &few_tasks};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made made cleanup_made;
		make_campaign(&made, cases[i], 1);
		struct error err;
		struct summary summary cleanup_summary;
		struct distributions d;
		assert_int_equal(summary_build(&made.dataset, &summary, &err), 0);
		assert_int_equal(distributions_build(&summary, &d, &err), 0);
		assert_int_equal(d.places[PLACE_CORE].slow, 0);
		assert_int_equal(d.places[PLACE_CORE].judged, 0);
		assert_non_null(d.places[PLACE_CORE].reason);
		distributions_release(&d);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_slow_core_is_named_and_no_other),
	        cmocka_unit_test(healthy_machines_have_no_slow_place),
	        cmocka_unit_test(sharing_does_not_hide_a_slow_core),
	        cmocka_unit_test(a_slow_l3_is_named),
	        cmocka_unit_test(too_little_is_not_judged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
