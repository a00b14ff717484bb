/* One node against another: known answers, and that nothing is compared in silence which does not
 * mean the same. */
#include "made.h"

#include "analyse/compare/compare.h"
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-6 * fabs(b)))
		print_message("# %.17g is not %.17g\n", a, b);
	assert_true(fabs(a - b) <= 1e-6 * fabs(b));
}

/* ---- Samples -------------------------------------------------------------------------------- */

/* The interval of the difference by numerical integration of Student's t, and the textbook's case:
 * t = 2.46 at 25.0 degrees of freedom, P = 0.021. */
static void welch_has_known_answers(void **state)
{
	(void)state;
	static const double a1[] = {27.5, 21.0, 19.0, 23.6, 17.0, 17.9, 16.9, 20.1,
	                            21.9, 22.6, 23.1, 19.6, 19.0, 21.7, 21.4};
	static const double a2[] = {27.1, 22.0, 20.8, 23.4, 23.4, 23.5, 25.8, 22.0,
	                            24.8, 20.2, 21.9, 22.1, 22.9, 20.5, 24.4};
	static const double base[] = {1.0, 1.1, 0.95};
	static const double new[] = {1.3, 1.25, 1.4, 1.31};
	const struct estimate d =
	        compare_welch_difference(a1, ARRAY_LENGTH(a1), a2, ARRAY_LENGTH(a2));
	assert_near(d.value, 2.16666666667);
	assert_near(d.low, 0.349237066);
	assert_near(d.high, 3.984096267);
	assert_int_equal(d.n, 15);
	const struct estimate r = compare_welch_ratio(base, 3, new, 4);
	assert_near(r.value, 1.29476537647);
	assert_near(r.low, 1.11355544669);
	assert_near(r.high, 1.50546376930);
	assert_int_equal(r.n, 3);
}

static void welch_says_what_it_cannot(void **state)
{
	(void)state;
	static const double values[] = {1, 2, 3};
	static const double zero[] = {1, 0, 3};
	static const double same[] = {2, 2, 2};
	struct estimate e = compare_welch_ratio(values, 0, values, 3);
	assert_false(estimate_has_value(&e));
	e = compare_welch_ratio(values, 3, zero, 3);
	assert_false(estimate_has_value(&e));
	assert_non_null(e.reason);
	e = compare_welch_ratio(values, 1, values, 3);
	assert_true(estimate_has_value(&e));
	assert_false(estimate_has_interval(&e));
	assert_non_null(e.reason);
	e = compare_welch_ratio(same, 3, same, 3);
	assert_near(e.value, 1);
	assert_false(estimate_has_interval(&e));
	assert_non_null(e.reason);
	/* One side without spread is no reason to have none: the other has some. */
	e = compare_welch_ratio(same, 3, values, 3);
	assert_true(estimate_has_interval(&e));
}

/* ---- Sides ---------------------------------------------------------------------------------- */

enum { MOST_RUNS = 3 };

/* Results of one side. */
struct made_side {
	struct made runs[MOST_RUNS];
	struct findings findings[MOST_RUNS];
	const struct findings *pointers[MOST_RUNS];
	size_t count;
	struct side side;
};

static void set_text(char **text, const char *value)
{
	struct error err;
	free(*text);
	*text = NULL;
	assert_int_equal(str_copy(value, text, &err), 0);
}

static void add_fact(struct made *made, const char *name, const char *value)
{
	struct error err;
	assert_int_equal(host_facts_add(&made->dataset.host, name, value, NULL, &err), 0);
}

/* A run with two blocks at N = 1 and 2, whose tasks take so long; the second block a hundredth
 * longer. */
static struct made *add_run(struct made_side *side, double wall_s)
{
	struct made *const made = &side->runs[side->count++];
	made_init(made);
	char id[33];
	snprintf(id, sizeof id, "%032d", (int)(wall_s * 1e6));
	set_text(&made->dataset.run.id, id);
	return made;
}

static void add_levels(struct made *made, double wall_s, const char *policy, uint32_t highest)
{
	for (uint32_t n = 1; n <= highest; n++)
		made_level(made, n, policy);
	for (uint32_t block = 0; block < 2; block++)
		for (uint32_t n = 1; n <= highest; n++) {
			const double wall = wall_s * (1 + 0.1 * (n - 1)) * (1 + 0.01 * block);
			made_trial(made, n - 1, block, 0, 2 * wall);
			for (uint32_t slot = 0; slot < n; slot++)
				for (int i = 0; i < 2; i++) {
					made_task(made, slot, i * wall, (i + 1) * wall);
					for (size_t e = 0; e < made->dataset.event_count; e++)
						made_counter(made, e, (uint64_t)(1e9 * wall),
						             COUNTER_OK);
				}
		}
}

