#include "commands/resume.h"

#include "commands/overrides.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/str.h"
#include "formats/scenario/scenario_json.h"
#include "store/load.h"
#include "store/place.h"
#include "store/recorder.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { RUN_ID_LENGTH = 32 };

/* What the file decides. */
static const char *const decided_options[] = {
        "levels", "warmup", "measured",      "events",  "metrics", "overflow", "sampling",
        "policy", "unit",   "memory-policy", "timeout", "output",  "force",    "dry-run",
};

void resume_release(struct resume *resume)
{
	dataset_release(&resume->before);
	sweep_times_release(&resume->times);
	*resume = (struct resume){0};
}

/* Defaults from the environment (PLATEAU_LEVELS) are for new runs. */
static bool is_from_environment(const char *value)
{
	for (char *const *entry = environ; *entry; entry++)
		if (value >= *entry && value <= *entry + strlen(*entry))
			return true;
	return false;
}

static const char *given(const struct arguments *arguments, const char *name)
{
	const char *const value = arguments_get(arguments, name);
	return value && !is_from_environment(value) ? value : NULL;
}

static int check_options(const struct arguments *arguments, struct error *err)
{
	if (arguments->operands.count > 0 || arguments->has_rest)
		return error_set(err, EINVAL,
		                 "--resume goes on with the scenario that is in the result: give "
		                 "neither a scenario nor a command with it");
	for (size_t i = 0; i < ARRAY_LENGTH(decided_options); i++)
		if (given(arguments, decided_options[i]))
			return error_set(err, EINVAL,
			                 "--%s does not go with --resume, which goes on with what "
			                 "is in the result; only --repeats may be raised",
			                 decided_options[i]);
	static const char *const judging[] = {"criteria", "reference"};
	for (size_t i = 0; i < ARRAY_LENGTH(judging); i++)
		if (given(arguments, judging[i]))
			return error_set(err, EINVAL,
			                 "--%s does not go with --resume, which judges by what the "
			                 "result itself asks; `plateau accept RESULT --criteria "
			                 "FILE` judges it by other criteria, whenever you like",
			                 judging[i]);
	return 0;
}

/* ---- What is in the file ------------------------------------------------------------------- */

static uint32_t blocks_of(const struct dataset *dataset)
{
	uint32_t blocks = 0;
	for (size_t i = 0; i < dataset->trial_count; i++)
		if (dataset->trials[i].block >= blocks)
			blocks = dataset->trials[i].block + 1;
	return blocks;
}

static int check_dataset(const struct resume *resume, struct error *err)
{
	const struct dataset *const before = &resume->before;
	const char *const id = before->run.id;
	if (strlen(id) != RUN_ID_LENGTH || strspn(id, "0123456789abcdef") != RUN_ID_LENGTH)
		return error_set(err, EINVAL, "%s is damaged: the run has no proper id",
		                 resume->path);
	if (before->run.imported)
		return error_set(err, EINVAL,
		                 "%s was imported: there is no run to go on with. Import the old "
		                 "files together with the new ones instead",
		                 resume->path);
	if (before->trial_count == 0)
		return error_set(err, EINVAL, "%s is damaged: it has no trials", resume->path);
	/* A program that every task has of its own is not known; the folder is then. */
	if (!before->run.scenario_json ||
	    (!before->run.program_path && !before->run.working_folder))
		return error_set(err, EINVAL,
		                 "%s was written by plateau %s, which kept too little to go on "
		                 "with it: run anew",
		                 resume->path,
		                 before->run.plateau_version ? before->run.plateau_version
		                                             : "of an unknown version");
	for (size_t i = 0; i < before->trial_count; i++)
		if (before->trials[i].trial != i + 1)
			return error_set(err, EINVAL, "%s is damaged: trial %zu is missing",
			                 resume->path, i + 1);
	return 0;
}

/* What was edited by hand would be measured under the old one's name. */
static int check_seal(const struct resume *resume, struct error *err)
{
	const struct dataset *const before = &resume->before;
	const char *const then = host_facts_get(&before->host, RECORDER_SEAL);
	const char *const json = before->run.scenario_json;
	char now[HASH_TEXT_BYTES];
	if (!then || !json)
		return 0;
	hash_sha256(json, strlen(json), now);
	if (strcmp(then, now) == 0)
		return 0;
	return error_set(
	        err, EINVAL,
	        "the scenario in %s (run.scenario_json) is not the one that plateau wrote: "
	        "somebody has changed it; run anew with the scenario that you want",
	        resume->path);
}

