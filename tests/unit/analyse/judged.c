#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/verdict/verdict.h"
#include "core/array.h"
#include "core/error.h"
#include "judged.h"
#include "made.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct criterion judged_at_least_a_little = {
        .measure = MEASURE_THROUGHPUT, .bound = BOUND_AT_LEAST, .limit = 0.1, .margin = NAN};

static void put_slots(struct made *made, size_t level, uint32_t slots)
{
	for (uint32_t s = 0; s < slots; s++)
		made_slot(made, level, s, (int32_t)s, (int32_t)s / 2, 0);
}

void judged_node(struct made *made)
{
	struct error err;
	made_init(made);
	made_level(made, 1, "spread");
	made_level(made, JUDGED_CORES, "spread");
	put_slots(made, 0, 1);
	put_slots(made, 1, JUDGED_CORES);
	assert_int_equal(host_facts_add(&made->dataset.host, "cores_allowed", "4", NULL, &err), 0);
	assert_int_equal(host_facts_add(&made->dataset.host, "packages", "1", NULL, &err), 0);
	assert_int_equal(host_facts_add(&made->dataset.host, "l3_caches", "2", NULL, &err), 0);
}

void judged_block(struct made *made, uint32_t number, double factor, int place, double slow)
{
	made_steady_trial(made, 0, number, 1, 10, JUDGED_WINDOW_S);
	const double from = 1000 * (number + 1);
	made_trial(made, 1, number, from, from + JUDGED_WINDOW_S);
	for (uint32_t s = 0; s < JUDGED_CORES; s++) {
		const double wall = 10 * factor * ((int)s == place ? slow : 1);
		for (double start = from - wall / 2; start < from + JUDGED_WINDOW_S; start += wall)
			made_task(made, s, start, start + wall);
	}
}

/* Blocks of N=4 differ by exp of these. */
static const double usual[] = {0.01, -0.01, 0.02, -0.02, 0};

void judged_blocks(struct made *made, double factor, int place, double slow)
{
	for (uint32_t b = 0; b < ARRAY_LENGTH(usual); b++)
		judged_block(made, b, factor * exp(usual[b]), place, slow * exp(usual[b] / 3));
}

void judged_cut(struct made *made, enum task_state state, bool has_exceeded_memory,
                bool is_baseline)
{
	struct dataset *const dataset = &made->dataset;
	for (size_t i = 0; i < dataset->task_count; i++) {
		struct task_record *const task = &dataset->tasks[i];
		const struct trial_record *trial = dataset->trials;
		while (trial->trial != task->trial)
			trial++;
		if (trial->level == !is_baseline && task->start_ns > trial->window_start_ns &&
		    task->end_ns < trial->window_end_ns) {
			task->state = state;
			task->exceeded_memory_limit = has_exceeded_memory;
			return;
		}
	}
	fail_msg("no task lies within a window");
}

void judged_build(struct judged *c, const struct criterion *criterion)
{
	struct error err;
	struct criterion copy = *criterion;
	assert_int_equal(findings_build(&c->made.dataset, &c->findings, &err), 0);
	assert_int_equal(criteria_add(&c->criteria, &copy, &err), 0);
	assert_int_equal(
	        verdict_build(&c->criteria, &c->reference, &c->findings, &c->acceptance, &err), 0);
	for (size_t i = 0; i < c->acceptance.count; i++)
		printf("# %s: %s: %s\n", c->acceptance.items[i].label,
		       verdict_names[c->acceptance.items[i].verdict],
		       c->acceptance.items[i].reason);
}

void judged_release(struct judged *c)
{
	acceptance_release(&c->acceptance);
	findings_release(&c->findings);
	free(c->criteria.items);
	made_release(&c->made);
}

void judged_expect(const struct judged *c, enum verdict verdict, const char *words)
{
	const struct judgement *const j = &c->acceptance.items[0];
	assert_int_equal(c->acceptance.count, 1);
	assert_int_equal(j->verdict, verdict);
	assert_int_equal(c->acceptance.verdict,
	                 verdict == VERDICT_SKIPPED ? VERDICT_INCONCLUSIVE : verdict);
	if (!strstr(j->reason, words))
		fail_msg("\"%s\" does not say \"%s\"", j->reason, words);
}
