/* The folder and the scenario of `plateau fleet submit`, before anything is asked or made. */
#include "commands/aside.h"
#include "commands/fleet_submit_parts.h"
#include "commands/judging.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/number.h"
#include "core/rng.h"
#include "core/str.h"
#include "fleet/folder.h"
#include "fleet/slurm/slurm.h"
#include "formats/scenario/scenario_yaml.h"
#include "model/record.h"
#include "plan/plan_build.h"
#include "platform/node.h"
#include "report/plan_view.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Beside the run itself: to begin and to end it and to move the result (a minute), and what Slurm
 * may send its warning early by (a minute), the warning being half a minute. */
static const double around_s = 150;
/* A task on another node, in another company, takes longer than somebody assumed. */
static const double estimate_margin = 1.5;
/* Ten years: no job runs so long. */
static const double most_s = 3650 * 86400.0;

/* ---- The folder --------------------------------------------------------------------------- */

/* The absolute name of a folder that need not be there yet. */
static int absolute_path(const char *path, char **ret_path, struct error *err)
{
	char *real = realpath(path, NULL);
	if (real) {
		*ret_path = real;
		return 0;
	}
	if (errno != ENOENT)
		return error_system(err, errno, "%s", path);
	cleanup_free char *copy = NULL;
	int r = str_copy(path, &copy, err);
	if (r < 0)
		return r;
	for (size_t length = strlen(copy); length > 1 && copy[length - 1] == '/';)
		copy[--length] = '\0';
	char *const slash = strrchr(copy, '/');
	const char *const name = slash ? slash + 1 : copy;
	if (slash)
		*slash = '\0';
	cleanup_free char *parent = realpath(!slash ? "." : *copy ? copy : "/", NULL);
	if (!parent)
		return error_system(err, errno, "the folder above %s", path);
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return error_set(err, EINVAL, "%s is no name for a folder", path);
	return file_join(parent, name, ret_path, err);
}

/* Leaves it as it is where nothing was told. */
static int replace_text(char **text, const char *value, struct error *err)
{
	if (!value)
		return 0;
	free(*text);
	*text = NULL;
	return str_copy(value, text, err);
}

/* What is told anew takes the place of what the folder has. */
static int take_options(struct fleet_submit *submit, struct manifest *manifest, struct error *err)
{
	const struct arguments *const arguments = submit->arguments;
	const struct {
		char **text;
		const char *value;
	} told[] = {
	        {&manifest->nodes, submit->choice.nodes},
	        {&manifest->partition, submit->choice.partition},
	        {&manifest->constraint, submit->choice.constraint},
	        {&manifest->account, arguments_get(arguments, "account")},
	        {&manifest->qos, arguments_get(arguments, "qos")},
	        {&manifest->reservation, arguments_get(arguments, "reservation")},
	};
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(told); i++)
		r = replace_text(told[i].text, told[i].value, err);
	if (arguments_has(arguments, "accept"))
		manifest->is_accepting = true;
	if (arguments->rest.count > 0)
		words_release(&manifest->options);
	for (size_t i = 0; r == 0 && i < arguments->rest.count; i++)
		r = words_add(&manifest->options, arguments->rest.items[i], err);
	return r;
}

/* The program that jobs run is this one. */
static int find_program(char **ret_path, struct error *err)
{
	char *const path = realpath("/proc/self/exe", NULL);
	if (!path)
		return error_system(err, errno, "cannot find out where this program is");
	*ret_path = path;
	return 0;
}

/* A fleet goes on with the program that it was begun with, so that all of its results are of one;
 * where that is gone there is no choice. */
static int keep_program(const struct fleet_submit *submit, struct manifest *manifest,
                        struct error *err)
{
	if (access(manifest->plateau_path, X_OK) == 0)
		return 0;
	cleanup_free char *now = NULL;
	const int r = find_program(&now, err);
	if (r < 0)
		return r;
	talk_note(submit->arguments, "%s is there no more: further jobs run %s",
	          manifest->plateau_path, now);
	free(manifest->plateau_path);
	manifest->plateau_path = now;
	now = NULL;
	return 0;
}