/* A higher --repeats adds blocks. */
static int set_repeats(const struct arguments *arguments, const struct resume *resume,
                       struct scenario *scenario, struct error *err)
{
	const uint32_t blocks = blocks_of(&resume->before);
	scenario->sweep.repeats = blocks;
	const char *const text = given(arguments, "repeats");
	if (!text)
		return 0;
	uint32_t repeats = 0;
	const int r = overrides_repeats(text, &repeats, err);
	if (r < 0)
		return error_context(err, r, "--repeats");
	if (repeats < blocks)
		return error_set(err, EINVAL,
		                 "--repeats %" PRIu32 ": %s has %" PRIu32
		                 " blocks already; with --resume there can only be more",
		                 repeats, resume->path, blocks);
	scenario->sweep.repeats = repeats;
	return 0;
}

static bool is_level_over(const struct dataset *dataset, uint32_t level)
{
	if (dataset->levels[level].skipped)
		return true;
	for (size_t i = 0; i < dataset->trial_count; i++)
		if (dataset->trials[i].level == level &&
		    dataset->trials[i].state == TRIAL_ABANDONED)
			return true;
	return false;
}

bool resume_is_complete(const struct dataset *dataset, uint32_t repeats)
{
	for (size_t i = 0; i < dataset->trial_count; i++) {
		const struct trial_record *const trial = &dataset->trials[i];
		const bool is_left = trial->state == TRIAL_PENDING ||
		                     trial->state == TRIAL_RUNNING ||
		                     trial->state == TRIAL_INTERRUPTED;
		if (is_left && !is_level_over(dataset, trial->level))
			return false;
	}
	if (repeats <= blocks_of(dataset))
		return true;
	for (size_t i = 0; i < dataset->level_count; i++)
		if (!is_level_over(dataset, (uint32_t)i))
			return false;
	return true;
}

static void keep_later(int64_t *latest_ns, int64_t ns)
{
	if (ns > *latest_ns)
		*latest_ns = ns;
}

static int64_t latest_of(const struct dataset *before)
{
	int64_t latest_ns = 0;
	for (size_t i = 0; i < before->trial_count; i++) {
		keep_later(&latest_ns, before->trials[i].start_ns);
		keep_later(&latest_ns, before->trials[i].end_ns);
	}
	for (size_t i = 0; i < before->task_count; i++)
		keep_later(&latest_ns, before->tasks[i].end_ns);
	return latest_ns;
}

/* Takes from the tasks what is needed of them and lets them go: what this process holds when the
 * engine begins, the kernel counts to every task as its memory. */
static int digest_tasks(struct resume *resume, struct error *err)
{
	struct dataset *const before = &resume->before;
	const int r = sweep_times_recall(&resume->times, before->level_count, before, err);
	resume->latest_ns = latest_of(before);
	dataset_forget_tasks(before, look_sample_name);
	return r;
}

static int load(const struct arguments *arguments, struct resume *resume,
                struct scenario *ret_scenario, struct error *err)
{
	cleanup_free char *found = NULL;
	resume->path = arguments_get(arguments, "resume");
	int r = check_options(arguments, err);
	if (r == 0)
		r = place_find(resume->path, &found, err);
	if ((r == 0 || r == -ENOENT) && place_is_live(resume->path))
		return error_set(err, EBUSY,
		                 "%s is being written by a running plateau: try again when that "
		                 "has ended",
		                 resume->path);
	if (r == 0)
		r = load_dataset(found, &resume->before, err);
	if (r == 0)
		r = check_dataset(resume, err);
	if (r == 0)
		r = digest_tasks(resume, err);
	if (r < 0)
		return r;
	cleanup_scenario struct scenario scenario = {0};
	r = scenario_json_read(resume->before.run.scenario_json, &scenario, err);
	if (r < 0)
		return error_context(err, r, "the scenario in %s", resume->path);
	r = check_seal(resume, err);
	if (r == 0)
		r = set_repeats(arguments, resume, &scenario, err);
	if (r < 0)
		return r;
	resume->is_complete = resume_is_complete(&resume->before, scenario.sweep.repeats);
	*ret_scenario = scenario;
	scenario = (struct scenario){0};
	return 0;
}

enum exit_code resume_load(const struct arguments *arguments, struct resume *ret_resume,
                           struct scenario *ret_scenario)
{
	struct error err;
	struct resume resume = {.is_asked = true};
	const int r = load(arguments, &resume, ret_scenario, &err);
	if (r == 0) {
		*ret_resume = resume;
		return EXIT_DONE;
	}
	resume_release(&resume);
	if (r == -EREMOTE)
		return talk_fail(EXIT_NODE_CANNOT, &err);
	return talk_fail(r == -ENOMEM || r == -EIO || r == -ENOSPC ? EXIT_SOMETHING_FAILED
	                                                           : EXIT_USAGE,
	                 &err);
}