static const struct side *finish(struct made_side *side, const char *name)
{
	struct error err;
	for (size_t i = 0; i < side->count; i++) {
		assert_int_equal(findings_build(&side->runs[i].dataset, &side->findings[i], &err),
		                 0);
		side->pointers[i] = &side->findings[i];
	}
	side->side = (struct side){.name = name,
	                           .path = side->runs[0].dataset.path,
	                           .runs = side->pointers,
	                           .count = side->count};
	return &side->side;
}

static void release_side(struct made_side *side)
{
	for (size_t i = 0; i < side->count; i++) {
		findings_release(&side->findings[i]);
		made_release(&side->runs[i]);
	}
}

#define cleanup_side __attribute__((cleanup(release_side)))

static struct comparison compare(const struct side *base, const struct side *new)
{
	struct comparison c;
	struct error err;
	memset(&c, 0xa5, sizeof c);
	assert_int_equal(compare_build(base, new, &c, &err), 0);
	return c;
}

static const struct ratio *ratio_of(const struct comparison *c, size_t level, enum measure_id id)
{
	const ptrdiff_t query = comparison_find(c, id);
	assert_true(query >= 0);
	assert_true(level < c->level_count);
	return &c->levels[level].ratios[query];
}

static const struct compare_remark *remark_of(const struct comparison *c, const char *code)
{
	for (size_t i = 0; i < c->remark_count; i++)
		if (strcmp(c->remarks[i].code, code) == 0)
			return &c->remarks[i];
	return NULL;
}

static bool is_serious(const struct comparison *c, const char *code)
{
	const struct compare_remark *const remark = remark_of(c, code);
	return remark && remark->is_serious;
}

static void print_remarks(const struct comparison *c)
{
	for (size_t i = 0; i < c->remark_count; i++)
		print_message("# %s%s: %s\n", c->remarks[i].is_serious ? "! " : "",
		              c->remarks[i].code, c->remarks[i].text);
}

static void one_run_a_side_is_compared_within_run(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	add_levels(add_run(&base, 10), 10, "spread", 2);
	add_levels(add_run(&new, 8), 8, "spread", 3);
	struct comparison c cleanup_comparison =
	        compare(finish(&base, "Rome"), finish(&new, "Milan"));
	assert_int_equal(c.level_count, 2);
	assert_int_equal(c.lone_count, 1);
	assert_int_equal(c.lone[0].concurrency, 3);
	assert_true(c.lone[0].is_new);
	const struct ratio *const throughput = ratio_of(&c, 1, MEASURE_THROUGHPUT);
	assert_near(throughput->value.value, 1.25);
	assert_int_equal(throughput->basis, BASIS_TRIALS);
	assert_int_equal(throughput->base_n, 2);
	assert_true(ratio_is_beyond_chance(throughput));
	assert_near(ratio_of(&c, 0, MEASURE_WALL)->value.value, 0.8);
	/* Both curves have one shape: efficiency is the same, and 1 at the baseline. */
	assert_near(ratio_of(&c, 1, MEASURE_EFFICIENCY)->value.value, 1);
	assert_false(estimate_has_value(&ratio_of(&c, 0, MEASURE_EFFICIENCY)->value));
	assert_non_null(strstr(ratio_of(&c, 0, MEASURE_EFFICIENCY)->reason, "by definition"));
	/* Time off the CPU differs by seconds, not by a factor. */
	assert_true(ratio_of(&c, 0, MEASURE_OFF_CPU)->is_difference);
	assert_near(ratio_of(&c, 0, MEASURE_OFF_CPU)->value.value, 0.1 * (8 - 10) * 1.005);
	assert_non_null(remark_of(&c, "within-run"));
	assert_non_null(remark_of(&c, "levels"));
	assert_int_equal(comparison_find(&c, MEASURE_CYCLES), -1);
}

/* The best N of the new node is 3, of the base 2: 3/9.6 by 2/11. */
static void the_answer_is_of_each_sides_best_n(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	add_levels(add_run(&base, 10), 10, "spread", 2);
	add_levels(add_run(&new, 8), 8, "spread", 3);
	/* More than there are CPUs: it is no answer for a node. */
	struct side named = *finish(&base, "Rome");
	named.is_kind = true;
	struct side other = *finish(&new, "Milan");
	other.is_kind = true;
	struct comparison c cleanup_comparison = compare(&named, &other);
	assert_int_equal(c.nodes.base_best, 2);
	assert_int_equal(c.nodes.new_best, 3);
	assert_near(c.nodes.throughput.value.value, (3 / 9.6) / (2 / 11.));
	assert_near(c.nodes.cpu_factor.value.value, 9.6 / 11);
	assert_near(c.nodes.cpu_factor.value.low, 1.5 / c.nodes.throughput.value.high);
	assert_near(c.nodes.single.value.value, 1.25);
	assert_int_equal(c.nodes.single_level, 1);
	assert_non_null(strstr(c.nodes.sentence, "Milan was not measured beyond N=3"));
	assert_true(is_serious(&c, "best"));
	print_message("# %s\n# %s\n", c.nodes.sentence, c.nodes.single_sentence);
	assert_true(str_starts_with(c.nodes.sentence, "One Milan node does 1.72 ["));
	assert_non_null(strstr(c.nodes.sentence,
	                       "times the work of one Rome node, each at its best N (3 and 2)"));
	assert_non_null(strstr(c.nodes.sentence, "within-run"));
}

