#include "commands/preflight.h"

#include "commands/talk.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/number.h"
#include "core/usage.h"
#include "model/record.h"
#include "platform/pressure.h"
#include "run/preflight.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define FAST_NS (100 * NS_PER_MS)
#define FULL_NS (3 * NS_PER_S)

/* A process of another user that needs less is not in the way. */
static const double busy_share = 0.01;

/* The node, and what of its CPU time is our own. */
struct look {
	struct pressure node;
	int64_t own_ns; /* -1: not known */
};

struct preflight {
	const struct arguments *arguments;
	bool is_full;
	struct look first;
	struct other_processes others;
	struct preflight_findings findings;
	struct look trial;
};

/* Tasks count when they have been reaped: at the end of a trial that is all of them. */
static struct look look_now(void)
{
	struct look look;
	pressure_read(NULL, &look.node);
	struct usage own;
	struct usage tasks;
	look.own_ns = -1;
	if (usage_read(RUSAGE_SELF, &own) == 0 && usage_read(RUSAGE_CHILDREN, &tasks) == 0)
		look.own_ns = own.cpu_ns + tasks.cpu_ns;
	return look;
}

/* Of all CPUs' time between two looks, what others used; -1: not known. A few steps of the coarse
 * clock are nothing. */
static double others_share(const struct look *before, const struct look *after)
{
	const double elapsed_ns = (double)(after->node.at_ns - before->node.at_ns);
	if (before->node.busy_ns < 0 || after->node.busy_ns < 0 || after->node.cpus == 0 ||
	    before->own_ns < 0 || after->own_ns < 0 || elapsed_ns <= 0)
		return -1;
	const int64_t others_ns =
	        after->node.busy_ns - before->node.busy_ns - (after->own_ns - before->own_ns);
	const int64_t chance_ns = 3 * PRESSURE_STEP_NS;
	return others_ns <= chance_ns ? 0 : (double)others_ns / (elapsed_ns * after->node.cpus);
}

static double steal_share(const struct look *before, const struct look *after)
{
	const double elapsed_ns = (double)(after->node.at_ns - before->node.at_ns);
	if (before->node.steal_ns < 0 || after->node.steal_ns < 0 || after->node.cpus == 0 ||
	    elapsed_ns <= 0)
		return -1;
	const int64_t stolen_ns = after->node.steal_ns - before->node.steal_ns;
	return stolen_ns <= PRESSURE_STEP_NS ? 0
	                                     : (double)stolen_ns / (elapsed_ns * after->node.cpus);
}

/* ---- Before the run ----------------------------------------------------------------------- */

int preflight_begin(const struct arguments *arguments, struct preflight **ret_preflight,
                    struct error *err)
{
	const char *const how = arguments_get(arguments, "preflight");
	if (how && strcmp(how, "off") == 0) {
		*ret_preflight = NULL;
		return 0;
	}
	struct preflight *const preflight = calloc(1, sizeof *preflight);
	if (!preflight)
		return error_memory(err);
	preflight->arguments = arguments;
	preflight->is_full = how && strcmp(how, "full") == 0;
	const int r = pressure_others(NULL, getuid(), &preflight->others, err);
	if (r < 0) {
		free(preflight);
		return r;
	}
	preflight->first = look_now();
	*ret_preflight = preflight;
	return 0;
}

/* Tasks of all trials, for the size of the result. */
static int64_t task_count(const struct scenario *scenario, const struct plan *plan)
{
	const double per_slot = scenario->sweep.warmup.tasks + scenario->sweep.measured.tasks + 2;
	double tasks = 0;
	for (size_t i = 0; i < plan->trial_count; i++)
		tasks += plan->levels[plan->trials[i].level].concurrency * per_slot;
	return tasks > 1e12 ? (int64_t)1e12 : (int64_t)tasks;
}

