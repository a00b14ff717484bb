/* Whether a scenario can be measured on this node: each check looks at one thing that a run needs
 * and adds remarks; a refusal is what would leave a run without what was asked for. */
#include "commands/node_parts.h"

#include "commands/plan.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "plan/plan_build.h"
#include "platform/events.h"
#include "platform/host.h"
#include "run/crew.h"
#include "run/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

int node_remark_add(struct node_remark_list *list, const char *code, bool is_refusal,
                    const char *text, const char *remedy, struct error *err)
{
	const int r = array_reserve(&list->items, &list->capacity, list->count + 1,
	                            sizeof *list->items, err);
	if (r < 0)
		return r;
	struct node_remark *const remark = &list->items[list->count++];
	snprintf(remark->code, sizeof remark->code, "%s", code);
	snprintf(remark->text, sizeof remark->text, "%s", text);
	snprintf(remark->remedy, sizeof remark->remedy, "%s", remedy);
	remark->is_refusal = is_refusal;
	return 0;
}

/* What the checks have in common. */
struct fit {
	const struct node_fit_question *question;
	struct node_remark_list *remarks;
	struct error *err;
	size_t open_events; /* of the scenario's, those that can be opened */
};

__attribute__((format(printf, 5, 6))) static int
add(struct fit *fit, const char *code, bool is_refusal, const char *remedy, const char *format, ...)
{
	char text[sizeof((struct node_remark *)NULL)->text];
	va_list args;
	va_start(args, format);
	vsnprintf(text, sizeof text, format, args);
	va_end(args);
	return node_remark_add(fit->remarks, code, is_refusal, text, remedy, fit->err);
}

/* ---- Levels ------------------------------------------------------------------------------- */

static int check_plan(struct fit *fit)
{
	const struct node_fit_question *const q = fit->question;
	if (q->plan_problem)
		return add(fit, "plan", true, "", "%s", q->plan_problem);
	if (q->plan->largest <= q->plan->capacity)
		return 0;
	return add(fit, "shared-pus", false, "",
	           "the largest level has %" PRIu32 " copies, and there is room for %" PRIu32
	           " without sharing a PU: it will be marked oversubscribed",
	           q->plan->largest, q->plan->capacity);
}

static int check_memory(struct fit *fit)
{
	struct plan *const plan = fit->question->plan;
	const struct topology *const topology = node_topology(fit->question->node);
	const bool is_here = topology->is_this_system;
	const int64_t bytes = is_here ? host_memory_available(NULL) : topology->memory_bytes;
	const char *reason = NULL;
	size_t skipped = 0;
	if (!plan || bytes < 0)
		return 0;
	const int r = plan_skip_for_memory(plan, bytes,
	                                   is_here ? "available now" : "in the machine", fit->err);
	for (size_t i = 0; r == 0 && i < plan->level_count; i++) {
		if (!plan->levels[i].skipped)
			continue;
		reason = reason ? reason : plan->levels[i].skipped;
		skipped++;
	}
	if (r < 0 || skipped == 0)
		return r;
	return add(
	        fit, "memory", skipped == plan->level_count,
	        "free memory, or smaller levels (or a smaller task.memory, where it says too much)",
	        "%zu of %zu levels %s left out: %s", skipped, plan->level_count,
	        skipped == 1 ? "is" : "are", reason);
}

static int check_inputs(struct fit *fit)
{
	const struct node_fit_question *const q = fit->question;
	cleanup_free char *problem = NULL;
	if (!q->plan)
		return 0;
	const int r = plan_look_for_inputs(&q->scenario->task.inputs, q->plan, &problem, fit->err);
	if (r < 0 || !problem)
		return r;
	return add(fit, "inputs", true, "files where task.inputs looks for them", "%s", problem);
}

/* ---- The command -------------------------------------------------------------------------- */

static int check_command(struct fit *fit)
{
	const char *const command = fit->question->scenario->task.command.items[0];
	cleanup_free char *path = NULL;
	if (strchr(command, '{'))
		return add(fit, "command", false, "",
		           "the program is a template (%s): whether it is there is not looked at",
		           command);
	const int r = words_find_command(command, getenv("PATH"), &path, fit->err);
	if (r < 0 || access(path, X_OK) == 0)
		return r;
	return add(fit, "command", true, "install it, name its whole path, or set PATH",
	           "the command %s: %s", command,
	           strchr(command, '/') ? strerror(errno) : "not found in PATH");
}

/* ---- Events ------------------------------------------------------------------------------- */

