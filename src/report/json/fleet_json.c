#include "report/json/fleet_json.h"

#include "report/json/json_value.h"
#include "report/json/site_json.h"

#include <jansson.h>
#include <math.h>

static json_t *bytes(int64_t value)
{
	return value == RECORD_ABSENT || value < 0 ? json_null() : json_integer(value);
}

static const char not_known[] = "it is not known";
static const char gathered[] = "the results were gathered by other means than a fleet's folder";

static json_t *fleet_facts(struct json_writer *w, const struct fleet *fleet)
{
	json_t *const object = json_object();
	json_set_or_reason(w, object, "id", json_text(fleet->id), gathered);
	json_set_or_reason(w, object, "name", json_text(fleet->name), gathered);
	json_set_or_reason(w, object, "folder", json_text(fleet->folder), gathered);
	json_set_or_reason(w, object, "created", json_calendar(fleet->created_ns), gathered);
	json_set_or_reason(w, object, "observed", json_calendar(fleet->observed_ns), not_known);
	json_set_or_reason(w, object, "scenario_sha256", json_text(fleet->scenario_sha256),
	                   gathered);
	json_set_or_reason(w, object, "plateau_version", json_text(fleet->plateau_version),
	                   not_known);
	json_set(w, object, "nodes", json_count(fleet->node_count));
	json_set(w, object, "has_accounting", json_boolean(fleet->has_accounting));
	return object;
}

static json_t *counts(struct json_writer *w, const struct fleet_ranking *ranking)
{
	json_t *const object = json_object();
	for (size_t v = 0; v < FLEET_VERDICTS; v++)
		json_set(w, object, fleet_verdict_words[v].name,
		         json_count(ranking->in_verdict[v]));
	return object;
}

/* ---- Classes ------------------------------------------------------------------------------ */

static json_t *bands(struct json_writer *w, const struct fleet_class *class)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < class->band_count; i++) {
		const struct fleet_band *const band = &class->bands[i];
		json_t *const object = json_object();
		json_set(w, object, "concurrency", json_integer(band->concurrency));
		json_set(w, object, "policy", json_text(band->policy ? band->policy : ""));
		json_set(w, object, "p5", json_number(band->low));
		json_set(w, object, "q1", json_number(band->q1));
		json_set(w, object, "median", json_number(band->median));
		json_set(w, object, "q3", json_number(band->q3));
		json_set(w, object, "p95", json_number(band->high));
		json_set(w, object, "n", json_count(band->n));
		if (!isfinite(band->median))
			json_set(w, object, "reason", json_text("no node has this level"));
		json_append(w, array, object);
	}
	return array;
}

static json_t *class_of(struct json_writer *w, const struct fleet_ranking *ranking, size_t index)
{
	static const char too_few[] = "too few nodes have a result";
	const struct fleet_class *const class = &ranking->classes[index];
	json_t *const object = json_object();
	json_t *const nodes = json_array();
	for (size_t i = 0; i < class->node_count; i++)
		json_append(w, nodes, json_text(ranking->fleet->nodes[class->nodes[i]].name));
	json_set(w, object, "class", json_count(index + 1));
	json_set(w, object, "hardware", json_text(class->words));
	json_set(w, object, "nodes", nodes);
	json_set(w, object, "measure", json_string(measures[class->measure].key));
	json_set(w, object, "concurrency", json_integer(class->concurrency));
	json_set_or_reason(w, object, "policy", json_text(class->policy), not_known);
	json_set_or_reason(w, object, "median", json_number(class->median),
	                   class->reason ? class->reason : too_few);
	json_set_or_reason(w, object, "deviation", json_number(class->deviation),
	                   class->reason ? class->reason : too_few);
	json_set_or_reason(w, object, "since_accepted", json_number(class->since_relative),
	                   "fewer than 5 of its nodes have an earlier result that was accepted");
	json_set(w, object, "got_slower", json_boolean(class->got_slower));
	json_set(w, object, "bands", bands(w, class));
	json_set(w, object, "is_ranked", json_boolean(!class->reason));
	if (class->reason)
		json_set(w, object, "reason", json_text(class->reason));
	if (class->note)
		json_set(w, object, "note", json_text(class->note));
	return object;
}

/* ---- Nodes -------------------------------------------------------------------------------- */

static json_t *component(struct json_writer *w, const struct fleet_rank_item *item)
{
	if (item->component == COMPONENT_NONE)
		return json_null();
	json_t *const object = json_object();
	json_set(w, object, "name", json_string(fleet_component_names[item->component]));
	json_set_or_reason(w, object, "index",
	                   item->component_index < 0 ? json_null()
	                                             : json_integer(item->component_index),
	                   "it is no single place of the machine");
	json_set_or_reason(w, object, "slower_by", json_number(item->component_relative),
	                   not_known);
	json_set_or_reason(w, object, "evidence", json_text(item->evidence), not_known);
	return object;
}

