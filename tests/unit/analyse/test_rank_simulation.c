/* How often nodes of a healthy fleet are called slow, and how often a fault is found: simulated
 * fleets, as docs/method.md has them. SIMULATIONS=N: so many fleets of each kind. */
#include "made_fleet.h"

#include "core/array.h"
#include "core/error.h"
#include "simulations.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const struct made_kind rome = {.processor = "AMD EPYC 7742 64-Core Processor",
                                      .packages = 2,
                                      .l3s = 32,
                                      .cores = 128,
                                      .numa_mode = "NPS4",
                                      .firmware = "2.7.3",
                                      .memory_gib = 512,
                                      .task_s = 30,
                                      .pattern = 0.02};

/* What is said of a fleet. */
struct outcome {
	size_t slow;      /* nodes called slow as a whole */
	size_t places;    /* nodes with a slow place */
	size_t open;      /* inconclusive ones */
	bool is_found;    /* the faulty one is slow, */
	bool is_named;    /* and by what it was made slow */
	size_t others;    /* that are called slow and are not faulty */
	bool is_systemic; /* too many are */
};

static struct outcome simulate(const struct made_kind *kind, size_t nodes,
                               const struct made_noise *noise, const struct made_fault *fault,
                               uint64_t stream)
{
	struct fleet fleet cleanup_fleet = {0};
	struct fleet_ranking ranking cleanup_fleet_ranking = {0};
	struct outcome outcome = {.slow = 0};
	struct error err;
	struct rng rng;
	rng_init(&rng, 20251120, stream);
	for (size_t i = 0; i < nodes; i++) {
		char name[24];
		snprintf(name, sizeof name, "n%03zu", i);
		made_fleet_node(&fleet, name, kind, noise, &rng, fault, i == 0 && fault);
	}
	assert_int_equal(fleet_rank(&fleet, &ranking, &err), 0);
	for (size_t i = 0; i < ranking.item_count; i++) {
		const struct fleet_rank_item *const item = &ranking.items[i];
		const bool is_place =
		        item->component >= COMPONENT_CORE && item->component <= COMPONENT_PACKAGE;
		outcome.open += item->verdict == FLEET_INCONCLUSIVE;
		if (item->verdict != FLEET_SLOW)
			continue;
		outcome.slow += !is_place;
		outcome.places += is_place;
		if (fault && item->node == 0) {
			outcome.is_found = true;
			outcome.is_named =
			        item->component == fault->component &&
			        (fault->index < 0 || item->component_index == fault->index);
		} else {
			outcome.others++;
		}
	}
	outcome.is_systemic = ranking.is_systemic;
	return outcome;
}

/* Part of fleets; at most what chance allows of a true part (four standard errors). */
static void assert_part(size_t hits, size_t of, double most)
{
	const double part = (double)hits / (double)of;
	const double allowed = most + 4 * sqrt(most * (1 - most) / (double)of);
	if (part > allowed)
		fail_msg("%.4f of %zu fleets, where %.4f are allowed", part, of, allowed);
}

/* ---- Healthy fleets ----------------------------------------------------------------------- */

static void healthy_nodes_are_seldom_called_slow(void **state)
{
	(void)state;
	static const size_t sizes[] = {5, 6, 8, 16, 64, 200, 500};
	static const double spreads[] = {0.005, 0.01, 0.02, 0.03, 0.05, 0.08};
	const size_t count = 5 * simulations_asked_for(3);
	print_message("# fleets with a node called slow, %zu of each; CV between nodes\n", count);
	print_message("# nodes   0.5 %%    1 %%    2 %%    3 %%    5 %%    8 %%\n");
	for (size_t s = 0; s < ARRAY_LENGTH(sizes); s++) {
		double parts[ARRAY_LENGTH(spreads)];
		double open[ARRAY_LENGTH(spreads)];
		for (size_t c = 0; c < ARRAY_LENGTH(spreads); c++) {
			const struct made_noise noise = {.nodes = spreads[c], .trials = 0.02};
			size_t hits = 0;
			size_t opens = 0;
			for (size_t i = 0; i < count; i++) {
				const struct outcome o =
				        simulate(&made_thin, sizes[s], &noise, NULL, i);
				hits += o.slow > 0;
				opens += o.open > 0;
			}
			parts[c] = (double)hits / (double)count;
			open[c] = (double)opens / (double)count;
			assert_part(hits, count, 0.05);
			assert_part(opens, count, 0.01);
		}
		print_message("# %5zu  %.4f %.4f %.4f %.4f %.4f %.4f\n", sizes[s], parts[0],
		              parts[1], parts[2], parts[3], parts[4], parts[5]);
		print_message("#  open  %.4f %.4f %.4f %.4f %.4f %.4f\n", open[0], open[1], open[2],
		              open[3], open[4], open[5]);
	}
}

