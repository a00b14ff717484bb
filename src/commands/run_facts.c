#include "commands/run_facts.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/rng.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "formats/scenario/scenario_json.h"
#include "run/words.h"
#include "store/place.h"
#include "store/recorder.h"

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

/* "PATH SHA256", the hash shortened; of large files size and time instead. */
static void add_argument(struct str *text, const char *path)
{
	enum { HASHED_BYTES = 64 << 20, HASH_SHOWN = 16 };
	struct stat status;
	char hash[HASH_TEXT_BYTES];
	struct error unreadable;
	if (strchr(path, '{') || stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return;
	str_addf(text, "%s%s ", text->length > 0 ? ", " : "", path);
	if (status.st_size <= HASHED_BYTES && hash_sha256_file(path, hash, &unreadable) == 0)
		str_addf(text, "%.*s", HASH_SHOWN, hash);
	else
		str_addf(text, "%" PRId64 " B, %" PRId64, (int64_t)status.st_size,
		         file_mtime_ns(&status));
}

int run_facts_describe_arguments(const struct scenario *scenario, struct host_facts *host,
                                 struct error *err)
{
	cleanup_str struct str text = {0};
	for (size_t i = 1; i < scenario->task.command.count; i++)
		add_argument(&text, scenario->task.command.items[i]);
	if (text.failed)
		return error_memory(err);
	return host_facts_add(host, "argument_files", text.length ? str_text(&text) : NULL,
	                      text.length ? NULL : "no argument of the command names a file", err);
}

int run_facts_seal(const struct run_facts *facts, struct host_facts *host, struct error *err)
{
	char hash[HASH_TEXT_BYTES];
	hash_sha256(facts->scenario_json, strlen(facts->scenario_json), hash);
	return host_facts_add(host, RECORDER_SEAL, hash, NULL, err);
}

bool run_facts_program_has_changed(const struct run_facts *facts)
{
	struct stat status;
	if (!facts->program_path || facts->program_bytes == RECORD_ABSENT)
		return false;
	return stat(facts->program_path, &status) < 0 || status.st_size != facts->program_bytes ||
	       file_mtime_ns(&status) != facts->program_mtime_ns;
}

int run_output_path(const char *folder, const struct scenario *scenario, int64_t calendar_ns,
                    int number, char **ret_path, struct error *err)
{
	if (!folder && mkdir("results", 0777) < 0 && errno != EEXIST)
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
	if (number < 2)
		return str_format(ret_path, err, "%s/%s-%sZ.db", folder ? folder : "results",
		                  scenario->name, compact);
	return str_format(ret_path, err, "%s/%s-%sZ-%d.db", folder ? folder : "results",
	                  scenario->name, compact, number);
}

static bool is_younger(const char *path, int64_t calendar_ns)
{
	struct stat status;
	return stat(path, &status) == 0 && file_mtime_ns(&status) >= calendar_ns - 10 * NS_PER_MS;
}

char *run_find_stored(const char *output, int64_t begin_ns)
{
	struct error ignored;
	cleanup_free char *found = NULL;
	cleanup_free char *log = NULL;
	if (!*output || place_find(output, &found, &ignored) < 0 ||
	    str_format(&log, &ignored, "%s-wal", found) < 0 ||
	    (!is_younger(found, begin_ns) && !is_younger(log, begin_ns)))
		return NULL;
	char *const path = found;
	found = NULL;
	return path;
}
