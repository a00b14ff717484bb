/* Node-days, jobs and storage against figures worked out by hand; the published tables; intervals
 * against what they must be; what one job more or less hangs on. */
#include "analyse/capacity/capacity_needs.h"
#include "analyse/capacity/capacity_sources.h"
#include "core/error.h"
#include "formats/capacity/capacity_yaml.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void assert_close(double a, double b, double relative)
{
	if (!(fabs(a - b) <= relative * fabs(b)))
		fail_msg("%.12g is not %.12g", a, b);
}

struct question {
	struct capacity capacity;
	struct capacity_needs needs;
};

static void ask(const char *text, uint32_t nodes, double days, struct question *question)
{
	const struct capacity_options options = {nodes, days};
	struct problems problems = {0};
	struct error err = {""};
	*question = (struct question){0};
	if (capacity_yaml_parse("c.yaml", text, strlen(text), &question->capacity, &problems,
	                        &err) < 0)
		fail_msg("%s: %s", err.text, problems.count > 0 ? problems.items[0].text : "");
	assert_int_equal(capacity_take_typed(&question->capacity, &err), 0);
	assert_int_equal(
	        capacity_needs_build(&question->capacity, &options, &question->needs, &err), 0);
	problems_release(&problems);
}

static void answered(struct question *question)
{
	capacity_needs_release(&question->needs);
	capacity_release(&question->capacity);
}

/* ---- Known answers --------------------------------------------------------------------------- */

/* RTN-028, tables 2 and 3, with a reserve to be filled in. */
static const char published[] =
        "name: drp\n"
        "tasks:\n"
        "  isr: {cpu_hours: 0.64 M, max_rss: 2.59 GB}\n"
        "  characterizeImage: {cpu_hours: 1.23 M, max_rss: 0.83 GB}\n"
        "  calibrate: {cpu_hours: 0.76 M, max_rss: 0.79 GB}\n"
        "  makeWarp: {cpu_hours: 2.83 M, max_rss: 3.20 GB}\n"
        "  assembleCoadd: {cpu_hours: 0.44 M, max_rss: 1.48 GB}\n"
        "  detection: {cpu_hours: 0.12 M, max_rss: 1.39 GB}\n"
        "  measure: {cpu_hours: 6.12 M, max_rss: 2.79 GB}\n"
        "  forcedPhotCoadd: {cpu_hours: 7.56 M, max_rss: 1.77 GB}\n"
        "  deblend: {cpu_hours: 0.79 M, max_rss: 6.98 GB}\n"
        "platforms:\n"
        "  Cori-KNL: {cores: 68, memory: 96 GB, reserve: %s, cpu_factor: 8}\n"
        "  Cori-Haswell: {cores: 32, memory: 128 GB, reserve: %s}\n"
        "  Perlmutter: {cores: 128, memory: 512 GB, reserve: %s}\n";

static void published_tables(void **state)
{
	(void)state;
	static const struct {
		const char *reserve;
		double node_days[3];
		double relative;
	} cases[] = {
	        {"10 GB", {198130, 27710, 6880}, 1e-3},
	        {"0", {176800, 27500, 6900}, 6e-3},
	};
	for (size_t c = 0; c < 2; c++) {
		char text[2048];
		struct question q;
		snprintf(text, sizeof text, published, cases[c].reserve, cases[c].reserve,
		         cases[c].reserve);
		ask(text, 0, NAN, &q);
		for (size_t p = 0; p < 3; p++) {
			assert_close(q.needs.platforms[p].node_days.value, cases[c].node_days[p],
			             cases[c].relative);
			assert_false(capacity_figure_has_interval(&q.needs.platforms[p].node_days));
		}
		assert_close(q.needs.cpu_hours.value, 20.49e6, 1e-12);
		assert_close(q.needs.platforms[0].cpu_hours.value, 8 * 20.49e6, 1e-12);
		answered(&q);
	}
}