/* ---- Is everything as it was? -------------------------------------------------------------- */

static int check_levels(const struct resume *resume, const struct plan *plan, struct error *err)
{
	const struct dataset *const before = &resume->before;
	if (plan->level_count != before->level_count)
		return error_set(err, EXDEV,
		                 "%s has %zu levels, and its scenario gives %zu here: go on with "
		                 "it on a node like the one that it was begun on",
		                 resume->path, before->level_count, plan->level_count);
	for (size_t i = 0; i < plan->level_count; i++) {
		const struct plan_level *const now = &plan->levels[i];
		const struct dataset_level *const then = &before->levels[i];
		if (now->concurrency != then->concurrency ||
		    strcmp(now->policy, then->policy ? then->policy : "") != 0)
			return error_set(err, EXDEV,
			                 "%s has the level N=%" PRIu32 " %s, and its scenario "
			                 "gives N=%" PRIu32 " %s here: go on with it on a node "
			                 "like the one that it was begun on",
			                 resume->path, then->concurrency,
			                 then->policy ? then->policy : "", now->concurrency,
			                 now->policy);
	}
	return 0;
}

static int check_trials(const struct resume *resume, const struct plan *plan, struct error *err)
{
	const struct dataset *const before = &resume->before;
	bool is_same = plan->trial_count >= before->trial_count;
	for (size_t i = 0; is_same && i < before->trial_count; i++)
		is_same = plan->trials[i].block == before->trials[i].block &&
		          plan->trials[i].level == before->trials[i].level;
	if (is_same)
		return 0;
	return error_set(err, EXDEV,
	                 "this plateau (%s) would run the trials of %s in another order: go on "
	                 "with it by plateau %s",
	                 PACKAGE_VERSION, resume->path,
	                 before->run.plateau_version ? before->run.plateau_version : "as then");
}

int resume_adopt_plan(const struct resume *resume, struct plan *plan, struct error *err)
{
	const struct dataset *const before = &resume->before;
	int r = check_levels(resume, plan, err);
	if (r == 0)
		r = check_trials(resume, plan, err);
	for (size_t i = 0; r == 0 && i < plan->level_count; i++)
		if (before->levels[i].skipped && !plan->levels[i].skipped)
			r = str_copy(before->levels[i].skipped, &plan->levels[i].skipped, err);
	return r;
}

/* Host facts that must be the same. */
static const struct {
	const char *name;
	const char *format; /* result, then, now */
} same_facts[] = {
        {"hostname", "%s was begun on the node %s, and this is %s: go on with it there"},
        {"kernel", "%s was begun under the kernel %s, and this is %s: boot that kernel again, or "
                   "run anew"},
        {"processor", "%s was begun on the processor %s, and this is %s: go on with it there"},
};

static const char *or_unknown(const char *text)
{
	return text ? text : "unknown";
}

static int check_host(const struct resume *resume, const struct host_facts *host, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(same_facts); i++) {
		const char *const then =
		        or_unknown(host_facts_get(&resume->before.host, same_facts[i].name));
		const char *const here = host_facts_get(host, same_facts[i].name);
		const char *const now = or_unknown(here);
		if (strcmp(then, now) == 0)
			continue;
		if (!here)
			return error_set(err, EXDEV,
			                 "%s was begun where the %s was %s, and what it is here "
			                 "cannot be read: see /proc, and the limits of this "
			                 "process (ulimit -n)",
			                 resume->path, same_facts[i].name, then);
		cleanup_free char *text = NULL;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		const int r = str_format(&text, err, same_facts[i].format, resume->path, then, now);
#pragma GCC diagnostic pop
		return r < 0 ? r : error_set(err, EXDEV, "%s", text);
	}
	const char *const then =
	        or_unknown(host_facts_get(&resume->before.host, "pus_allowed_list"));
	const char *const now = or_unknown(host_facts_get(host, "pus_allowed_list"));
	if (strcmp(then, now) == 0)
		return 0;
	return error_set(err, EXDEV,
	                 "%s was begun with the CPUs %.150s allowed, and now they are %.150s: go "
	                 "on with it under `taskset -c %.80s`, or in a job that allows them",
	                 resume->path, then, now, then);
}