static void healthy_places_are_seldom_called_slow(void **state)
{
	(void)state;
	static const size_t sizes[] = {5, 8, 16, 64, 200};
	static const struct {
		const char *words;
		struct made_noise noise;
		double most; /* fleets with a false alarm */
	} cases[] = {
	        {"noise of a core 0.5 %", {.cores = 0.005, .build = 0.005}, 0.05},
	        {"noise of a core 1 %", {.cores = 0.01, .build = 0.005}, 0.05},
	        {"noise of a core 2 %", {.cores = 0.02, .build = 0.005}, 0.05},
	        {"noise of a core 4 %", {.cores = 0.04, .build = 0.005}, 0.05},
	        {"cores differ by 1 % for good", {.cores = 0.01, .build = 0.01}, 0.05},
	        {"1 % of trials disturbed by 50 %",
	         {.cores = 0.01, .build = 0.005, .tails = 0.01, .tail = 0.5},
	         0.05},
	        /* Of 25,600 cores three are disturbed in all of three trials. */
	        {"5 % of trials disturbed by 20 %",
	         {.cores = 0.01, .build = 0.005, .tails = 0.05, .tail = 0.2},
	         0.2},
	};
	const size_t count = simulations_asked_for(2);
	print_message("# fleets with a place called slow, %zu of each (128 cores, 32 L3, 2 "
	              "sockets)\n# nodes     5      8     16     64    200\n",
	              count);
	for (size_t k = 0; k < ARRAY_LENGTH(cases); k++) {
		char line[128];
		int at = 0;
		for (size_t s = 0; s < ARRAY_LENGTH(sizes); s++) {
			struct made_noise noise = cases[k].noise;
			size_t hits = 0;
			noise.nodes = 0.01;
			noise.trials = 0.02;
			for (size_t i = 0; i < count; i++) {
				const struct outcome o = simulate(&rome, sizes[s], &noise, NULL, i);
				hits += o.places > 0;
				assert_int_equal(o.open, 0);
			}
			at += snprintf(line + at, sizeof line - (size_t)at, " %.4f",
			               (double)hits / (double)count);
			assert_part(hits, count, cases[k].most);
		}
		print_message("# %s %s\n", line, cases[k].words);
	}
}

/* ---- Faults ------------------------------------------------------------------------------- */

static void faults_of_whole_nodes_are_found(void **state)
{
	(void)state;
	static const size_t sizes[] = {8, 16, 64, 200};
	static const double spreads[] = {0.005, 0.01, 0.02, 0.03};
	static const double factors[] = {1.03, 1.05, 1.08, 1.15};
	const size_t count = simulations_asked_for(10);
	print_message("# slower nodes found, %zu fleets of each\n", count);
	print_message("# nodes  CV       3 %%    5 %%    8 %%   15 %%\n");
	for (size_t s = 0; s < ARRAY_LENGTH(sizes); s++)
		for (size_t c = 0; c < ARRAY_LENGTH(spreads); c++) {
			const struct made_noise noise = {.nodes = spreads[c], .trials = 0.02};
			double parts[ARRAY_LENGTH(factors)];
			for (size_t f = 0; f < ARRAY_LENGTH(factors); f++) {
				const struct made_fault fault = {COMPONENT_CLOCK, -1, factors[f]};
				size_t hits = 0;
				for (size_t i = 0; i < count; i++)
					hits += simulate(&made_thin, sizes[s], &noise, &fault, i)
					                .is_found;
				parts[f] = (double)hits / (double)count;
			}
			print_message("# %5zu  %.1f %%  %.3f  %.3f  %.3f  %.3f\n", sizes[s],
			              100 * spreads[c], parts[0], parts[1], parts[2], parts[3]);
			if (spreads[c] < 0.015)
				assert_true(parts[3] > 0.9);
		}
}

static void faults_of_places_are_found(void **state)
{
	(void)state;
	static const size_t sizes[] = {8, 64, 200};
	static const struct made_fault faults[] = {
	        {COMPONENT_CORE, 77, 1}, {COMPONENT_L3, 13, 1}, {COMPONENT_PACKAGE, 1, 1}};
	static const double factors[] = {1.03, 1.05, 1.08, 1.15};
	static const double cores[] = {0.005, 0.01, 0.02};
	const size_t count = (simulations_asked_for(2) + 1) / 2;
	print_message("# slow places found and named, %zu fleets of each\n", count);
	print_message("# nodes  place    noise     3 %%    5 %%    8 %%   15 %%  others\n");
	for (size_t s = 0; s < ARRAY_LENGTH(sizes); s++)
		for (size_t k = 0; k < ARRAY_LENGTH(faults); k++)
			for (size_t c = 0; c < ARRAY_LENGTH(cores); c++) {
				const struct made_noise noise = {.nodes = 0.01,
				                                 .trials = 0.02,
				                                 .cores = cores[c],
				                                 .build = 0.005};
				double parts[ARRAY_LENGTH(factors)];
				size_t others = 0;
				for (size_t f = 0; f < ARRAY_LENGTH(factors); f++) {
					struct made_fault fault = faults[k];
					size_t hits = 0;
					fault.factor = factors[f];
					for (size_t i = 0; i < count; i++) {
						const struct outcome o = simulate(
						        &rome, sizes[s], &noise, &fault, i);
						hits += o.is_named;
						others += o.others > 0;
					}
					parts[f] = (double)hits / (double)count;
				}
				print_message(
				        "# %5zu  %-7s  %.1f %%  %.3f  %.3f  %.3f  %.3f  "
				        "%.4f\n",
				        sizes[s], fleet_component_names[faults[k].component],
				        100 * cores[c], parts[0], parts[1], parts[2], parts[3],
				        (double)others / (double)(ARRAY_LENGTH(factors) * count));
				if (cores[c] < 0.015)
					assert_true(parts[3] > 0.9);
			}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(healthy_nodes_are_seldom_called_slow),
	        cmocka_unit_test(healthy_places_are_seldom_called_slow),
	        cmocka_unit_test(faults_of_whole_nodes_are_found),
	        cmocka_unit_test(faults_of_places_are_found),
	};
	return cmocka_run_group_tests_name("rank simulation", tests, NULL, NULL);
}
