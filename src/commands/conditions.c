#include "commands/conditions.h"

#include "commands/talk.h"
#include "core/array.h"
#include "core/error.h"
#include "platform/delays.h"

#include <stdio.h>
#include <string.h>

/* Host facts that later trials depend on, and what they are for a person. */
static const struct {
	const char *fact;
	const char *what;
	bool is_opaque; /* a hash: its values say nothing */
} facts[] = {
        {"environment", "of the environment, the variables that steer libraries", false},
        {"argument_files", "of the files that the command's arguments name, one", false},
        {"environment_sha256", "the environment that tasks inherit", true},
        {"nice", "the nice value", false},
        {"scheduler", "the scheduling policy", false},
        {"limits", "the limits on resources (ulimit)", false},
        {"cpu_quota_cpus", "the CPU quota, in CPUs,", false},
        {"memory_limit_bytes", "the limit on memory, in bytes,", false},
        {"cpufreq_governor", "the frequency governor", false},
        {"frequency_limit_hz", "the limit on the frequency, in Hz,", false},
        {"boost", "the processor's boost", false},
        {"transparent_hugepages", "the use of huge pages", false},
};

static const struct host_fact *find(const struct host_facts *host, const char *name)
{
	for (size_t i = 0; i < host->count; i++)
		if (strcmp(host->items[i].name, name) == 0)
			return &host->items[i];
	return NULL;
}

static const char *value_of(const struct host_fact *fact)
{
	return fact->value ? fact->value : "none";
}

static int tell(const struct conditions *conditions, const struct sink *sink, const char *text,
                struct error *err)
{
	struct record record = {
	        .kind = RECORD_EVENT,
	        .event = {.at_ns = conditions->at_ns, .slot = -1, .code = "condition-changed"}};
	snprintf(record.event.text, sizeof record.event.text, "%s", text);
	talk_warning("%s", text);
	return sink_put(sink, &record, err);
}

/* From where two texts differ, so that long ones that begin alike say it. */
static size_t common_bytes(const char *a, const char *b)
{
	size_t word = 0;
	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		if (a[i] == ' ')
			word = i + 1;
	return word;
}

static int compare_facts(const struct conditions *conditions, const struct sink *sink,
                         struct error *err)
{
	bool is_named = false; /* what has changed in the environment */
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(facts); i++) {
		char text[sizeof((struct event_record *)NULL)->text];
		const struct host_fact *const then = find(&conditions->before->host, facts[i].fact);
		const struct host_fact *const now = find(conditions->host, facts[i].fact);
		/* A result of a plateau that did not keep it. */
		if (!then || !now || strcmp(value_of(then), value_of(now)) == 0)
			continue;
		if (facts[i].is_opaque && is_named)
			continue;
		is_named = is_named || strcmp(facts[i].fact, "environment") == 0;
		const size_t same = common_bytes(value_of(then), value_of(now));
		const char *const dots = same > 0 ? "... " : "";
		if (facts[i].is_opaque)
			snprintf(text, sizeof text,
			         "%s is not as it was when the run was begun: later trials may "
			         "not be like the earlier ones",
			         facts[i].what);
		else
			snprintf(text, sizeof text,
			         "%s was %s%.80s when the run was begun and is %s%.80s now: later "
			         "trials may not be like the earlier ones",
			         facts[i].what, dots, value_of(then) + same, dots,
			         value_of(now) + same);
		r = tell(conditions, sink, text, err);
	}
	return r;
}

/* The last word on it in the run. */
static const char *memory_limit_before(const struct dataset *before)
{
	const char *text = NULL;
	for (size_t i = 0; i < before->warning_count; i++)
		if (strcmp(before->warnings[i].code, "memory-limit") == 0)
			text = before->warnings[i].text;
	return text;
}

/* The facts in the file are those of its beginning: whoever reads its tasks' delays must know from
 * where on they come from elsewhere, or are no more. No warning: it changes no task. */
static int compare_delays(const struct conditions *conditions, const struct sink *sink,
                          struct error *err)
{
	int r = 0;
	for (int i = 0; r == 0 && i < DELAY_KINDS; i++) {
		const char *const name = delay_fact_names[i];
		const char *const then = host_facts_get(&conditions->before->host, name);
		const char *const now = host_facts_get(conditions->host, name);
		if ((!then && !now) || (then && now && strcmp(then, now) == 0))
			continue;
		struct record record = {.kind = RECORD_EVENT,
		                        .event = {.at_ns = conditions->at_ns,
		                                  .slot = -1,
		                                  .code = "delays-changed"}};
		snprintf(record.event.text, sizeof record.event.text,
		         "%s was %s, and is %s from here on", name, then ? then : "absent",
		         now ? now : "absent");
		r = sink_put(sink, &record, err);
	}
	return r;
}

int conditions_compare(const struct conditions *conditions, const struct sink *sink,
                       struct error *err)
{
	if (!conditions->before)
		return 0;
	int r = compare_facts(conditions, sink, err);
	if (r == 0)
		r = compare_delays(conditions, sink, err);
	const char *const then = memory_limit_before(conditions->before);
	const char *const now = conditions->memory_limit;
	if (r < 0 || !then || !now || strcmp(then, now) == 0)
		return r;
	char text[sizeof((struct event_record *)NULL)->text];
	snprintf(
	        text, sizeof text,
	        "task.memory_limit was enforced by %.110s when the run was begun, and is by %.110s "
	        "now: later trials may not be like the earlier ones",
	        then, now);
	return tell(conditions, sink, text, err);
}

static bool has_event(const struct dataset *before, const struct event_record *event)
{
	for (size_t i = 0; i < before->warning_count; i++)
		if (strcmp(before->warnings[i].code, event->code) == 0 &&
		    strcmp(before->warnings[i].text, event->text) == 0)
			return true;
	return false;
}

static int put_new(void *self, const struct record *record, struct error *err)
{
	const struct conditions_filter *const filter = self;
	if (filter->before && record->kind == RECORD_EVENT &&
	    has_event(filter->before, &record->event))
		return 0;
	return sink_put(filter->behind, record, err);
}

void conditions_filter_init(const struct dataset *before, const struct sink *behind,
                            struct conditions_filter *ret_filter)
{
	*ret_filter = (struct conditions_filter){
	        .sink = {put_new, ret_filter}, .before = before, .behind = behind};
}
