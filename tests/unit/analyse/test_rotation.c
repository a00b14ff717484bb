/* Events that take turns over the trials: every figure rests on the trials that counted it, and
 * what every trial counts is worked out as if nothing took turns. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/attribution.h"
#include "analyse/distributions.h"
#include "analyse/summary.h"
#include "core/error.h"
#include "costs.h"
#include "plan/rotation.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEVELS = 3, SLOTS = 4, TASKS = 5, MISSES = 3, BRANCHES, LOADS, EVENTS };

/* instructions, cycles and task-clock in every set; misses in the first and second, branches in
 * the second, loads in the third. */
static const struct event_sets three = {
        .count = 3, .events = {7 | 1 << MISSES, 7 | 1 << MISSES | 1 << BRANCHES, 7 | 1 << LOADS}};

/* What a task counts of an event that takes turns: its mean over the five tasks of a slot is
 * expected(). */
static uint64_t count_of(size_t level, size_t event, size_t task)
{
	return 1000000 * (level + 1) * event + 1000 * (task % TASKS);
}

static double expected(size_t level, size_t event)
{
	return 1e6 * (double)((level + 1) * event) + 2000;
}

/* Tasks get slower with N by more cycles per instruction, differently in every block. */
static void make_trial(struct made *made, size_t level, uint32_t block,
                       const struct event_sets *sets)
{
	struct costs costs = costs_usual(false);
	costs.cpi *= 1 + 0.1 * (double)level + 0.01 * (double)((block + level) % 3);
	const double wall_s = costs_wall_s(&costs);
	struct trial_record *const trial = made_trial(made, level, block, 0, TASKS * wall_s);
	trial->event_set = rotation_set(sets, block, (uint32_t)level);
	const uint32_t set = trial->event_set;
	for (uint32_t slot = 0; slot < SLOTS; slot++) {
		double at_s = 0;
		for (size_t i = 0; i < TASKS; i++) {
			at_s = costs_task(made, slot, at_s, &costs);
			for (size_t e = MISSES; e < EVENTS; e++)
				if (event_sets_has(sets, set, e))
					made_counter(made, e, count_of(level, e, i), COUNTER_OK);
		}
	}
}

static void make(struct made *made, uint32_t blocks, const struct event_sets *sets)
{
	made_init(made);
	for (uint32_t l = 0; l < LEVELS; l++)
		made_level(made, l + 1, "spread");
	costs_events(made, false);
	made_event(made, "LLC-load-misses");
	made_event(made, "branches");
	made_event(made, "loads");
	made->dataset.event_sets = *sets;
	for (uint32_t block = 0; block < blocks; block++)
		for (size_t level = 0; level < LEVELS; level++)
			make_trial(made, level, block, sets);
}

static void build(const struct made *made, struct summary *ret_summary)
{
	struct error err;
	if (summary_build(&made->dataset, ret_summary, &err) < 0)
		fail_msg("%s", err.text);
}

static const struct warning *find_warning(const struct summary *summary, const char *code)
{
	for (size_t i = 0; i < summary->warning_count; i++)
		if (strcmp(summary->warnings[i].code, code) == 0)
			return &summary->warnings[i];
	return NULL;
}

static void figures_rest_on_the_trials_that_counted(void **state)
{
	(void)state;
	struct made made cleanup_made = {0};
	struct summary summary cleanup_summary = {0};
	make(&made, 7, &three);
	build(&made, &summary);
	for (size_t l = 0; l < LEVELS; l++) {
		const struct counter_summary *const counters = summary.levels[l].counters;
		for (size_t e = 0; e < EVENTS; e++) {
			size_t trials = 0;
			for (uint32_t block = 0; block < 7; block++)
				trials += event_sets_has(
				        &three, rotation_set(&three, block, (uint32_t)l), e);
			assert_int_equal(counters[e].state, COUNTER_OK);
			assert_int_equal(counters[e].trials, trials);
			assert_int_equal(counters[e].tasks, trials * SLOTS * TASKS);
			assert_null(counters[e].reason);
			assert_null(counters[e].remedy);
			assert_true(counters[e].running_share == 1);
			if (e >= MISSES)
				assert_true(fabs(counters[e].mean - expected(l, e)) < 1);
		}
		assert_in_range(counters[LOADS].trials, 2, 3);
		assert_in_range(counters[MISSES].trials, 4, 5);
		assert_int_equal(summary.levels[l].trials, 7);
	}
	assert_null(find_warning(&summary, "counters-rotated"));
	assert_null(find_warning(&summary, "counters-multiplexed"));
}