static void oversubscribed_levels_are_no_best(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	add_levels(add_run(&base, 10), 10, "spread", 2);
	struct made *const made = add_run(&new, 8);
	add_levels(made, 8, "spread", 3);
	made->dataset.levels[2].is_oversubscribed = true;
	add_fact(made, "cores_allowed", "2");
	add_fact(&base.runs[0], "cores_allowed", "2");
	struct comparison c cleanup_comparison = compare(finish(&base, "a"), finish(&new, "b"));
	assert_int_equal(c.nodes.new_best, 2);
	assert_null(remark_of(&c, "best"));
	assert_true(str_starts_with(c.nodes.sentence, "b does 1.25"));
}

/* Levels at which trial by trial 2 tasks run in each of n slots. */
static void add_more(struct made *made, double wall_s, const char *policy, uint32_t n)
{
	const size_t level = made->dataset.level_count;
	made_level(made, n, policy);
	for (uint32_t block = 0; block < 2; block++) {
		const double wall = wall_s * (1 + 0.01 * block);
		made_trial(made, (uint32_t)level, block, 0, 2 * wall);
		for (uint32_t slot = 0; slot < n; slot++)
			for (int i = 0; i < 2; i++)
				made_task(made, slot, i * wall, (i + 1) * wall);
	}
}

/* A node that was measured with a policy more is not better for it. */
static void the_answer_is_of_policies_that_both_have(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	add_more(add_run(&base, 10), 10, "spread", 4);
	struct made *const made = add_run(&new, 10);
	add_more(made, 10, "spread", 4);
	add_more(made, 7, "pack", 4);
	struct comparison c cleanup_comparison = compare(finish(&base, "a"), finish(&new, "b"));
	assert_near(c.nodes.throughput.value.value, 1);
	assert_string_equal(c.nodes.new_policy, "spread");
	assert_non_null(strstr(c.nodes.sentence, "each at its best N (4 and 4)"));
	assert_true(is_serious(&c, "best"));
	print_remarks(&c);
	assert_non_null(strstr(remark_of(&c, "best")->text,
	                       "b does most with policy pack at N=4, 1.43 times what it does with "
	                       "spread at N=4; a was not measured with it"));
}

/* Where both have both, each has its own best, and both are named. */
static void policies_of_the_best_are_named_where_they_differ(void **state)
{
	(void)state;
	static const char *const policies[] = {"spread", "pack"};
	struct made_side sides[2] = {{.count = 0}, {.count = 0}};
	for (size_t s = 0; s < 2; s++) {
		struct made *const made = add_run(&sides[s], s ? 8 : 10);
		for (size_t p = 0; p < 2; p++)
			add_more(made, p == s ? 8 : 10, policies[p], 4);
	}
	struct comparison c cleanup_comparison =
	        compare(finish(&sides[0], "a"), finish(&sides[1], "b"));
	assert_non_null(strstr(c.nodes.sentence, "each at its best N (4 pack and 4 spread)"));
	assert_true(is_serious(&c, "best"));
	assert_non_null(
	        strstr(remark_of(&c, "best")->text, "a does most with policy spread, b with pack"));
	release_side(&sides[0]);
	release_side(&sides[1]);
}

/* 4 tasks of one thread and 2 of two take the same CPUs: the work of two is twice that of one. */
static void the_cpu_factor_counts_threads(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	struct made *made = add_run(&base, 10);
	add_more(made, 10, "spread", 4);
	add_fact(made, "cores_allowed", "4");
	made = add_run(&new, 5);
	made->dataset.run.threads = 2;
	add_more(made, 5, "spread", 2);
	add_fact(made, "cores_allowed", "4");
	struct comparison c cleanup_comparison = compare(finish(&base, "a"), finish(&new, "b"));
	assert_near(c.nodes.throughput.value.value, 1);
	assert_near(c.nodes.cpu_factor.value.value, 1);
	assert_near(c.nodes.cpu_factor.new.value, c.nodes.throughput.new.value / 4);
	assert_null(remark_of(&c, "best")); /* all cores are taken */
}

