/* Criteria on results made by hand: passes, fails and what is inconclusive for which reason. */
#include "analyse/verdict/alpha_spending.h"
#include "analyse/verdict/verdict.h"
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "made.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CORES = 4, WINDOW_S = 40 };

/* ---- What is judged ----------------------------------------------------------------------- */

struct case_data {
	struct made made;
	struct findings findings;
	struct criteria criteria;
	struct reference reference;
	struct acceptance acceptance;
};

static void put_slots(struct made *made, size_t level, uint32_t slots)
{
	for (uint32_t s = 0; s < slots; s++)
		made_slot(made, level, s, (int32_t)s, (int32_t)s / 2, 0);
}

/* A node of 4 cores on 2 L3 caches in one socket with N=1 and N=4. */
static void node(struct made *made)
{
	struct error err;
	made_init(made);
	made_level(made, 1, "spread");
	made_level(made, CORES, "spread");
	put_slots(made, 0, 1);
	put_slots(made, 1, CORES);
	assert_int_equal(host_facts_add(&made->dataset.host, "cores_allowed", "4", NULL, &err), 0);
	assert_int_equal(host_facts_add(&made->dataset.host, "packages", "1", NULL, &err), 0);
	assert_int_equal(host_facts_add(&made->dataset.host, "l3_caches", "2", NULL, &err), 0);
}

/* A block: walls at N=1 are 10 s; at N=4 10 s times `factor`, times slow on core `place`. */
static void block(struct made *made, uint32_t number, double factor, int place, double slow)
{
	made_steady_trial(made, 0, number, 1, 10, WINDOW_S);
	const double from = 1000 * (number + 1);
	made_trial(made, 1, number, from, from + WINDOW_S);
	for (uint32_t s = 0; s < CORES; s++) {
		const double wall = 10 * factor * ((int)s == place ? slow : 1);
		for (double start = from - wall / 2; start < from + WINDOW_S; start += wall)
			made_task(made, s, start, start + wall);
	}
}

static void judge(struct case_data *c, const struct criterion *criterion)
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

static void done(struct case_data *c)
{
	acceptance_release(&c->acceptance);
	findings_release(&c->findings);
	free(c->criteria.items);
	made_release(&c->made);
}

/* Five blocks of N=4, whose factors are exp of these. */
static const double usual[] = {0.01, -0.01, 0.02, -0.02, 0};

static void usual_blocks(struct made *made, int place, double slow)
{
	for (uint32_t b = 0; b < ARRAY_LENGTH(usual); b++)
		block(made, b, exp(usual[b]), place, slow * exp(usual[b] / 3));
}

static void expect(const struct case_data *c, enum verdict verdict, const char *words)
{
	const struct judgement *const j = &c->acceptance.items[0];
	assert_int_equal(c->acceptance.count, 1);
	assert_int_equal(j->verdict, verdict);
	assert_int_equal(c->acceptance.verdict,
	                 verdict == VERDICT_SKIPPED ? VERDICT_INCONCLUSIVE : verdict);
	if (!strstr(j->reason, words))
		fail_msg("\"%s\" does not say \"%s\"", j->reason, words);
}

/* ---- Limits ------------------------------------------------------------------------------- */

/* Throughput is 0.4 exp(-x): the logs have mean log 0.4 and standard deviation 0.0158. */
static void a_bound_is_that_of_t_on_logs(void **state)
{
	(void)state;
	const double se = sqrt(0.001 / 4 / 5);
	const double reach = gsl_cdf_tdist_Pinv(0.95, 4) * se;
	const struct {
		enum criterion_bound bound;
		double limit;
		enum verdict verdict;
		double decides;
	} cases[] = {
	        {BOUND_AT_LEAST, 0.39, VERDICT_PASS, 0.4 * exp(-reach)},
	        {BOUND_AT_LEAST, 0.41, VERDICT_FAIL, 0.4 * exp(reach)},
	        {BOUND_AT_LEAST, 0.398, VERDICT_INCONCLUSIVE, 0.4 * exp(-reach)},
	        {BOUND_AT_MOST, 0.41, VERDICT_PASS, 0.4 * exp(reach)},
	        {BOUND_AT_MOST, 0.39, VERDICT_FAIL, 0.4 * exp(-reach)},
	        {BOUND_AT_MOST, 0.402, VERDICT_INCONCLUSIVE, 0.4 * exp(reach)},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		const struct criterion criterion = {.measure = MEASURE_THROUGHPUT,
		                                    .bound = cases[i].bound,
		                                    .limit = cases[i].limit,
		                                    .margin = NAN};
		node(&c.made);
		usual_blocks(&c.made, -1, 1);
		judge(&c, &criterion);
		const struct judgement *const j = &c.acceptance.items[0];
		expect(&c, cases[i].verdict, "confidence");
		assert_string_equal(j->label, "throughput at N=4");
		assert_int_equal(j->level, 1);
		assert_int_equal(j->replicates, 5);
		/* The window is not a whole number of tasks, which hardly matters. */
		assert_true(fabs(j->bound / cases[i].decides - 1) < 0.002);
		assert_true(fabs(j->confidence - 0.95) < 1e-12);
		assert_int_equal(j->repeats_needed > 5, cases[i].verdict == VERDICT_INCONCLUSIVE);
		done(&c);
	}
}

