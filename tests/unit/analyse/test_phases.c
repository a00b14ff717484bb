/* Phases of tasks: means that add up to the wall time, ratios against the baseline with their
 * intervals, the order, the lines; and figure 8 of RTN-028 from its figure 7. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "analyse/phases.h"
#include "core/array.h"
#include "core/error.h"
#include "figure7.h"
#include "made.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static struct error err;

static void assert_near(double value, double expected, double tolerance)
{
	if (!(fabs(value - expected) <= tolerance))
		fail_msg("%.9g is not %.9g (+- %g)", value, expected, tolerance);
}

static void build(struct made *made, struct summary *summary, struct phase_findings *findings)
{
	assert_int_equal(summary_build(&made->dataset, summary, &err), 0);
	assert_int_equal(phases_build(summary, findings, &err), 0);
}

/* A task of three phases, one of each class, that fills [at, at + sum). */
static double add_task(struct made *made, double at, double other, double datastore, double compute)
{
	made_task(made, 0, at, at + other + datastore + compute);
	made_phase(made, "(before the first stamp)", PHASE_OTHER, at, at + other);
	made_phase(made, "Reading bytes from PATH", PHASE_DATASTORE, at + other,
	           at + other + datastore);
	made_phase(made, "Applying crosstalk correction.", PHASE_COMPUTE, at + other + datastore,
	           at + other + datastore + compute);
	return at + other + datastore + compute;
}

/* Blocks with trials at N=1 and N=2; at N=2 datastore takes twice, compute 1.5 times as long, times
 * what is common to a block, which must not show. */
static void add_campaign(struct made *made)
{
	static const double blocks[] = {1, 1.2, 0.9};
	static const double noise[] = {0.99, 1.0, 1.02};
	for (size_t b = 0; b < ARRAY_LENGTH(blocks); b++) {
		for (size_t level = 0; level < 2; level++) {
			made_trial(made, level, (uint32_t)b, 0, 1000);
			double at = 0;
			for (int i = 0; i < 5; i++)
				at = add_task(made, at, 0.5 * blocks[b],
				              blocks[b] * (level ? 2 * noise[b] : 1),
				              blocks[b] * (level ? 4.5 : 3));
		}
	}
}

static const struct phase_group *class_of(const struct phase_findings *findings,
                                          enum phase_class class)
{
	for (size_t i = 0; i < findings->class_count; i++)
		if (findings->classes[i].class == class)
			return &findings->classes[i];
	fail_msg("class %s is missing", phase_class_names[class]);
	abort(); /* not reached */
}

static void test_known_answers(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_level(&made, 1, "spread");
	made_level(&made, 2, "spread");
	add_campaign(&made);
	struct summary summary cleanup_summary;
	struct phase_findings findings;
	build(&made, &summary, &findings);
	assert_null(findings.reason);
	assert_int_equal(findings.tasks, 30);
	assert_int_equal(findings.tasks_measured, 30);
	assert_int_equal(findings.class_count, 3);
	assert_int_equal(findings.phase_count, 3);
	/* the longest first */
	assert_string_equal(findings.phases[0].name, "Applying crosstalk correction.");
	assert_string_equal(findings.phases[1].name, "Reading bytes from PATH");
	assert_string_equal(findings.phases[2].name, "(before the first stamp)");
	const struct phase_group *const compute = class_of(&findings, PHASE_COMPUTE);
	const struct phase_group *const datastore = class_of(&findings, PHASE_DATASTORE);
	assert_near(compute->levels[0].seconds.mean, 3 * 3.1 / 3, 1e-9);
	assert_near(compute->levels[0].seconds.max, 3.6, 1e-9);
	assert_near(compute->levels[0].seconds.median, 3, 1e-9);
	assert_near(compute->levels[0].share, 3 / 4.5, 1e-9);
	/* what a block has in common cancels: the ratio is exact, with an interval of no width */
	assert_near(compute->levels[1].relative.value, 1.5, 1e-9);
	assert_near(compute->levels[1].relative.low, 1.5, 1e-6);
	assert_near(compute->levels[1].relative.high, 1.5, 1e-6);
	/* the geometric mean of 2 x (0.99, 1, 1.02), its interval by t(0.975, 2) = 4.3027 */
	const double logs[] = {log(0.99), 0, log(1.02)};
	const double mean = (logs[0] + logs[2]) / 3;
	const double s = sqrt((pow(logs[0] - mean, 2) + pow(mean, 2) + pow(logs[2] - mean, 2)) / 2);
	const double half = 4.302652729911275 * s / sqrt(3);
	assert_near(datastore->levels[1].relative.value, 2 * exp(mean), 1e-9);
	assert_near(datastore->levels[1].relative.low, 2 * exp(mean - half), 1e-6);
	assert_near(datastore->levels[1].relative.high, 2 * exp(mean + half), 1e-6);
	assert_int_equal(datastore->levels[1].relative.n, 3);
	assert_near(datastore->levels[0].relative.value, 1, 0);
	for (size_t level = 0; level < 2; level++) {
		double sum = 0;
		double of_phases = 0;
		for (size_t i = 0; i < 3; i++) {
			sum += findings.classes[i].levels[level].seconds.mean;
			of_phases += findings.phases[i].levels[level].seconds.mean;
			double bins = findings.classes[i].distribution.levels[level].below +
			              findings.classes[i].distribution.levels[level].above;
			for (size_t b = 0; b < DISTRIBUTION_BINS; b++)
				bins += findings.classes[i].distribution.levels[level].bins[b];
			assert_near(bins, 1, 1e-9);
		}
		assert_near(sum, summary.levels[level].wall_s.mean, 1e-9);
		assert_near(of_phases, sum, 1e-9);
	}
	phases_release(&findings);
	phases_release(&findings);
	phases_release(NULL);
}