/* With several runs on both sides a run is one value, however many trials it has. */
static void several_runs_a_side_are_the_replicates(void **state)
{
	(void)state;
	static const double walls[2][3] = {{10, 10.4, 9.8}, {8, 8.4, 8.1}};
	struct made_side sides[2] = {{.count = 0}, {.count = 0}};
	double rates[2][3];
	for (size_t s = 0; s < 2; s++)
		for (size_t i = 0; i < 3; i++) {
			add_levels(add_run(&sides[s], walls[s][i]), walls[s][i], "spread", 2);
			rates[s][i] = 2 / (1.1 * walls[s][i] * sqrt(1.01));
		}
	struct comparison c cleanup_comparison =
	        compare(finish(&sides[0], "a"), finish(&sides[1], "b"));
	const struct estimate expected = compare_welch_ratio(rates[0], 3, rates[1], 3);
	const struct ratio *const ratio = ratio_of(&c, 1, MEASURE_THROUGHPUT);
	assert_int_equal(ratio->basis, BASIS_RUNS);
	assert_int_equal(ratio->base_n, 3);
	assert_near(ratio->value.value, expected.value);
	assert_near(ratio->value.low, expected.low);
	assert_near(ratio->value.high, expected.high);
	assert_null(remark_of(&c, "within-run"));
	release_side(&sides[0]);
	release_side(&sides[1]);
}

/* One run against several is held against what these differ by from run to run: by hand,
 * t(0.975, 2) = 4.30265 and s sqrt(4/3) of three logs. */
static void one_run_against_several_is_taken_to_differ_as_they_do(void **state)
{
	(void)state;
	static const double walls[] = {10, 10.4, 9.8};
	double logs[3];
	double mean = 0;
	double squares = 0;
	struct made_side several cleanup_side = {.count = 0};
	struct made_side one cleanup_side = {.count = 0};
	for (size_t i = 0; i < 3; i++) {
		add_levels(add_run(&several, walls[i]), walls[i], "spread", 2);
		logs[i] = -log(walls[i]);
		mean += logs[i] / 3;
	}
	for (size_t i = 0; i < 3; i++)
		squares += (logs[i] - mean) * (logs[i] - mean);
	const double half = 4.30265273 * sqrt(squares / 2) * sqrt(4 / 3.);
	add_levels(add_run(&one, 8), 8, "spread", 2);
	const struct side *const a = finish(&several, "a");
	const struct side *const b = finish(&one, "b");
	for (int is_base_one = 0; is_base_one < 2; is_base_one++) {
		struct comparison c cleanup_comparison =
		        is_base_one ? compare(b, a) : compare(a, b);
		const struct ratio *const ratio = ratio_of(&c, 1, MEASURE_THROUGHPUT);
		const double log_ratio = (is_base_one ? -1 : 1) * (-log(8) - mean);
		assert_int_equal(ratio->basis, BASIS_RUNS);
		assert_int_equal(is_base_one ? ratio->new_n : ratio->base_n, 3);
		assert_int_equal(is_base_one ? ratio->base_n : ratio->new_n, 1);
		assert_int_equal(ratio->value.n, 1);
		assert_near(ratio->value.value, exp(log_ratio));
		assert_near(ratio->value.low, exp(log_ratio - half));
		assert_near(ratio->value.high, exp(log_ratio + half));
		assert_null(remark_of(&c, "within-run"));
		assert_non_null(remark_of(&c, "one-run"));
		print_message("# %s\n", remark_of(&c, "one-run")->text);
	}
}

/* ---- What is not comparable -------------------------------------------------------------------
 */

struct event_case {
	const char *name;
	const char *encoded;
	bool is_user_only;
	const char *metric;
	uint32_t choice;
};

static void add_event(struct made *made, const struct event_case *of)
{
	struct event_definition *const event = made_event(made, of->name);
	snprintf(event->encoded, sizeof event->encoded, "%s", of->encoded);
	event->is_user_only = of->is_user_only;
	snprintf(event->metric, sizeof event->metric, "%s", of->metric ? of->metric : "");
	event->choice = of->choice;
}