static void jobs_and_limits(void **state)
{
	(void)state;
	static const struct {
		const char *memory;
		const char *max_rss;
		double jobs;
		enum capacity_limit limit;
	} cases[] = {
	        {"96 GB", "2 GB", 48, CAPACITY_BY_MEMORY}, /* exactly */
	        {"96 GB", "2.000000001 GB", 47, CAPACITY_BY_MEMORY},
	        {"128 GB", "2 GB", 64, CAPACITY_BY_CORES}, /* both at once */
	        {"129 GB", "2 GB", 64, CAPACITY_BY_CORES},
	        {"0.3 GB", "0.1 GB", 3, CAPACITY_BY_MEMORY}, /* no rounding of 0.3 / 0.1 */
	        {"1 GB", "1 GB", 1, CAPACITY_BY_MEMORY},
	        {"1 GB", "1.1 GB", 0, CAPACITY_BY_MEMORY},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[512];
		struct question q;
		snprintf(text, sizeof text,
		         "name: c\ntasks: {t: {instances: 1000, cpu_time: 86.4 s, max_rss: %s}}\n"
		         "platforms: {P: {cores: 64, memory: %s}}\n",
		         cases[i].max_rss, cases[i].memory);
		print_message("# %s in %s\n", cases[i].max_rss, cases[i].memory);
		ask(text, 10, 0.001, &q);
		const struct capacity_platform_needs *const p = &q.needs.platforms[0];
		assert_true(p->cells[0].jobs == cases[i].jobs);
		assert_int_equal(p->cells[0].limit, cases[i].limit);
		if (cases[i].jobs > 0) {
			assert_close(p->node_days.value, 1 / cases[i].jobs, 1e-12);
			assert_close(p->calendar_days.value, 0.1 / cases[i].jobs, 1e-12);
			assert_true(p->nodes_needed == ceil(1000 / cases[i].jobs));
		} else {
			assert_true(isnan(p->node_days.value));
			assert_non_null(strstr(p->reason, "t takes 1.10 GB"));
			assert_int_equal(q.needs.effect_counts[0], 0);
		}
		answered(&q);
	}
}

/* 1000 tasks of 345.6 s of CPU time on 4 cores each: 86.4 s while they keep these busy. */
static void several_cores(void **state)
{
	(void)state;
	static const struct {
		const char *more;
		const char *memory;
		double jobs;
		enum capacity_limit limit;
		double node_days;
	} cases[] = {
	        {"cores: 4", "1 TB", 16, CAPACITY_BY_CORES, 1.0 / 16}, /* 2 of 66 stay idle */
	        {"cores: 4", "10 GB", 10, CAPACITY_BY_MEMORY, 1.0 / 10},
	        {"cores: 4, cpu_efficiency: 0.8", "10 GB", 10, CAPACITY_BY_MEMORY, 1.0 / 8},
	        {"cores: 1", "10 GB", 10, CAPACITY_BY_MEMORY, 4.0 / 10},
	        {"cores: 66", "10 GB", 1, CAPACITY_BY_CORES, 4.0 / 66},
	        {"cores: 67", "1 TB", 0, CAPACITY_BY_CORES, NAN},
	};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		char text[512];
		struct question q;
		snprintf(text, sizeof text,
		         "name: c\ntasks: {t: {instances: 1000, cpu_time: 345.6 s, max_rss: 1 GB, "
		         "%s}}\nplatforms: {P: {cores: 66, memory: %s}}\n",
		         cases[i].more, cases[i].memory);
		print_message("# %s in %s\n", cases[i].more, cases[i].memory);
		ask(text, 0, NAN, &q);
		const struct capacity_platform_needs *const p = &q.needs.platforms[0];
		assert_true(p->cells[0].jobs == cases[i].jobs);
		assert_int_equal(p->cells[0].limit, cases[i].limit);
		assert_close(p->cells[0].cpu_hours, 96, 1e-12);
		if (cases[i].jobs > 0)
			assert_close(p->node_days.value, cases[i].node_days, 1e-12);
		else
			assert_string_equal(p->reason, "t takes 67 cores, and a node has 66");
		answered(&q);
	}
}

