#include "report/json/node_json.h"

#include "report/json/json_value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A key of a group, and the host fact that it shows. */
struct fact_key {
	const char *key;
	const char *fact;
	enum { KEY_TEXT, KEY_COUNT, KEY_REAL } kind;
};

static const struct fact_key processor_keys[] = {
        {"name", "processor", KEY_TEXT},
        {"vendor", "processor_vendor", KEY_TEXT},
        {"family", "processor_family", KEY_TEXT},
        {"model", "processor_model", KEY_TEXT},
        {"stepping", "processor_stepping", KEY_TEXT},
        {"architecture", "architecture", KEY_TEXT},
        {"microarchitecture", "microarchitecture", KEY_TEXT},
        {"microcode", "microcode", KEY_TEXT},
        {"sockets", "packages_machine", KEY_COUNT},
        {"cores", "cores_machine", KEY_COUNT},
        {"pus", "pus_machine", KEY_COUNT},
        {"threads_per_core", "threads_per_core", KEY_COUNT},
        {"smt", "smt", KEY_TEXT},
        {"l3_groups", "l3_caches_machine", KEY_COUNT},
        {"l3_bytes", "l3_bytes", KEY_COUNT},
        {"cores_per_l3", "cores_per_l3", KEY_TEXT},
        {"l2_bytes", "l2_bytes", KEY_COUNT},
        {"numa_nodes", "numa_nodes_machine", KEY_COUNT},
        {"numa_mode", "numa_mode", KEY_TEXT},
        {NULL, NULL, KEY_TEXT},
};

static const struct fact_key allowed_keys[] = {
        {"pus", "pus_allowed", KEY_COUNT},
        {"pus_list", "pus_allowed_list", KEY_TEXT},
        {"cores", "cores_allowed", KEY_COUNT},
        {"sockets", "packages", KEY_COUNT},
        {"l3_groups", "l3_caches", KEY_COUNT},
        {"affinity_list", "affinity_list", KEY_TEXT},
        {"cpuset_list", "cpuset_list", KEY_TEXT},
        {"cpuset_nodes_list", "cpuset_nodes_list", KEY_TEXT},
        {"cpu_quota_cpus", "cpu_quota_cpus", KEY_REAL},
        {"memory_limit_bytes", "memory_limit_bytes", KEY_COUNT},
        {"processes_limit", "processes_limit", KEY_TEXT},
        {"cgroup_version", "cgroup_version", KEY_TEXT},
        {NULL, NULL, KEY_TEXT},
};

static const struct fact_key memory_keys[] = {
        {"total_bytes", "memory_total_bytes", KEY_COUNT},
        {"available_bytes", "memory_available_bytes", KEY_COUNT},
        {"swap_total_bytes", "swap_total_bytes", KEY_COUNT},
        {"swap_free_bytes", "swap_free_bytes", KEY_COUNT},
        {"page_bytes", "page_size_bytes", KEY_COUNT},
        {"modules", "memory_type", KEY_TEXT},
        {"huge_pages", "huge_pages", KEY_TEXT},
        {"transparent_hugepages", "transparent_hugepages", KEY_TEXT},
        {NULL, NULL, KEY_TEXT},
};

static const struct fact_key kernel_keys[] = {
        {"release", "kernel", KEY_TEXT},
        {"operating_system", "operating_system", KEY_TEXT},
        {"arguments", "kernel_arguments", KEY_TEXT},
        {"mitigations", "mitigations", KEY_TEXT},
        {"vulnerabilities", "vulnerabilities", KEY_TEXT},
        {"clock_source", "clock_source", KEY_TEXT},
        {"idle_driver", "idle_driver", KEY_TEXT},
        {"nmi_watchdog", "nmi_watchdog", KEY_TEXT},
        {"perf_event_paranoid", "perf_event_paranoid", KEY_REAL},
        {"hypervisor", "hypervisor", KEY_TEXT},
        {"container", "container", KEY_TEXT},
        {NULL, NULL, KEY_TEXT},
};

static const struct fact_key frequency_keys[] = {
        {"driver", "cpufreq_driver", KEY_TEXT},
        {"driver_state", "frequency_driver_state", KEY_TEXT},
        {"governor", "cpufreq_governor", KEY_TEXT},
        {"energy_preference", "energy_preference", KEY_TEXT},
        {"boost", "boost", KEY_TEXT},
        {NULL, NULL, KEY_TEXT},
};

static const char *reason_of(const struct host_facts *facts, const char *name)
{
	for (size_t i = 0; i < facts->count; i++)
		if (strcmp(facts->items[i].name, name) == 0)
			return facts->items[i].reason ? facts->items[i].reason : "it is no number";
	return "only the topology of a recorded machine is known";
}