/* Weights are those of the window, a phase that a task did not have lasted 0 s in it, and tasks
 * without phases, failed ones and other roles are left out. */
static void test_weights_and_absence(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_level(&made, 1, "spread");
	made_trial(&made, 0, 0, 0, 10);
	made_task(&made, 0, -4, -2); /* warm-up */
	made_phase(&made, "a", PHASE_COMPUTE, -4, -2);
	made_task(&made, 0, -2, 2); /* half inside */
	made_phase(&made, "a", PHASE_COMPUTE, -2, 1);
	made_phase(&made, "b", PHASE_OTHER, 1, 2);
	made_task(&made, 0, 2, 4);
	made_phase(&made, "b", PHASE_OTHER, 2, 3);
	made_phase(&made, "b", PHASE_OTHER, 3, 4);
	made_task(&made, 0, 4, 6)->state = TASK_FAILED;
	made_phase(&made, "a", PHASE_COMPUTE, 4, 6);
	made_task(&made, 0, 6, 8); /* its log told nothing */
	made_task(&made, 0, 12, 14);
	made_phase(&made, "a", PHASE_COMPUTE, 12, 14);
	struct summary summary cleanup_summary;
	struct phase_findings findings;
	build(&made, &summary, &findings);
	assert_int_equal(findings.tasks, 2);
	assert_int_equal(findings.tasks_measured, 3);
	assert_int_equal(findings.class_count, 2); /* no datastore */
	assert_int_equal(findings.phase_count, 2);
	const struct phase_group *const other = class_of(&findings, PHASE_OTHER);
	const struct phase_group *const compute = class_of(&findings, PHASE_COMPUTE);
	assert_near(compute->levels[0].seconds.mean, 0.5 * 3 / 1.5, 1e-9);
	assert_near(other->levels[0].seconds.mean, (0.5 * 1 + 2) / 1.5, 1e-9);
	assert_int_equal(compute->levels[0].seconds.tasks, 2);
	phases_release(&findings);
}

static void test_absent(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_level(&made, 1, "spread");
	made_steady_trial(&made, 0, 0, 1, 1, 10);
	struct summary summary cleanup_summary;
	struct phase_findings findings;
	build(&made, &summary, &findings);
	assert_non_null(strstr(findings.reason, "task.phases"));
	assert_int_equal(findings.tasks, 0);
	assert_int_equal(findings.line_count, 0);
	assert_int_equal(phases_choose_input(&summary, "x", &findings, &err), -EINVAL);
	phases_release(&findings);
}

/* A level of which no task has phases says so, and has no line. */
static void test_level_without(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_level(&made, 1, "spread");
	made_level(&made, 2, "spread");
	made_trial(&made, 0, 0, 0, 100);
	add_task(&made, 0, 1, 1, 1);
	made_trial(&made, 1, 0, 0, 100);
	made_task(&made, 0, 0, 3);
	struct summary summary cleanup_summary;
	struct phase_findings findings;
	build(&made, &summary, &findings);
	assert_true(isnan(findings.classes[0].levels[1].seconds.mean));
	assert_non_null(findings.classes[0].levels[1].seconds.reason);
	assert_false(estimate_has_value(&findings.classes[0].levels[1].relative));
	assert_non_null(findings.classes[0].levels[1].relative.reason);
	assert_non_null(findings.classes[0].distribution.levels[1].reason);
	assert_int_equal(findings.line_count, 1);
	phases_release(&findings);
}

