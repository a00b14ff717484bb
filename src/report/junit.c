#include "report/junit.h"

#include "core/array.h"
#include "core/error.h"
#include "report/junit_parts.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* What of the node stands in the file; a dashboard can tell nodes apart by it. */
static const char *const node_facts[] = {
        "processor",
        "microcode",
        "system_vendor",
        "system_product",
        "bios_version",
        "packages",
        "cores_allowed",
        "pus_allowed",
        "smt",
        "l3_caches",
        "numa_nodes",
        "memory_total_bytes",
        "kernel",
        "mitigations",
        "operating_system",
        "cpufreq_driver",
        "cpufreq_governor",
        "boost",
        "frequency_limit_hz",
        "hypervisor",
        "container",
        "slurm_job_id",
};

static const char *host_of(const struct accepted *accepted)
{
	return junit_or_unknown(host_facts_get(&accepted->findings->dataset->host, "hostname"));
}

static void add_properties(struct markup *m, const struct accepted *accepted)
{
	const struct dataset *const dataset = accepted->findings->dataset;
	const struct summary *const summary = &accepted->findings->summary;
	markup_break(m);
	markup_open(m, "properties", NULL);
	junit_add_property(m, "result", accepted->path);
	junit_add_property(m, "verdict", verdict_names[accepted->acceptance->verdict]);
	for (size_t i = 0; i < accepted->acceptance->note_count; i++)
		junit_add_property(m, "note", accepted->acceptance->notes[i].text);
	junit_add_property(m, "state", run_state_word(dataset->run.state));
	junit_add_property(m, "imported", dataset->run.imported);
	junit_add_property(m, "run", dataset->run.id);
	junit_add_property(m, "scenario", dataset->run.name);
	junit_add_property(m, "scenario_sha256", dataset->run.scenario_sha256);
	junit_add_property(m, "command", dataset->run.command);
	junit_add_property(m, "plateau", dataset->run.plateau_version);
	for (size_t i = 0; i < summary->warning_count; i++)
		if (summary_warning_is_serious(&summary->warnings[i]))
			junit_add_property(m, "warning", summary->warnings[i].text);
	junit_add_property(m, "criteria", accepted->criteria_path);
	for (size_t i = 0; i < accepted->reference_count; i++)
		junit_add_property(m, "reference", accepted->reference_paths[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(node_facts); i++)
		junit_add_property(m, node_facts[i], host_facts_get(&dataset->host, node_facts[i]));
	markup_break(m);
	markup_close(m);
}

static void add_figure(struct str *line, const char *word, double value)
{
	if (isfinite(value))
		str_addf(line, "%s%s %.6g", line->length > 0 ? ", " : "", word, value);
}

/* The figures behind a verdict, plain and in SI units, for those who look for them by script. */
static void add_figures(const struct judgement *judgement, struct str *line)
{
	const struct criterion *const criterion = judgement->criterion;
	str_addf(line, "%s: ", measures[criterion->measure].key);
	cleanup_str struct str figures = {0};
	add_figure(&figures, "value", judgement->value.value);
	if (estimate_has_interval(&judgement->value))
		str_addf(&figures, " (95 %% interval %.6g to %.6g)", judgement->value.low,
		         judgement->value.high);
	add_figure(&figures, "reference", judgement->reference.value);
	if (estimate_has_value(&judgement->reference)) {
		str_addf(&figures, " (%zu runs)", judgement->reference.n);
		add_figure(&figures, "ratio", judgement->compared.value);
	}
	add_figure(&figures, "bound", judgement->bound);
	add_figure(&figures, criterion->bound == BOUND_AT_LEAST ? "at least" : "at most",
	           judgement->limit);
	if (judgement->place >= 0)
		str_addf(&figures, ", %s %" PRId32, place_kind_names[judgement->place_kind],
		         judgement->place);
	str_addf(&figures, ", replicates %zu", judgement->replicates);
	str_add(line, str_text(&figures));
	line->failed |= figures.failed;
}

/* A name that no earlier test of the suite has: two criteria may speak of one thing. */
static void write_name(const struct acceptance *acceptance, size_t index, struct str *name)
{
	const char *const label = acceptance->items[index].label;
	size_t same = 1;
	for (size_t i = 0; i < index; i++)
		same += strcmp(acceptance->items[i].label, label) == 0;
	str_add(name, label[strspn(label, " \t\n")] ? label : "criterion");
	if (same > 1)
		str_addf(name, " (%zu)", same);
}

static void add_outcome(struct markup *m, const struct judgement *judgement)
{
	static const char *const elements[VERDICTS] = {
	        [VERDICT_FAIL] = "failure",
	        [VERDICT_INCONCLUSIVE] = "error",
	        [VERDICT_SKIPPED] = "skipped",
	};
	const char *const element = elements[judgement->verdict];
	cleanup_str struct str figures = {0};
	if (!element)
		return;
	add_figures(judgement, &figures);
	m->out.failed |= figures.failed;
	markup_open(
	        m, element,
	        MARKUP("type", verdict_names[judgement->verdict], "message", judgement->reason));
	markup_text(m, str_text(&figures));
	markup_close(m);
}

/* Whether another result is of a run of the same name on the same node: readers take suites of one
 * name for one. */
static bool has_twin(const struct accepted_all *all, size_t index)
{
	const char *const name = all->items[index].findings->dataset->run.name;
	for (size_t i = 0; i < all->count; i++) {
		const char *const other = all->items[i].findings->dataset->run.name;
		if (i != index && strcmp(junit_or_unknown(name), junit_or_unknown(other)) == 0 &&
		    strcmp(host_of(&all->items[index]), host_of(&all->items[i])) == 0)
			return true;
	}
	return false;
}

static void add_tests(struct markup *m, const struct accepted *accepted, const char *path)
{
	const struct acceptance *const acceptance = accepted->acceptance;
	cleanup_str struct str class_name = {0};
	junit_add_class_part(&class_name, junit_or_unknown(accepted->findings->dataset->run.name));
	str_add(&class_name, ".");
	junit_add_class_part(&class_name, host_of(accepted));
	if (path) {
		str_add(&class_name, " ");
		junit_add_class_part(&class_name, path);
	}
	m->out.failed |= class_name.failed;
	for (size_t i = 0; i < acceptance->count; i++) {
		cleanup_str struct str name = {0};
		write_name(acceptance, i, &name);
		m->out.failed |= name.failed;
		markup_break(m);
		/* What was measured once serves all criteria: none of them took any time. */
		markup_open(m, "testcase",
		            MARKUP("name", str_text(&name), "classname", str_text(&class_name),
		                   "time", "0"));
		add_outcome(m, &acceptance->items[i]);
		markup_close(m);
	}
}

/* Every verdict in its own line, those that passed too. */
static void add_output(struct markup *m, const struct accepted *accepted)
{
	const struct acceptance *const acceptance = accepted->acceptance;
	const struct summary *const summary = &accepted->findings->summary;
	markup_break(m);
	markup_open(m, "system-out", NULL);
	for (size_t i = 0; i < acceptance->count; i++) {
		const struct judgement *const judgement = &acceptance->items[i];
		cleanup_str struct str line = {0};
		str_addf(&line, "%s: %s: %s [", verdict_names[judgement->verdict], judgement->label,
		         judgement->reason);
		add_figures(judgement, &line);
		str_add(&line, "]");
		m->out.failed |= line.failed;
		markup_text(m, str_text(&line));
		markup_break(m);
	}
	markup_close(m);
	markup_break(m);
	/* Before anybody sends a node back, or signs. */
	markup_open(m, "system-err", NULL);
	for (size_t i = 0; i < summary->warning_count; i++) {
		if (!summary_warning_is_serious(&summary->warnings[i]))
			continue;
		markup_text(m, "warning: ");
		markup_text(m, summary->warnings[i].text);
		markup_break(m);
	}
	markup_close(m);
}

static void add_suite(struct markup *m, const struct accepted_all *all, size_t index)
{
	const struct accepted *const accepted = &all->items[index];
	const char *const path = has_twin(all, index) ? accepted->path : NULL;
	const struct run_facts *const run = &accepted->findings->dataset->run;
	const struct acceptance *const acceptance = accepted->acceptance;
	cleanup_str struct str name = {0};
	str_addf(&name, "%s on %s%s%s%s", junit_or_unknown(run->name), host_of(accepted),
	         path ? " (" : "", path ? path : "", path ? ")" : "");
	m->out.failed |= name.failed;
	const struct junit_suite suite = {
	        .name = str_text(&name),
	        .host = host_of(accepted),
	        /* Of imported records it is not known when they ran. */
	        .began_ns = run->imported ? 0 : run->origin_calendar_ns,
	        .ended_ns = run->imported ? 0 : run->finished_calendar_ns,
	        .index = index,
	        .tests = acceptance->count,
	        .failures = acceptance->in_verdict[VERDICT_FAIL],
	        .errors = acceptance->in_verdict[VERDICT_INCONCLUSIVE],
	        .skipped = acceptance->in_verdict[VERDICT_SKIPPED],
	};
	junit_open_suite(m, &suite);
	add_properties(m, accepted);
	add_tests(m, accepted, path);
	add_output(m, accepted);
	markup_break(m);
	markup_close(m);
}

/* A result that could not be judged is an error of its own, or nobody would miss it. */
static void add_unjudged(struct markup *m, const char *path, const char *reason, size_t index)
{
	const struct junit_suite suite = {
	        .name = path, .host = "unknown", .index = index, .tests = 1, .errors = 1};
	junit_open_suite(m, &suite);
	markup_break(m);
	markup_open(m, "properties", NULL);
	junit_add_property(m, "result", path);
	markup_close(m);
	markup_break(m);
	markup_open(
	        m, "testcase",
	        MARKUP("name", path, "classname", "plateau.the result can be judged", "time", "0"));
	markup_open(m, "error", MARKUP("type", "unreadable", "message", reason));
	markup_close(m);
	markup_close(m);
	markup_break(m);
	markup_element(m, "system-out", NULL, "");
	markup_break(m);
	markup_element(m, "system-err", NULL, reason);
	markup_break(m);
	markup_close(m);
}

const char junit_sign[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!-- verdicts of plateau ";

int junit_write(const struct accepted_all *all, char **ret_xml, struct error *err)
{
	cleanup_markup struct markup m = {0};
	str_addf(&m.out, "%saccept -->\n", junit_sign);
	markup_open(&m, "testsuites", NULL);
	for (size_t i = 0; i < all->count; i++)
		add_suite(&m, all, i);
	for (size_t i = 0; i < all->unjudged_count; i++)
		add_unjudged(&m, all->unjudged_paths[i], all->unjudged_reasons[i], all->count + i);
	markup_break(&m);
	markup_close(&m);
	markup_break(&m);
	return str_take(&m.out, ret_xml, err);
}