static bool is_same_text(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static int check_program(const struct resume *resume, const struct run_facts *facts,
                         struct error *err)
{
	const struct run_facts *const then = &resume->before.run;
	if (!is_same_text(then->program_path, facts->program_path))
		return error_set(err, EXDEV,
		                 "the command of %s was %s, and now it is %s: mend PATH, or run "
		                 "anew",
		                 resume->path, or_unknown(then->program_path),
		                 or_unknown(facts->program_path));
	/* Without a hash (a program that may not be read) size and time have to do. */
	const bool is_same = then->program_sha256
	                             ? is_same_text(then->program_sha256, facts->program_sha256)
	                             : then->program_mtime_ns == facts->program_mtime_ns;
	if (is_same && then->program_bytes == facts->program_bytes)
		return 0;
	return error_set(err, EXDEV,
	                 "the command %s has changed since %s was begun (%" PRId64
	                 " bytes, SHA-256 %.16s..., now %" PRId64
	                 " bytes, %.16s...): put the old one back, or run anew",
	                 or_unknown(then->program_path), resume->path, then->program_bytes,
	                 or_unknown(then->program_sha256), facts->program_bytes,
	                 or_unknown(facts->program_sha256));
}

int resume_adopt_facts(const struct resume *resume, const struct host_facts *host,
                       struct run_facts *facts, struct error *err)
{
	const struct run_facts *const then = &resume->before.run;
	int r = check_host(resume, host, err);
	if (r < 0)
		return r;
	if (!is_same_text(then->working_folder, facts->working_folder))
		return error_set(err, EINVAL,
		                 "the tasks of %s were started in %s, and their command and inputs "
		                 "may be named from there: change to that folder first",
		                 resume->path, or_unknown(then->working_folder));
	r = check_program(resume, facts, err);
	char *id = NULL;
	if (r == 0)
		r = str_copy(then->id, &id, err);
	if (r < 0)
		return r;
	free(facts->id);
	facts->id = id;
	facts->origin_calendar_ns = then->origin_calendar_ns;
	return 0;
}

int64_t resume_origin_ns(const struct resume *resume)
{
	/* A calendar that was set back meanwhile must not make later tasks come earlier. */
	int64_t since_ns = clock_calendar_ns() - resume->before.run.origin_calendar_ns;
	keep_later(&since_ns, resume->latest_ns + NS_PER_MS);
	return clock_now_ns() - since_ns;
}

/* Generated inputs are in another folder, and must have the same names. */
static bool is_same_input(const struct dataset *before, size_t i, const char *path, bool is_made)
{
	if (is_made) {
		const char *const then = strrchr(before->inputs.items[i], '/');
		return is_same_text(then, strrchr(path, '/'));
	}
	struct stat status;
	return strcmp(before->inputs.items[i], path) == 0 && stat(path, &status) == 0 &&
	       before->input_facts[i].bytes == status.st_size &&
	       before->input_facts[i].mtime_ns == file_mtime_ns(&status);
}

int resume_check_inputs(const struct resume *resume, const struct scenario *scenario,
                        const struct words *inputs, struct error *err)
{
	const struct dataset *const before = &resume->before;
	const bool is_made = scenario->task.inputs.kind == INPUTS_GENERATE;
	if (inputs->count != before->inputs.count)
		return error_set(err, EINVAL,
		                 "%s was begun with %zu inputs, and now there are %zu: put the "
		                 "same ones there, or run anew",
		                 resume->path, before->inputs.count, inputs->count);
	for (size_t i = 0; i < inputs->count; i++)
		if (!is_same_input(before, i, inputs->items[i], is_made))
			return error_set(err, EINVAL,
			                 "the input %s is not the one that %s was begun with (%s; "
			                 "its size or time has changed): put that one back, or "
			                 "run anew",
			                 inputs->items[i], resume->path, before->inputs.items[i]);
	return 0;
}

int resume_check_events(const struct resume *resume, const struct events *events, struct error *err)
{
	const struct dataset *const before = &resume->before;
	bool is_same = events->count == before->event_count;
	for (size_t i = 0; is_same && i < before->event_count; i++) {
		const struct event_definition *const then = &before->events[i];
		const struct event_definition *const now = &events->definitions[i];
		is_same = strcmp(then->name, now->name) == 0;
		if (is_same &&
		    (then->state != now->state || strcmp(then->encoded, now->encoded) != 0))
			return error_set(err, EXDEV,
			                 "%s was begun with the event %s %s, and now it is %s%s%s: "
			                 "see perf_event_paranoid and the rights of this process, "
			                 "or run anew",
			                 resume->path, then->name, counter_state_names[then->state],
			                 counter_state_names[now->state],
			                 *now->reason ? " because " : "", now->reason);
	}
	return is_same ? 0
	               : error_set(err, EINVAL, "%s is damaged: its events are not its scenario's",
	                           resume->path);
}

uint32_t resume_repeated(const struct resume *resume)
{
	uint32_t count = 0;
	for (size_t i = 0; i < resume->before.trial_count; i++)
		count += resume->before.trials[i].state == TRIAL_RUNNING ||
		         resume->before.trials[i].state == TRIAL_INTERRUPTED;
	return count;
}