/* The events that hold where a scenario does not speak of them ask for nothing in particular. */
static bool has_own_events(const struct scenario *scenario)
{
	size_t i = 0;
	for (; i < scenario->events.count && default_events[i]; i++)
		if (strcmp(scenario->events.items[i], default_events[i]) != 0)
			return true;
	return i < scenario->events.count || default_events[i];
}

/* The same is said of several events at once. */
static bool is_alike(const struct event_definition *a, const struct event_definition *b)
{
	return (a->state == COUNTER_OK) == (b->state == COUNTER_OK) &&
	       a->is_user_only == b->is_user_only && strcmp(a->reason, b->reason) == 0 &&
	       strcmp(a->remedy, b->remedy) == 0;
}

/* Of the event at index and those behind it of which the same holds; nothing where one before it
 * has told it. */
static int remark_event(struct fit *fit, const struct events *events, size_t index)
{
	const struct event_definition *const first = &events->definitions[index];
	cleanup_str struct str names = {0};
	if (first->state == COUNTER_OK && !first->is_user_only)
		return 0;
	for (size_t i = 0; i < events->count; i++) {
		const struct event_definition *const d = &events->definitions[i];
		if (!is_alike(d, first))
			continue;
		if (i < index)
			return 0;
		str_addf(&names, "%s%s", names.length ? ", " : "", d->name);
	}
	if (names.failed)
		return error_memory(fit->err);
	if (first->state == COUNTER_OK)
		return add(fit, "events", false, first->remedy, "%s: %s", str_text(&names),
		           first->reason);
	return add(fit, "events", has_own_events(fit->question->scenario), first->remedy,
	           "%s cannot be counted: %s", str_text(&names), first->reason);
}

static int check_events(struct fit *fit)
{
	const struct node_fit_question *const q = fit->question;
	struct error why;
	struct events *const events = calloc(1, sizeof *events);
	if (!events)
		return error_memory(fit->err);
	int r = events_open(&q->scenario->events, q->metrics, events, &why);
	if (r < 0) {
		free(events);
		return add(fit, "events", true, "ask for fewer events", "%s", why.text);
	}
	for (size_t i = 0; r == 0 && i < events->count; i++)
		r = remark_event(fit, events, i);
	fit->open_events = events->open_count;
	events_close(events);
	free(events);
	return r;
}

/* As many as the engine asks for. */
static int check_descriptors(struct fit *fit)
{
	const struct plan *const plan = fit->question->plan;
	struct rlimit limit;
	if (!plan || getrlimit(RLIMIT_NOFILE, &limit) < 0)
		return 0;
	const uint64_t needed = crew_files_needed(plan->largest, fit->open_events);
	if (limit.rlim_max >= needed)
		return 0;
	return add(fit, "open-files", true, "a higher hard limit (ulimit -Hn), or fewer events",
	           "%" PRIu32 " copies need %" PRIu64 " open files, and %ju are allowed",
	           plan->largest, needed, (uintmax_t)limit.rlim_max);
}

/* ---- Other programs ----------------------------------------------------------------------- */

static int check_findings(struct fit *fit)
{
	const struct preflight_findings *const findings = fit->question->findings;
	int r = 0;
	for (size_t i = 0; findings && r == 0 && i < findings->count; i++)
		if (findings->items[i].weight == PREFLIGHT_REFUSES)
			r = add(fit, findings->items[i].code, true, "", "%s",
			        findings->items[i].text);
	return r;
}

static int check_limit(struct fit *fit)
{
	const struct node_fit_question *const q = fit->question;
	const struct capability *const limit =
	        capabilities_find(q->capabilities, "memory", "limit by control group");
	if (q->scenario->task.memory_limit_bytes == 0 || !limit || limit->state == CAPABILITY_YES)
		return 0;
	return add(fit, "memory-limit", false, limit->remedy,
	           "task.memory_limit will be a limit on address space: %s", limit->reason);
}

int node_fit_judge(const struct node_fit_question *question, struct node_remark_list *remarks,
                   struct error *err)
{
	static const struct {
		int (*check)(struct fit *fit);
		bool is_of_plans; /* and can be made for a recorded machine */
	} checks[] = {
	        {check_plan, true},      {check_memory, true},  {check_inputs, false},
	        {check_command, false},  {check_events, false}, {check_descriptors, false},
	        {check_findings, false}, {check_limit, false},
	};
	struct fit fit = {question, remarks, err, 0};
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(checks); i++)
		if (checks[i].is_of_plans || question->capabilities)
			r = checks[i].check(&fit);
	return r;
}