/* On another node a task with a result holds as many cores as it has threads for N / X(N). */
static void result_of_threads(void **state)
{
	(void)state;
	static const struct capacity_rate of_node = {{2.0, NAN, NAN, 5}, 100, 96, NULL};
	const struct capacity_options options = {0, NAN};
	struct question q;
	struct error err;
	ask("name: c\ntasks: {t: {instances: 172800, max_rss: 1 GB, from: {result: r.db}}}\n"
	    "platforms: {P: {cores: 64, memory: 1 TB}}\n",
	    0, NAN, &q);
	capacity_needs_release(&q.needs);
	q.capacity.tasks[0].rate = of_node;
	q.capacity.tasks[0].cores = 4;
	assert_int_equal(capacity_needs_build(&q.capacity, &options, &q.needs, &err), 0);
	/* 48 s each, 16 at once */
	assert_true(q.needs.platforms[0].cells[0].jobs == 16);
	assert_close(q.needs.platforms[0].node_days.value, 172800 * 48.0 / 16 / 86400, 1e-12);
	answered(&q);
}

static void storage(void **state)
{
	(void)state;
	struct question q;
	ask("name: c\n"
	    "tasks: {t: {instances: 32825898, cpu_time: 1 s, max_rss: 1 GB}}\n"
	    "platforms: {P: {cores: 1, memory: 2 GB}}\n"
	    "products:\n"
	    "  a: {task: t, size: 91.556 MiB}\n"
	    "  b: {task: t, size: 1 MB, instances: 1 M, keep: true}\n",
	    0, NAN, &q);
	/* 173,682 visits of 189 CCDs: 2866 TiB, where 2870 were published. */
	assert_close(q.needs.products[0].bytes.value / 0x1p40, 2866, 2e-4);
	assert_close(q.needs.products[1].bytes.value, 1e12, 1e-12);
	assert_close(q.needs.total_bytes.value, q.needs.products[0].bytes.value + 1e12, 1e-12);
	assert_close(q.needs.kept_bytes.value, 1e12, 1e-12);
	answered(&q);
}

/* ---- Results --------------------------------------------------------------------------------- */

static const struct capacity_rate rate = {{2.0, 1.9, 2.1, 5}, 30, 96, NULL};

/* Of the node that a result is of: instances / (X x 86,400 s); of others N / X in place of CPU
 * time. */
static void results(void **state)
{
	(void)state;
	const struct capacity_options options = {0, NAN};
	struct question q;
	struct error err;
	ask("name: c\n"
	    "tasks: {t: {instances: 1728000, max_rss: 1 GB, from: {result: x.db}}}\n"
	    "platforms:\n"
	    "  Measured: {}\n"
	    "  Other: {cores: 48, memory: 1 TB, cpu_factor: 2}\n"
	    "  There: {cores: 1, memory: 1 TB, measured: {t: y.db}}\n",
	    0, NAN, &q);
	capacity_needs_release(&q.needs);
	q.capacity.tasks[0].rate = rate;
	q.capacity.platforms[2].measured[0].rate = rate;
	q.capacity.platforms[2].measured[0].rate.per_s.value = 1.95;
	assert_int_equal(capacity_needs_build(&q.capacity, &options, &q.needs, &err), 0);
	const struct capacity_platform_needs *const p = q.needs.platforms;
	assert_close(p[0].node_days.value, 10, 1e-12);
	assert_close(p[0].node_days.low, 10 / 1.05, 2e-3);
	assert_close(p[0].node_days.high, 10 / 0.95, 2e-3);
	assert_int_equal(p[0].cells[0].limit, CAPACITY_BY_RESULT);
	assert_true(p[0].cells[0].jobs == 96);
	assert_close(p[0].cpu_hours.value, 1728000.0 * 30 / 3600, 1e-12);
	/* 48 s each, twice that there, 48 at once. */
	assert_close(p[1].node_days.value, 1728000.0 * 48 * 2 / 48 / 86400, 1e-12);
	assert_close(p[2].node_days.value, 1728000.0 / 1.95 / 86400, 1e-12);
	answered(&q);
}

/* ---- Intervals ------------------------------------------------------------------------------- */

