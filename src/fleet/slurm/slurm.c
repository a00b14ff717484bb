/* Whether Slurm is there, and the questions that are asked of it at each poll: one to squeue, and
 * one to sacct where accounts are kept. */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "model/record.h"
#include "model/words.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

static bool is_in_path(const char *name)
{
	struct error ignored;
	cleanup_free char *path = NULL;
	return subprocess_find(name, &path, &ignored) == 0;
}

static int find_commands(struct error *err)
{
	static const char *const commands[] = {"sbatch", "squeue", "sinfo", "scontrol"};
	cleanup_str struct str missing = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(commands); i++)
		if (!is_in_path(commands[i]))
			str_addf(&missing, "%s%s", missing.length > 0 ? ", " : "", commands[i]);
	if (missing.length == 0)
		return 0;
	return error_set(
	        err, ENOENT,
	        "no Slurm here: %s not in PATH. Load the site's Slurm environment or use a "
	        "login node; without Slurm, run the scenario on each node by other means "
	        "and give the results to plateau fleet collect or rank",
	        str_text(&missing));
}

/* The value of a line "KEY   = value" of `scontrol show config`; NULL: it has none. */
static int config_value(const char *config, const char *key, char **ret_value, struct error *err)
{
	const size_t length = strlen(key);
	for (const char *line = config; *line;) {
		const size_t bytes = strcspn(line, "\n");
		const char *const rest = line + length;
		if (bytes > length && strncmp(line, key, length) == 0 &&
		    rest[strspn(rest, " ")] == '=') {
			const char *const value = rest + strspn(rest, " ") + 1;
			cleanup_str struct str s = {0};
			str_add_bytes(&s, value + strspn(value, " "),
			              bytes - (size_t)(value + strspn(value, " ") - line));
			return str_take(&s, ret_value, err);
		}
		line += bytes + (line[bytes] == '\n');
	}
	*ret_value = NULL;
	return 0;
}

/* "30", "task=1", "network=30,task=5" to the interval of tasks. */
static int64_t sampling_ns(const char *frequency)
{
	static const char task[] = "task=";
	if (!frequency)
		return RECORD_ABSENT;
	const char *const at = strstr(frequency, task);
	char *end;
	const char *const number = at ? at + sizeof task - 1 : frequency;
	const long seconds = strtol(number, &end, 10);
	return end == number || seconds < 0 || seconds > INT64_MAX / NS_PER_S ? RECORD_ABSENT
	                                                                      : seconds * NS_PER_S;
}

int config_parse(const char *config, struct slurm *slurm, struct error *err)
{
	cleanup_free char *storage = NULL;
	cleanup_free char *frequency = NULL;
	int r = config_value(config, "SLURM_VERSION", &slurm->version, err);
	if (r == 0)
		r = config_value(config, "AccountingStorageType", &storage, err);
	if (r == 0)
		r = config_value(config, "JobAcctGatherType", &slurm->gathers, err);
	if (r == 0)
		r = config_value(config, "JobAcctGatherFrequency", &frequency, err);
	if (r == 0 && !slurm->version)
		r = str_copy("unknown", &slurm->version, err);
	/* "(null)" is how later releases write accounting_storage/none. */
	slurm->has_accounting = storage && !strstr(storage, "none") && !strstr(storage, "null");
	slurm->sampled_ns = sampling_ns(frequency);
	return r;
}

static int read_config(struct slurm *slurm, struct error *err)
{
	cleanup_words struct words argv = {0};
	static const char *const words[] = {"scontrol", "show", "config"};
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(words); i++)
		r = words_add(&argv, words[i], err);
	if (r < 0)
		return r;
	cleanup_subprocess_end struct subprocess_end end = {0};
	r = slurm_call(slurm, &argv, NULL, &end, err);
	if (r < 0)
		return r == -EINVAL ? -EHOSTUNREACH : r;
	r = config_parse(end.output, slurm, err);
	slurm->has_accounting = slurm->has_accounting && is_in_path("sacct");
	return r;
}

static int make_separator(struct slurm *slurm, struct error *err)
{
	uint64_t number;
	if (getrandom(&number, sizeof number, 0) != (ssize_t)sizeof number)
		return error_system(err, errno, "no random number");
	snprintf(slurm->separator, sizeof slurm->separator, "|%016" PRIx64 "|", number);
	return 0;
}

int slurm_open(struct slurm **ret_slurm, struct error *err)
{
	int r = find_commands(err);
	if (r < 0)
		return r;
	struct slurm *const slurm = calloc(1, sizeof *slurm);
	if (!slurm)
		return error_memory(err);
	r = make_separator(slurm, err);
	if (r == 0)
		r = read_config(slurm, err);
	if (r < 0) {
		slurm_free(slurm);
		return error_context(err, r, "Slurm does not answer");
	}
	*ret_slurm = slurm;
	return 0;
}

