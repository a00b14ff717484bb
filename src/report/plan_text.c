#include "report/plan_text.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "report/plan_counters.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { LABEL_COLUMNS = 13 };

/* What the slots of a level use of the machine. */
struct usage {
	size_t cores;
	size_t l3s;
	size_t numas;
	size_t packages;
	uint32_t most_per_pu; /* tasks that share a PU */
	uint32_t most_per_core;
	size_t shared_cores; /* that hold more than one task */
};

static void add_fact(struct str *out, const struct text_style *style, const char *label,
                     const char *text)
{
	char padded[LABEL_COLUMNS + 1];
	snprintf(padded, sizeof padded, "  %-*s", LABEL_COLUMNS - 2, label);
	text_add(out, style, TEXT_DIM, padded);
	text_add_behind(out, style, LABEL_COLUMNS, text);
}

static void add_count(struct str *s, size_t count, const char *one, const char *many)
{
	str_addf(s, "%s%zu %s", s->length ? ", " : "", count, number_noun(count, one, many));
}

static void add_machine(struct str *out, const struct plan_view *view,
                        const struct text_style *style)
{
	const struct topology *const t = view->topology;
	cleanup_str struct str who = {0};
	cleanup_str struct str what = {0};
	str_addf(&who, "%s", t->processor ? t->processor : "processor unknown");
	if (!t->is_this_system)
		str_addf(&who, ", recorded in %s: nothing can be bound or run",
		         t->source ? t->source : "a file");
	add_fact(out, style, "machine", str_text(&who));
	add_count(&what, t->core_count, "core", "cores");
	add_count(&what, t->pu_count, "PU", "PUs");
	if (t->l3_count)
		add_count(&what, t->l3_count, "L3 cache", "L3 caches");
	if (t->numa_count)
		add_count(&what, t->numa_count, "NUMA node", "NUMA nodes");
	if (t->package_count)
		add_count(&what, t->package_count, "package", "packages");
	if (t->kind_count > 1)
		add_count(&what, t->kind_count, "kind of cores", "kinds of cores");
	if (t->pu_count < t->machine_pu_count)
		str_addf(&what, "; %zu of the machine's %zu PUs are not allowed or offline",
		         t->machine_pu_count - t->pu_count, t->machine_pu_count);
	add_fact(out, style, "allowed", str_text(&what));
}

static int add_task(struct str *out, const struct plan_view *view, const struct text_style *style,
                    struct error *err)
{
	char *command = NULL;
	const int r = command_text_write(&view->scenario->task.command, &command, err);
	if (r < 0)
		return r;
	add_fact(out, style, "task", command);
	free(command);
	return 0;
}

/* What a slot is bound to, by unit. */
static const char *const bound_to[] = {
        [UNIT_PU] = "its own PUs",          [UNIT_CORE] = "its cores",
        [UNIT_L3] = "its last-level cache", [UNIT_NUMA] = "its NUMA node",
        [UNIT_PACKAGE] = "its package",
};

static bool has_binding(const struct scenario *s)
{
	for (size_t i = 0; i < s->placement.policies.count; i++)
		if (s->placement.policies.items[i].policy != PLACEMENT_NONE)
			return true;
	return false;
}

static void add_placement(struct str *out, const struct plan_view *view,
                          const struct text_style *style)
{
	const struct scenario *const s = view->scenario;
	cleanup_str struct str text = {0};
	for (size_t i = 0; i < s->placement.policies.count; i++)
		str_addf(&text, "%s%s", i ? ", " : "", s->placement.policies.items[i].spelling);
	if (has_binding(s))
		str_addf(&text, "; a slot is bound to %s", bound_to[s->placement.unit]);
	if (has_binding(s) && view->topology->pu_count > view->topology->core_count)
		str_addf(&text, ", second PUs of cores come %s", smt_order_names[s->placement.smt]);
	str_addf(&text, "; memory %s", memory_policy_names[s->placement.memory]);
	add_fact(out, style, "placement", str_text(&text));
	cleanup_str struct str room = {0};
	add_count(&room, view->plan->capacity, "task", "tasks");
	str_addf(&room, " of %u %s, each on PUs of its own", s->task.threads,
	         number_noun(s->task.threads, "thread", "threads"));
	add_fact(out, style, "room for", str_text(&room));
}