/* Throughput, frequency and attribution do not know that anything took turns. */
static void what_every_trial_counts_is_as_ever(void **state)
{
	(void)state;
	static const struct event_sets none = {0};
	const struct event_sets *const kinds[] = {&three, &none};
	struct made made[2];
	struct summary summaries[2];
	struct attribution *attributions[2] = {NULL, NULL};
	struct error err;
	for (size_t k = 0; k < 2; k++) {
		make(&made[k], 5, kinds[k]);
		build(&made[k], &summaries[k]);
		assert_int_equal(attribution_build(&summaries[k], &attributions[k], &err), 0);
	}
	for (size_t l = 0; l < LEVELS; l++) {
		const struct level_summary *const a = &summaries[0].levels[l];
		const struct level_summary *const b = &summaries[1].levels[l];
		assert_true(a->throughput_per_s.value == b->throughput_per_s.value);
		assert_true(a->frequency_hz.value == b->frequency_hz.value);
		assert_int_equal(a->frequency_hz.n, 5);
		assert_int_equal(attributions[0][l].mode, ATTRIBUTION_KERNEL_AND_USER);
		assert_int_equal(attributions[0][l].tasks_used, attributions[1][l].tasks_used);
		for (size_t f = 0; f < FACTOR_COUNT; f++) {
			const struct estimate *const x = &attributions[0][l].factors[f];
			const struct estimate *const y = &attributions[1][l].factors[f];
			assert_int_equal(x->n, y->n);
			assert_true(x->value == y->value || (isnan(x->value) && isnan(y->value)));
		}
	}
	for (size_t k = 0; k < 2; k++) {
		attribution_free(attributions[k]);
		summary_release(&summaries[k]);
		made_release(&made[k]);
	}
}

/* Pairs of cycles and misses come from the trials that have both. */
static void correlation_takes_the_trials_that_have_both(void **state)
{
	(void)state;
	struct made made cleanup_made = {0};
	struct summary summary cleanup_summary = {0};
	struct distributions distributions;
	struct error err;
	make(&made, 6, &three);
	build(&made, &summary);
	assert_int_equal(distributions_build(&summary, &distributions, &err), 0);
	const struct correlation *const c = &distributions.cycles_misses;
	assert_null(c->reason);
	assert_int_equal(c->trials, 2 * 6);
	assert_int_equal(c->tasks, 2 * 6 * SLOTS * TASKS);
	assert_int_equal(c->left_out, 0);
	assert_int_equal(distributions.misses_event, MISSES);
	assert_int_equal(distributions.cycles_event, 1);
	for (size_t i = 0; i < c->point_count; i++)
		assert_true(c->points[i].misses > 0);
	for (size_t l = 0; l < LEVELS; l++)
		assert_int_equal(distributions.kinds[FIGURE_CYCLES].levels[l].tasks,
		                 6 * SLOTS * TASKS);
	distributions_release(&distributions);
}

