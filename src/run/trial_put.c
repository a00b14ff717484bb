#include "run/trial_parts.h"

#include "core/clock.h"
#include "core/error.h"
#include "model/sink.h"
#include "run/crew.h"
#include "run/node_sampler.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

/* The engine not running for longer is told. */
#define STALL_NS (100 * NS_PER_MS)

void trial_put(struct trial *trial, const struct record *record)
{
	struct error later;
	const int r = sink_put(trial->tools->sink, record, trial->result < 0 ? &later : trial->err);
	if (trial->result == 0)
		trial->result = r;
}

void trial_put_state(struct trial *trial)
{
	const struct record record = {.kind = RECORD_TRIAL, .trial = trial->record};
	trial_put(trial, &record);
}

void trial_put_event(struct trial *trial, int32_t slot, const char *code, const char *format, ...)
{
	struct record record = {.kind = RECORD_EVENT};
	record.event.at_ns = crew_now_ns(trial->tools->crew);
	record.event.trial = trial->record.trial;
	record.event.slot = slot;
	snprintf(record.event.code, sizeof record.event.code, "%s", code);
	va_list args;
	va_start(args, format);
	vsnprintf(record.event.text, sizeof record.event.text, format, args);
	va_end(args);
	trial_put(trial, &record);
}

struct sampler_mark trial_mark_sampler(const struct sampler *sampler)
{
	return (struct sampler_mark){sampler_cpu_ns(sampler), sampler_rounds(sampler)};
}

/* What the sampler has cost in this trial, as a share of one core, and the interval that it has
 * reached: longer than what was asked for where that would have cost too much. */
void trial_put_sampler_cost(struct trial *trial, struct sampler_mark before)
{
	const struct sampler_mark now = trial_mark_sampler(trial->tools->sampler);
	const int64_t cost_ns = now.cpu_ns - before.cpu_ns;
	const int64_t elapsed_ns = trial->record.end_ns - trial->record.start_ns;
	struct record record = {.kind = RECORD_SAMPLE,
	                        .sample = {.at_ns = trial->record.end_ns,
	                                   .trial = trial->record.trial,
	                                   .slot = -1,
	                                   .place = -1,
	                                   .name = "sampler_cpu_share"}};
	record.sample.value = elapsed_ns > 0 ? (double)cost_ns / (double)elapsed_ns : 0;
	trial_put(trial, &record);
	if (now.rounds == before.rounds)
		return;
	snprintf(record.sample.name, sizeof record.sample.name, "memory_interval_s");
	record.sample.value = (double)elapsed_ns / NS_PER_S / (double)(now.rounds - before.rounds);
	trial_put(trial, &record);
}

void trial_put_stalls(struct trial *trial)
{
	struct error later;
	const int r = window_stalls_put(&trial->stalls, &trial->record, trial->tools->sink,
	                                trial->result < 0 ? &later : trial->err);
	if (trial->result == 0)
		trial->result = r;
}

/* What was sampled of the node: so far, or to the end of the trial. */
void trial_put_samples(struct trial *trial, bool is_end)
{
	struct node_sampler *const sampler = trial->tools->node_sampler;
	const struct sink *const sink = trial->tools->sink;
	struct error later = {""};
	struct error *const err = trial->result < 0 ? &later : trial->err;
	const int r = is_end ? node_sampler_end(sampler, &trial->record, sink, err)
	                     : node_sampler_drain(sampler, sink, err);
	if (trial->result == 0)
		trial->result = r;
}

/* Of tasks with several threads it is plain that the account of one tells nothing. */
static void report_delays(struct trial *trial)
{
	const uint32_t others = crew_delays(trial->tools->crew, DELAYS_OF_OTHERS);
	const uint32_t implausible = crew_delays(trial->tools->crew, DELAYS_IMPLAUSIBLE);
	if (others > 0 && trial->tools->scenario->task.threads <= 1)
		trial_put_event(
		        trial, -1, "delays-unknown",
		        "in %" PRIu32
		        " tasks other threads or children did the work, and the kernel's account "
		        "of delays is of the first thread alone: where their time off the CPU "
		        "went is not known",
		        others);
	if (implausible > 0)
		trial_put_event(
		        trial, -1, "delays-implausible",
		        "for %" PRIu32
		        " tasks the kernel told delays that were longer than their time off the "
		        "CPU: they are left out",
		        implausible);
}

void trial_report_oddities(struct trial *trial)
{
	if (trial->most_late_ns > STALL_NS)
		trial_put_event(
		        trial, -1, "engine-stalled",
		        "plateau itself did not run for %.0f ms (stopped, or starved of CPU time): "
		        "ends of tasks were seen late, and this trial's times are too long",
		        (double)trial->most_late_ns / NS_PER_MS);
	if (crew_end_strays(trial->tools->crew) > 0)
		trial_put_event(trial, -1, "strays",
		                "processes that tasks left behind could not be ended");
	const uint32_t unowned = crew_take_unowned(trial->tools->crew);
	if (unowned > 0)
		trial_put_event(
		        trial, -1, "orphans-unowned",
		        "tasks left %" PRIu32
		        " processes behind that had cleared their environment and do not print to "
		        "a task's output: nobody can tell whose they are, and they ran on until "
		        "the end of the trial",
		        unowned);
	const uint32_t lost = crew_lost_workdirs(trial->tools->crew);
	if (lost > 0)
		trial_put_event(
		        trial, -1, "workdir-removed",
		        "%" PRIu32
		        " tasks removed their working folder; it was made again for the next one",
		        lost);
	report_delays(trial);
	if (trial->over_limit > 0)
		trial_put_event(
		        trial, -1, "memory-limit-exceeded",
		        "in %" PRIu64
		        " tasks the kernel ended a process that went beyond task.memory_limit",
		        trial->over_limit);
	if (trial->left_children > 0)
		trial_put_event(
		        trial, -1, "left-children",
		        "%" PRIu64
		        " tasks left processes behind that had to be ended; they count as failed",
		        trial->left_children);
}