static void one_uncertain_input(void **state)
{
	(void)state;
	struct question q;
	ask("name: c\n"
	    "tasks: {t: {cpu_hours: 2400, max_rss: 1 GB}, u: {cpu_hours: 4800, max_rss: 1 GB}}\n"
	    "platforms: {P: {cores: 10, memory: 1 TB, cpu_factor: {value: 8, low: 7, high: "
	    "9.5}}}\n",
	    3, NAN, &q);
	const struct capacity_platform_needs *const p = &q.needs.platforms[0];
	assert_int_equal(q.needs.uncertain, 1);
	assert_close(p->node_days.value, 240, 1e-12);
	/* It is common to both tasks: the ends are those of the factor. */
	assert_close(p->node_days.low, 210, 2e-3);
	assert_close(p->node_days.high, 285, 2e-3);
	assert_close(p->calendar_days.high, 95, 2e-3);
	/* Before the factor nothing is uncertain. */
	assert_false(capacity_figure_has_interval(&q.needs.cpu_hours));
	answered(&q);
}

/* Independent ones add in quadrature: of a product relative, of a sum absolute. */
static void independent_inputs(void **state)
{
	(void)state;
	struct question q;
	ask("name: c\n"
	    "tasks:\n"
	    "  t: {cpu_hours: {value: 1000, low: 900, high: 1100}, max_rss: 1 GB}\n"
	    "  u: {cpu_hours: {value: 1000, low: 900, high: 1100}, max_rss: 1 GB}\n"
	    "platforms: {P: {cores: 10, memory: 1 TB, cpu_factor: {value: 1, low: 0.95, high: "
	    "1.05}}}\n",
	    0, NAN, &q);
	const struct capacity_figure *const days = &q.needs.platforms[0].node_days;
	const double half = sqrt(0.1 * 0.1 / 2 + 0.05 * 0.05);
	assert_close((days->high - days->low) / 2 / days->value, half, 0.03);
	assert_close(q.needs.cpu_hours.low, 2000 - 100 * sqrt(2), 0.01);
	answered(&q);
}

/* An RSS whose interval holds a step moves node-days by whole jobs only. */
static void intervals_hold_steps(void **state)
{
	(void)state;
	struct question q;
	ask("name: c\n"
	    "tasks: {t: {cpu_hours: 2400, max_rss: {value: 10 GB, low: 9.1 GB, high: 12.4 GB}}}\n"
	    "platforms: {P: {cores: 64, memory: 100 GB}, Tight: {cores: 1, memory: 12 GB}}\n",
	    0, NAN, &q);
	const struct capacity_platform_needs *const p = q.needs.platforms;
	assert_true(p[0].cells[0].jobs == 10);
	assert_close(p[0].node_days.value, 10, 1e-12);
	assert_close(p[0].node_days.low, 10, 1e-12);
	assert_close(p[0].node_days.high, 100.0 / 8, 1e-12);
	/* Where it may not fit at all the interval has no upper end, and that is told. */
	assert_false(capacity_figure_has_interval(&p[1].node_days));
	assert_true(p[1].misfits > 0.03 && p[1].misfits < 0.07);
	answered(&q);
}

static void same_question_same_answer(void **state)
{
	(void)state;
	static const char text[] =
	        "name: c\n"
	        "tasks: {t: {cpu_hours: {value: 10, low: 9, high: 12}, max_rss: {value: 3 GB, low: "
	        "2 GB, high: 5 GB}}}\n"
	        "platforms: {P: {cores: 64, memory: 100 GB}}\n";
	struct question a;
	struct question b;
	ask(text, 0, NAN, &a);
	ask(text, 0, NAN, &b);
	assert_true(a.needs.platforms[0].node_days.low == b.needs.platforms[0].node_days.low);
	assert_true(a.needs.platforms[0].node_days.high == b.needs.platforms[0].node_days.high);
	answered(&a);
	answered(&b);
}

/* ---- What it hangs on ------------------------------------------------------------------------ */