/* Two blocks for three sets: each level misses one, and says so; nothing is 0. */
static void too_few_blocks_are_told(void **state)
{
	(void)state;
	struct made made cleanup_made = {0};
	struct summary summary cleanup_summary = {0};
	make(&made, 2, &three);
	build(&made, &summary);
	for (size_t l = 0; l < LEVELS; l++) {
		const uint32_t missing = rotation_missing(&three, 2, (uint32_t)l);
		for (size_t e = 0; e < EVENTS; e++) {
			const struct counter_summary *const counter =
			        &summary.levels[l].counters[e];
			const bool is_missing = missing >> e & 1;
			assert_int_equal(counter->is_not_in_turn, is_missing);
			assert_int_equal(counter->state,
			                 is_missing ? COUNTER_NOT_COUNTED : COUNTER_OK);
			assert_int_equal(isnan(counter->mean), is_missing);
			assert_int_equal(counter->trials == 0, is_missing);
			assert_int_equal(counter->reason != NULL, is_missing);
			assert_int_equal(counter->remedy != NULL, is_missing);
			if (is_missing)
				assert_non_null(strstr(counter->remedy, "-r"));
		}
	}
	const struct warning *const warning = find_warning(&summary, "counters-rotated");
	assert_non_null(warning);
	assert_non_null(strstr(warning->text, "loads at N=1"));
	assert_non_null(strstr(warning->text, "branches at N=3"));
	assert_null(strstr(warning->text, "LLC"));
}

/* A set whose tasks all failed to count is no matter of turns. */
static void a_turn_without_a_count_is_not_counted(void **state)
{
	(void)state;
	struct made made cleanup_made = {0};
	struct summary summary cleanup_summary = {0};
	make(&made, 3, &three);
	struct dataset *const d = &made.dataset;
	for (size_t i = 0; i < d->task_count; i++)
		if (d->counters[i * EVENTS + LOADS].state == COUNTER_OK)
			d->counters[i * EVENTS + LOADS].state = COUNTER_DETACHED;
	build(&made, &summary);
	const struct counter_summary *const counter = &summary.levels[0].counters[LOADS];
	assert_int_equal(counter->state, COUNTER_DETACHED);
	assert_false(counter->is_not_in_turn);
	assert_non_null(strstr(counter->reason, "set-uid"));
	assert_non_null(counter->remedy);
	assert_null(find_warning(&summary, "counters-rotated"));
}

/* Part of the time: the value is scaled, the part is told, and the warning is there once. */
static void multiplexed_counts_are_flagged(void **state)
{
	(void)state;
	static const struct event_sets none = {0};
	struct made made cleanup_made = {0};
	struct summary summary cleanup_summary = {0};
	make(&made, 3, &none);
	struct dataset *const d = &made.dataset;
	for (size_t i = 0; i < d->task_count; i++) {
		struct counter_value *const c = &d->counters[i * EVENTS + LOADS];
		*c = (struct counter_value){c->raw / 4, 4000, i % 2 ? 1000 : 500, COUNTER_SCALED};
	}
	made_warning(&made, "counters-multiplexed", "as the run said it");
	build(&made, &summary);
	for (size_t l = 0; l < LEVELS; l++) {
		const struct counter_summary *const counter = &summary.levels[l].counters[LOADS];
		assert_int_equal(counter->state, COUNTER_SCALED);
		assert_true(counter->running_share > 0.125 && counter->running_share < 0.25);
		assert_true(counter->running_least == 0.125);
		assert_true(counter->mean > expected(l, LOADS));
		assert_null(counter->reason);
		assert_non_null(strstr(counter->remedy, "--overflow rotate"));
	}
	size_t told = 0;
	for (size_t i = 0; i < summary.warning_count; i++)
		told += strcmp(summary.warnings[i].code, "counters-multiplexed") == 0;
	assert_int_equal(told, 1);
	const struct warning *const warning = find_warning(&summary, "counters-multiplexed");
	assert_non_null(strstr(warning->text, "loads (12 %)"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(figures_rest_on_the_trials_that_counted),
	        cmocka_unit_test(what_every_trial_counts_is_as_ever),
	        cmocka_unit_test(correlation_takes_the_trials_that_have_both),
	        cmocka_unit_test(too_few_blocks_are_told),
	        cmocka_unit_test(a_turn_without_a_count_is_not_counted),
	        cmocka_unit_test(multiplexed_counts_are_flagged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