/* More phases than can be listed: the shortest are put together, and nothing is lost. */
static void test_many_names(void **state)
{
	(void)state;
	enum { NAMES = PHASES_MOST + 50 };
	struct made made cleanup_made;
	made_init(&made);
	made_level(&made, 1, "spread");
	made_trial(&made, 0, 0, 0, 1e6);
	double total = 0;
	for (int i = 0; i < NAMES; i++)
		total += 1 + i;
	made_task(&made, 0, 0, total);
	double at = 0;
	for (int i = 0; i < NAMES; i++) {
		char name[32];
		snprintf(name, sizeof name, "phase %d", i);
		made_phase(&made, name, PHASE_COMPUTE, at, at + 1 + i);
		at += 1 + i;
	}
	struct summary summary cleanup_summary;
	struct phase_findings findings;
	build(&made, &summary, &findings);
	assert_int_equal(findings.phase_count, PHASES_MOST + 1);
	assert_int_equal(findings.phases_found, NAMES);
	assert_string_equal(findings.phases[0].name, "phase 249");
	assert_string_equal(findings.phases[PHASES_MOST].name, "(all others)");
	double sum = 0;
	for (size_t i = 0; i < findings.phase_count; i++)
		sum += findings.phases[i].levels[0].seconds.mean;
	assert_near(sum, total, 1e-6);
	phases_release(&findings);
}

static void add_input(struct made *made, const char *path)
{
	assert_int_equal(words_add(&made->dataset.inputs, path, &err), 0);
}

static void set_input(struct made *made, int32_t input)
{
	made->dataset.tasks[made->dataset.task_count - 1].input = input;
}

/* The lines are of one input where all levels have it, and of the median task; another can be
 * asked for. */
static void test_lines(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	add_input(&made, "/data/a.fits");
	add_input(&made, "/data/b.fits");
	add_input(&made, "/data/c.fits");
	made_level(&made, 1, "spread");
	made_level(&made, 2, "spread");
	static const struct {
		double compute;
		int32_t input;
	} tasks[2][5] = {{{1, 0}, {2, 0}, {3, 1}, {4, 0}, {5, 2}},
	                 {{6, 1}, {2, 1}, {9, 1}, {7, 0}, {8, 0}}};
	for (size_t level = 0; level < 2; level++) {
		made_trial(&made, level, 0, 0, 1000);
		double at = 0;
		for (size_t i = 0; i < 5; i++) {
			at = add_task(&made, at, 1, 1, tasks[level][i].compute);
			set_input(&made, tasks[level][i].input);
		}
	}
	struct summary summary cleanup_summary;
	struct phase_findings findings;
	build(&made, &summary, &findings);
	/* the median of the baseline, 3 s, has input 1; of those at N=2 the median is 6 s */
	assert_int_equal(findings.line_input, 1);
	assert_int_equal(findings.line_count, 2);
	assert_int_equal(findings.lines[0].task, 2);
	assert_int_equal(findings.lines[1].task, 5);
	assert_int_equal(findings.lines[1].count, 2);
	assert_near(findings.lines[1].stamps[0].at_s, 1, 1e-9);
	assert_near(findings.lines[1].stamps[1].at_s, 2, 1e-9);
	assert_near(findings.lines[1].end_s, 8, 1e-9);
	assert_int_equal(findings.lines[1].stamps[1].class, PHASE_COMPUTE);
	assert_int_equal(phases_choose_input(&summary, "a.fits", &findings, &err), 0);
	assert_int_equal(findings.line_input, 0);
	assert_int_equal(findings.lines[0].task, 1);
	assert_int_equal(findings.lines[1].task, 8);
	assert_int_equal(phases_choose_input(&summary, "/data/c.fits", &findings, &err), 0);
	assert_int_equal(findings.line_count, 1);
	assert_int_equal(phases_choose_input(&summary, "d.fits", &findings, &err), -EINVAL);
	assert_int_equal(findings.line_count, 1);
	phases_release(&findings);
}

/* ---- The seed study ------------------------------------------------------------------------- */

/* The wall time at the share p of a histogram. */
static double step_at(const struct figure7_step *steps, double p)
{
	double sum = 0;
	size_t i = 0;
	for (; i + 1 < FIGURE7_STEPS && steps[i + 1].share > 0; i++) {
		sum += steps[i].share;
		if (p < sum)
			break;
	}
	return steps[i].seconds;
}

/* Figure 8 is the means of figure 7 against those at N=16. The histograms as tasks of four blocks
 * give the published ratios within the reading error of the two figures. */