static void steps(void **state)
{
	(void)state;
	struct question q;
	ask("name: c\n"
	    "tasks: {t: {cpu_hours: 2400, max_rss: 7 GB}, u: {cpu_hours: 24, max_rss: 1 GB}}\n"
	    "platforms: {P: {cores: 16, memory: 110 GB, reserve: 10 GB}}\n",
	    0, NAN, &q);
	const struct capacity_cell *const cells = q.needs.platforms[0].cells;
	const double rest = 1.0 / 16;
	assert_true(cells[0].jobs == 14);
	assert_close(cells[0].more_up_to_bytes, 100e9 / 15, 1e-12);
	assert_close(cells[0].more_node_days, rest + 100.0 / 15, 1e-12);
	assert_close(cells[0].fewer_above_bytes, 100e9 / 14, 1e-12);
	assert_close(cells[0].fewer_node_days, rest + 100.0 / 13, 1e-12);
	/* Cores limit the other: more memory would not help, and it has room to 6.25 GB. */
	assert_close(cells[1].fewer_above_bytes, 100e9 / 16, 1e-12);
	assert_true(isnan(cells[1].more_up_to_bytes));
	answered(&q);
}

static void effects(void **state)
{
	(void)state;
	struct question q;
	ask("name: c\n"
	    "tasks: {t: {instances: 1000, cpu_time: 100 s, max_rss: 1 GB}}\n"
	    "platforms: {P: {cores: 20, memory: 1 TB, cpu_factor: 2}}\n",
	    0, NAN, &q);
	bool has_cores = false;
	bool has_memory = false;
	for (size_t i = 0; i < q.needs.effect_counts[0]; i++) {
		const struct capacity_effect *const e = &q.needs.effects[0][i];
		const enum capacity_input_kind kind = q.needs.inputs[e->input].kind;
		has_memory |= kind == CAPACITY_IN_MEMORY || kind == CAPACITY_IN_MAX_RSS;
		if (kind == CAPACITY_IN_CORES) {
			has_cores = true;
			assert_int_equal(i, 0); /* 18 and 22 of 20: the strongest */
			assert_close(e->less, 20.0 / 18, 1e-9);
			assert_close(e->more, 20.0 / 22, 1e-9);
		} else {
			assert_close(e->less, 0.9, 1e-9);
			assert_close(e->more, 1.1, 1e-9);
		}
	}
	assert_int_equal(q.needs.effect_counts[0], 4); /* cores, factor, instances, CPU time */
	assert_true(has_cores);
	assert_false(has_memory);
	answered(&q);
}

/* Lines: CPU hours grow with the mean visits, memory with the most. */
static void visits(void **state)
{
	(void)state;
	const struct capacity_options options = {0, NAN};
	struct question q;
	struct error err;
	ask("name: c\n"
	    "visits: {mean: {value: 20, low: 18, high: 22}, max: 50}\n"
	    "tasks: {t: {instances: 3600, cpu_time: 100 s, max_rss: 2 GB}}\n"
	    "platforms: {P: {cores: 1, memory: 1 TB}}\n",
	    0, NAN, &q);
	capacity_needs_release(&q.needs);
	q.capacity.tasks[0].cpu.slope = 4;
	q.capacity.tasks[0].max_rss.slope = 0.01e9;
	assert_int_equal(capacity_needs_build(&q.capacity, &options, &q.needs, &err), 0);
	assert_close(q.needs.cpu_hours.value, 100, 1e-12);
	assert_close(q.needs.cpu_hours.low, 92, 2e-3);
	assert_close(q.needs.cpu_hours.high, 108, 2e-3);
	size_t seen = 0;
	for (size_t i = 0; i < q.needs.effect_counts[0]; i++) {
		const struct capacity_effect *const e = &q.needs.effects[0][i];
		if (q.needs.inputs[e->input].kind != CAPACITY_IN_VISITS_MEAN)
			continue;
		assert_close(e->more, 1.08, 1e-9);
		seen++;
	}
	assert_int_equal(seen, 1);
	answered(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(published_tables),
	        cmocka_unit_test(jobs_and_limits),
	        cmocka_unit_test(several_cores),
	        cmocka_unit_test(result_of_threads),
	        cmocka_unit_test(storage),
	        cmocka_unit_test(results),
	        cmocka_unit_test(one_uncertain_input),
	        cmocka_unit_test(independent_inputs),
	        cmocka_unit_test(intervals_hold_steps),
	        cmocka_unit_test(same_question_same_answer),
	        cmocka_unit_test(steps),
	        cmocka_unit_test(effects),
	        cmocka_unit_test(visits),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