static json_t *job(struct json_writer *w, const struct fleet_attempt *attempt)
{
	if (!attempt->has_job)
		return json_null();
	const struct batch_job *const from = &attempt->job;
	const char *const no_rss = from->rss_reason ? from->rss_reason : "no accounts are kept";
	json_t *const object = json_object();
	json_set_or_reason(w, object, "id", json_text(from->id), not_known);
	json_set(w, object, "state", json_string(job_state_names[from->state]));
	json_set_or_reason(w, object, "state_word", json_text(from->state_word), not_known);
	json_set_or_reason(w, object, "waits_for", json_text(from->reason), "it waits for nothing");
	json_set_or_reason(w, object, "submitted", json_calendar(from->submitted_ns), not_known);
	json_set_or_reason(w, object, "started", json_calendar(from->started_ns),
	                   "it has not, or not known");
	json_set_or_reason(w, object, "ended", json_calendar(from->ended_ns),
	                   "it has not, or not known");
	json_set_or_reason(w, object, "exit_code",
	                   from->exit_code < 0 ? json_null() : json_integer(from->exit_code),
	                   not_known);
	json_set_or_reason(w, object, "max_rss_bytes", bytes(from->max_rss_bytes), no_rss);
	json_set_or_reason(w, object, "ave_rss_bytes", bytes(from->ave_rss_bytes), no_rss);
	return object;
}

static json_t *figures(struct json_writer *w, const struct profile *profile)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < profile->figure_count; i++) {
		const struct profile_figure *const f = &profile->figures[i];
		json_t *const object = json_object();
		json_set(w, object, "concurrency", json_integer(f->concurrency));
		json_set(w, object, "policy",
		         json_text(f->policy < profile->policy_count ? profile->policies[f->policy]
		                                                     : ""));
		json_set(w, object, "measure", json_string(measures[f->measure].key));
		json_set(w, object, "value", json_number(f->value));
		json_set(w, object, "ci95", json_interval(f->low, f->high));
		json_set(w, object, "n", json_integer(f->n));
		if (!isfinite(f->value) || !isfinite(f->low))
			json_set(w, object, "reason",
			         json_text(isfinite(f->value) ? "one trial has no interval"
			                                      : "it was not measured"));
		json_set_or_reason(w, object, "source",
		                   f->source[0] ? json_text(f->source) : json_null(),
		                   "no choice of sources was recorded");
		json_append(w, array, object);
	}
	return array;
}

static json_t *facts(struct json_writer *w, const struct profile *profile)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < profile->fact_count; i++) {
		json_t *const object = json_object();
		json_set(w, object, "name", json_text(profile->facts[i].name));
		json_set_or_reason(w, object, "value", json_text(profile->facts[i].value),
		                   not_known);
		json_set(w, object, "in_class", json_boolean(profile->facts[i].in_class));
		json_append(w, array, object);
	}
	return array;
}

static json_t *result(struct json_writer *w, const struct fleet_attempt *attempt)
{
	if (!attempt->has_profile)
		return json_null();
	const struct profile *const profile = &attempt->profile;
	json_t *const object = json_object();
	json_set_or_reason(w, object, "path", json_text(attempt->result_path), not_known);
	json_set_or_reason(w, object, "sha256", json_text(attempt->result_sha256), not_known);
	json_set_or_reason(w, object, "run", json_text(profile->run_id), not_known);
	json_set_or_reason(w, object, "host", json_text(profile->host), not_known);
	json_set_or_reason(w, object, "state", json_text(profile->state), not_known);
	json_set_or_reason(w, object, "started", json_calendar(profile->started_ns), not_known);
	json_set_or_reason(w, object, "finished", json_calendar(profile->finished_ns), not_known);
	json_set(w, object, "tasks", json_integer((json_int_t)profile->tasks));
	json_set(w, object, "failed", json_integer((json_int_t)profile->failed_tasks));
	json_set_or_reason(w, object, "failure", json_text(profile->failure), "no task failed");
	json_set(w, object, "trials_done", json_integer(profile->trials_done));
	json_set(w, object, "trials_planned", json_integer(profile->trials_planned));
	json_t *const warnings = json_array();
	for (size_t i = 0; i < profile->doubt_count; i++)
		json_append(w, warnings, json_text(profile->doubts[i]));
	json_set(w, object, "warnings", warnings);
	json_set(w, object, "facts", facts(w, profile));
	json_set(w, object, "figures", figures(w, profile));
	return object;
}

static json_t *judgements(struct json_writer *w, const struct fleet_attempt *attempt)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < attempt->judgement_count; i++) {
		const struct fleet_judgement *const j = &attempt->judgements[i];
		json_t *const object = json_object();
		json_set(w, object, "label", json_text(j->label ? j->label : ""));
		json_set_or_reason(w, object, "measure", json_text(j->measure),
		                   "it is not known of which measure it is");
		json_set(w, object, "verdict", json_string(verdict_names[j->verdict]));
		json_set(w, object, "value", json_number(j->value));
		json_set(w, object, "decisive_bound", json_number(j->bound));
		json_set(w, object, "limit", json_number(j->limit));
		json_set(w, object, "reason", json_text(j->reason ? j->reason : ""));
		json_append(w, array, object);
	}
	return array;
}