static void counts_are_compared_by_what_they_are(void **state)
{
	(void)state;
	static const struct {
		struct event_case base, new;
		enum measure_id id;
		const char *models[2];
		const char *reason; /* NULL: there is a ratio */
	} cases[] = {
	        {{"cycles", "zen2::CYCLES", 0, NULL, 0},
	         {"cycles", "zen3::CYCLES", 0, NULL, 0},
	         MEASURE_CYCLES,
	         {"49", "1"},
	         NULL},
	        {{"cycles", "zen2::CYCLES", 0, NULL, 0},
	         {"cycles", "zen3::CYCLES:u", 1, NULL, 0},
	         MEASURE_CYCLES,
	         {"49", "1"},
	         "in user mode alone"},
	        {{"LLC-load-misses", "zen2::X", 0, "LLC-load-misses", 1},
	         {"LLC-load-misses", "zen3::Y", 0, "LLC-load-misses", 1},
	         MEASURE_LLC_LOAD_MISSES,
	         {"49", "1"},
	         "Rome counted zen2::X, Milan counted zen3::Y"},
	        {{"LLC-load-misses", "zen2::X", 0, "LLC-load-misses", 1},
	         {"LLC-load-misses", "zen2::Y", 0, "LLC-load-misses", 2},
	         MEASURE_LLC_LOAD_MISSES,
	         {"49", "49"},
	         "by its choice 1 on Rome"},
	        {{"LLC-load-misses", "perf::LLC", 0, NULL, 0},
	         {"LLC-load-misses", "perf::LLC", 0, NULL, 0},
	         MEASURE_LLC_LOAD_MISSES,
	         {"49", "1"},
	         "another event on every kind"},
	        {{"LLC-load-misses", "zen2::X", 0, NULL, 0},
	         {"LLC-load-misses", "zen2::X", 0, NULL, 0},
	         MEASURE_LLC_LOAD_MISSES,
	         {"49", "49"},
	         NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made_side sides[2] = {{.count = 0}, {.count = 0}};
		for (size_t s = 0; s < 2; s++) {
			struct made *const made = add_run(&sides[s], s ? 8 : 10);
			add_event(made, s ? &cases[i].new : &cases[i].base);
			add_fact(made, "processor_vendor", "AuthenticAMD");
			add_fact(made, "processor_family", "23");
			add_fact(made, "processor_model", cases[i].models[s]);
			add_levels(made, s ? 8 : 10, "spread", 2);
		}
		struct comparison c =
		        compare(finish(&sides[0], "Rome"), finish(&sides[1], "Milan"));
		const struct ratio *const ratio = ratio_of(&c, 0, cases[i].id);
		if (cases[i].reason) {
			assert_false(estimate_has_value(&ratio->value));
			print_message("# %s\n", ratio->reason);
			assert_non_null(strstr(ratio->reason, cases[i].reason));
			/* What each side has stays to be seen, and a remark says it once. */
			assert_true(estimate_has_value(&ratio->base));
			assert_true(estimate_has_value(&ratio->new));
			assert_non_null(remark_of(&c, "events"));
			assert_true(is_serious(&c, "events"));
		} else {
			assert_near(ratio->value.value, 0.8);
			assert_null(remark_of(&c, "events"));
		}
		comparison_release(&c);
		release_side(&sides[0]);
		release_side(&sides[1]);
	}
}

/* Where one side counted both modes, and user mode besides, user mode is what both have. */
static void the_mode_that_both_have_is_found(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	struct made *made = add_run(&base, 10);
	add_event(made, &(struct event_case){"cycles", "perf::CYCLES", false, NULL, 0});
	add_event(made, &(struct event_case){"cycles:u", "perf::CYCLES:u", true, NULL, 0});
	add_levels(made, 10, "spread", 1);
	made = add_run(&new, 8);
	add_event(made, &(struct event_case){"cycles:u", "perf::CYCLES:u", true, NULL, 0});
	add_levels(made, 8, "spread", 1);
	struct comparison c cleanup_comparison = compare(finish(&base, "a"), finish(&new, "b"));
	const struct ratio *const cycles = ratio_of(&c, 0, MEASURE_CYCLES);
	assert_near(cycles->value.value, 0.8);
	assert_non_null(strstr(cycles->note, "user mode"));
	/* The clocks are from other sources: by cycles of both modes, and by user cycles. */
	const struct ratio *const clock = ratio_of(&c, 0, MEASURE_FREQUENCY);
	assert_near(clock->value.value, 1);
	assert_non_null(clock->note);
}

static void clocks_of_other_sources_are_not_compared(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	struct made *made = add_run(&base, 10);
	add_event(made, &(struct event_case){"cycles", "perf::CYCLES", false, NULL, 0});
	add_levels(made, 10, "spread", 1);
	made = add_run(&new, 8);
	add_levels(made, 8, "spread", 1);
	made_sample(made, "cpu_frequency_hz", 0, 8, 3e9);
	struct comparison c cleanup_comparison = compare(finish(&base, "a"), finish(&new, "b"));
	const struct ratio *const clock = ratio_of(&c, 0, MEASURE_FREQUENCY);
	assert_false(estimate_has_value(&clock->value));
	assert_true(estimate_has_value(&clock->base));
	assert_true(estimate_has_value(&clock->new));
	print_message("# %s\n", clock->reason);
	assert_non_null(remark_of(&c, "frequency"));
	/* Cycles were counted on one side alone. */
	const struct ratio *const cycles = ratio_of(&c, 0, MEASURE_CYCLES);
	assert_false(estimate_has_value(&cycles->value));
	assert_true(estimate_has_value(&cycles->base));
	assert_non_null(strstr(cycles->reason, "not counted"));
}

static void efficiency_needs_one_baseline(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	add_levels(add_run(&base, 10), 10, "spread", 3);
	struct made *const made = add_run(&new, 8);
	add_levels(made, 8, "spread", 3);
	made->dataset.run.baseline = 2;
	struct comparison c cleanup_comparison = compare(finish(&base, "a"), finish(&new, "b"));
	const struct ratio *const efficiency = ratio_of(&c, 2, MEASURE_EFFICIENCY);
	assert_false(estimate_has_value(&efficiency->value));
	assert_string_equal(efficiency->reason, "it is drawn from N=1 on a and from N=2 on b");
	assert_non_null(remark_of(&c, "baseline"));
	assert_true(estimate_has_value(&ratio_of(&c, 2, MEASURE_THROUGHPUT)->value));
}

/* ---- What differs -----------------------------------------------------------------------------
 */

static void what_differs_is_said(void **state)
{
	(void)state;
	static const struct {
		const char *code;
		bool is_serious;
		const char *text; /* a part */
	} expected[] = {
	        {"program", true, "01234567"},
	        {"command", true, "other --work 2"},
	        {"scenario", true, "sweep.warmup.tasks is 1 on Rome and 0.0 on Milan"},
	        {"threads", true, "2 threads on Rome and 1 on Milan"},
	        {"policy", true, "spread on Rome and pack on Milan"},
	        {"layout", true, "(NPS4)"},
	        {"clock", true, "governor performance and powersave"},
	        {"limits", true, "CPU quota none and 64"},
	        {"system", false, "kernel 5.14 and 6.1"},
	        {"version", false, "plateau 0.1.0 (Rome) and 0.2.0 (Milan)"},
	        {"failures", true, "1 of 4 measured tasks of Milan failed"},
	        {"inputs", true, "Files that the command names"},
	};
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	struct made *made = add_run(&base, 10);
	add_levels(made, 10, "spread", 1);
	made->dataset.run.threads = 2;
	set_text(&made->dataset.run.program_sha256, "0123456789");
	set_text(&made->dataset.run.scenario_json,
	         "{\"task\":{\"command\":[\"task\"]},\"sweep\":{\"warmup\":{\"tasks\":1},"
	         "\"levels\":[\"1\"]},\"name\":\"x\"}");
	add_fact(made, "packages", "2");
	add_fact(made, "numa_nodes", "2");
	add_fact(made, "processor", "AMD EPYC 7702");
	add_fact(made, "cpufreq_governor", "performance");
	add_fact(made, "cpu_quota_cpus", NULL);
	add_fact(made, "kernel", "5.14");
	add_fact(made, "argument_files", "a.fits 0011223344556677");
	made = add_run(&new, 8);
	add_levels(made, 8, "pack", 1);
	made->dataset.tasks[0].state = TASK_FAILED;
	set_text(&made->dataset.run.plateau_version, "0.2.0");
	set_text(&made->dataset.run.command, "other --work 2");
	set_text(&made->dataset.run.program_sha256, "abcdef0123");
	set_text(&made->dataset.run.scenario_json,
	         "{\"task\":{\"command\":[\"other\"]},\"sweep\":{\"warmup\":{\"tasks\":0.0},"
	         "\"levels\":[\"1\",\"2\"]},\"name\":\"y\"}");
	add_fact(made, "packages", "2");
	add_fact(made, "numa_nodes", "8");
	add_fact(made, "numa_mode", "NPS4");
	add_fact(made, "processor", "AMD EPYC 7702");
	add_fact(made, "cpufreq_governor", "powersave");
	add_fact(made, "cpu_quota_cpus", "64");
	add_fact(made, "kernel", "6.1");
	add_fact(made, "argument_files", "b.fits ffffffffffffffff");
	struct comparison c cleanup_comparison =
	        compare(finish(&base, "Rome"), finish(&new, "Milan"));
	print_remarks(&c);
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
		const struct compare_remark *const remark = remark_of(&c, expected[i].code);
		if (!remark) {
			fail_msg("no remark %s", expected[i].code);
			continue;
		}
		assert_int_equal(remark->is_serious, expected[i].is_serious);
		assert_non_null(strstr(remark->text, expected[i].text));
	}
	/* Serious ones come first, and what is of no consequence is not said. */
	for (size_t i = 1; i < c.remark_count; i++)
		assert_true(c.remarks[i - 1].is_serious || !c.remarks[i].is_serious);
	for (size_t i = 0; i < c.remark_count; i++) {
		assert_null(strstr(c.remarks[i].text, "sweep.levels"));
		assert_null(strstr(c.remarks[i].text, "name is"));
	}
	/* Levels of other policies are matched by N, which is said. */
	assert_int_equal(c.level_count, 1);
	assert_string_equal(c.levels[0].policy, "spread");
	assert_string_equal(c.levels[0].new_policy, "pack");
}

