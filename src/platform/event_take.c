#include "platform/event_take.h"

#include "core/error.h"
#include "core/str.h"
#include "formats/event_code.h"
#include "platform/event_check.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { EVENT_TEXT_BYTES = 512 };

/* What became of one choice. */
struct attempt {
	struct event_definition definition;
	struct perf_event_attr attributes;
	int keeper;
	const char *meaning; /* of the choice, or NULL */
	char remark[RECORD_REASON_BYTES];
};

void event_taking_begin(const struct metrics *metrics, struct event_taking *ret_taking)
{
	*ret_taking = (struct event_taking){.metrics = metrics};
	counting_conditions_read(NULL, &ret_taking->conditions);
	event_processor_read(NULL, &ret_taking->identity);
	if (metrics)
		ret_taking->processor = metrics_processor(metrics, &ret_taking->identity.identity);
}

/* ---- One choice ---------------------------------------------------------------------------- */

/* Opens the event on this process, which never counts it: with what a task will ask for, or as a
 * keeper. Returns the descriptor or -errno. */
static int open_on_self(const struct perf_event_attr *attributes, bool is_keeper)
{
	struct perf_event_attr copy = *attributes;
	copy.disabled = 1;
	copy.enable_on_exec = 0;
	/* Else the kernel would make a copy of the keeper for every task. */
	if (is_keeper)
		copy.inherit = 0;
	const long fd = syscall(SYS_perf_event_open, &copy, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

static bool is_core_type(uint32_t type)
{
	return type == PERF_TYPE_HARDWARE || type == PERF_TYPE_HW_CACHE || type == PERF_TYPE_RAW;
}

static void fail(const struct event_taking *taking, const struct counting_problem *problem,
                 struct event_definition *definition)
{
	counting_explain(problem, &taking->conditions, &definition->state, definition->reason,
	                 definition->remedy);
}

static void fail_open(const struct event_taking *taking, int code,
                      struct event_definition *definition)
{
	const struct counting_problem problem = {
	        .fault = COUNTING_REFUSED,
	        .code = code,
	        .is_hardware = is_core_type(definition->type),
	        .is_other_pmu = definition->type >= PERF_TYPE_MAX,
	};
	fail(taking, &problem, definition);
}

static bool is_refusal(int fd)
{
	return fd == -EACCES || fd == -EPERM;
}

/* Whether it can be opened for a task; where kernel mode is refused, in user mode alone. */
static bool open_somehow(const struct event_taking *taking, struct perf_event_attr *attributes,
                         struct event_definition *definition)
{
	int fd = open_on_self(attributes, false);
	if (is_refusal(fd) && !attributes->exclude_kernel && !attributes->exclude_user) {
		/* An ordinary user gets EACCES before ENOENT: ask again without the kernel. */
		attributes->exclude_kernel = 1;
		const int first = fd;
		fd = open_on_self(attributes, false);
		definition->is_user_only = fd >= 0;
		/* PMUs such as msr cannot leave the kernel out, and say so in this way. */
		if (fd < 0 && definition->type >= PERF_TYPE_MAX)
			fd = first;
	}
	if (fd < 0) {
		fail_open(taking, -fd, definition);
		return false;
	}
	close(fd);
	return true;
}

/* Events of the scheduler: with the kernel left out they read 0 whatever happens. */
static bool is_of_kernel(const struct perf_event_attr *attributes)
{
	return attributes->type == PERF_TYPE_SOFTWARE && attributes->exclude_kernel &&
	       (attributes->config == PERF_COUNT_SW_CONTEXT_SWITCHES ||
	        attributes->config == PERF_COUNT_SW_CPU_MIGRATIONS);
}

/* Whether the counter is believed; a state, reason and remedy where it is not. */
static bool check(const struct event_taking *taking, enum metric_check kind,
                  struct attempt *attempt)
{
	char words[RECORD_REASON_BYTES];
	struct counting_problem problem = {.detail = words};
	switch (event_check(&attempt->attributes, kind, words)) {
	case EVENT_PLAUSIBLE:
		return true;
	case EVENT_UNOPENED:
		snprintf(words, sizeof words, "not checked: it opened once and not again");
		snprintf(attempt->remark, sizeof attempt->remark, "%s", words);
		return true;
	case EVENT_UNCHECKED:
		snprintf(attempt->remark, sizeof attempt->remark, "%s", words);
		return true;
	case EVENT_NEVER_RAN:
		problem.fault = COUNTING_NEVER_RAN;
		break;
	case EVENT_WRONG:
		problem.fault = COUNTING_WRONG;
		break;
	}
	fail(taking, &problem, &attempt->definition);
	return false;
}

static void set_ok(const struct event_taking *taking, bool is_user_asked, struct attempt *attempt)
{
	struct event_definition *const definition = &attempt->definition;
	definition->state = COUNTER_OK;
	definition->reason[0] = definition->remedy[0] = '\0';
	if (definition->is_user_only && !is_user_asked) {
		snprintf(definition->reason, sizeof definition->reason,
		         "user mode only: this user may not count the kernel");
		counting_kernel_remedy(&taking->conditions, definition->remedy);
	} else if (definition->is_user_only) {
		snprintf(definition->reason, sizeof definition->reason,
		         "user mode only, as was asked for");
	}
	if (taking->conditions.is_hybrid && is_core_type(definition->type))
		snprintf(attempt->remark, sizeof attempt->remark,
		         "on one kind of core alone: this processor has two, with a PMU each");
}

static bool try_resolved(const struct event_taking *taking, enum metric_check kind,
                         struct attempt *attempt)
{
	struct event_definition *const definition = &attempt->definition;
	const bool is_user_asked = attempt->attributes.exclude_kernel;
	if (!open_somehow(taking, &attempt->attributes, definition))
		return false;
	if (is_of_kernel(&attempt->attributes)) {
		const struct counting_problem problem = {.fault = COUNTING_KERNEL_ONLY,
		                                         .is_user_asked = is_user_asked};
		fail(taking, &problem, definition);
		return false;
	}
	if (!check(taking, kind, attempt))
		return false;
	set_ok(taking, is_user_asked, attempt);
	attempt->keeper = open_on_self(&attempt->attributes, true);
	if (attempt->keeper < 0)
		attempt->keeper = -1;
	return true;
}

static bool is_code_of(const struct metric_choice *choice, const struct perf_event_attr *attributes)
{
	struct event_code code = {choice->config, choice->config1, true, true};
	struct error ignored;
	if (!choice->has_code && (!event_code_is_raw(choice->event) ||
	                          event_code_parse(choice->event, &code, &ignored) < 0))
		return false;
	return code.config == attributes->config && code.config1 == attributes->config1;
}

/* The check of an event by its own name: that of a metric which counts by the same code here, else
 * what goes with the kernel's number for it. */
static enum metric_check check_for(const struct event_taking *taking,
                                   const struct perf_event_attr *attributes)
{
	const struct metrics *const metrics = taking->metrics;
	const bool is_raw = attributes->type == PERF_TYPE_RAW && !attributes->exclude_user;
	for (size_t m = 0; metrics && taking->processor && is_raw && m < metrics->count; m++) {
		const struct metric_choices *const list =
		        metric_choices_for(&metrics->items[m], taking->processor);
		for (size_t c = 0; list && c < list->count; c++)
			if (metrics->items[m].has_check && is_code_of(&list->items[c], attributes))
				return metrics->items[m].check;
	}
	return event_check_for(attributes);
}

/* kind NULL: the check that goes with what the event is. */
static bool try_choice(const struct event_taking *taking, const struct metric_choice *choice,
                       const struct metric_processor *processor, const enum metric_check *kind,
                       struct attempt *attempt)
{
	struct event_definition *const definition = &attempt->definition;
	char reason[RECORD_REASON_BYTES];
	attempt->meaning = choice->meaning;
	const int r = event_name_resolve(choice, processor, taking->sysroot, definition,
	                                 &attempt->attributes, attempt->remark, reason);
	if (r < 0) {
		const struct counting_problem problem = {
		        .fault = r == -ENODEV ? COUNTING_ABSENT : COUNTING_NAME_UNKNOWN,
		        .detail = reason,
		};
		fail(taking, &problem, definition);
		return false;
	}
	return try_resolved(taking, kind ? *kind : check_for(taking, &attempt->attributes),
	                    attempt);
}

/* ---- A name -------------------------------------------------------------------------------- */

/* How much a state says of what could be done, for the choice to be told of: what may yet be
 * permitted before what will never be there. */
static int rank(enum counter_state state)
{
	static const int ranks[COUNTER_STATES] = {
	        [COUNTER_OK] = 6,          [COUNTER_NO_PERMISSION] = 5, [COUNTER_NOT_COUNTED] = 4,
	        [COUNTER_IMPLAUSIBLE] = 3, [COUNTER_NOT_SUPPORTED] = 2, [COUNTER_UNKNOWN] = 1,
	};
	return ranks[state];
}

static void add_clause(struct str *note, const char *text)
{
	if (text && *text)
		str_addf(note, "%s%s", note->length > 0 ? "; " : "", text);
}

/* What became of the choices that were not taken: "A, B: not-supported (why)". */
struct fates {
	struct str text;
	char reason[RECORD_REASON_BYTES]; /* of those listed last */
};

static void end_fate(struct fates *fates, enum counter_state state)
{
	if (fates->reason[0])
		str_addf(&fates->text, ": %s (%s)", counter_state_names[state], fates->reason);
}

static void add_fate(struct fates *fates, const struct metric_choice *choice,
                     const struct event_definition *definition,
                     const struct event_definition *before)
{
	const bool is_same = before && before->state == definition->state &&
	                     strcmp(fates->reason, definition->reason) == 0;
	if (before && !is_same)
		end_fate(fates, before->state);
	str_addf(&fates->text, "%s%.80s", !before ? "" : is_same ? ", " : "; ", choice->event);
	snprintf(fates->reason, sizeof fates->reason, "%s", definition->reason);
}

/* What the event means, how it was resolved, and what became of the choices tried beside it. */
static void write_note(const struct attempt *attempt, const char *fates,
                       struct event_definition *definition)
{
	cleanup_str struct str note = {0};
	add_clause(&note, attempt->meaning);
	add_clause(&note, attempt->remark);
	if (fates && *fates)
		str_addf(&note, "%stried %s: %s", note.length > 0 ? "; " : "",
		         definition->state == COUNTER_OK ? "before" : "were", fates);
	snprintf(definition->note, sizeof definition->note, "%s", str_text(&note));
}

static void set_names(const char *name, const struct metric *metric, size_t choice,
                      struct event_definition *definition)
{
	snprintf(definition->name, sizeof definition->name, "%s", name);
	if (!metric)
		return;
	snprintf(definition->metric, sizeof definition->metric, "%s", metric->name);
	definition->choice = (uint32_t)(choice + 1);
}

static bool take_metric(const struct event_taking *taking, const char *name,
                        const struct metric *metric, const struct metric_choices *list,
                        struct attempt *best)
{
	struct fates fates = {0};
	struct event_definition last = {0};
	bool is_taken = false;
	/* The generic list belongs to no processor: its names are looked up as they are. */
	const bool is_own = strcmp(list->processor, metric_generic) != 0;
	for (size_t i = 0; !is_taken && i < list->count; i++) {
		struct attempt attempt = {.keeper = -1};
		set_names(name, metric, i, &attempt.definition);
		is_taken = try_choice(taking, &list->items[i], is_own ? taking->processor : NULL,
		                      metric->has_check ? &metric->check : NULL, &attempt);
		if (i == 0 || rank(attempt.definition.state) > rank(best->definition.state))
			*best = attempt;
		if (!is_taken && list->count > 1) {
			add_fate(&fates, &list->items[i], &attempt.definition,
			         i > 0 ? &last : NULL);
			last = attempt.definition;
		}
	}
	end_fate(&fates, last.state);
	write_note(best, str_text(&fates.text), &best->definition);
	str_release(&fates.text);
	return is_taken;
}

/* A metric without an event for this processor. */
static void refuse_metric(const struct event_taking *taking, const char *name,
                          const struct metric *metric, struct attempt *attempt)
{
	const struct processor_identity *const identity = &taking->identity.identity;
	char known_as[64];
	if (taking->processor)
		snprintf(known_as, sizeof known_as, "%.60s", taking->processor->name);
	else
		snprintf(known_as, sizeof known_as, "%.24s, family %" PRId64 ", model %" PRId64,
		         identity->vendor ? identity->vendor : "unknown", identity->family,
		         identity->model);
	const struct counting_problem problem = {.fault = COUNTING_NO_CHOICE, .detail = known_as};
	set_names(name, metric, 0, &attempt->definition);
	attempt->definition.choice = 0;
	fail(taking, &problem, &attempt->definition);
}

/* Names are easily misspelt, and libpfm4 says no more than that it knows none. */
static void suggest(const struct event_taking *taking, struct event_definition *definition)
{
	const struct metrics *const metrics = taking->metrics;
	if (definition->state != COUNTER_UNKNOWN || !metrics || metrics->count == 0)
		return;
	const char *const near = str_nearest(definition->name, metrics->items, metrics->count,
	                                     sizeof metrics->items[0]);
	if (near && strcasecmp(near, definition->name) != 0)
		snprintf(definition->remedy, sizeof definition->remedy, "did you mean %s?", near);
}

bool event_take(const struct event_taking *taking, const char *name,
                struct event_definition *ret_definition, struct perf_event_attr *ret_attributes,
                int *ret_keeper)
{
	struct attempt attempt = {.keeper = -1};
	const struct metric *const metric =
	        taking->metrics ? metrics_find(taking->metrics, name) : NULL;
	const struct metric_choices *const list =
	        metric ? metric_choices_for(metric, taking->processor) : NULL;
	bool is_taken = false;
	if (metric && list && list->count > 0) {
		is_taken = take_metric(taking, name, metric, list, &attempt);
	} else if (metric) {
		refuse_metric(taking, name, metric, &attempt);
	} else {
		char event[EVENT_TEXT_BYTES];
		snprintf(event, sizeof event, "%s", name);
		const struct metric_choice choice = {.event = event};
		set_names(name, NULL, 0, &attempt.definition);
		is_taken = try_choice(taking, &choice, NULL, NULL, &attempt);
		write_note(&attempt, NULL, &attempt.definition);
		suggest(taking, &attempt.definition);
	}
	*ret_definition = attempt.definition;
	*ret_attributes = attempt.attributes;
	*ret_keeper = attempt.keeper;
	return is_taken;
}

/* ---- Again --------------------------------------------------------------------------------- */

/* PMUs of the kernel's list get their numbers anew at every boot, and their names stay. */
static bool resolve_again(const struct event_taking *taking, const struct event_definition *before,
                          struct attempt *attempt)
{
	event_name_attributes(before, &attempt->attributes);
	if (before->type < PERF_TYPE_MAX)
		return true;
	char event[sizeof before->encoded];
	memcpy(event, before->encoded, sizeof event);
	const struct metric_choice choice = {.event = event};
	struct event_definition resolved = {0};
	char reason[RECORD_REASON_BYTES];
	if (event_name_resolve(&choice, NULL, taking->sysroot, &resolved, &attempt->attributes,
	                       attempt->remark, reason) < 0) {
		const struct counting_problem problem = {.fault = COUNTING_REFUSED, .code = ENODEV};
		fail(taking, &problem, &attempt->definition);
		return false;
	}
	attempt->definition.type = resolved.type;
	return true;
}

bool event_take_again(const struct event_taking *taking, const struct event_definition *before,
                      struct event_definition *ret_definition,
                      struct perf_event_attr *ret_attributes, int *ret_keeper)
{
	struct attempt attempt = {.definition = *before, .keeper = -1};
	bool is_taken = before->state == COUNTER_OK && resolve_again(taking, before, &attempt);
	if (is_taken)
		is_taken = open_somehow(taking, &attempt.attributes, &attempt.definition);
	if (is_taken && attempt.definition.is_user_only != before->is_user_only) {
		const struct counting_problem problem = {.fault = COUNTING_REFUSED, .code = EACCES};
		fail(taking, &problem, &attempt.definition);
		is_taken = false;
	}
	if (is_taken)
		attempt.keeper = open_on_self(&attempt.attributes, true);
	*ret_definition = attempt.definition;
	*ret_attributes = attempt.attributes;
	*ret_keeper = attempt.keeper < 0 ? -1 : attempt.keeper;
	return is_taken;
}
