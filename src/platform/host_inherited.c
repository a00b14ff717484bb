/* What every task inherits from the process that plateau was started by, and what may change how it
 * runs: environment, niceness, scheduling, limits. */
#include "platform/host.h"

#include "core/array.h"
#include "core/error.h"
#include "core/hash.h"
#include "core/str.h"
#include "model/scenario.h"

#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { VALUE_BYTES = 200 };

/* Variables that differ between two sessions of one person, and change nothing for a task. */
static const char *const session_variables[] = {
        "_=",        "COLORTERM=",     "COLUMNS=",
        "DBUS_",     "DISPLAY=",       "GPG_",
        "HIST",      "INVOCATION_ID=", "JOURNAL_STREAM=",
        "LINES=",    "LS_COLORS=",     "OLDPWD=",
        "PBS_",      "PLATEAU_",       "PWD=",
        "SHLVL=",    "SLURM_",         "SSH_",
        "STY=",      "SYSTEMD_",       "TERM=",
        "TERM_",     "TMUX",           "VTE_",
        "WINDOWID=", "XAUTHORITY=",    "XDG_",
};

/* Variables that steer what libraries and the loader do; they are kept with their values. */
static const char *const library_variables[] = {
        "BLIS_",       "GLIBC_TUNABLES=", "GOMP_",       "KMP_",     "LD_LIBRARY_PATH=",
        "LD_PRELOAD=", "MALLOC_",         "MKL_",        "NUMEXPR_", "OMP_",
        "OPENBLAS_",   "PATH=",           "PYTHONPATH=", "TBB_",     "TMPDIR=",
};

static bool begins_with_one(const char *entry, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (str_starts_with(entry, list[i]))
			return true;
	return false;
}

static bool is_set_by(const struct scenario *scenario, const char *entry)
{
	for (size_t i = 0; i < scenario->task.environment_count; i++) {
		const char *const name = scenario->task.environment[i].name;
		if (str_starts_with(entry, name) && entry[strlen(name)] == '=')
			return true;
	}
	return false;
}

static int compare_entries(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The variables that tasks inherit, sorted, for the caller to free (the array alone). */
static const char **inherited(const struct scenario *scenario, size_t *ret_count)
{
	size_t count = 0;
	while (environ[count])
		count++;
	const char **const entries = calloc(count + 1, sizeof *entries);
	size_t kept = 0;
	for (size_t i = 0; entries && i < count; i++)
		if (!begins_with_one(environ[i], session_variables,
		                     ARRAY_LENGTH(session_variables)) &&
		    !is_set_by(scenario, environ[i]))
			entries[kept++] = environ[i];
	if (entries)
		qsort(entries, kept, sizeof *entries, compare_entries);
	*ret_count = kept;
	return entries;
}

/* In one line, and readable by whoever reads the result. */
static void add_plain(struct str *text, const char *entry)
{
	if (text->length > 0)
		str_add(text, " ");
	for (size_t i = 0; i < VALUE_BYTES && entry[i]; i++) {
		const char c = entry[i] > ' ' && entry[i] < 127 ? entry[i] : '?';
		str_add_bytes(text, &c, 1);
	}
	if (strlen(entry) > VALUE_BYTES)
		str_add(text, "...");
}

static int add_environment(const struct scenario *scenario, struct host_facts *facts,
                           struct error *err)
{
	size_t count;
	const char **const entries = inherited(scenario, &count);
	if (!entries)
		return error_memory(err);
	cleanup_str struct str whole = {0};
	cleanup_str struct str steering = {0};
	for (size_t i = 0; i < count; i++) {
		str_add_bytes(&whole, entries[i], strlen(entries[i]) + 1);
		if (begins_with_one(entries[i], library_variables, ARRAY_LENGTH(library_variables)))
			add_plain(&steering, entries[i]);
	}
	free(entries);
	if (whole.failed || steering.failed)
		return error_memory(err);
	char hash[HASH_TEXT_BYTES];
	hash_sha256(str_text(&whole), whole.length, hash);
	const int r = host_facts_add(facts, "environment_sha256", hash, NULL, err);
	return r < 0 ? r
	             : host_facts_add(
	                       facts, "environment", steering.length ? str_text(&steering) : NULL,
	                       steering.length ? NULL
	                                       : "none of the variables that are kept is set",
	                       err);
}

static int add_scheduling(struct host_facts *facts, struct error *err)
{
	static const struct {
		int policy;
		const char *name;
	} policies[] = {{SCHED_OTHER, "other"},
	                {SCHED_BATCH, "batch"},
	                {SCHED_IDLE, "idle"},
	                {SCHED_FIFO, "fifo"},
	                {SCHED_RR, "rr"}};
	char nice[16];
	snprintf(nice, sizeof nice, "%d", getpriority(PRIO_PROCESS, 0));
	const int policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
	const char *name = NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(policies); i++)
		if (policies[i].policy == policy)
			name = policies[i].name;
	const int r = host_facts_add(facts, "nice", nice, NULL, err);
	return r < 0 ? r
	             : host_facts_add(facts, "scheduler", name, name ? NULL : "not a known one",
	                              err);
}

static int add_limits(struct host_facts *facts, struct error *err)
{
	static const struct {
		int resource;
		const char *name;
	} limits[] = {
	        {RLIMIT_AS, "as"},       {RLIMIT_CPU, "cpu"},         {RLIMIT_DATA, "data"},
	        {RLIMIT_FSIZE, "fsize"}, {RLIMIT_MEMLOCK, "memlock"}, {RLIMIT_NOFILE, "nofile"},
	        {RLIMIT_NPROC, "nproc"}, {RLIMIT_RTPRIO, "rtprio"},   {RLIMIT_STACK, "stack"},
	};
	cleanup_str struct str text = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(limits); i++) {
		struct rlimit limit;
		if (getrlimit(limits[i].resource, &limit) < 0)
			continue;
		str_addf(&text, "%s%s=", text.length ? " " : "", limits[i].name);
		if (limit.rlim_cur == RLIM_INFINITY)
			str_add(&text, "unlimited");
		else
			str_addf(&text, "%" PRIu64, (uint64_t)limit.rlim_cur);
	}
	if (text.failed)
		return error_memory(err);
	return host_facts_add(facts, "limits", str_text(&text), NULL, err);
}

int host_describe_inherited(const struct scenario *scenario, struct host_facts *facts,
                            struct error *err)
{
	int r = add_environment(scenario, facts, err);
	if (r == 0)
		r = add_scheduling(facts, err);
	return r < 0 ? r : add_limits(facts, err);
}
