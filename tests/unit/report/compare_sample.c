#include "compare_sample.h"

#include "../analyse/costs.h"
#include "core/array.h"
#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCKS = 4, TASKS = 4 };

static const struct kind {
	const char *host;
	const char *processor;
	double clock_hz;
	double cpi;        /* alone */
	double contention; /* of the CPI, for each further task */
	uint32_t levels[6];
	size_t level_count;
} kinds[] = {
        [SAMPLE_ROME] = {"rome", "AMD EPYC 7702", 2.6e9, 0.80, 0.035, {1, 4, 8, 16, 32, 48}, 6},
        [SAMPLE_MILAN] = {"milan", "AMD EPYC 7763", 3.0e9, 0.74, 0.022, {1, 4, 8, 16, 32, 64}, 6},
        [SAMPLE_GENOA] = {"genoa", "AMD EPYC 9654", 3.4e9, 0.70, 0.012, {1, 8, 16, 32, 64, 96}, 6},
};

/* A part that differs from trial to trial, the same in every run of the test. */
static double noise(enum compare_sample_kind kind, uint32_t block, size_t level)
{
	static const double shares[] = {0, 0.7, -0.4, -0.9, 0.3, 1, -0.6};
	return 1 + 0.012 * shares[(block * 3 + level * 2 + kind) % ARRAY_LENGTH(shares)];
}

static void add_trial(struct made *made, const struct kind *kind, size_t level, uint32_t n,
                      uint32_t block, double factor)
{
	const struct costs costs = {
	        .instructions = 6e9 * factor,
	        .cpi = kind->cpi * (1 + kind->contention * (n - 1)),
	        .clock_hz = kind->clock_hz * (1 - 0.0015 * n),
	        .kernel = 1,
	        .off_cpu = 1.02 + 0.002 * n,
	};
	const double wall = costs_wall_s(&costs);
	made_trial(made, level, block, wall, wall * (1 + TASKS));
	for (uint32_t slot = 0; slot < n; slot++) {
		double start = -wall * slot / n;
		for (int i = 0; i < TASKS + 3; i++)
			start = costs_task(made, slot, start, &costs);
	}
}

static void replace_fact(struct made *made, const char *name, const char *value)
{
	struct error err;
	for (size_t i = 0; i < made->dataset.host.count; i++) {
		struct host_fact *const fact = &made->dataset.host.items[i];
		if (strcmp(fact->name, name) != 0)
			continue;
		free(fact->value);
		fact->value = strdup(value);
		assert_non_null(fact->value);
		return;
	}
	assert_int_equal(host_facts_add(&made->dataset.host, name, value, NULL, &err), 0);
}

void compare_sample_make(struct compare_sample *s, enum compare_sample_kind which, size_t policies)
{
	static const char *const names[] = {"spread", "pack"};
	const struct kind *const kind = &kinds[which];
	struct error err;
	*s = (struct compare_sample){.run = NULL};
	made_init(&s->made);
	costs_events(&s->made, false);
	for (size_t i = 0; i < kind->level_count; i++)
		for (size_t p = 0; p < policies; p++)
			made_level(&s->made, kind->levels[i], names[p]);
	for (uint32_t block = 0; block < BLOCKS; block++)
		for (size_t i = 0; i < kind->level_count; i++)
			for (size_t p = 0; p < policies; p++)
				add_trial(&s->made, kind, i * policies + p, kind->levels[i], block,
				          noise(which, block, i) * (1 + 0.04 * (double)p));
	free(s->made.dataset.run.id);
	s->made.dataset.run.id = strdup(kind->host);
	assert_non_null(s->made.dataset.run.id);
	replace_fact(&s->made, "hostname", kind->host);
	replace_fact(&s->made, "processor", kind->processor);
	replace_fact(&s->made, "cores_allowed", which == SAMPLE_ROME ? "48" : "64");
	assert_int_equal(findings_build(&s->made.dataset, &s->findings, &err), 0);
	s->run = &s->findings;
	s->side = (struct side){
	        .name = kind->host, .path = "results/node.db", .runs = &s->run, .count = 1};
}

void compare_sample_release(struct compare_sample *s)
{
	findings_release(&s->findings);
	made_release(&s->made);
}
