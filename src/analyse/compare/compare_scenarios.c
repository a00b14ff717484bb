/* Whether two sides ran the same work in the same way: program, command, inputs, and every value of
 * the effective scenario. */
#include "analyse/compare/compare_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/scenario/scenario_diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What a key of the scenario means for a comparison; the first whose key is the beginning of the
 * one that differs. */
static const struct {
	const char *key;
	const char *code; /* NULL: said elsewhere, or of no consequence */
	bool is_serious;
	const char *meaning;
} meanings[] = {
        {"name", NULL, false, NULL},
        {"seed", NULL, false, NULL},
        {"accept", NULL, false, NULL},
        {"preflight", NULL, false, NULL},
        {"sweep.levels", NULL, false, NULL},
        {"sweep.repeats", NULL, false, NULL},
        {"sweep.budget_s", NULL, false, NULL},
        {"sweep.baseline", NULL, false, NULL}, /* efficiency is refused for it */
        {"placement.policy", NULL, false, NULL},
        {"task.threads", NULL, false, NULL},
        {"task.figures", NULL, false, NULL},
        {"task.phases", NULL, false, NULL},
        {"task.type", NULL, false, NULL},
        {"task.keep", NULL, false, NULL},
        {"counters", NULL, false, NULL}, /* every event is looked at by itself */
        {"task.command", "command", true,
         "the ratios compare the work of the tasks as well as nodes"},
        {"task.inputs", "inputs", true, "the tasks may have other work to do"},
        {"task.environment", "environment", true, "the tasks may do other work"},
        {"task.timeout_s", "scenario", false,
         "a task that runs longer counts as failed on one side and not on the other"},
        {"task.memory", "scenario", false, "tasks may be limited or left out by it"},
        {"task", "scenario", true, "the tasks may do other work"},
        {"sweep.warmup", "scenario", true,
         "after a shorter warm-up caches and clocks are less settled"},
        {"sweep.measured", "scenario", false, "longer windows even more out"},
        {"sweep.start", "scenario", true,
         "tasks that start together wait for the same things at once"},
        {"sweep.filler", "scenario", false, "the end of a window differs"},
        {"sweep.order", "scenario", false,
         "without shuffling, what changes with time looks like an effect of N"},
        {"placement", "placement", true, "the ratios compare placements as well as nodes"},
        {"sampling", "scenario", false,
         "sampling costs a little CPU time on one side and not on the other"},
        {"", "scenario", false, "it may matter"},
};

static const struct dataset *first_of(const struct side *side)
{
	return side->runs[0]->dataset;
}

static bool differ(const char *a, const char *b)
{
	return a && b && strcmp(a, b) != 0;
}

/* "Rome has no", "neither side has a": who lacks something. */
static const char *lacking(struct comparison *c, const char *base, const char *new)
{
	struct error err;
	if (!base && !new)
		return "neither side has a";
	const char *const text =
	        compare_keep(c, &err, "%s has no", base ? c->new.name : c->base.name);
	return text ? text : "one side has no";
}

/* ---- The program -------------------------------------------------------------------------- */

static int remark_program(struct comparison *c, struct error *err)
{
	const struct run_facts *const base = &first_of(&c->base)->run;
	const struct run_facts *const new = &first_of(&c->new)->run;
	if (differ(base->program_sha256, new->program_sha256))
		return compare_remark(
		        c, true, "program", err,
		        "The programs are not the same file (sha256 %.8s... on %s, "
		        "%.8s... on %s): the ratios compare programs as well as nodes.",
		        base->program_sha256, c->base.name, new->program_sha256, c->new.name);
	/* Of imported results a remark on the scenario says as much. */
	if ((base->program_sha256 && new->program_sha256) || base->imported || new->imported)
		return 0;
	return compare_remark(c, false, "program", err,
	                      "Whether both sides ran the same program is not known: %s sha256 of "
	                      "it.",
	                      lacking(c, base->program_sha256, new->program_sha256));
}

/* The shortened hashes of a fact "PATH HASH, PATH HASH", one behind another, so that files of other
 * names and the same contents are the same. */
static void collect_hashes(const char *fact, struct str *hashes)
{
	enum { SHOWN = 16 };
	for (const char *at = fact; *at; at += strcspn(at, " ,"), at += strspn(at, " ,")) {
		const size_t length = strcspn(at, " ,");
		if (length == SHOWN && strspn(at, "0123456789abcdef") == SHOWN)
			str_add_bytes(hashes, at, SHOWN);
	}
}

/* Files that the command names: the fact argument_files has their hashes. */
static int remark_files(struct comparison *c, struct error *err)
{
	const char *const base = host_facts_get(&first_of(&c->base)->host, "argument_files");
	const char *const new = host_facts_get(&first_of(&c->new)->host, "argument_files");
	cleanup_str struct str base_hashes = {0};
	cleanup_str struct str new_hashes = {0};
	if (!differ(base, new))
		return 0;
	collect_hashes(base, &base_hashes);
	collect_hashes(new, &new_hashes);
	if (base_hashes.failed || new_hashes.failed)
		return error_memory(err);
	if (base_hashes.length > 0 && strcmp(str_text(&base_hashes), str_text(&new_hashes)) == 0)
		return 0;
	return compare_remark(
	        c, true, "inputs", err,
	        "Files that the command names are not the same on %s and %s: the tasks "
	        "may have other work to do.",
	        c->base.name, c->new.name);
}

/* Names of inputs differ from site to site; their number and sizes say whether they are the same.
 */
