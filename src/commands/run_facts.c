#include "commands/run_facts.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/rng.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "formats/scenario_json.h"
#include "run/words.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The program's real path, size, time and hash; what is not known stays absent. */
static int find_program(const struct scenario *scenario, struct run_facts *facts, struct error *err)
{
	cleanup_free char *found = NULL;
	int r = words_find_program(scenario, (const char *const *)environ, &found, err);
	if (r < 0 || !found)
		return r;
	char real[PATH_MAX];
	r = str_copy(realpath(found, real) ? real : found, &facts->program_path, err);
	if (r < 0)
		return r;
	struct stat status;
	if (stat(facts->program_path, &status) < 0 || !S_ISREG(status.st_mode))
		return 0;
	facts->program_bytes = status.st_size;
	facts->program_mtime_ns = file_mtime_ns(&status);
	char hash[HASH_TEXT_BYTES];
	struct error unreadable; /* a program that may be executed only */
	if (hash_sha256_file(facts->program_path, hash, &unreadable) < 0)
		return 0;
	return str_copy(hash, &facts->program_sha256, err);
}

static int find_folder(struct run_facts *facts, struct error *err)
{
	char folder[PATH_MAX];
	return getcwd(folder, sizeof folder) ? str_copy(folder, &facts->working_folder, err) : 0;
}

int run_facts_make(const struct scenario *scenario, const struct plan *plan, int64_t calendar_ns,
                   struct run_facts *ret_facts, struct error *err)
{
	struct run_facts facts = {
	        .seed = plan->seed,
	        .baseline = plan->baseline,
	        .threads = scenario->task.threads,
	        .origin_calendar_ns = calendar_ns,
	        .finished_calendar_ns = RECORD_ABSENT,
	        .program_bytes = RECORD_ABSENT,
	        .program_mtime_ns = RECORD_ABSENT,
	        .state = RUN_RUNNING,
	};
	char hash[HASH_TEXT_BYTES];
	int r = str_format(&facts.id, err, "%016" PRIx64 "%016" PRIx64, rng_entropy(),
	                   rng_entropy());
	if (r == 0)
		r = str_copy(scenario->name, &facts.name, err);
	if (r == 0)
		r = str_copy(PACKAGE_VERSION, &facts.plateau_version, err);
	if (r == 0)
		r = scenario_json_write(scenario, &facts.scenario_json, err);
	if (r == 0)
		r = command_text_write(&scenario->task.command, &facts.command, err);
	if (r == 0)
		r = str_copy(scenario->text ? scenario->text : facts.scenario_json,
		             &facts.scenario_text, err);
	if (r == 0)
		r = str_copy(scenario->task.type, &facts.task_type, err);
	if (r == 0) {
		hash_sha256(facts.scenario_text, strlen(facts.scenario_text), hash);
		r = str_copy(hash, &facts.scenario_sha256, err);
	}
	if (r == 0)
		r = find_program(scenario, &facts, err);
	if (r == 0)
		r = find_folder(&facts, err);
	if (r < 0) {
		run_facts_release(&facts);
		return r;
	}
	*ret_facts = facts;
	return 0;
}

bool run_facts_program_has_changed(const struct run_facts *facts)
{
	struct stat status;
	if (!facts->program_path || facts->program_bytes == RECORD_ABSENT)
		return false;
	return stat(facts->program_path, &status) < 0 || status.st_size != facts->program_bytes ||
	       file_mtime_ns(&status) != facts->program_mtime_ns;
}

int run_output_path(const char *given, const struct scenario *scenario, int64_t calendar_ns,
                    char **ret_path, struct error *err)
{
	if (given)
		return str_copy(given, ret_path, err);
	if (mkdir("results", 0777) < 0 && errno != EEXIST)
		return error_system(
		        err, errno,
		        "cannot make the folder results here (name the result with -o FILE)");
	char time[CLOCK_TEXT_BYTES];
	clock_format_utc(calendar_ns, time);
	char compact[CLOCK_TEXT_BYTES];
	size_t length = 0;
	for (const char *p = time; *p && *p != '.'; p++)
		if (*p != '-' && *p != ':')
			compact[length++] = *p;
	compact[length] = '\0';
	int r = str_format(ret_path, err, "results/%s-%sZ.db", scenario->name, compact);
	/* Two runs within one second. */
	for (int i = 2; r == 0 && access(*ret_path, F_OK) == 0; i++) {
		free(*ret_path);
		r = str_format(ret_path, err, "results/%s-%sZ-%d.db", scenario->name, compact, i);
	}
	return r;
}