/* exp of the mean of logs is not the value itself: by the last bit of it nothing fails. */
static void a_value_at_its_limit_passes(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		double limit;
	} cases[] = {{MEASURE_WALL, 1.2}, {MEASURE_USER, 1.08}, {MEASURE_MAX_RSS, 1e8}};
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(cases); i++) {
		for (int is_beyond = 0; is_beyond < 2; is_beyond++) {
			struct case_data c = {0};
			const bool is_floor = i % 2;
			const double away = is_floor ? 1e-6 : -1e-6;
			const struct criterion criterion = {
			        .measure = cases[i / 2].measure,
			        .bound = is_floor ? BOUND_AT_LEAST : BOUND_AT_MOST,
			        .limit = cases[i / 2].limit * (1 + is_beyond * away),
			        .margin = NAN};
			node(&c.made);
			for (uint32_t b = 0; b < 5; b++)
				block(&c.made, b, 0.12, -1, 1);
			for (size_t t = 0; t < c.made.dataset.task_count; t++)
				c.made.dataset.tasks[t].user_ns = 1080000000;
			judge(&c, &criterion);
			expect(&c, is_beyond ? VERDICT_FAIL : VERDICT_PASS, "is asked");
			done(&c);
		}
	}
}

/* ---- The baseline ------------------------------------------------------------------------- */

/* Where the baseline has no result, the lowest level takes its place, and is 1 by itself. */
static void nothing_is_drawn_from_another_baseline(void **state)
{
	(void)state;
	static const struct {
		bool lacks;
		uint32_t baseline;
		enum verdict verdict; /* of what is drawn from it */
		const char *words;
	} cases[] = {
	        {false, 1, VERDICT_PASS, "confidence"},
	        {true, 1, VERDICT_INCONCLUSIVE, "the baseline N=1"},
	        {false, 2, VERDICT_INCONCLUSIVE, "the baseline N=2"},
	        {false, 4, VERDICT_INCONCLUSIVE, "by definition"},
	};
	static const enum measure_id drawn[] = {MEASURE_EFFICIENCY, MEASURE_DEGRADATION,
	                                        MEASURE_SLOWDOWN, MEASURE_FACTOR_OFF_CPU};
	for (size_t i = 0; i < ARRAY_LENGTH(cases) * ARRAY_LENGTH(drawn); i++) {
		struct case_data c = {0};
		const enum measure_id measure = drawn[i % ARRAY_LENGTH(drawn)];
		const bool is_floor = measure == MEASURE_EFFICIENCY;
		const size_t k = i / ARRAY_LENGTH(drawn);
		const struct criterion criterion = {.measure = measure,
		                                    .bound = is_floor ? BOUND_AT_LEAST
		                                                      : BOUND_AT_MOST,
		                                    .limit = is_floor ? 0.5 : 2,
		                                    .margin = NAN};
		node(&c.made);
		c.made.dataset.run.baseline = cases[k].baseline;
		usual_blocks(&c.made, -1, 1);
		for (size_t t = 0; cases[k].lacks && t < c.made.dataset.trial_count; t++)
			if (c.made.dataset.trials[t].level == 0)
				c.made.dataset.trials[t].state = TRIAL_SKIPPED;
		judge(&c, &criterion);
		expect(&c, cases[k].verdict, cases[k].words);
		done(&c);
	}
}

/* ---- What is not there -------------------------------------------------------------------- */

static const struct criterion at_least_a_little = {
        .measure = MEASURE_THROUGHPUT, .bound = BOUND_AT_LEAST, .limit = 0.1, .margin = NAN};

static void one_repeat_has_no_bound(void **state)
{
	(void)state;
	struct case_data c = {0};
	node(&c.made);
	block(&c.made, 0, 1, -1, 1);
	judge(&c, &at_least_a_little);
	expect(&c, VERDICT_INCONCLUSIVE, "one repeat");
	assert_int_equal(c.acceptance.repeats_needed, 3);
	assert_true(isnan(c.acceptance.items[0].bound));
	done(&c);
}

static void a_level_that_is_missing_is_inconclusive(void **state)
{
	(void)state;
	static struct level_spec numbers[] = {{.kind = LEVEL_NUMBER, .first = 3}};
	static struct level_spec ranges[] = {{.kind = LEVEL_RANGE, .first = 2, .last = 9}};
	static struct level_spec beyond[] = {{.kind = LEVEL_RANGE, .first = 5, .last = 9}};
	static char pack[] = "pack";
	const struct {
		struct level_specs levels;
		char *policy;
		enum verdict verdict;
		const char *words;
	} cases[] = {
	        {{numbers, 1, 1}, NULL, VERDICT_INCONCLUSIVE, "no level N=3; it has N = 1, 4"},
	        {{ranges, 1, 1}, NULL, VERDICT_PASS, "confidence"},
	        {{beyond, 1, 1}, NULL, VERDICT_INCONCLUSIVE, "no level N=5"},
	        {{NULL, 0, 0}, pack, VERDICT_INCONCLUSIVE, "of policy pack"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		struct criterion criterion = at_least_a_little;
		criterion.levels = cases[i].levels;
		criterion.policy = cases[i].policy;
		criterion.where_absent = ABSENCE_SKIP;
		node(&c.made);
		usual_blocks(&c.made, -1, 1);
		judge(&c, &criterion);
		expect(&c, cases[i].verdict, cases[i].words);
		done(&c);
	}
}

static void a_level_that_was_left_out_is_inconclusive(void **state)
{
	(void)state;
	struct case_data c = {0};
	struct criterion criterion = at_least_a_little;
	criterion.where_absent = ABSENCE_SKIP;
	node(&c.made);
	usual_blocks(&c.made, -1, 1);
	c.made.dataset.levels[1].skipped = strdup("not enough memory");
	judge(&c, &criterion);
	expect(&c, VERDICT_INCONCLUSIVE, "left out: not enough memory");
	done(&c);
}

/* How a node comes to lack what a criterion is about. */
enum lack { NOTHING, NO_PMU, NO_RIGHT, UNKNOWN_NAME, NO_SENSOR, PRINTED_ELSEWHERE };

static void let_lack(struct made *made, enum lack lack)
{
	static const enum counter_state states[] = {[NO_PMU] = COUNTER_NOT_SUPPORTED,
	                                            [NO_RIGHT] = COUNTER_NO_PERMISSION,
	                                            [UNKNOWN_NAME] = COUNTER_UNKNOWN};
	static const char *const names[] = {"cycles", "instructions", "branch-misses"};
	static const char *const sensors[] = {"sensor_energy", "sensor_temperature",
	                                      "sensor_cpu_clock"};
	struct error err;
	if (lack == NO_PMU || lack == NO_RIGHT || lack == UNKNOWN_NAME)
		for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
			struct event_definition *const event = made_event(made, names[i]);
			event->state = states[lack];
			snprintf(event->reason, sizeof event->reason, "not here");
		}
	for (size_t i = 0; lack == NO_SENSOR && i < ARRAY_LENGTH(sensors); i++)
		assert_int_equal(
		        host_facts_add(&made->dataset.host, sensors[i], NULL, "none", &err), 0);
}