static int begin_manifest(struct fleet_submit *submit, struct error *err)
{
	struct manifest *const manifest = &submit->manifest;
	char sha256[HASH_TEXT_BYTES];
	const char *const text = submit->scenario.text;
	hash_sha256(text, strlen(text), sha256);
	/* What a dry run shows is not what will be: it has an id that nobody takes for one. */
	const bool is_dry = arguments_has(submit->arguments, "dry-run");
	int r = str_format(&manifest->id, err, "%016" PRIx64 "%016" PRIx64,
	                   is_dry ? 0 : rng_entropy(), is_dry ? 0 : rng_entropy());
	if (r == 0)
		r = str_copy(submit->scenario.name, &manifest->name, err);
	if (r == 0)
		r = str_copy(PACKAGE_VERSION, &manifest->plateau_version, err);
	if (r == 0)
		r = find_program(&manifest->plateau_path, err);
	if (r == 0)
		r = str_copy(sha256, &manifest->scenario_sha256, err);
	manifest->scenario_path = realpath(submit->scenario_path, NULL);
	manifest->working_folder = getcwd(NULL, 0);
	manifest->created_ns = clock_calendar_ns();
	manifest->uid = getuid();
	if (r == 0 && !manifest->working_folder)
		r = error_system(err, errno, "the current folder");
	return r < 0 ? r : take_options(submit, manifest, err);
}

