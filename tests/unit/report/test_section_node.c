/* The section on the node: its table, its reasons, and its plots over time. */
#include "../analyse/made.h"
#include "analyse/findings.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "golden.h"
#include "report/document_text.h"
#include "report/section/section.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct text_style plain = {.width = 80, .is_ascii = true};

static void fact(struct made *made, const char *name, const char *value, const char *reason)
{
	struct error err;
	assert_int_equal(host_facts_add(&made->dataset.host, name, value, reason, &err), 0);
}

/* Tasks of 2 s in windows of 10 s; a trial takes 14 s, one after the other. */
static void add_trial(struct made *made, size_t level, uint32_t slots)
{
	made_steady_trial(made, level, 0, slots, 2, 10);
	made_sample(made, "node_sampler_cpu_share", -1, 14, 0.0004);
	made_sample(made, "sampler_cpu_share", -1, 14, 0.003);
	made_sample(made, "memory_available_bytes", -1, 9, 60e9 - slots * 1e9);
	made_sample(made, "cpu_busy_s", -1, 14, slots * 2.5);
	made_sample(made, "cpu_steal_s", -1, 14, 0.011);
	made_sample(made, "cpu_elapsed_s", -1, 14, 10);
}

static void make_server(struct made *made)
{
	made_init(made);
	const size_t one = made_level(made, 1, "spread");
	const size_t four = made_level(made, 4, "spread");
	fact(made, "sensor_energy", "powercap", NULL);
	fact(made, "sensor_temperature", "hwmon", NULL);
	fact(made, "sensor_cpu_frequency", "cpufreq", NULL);
	fact(made, "sensor_cpu_clock", NULL, "not permitted: needs CAP_PERFMON");
	fact(made, "sensor_throttle", NULL, "the kernel counts no throttling of AMD processors");
	for (uint32_t block = 0; block < 3; block++)
		for (uint32_t slots = 1; slots <= 4; slots += 3) {
			add_trial(made, slots == 1 ? one : four, slots);
			for (int32_t package = 0; package < 2; package++) {
				made_sample(made, "package_energy_j", package, 14,
				            1000 + 200 * slots + 10 * block);
				for (int i = 0; i < 10; i++) {
					made_sample(made, "package_power_w", package, 4 + i,
					            100 + 20 * slots);
					made_sample(made, "temperature_c", package, 4 + i,
					            40 + package + slots * 2 + i * 0.1);
					made_sample(made, "cpu_frequency_hz", package, 4 + i,
					            3e9 - slots * 1e8);
				}
			}
			made_sample(made, "energy_elapsed_s", -1, 14, 10);
		}
}

static void fill(const struct made *made, struct findings *findings, struct document *doc)
{
	struct error err;
	assert_int_equal(findings_build(&made->dataset, findings, &err), 0);
	document_init(doc, "", &plain);
	section_node(findings, doc);
	assert_false(doc->failed);
}

static const struct plot *find_plot(const struct document *doc, const char *id)
{
	for (size_t s = 0; s < doc->section_count; s++)
		for (size_t b = 0; b < doc->sections[s].block_count; b++) {
			const struct document_block *const block = &doc->sections[s].blocks[b];
			if (block->kind == BLOCK_PLOT && strcmp(block->plot->id, id) == 0)
				return block->plot;
		}
	return NULL;
}

static void a_server_in_the_terminal(void **state)
{
	(void)state;
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc = {0};
	cleanup_free char *text = NULL;
	struct error err;
	make_server(&made);
	fill(&made, &findings, &doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	assert_golden("node.txt", text);
}

static void plots_over_time(void **state)
{
	(void)state;
	static const struct {
		const char *id;
		size_t series; /* with that of the windows; 0: there is no such plot */
	} cases[] = {
	        {"node-power", 3},  {"node-temperature", 3}, {"node-frequency", 3},
	        {"node-memory", 2}, {"node-cpu", 0},         {"node-throttle", 0},
	};
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc = {0};
	make_server(&made);
	fill(&made, &findings, &doc);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct plot *const plot = find_plot(&doc, cases[i].id);
		if (!plot != !cases[i].series)
			fail_msg("%s", cases[i].id);
		if (!plot)
			continue;
		assert_false(plot->failed);
		assert_false(plot_is_empty(plot));
		assert_int_equal(plot->series_count, cases[i].series);
		const struct plot_series *const windows = &plot->series[plot->series_count - 1];
		assert_string_equal(windows->name, "windows of trials");
		assert_int_equal(windows->count, 6);
		/* The strip lies below everything else. */
		for (size_t s = 0; s + 1 < plot->series_count; s++)
			for (size_t k = 0; k < plot->series[s].count; k++)
				assert_true(plot->series[s].points[k].y >
				            windows->points[0].y + windows->width / 2);
		assert_true(windows->points[0].y - windows->width / 2 >= plot->y.from);
	}
}

/* A million samples become a few hundred points. */
static void long_runs_are_thinned(void **state)
{
	(void)state;
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc = {0};
	made_init(&made);
	add_trial(&made, made_level(&made, 1, "spread"), 1);
	for (int i = 0; i < 5000; i++)
		made_sample(&made, "psi_cpu_some_share", -1, i * 14.0 / 5000, (i % 100) * 0.01);
	fill(&made, &findings, &doc);
	const struct plot *const plot = find_plot(&doc, "node-stalls");
	assert_non_null(plot);
	assert_in_range(plot->series[0].count, 200, 250);
	for (size_t i = 0; i < plot->series[0].count; i++)
		assert_true(plot->series[0].points[i].y >= 0 && plot->series[0].points[i].y <= 100);
}

static void without_samples_there_is_nothing(void **state)
{
	(void)state;
	cleanup_made struct made made;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc = {0};
	made_init(&made);
	made_steady_trial(&made, made_level(&made, 1, "spread"), 0, 1, 2, 10);
	fill(&made, &findings, &doc);
	assert_int_equal(doc.section_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(a_server_in_the_terminal),
	        cmocka_unit_test(plots_over_time),
	        cmocka_unit_test(long_runs_are_thinned),
	        cmocka_unit_test(without_samples_there_is_nothing),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