static void look_at_room(const struct scenario *scenario, const struct plan *plan,
                         const char *output, struct preflight_seen *seen)
{
	/* A task with its counters, and its part of the log that is merged at the end. */
	enum { TASK_BYTES = 2048, RESULT_BYTES = 16 << 20, OUTPUT_BYTES = 1 << 20 };
	seen->disk_free_bytes = pressure_disk_free(output);
	seen->disk_needed_bytes = task_count(scenario, plan) * TASK_BYTES + RESULT_BYTES;
	seen->temporary_free_bytes = pressure_disk_free(file_temporary_parent());
	seen->temporary_needed_bytes = (int64_t)plan->largest * OUTPUT_BYTES;
}

static int look_at_company(struct preflight *preflight, struct preflight_seen *seen,
                           struct other_process *busiest, struct error *err)
{
	extern char **environ;
	struct other_processes now;
	const int r = pressure_others(NULL, getuid(), &now, err);
	if (r < 0)
		return r;
	seen->busy_others = pressure_busy_others(&preflight->others, &now, busy_share, busiest,
	                                         &seen->busiest_share);
	seen->busiest_name = busiest->name;
	if (!pressure_has_allocation((const char *const *)environ))
		seen->batch_system = pressure_batch_system(NULL, getenv("PATH"), now.daemon);
	pressure_others_release(&now);
	return 0;
}

static enum exit_code say_findings(const struct preflight *preflight)
{
	const struct preflight_finding *const refusal = preflight_refusal(&preflight->findings);
	for (size_t i = 0; i < preflight->findings.count; i++)
		if (preflight->findings.items[i].weight == PREFLIGHT_WARNS)
			talk_warning("%s", preflight->findings.items[i].text);
	if (!refusal)
		return EXIT_DONE;
	talk_error("%s", refusal->text);
	return EXIT_NODE_CANNOT;
}

int preflight_look(struct preflight *preflight, const struct preflight_question *question,
                   struct error *err)
{
	const int64_t wait_ns = preflight->is_full ? FULL_NS : FAST_NS;
	if (preflight->is_full)
		talk_note(preflight->arguments, "looking at the node for 3 s");
	clock_sleep_until(preflight->first.node.at_ns + wait_ns);
	const struct look now = look_now();
	const struct cpuset allowed = topology_allowed(question->topology);
	struct preflight_seen seen = {
	        .load = others_share(&preflight->first, &now),
	        .steal = steal_share(&preflight->first, &now),
	        .stalled_cpu = now.node.stalled[PRESSURE_CPU],
	        .stalled_memory = now.node.stalled[PRESSURE_MEMORY],
	        .stalled_io = now.node.stalled[PRESSURE_IO],
	        .swap_used_bytes = now.node.swap_used_bytes,
	        .cpu_quota = pressure_cpu_quota(NULL),
	        .allowed_pus = (uint32_t)cpuset_count(&allowed),
	        .disk_free_bytes = -1,
	        .temporary_free_bytes = -1,
	        .largest = question->largest,
	        .is_insisted = arguments_has(preflight->arguments, "here"),
	};
	if (question->plan)
		look_at_room(question->scenario, question->plan, question->output, &seen);
	struct other_process busiest = {0};
	const int r = look_at_company(preflight, &seen, &busiest, err);
	if (r < 0)
		return r;
	preflight_judge(&seen, &question->scenario->preflight.warn,
	                &question->scenario->preflight.refuse, &preflight->findings);
	return 0;
}

const struct preflight_findings *preflight_found(const struct preflight *preflight)
{
	return &preflight->findings;
}