static json_t *attempt_of(struct json_writer *w, const struct fleet_attempt *attempt)
{
	if (!attempt)
		return json_null();
	json_t *const object = json_object();
	json_set(w, object, "number", json_integer(attempt->number));
	json_set(w, object, "verdict", json_string(fleet_verdict_words[attempt->verdict].name));
	json_set_or_reason(w, object, "job", job(w, attempt),
	                   attempt->refused ? attempt->refused : "the batch system knows none");
	json_set_or_reason(w, object, "result", result(w, attempt),
	                   attempt->unreadable ? attempt->unreadable
	                   : attempt->reason   ? attempt->reason
	                                       : "there is none");
	json_set(w, object, "criteria", judgements(w, attempt));
	return object;
}

static json_t *node_of(struct json_writer *w, const struct fleet_ranking *ranking,
                       const struct fleet_rank_item *item)
{
	const struct fleet_node *const node = &ranking->fleet->nodes[item->node];
	const char *const alone = item->class < 0 ? "no whole result tells its hardware"
	                                          : ranking->classes[item->class].reason;
	const char *const no_figure = alone ? alone : "it has no such figure";
	json_t *const object = json_object();
	json_set(w, object, "name", json_text(node->name));
	json_set(w, object, "verdict", json_string(fleet_verdict_words[item->verdict].name));
	json_set_or_reason(w, object, "reason", json_text(item->reason), "there is nothing to say");
	json_set_or_reason(w, object, "class",
	                   item->class < 0 ? json_null() : json_count((size_t)item->class + 1),
	                   no_figure);
	json_set_or_reason(w, object, "relative", json_number(item->relative), no_figure);
	json_set_or_reason(w, object, "relative_ci95", json_interval(item->low, item->high),
	                   no_figure);
	json_set_or_reason(w, object, "z", json_number(item->z), no_figure);
	json_set_or_reason(w, object, "slow_at",
	                   item->slow_at > 0 ? json_integer(item->slow_at) : json_null(),
	                   "it is not slow at another level alone");
	if (item->slow_policy)
		json_set(w, object, "slow_at_policy", json_text(item->slow_policy));
	json_set_or_reason(w, object, "component", component(w, item),
	                   "nothing of it is known to be slow");
	json_set(w, object, "slow_before", json_count(item->slow_before));
	json_set(w, object, "was_faster", json_boolean(item->was_faster));
	json_set_or_reason(w, object, "since_accepted", json_number(item->since_relative),
	                   "there is no earlier result that was accepted");
	json_set_or_reason(w, object, "since", json_text(item->since), "there is nothing to say");
	json_set_or_reason(w, object, "partitions", json_text(node->partitions),
	                   "the site was not asked");
	json_set(w, object, "site", json_site(w, node));
	json_set(w, object, "attempts", json_count(node->attempt_count));
	json_set_or_reason(w, object, "attempt", attempt_of(w, item->attempt),
	                   "nothing was started");
	return object;
}

/* ---- The answer --------------------------------------------------------------------------- */

static json_t *drained(struct json_writer *w, const struct fleet_ranking *ranking)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < ranking->drain_count; i++) {
		const struct fleet_rank_item *const item = &ranking->items[ranking->drain[i]];
		json_append(w, array, json_text(ranking->fleet->nodes[item->node].name));
	}
	return array;
}

int fleet_json_write(const struct fleet_ranking *ranking, enum verdict verdict,
                     const struct words *unreadable, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	json_t *const answer = json_object();
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "verdict", json_string(verdict_names[verdict]));
	json_set(&w, answer, "fleet", fleet_facts(&w, ranking->fleet));
	json_set(&w, answer, "in_verdict", counts(&w, ranking));
	json_set(&w, answer, "is_systemic", json_boolean(ranking->is_systemic));
	json_set(&w, answer, "has_common", json_boolean(ranking->has_common));
	json_set_or_reason(&w, answer, "systemic", json_text(ranking->systemic),
	                   "what is bad is no more than single nodes");
	json_t *const classes = json_array();
	for (size_t i = 0; i < ranking->class_count; i++)
		json_append(&w, classes, class_of(&w, ranking, i));
	json_set(&w, answer, "classes", classes);
	json_t *const nodes = json_array();
	for (size_t i = 0; i < ranking->item_count; i++)
		json_append(&w, nodes, node_of(&w, ranking, &ranking->items[i]));
	json_set(&w, answer, "nodes", nodes);
	json_set(&w, answer, "drain", drained(&w, ranking));
	json_t *const unread = json_array();
	for (size_t i = 0; unreadable && i < unreadable->count; i++)
		json_append(&w, unread, json_text(unreadable->items[i]));
	json_set(&w, answer, "unreadable", unread);
	return json_finish(&w, answer, ret_json, err);
}