static void add_trials(struct str *out, const struct plan_view *view,
                       const struct text_style *style)
{
	const struct plan *const plan = view->plan;
	const uint64_t trials = plan_view_trials(view);
	const size_t policies = view->scenario->placement.policies.count;
	cleanup_str struct str text = {0};
	cleanup_str struct str factors = {0};
	add_count(&factors, plan->level_count / policies, "level", "levels");
	if (policies > 1)
		add_count(&factors, policies, "policy", "policies");
	add_count(&factors, plan->blocks, "block", "blocks");
	str_addf(&text, "%" PRIu64 ": %s, %s", trials, str_text(&factors),
	         sweep_order_names[view->scenario->sweep.order]);
	if (trials < plan->trial_count)
		str_addf(&text, "; %" PRIu64 " of skipped levels are left out",
		         plan->trial_count - trials);
	add_fact(out, style, "trials", str_text(&text));
	str_release(&text);
	text = (struct str){0};
	str_addf(&text, "N=%u", plan->baseline);
	add_fact(out, style, "baseline", str_text(&text));
	if (plan->note)
		add_fact(out, style, "note", plan->note);
	if (plan->input_count || view->input_problem) {
		str_release(&text);
		text = (struct str){0};
		if (plan->input_count)
			str_addf(&text, "%u", plan->input_count);
		else
			str_add(&text, "none");
		if (view->input_problem)
			str_addf(&text, ": %s", view->input_problem);
		add_fact(out, style, "inputs", str_text(&text));
	}
}

static void add_counters(struct str *out, const struct plan_view *view,
                         const struct text_style *style)
{
	cleanup_str struct str text = {0};
	plan_counters_add(view, &text);
	out->failed |= text.failed;
	add_fact(out, style, "counters", str_text(&text));
}

static void add_memory(struct str *out, const struct plan_view *view,
                       const struct text_style *style)
{
	cleanup_str struct str text = {0};
	char number[NUMBER_TEXT_BYTES];
	if (view->scenario->task.memory_bytes >= 0) {
		number_format_bytes(view->scenario->task.memory_bytes, number);
		str_addf(&text, "%s per task", number);
	} else {
		str_add(&text, "per task unknown (give task.memory)");
	}
	if (view->memory_available_bytes >= 0) {
		number_format_bytes(view->memory_available_bytes, number);
		str_addf(&text, "; %s %s", number, view->memory_of);
	}
	add_fact(out, style, "memory", str_text(&text));
}

static void add_time(struct str *out, const struct plan_view *view, const struct text_style *style)
{
	const double seconds = plan_view_seconds(view);
	if (isnan(seconds)) {
		add_fact(out, style, "time", "unknown; give the time of one task as --assume-time");
		return;
	}
	char whole[NUMBER_TEXT_BYTES];
	char task[NUMBER_TEXT_BYTES];
	char budget[NUMBER_TEXT_BYTES];
	number_format_duration((int64_t)fmin(seconds * (double)NS_PER_S, 9e18), 3, whole);
	number_format_duration(view->task_ns, 3, task);
	cleanup_str struct str text = {0};
	str_addf(&text, "about %s, if a task takes %s %s", whole, task,
	         plan_view_has_sharing(view)
	                 ? "where it has PUs of its own, and longer in proportion where PUs are "
	                   "shared"
	                 : "at every level");
	if (view->scenario->sweep.budget_ns > 0) {
		number_format_duration(view->scenario->sweep.budget_ns, 3, budget);
		str_addf(&text, "; no block is begun past the budget of %s", budget);
	}
	add_fact(out, style, "time", str_text(&text));
}