enum exit_code preflight_end(struct preflight *preflight, const struct scenario *scenario,
                             const struct plan *plan, const struct topology *topology,
                             const char *output)
{
	const struct preflight_question question = {scenario, plan, plan->largest, topology,
	                                            output};
	struct error err;
	if (!preflight)
		return EXIT_DONE;
	if (preflight_look(preflight, &question, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	return say_findings(preflight);
}

static int put_event(const struct sink *sink, uint32_t trial, int64_t at_ns, const char *code,
                     const char *text, struct error *err)
{
	struct record record = {.kind = RECORD_EVENT,
	                        .event = {.at_ns = at_ns, .trial = trial, .slot = -1}};
	snprintf(record.event.code, sizeof record.event.code, "%s", code);
	snprintf(record.event.text, sizeof record.event.text, "%s", text);
	return sink_put(sink, &record, err);
}

int preflight_put(const struct preflight *preflight, int64_t at_ns, const struct sink *sink,
                  struct error *err)
{
	int r = 0;
	for (size_t i = 0; preflight && r == 0 && i < preflight->findings.count; i++) {
		const struct preflight_finding *const finding = &preflight->findings.items[i];
		r = put_event(sink, 0, at_ns, finding->code, finding->text, err);
	}
	return r;
}

/* ---- Around a trial ----------------------------------------------------------------------- */

void preflight_trial_begin(struct preflight *preflight)
{
	if (preflight)
		preflight->trial = look_now();
}

static int put_sample(const struct sink *sink, uint32_t trial, int64_t at_ns, const char *name,
                      double value, struct error *err)
{
	struct record record = {
	        .kind = RECORD_SAMPLE,
	        .sample = {
	                .at_ns = at_ns, .trial = trial, .slot = -1, .place = -1, .value = value}};
	snprintf(record.sample.name, sizeof record.sample.name, "%s", name);
	return sink_put(sink, &record, err);
}

/* A share that was measured becomes a sample, and an event where it is above the limit. */
static int put_share(const struct sink *sink, uint32_t trial, int64_t at_ns, const char *name,
                     double share, double limit, const char *code, const char *what,
                     struct error *err)
{
	char text[sizeof((struct event_record *)NULL)->text];
	if (share < 0)
		return 0;
	int r = put_sample(sink, trial, at_ns, name, share, err);
	if (r < 0 || limit < 0 || share <= limit)
		return r;
	snprintf(text, sizeof text, "%s %.3g %% of the node's CPU time during the trial", what,
	         share * 100);
	return put_event(sink, trial, at_ns, code, text, err);
}

static int put_throttling(const struct look *before, const struct look *after, uint32_t trial,
                          int64_t at_ns, const struct sink *sink, struct error *err)
{
	char text[sizeof((struct event_record *)NULL)->text];
	char time[NUMBER_TEXT_BYTES];
	const int64_t times = after->node.throttled_times - before->node.throttled_times;
	const int64_t ns = after->node.throttled_ns - before->node.throttled_ns;
	if (before->node.throttled_times < 0 || after->node.throttled_times < 0 || times <= 0)
		return 0;
	number_format_duration(ns, 3, time);
	snprintf(text, sizeof text,
	         "the CPU quota of a control group stopped the tasks %" PRId64
	         " times, %s in all, during the trial",
	         times, time);
	int r = put_sample(sink, trial, at_ns, "throttled_times", (double)times, err);
	if (r == 0)
		r = put_sample(sink, trial, at_ns, "throttled_s", (double)ns * 1e-9, err);
	return r < 0 ? r : put_event(sink, trial, at_ns, "cpu-throttled", text, err);
}

int preflight_trial_end(struct preflight *preflight, const struct scenario *scenario,
                        uint32_t trial, int64_t at_ns, const struct sink *sink, struct error *err)
{
	if (!preflight)
		return 0;
	const struct look now = look_now();
	const struct look *const before = &preflight->trial;
	const struct preflight_limits *const warn = &scenario->preflight.warn;
	int r = put_share(sink, trial, at_ns, "other_load_share", others_share(before, &now),
	                  warn->load, "other-load", "other programs used", err);
	if (r == 0)
		r = put_share(sink, trial, at_ns, "steal_share", steal_share(before, &now),
		              warn->steal, "steal", "the hypervisor gave to others", err);
	return r < 0 ? r : put_throttling(before, &now, trial, at_ns, sink, err);
}

void preflight_free(struct preflight *preflight)
{
	if (!preflight)
		return;
	pressure_others_release(&preflight->others);
	free(preflight);
}