/* What nobody asked for, or what is misspelt, is not lacking. */
static void what_a_node_does_not_have_can_be_skipped(void **state)
{
	(void)state;
	static char misses[] = "branch-misses";
	static char images[] = "images_per_s";
	static const struct {
		enum measure_id measure;
		enum criterion_bound bound;
		char *detail;
		uint32_t sources;
		enum lack lack;
		bool is_skipped;
		const char *words;
	} cases[] = {
	        {MEASURE_FREQUENCY, BOUND_AT_LEAST, NULL, 0, NO_PMU, true, ""},
	        {MEASURE_FREQUENCY, BOUND_AT_LEAST, NULL, 0, NOTHING, false, ""},
	        {MEASURE_FREQUENCY, BOUND_AT_LEAST, NULL, 1u << FREQUENCY_MSR, NO_SENSOR, true, ""},
	        {MEASURE_FREQUENCY, BOUND_AT_LEAST, NULL, 1u << FREQUENCY_MSR, NO_PMU, false, ""},
	        {MEASURE_FREQUENCY, BOUND_AT_LEAST, NULL, 1u << FREQUENCY_CHAIN, NO_PMU, false, ""},
	        {MEASURE_COUNTER, BOUND_AT_MOST, misses, 0, NO_PMU, true, "not here"},
	        {MEASURE_COUNTER, BOUND_AT_MOST, misses, 0, NO_RIGHT, true, "not here"},
	        {MEASURE_COUNTER, BOUND_AT_MOST, misses, 0, UNKNOWN_NAME, false, "not here"},
	        {MEASURE_COUNTER, BOUND_AT_MOST, misses, 0, NOTHING, false, "not counted"},
	        {MEASURE_CYCLES, BOUND_AT_MOST, NULL, 0, NO_PMU, true, "not here"},
	        {MEASURE_CYCLES, BOUND_AT_MOST, NULL, 0, NOTHING, false, "not counted"},
	        {MEASURE_CPI, BOUND_AT_MOST, NULL, 0, NO_PMU, true, "not here"},
	        {MEASURE_FACTOR_CLOCK, BOUND_AT_MOST, NULL, 0, NO_PMU, true, ""},
	        {MEASURE_FACTOR_CLOCK, BOUND_AT_MOST, NULL, 0, NOTHING, false, ""},
	        {MEASURE_FIGURE, BOUND_AT_LEAST, images, 0, NOTHING, false, "task.figures"},
	        {MEASURE_FIGURE, BOUND_AT_LEAST, images, 0, PRINTED_ELSEWHERE, false,
	         "no successful task of this level"},
	        {MEASURE_ENERGY, BOUND_AT_MOST, NULL, 0, NO_SENSOR, true, "none"},
	        {MEASURE_ENERGY, BOUND_AT_MOST, NULL, 0, NOTHING, false, ""},
	        {MEASURE_PEAK_PSS, BOUND_AT_MOST, NULL, 0, NOTHING, false, "sampled"},
	        {MEASURE_PACKAGE_SPREAD, BOUND_AT_MOST, NULL, 0, NOTHING, true,
	         "the node has one socket: nothing"},
	};
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		const size_t k = i / 2;
		const bool is_skip = i % 2;
		const struct criterion criterion = {.measure = cases[k].measure,
		                                    .detail = cases[k].detail,
		                                    .bound = cases[k].bound,
		                                    .limit = 1,
		                                    .margin = NAN,
		                                    .sources = cases[k].sources,
		                                    .where_absent = is_skip ? ABSENCE_SKIP
		                                                            : ABSENCE_INCONCLUSIVE};
		node(&c.made);
		let_lack(&c.made, cases[k].lack);
		if (cases[k].lack == PRINTED_ELSEWHERE) {
			made_trial(&c.made, 0, 9, 100, 200);
			made_task(&c.made, 0, 110, 120);
			made_figure(&c.made, images, 5);
		}
		usual_blocks(&c.made, -1, 1);
		judge(&c, &criterion);
		expect(&c, is_skip && cases[k].is_skipped ? VERDICT_SKIPPED : VERDICT_INCONCLUSIVE,
		       cases[k].words);
		assert_true(c.acceptance.items[0].reason[0] != '\0');
		done(&c);
	}
}

/* ---- Timeouts ----------------------------------------------------------------------------- */