static void add_criteria(struct str *out, const struct plan_view *view,
                         const struct text_style *style)
{
	const struct criteria *const accept = &view->scenario->accept;
	if (accept->count == 0)
		return;
	cleanup_str struct str text = {0};
	str_addf(&text, "%zu, judged by `plateau run --accept`", accept->count);
	if (accept->max_repeats > view->plan->blocks) {
		const double seconds = plan_view_most_seconds(view);
		str_addf(&text, "; while they are in doubt blocks are added, up to %u",
		         accept->max_repeats);
		if (!isnan(seconds)) {
			char most[NUMBER_TEXT_BYTES];
			number_format_duration((int64_t)fmin(seconds * (double)NS_PER_S, 9e18), 3,
			                       most);
			str_addf(&text, " (about %s in all)", most);
		}
	}
	add_fact(out, style, "criteria", str_text(&text));
}

/* Counts of tasks by PU and by core; places that occur, as sets of indexes. */
struct tally {
	uint32_t *per_pu;
	uint32_t *per_core;
	struct cpuset cores;
	struct cpuset l3s;
	struct cpuset numas;
	struct cpuset packages;
};

static void add_place(struct cpuset *set, int32_t index)
{
	if (index >= 0)
		cpuset_add(set, (uint32_t)index);
}

static void tally_slot(struct tally *tally, const struct topology *topology,
                       const int32_t *by_os_index, const struct plan_slot *slot)
{
	int32_t last_core = -1;
	for (size_t i = 0; i < slot->own_count; i++) {
		const int32_t at = by_os_index[slot->pus[i]];
		if (at < 0)
			continue;
		const struct topology_pu *const pu = &topology->pus[at];
		/* Without cores each PU is one. */
		const int32_t core = pu->core >= 0 ? pu->core : at;
		tally->per_pu[at]++;
		if (core != last_core && core < CPUSET_MAX_PUS)
			tally->per_core[core]++;
		last_core = core;
		add_place(&tally->cores, core);
		add_place(&tally->l3s, pu->l3);
		add_place(&tally->numas, pu->numa);
		add_place(&tally->packages, pu->package);
	}
}

static uint32_t highest(const uint32_t *counts)
{
	uint32_t most = 0;
	for (size_t i = 0; i < CPUSET_MAX_PUS; i++)
		if (counts[i] > most)
			most = counts[i];
	return most;
}

static size_t count_shared(const uint32_t *counts)
{
	size_t shared = 0;
	for (size_t i = 0; i < CPUSET_MAX_PUS; i++)
		shared += counts[i] > 1;
	return shared;
}

static int count_usage(const struct plan_level *level, const struct topology *topology,
                       struct usage *ret_usage, struct error *err)
{
	struct tally tally = {.per_pu = calloc(CPUSET_MAX_PUS, sizeof *tally.per_pu),
	                      .per_core = calloc(CPUSET_MAX_PUS, sizeof *tally.per_core)};
	int32_t *const by_os_index = calloc(CPUSET_MAX_PUS, sizeof *by_os_index);
	int r = 0;
	if (!tally.per_pu || !tally.per_core || !by_os_index) {
		r = error_memory(err);
	} else {
		for (size_t i = 0; i < CPUSET_MAX_PUS; i++)
			by_os_index[i] = -1;
		for (size_t i = 0; i < topology->pu_count; i++)
			by_os_index[topology->pus[i].os_index] = (int32_t)i;
		for (uint32_t i = 0; i < level->concurrency; i++)
			tally_slot(&tally, topology, by_os_index, &level->slots[i]);
		*ret_usage = (struct usage){
		        .cores = cpuset_count(&tally.cores),
		        .l3s = cpuset_count(&tally.l3s),
		        .numas = cpuset_count(&tally.numas),
		        .packages = cpuset_count(&tally.packages),
		        .most_per_pu = highest(tally.per_pu),
		        .most_per_core = highest(tally.per_core),
		        .shared_cores = count_shared(tally.per_core),
		};
	}
	free(by_os_index);
	free(tally.per_pu);
	free(tally.per_core);
	return r;
}