static int remark_inputs(struct comparison *c, struct error *err)
{
	const struct dataset *const base = first_of(&c->base);
	const struct dataset *const new = first_of(&c->new);
	size_t other = 0;
	if (base->inputs.count != new->inputs.count && base->inputs.count &&new->inputs.count)
		return compare_remark(
		        c, true, "inputs", err,
		        "Tasks take turns over %zu inputs on %s and %zu on %s: they have "
		        "other work to do.",
		        base->inputs.count, c->base.name, new->inputs.count, c->new.name);
	for (size_t i = 0; i < base->inputs.count && i < new->inputs.count; i++)
		other += base->input_facts && new->input_facts &&
		         base->input_facts[i].bytes != RECORD_ABSENT &&new->input_facts[i].bytes !=
		                 RECORD_ABSENT &&
		         base->input_facts[i].bytes != new->input_facts[i].bytes;
	if (other == 0)
		return 0;
	return compare_remark(
	        c, true, "inputs", err,
	        "%zu of %zu inputs have another size on %s than on %s: the tasks have "
	        "other work to do.",
	        other, base->inputs.count, c->new.name, c->base.name);
}

/* ---- The scenario ------------------------------------------------------------------------- */

static size_t meaning_of(const char *key)
{
	size_t i = 0;
	while (!str_starts_with(key, meanings[i].key))
		i++;
	return i;
}

bool compare_is_same_command(const struct run_facts *first, const struct run_facts *other)
{
	const char *const a = first->command ? strchr(first->command, ' ') : NULL;
	const char *const b = other->command ? strchr(other->command, ' ') : NULL;
	return first->program_sha256 && other->program_sha256 &&
	       strcmp(first->program_sha256, other->program_sha256) == 0 &&
	       strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_same_command(const struct comparison *c)
{
	return compare_is_same_command(&first_of(&c->base)->run, &first_of(&c->new)->run);
}

static int remark_difference(struct comparison *c, const struct scenario_difference *difference,
                             struct error *err)
{
	const size_t m = meaning_of(difference->key);
	if (!meanings[m].code)
		return 0;
	if (strcmp(meanings[m].code, "command") == 0) {
		if (is_same_command(c))
			return 0;
		return compare_remark(c, true, "command", err,
		                      "The commands differ, %.120s on %s and %.120s on %s: %s.",
		                      first_of(&c->base)->run.command, c->base.name,
		                      first_of(&c->new)->run.command, c->new.name,
		                      meanings[m].meaning);
	}
	return compare_remark(c, meanings[m].is_serious, meanings[m].code, err,
	                      "%s is %s on %s and %s on %s: %s.", difference->key,
	                      difference->first, c->base.name, difference->second, c->new.name,
	                      meanings[m].meaning);
}

int compare_scenario_differs(const char *first, const char *second, bool *ret_differs,
                             struct error *err)
{
	cleanup_free struct scenario_difference *items = NULL;
	size_t count = 0;
	bool differs = false;
	const int r = !first || !second || strcmp(first, second) == 0
	                      ? 0
	                      : scenario_diff(first, second, &items, &count, err);
	if (r == -ENOMEM)
		return r;
	for (size_t i = 0; i < count; i++)
		differs |= meanings[meaning_of(items[i].key)].code != NULL;
	*ret_differs = differs || r < 0; /* what cannot be read is not known to be the same */
	return 0;
}

/* What is not known of a scenario cannot be compared. */
static int remark_unknown(struct comparison *c, struct error *err)
{
	const struct run_facts *const base = &first_of(&c->base)->run;
	const struct run_facts *const new = &first_of(&c->new)->run;
	if (base->scenario_sha256 && new->scenario_sha256 &&
	    strcmp(base->scenario_sha256, new->scenario_sha256) == 0)
		return 0;
	if (differ(base->command, new->command) && !is_same_command(c))
		return compare_remark(
		        c, true, "command", err,
		        "The commands differ, %.120s on %s and %.120s on %s: the ratios "
		        "compare the work of the tasks as well as nodes.",
		        base->command, c->base.name, new->command, c->new.name);
	return compare_remark(
	        c, true, "scenario", err,
	        "Whether both sides did the same work in the same way is not known: %s "
	        "scenario, as imported results have none.",
	        lacking(c, base->scenario_json, new->scenario_json));
}

static int remark_scenarios(struct comparison *c, struct error *err)
{
	const struct run_facts *const base = &first_of(&c->base)->run;
	const struct run_facts *const new = &first_of(&c->new)->run;
	cleanup_free struct scenario_difference *items = NULL;
	size_t count = 0;
	if (!base->scenario_json || !new->scenario_json)
		return remark_unknown(c, err);
	int r = scenario_diff(base->scenario_json, new->scenario_json, &items, &count, err);
	if (r == -EINVAL)
		return compare_remark(
		        c, true, "scenario", err,
		        "The scenario of one side cannot be read: whether both did the "
		        "same work is not known.");
	for (size_t i = 0; r == 0 && i < count; i++)
		r = remark_difference(c, &items[i], err);
	return r;
}

/* PATH and the like: seldom of consequence, but said. */
static int remark_environment(struct comparison *c, struct error *err)
{
	if (!differ(host_facts_get(&first_of(&c->base)->host, "environment_sha256"),
	            host_facts_get(&first_of(&c->new)->host, "environment_sha256")))
		return 0;
	return compare_remark(
	        c, false, "environment", err,
	        "Tasks had another environment on %s than on %s (`plateau show --json` "
	        "and the reports have both).",
	        c->new.name, c->base.name);
}

int compare_remark_scenario(struct comparison *c, struct error *err)
{
	int (*const parts[])(struct comparison *, struct error *) = {
	        remark_scenarios, remark_program, remark_files, remark_inputs, remark_environment,
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(parts); i++)
		r = parts[i](c, err);
	return r;
}