/* What ran into the timeout is slower than anything: nothing passes by the tasks that are left. */
static void timeouts_do_not_pass(void **state)
{
	(void)state;
	for (int is_quantile = 0; is_quantile < 2; is_quantile++) {
		struct case_data c = {0};
		const struct criterion criterion = {.measure = MEASURE_WALL,
		                                    .statistic = is_quantile ? STATISTIC_QUANTILE
		                                                             : STATISTIC_MEAN,
		                                    .quantile = is_quantile ? 0.5 : NAN,
		                                    .bound = BOUND_AT_MOST,
		                                    .limit = 1000,
		                                    .margin = NAN,
		                                    .where_absent = ABSENCE_SKIP};
		node(&c.made);
		usual_blocks(&c.made, -1, 1);
		c.made.dataset.tasks[c.made.dataset.task_count - 2].state = TASK_TIMEOUT;
		judge(&c, &criterion);
		expect(&c, VERDICT_INCONCLUSIVE, "timeout");
		done(&c);
	}
}

/* How one task of N=4, or of the baseline, went. */
struct cut {
	enum task_state state;
	bool exceeded;
	const char *words;
};

static const struct cut cuts[] = {
        {TASK_TIMEOUT, false, "timeout"}, {TASK_SIGNALED, true, "memory limit"},
        {TASK_OK, true, "memory limit"},  {TASK_FAILED, false, "1 of "},
        {TASK_SIGNALED, false, "failed"}, {TASK_ENDED, false, "ended by plateau"},
};

static void cut_one_task(struct made *made, const struct cut *cut, bool is_baseline)
{
	struct dataset *const dataset = &made->dataset;
	for (size_t i = 0; i < dataset->task_count; i++) {
		struct task_record *const task = &dataset->tasks[i];
		const struct trial_record *trial = dataset->trials;
		while (trial->trial != task->trial)
			trial++;
		if (trial->level == !is_baseline && task->start_ns > trial->window_start_ns &&
		    task->end_ns < trial->window_end_ns) {
			task->state = cut->state;
			task->exceeded_memory_limit = cut->exceeded;
			return;
		}
	}
	fail_msg("no task lies within a window");
}

/* Measures of tasks and of places may fail by those that are left, but not pass. */
static void what_was_cut_off_does_not_pass(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		enum criterion_bound bound;
		double wide, tight; /* limits: held by far, and missed by far */
		bool by_own, by_baseline;
	} cases[] = {
	        {MEASURE_WALL, BOUND_AT_MOST, 100, 1, true, false},
	        {MEASURE_USER, BOUND_AT_MOST, 100, 1, true, false},
	        {MEASURE_MAX_RSS, BOUND_AT_MOST, 1e12, 1, true, false},
	        {MEASURE_SLOWDOWN, BOUND_AT_MOST, 9, 0.5, true, true},
	        {MEASURE_CORE_SPREAD, BOUND_AT_MOST, 9, 0.5, true, false},
	        {MEASURE_EFFICIENCY, BOUND_AT_LEAST, 0.1, 9, false, true},
	        {MEASURE_THROUGHPUT, BOUND_AT_LEAST, 0.01, 9, false, false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases) * ARRAY_LENGTH(cuts) * 4; i++) {
		const size_t k = i / 4 / ARRAY_LENGTH(cuts);
		const struct cut *const cut = &cuts[i / 4 % ARRAY_LENGTH(cuts)];
		const bool is_wide = i % 2;
		const bool is_baseline = i / 2 % 2;
		const bool is_in_doubt = is_baseline ? cases[k].by_baseline : cases[k].by_own;
		struct case_data c = {0};
		const struct criterion criterion = {.measure = cases[k].measure,
		                                    .bound = cases[k].bound,
		                                    .limit = is_wide ? cases[k].wide
		                                                     : cases[k].tight,
		                                    .margin = NAN,
		                                    .where_absent = ABSENCE_SKIP};
		node(&c.made);
		usual_blocks(&c.made, -1, 1);
		cut_one_task(&c.made, cut, is_baseline);
		judge(&c, &criterion);
		if (!is_wide)
			expect(&c, VERDICT_FAIL, "is asked");
		else if (is_in_doubt)
			expect(&c, VERDICT_INCONCLUSIVE, cut->words);
		else
			expect(&c, VERDICT_PASS, "is asked");
		done(&c);
	}
}

/* Throughput that was worked out of durations misses the gaps; times are as good as ever. */
static void durations_alone_do_not_pass_as_throughput(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		enum criterion_bound bound;
		double limit;
		enum verdict verdict;
	} cases[] = {
	        {MEASURE_THROUGHPUT, BOUND_AT_LEAST, 0.01, VERDICT_INCONCLUSIVE},
	        {MEASURE_THROUGHPUT, BOUND_AT_LEAST, 9, VERDICT_FAIL},
	        {MEASURE_EFFICIENCY, BOUND_AT_LEAST, 0.01, VERDICT_INCONCLUSIVE},
	        {MEASURE_WALL, BOUND_AT_MOST, 100, VERDICT_PASS},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		const struct criterion criterion = {.measure = cases[i].measure,
		                                    .bound = cases[i].bound,
		                                    .limit = cases[i].limit,
		                                    .margin = NAN};
		node(&c.made);
		usual_blocks(&c.made, -1, 1);
		c.made.dataset.run.imported = strdup("csv");
		for (size_t t = 0; t < c.made.dataset.trial_count; t++)
			c.made.dataset.trials[t].has_durations_only = true;
		judge(&c, &criterion);
		expect(&c, cases[i].verdict,
		       cases[i].verdict == VERDICT_INCONCLUSIVE ? "how long tasks took"
		                                                : "is asked");
		assert_int_equal(c.acceptance.note_count, 2);
		assert_string_equal(c.acceptance.notes[0].code, "imported");
		assert_string_equal(c.acceptance.notes[1].code, "durations-only");
		done(&c);
	}
}

/* ---- Counts ------------------------------------------------------------------------------- */