static void add_level_notes(struct str *out, const struct text_style *style,
                            const struct plan_view *view, const struct plan_level *level,
                            const struct usage *usage)
{
	if (level->skipped) {
		text_add(out, style, TEXT_BAD, "skipped");
		return;
	}
	char note[80] = "";
	if (level->is_oversubscribed && usage->most_per_pu > 1)
		snprintf(note, sizeof note, "oversubscribed: %u share a PU", usage->most_per_pu);
	else if (level->is_oversubscribed)
		snprintf(note, sizeof note, "oversubscribed: %u would fit", view->plan->capacity);
	if (note[0])
		text_add(out, style, TEXT_WARN, note);
	else if (usage->most_per_core > 1 && usage->shared_cores < usage->cores)
		str_addf(out, "%u share each of %zu cores", usage->most_per_core,
		         usage->shared_cores);
	else if (usage->most_per_core > 1)
		str_addf(out, "%u share a core", usage->most_per_core);
}

static int add_level(struct str *out, const struct plan_view *view, const struct text_style *style,
                     const struct plan_level *level, int policy_columns, struct error *err)
{
	struct usage usage = {0};
	const int r = count_usage(level, view->topology, &usage, err);
	if (r < 0)
		return r;
	char memory[NUMBER_TEXT_BYTES] = "-";
	if (level->memory_bytes >= 0)
		number_format_bytes(level->memory_bytes, memory);
	str_addf(out, "%7u  %-*.*s", level->concurrency, policy_columns, policy_columns,
	         level->policy);
	if (level->slots[0].pu_count > 0)
		str_addf(out, " %6zu %4zu %4zu %3zu", usage.cores, usage.l3s, usage.numas,
		         usage.packages);
	else
		str_addf(out, " %6s %4s %4s %3s", "-", "-", "-", "-");
	str_addf(out, " %8s  ", memory);
	add_level_notes(out, style, view, level, &usage);
	while (out->length > 0 && out->text && out->text[out->length - 1] == ' ')
		out->text[--out->length] = '\0';
	str_add(out, "\n");
	if (level->skipped)
		text_add_wrapped(out, style, TEXT_PLAIN, "", 9, level->skipped);
	return 0;
}

static int widest_policy(const struct plan *plan)
{
	size_t widest = 6;
	for (size_t i = 0; i < plan->level_count; i++) {
		const size_t width = text_width(plan->levels[i].policy);
		if (width > widest)
			widest = width;
	}
	return widest > 14 ? 14 : (int)widest;
}

static int add_levels(struct str *out, const struct plan_view *view, const struct text_style *style,
                      struct error *err)
{
	char head[96];
	const int columns = widest_policy(view->plan);
	snprintf(head, sizeof head, "%7s  %-*s %6s %4s %4s %3s %8s", "N", columns, "policy",
	         "cores", "L3", "NUMA", "pkg", "memory");
	str_add(out, "\n");
	text_add(out, style, TEXT_HEAD, head);
	str_add(out, "\n");
	int r = 0;
	for (size_t i = 0; r == 0 && i < view->plan->level_count; i++)
		r = add_level(out, view, style, &view->plan->levels[i], columns, err);
	return r;
}

int plan_text_write(const struct plan_view *view, const struct text_style *style, bool is_full,
                    char **ret_text, struct error *err)
{
	cleanup_str struct str out = {0};
	text_add(&out, style, TEXT_TITLE, "Plan");
	str_addf(&out, " of %s\n\n", view->scenario->name);
	int r = add_task(&out, view, style, err);
	if (r < 0)
		return r;
	add_machine(&out, view, style);
	add_placement(&out, view, style);
	add_trials(&out, view, style);
	add_counters(&out, view, style);
	add_memory(&out, view, style);
	add_time(&out, view, style);
	add_criteria(&out, view, style);
	r = add_levels(&out, view, style, err);
	if (r == 0)
		r = plan_map_text_add(&out, view, style, is_full, err);
	return r < 0 ? r : str_take(&out, ret_text, err);
}