static void test_figure_8(void **state)
{
	(void)state;
	enum { BLOCKS = 4, TASKS = 400 };
	static const double published[2][FIGURE7_LEVELS] = {{1.0, 1.003, 1.112, 1.2275, 1.6835},
	                                                    {1.0, 1.019, 1.154, 1.3475, 1.819}};
	static const double tolerance[2] = {0.008, 0.015};
	struct made made cleanup_made;
	made_init(&made);
	made.dataset.run.baseline = 16;
	for (size_t level = 0; level < FIGURE7_LEVELS; level++)
		made_level(&made, figure7[level].concurrency, "spread");
	for (uint32_t block = 0; block < BLOCKS; block++) {
		for (size_t level = 0; level < FIGURE7_LEVELS; level++) {
			made_trial(&made, level, block, 0, 1e6);
			double at = 0;
			for (uint32_t i = block; i < TASKS; i += BLOCKS) {
				const double p = (i + 0.5) / TASKS;
				at = add_task(&made, at, 1, step_at(figure7[level].datastore, p),
				              step_at(figure7[level].compute, p));
			}
		}
	}
	struct summary summary cleanup_summary;
	struct phase_findings findings;
	build(&made, &summary, &findings);
	for (size_t c = 0; c < 2; c++) {
		const struct phase_group *const group =
		        class_of(&findings, c == 0 ? PHASE_COMPUTE : PHASE_DATASTORE);
		for (size_t level = 0; level < FIGURE7_LEVELS; level++) {
			const struct estimate *const e = &group->levels[level].relative;
			print_message("# %s N=%u: %.3f, published %.3f\n", group->name,
			              figure7[level].concurrency, e->value, published[c][level]);
			assert_near(e->value, published[c][level], tolerance[c]);
		}
	}
	phases_release(&findings);
}

/* Figure 6 is the time stamps of one job at every N. Its break points, read from the figure to 0.2
 * s, as stamps: the lines are those of the figure, and the stretches between them are phases. */
static void test_figure_6(void **state)
{
	(void)state;
	enum { MARKS = 5 };
	static const struct {
		const char *name;
		enum phase_class class;
		double until_s[FIGURE7_LEVELS];
	} marks[MARKS] = {
	        {"reading, to the first stamp of ISR",
	         PHASE_DATASTORE,
	         {8.9, 9.2, 10.7, 13.6, 19.5}},
	        {"amplifiers, to brighter-fatter", PHASE_COMPUTE, {12.1, 13.1, 14.8, 17.9, 27.9}},
	        {"three convolutions", PHASE_COMPUTE, {24.1, 25.2, 27.8, 32.5, 50.7}},
	        {"to the put", PHASE_COMPUTE, {25.1, 26.3, 28.9, 34.0, 52.5}},
	        {"the put", PHASE_DATASTORE, {27.7, 28.9, 31.7, 37.2, 57.0}},
	};
	static const double convolutions[FIGURE7_LEVELS] = {1, 1.008, 1.083, 1.217, 1.900};
	struct made made cleanup_made;
	made_init(&made);
	made.dataset.run.baseline = 16;
	for (size_t level = 0; level < FIGURE7_LEVELS; level++) {
		made_level(&made, figure7[level].concurrency, "spread");
		made_trial(&made, level, 0, 0, 100);
		made_task(&made, 0, 0, marks[MARKS - 1].until_s[level]);
		made_phase(&made, "(before the first stamp)", PHASE_OTHER, 0, 0);
		for (size_t i = 0; i < MARKS; i++)
			made_phase(&made, marks[i].name, marks[i].class,
			           i ? marks[i - 1].until_s[level] : 0, marks[i].until_s[level]);
	}
	struct summary summary cleanup_summary;
	struct phase_findings findings;
	build(&made, &summary, &findings);
	assert_int_equal(findings.line_count, FIGURE7_LEVELS);
	for (size_t level = 0; level < FIGURE7_LEVELS; level++) {
		const struct phase_line *const line = &findings.lines[level];
		assert_int_equal(line->count, MARKS);
		for (size_t i = 1; i < MARKS; i++)
			assert_near(line->stamps[i].at_s, marks[i - 1].until_s[level], 1e-9);
		assert_near(line->end_s, marks[MARKS - 1].until_s[level], 1e-9);
	}
	assert_string_equal(findings.phases[0].name, "three convolutions");
	for (size_t i = 0; i < MARKS; i++) {
		const struct phase_group *const group = &findings.phases[i];
		print_message("# %s:", group->name);
		for (size_t level = 0; level < FIGURE7_LEVELS; level++) {
			print_message(" %.1f s x%.2f", group->levels[level].seconds.mean,
			              group->levels[level].relative.value);
			if (i == 0)
				assert_near(group->levels[level].relative.value,
				            convolutions[level], 1e-3);
		}
		print_message("\n");
	}
	phases_release(&findings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_known_answers), cmocka_unit_test(test_weights_and_absence),
	        cmocka_unit_test(test_absent),        cmocka_unit_test(test_level_without),
	        cmocka_unit_test(test_many_names),    cmocka_unit_test(test_lines),
	        cmocka_unit_test(test_figure_6),      cmocka_unit_test(test_figure_8),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