static void failures_count_exactly(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		double limit;
		bool fails, abandons, lacks;
		enum verdict verdict;
		const char *words;
	} cases[] = {
	        {MEASURE_FAILURES, 0, false, false, false, VERDICT_PASS, "0 of "},
	        {MEASURE_FAILURES, 0, true, false, false, VERDICT_FAIL, "1 of "},
	        {MEASURE_FAILURES, 1, true, false, false, VERDICT_PASS, "1 of "},
	        {MEASURE_FAILURE_SHARE, 0.001, true, false, false, VERDICT_FAIL, "0.1 %"},
	        {MEASURE_FAILURE_SHARE, 0.5, true, false, false, VERDICT_PASS, "50 %"},
	        {MEASURE_FAILURES, 0, false, true, false, VERDICT_FAIL, "2 of "},
	        {MEASURE_FAILURES, 0, false, false, true, VERDICT_INCONCLUSIVE, "N=4"},
	        {MEASURE_FAILURES, 0, true, false, true, VERDICT_INCONCLUSIVE, "N=4"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		const struct criterion criterion = {.measure = cases[i].measure,
		                                    .bound = BOUND_AT_MOST,
		                                    .limit = cases[i].limit,
		                                    .margin = NAN};
		node(&c.made);
		if (cases[i].lacks)
			made_steady_trial(&c.made, 0, 0, 1, 10, WINDOW_S);
		else
			usual_blocks(&c.made, -1, 1);
		if (cases[i].fails && !cases[i].lacks)
			c.made.dataset.tasks[c.made.dataset.task_count - 3].state = TASK_FAILED;
		if (cases[i].abandons) {
			made_trial(&c.made, 1, 5, 0, 1)->state = TRIAL_ABANDONED;
			made_task(&c.made, 0, 0, 1)->state = TASK_FAILED;
			made_task(&c.made, 1, 0, 1)->state = TASK_SIGNALED;
		}
		judge(&c, &criterion);
		expect(&c, cases[i].verdict, cases[i].words);
		assert_int_equal(c.acceptance.items[0].level, -1);
		assert_true(isnan(c.acceptance.items[0].confidence));
		done(&c);
	}
}

