/* What stands below the tables: the machine's limits, warnings, and the cost of
 * plateau itself. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/number.h"
#include "core/str.h"
#include "report/section/section.h"

#include <math.h>
#include <string.h>

/* Each writes a sentence when the fact is a limit; value is NULL and reason says why where the fact
 * is absent. */

static void say_pmu(const char *value, const char *reason, struct str *text)
{
	if (!value)
		str_addf(text,
		         "No hardware counters: cycles, instructions and cache misses cannot be "
		         "counted, nor by them the clock at which the tasks ran. Reason: %s.",
		         reason);
}

static void say_cores(const char *value, const char *reason, struct str *text)
{
	(void)reason;
	if (!value)
		return;
	if (strcmp(value, "1") == 0)
		str_add(text, "One core: nothing can be said about scaling over cores.");
	if (strcmp(value, "2") == 0)
		str_add(text,
		        "Two cores: beyond N=2 tasks share cores, so that a curve has too few "
		        "points to tell a plateau.");
}

static void say_hypervisor(const char *value, const char *reason, struct str *text)
{
	(void)reason;
	if (!value)
		return;
	str_add(text, "A virtual machine");
	if (!str_starts_with(value, "unnamed"))
		str_addf(text, " (%s)", value);
	str_add(text,
	        ": other guests may take time and cache unseen, and the topology shown may not "
	        "be that of the hardware.");
}

static void say_quota(const char *value, const char *reason, struct str *text)
{
	(void)reason;
	if (value)
		str_addf(text, "A CPU quota of %s CPUs: the kernel stops tasks that use more.",
		         value);
}

static void say_frequency(const char *value, const char *reason, struct str *text)
{
	if (!value)
		str_addf(text, "The clock's limits cannot be read: %s.", reason);
}

/* Facts of the host that limit what a result of it can say; docs/host-facts.md lists all facts. */
static const struct limit {
	const char *fact;
	void (*say)(const char *value, const char *reason, struct str *text);
} limits[] = {
        {"cores_allowed", say_cores},  {"hypervisor", say_hypervisor},
        {"hardware_pmu", say_pmu},     {"cpufreq_driver", say_frequency},
        {"cpu_quota_cpus", say_quota},
};

static const struct host_fact *find_fact(const struct host_facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->count; i++)
		if (strcmp(facts->items[i].name, name) == 0)
			return &facts->items[i];
	return NULL;
}

void section_limits(const struct findings *findings, struct document *doc)
{
	document_section(doc, "limits", "Limits of this machine", "");
	for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
		const struct host_fact *const fact =
		        find_fact(&findings->dataset->host, limits[i].fact);
		cleanup_str struct str text = {0};
		if (fact)
			limits[i].say(fact->value, fact->reason ? fact->reason : "not recorded",
			              &text);
		doc->failed |= text.failed;
		if (text.length > 0)
			document_item(doc, TEXT_DIM, "-", "%s", str_text(&text));
	}
}

void section_warnings(const struct findings *findings, struct document *doc)
{
	const struct summary *const summary = &findings->summary;
	document_section(doc, "warnings", "Warnings", "");
	for (size_t i = 0; i < summary->warning_count; i++)
		document_item(doc, TEXT_WARN, "!", "%s", summary->warnings[i].text);
}

static void add_seconds(struct str *line, const char *before, double value_s, const char *behind)
{
	char text[NUMBER_TEXT_BYTES];
	if (!isfinite(value_s))
		return;
	number_format_duration(llround(value_s * 1e9), 2, text);
	str_addf(line, "%s%s", line->length ? ", " : "", before);
	text_add_unbroken(line, text);
	str_add(line, behind);
}

static void add_share(struct str *line, double share, const char *behind)
{
	char text[NUMBER_TEXT_BYTES];
	if (!isfinite(share))
		return;
	number_format_significant(share * 100, 2, text);
	str_addf(line, "%s%s\u00A0%%%s", line->length ? ", " : "", text, behind);
}

void section_harness(const struct findings *findings, struct document *doc)
{
	const struct harness_summary *const harness = &findings->summary.harness;
	cleanup_str struct str line = {0};
	if (findings->dataset->run.imported)
		return; /* by plateau or another, it was not this run's cost */
	add_seconds(&line, "", harness->cpu_s_per_task, " of CPU time per task");
	add_seconds(&line, "a slot idle between tasks for ", harness->idle_gap_median_s,
	            " (median)");
	add_seconds(&line, "", harness->idle_gap_p95_s, " (p95)");
	if (isfinite(harness->max_rss_bytes)) {
		char text[NUMBER_TEXT_BYTES];
		number_format_bytes(llround(harness->max_rss_bytes), text);
		str_add(&line, line.length ? ", at most " : "at most ");
		text_add_unbroken(&line, text);
		str_add(&line, " of memory");
	}
	add_share(&line, findings->node_time.memory_sampler_share,
	          " of a core to sample the memory of tasks");
	add_share(&line, findings->node_time.node_sampler_share, " to sample the node");
	doc->failed |= line.failed;
	document_section(doc, "harness", "What plateau itself cost", "");
	if (line.length > 0)
		document_say(doc, TEXT_PLAIN, "%s", str_text(&line));
}