/* A folder that has a fleet goes on with that fleet, and with no other scenario. */
static enum exit_code take_manifest(struct fleet_submit *submit, struct manifest *found)
{
	struct error err;
	char sha256[HASH_TEXT_BYTES];
	hash_sha256(submit->scenario.text, strlen(submit->scenario.text), sha256);
	if (strcmp(sha256, found->scenario_sha256) != 0) {
		talk_error("%s has the fleet of another scenario than %s as it is now; results of "
		           "both could not be held against each other: take a new folder",
		           submit->dir,
		           submit->scenario_path ? submit->scenario_path : "its scenario.yaml");
		return EXIT_USAGE;
	}
	/* Jobs of others would be taken for lost, and submitted again. */
	if (found->uid >= 0 && found->uid != (int64_t)getuid()) {
		talk_error("%s is the fleet of user %" PRId64
		           ": Slurm tells everybody of their own "
		           "jobs, so nobody else can go on with it",
		           submit->dir, found->uid);
		return EXIT_USAGE;
	}
	const int64_t told_ns = submit->manifest.time_limit_ns;
	manifest_release(&submit->manifest);
	submit->manifest = *found;
	*found = (struct manifest){0};
	if (told_ns != RECORD_ABSENT)
		submit->manifest.time_limit_ns = told_ns;
	if (keep_program(submit, &submit->manifest, &err) < 0 ||
	    take_options(submit, &submit->manifest, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	return EXIT_DONE;
}

/* All nodes that were ever asked for, for a submit that names none. */
static int choose_expected(struct fleet_submit *submit, struct error *err)
{
	struct str s = {0};
	const struct words *const expected = &submit->manifest.expected;
	for (size_t i = 0; i < expected->count; i++)
		str_addf(&s, "%s%s", i > 0 ? "," : "", expected->items[i]);
	const int r = str_take(&s, &submit->expected_list, err);
	if (r == 0)
		submit->choice.nodes = submit->expected_list;
	return r;
}

static bool has_choice(const struct fleet_submit *submit)
{
	return submit->choice.nodes || submit->choice.partition || submit->choice.constraint;
}

/* ---- The scenario ------------------------------------------------------------------------- */

static enum exit_code load_scenario(struct fleet_submit *submit)
{
	struct error err;
	cleanup_free char *own = NULL;
	cleanup_problems struct problems problems = {0};
	int r = submit->scenario_path ? 0 : file_join(submit->dir, "scenario.yaml", &own, &err);
	if (r == 0)
		r = scenario_yaml_load(own ? own : submit->scenario_path, &submit->scenario,
		                       &problems, &err);
	if (r == 0)
		return EXIT_DONE;
	return problems.count ? talk_problems(&problems, &err)
	                      : talk_fail(r == -ENOMEM ? EXIT_SOMETHING_FAILED : EXIT_USAGE, &err);
}

/* The folder gets a copy of the scenario, beside which relative references would be looked for. */
static enum exit_code check_references(const struct fleet_submit *submit)
{
	const struct criteria *const accept = &submit->scenario.accept;
	for (size_t i = 0; i < accept->count; i++)
		for (size_t k = 0; k < accept->items[i].references.count; k++) {
			const char *const path = accept->items[i].references.items[k];
			if (*path == '/')
				continue;
			talk_error("%s: the reference %s is relative; jobs on other nodes need "
			           "its absolute path (%s%s%s)",
			           submit->scenario.path, path,
			           accept->folder ? accept->folder : "", accept->folder ? "/" : "",
			           path);
			return EXIT_USAGE;
		}
	return EXIT_DONE;
}

static enum exit_code expect(void *context)
{
	const struct fleet_submit *const submit = context;
	const struct judging_settings settings = {.arguments = submit->arguments};
	struct judging *judging = NULL;
	enum exit_code code = judging_open(&settings, &judging);
	if (code == EXIT_DONE)
		code = judging_expect(judging, &submit->scenario);
	judging_free(judging);
	return code;
}

/* A run that nobody can judge would be for nothing. */
static enum exit_code check_criteria(struct fleet_submit *submit)
{
	if (submit->scenario.accept.count == 0 && submit->manifest.is_accepting) {
		talk_error("--accept: %s does not say what a node must be: give it the key accept "
		           "with criteria (docs/acceptance.md)",
		           submit->scenario.path);
		return EXIT_USAGE;
	}
	const enum exit_code code = check_references(submit);
	if (code != EXIT_DONE || submit->scenario.accept.count == 0)
		return code;
	return aside(expect, submit);
}

/* ---- Both --------------------------------------------------------------------------------- */

static enum exit_code load_new(struct fleet_submit *submit)
{
	struct error err;
	if (submit->retry) {
		talk_error("--retry: %s has no fleet yet", submit->dir);
		return EXIT_USAGE;
	}
	struct stat status;
	if (!submit->scenario_path && stat(submit->dir, &status) == 0 && S_ISREG(status.st_mode)) {
		talk_error("%s is a file: behind the scenario name a folder for the fleet, which "
		           "is made "
		           "where it is not there",
		           submit->dir);
		return EXIT_USAGE;
	}
	if (!submit->scenario_path) {
		talk_error("%s has no fleet yet: name a scenario before it", submit->dir);
		return EXIT_USAGE;
	}
	if (!has_choice(submit)) {
		talk_error("which nodes? Give --nodes LIST, --partition NAME or --constraint "
		           "FEATURES");
		return EXIT_USAGE;
	}
	submit->is_new = true;
	return begin_manifest(submit, &err) < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err)
	                                        : EXIT_DONE;
}

/* Jobs run the fleet's scenario with the program that it names, whoever wrote both there. */
static void tell_of_owner(const struct fleet_submit *submit)
{
	struct error ignored;
	struct stat status;
	cleanup_free char *path = NULL;
	if (file_join(submit->dir, "fleet.json", &path, &ignored) == 0 &&
	    stat(path, &status) == 0 && status.st_uid != geteuid())
		talk_warning("%s belongs to another user (uid %u): the scenario and the program "
		             "that it names run in your name",
		             path, (unsigned)status.st_uid);
}

enum exit_code fleet_submit_load(struct fleet_submit *submit)
{
	struct error err;
	const struct words *const operands = &submit->arguments->operands;
	cleanup_manifest struct manifest found = {0};
	int r = absolute_path(operands->items[operands->count - 1], &submit->dir, &err);
	if (r == 0)
		r = slurm_check_folder(submit->dir, &err);
	if (r == 0)
		r = folder_check_trust(submit->dir, &err);
	if (r < 0)
		return talk_fail(EXIT_USAGE, &err);
	r = folder_manifest(submit->dir, &found, &err);
	if (r < 0 && r != -ENOENT)
		return talk_fail(exit_for_file(r), &err);
	const bool is_there = r == 0;
	if (is_there)
		tell_of_owner(submit);
	enum exit_code code = is_there || submit->scenario_path ? load_scenario(submit) : EXIT_DONE;
	if (code == EXIT_DONE)
		code = is_there ? take_manifest(submit, &found) : load_new(submit);
	if (code == EXIT_DONE && is_there && !has_choice(submit) &&
	    choose_expected(submit, &err) < 0)
		code = talk_fail(EXIT_SOMETHING_FAILED, &err);
	return code == EXIT_DONE ? check_criteria(submit) : code;
}

/* ---- The time limit ----------------------------------------------------------------------- */

/* In s; NAN: nothing says how long a task takes, or which levels a node has. Nodes of the fleet
 * may have other levels than this one, but a level takes as long wherever it fits. */
static double estimate(const struct fleet_submit *submit, int64_t task_ns)
{
	struct error ignored;
	cleanup_node struct node *node = NULL;
	cleanup_plan struct plan plan = {0};
	if (node_open(&node, &ignored) < 0 ||
	    plan_build(&submit->scenario, node_topology(node), submit->scenario.seed, &plan,
	               &ignored) < 0)
		return (double)NAN;
	/* That copies share PUs here says nothing about the nodes. */
	plan.capacity = UINT32_MAX;
	const struct plan_view view = {.plan = &plan,
	                               .scenario = &submit->scenario,
	                               .topology = node_topology(node),
	                               .task_ns = task_ns};
	const double most = plan_view_most_seconds(&view);
	return submit->manifest.is_accepting && !isnan(most) ? most : plan_view_seconds(&view);
}

static int set_limit(struct fleet_submit *submit, double seconds, const char *of, struct error *err)
{
	if (!(seconds <= most_s))
		return error_set(
		        err, EINVAL,
		        "a time limit of %.3g s (%s) is none that Slurm takes: say one with "
		        "--time",
		        seconds, of);
	submit->manifest.time_limit_ns = (int64_t)ceil(seconds / 60) * 60 * NS_PER_S;
	return str_copy(of, &submit->limit_of, err);
}

enum exit_code fleet_submit_find_limit(struct fleet_submit *submit)
{
	struct error err;
	int64_t task_ns = 0;
	const char *const assumed = arguments_get(submit->arguments, "assume-time");
	if (assumed && number_parse_duration(assumed, &task_ns, &err) < 0) {
		talk_error("--assume-time: %s", err.text);
		return EXIT_USAGE;
	}
	const double seconds = task_ns > 0 ? estimate(submit, task_ns) : (double)NAN;
	const int64_t budget_ns = submit->scenario.sweep.budget_ns;
	const int64_t limit_ns = submit->manifest.time_limit_ns;
	int r = 0;
	if (limit_ns != RECORD_ABSENT) {
		const bool is_told = arguments_get(submit->arguments, "time") != NULL;
		r = str_copy(is_told ? "as --time says" : "as it was submitted with",
		             &submit->limit_of, &err);
		if ((double)limit_ns / (double)NS_PER_S < around_s)
			talk_warning(
			        "a time limit of %.0f min leaves the run half a minute less at "
			        "least, and perhaps none: Slurm asks a job to end 30 s before its "
			        "limit, sometimes a minute earlier still. Give it what the run "
			        "takes and %.0f s",
			        (double)limit_ns / (double)NS_PER_S / 60, around_s);
		else if ((double)limit_ns / (double)NS_PER_S < seconds + around_s)
			talk_warning("the time limit is below the %.0f s that the scenario takes "
			             "with tasks of %s and %.0f s around it",
			             seconds, assumed, around_s);
	} else if (!isnan(seconds)) {
		r = set_limit(submit, seconds * estimate_margin + around_s,
		              "1.5 times the estimate by --assume-time, and 150 s", &err);
	} else if (budget_ns > 0) {
		/* The last block may begin just before the budget is over. */
		r = set_limit(submit, 2 * (double)budget_ns / (double)NS_PER_S + around_s,
		              "twice the scenario's budget, and 150 s", &err);
	}
	return r == -EINVAL ? talk_fail(EXIT_USAGE, &err)
	       : r < 0      ? talk_fail(EXIT_SOMETHING_FAILED, &err)
	                    : EXIT_DONE;
}
