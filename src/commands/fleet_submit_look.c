/* What may be wrong with a fleet's scenario and folder, and cannot be known on this node: programs
 * and inputs may be on the others alone. Said, and no reason to stop. */
#include "commands/fleet_submit_parts.h"
#include "commands/plan.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "model/record.h"
#include "platform/filesystem.h"
#include "run/words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A program whose name is made of templates is known when it is started. */
static void look_for_program(const struct words *command, const char *what)
{
	struct error ignored;
	cleanup_free char *path = NULL;
	const char *const program = command->count > 0 ? command->items[0] : "";
	if (!*program || strchr(program, '{') ||
	    words_find_command(program, getenv("PATH"), &path, &ignored) < 0 ||
	    (strchr(path, '/') && access(path, X_OK) == 0))
		return;
	talk_warning("%s %s is not to be found on this node; it has to be on those that are "
	             "measured%s",
	             what, program, strchr(program, '/') ? "" : ", in the PATH that you have now");
}

static int look_for_inputs(const struct scenario_inputs *inputs, struct error *err)
{
	cleanup_free char *problem = NULL;
	struct plan plan = {.largest = 1};
	if (inputs->kind == INPUTS_GENERATE) {
		look_for_program(&inputs->words, "the program that makes the inputs,");
		return 0;
	}
	const int r = plan_look_for_inputs(inputs, &plan, &problem, err);
	if (r == 0 && problem)
		talk_warning("inputs: on this node %s", problem);
	return r;
}

/* A folder that the nodes do not see takes every result with it. */
static void look_at_folder(const struct fleet_submit *submit)
{
	const char *name = NULL;
	cleanup_free char *parent = strdup(submit->dir);
	char *const slash = parent ? strrchr(parent, '/') : NULL;
	if (!slash || access(submit->dir, F_OK) == 0) {
		free(parent);
		parent = strdup(submit->dir);
	} else {
		slash[slash == parent] = '\0';
	}
	if (parent && !filesystem_is_network(parent, &name))
		talk_note(submit->arguments,
		          "%s is on a disk of this machine: see to it that all nodes have it "
		          "under this name (NFS export)",
		          submit->dir);
}

static void look_at_limit(const struct fleet_submit *submit)
{
	if (submit->manifest.time_limit_ns != RECORD_ABSENT)
		return;
	talk_note(submit->arguments,
	          "without --time the jobs get the default limit of their partition; what is not "
	          "done then is handed in as it is (--assume-time TIME of a task estimates it)");
}

/* Slurm gives a job the environment that it was submitted from: a default of an option of `run`
 * that is set there changes what is measured, today, and perhaps not at the next --retry. */
static void look_at_environment(void)
{
	static const char *const names[] = {
	        "PLATEAU_LEVELS",   "PLATEAU_REPEATS",       "PLATEAU_WARMUP",   "PLATEAU_MEASURED",
	        "PLATEAU_EVENTS",   "PLATEAU_OVERFLOW",      "PLATEAU_POLICY",   "PLATEAU_UNIT",
	        "PLATEAU_TIMEOUT",  "PLATEAU_MEMORY_POLICY", "PLATEAU_METRICS",  "PLATEAU_SAMPLING",
	        "PLATEAU_CRITERIA", "PLATEAU_REFERENCE",     "PLATEAU_PREFLIGHT"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const char *const value = getenv(names[i]);
		if (value && *value)
			talk_warning(
			        "%s is set to \"%s\" here: jobs that are submitted now get it, "
			        "and measure otherwise than the scenario says",
			        names[i], value);
	}
}

enum exit_code fleet_submit_look_round(const struct fleet_submit *submit)
{
	struct error err;
	/* That the jobs start in; relative names are below it, from wherever this is called. */
	if (!submit->is_new && chdir(submit->manifest.working_folder) < 0) {
		talk_error("the folder in which this fleet's jobs start, %s: %s",
		           submit->manifest.working_folder, strerror(errno));
		return EXIT_USAGE;
	}
	look_for_program(&submit->scenario.task.command, "the task's program,");
	if (look_for_inputs(&submit->scenario.task.inputs, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	if (submit->is_new)
		look_at_folder(submit);
	look_at_limit(submit);
	look_at_environment();
	return EXIT_DONE;
}