/* The fact, null where it is absent or no number where it should be one. */
static json_t *fact_json(const struct host_facts *facts, const struct fact_key *key)
{
	const char *const text = host_facts_get(facts, key->fact);
	const int64_t count = host_facts_count(facts, key->fact);
	char *end = NULL;
	if (key->kind == KEY_TEXT)
		return json_text(text);
	if (key->kind == KEY_COUNT)
		return count < 0 ? json_null() : json_integer(count);
	const double number = text ? strtod(text, &end) : NAN;
	return json_number(text && end > text && !*end ? number : NAN);
}

/* The group as an object; what is null has its reason in "reasons", by the same key. */
static json_t *group_json(struct json_writer *w, const struct host_facts *facts,
                          const struct fact_key *keys)
{
	json_t *const group = json_object();
	json_t *const reasons = json_object();
	for (const struct fact_key *k = keys; k->key; k++) {
		json_t *const value = fact_json(facts, k);
		if (json_is_null(value))
			json_set(w, reasons, k->key, json_text(reason_of(facts, k->fact)));
		json_set(w, group, k->key, value);
	}
	json_set(w, group, "reasons", reasons);
	return group;
}

static json_t *limits_json(struct json_writer *w, const struct host_facts *facts)
{
	json_t *const limits = json_array();
	for (const struct node_frequency_limit *l = node_frequency_limits; l->fact; l++) {
		const int64_t hz = host_facts_count(facts, l->fact);
		json_t *const limit = json_object();
		json_set(w, limit, "name", json_text(l->name));
		json_set(w, limit, "source", json_text(l->source));
		json_set(w, limit, "hz", hz > 0 ? json_integer(hz) : json_null());
		if (hz <= 0)
			json_set(w, limit, "reason", json_text(reason_of(facts, l->fact)));
		json_append(w, limits, limit);
	}
	return limits;
}

static json_t *nodes_json(struct json_writer *w, const struct topology *topology)
{
	json_t *const nodes = json_array();
	for (size_t i = 0; i < topology->node_count; i++) {
		const struct topology_node *const n = &topology->nodes[i];
		char list[CPUSET_TEXT_BYTES];
		json_t *const node = json_object();
		cpuset_format(&n->pus, list, sizeof list);
		json_set(w, node, "os_index", json_count(n->os_index));
		json_set(w, node, "memory_bytes",
		         n->memory_bytes > 0 ? json_integer(n->memory_bytes) : json_null());
		json_set(w, node, "dram", json_boolean(n->is_dram));
		json_set(w, node, "pus_list", json_text(list));
		json_append(w, nodes, node);
	}
	return nodes;
}

static json_t *facts_json(struct json_writer *w, const struct host_facts *facts)
{
	json_t *const all = json_array();
	for (size_t i = 0; i < facts->count; i++) {
		json_t *const fact = json_object();
		json_set(w, fact, "name", json_text(facts->items[i].name));
		json_set(w, fact, "value", json_text(facts->items[i].value));
		if (!facts->items[i].value)
			json_set(w, fact, "reason", json_text(facts->items[i].reason));
		json_append(w, all, fact);
	}
	return all;
}

/* ---- What can be done --------------------------------------------------------------------- */

static json_t *text_or_null(const char *text)
{
	return json_text(text[0] ? text : NULL);
}

static json_t *capabilities_json(struct json_writer *w, const struct capabilities *all)
{
	json_t *const list = json_array();
	for (size_t i = 0; all && i < all->count; i++) {
		const struct capability *const c = &all->items[i];
		json_t *const one = json_object();
		json_set(w, one, "area", json_text(c->area));
		json_set(w, one, "name", json_text(c->name));
		json_set(w, one, "state", json_text(capability_state_names[c->state]));
		json_set(w, one, "by", text_or_null(c->by));
		json_set(w, one, "reason", text_or_null(c->reason));
		json_set(w, one, "remedy", text_or_null(c->remedy));
		json_set(w, one, "who",
		         c->remedy[0] ? json_text(capability_who_names[c->who]) : json_null());
		json_append(w, list, one);
	}
	return list;
}

static json_t *remarks_json(struct json_writer *w, const struct node_remarks *remarks)
{
	json_t *const list = json_array();
	for (size_t i = 0; i < remarks->count; i++) {
		const struct node_remark *const r = &remarks->items[i];
		json_t *const one = json_object();
		json_set(w, one, "code", json_text(r->code));
		json_set(w, one, "refuses", json_boolean(r->is_refusal));
		json_set(w, one, "text", json_text(r->text));
		json_set(w, one, "remedy", text_or_null(r->remedy));
		json_append(w, list, one);
	}
	return list;
}