void slurm_free(struct slurm *slurm)
{
	if (!slurm)
		return;
	free(slurm->version);
	free(slurm->gathers);
	free(slurm);
}

void slurm_set_watch(struct slurm *slurm, bool (*is_unwanted)(void *context), void *context)
{
	slurm->is_unwanted = is_unwanted;
	slurm->context = context;
}

uint64_t slurm_calls(const struct slurm *slurm)
{
	return slurm->calls;
}

const char *slurm_version(const struct slurm *slurm)
{
	return slurm->version;
}

bool slurm_has_accounting(const struct slurm *slurm)
{
	return slurm->has_accounting;
}

static int ask_queue(struct slurm *slurm, const char *name, struct batch_jobs *jobs,
                     struct error *err)
{
	cleanup_free char *format = NULL;
	cleanup_words struct words argv = {0};
	int r = jobs_format(slurm->separator, &format, err);
	const char *const words[] = {"squeue", "-h", "-a", "-t", "all", "-O", format, "-n", name};
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(words); i++)
		r = words_add(&argv, words[i], err);
	if (r == 0)
		r = words_add(&argv, "-u", err);
	if (r == 0)
		r = words_addf(&argv, err, "%lu", (unsigned long)getuid());
	if (r < 0)
		return r;
	cleanup_subprocess_end struct subprocess_end end = {0};
	r = slurm_call(slurm, &argv, NULL, &end, err);
	return r < 0 ? r : jobs_parse(&end, slurm->separator, jobs, err);
}

static int ask_accounts(struct slurm *slurm, const char *name, int64_t since_ns,
                        struct batch_jobs *jobs, struct error *err)
{
	cleanup_free char *reason = NULL;
	cleanup_words struct words argv = {0};
	int r = accounts_rss_reason(slurm, &reason, err);
	const char *const words[] = {"sacct", "-n", "-p", "--noconvert", "-o", accounts_fields};
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(words); i++)
		r = words_add(&argv, words[i], err);
	if (r == 0)
		r = words_addf(&argv, err, "--delimiter=%s", slurm->separator);
	if (r == 0)
		r = words_addf(&argv, err, "--name=%s", name);
	if (r == 0)
		r = words_addf(&argv, err, "--user=%lu", (unsigned long)getuid());
	/* A minute more: clocks of controller and caller need not be the same. */
	const int64_t age_s =
	        since_ns == RECORD_ABSENT ? 0 : (clock_calendar_ns() - since_ns) / NS_PER_S + 60;
	if (r == 0)
		r = since_ns == RECORD_ABSENT
		            ? words_add(&argv, "--starttime=1970-01-02", err)
		            : words_addf(&argv, err, "--starttime=now-%" PRId64 "seconds",
		                         age_s > 0 ? age_s : 60);
	if (r < 0)
		return r;
	cleanup_subprocess_end struct subprocess_end end = {0};
	r = slurm_call(slurm, &argv, NULL, &end, err);
	return r < 0 ? r : accounts_parse(&end, slurm->separator, reason, jobs, err);
}

static int name_jobs(const char *name, const char *reason, struct batch_jobs *jobs,
                     struct error *err)
{
	for (size_t i = 0; i < jobs->count; i++) {
		struct batch_job *const job = &jobs->items[i];
		int r = job->name ? 0 : str_copy(name, &job->name, err);
		if (r == 0 && job->max_rss_bytes == RECORD_ABSENT && !job->rss_reason)
			r = str_copy(reason, &job->rss_reason, err);
		if (r < 0)
			return r;
	}
	return 0;
}

int slurm_jobs(struct slurm *slurm, const char *name, int64_t since_ns, struct batch_jobs *ret_jobs,
               struct error *err)
{
	if (!*name || strchr(name, ','))
		return error_set(err, EINVAL, "no name of jobs: '%s'", name);
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	int r = ask_queue(slurm, name, &jobs, err);
	if (r < 0)
		return r;
	struct error reason = {"the site's Slurm keeps no accounts"};
	if (slurm->has_accounting) {
		/* Without its answer the queue's is still worth much. */
		r = ask_accounts(slurm, name, since_ns, &jobs, &reason);
		if (r == -ENOMEM)
			return error_memory(err);
	}
	r = name_jobs(name, reason.text, &jobs, err);
	if (r < 0)
		return r;
	*ret_jobs = jobs;
	jobs = (struct batch_jobs){0};
	return 0;
}

struct slurm_here slurm_here(void)
{
	const char *const cpus = getenv("SLURM_CPUS_ON_NODE");
	int64_t count = 0;
	struct error none;
	if (!cpus || number_parse_integer(cpus, 1, UINT32_MAX, &count, &none) < 0)
		count = 0;
	return (struct slurm_here){.job = getenv("SLURM_JOB_ID"),
	                           .node = getenv("SLURMD_NODENAME"),
	                           .cpu_count = (uint32_t)count};
}