/* What did not come to its end may still fail; what failed in it failed. */
static void an_unfinished_run_has_no_good_counts(void **state)
{
	(void)state;
	static const struct {
		enum run_state run;
		enum trial_state last; /* of the last trial, of N=4 */
		bool fails;
		enum verdict verdict;
		const char *words;
		const char *note; /* its code, or NULL */
	} cases[] = {
	        {RUN_DONE, TRIAL_DONE, false, VERDICT_PASS, "0 of ", NULL},
	        {RUN_INTERRUPTED, TRIAL_DONE, false, VERDICT_INCONCLUSIVE, "interrupted",
	         "unfinished"},
	        {RUN_RUNNING, TRIAL_DONE, false, VERDICT_INCONCLUSIVE, "killed", "unfinished"},
	        {RUN_FAILED, TRIAL_DONE, false, VERDICT_INCONCLUSIVE, "failed", "unfinished"},
	        {RUN_INTERRUPTED, TRIAL_INTERRUPTED, false, VERDICT_INCONCLUSIVE,
	         "1 trial that was planned", "unfinished"},
	        {RUN_INTERRUPTED, TRIAL_INTERRUPTED, true, VERDICT_FAIL, "1 of ", "unfinished"},
	        {RUN_RUNNING, TRIAL_RUNNING, true, VERDICT_FAIL, "1 of ", "unfinished"},
	        {RUN_INTERRUPTED, TRIAL_PENDING, false, VERDICT_INCONCLUSIVE,
	         "1 trial that was planned", "unfinished"},
	        {RUN_DONE, TRIAL_PENDING, false, VERDICT_PASS, "0 of ", "cut-short"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		const struct criterion criterion = {.measure = MEASURE_FAILURES,
		                                    .bound = BOUND_AT_MOST,
		                                    .limit = 0,
		                                    .margin = NAN};
		node(&c.made);
		usual_blocks(&c.made, -1, 1);
		struct dataset *const dataset = &c.made.dataset;
		dataset->run.state = cases[i].run;
		dataset->trials[dataset->trial_count - 1].state = cases[i].last;
		if (cases[i].fails)
			dataset->tasks[dataset->task_count - 3].state = TASK_FAILED;
		judge(&c, &criterion);
		expect(&c, cases[i].verdict, cases[i].words);
		assert_int_equal(c.acceptance.note_count, cases[i].note != NULL);
		if (cases[i].note)
			assert_string_equal(c.acceptance.notes[0].code, cases[i].note);
		done(&c);
	}
}

/* ---- Places ------------------------------------------------------------------------------- */

static void a_slow_core_fails_and_is_named(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		double slow, limit;
		enum verdict verdict;
		int32_t place;
		const char *words;
	} cases[] = {
	        {MEASURE_CORE_SPREAD, 1.3, 1.1, VERDICT_FAIL, 2, "core 2, the slowest, takes 1.3"},
	        {MEASURE_CORE_SPREAD, 1, 1.1, VERDICT_PASS, -1, "at most 1.1 is asked"},
	        {MEASURE_L3_SPREAD, 1.3, 1.1, VERDICT_PASS, -1, "L3"},
	        {MEASURE_CORE_SPREAD, 1.1, 1.1, VERDICT_INCONCLUSIVE, 2,
	         "(with 98.75 % confidence) and at most"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		const struct criterion criterion = {.measure = cases[i].measure,
		                                    .bound = BOUND_AT_MOST,
		                                    .limit = cases[i].limit,
		                                    .margin = NAN};
		node(&c.made);
		usual_blocks(&c.made, 2, cases[i].slow);
		judge(&c, &criterion);
		expect(&c, cases[i].verdict, cases[i].words);
		if (cases[i].place >= 0)
			assert_int_equal(c.acceptance.items[0].place, cases[i].place);
		assert_int_equal(c.acceptance.items[0].places,
		                 cases[i].measure == MEASURE_CORE_SPREAD ? 4 : 2);
		done(&c);
	}
}

/* A core on which every task fails is not compared, and nothing passes without it. */
static void a_core_without_success_does_not_pass(void **state)
{
	(void)state;
	struct case_data c = {0};
	const struct criterion criterion = {.measure = MEASURE_CORE_SPREAD,
	                                    .bound = BOUND_AT_MOST,
	                                    .limit = 1.5,
	                                    .margin = NAN};
	node(&c.made);
	usual_blocks(&c.made, -1, 1);
	for (size_t i = 0; i < c.made.dataset.task_count; i++)
		if (c.made.dataset.tasks[i].slot == 3)
			c.made.dataset.tasks[i].state = TASK_FAILED;
	judge(&c, &criterion);
	expect(&c, VERDICT_INCONCLUSIVE, "no task succeeded on 1 core");
	done(&c);
}

/* ---- References --------------------------------------------------------------------------- */

enum { MOST_RUNS = 4 };

struct runs {
	struct made made[MOST_RUNS];
	struct findings findings[MOST_RUNS];
	const struct findings *list[MOST_RUNS + 1];
	size_t count;
};

static void make_runs(struct runs *runs, size_t count)
{
	struct error err;
	*runs = (struct runs){.count = count};
	for (size_t r = 0; r < count; r++) {
		node(&runs->made[r]);
		for (uint32_t b = 0; b < ARRAY_LENGTH(usual); b++)
			block(&runs->made[r], b, exp(usual[b] + 0.01 * (double)r), -1, 1);
		free(runs->made[r].dataset.run.id);
		assert_int_equal(str_format(&runs->made[r].dataset.run.id, &err, "run %zu", r), 0);
		free(runs->made[r].dataset.run.command);
		runs->made[r].dataset.run.command = strdup("/opt/a/task --work 1");
		assert_int_equal(findings_build(&runs->made[r].dataset, &runs->findings[r], &err),
		                 0);
		runs->list[r] = &runs->findings[r];
	}
}

static void drop_runs(struct runs *runs)
{
	for (size_t r = 0; r < runs->count; r++) {
		findings_release(&runs->findings[r]);
		made_release(&runs->made[r]);
	}
}

static void a_reference_needs_three_runs_of_the_same(void **state)
{
	(void)state;
	static const struct {
		size_t runs;
		double factor; /* of the judged node's walls */
		const char *command;
		const char *problem;
		enum verdict verdict;
		const char *words;
	} cases[] = {
	        {3, 1, "/usr/bin/task --work 1", NULL, VERDICT_PASS,
	         "times the reference (3 runs)"},
	        {4, 1.2, "task --work 1", NULL, VERDICT_FAIL, "times the reference (4 runs)"},
	        {2, 1, "task --work 1", NULL, VERDICT_INCONCLUSIVE, "2 of 2 can be compared"},
	        {4, 1, "task --work 2", NULL, VERDICT_INCONCLUSIVE, "another command"},
	        {0, 1, "task --work 1", "no such file", VERDICT_INCONCLUSIVE, "no such file"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		struct runs runs;
		const struct criterion criterion = {.measure = MEASURE_THROUGHPUT,
		                                    .bound = BOUND_AT_LEAST,
		                                    .limit = 0.9,
		                                    .margin = NAN};
		make_runs(&runs, cases[i].runs);
		c.reference = (struct reference){runs.list, runs.count, cases[i].problem};
		node(&c.made);
		for (uint32_t b = 0; b < ARRAY_LENGTH(usual); b++)
			block(&c.made, b, cases[i].factor * exp(usual[b]), -1, 1);
		free(c.made.dataset.run.command);
		c.made.dataset.run.command = strdup(cases[i].command);
		judge(&c, &criterion);
		expect(&c, cases[i].verdict, cases[i].words);
		if (cases[i].verdict == VERDICT_INCONCLUSIVE)
			assert_int_equal(c.acceptance.items[0].runs_needed, 3);
		else
			assert_int_equal(c.acceptance.items[0].reference.n, cases[i].runs);
		done(&c);
		drop_runs(&runs);
	}
}

/* A node on which tasks fail is slow, and makes others look good. */
static void a_reference_with_failures_is_none(void **state)
{
	(void)state;
	struct case_data c = {0};
	struct runs runs;
	struct error err;
	const struct criterion criterion = {.measure = MEASURE_THROUGHPUT,
	                                    .bound = BOUND_AT_LEAST,
	                                    .limit = 0.5,
	                                    .margin = NAN};
	make_runs(&runs, 3);
	findings_release(&runs.findings[2]);
	cut_one_task(&runs.made[2], &cuts[3], false);
	assert_int_equal(findings_build(&runs.made[2].dataset, &runs.findings[2], &err), 0);
	c.reference = (struct reference){runs.list, 3, NULL};
	node(&c.made);
	usual_blocks(&c.made, -1, 1);
	free(c.made.dataset.run.command);
	c.made.dataset.run.command = strdup("task --work 1");
	judge(&c, &criterion);
	expect(&c, VERDICT_INCONCLUSIVE, "no example of a good node");
	done(&c);
	drop_runs(&runs);
}

/* Counts what a task of the last trial did: cycles and instructions, of user mode alone or not. */
static void count_tasks(struct made *made, bool is_user_only)
{
	struct dataset *const dataset = &made->dataset;
	for (size_t e = 0; e < 2; e++)
		dataset->events[e].is_user_only = is_user_only;
	for (size_t t = 0; t < dataset->task_count; t++)
		for (size_t e = 0; e < 3; e++) {
			const uint64_t value = e == 2 ? (uint64_t)(dataset->tasks[t].user_ns +
			                                           dataset->tasks[t].system_ns)
			                              : (uint64_t)dataset->tasks[t].user_ns * 2;
			dataset->counters[t * 3 + e] = (struct counter_value){.raw = value,
			                                                      .enabled_ns = 1000,
			                                                      .running_ns = 1000,
			                                                      .state = COUNTER_OK};
		}
}

static void counting_node(struct made *made, bool has_events, bool is_user_only, const char *arch)
{
	static const char *const names[] = {"cycles", "instructions", "task-clock"};
	struct error err;
	node(made);
	for (size_t e = 0; has_events && e < 3; e++)
		made_event(made, names[e]);
	usual_blocks(made, -1, 1);
	if (has_events)
		count_tasks(made, is_user_only);
	assert_int_equal(host_facts_add(&made->dataset.host, "architecture", arch, NULL, &err), 0);
}

/* Ratios that a comparison refuses are no verdicts either. */
static void what_is_not_comparable_is_not_judged(void **state)
{
	(void)state;
	static const struct {
		enum measure_id measure;
		bool has_events, is_user_only;
		const char *arch;
		enum verdict verdict;
		const char *words;
	} cases[] = {
	        {MEASURE_CPI, true, false, "x86_64", VERDICT_PASS, "is asked"},
	        {MEASURE_CPI, true, true, "x86_64", VERDICT_INCONCLUSIVE, "another one"},
	        {MEASURE_CPI, true, false, "aarch64", VERDICT_INCONCLUSIVE, "architecture"},
	        {MEASURE_INSTRUCTIONS, true, false, "aarch64", VERDICT_INCONCLUSIVE,
	         "architecture"},
	        {MEASURE_FACTOR_CPI, true, false, "x86_64", VERDICT_PASS, "is asked"},
	        {MEASURE_FACTOR_CPI, true, true, "x86_64", VERDICT_INCONCLUSIVE, "split"},
	        {MEASURE_FACTOR_OFF_CPU, false, false, "x86_64", VERDICT_INCONCLUSIVE, "split"},
	        {MEASURE_SLOWDOWN, false, false, "x86_64", VERDICT_PASS, "is asked"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		struct runs runs = {.count = 3};
		struct error err;
		const struct criterion criterion = {.measure = cases[i].measure,
		                                    .bound = BOUND_AT_MOST,
		                                    .limit = 2,
		                                    .margin = NAN};
		for (size_t r = 0; r < 3; r++) {
			struct made *const made = &runs.made[r];
			counting_node(made, true, false, "x86_64");
			free(made->dataset.run.id);
			assert_int_equal(str_format(&made->dataset.run.id, &err, "run %zu", r), 0);
			assert_int_equal(findings_build(&made->dataset, &runs.findings[r], &err),
			                 0);
			runs.list[r] = &runs.findings[r];
		}
		c.reference = (struct reference){runs.list, 3, NULL};
		counting_node(&c.made, cases[i].has_events, cases[i].is_user_only, cases[i].arch);
		judge(&c, &criterion);
		expect(&c, cases[i].verdict, cases[i].words);
		done(&c);
		drop_runs(&runs);
	}
}

/* That a reference is of another processor is said once for each kind. */
static void another_processor_is_named(void **state)
{
	(void)state;
	static const struct {
		const char *judged, *reference;
		const char *words; /* NULL: nothing is said */
	} cases[] = {
	        {"Intel A", "Intel A", NULL},
	        {"Intel A", "AMD B", "it has AMD B, this node Intel A"},
	        {NULL, "AMD B", "a processor that is not named"},
	        {NULL, NULL, NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		struct runs runs;
		struct error err;
		make_runs(&runs, 3);
		for (size_t r = 0; r < 3 && cases[i].reference; r++)
			assert_int_equal(host_facts_add(&runs.made[r].dataset.host, "processor",
			                                cases[i].reference, NULL, &err),
			                 0);
		c.reference = (struct reference){runs.list, 3, NULL};
		node(&c.made);
		usual_blocks(&c.made, -1, 1);
		if (cases[i].judged)
			assert_int_equal(host_facts_add(&c.made.dataset.host, "processor",
			                                cases[i].judged, NULL, &err),
			                 0);
		judge(&c, &at_least_a_little);
		assert_int_equal(c.acceptance.note_count, cases[i].words != NULL);
		if (cases[i].words)
			assert_non_null(strstr(c.acceptance.notes[0].text, cases[i].words));
		done(&c);
		drop_runs(&runs);
	}
}

/* A result is no witness for itself. */
static void a_result_is_not_its_own_reference(void **state)
{
	(void)state;
	struct case_data c = {0};
	struct runs runs;
	const struct criterion criterion = {.measure = MEASURE_THROUGHPUT,
	                                    .bound = BOUND_AT_LEAST,
	                                    .limit = 0.5,
	                                    .margin = NAN};
	make_runs(&runs, 2);
	runs.list[2] = &c.findings;
	c.reference = (struct reference){runs.list, 3, NULL};
	node(&c.made);
	usual_blocks(&c.made, -1, 1);
	judge(&c, &criterion);
	expect(&c, VERDICT_INCONCLUSIVE, "judged result itself");
	done(&c);
	drop_runs(&runs);
}

/* ---- Looks -------------------------------------------------------------------------------- */

static void looks_share_the_error(void **state)
{
	(void)state;
	static const struct {
		uint32_t looks[3]; /* 0 ends them */
		uint32_t most;
		double fractions[3];
		size_t count; /* 0: one verdict at 0.05 */
	} cases[] = {
	        {{0}, 10, {0}, 0},
	        {{5}, 10, {0.5}, 1},
	        {{5}, 5, {0}, 0},
	        {{3, 4}, 10, {0.3, 0.4, 0.5}, 3},
	        {{3, 4, 5}, 10, {0.3, 0.4, 0.5}, 3},
	        {{3}, 0, {0.6, 1}, 2},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		struct error err;
		double levels[3] = {0.05, 0.05, 0.05};
		node(&c.made);
		usual_blocks(&c.made, -1, 1);
		for (size_t k = 0; k < 3 && cases[i].looks[k] > 0; k++)
			made_sample(&c.made, look_sample_name, -1, (double)k, cases[i].looks[k]);
		c.criteria.max_repeats = cases[i].most;
		judge(&c, &at_least_a_little);
		if (cases[i].count > 0)
			assert_int_equal(alpha_spending_levels(0.045, cases[i].fractions,
			                                       cases[i].count, levels, &err),
			                 0);
		const double level = cases[i].count > 0 ? levels[cases[i].count - 1] : 0.05;
		assert_true(fabs(c.acceptance.items[0].confidence - (1 - level)) < 1e-12);
		assert_int_equal(c.acceptance.blocks, 5);
		assert_int_equal(c.acceptance.looks, cases[i].count > 0 ? cases[i].count - 1 : 0);
		done(&c);
	}
}

/* Who adds repeats to a run that had ended has looked at it, whatever it was judged by. */
static void a_run_that_was_gone_on_with_was_looked_at(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		bool was_planned; /* a look at three blocks was recorded */
		size_t looks;
		double alpha;
	} cases[] = {
	        {"the run was gone on with here after it had stopped (done); trials ...", false, 1,
	         0.015},
	        {"the run was gone on with here after it had stopped (done); trials ...", true, 1,
	         0.045},
	        {"the run was gone on with here after it had stopped (interrupted); ...", false, 0,
	         0},
	        {"the run was gone on with here after it had stopped (running); ...", false, 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct case_data c = {0};
		struct error err;
		double levels[2] = {0.05, 0.05};
		static const double fractions[] = {0.6, 1};
		node(&c.made);
		usual_blocks(&c.made, -1, 1);
		made_warning(&c.made, "resumed", cases[i].text);
		struct dataset *const dataset = &c.made.dataset;
		/* The trials of N=1 are all at one time in these: each is put before its block's.
		 */
		for (size_t t = 0; t < dataset->trial_count; t++)
			if (dataset->trials[t].level == 0)
				dataset->trials[t].end_ns =
				        (dataset->trials[t].block + 1) * INT64_C(1000000000000);
		dataset->warnings[0].at_ns = INT64_C(3500000000000);
		if (cases[i].was_planned)
			made_sample(&c.made, look_sample_name, -1, 1, 3);
		judge(&c, &at_least_a_little);
		if (cases[i].looks > 0)
			assert_int_equal(
			        alpha_spending_levels(cases[i].alpha, fractions, 2, levels, &err),
			        0);
		assert_int_equal(c.acceptance.looks, cases[i].looks);
		assert_true(fabs(c.acceptance.items[0].confidence - (1 - levels[1])) < 1e-12);
		done(&c);
	}
}

/* ---- Overall ------------------------------------------------------------------------------ */

static void one_failure_fails_and_doubt_stays(void **state)
{
	(void)state;
	static const struct {
		enum verdict verdicts[3];
		enum verdict expected;
	} cases[] = {
	        {{VERDICT_PASS, VERDICT_PASS, VERDICT_PASS}, VERDICT_PASS},
	        {{VERDICT_PASS, VERDICT_INCONCLUSIVE, VERDICT_FAIL}, VERDICT_FAIL},
	        {{VERDICT_PASS, VERDICT_INCONCLUSIVE, VERDICT_PASS}, VERDICT_INCONCLUSIVE},
	        {{VERDICT_PASS, VERDICT_SKIPPED, VERDICT_PASS}, VERDICT_PASS},
	        {{VERDICT_SKIPPED, VERDICT_SKIPPED, VERDICT_SKIPPED}, VERDICT_INCONCLUSIVE},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct acceptance all[3] = {{0}};
		for (size_t k = 0; k < 3; k++)
			all[k].verdict = cases[i].verdicts[k];
		assert_int_equal(verdict_overall(all, 3), cases[i].expected);
	}
	assert_int_equal(verdict_overall(NULL, 0), VERDICT_INCONCLUSIVE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_bound_is_that_of_t_on_logs),
	        cmocka_unit_test(a_value_at_its_limit_passes),
	        cmocka_unit_test(nothing_is_drawn_from_another_baseline),
	        cmocka_unit_test(one_repeat_has_no_bound),
	        cmocka_unit_test(a_level_that_is_missing_is_inconclusive),
	        cmocka_unit_test(a_level_that_was_left_out_is_inconclusive),
	        cmocka_unit_test(what_a_node_does_not_have_can_be_skipped),
	        cmocka_unit_test(timeouts_do_not_pass),
	        cmocka_unit_test(what_was_cut_off_does_not_pass),
	        cmocka_unit_test(durations_alone_do_not_pass_as_throughput),
	        cmocka_unit_test(failures_count_exactly),
	        cmocka_unit_test(an_unfinished_run_has_no_good_counts),
	        cmocka_unit_test(a_slow_core_fails_and_is_named),
	        cmocka_unit_test(a_core_without_success_does_not_pass),
	        cmocka_unit_test(a_reference_needs_three_runs_of_the_same),
	        cmocka_unit_test(a_reference_with_failures_is_none),
	        cmocka_unit_test(what_is_not_comparable_is_not_judged),
	        cmocka_unit_test(another_processor_is_named),
	        cmocka_unit_test(a_result_is_not_its_own_reference),
	        cmocka_unit_test(looks_share_the_error),
	        cmocka_unit_test(a_run_that_was_gone_on_with_was_looked_at),
	        cmocka_unit_test(one_failure_fails_and_doubt_stays),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