static json_t *index_or_null(int32_t index)
{
	return index < 0 ? json_null() : json_integer(index);
}

static json_t *reading_json(struct json_writer *w, const struct clock_reading *r)
{
	json_t *const one = json_object();
	json_set(w, one, "pu", json_count(r->pu));
	json_set(w, one, "core", index_or_null(r->core));
	json_set(w, one, "l3", index_or_null(r->l3));
	json_set(w, one, "package", index_or_null(r->package));
	json_set(w, one, "p50_hz", json_number(r->p50_hz));
	json_set(w, one, "max_hz", json_number(r->max_hz));
	json_set(w, one, "lost_share", json_number(r->p50_hz > 0 ? r->lost_share : NAN));
	return one;
}

static json_t *probe_json(struct json_writer *w, const struct clock_probe *probe)
{
	const struct clock_spread spread = clock_probe_spread(probe);
	const bool has = spread.counted > 0;
	json_t *const object = json_object();
	json_t *const readings = json_array();
	json_set(w, object, "p50_hz", json_number(has ? spread.p50_hz : NAN));
	json_set(w, object, "max_hz", json_number(has ? spread.max_hz : NAN));
	if (!has)
		json_set(w, object, "reason", json_text(probe->reason));
	json_set(w, object, "spread", json_number(has ? spread.spread : NAN));
	json_set(w, object, "slowest_pu",
	         has ? json_count(probe->readings[spread.slowest].pu) : json_null());
	json_set(w, object, "fastest_pu",
	         has ? json_count(probe->readings[spread.fastest].pu) : json_null());
	for (size_t i = 0; i < probe->count; i++)
		json_append(w, readings, reading_json(w, &probe->readings[i]));
	json_set(w, object, "pus", readings);
	return object;
}

static json_t *clock_json(struct json_writer *w, const struct node_view *view)
{
	json_t *const clock = json_object();
	json_set(w, clock, "source", json_text("timed-chain"));
	json_set(w, clock, "one", view->idle ? probe_json(w, view->idle) : json_null());
	json_set(w, clock, "all", view->all ? probe_json(w, view->all) : json_null());
	if (view->probe_reason)
		json_set(w, clock, "reason", json_text(view->probe_reason));
	json_set(w, clock, "disturbed", json_text(view->disturbance));
	return clock;
}

static json_t *scenario_json(struct json_writer *w, const struct node_view *view)
{
	json_t *const scenario = json_object();
	json_set(w, scenario, "name", json_text(view->scenario));
	json_set(w, scenario, "measurable", json_boolean(!node_remarks_refuse(&view->fit)));
	json_set(w, scenario, "remarks", remarks_json(w, &view->fit));
	return scenario;
}

int node_json_write(const struct node_view *view, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	const struct host_facts *const facts = view->facts;
	json_t *const answer = json_object();
	json_t *const frequency = group_json(&w, facts, frequency_keys);
	json_set(&w, frequency, "limits", limits_json(&w, facts));
	json_t *const preflight = json_object();
	json_set(&w, preflight, "looked", json_boolean(!view->findings_reason));
	if (view->findings_reason)
		json_set(&w, preflight, "reason", json_text(view->findings_reason));
	json_set(&w, preflight, "findings", remarks_json(&w, &view->findings));
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "host", json_text(host_facts_get(facts, "hostname")));
	json_set(&w, answer, "source", json_text(view->topology->source));
	json_set(&w, answer, "processor", group_json(&w, facts, processor_keys));
	json_set(&w, answer, "metrics_processor",
	         view->metrics_processor ? json_text(view->metrics_processor) : json_null());
	json_set(&w, answer, "allowed", group_json(&w, facts, allowed_keys));
	json_set(&w, answer, "memory", group_json(&w, facts, memory_keys));
	json_set(&w, answer, "numa_nodes", nodes_json(&w, view->topology));
	json_set(&w, answer, "frequency", frequency);
	json_set(&w, answer, "kernel", group_json(&w, facts, kernel_keys));
	json_set(&w, answer, "facts", facts_json(&w, facts));
	json_set(&w, answer, "capabilities", capabilities_json(&w, view->capabilities));
	json_set(&w, answer, "preflight", preflight);
	json_set(&w, answer, "clock", clock_json(&w, view));
	json_set(&w, answer, "scenario", view->scenario ? scenario_json(&w, view) : json_null());
	return json_finish(&w, answer, ret_json, err);
}