/* The same work by another path, with files of other names and the same contents. */
static void what_is_the_same_is_not_said(void **state)
{
	(void)state;
	struct made_side sides[2] = {{.count = 0}, {.count = 0}};
	for (size_t s = 0; s < 2; s++) {
		struct made *const made = add_run(&sides[s], s ? 8 : 10);
		struct run_facts *const run = &made->dataset.run;
		add_levels(made, s ? 8 : 10, "spread", 1);
		set_text(&run->program_sha256, "0123456789");
		set_text(&run->command, s ? "/opt/b/task --work 1" : "./task --work 1");
		set_text(&run->scenario_json,
		         s ? "{\"task\":{\"command\":[\"/opt/b/task\"]},\"seed\":1}"
		           : "{\"task\":{\"command\":[\"./task\"]},\"seed\":null,\"new\":null}");
		add_fact(made, "argument_files",
		         s ? "/data/a.fits 0011223344556677" : "a.fits 0011223344556677");
		add_fact(made, "packages", "1");
		add_fact(made, "cores_allowed", "1");
		add_fact(made, "processor", "same");
	}
	struct comparison c cleanup_comparison =
	        compare(finish(&sides[0], "a"), finish(&sides[1], "b"));
	print_remarks(&c);
	for (size_t i = 0; i < c.remark_count; i++)
		assert_false(c.remarks[i].is_serious);
	release_side(&sides[0]);
	release_side(&sides[1]);
}

