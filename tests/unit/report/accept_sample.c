#include "accept_sample.h"

#include "core/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void make_result(struct made *made, const char *host)
{
	struct error err;
	static const uint32_t levels[] = {1, 4, 8};
	made_init(made);
	for (size_t i = 0; i < 3; i++)
		made_level(made, levels[i], "spread");
	for (uint32_t block = 0; block < 3; block++)
		for (size_t i = 0; i < 3; i++) {
			const double wall = 2 * (1 + 0.05 * (double)i) * (1 + 0.004 * block);
			made_steady_trial(made, i, block, levels[i], wall, 4 * wall);
		}
	for (size_t i = 0; i < made->dataset.host.count; i++) {
		struct host_fact *const fact = &made->dataset.host.items[i];
		if (strcmp(fact->name, "hostname") != 0)
			continue;
		free(fact->value);
		fact->value = strdup(host);
		assert_non_null(fact->value);
	}
	assert_int_equal(host_facts_add(&made->dataset.host, "cores_allowed", "8", NULL, &err), 0);
}

static struct estimate estimate(double value, double half, size_t n)
{
	return (struct estimate){.value = value, .low = value - half, .high = value + half, .n = n};
}

static void judge(struct accept_sample *s, size_t i, enum measure_id measure, double value,
                  double half, enum criterion_bound bound, double limit, enum verdict verdict,
                  const char *label, const char *reason)
{
	struct judgement *const j = &s->judgements[i];
	s->criteria[i] = (struct criterion){
	        .measure = measure, .bound = bound, .limit = limit, .margin = NAN};
	*j = (struct judgement){
	        .criterion = &s->criteria[i],
	        .findings = &s->findings,
	        .level = 2,
	        .concurrency = 8,
	        .verdict = verdict,
	        .value = estimate(value, half, 3),
	        .reference = estimate_absent("it is absolute"),
	        .compared = estimate(value, half, 3),
	        .bound = bound == BOUND_AT_LEAST
	                         ? value - 0.8 * half
	                         : value + (verdict == VERDICT_FAIL ? -0.8 : 0.8) * half,
	        .limit = limit,
	        .confidence = 0.95,
	        .replicates = 3,
	        .place = -1,
	};
	snprintf(j->label, sizeof j->label, "%s", label);
	snprintf(j->reason, sizeof j->reason, "%s", reason);
	s->acceptance.in_verdict[verdict]++;
}

static void judge_core(struct accept_sample *s, bool is_slow)
{
	if (is_slow)
		judge(s, 0, MEASURE_CORE_SPREAD, 1.62, 0.04, BOUND_AT_MOST, 1.1, VERDICT_FAIL,
		      "slowest core at N=8",
		      "core 5 takes 1.62 times as long as the "
		      "others; at most 1.1 was asked for, and the bound is 1.59.");
	else
		judge(s, 0, MEASURE_CORE_SPREAD, 1.02, 0.01, BOUND_AT_MOST, 1.1, VERDICT_PASS,
		      "slowest core at N=8",
		      "core 5 takes 1.02 times as long as the others; at most "
		      "1.1 was asked for.");
	s->judgements[0].place_kind = PLACE_CORE;
	s->judgements[0].place = 5;
	s->judgements[0].places = 8;
}

static void judge_throughput(struct accept_sample *s, bool is_decided)
{
	struct judgement *const j = &s->judgements[1];
	judge(s, 1, MEASURE_THROUGHPUT, is_decided ? 0.991 : 0.962, is_decided ? 0.012 : 0.041,
	      BOUND_AT_LEAST, 0.95, is_decided ? VERDICT_PASS : VERDICT_INCONCLUSIVE,
	      "throughput at N=8",
	      is_decided ? "0.991 of the reference, at least 0.98 of it; at "
	                   "least 0.95 was asked for."
	                 : "0.962 of the reference; its bound, 0.929, does "
	                   "not hold the limit of 0.95, nor does the other fail it. About 9 "
	                   "repeats would decide it.");
	s->criteria[1].references = (struct words){.items = &s->reference_path, .count = 1};
	j->value = estimate(3.6, 0.02, 3);
	j->reference = estimate(3.64, 0.01, 4);
	j->repeats_needed = is_decided ? 0 : 9;
}

void accept_sample_make(struct accept_sample *s, enum accept_sample_kind kind, const char *host)
{
	struct error err;
	*s = (struct accept_sample){.reference_path = (char *)(uintptr_t) "results/good.db"};
	make_result(&s->made, host);
	assert_int_equal(findings_build(&s->made.dataset, &s->findings, &err), 0);
	judge_core(s, kind == SAMPLE_SLOW_CORE);
	judge_throughput(s, kind == SAMPLE_GOOD);
	judge(s, 2, MEASURE_FREQUENCY, 2.21e9, 0.03e9, BOUND_AT_LEAST, 2e9, VERDICT_PASS,
	      "frequency at N=8", "2.21 GHz; at least 2 GHz was asked for.");
	judge(s, 3, MEASURE_MAX_RSS, 2.4e9, 0.02e9, BOUND_AT_MOST, 2.6e9, VERDICT_PASS,
	      "max RSS, max, at N=8", "2.4 GB; at most 2.6 GB was asked for.");
	judge(s, 4, MEASURE_FAILURES, 0, 0, BOUND_AT_MOST, 0, VERDICT_PASS, "failed tasks",
	      "No task failed.");
	s->judgements[4].compared.low = s->judgements[4].compared.high = NAN;
	s->judgements[4].level = -1;
	s->acceptance.items = s->judgements;
	s->acceptance.count = ACCEPT_SAMPLE_JUDGEMENTS;
	s->acceptance.blocks = 3;
	s->acceptance.repeats_needed = s->judgements[1].repeats_needed;
	s->acceptance.verdict = kind == SAMPLE_SLOW_CORE ? VERDICT_FAIL
	                        : kind == SAMPLE_GOOD    ? VERDICT_PASS
	                                                 : VERDICT_INCONCLUSIVE;
	s->accepted = (struct accepted){
	        .path = "results/node.db", .findings = &s->findings, .acceptance = &s->acceptance};
}

void accept_sample_release(struct accept_sample *s)
{
	findings_release(&s->findings);
	made_release(&s->made);
}
