/* How a command of Slurm's is called, and what its complaints mean. */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <string.h>

#define ANSWER_MAX_BYTES (256UL << 20)

/* What the environment may hold that would change the answer, or the job. Who needs one of the
 * latter gives it as an option, where it is seen. */
static const char *const unwanted[] = {
        "SINFO_FORMAT",
        "SINFO_SORT",
        "SINFO_PARTITION",
        "SINFO_ALL",
        "SQUEUE_FORMAT",
        "SQUEUE_FORMAT2",
        "SQUEUE_SORT",
        "SQUEUE_STATES",
        "SQUEUE_PARTITION",
        "SQUEUE_USERS",
        "SQUEUE_ACCOUNT",
        "SQUEUE_QOS",
        "SQUEUE_NAMES",
        "SQUEUE_ARRAY",
        "SQUEUE_PRIORITY",
        "SACCT_FORMAT",
        "SACCT_DELIMITER",
        "SBATCH_ARRAY_INX",
        "SBATCH_REQUEUE",
        "SBATCH_NO_REQUEUE",
        "SBATCH_EXCLUSIVE",
        "SBATCH_MEM_PER_NODE",
        "SBATCH_MEM_PER_CPU",
        "SBATCH_MEM_PER_GPU",
        "SBATCH_JOB_NAME",
        "SBATCH_OVERCOMMIT",
        "SBATCH_WAIT",
        "SBATCH_SIGNAL",
        "SBATCH_TIMELIMIT",
        "SBATCH_HINT",
        "SBATCH_THREADS_PER_CORE",
        "SBATCH_CORE_SPEC",
        "SBATCH_OPEN_MODE",
};

/* Takes away what is unwanted. Times as seconds: what Slurm writes otherwise lacks the zone. Not
 * for sbatch, whose environment becomes the job's. */
static int add_prefix(const char *command, struct words *argv, struct error *err)
{
	int r = words_add(argv, "env", err);
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(unwanted); i++) {
		r = words_add(argv, "-u", err);
		if (r == 0)
			r = words_add(argv, unwanted[i], err);
	}
	if (r < 0 || strcmp(command, "sbatch") == 0)
		return r;
	return words_add(argv, "SLURM_TIME_FORMAT=%s", err);
}

/* The first that is found in a complaint says what it means. */
static const struct {
	const char *text;
	int code;
} meanings[] = {
        {"Unable to contact slurm controller", EHOSTUNREACH},
        {"Unable to establish control", EHOSTUNREACH},
        {"Connection refused", EHOSTUNREACH},
        {"Socket timed out", EHOSTUNREACH},
        {"Zero Bytes were transmitted", EHOSTUNREACH},
        {"Communication connection failure", EHOSTUNREACH},
        {"Transport endpoint is not connected", EHOSTUNREACH},
        {"establish a configuration source", EHOSTUNREACH},
        {"Unable to process configuration", EHOSTUNREACH},
        {"Protocol authentication error", EHOSTUNREACH},
        {"authentication plugin", EHOSTUNREACH},
        {"temporarily unable", EAGAIN},
        {"Resource temporarily unavailable", EAGAIN},
        {"MaxSubmit", EAGAIN},
        {"GrpSubmit", EAGAIN},
        {"MaxJobCount", EAGAIN},
};

/* "sbatch: error: Batch job submission failed: x" less its first two words. */
static const char *skip_leader(const char *line)
{
	static const char *const leaders[] = {"error: ", "fatal: "};
	const char *const colon = strstr(line, ": ");
	if (!colon || strcspn(line, " ") < (size_t)(colon - line))
		return line;
	for (size_t i = 0; i < ARRAY_LENGTH(leaders); i++)
		if (str_starts_with(colon + 2, leaders[i]))
			return colon + 2 + strlen(leaders[i]);
	return line;
}

int slurm_complaint(const char *complaint, char **ret_words)
{
	int code = EINVAL;
	for (size_t i = ARRAY_LENGTH(meanings); i-- > 0;)
		if (strstr(complaint, meanings[i].text))
			code = meanings[i].code;
	cleanup_str struct str s = {0};
	for (const char *line = complaint; *line;) {
		const size_t length = strcspn(line, "\n");
		const char *const text = skip_leader(line);
		if (text < line + length) {
			if (s.length > 0)
				str_add(&s, "; ");
			str_add_bytes(&s, text, (size_t)(line + length - text));
		}
		line += length + (line[length] == '\n');
	}
	struct error err;
	char *words = NULL;
	(void)str_take(&s, &words, &err);
	*ret_words = words;
	return code;
}

static int call_failed(const char *command, const struct subprocess_end *end, struct error *err)
{
	cleanup_free char *words = NULL;
	const int code = slurm_complaint(end->complaint ? end->complaint : "", &words);
	if (words && *words)
		return error_set(err, code, "%s: %s", command, words);
	if (end->signal != 0)
		return error_set(err, EIO, "%s was ended by signal %d", command, end->signal);
	return error_set(err, code, "%s ended with exit code %d and said nothing", command,
	                 end->exit_status);
}

int slurm_call(struct slurm *slurm, const struct words *argv, const char *input,
               struct subprocess_end *ret_end, struct error *err)
{
	cleanup_words struct words all = {0};
	cleanup_free char *program = NULL;
	int r = subprocess_find(argv->items[0], &program, err);
	if (r == 0)
		r = add_prefix(argv->items[0], &all, err);
	if (r == 0)
		r = words_add(&all, program, err);
	for (size_t i = 1; r == 0 && i < argv->count; i++)
		r = words_add(&all, argv->items[i], err);
	if (r < 0)
		return r;
	const struct subprocess call = {.argv = (const char *const *)all.items,
	                                .input = input,
	                                .input_bytes = input ? strlen(input) : 0,
	                                .max_output_bytes = ANSWER_MAX_BYTES,
	                                .timeout_ns = SLURM_CALL_S * NS_PER_S,
	                                .is_unwanted = slurm ? slurm->is_unwanted : NULL,
	                                .context = slurm ? slurm->context : NULL};
	if (slurm)
		slurm->calls++;
	cleanup_subprocess_end struct subprocess_end end = {0};
	r = subprocess_run(&call, &end, err);
	if (r < 0)
		return error_context(err, r, "%s", argv->items[0]);
	if (end.exit_status == 127 || end.exit_status == 126)
		return error_set(err, ENOENT, "%s cannot be started: %s", argv->items[0],
		                 end.complaint ? end.complaint : "");
	if (end.exit_status != 0)
		return call_failed(argv->items[0], &end, err);
	*ret_end = end;
	end = (struct subprocess_end){0};
	return 0;
}