static void a_run_against_itself_is_told(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	add_levels(add_run(&base, 10), 10, "spread", 2);
	const struct side *const side = finish(&base, "a");
	struct comparison c cleanup_comparison = compare(side, side);
	assert_non_null(remark_of(&c, "same-run"));
	assert_near(c.nodes.throughput.value.value, 1);
	assert_non_null(strstr(c.nodes.sentence, "no difference is shown"));
}

/* Runs to which blocks were added are of one scenario; runs of other work are not. */
static void runs_of_a_side_may_differ_in_repeats(void **state)
{
	(void)state;
	static const struct {
		const char *second;
		bool is_told;
	} cases[] = {
	        {"{\"sweep\":{\"repeats\":8},\"accept\":{\"max_repeats\":8}}", false},
	        {"{\"sweep\":{\"repeats\":5},\"task\":{\"environment\":{\"A\":\"1\"}}}", true},
	        {"no JSON", true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made_side base cleanup_side = {.count = 0};
		struct made_side new cleanup_side = {.count = 0};
		for (size_t run = 0; run < 2; run++) {
			struct made *const made = add_run(&base, 10);
			add_levels(made, 10, "spread", 1);
			set_text(&made->dataset.run.scenario_json,
			         run == 0 ? "{\"sweep\":{\"repeats\":5}}" : cases[i].second);
		}
		add_levels(add_run(&new, 8), 8, "spread", 1);
		struct comparison c cleanup_comparison =
		        compare(finish(&base, "a"), finish(&new, "b"));
		assert_int_equal(remark_of(&c, "runs") != NULL, cases[i].is_told);
	}
}

static void copies_that_were_left_out_are_told(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	add_levels(add_run(&base, 10), 10, "spread", 1);
	add_levels(add_run(&new, 8), 8, "spread", 1);
	struct side with_copies = *finish(&base, "a");
	with_copies.copies = 2;
	struct comparison c cleanup_comparison = compare(&with_copies, finish(&new, "b"));
	assert_true(is_serious(&c, "copies"));
	assert_non_null(strstr(remark_of(&c, "copies")->text, "2 files of a are copies"));
}

static void sides_without_a_common_level_have_no_ratios(void **state)
{
	(void)state;
	struct made_side base cleanup_side = {.count = 0};
	struct made_side new cleanup_side = {.count = 0};
	add_levels(add_run(&base, 10), 10, "spread", 1);
	struct made *const made = add_run(&new, 8);
	made_trial(made, made_level(made, 4, "spread"), 0, 0, 16);
	for (uint32_t slot = 0; slot < 4; slot++)
		made_task(made, slot, 0, 16);
	made->dataset.run.baseline = 4;
	struct comparison c cleanup_comparison = compare(finish(&base, "a"), finish(&new, "b"));
	assert_int_equal(c.level_count, 0);
	assert_int_equal(c.lone_count, 2);
	assert_true(is_serious(&c, "levels"));
	assert_false(estimate_has_value(&c.nodes.single.value));
	/* Each node still has a best N; one trial alone has no interval. */
	assert_true(estimate_has_value(&c.nodes.throughput.value));
	assert_false(estimate_has_interval(&c.nodes.throughput.value));
	assert_int_equal(c.nodes.throughput.basis, BASIS_POINT);
}

/* ---- What was stated --------------------------------------------------------------------------
 */

static void state_wall(struct made *made, uint32_t level, double value, double error,
                       enum stated_error kind)
{
	struct dataset *const d = &made->dataset;
	d->stated = realloc(d->stated, (d->stated_count + 1) * sizeof *d->stated);
	assert_non_null(d->stated);
	d->stated[d->stated_count++] = (struct stated_figure){
	        level, "wall", STATED_MEAN, NAN, value, error, kind, RECORD_ABSENT};
}

/* Published curves compare by how well they were read: from the least to the most that both
 * readings leave open. */
static void published_figures_compare_by_reading_error(void **state)
{
	(void)state;
	static const struct {
		enum stated_error base, new;
		enum ratio_basis basis;
		double low, high;
	} cases[] = {
	        {STATED_READING, STATED_READING, BASIS_READING, 39. / 66, 41. / 62},
	        {STATED_READING, STATED_CI95, BASIS_STATED, 0, 0},
	        {STATED_READING, STATED_NO_ERROR, BASIS_POINT, 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made_side sides[2] = {{.count = 0}, {.count = 0}};
		for (size_t s = 0; s < 2; s++) {
			struct made *const made = add_run(&sides[s], s ? 8 : 10);
			made_level(made, 16, "");
			made->dataset.run.baseline = 16;
			set_text(&made->dataset.run.imported, "levels");
			state_wall(made, 0, s ? 40 : 64, s ? 1 : 2,
			           s ? cases[i].new : cases[i].base);
		}
		struct comparison c =
		        compare(finish(&sides[0], "Rome"), finish(&sides[1], "Perlmutter"));
		const struct ratio *const wall = ratio_of(&c, 0, MEASURE_WALL);
		assert_near(wall->value.value, 40. / 64);
		assert_int_equal(wall->basis, cases[i].basis);
		if (cases[i].low > 0) {
			assert_near(wall->value.low, cases[i].low);
			assert_near(wall->value.high, cases[i].high);
		}
		assert_int_equal(estimate_has_interval(&wall->value),
		                 cases[i].basis != BASIS_POINT);
		const struct ratio *const throughput = ratio_of(&c, 0, MEASURE_THROUGHPUT);
		assert_near(throughput->value.value, 64. / 40);
		assert_non_null(strstr(throughput->note, "wall time"));
		assert_non_null(remark_of(&c, "imported"));
		assert_null(remark_of(&c, "within-run"));
		comparison_release(&c);
		release_side(&sides[0]);
		release_side(&sides[1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(welch_has_known_answers),
	        cmocka_unit_test(welch_says_what_it_cannot),
	        cmocka_unit_test(one_run_a_side_is_compared_within_run),
	        cmocka_unit_test(the_answer_is_of_each_sides_best_n),
	        cmocka_unit_test(oversubscribed_levels_are_no_best),
	        cmocka_unit_test(the_answer_is_of_policies_that_both_have),
	        cmocka_unit_test(policies_of_the_best_are_named_where_they_differ),
	        cmocka_unit_test(the_cpu_factor_counts_threads),
	        cmocka_unit_test(several_runs_a_side_are_the_replicates),
	        cmocka_unit_test(one_run_against_several_is_taken_to_differ_as_they_do),
	        cmocka_unit_test(counts_are_compared_by_what_they_are),
	        cmocka_unit_test(the_mode_that_both_have_is_found),
	        cmocka_unit_test(clocks_of_other_sources_are_not_compared),
	        cmocka_unit_test(efficiency_needs_one_baseline),
	        cmocka_unit_test(what_differs_is_said),
	        cmocka_unit_test(what_is_the_same_is_not_said),
	        cmocka_unit_test(a_run_against_itself_is_told),
	        cmocka_unit_test(runs_of_a_side_may_differ_in_repeats),
	        cmocka_unit_test(copies_that_were_left_out_are_told),
	        cmocka_unit_test(sides_without_a_common_level_have_no_ratios),
	        cmocka_unit_test(published_figures_compare_by_reading_error),
	};
	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
