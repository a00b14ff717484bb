#include "platform/pressure.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "platform/host_read.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { OTHER_PATH_BYTES = 1024, FIRST_USER = 1000 };

const char *const pressure_kind_names[PRESSURE_KINDS] = {"cpu", "memory", "io"};

static struct host_reader reader_of(const char *sysroot)
{
	return (struct host_reader){.sysroot = sysroot ? sysroot : ""};
}

static bool is_live(const char *sysroot)
{
	return !sysroot || !*sysroot;
}

/* ---- One look ----------------------------------------------------------------------------- */

static int64_t ns_of_ticks(int64_t ticks)
{
	return ticks * (NS_PER_S / sysconf(_SC_CLK_TCK));
}

/* "cpu  USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL ..." (man 5 proc_stat); time of guests is
 * in USER. */
static void read_cpu_times(const struct host_reader *reader, struct pressure *p)
{
	cleanup_free char *text = host_read_text(reader, NULL, "/proc/stat");
	long long t[8] = {0};
	if (!text || sscanf(text, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &t[0], &t[1],
	                    &t[2], &t[3], &t[4], &t[5], &t[6], &t[7]) < 7)
		return;
	p->busy_ns = ns_of_ticks(t[0] + t[1] + t[2] + t[5] + t[6]);
	p->steal_ns = ns_of_ticks(t[7]);
	for (const char *at = text; (at = strstr(at, "\ncpu")); at++)
		p->cpus++;
}

static double stalled_share(const struct host_reader *reader, const char *name)
{
	cleanup_free char *text = host_read_text(reader, NULL, "/proc/pressure/%s", name);
	const char *const at = text ? strstr(text, "some avg10=") : NULL;
	return at ? strtod(at + strlen("some avg10="), NULL) / 100 : -1;
}

static int64_t swap_used(const struct host_reader *reader)
{
	char total[HOST_LINE_BYTES];
	char left[HOST_LINE_BYTES];
	cleanup_free char *text = host_read_text(reader, NULL, "/proc/meminfo");
	if (!text || !host_find_line(text, "SwapTotal", total) ||
	    !host_find_line(text, "SwapFree", left))
		return -1;
	return (strtoll(total, NULL, 10) - strtoll(left, NULL, 10)) * 1024;
}

void pressure_read(const char *sysroot, struct pressure *ret_pressure)
{
	const struct host_reader reader = reader_of(sysroot);
	struct pressure p = {.at_ns = clock_now_ns(), .busy_ns = -1, .steal_ns = -1};
	read_cpu_times(&reader, &p);
	for (int i = 0; i < PRESSURE_KINDS; i++)
		p.stalled[i] = stalled_share(&reader, pressure_kind_names[i]);
	p.swap_used_bytes = swap_used(&reader);
	if (!host_cgroup_throttled(&reader, &p.throttled_ns, &p.throttled_times))
		p.throttled_ns = p.throttled_times = -1;
	*ret_pressure = p;
}

double pressure_cpu_quota(const char *sysroot)
{
	const struct host_reader reader = reader_of(sysroot);
	char reason[HOST_REASON_BYTES];
	return host_cgroup_cpus(&reader, reason);
}

/* ---- Processes ---------------------------------------------------------------------------- */

static const struct batch_system {
	const char *name;
	const char *commands[3]; /* any of them; ends with NULL */
	const char *daemons[3];  /* as in /proc/PID/comm */
	const char *allocation;  /* variable that is set inside */
	/* One of them is there where the distribution's packages are in use and not only installed;
	 * empty: no distribution has packages that do nothing. */
	const char *configurations[5];
} batch_systems[] = {
        {"Slurm",
         {"sbatch", "srun", NULL},
         {"slurmd", "slurmctld", NULL},
         "SLURM_JOB_ID",
         {"/etc/slurm/slurm.conf", "/etc/slurm-llnl/slurm.conf", "/run/slurm/conf/slurm.conf",
          "/var/spool/slurmd/conf-cache/slurm.conf", NULL}},
        {"PBS", {"pbsnodes", "pbsdsh", NULL}, {"pbs_mom", "pbs_server", NULL}, "PBS_JOBID", {NULL}},
        {"LSF", {"bsub", "bhosts", NULL}, {"sbatchd", "mbatchd", NULL}, "LSB_JOBID", {NULL}},
        {"Grid Engine",
         {"qconf", "qhost", NULL},
         {"sge_execd", "sge_qmaster", NULL},
         "JOB_ID",
         {NULL}},
        /* Its command is on machines that it does not rule, too: known by its allocation alone. */
        {"Flux", {NULL}, {NULL}, "FLUX_JOB_ID", {NULL}},
};

static bool is_daemon(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(batch_systems); i++)
		for (const char *const *d = batch_systems[i].daemons; *d; d++)
			if (strcmp(name, *d) == 0)
				return true;
	return false;
}

/* The owner; from /proc/PID/status in a recorded tree, whose files belong to somebody else. */
static bool find_owner(const struct host_reader *reader, pid_t pid, uid_t *ret_uid)
{
	if (is_live(reader->sysroot)) {
		char path[64];
		struct stat status;
		snprintf(path, sizeof path, "/proc/%d", (int)pid);
		*ret_uid = stat(path, &status) < 0 ? 0 : status.st_uid;
		return *ret_uid != 0;
	}
	char value[HOST_LINE_BYTES];
	cleanup_free char *text = host_read_text(reader, NULL, "/proc/%d/status", (int)pid);
	if (!text || !host_find_line(text, "Uid", value))
		return false;
	*ret_uid = (uid_t)strtoul(value, NULL, 10);
	return true;
}

/* utime and stime of /proc/PID/stat: the 14th and 15th field; the 2nd may hold blanks. */
static void read_times(const struct host_reader *reader, struct other_process *process)
{
	long long user = 0;
	long long system = 0;
	cleanup_free char *stat_text =
	        host_read_text(reader, NULL, "/proc/%d/stat", (int)process->pid);
	const char *const behind = stat_text ? strrchr(stat_text, ')') : NULL;
	if (behind && sscanf(behind + 1, "%*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %lld %lld",
	                     &user, &system) == 2)
		process->cpu_ns = ns_of_ticks(user + system);
	cleanup_free char *sched_text =
	        host_read_text(reader, NULL, "/proc/%d/schedstat", (int)process->pid);
	process->main_cpu_ns = sched_text ? strtoll(sched_text, NULL, 10) : -1;
}

static int add_process(const struct host_reader *reader, pid_t pid, uid_t own,
                       struct other_processes *others, struct error *err)
{
	struct other_process process = {.pid = pid};
	cleanup_free char *name = host_read_text(reader, NULL, "/proc/%d/comm", (int)pid);
	if (name && is_daemon(name))
		snprintf(others->daemon, sizeof others->daemon, "%s", name);
	if (!find_owner(reader, pid, &process.uid) || process.uid == own ||
	    process.uid < FIRST_USER || process.uid == (uid_t)65534)
		return 0;
	snprintf(process.name, sizeof process.name, "%s", name ? name : "?");
	read_times(reader, &process);
	const int r = array_reserve(&others->items, &others->capacity, others->count + 1,
	                            sizeof *others->items, err);
	if (r == 0)
		others->items[others->count++] = process;
	return r;
}

static int by_pid(const void *a, const void *b)
{
	const struct other_process *const x = a;
	const struct other_process *const y = b;
	return (x->pid > y->pid) - (x->pid < y->pid);
}

int pressure_others(const char *sysroot, uid_t own, struct other_processes *ret_others,
                    struct error *err)
{
	const struct host_reader reader = reader_of(sysroot);
	struct other_processes others = {.at_ns = clock_now_ns()};
	char path[OTHER_PATH_BYTES];
	snprintf(path, sizeof path, "%s/proc", reader.sysroot);
	DIR *const folder = opendir(path);
	const struct dirent *entry;
	int r = 0;
	while (r == 0 && folder && (entry = readdir(folder))) {
		const int pid = atoi(entry->d_name);
		if (pid > 0)
			r = add_process(&reader, (pid_t)pid, own, &others, err);
	}
	if (folder)
		closedir(folder);
	if (r < 0) {
		pressure_others_release(&others);
		return r;
	}
	if (others.count > 0)
		qsort(others.items, others.count, sizeof *others.items, by_pid);
	*ret_others = others;
	return 0;
}

void pressure_others_release(struct other_processes *others)
{
	if (!others)
		return;
	free(others->items);
	*others = (struct other_processes){0};
}

/* One step of the coarse figure may be chance: a process counts by its exact one, or by two steps.
 */
static int64_t used_ns(const struct other_process *before, const struct other_process *after)
{
	const int64_t coarse_ns = after->cpu_ns - before->cpu_ns;
	const int64_t exact_ns = before->main_cpu_ns < 0 || after->main_cpu_ns < 0
	                                 ? 0
	                                 : after->main_cpu_ns - before->main_cpu_ns;
	return coarse_ns >= 2 * PRESSURE_STEP_NS && coarse_ns > exact_ns ? coarse_ns : exact_ns;
}

size_t pressure_busy_others(const struct other_processes *before,
                            const struct other_processes *after, double share,
                            struct other_process *ret_busiest, double *ret_share)
{
	const double elapsed_ns = (double)(after->at_ns - before->at_ns);
	size_t count = 0;
	*ret_share = 0;
	if (elapsed_ns <= 0 || before->count == 0)
		return 0;
	for (size_t i = 0; i < after->count; i++) {
		const struct other_process *const was =
		        bsearch(&after->items[i], before->items, before->count,
		                sizeof *before->items, by_pid);
		if (!was)
			continue;
		const double used = (double)used_ns(was, &after->items[i]) / elapsed_ns;
		if (used <= share)
			continue;
		count++;
		if (used > *ret_share) {
			*ret_share = used;
			*ret_busiest = after->items[i];
		}
	}
	return count;
}

/* ---- Batch systems ------------------------------------------------------------------------ */

/* The distribution's folders: what is elsewhere was put there by the site. */
static bool is_of_distribution(const char *folder, size_t length)
{
	return (length == 8 && strncmp(folder, "/usr/bin", 8) == 0) ||
	       (length == 4 && strncmp(folder, "/bin", 4) == 0);
}

static bool is_configured(const struct host_reader *reader, const struct batch_system *system)
{
	const char *const *c = system->configurations;
	while (*c && !host_has_file(reader, *c))
		c++;
	return *c || !system->configurations[0];
}

static bool is_command_there(const struct host_reader *reader, const char *path,
                             const struct batch_system *system, const char *command)
{
	for (const char *folder = path; folder && *folder;) {
		const size_t length = strcspn(folder, ":");
		char file[OTHER_PATH_BYTES];
		const int needed =
		        snprintf(file, sizeof file, "%.*s/%s", (int)length, folder, command);
		if (length > 0 && needed > 0 && (size_t)needed < sizeof file &&
		    host_has_file(reader, file) &&
		    (!is_of_distribution(folder, length) || is_configured(reader, system)))
			return true;
		folder += length + (folder[length] == ':');
	}
	return false;
}

const char *pressure_batch_system(const char *sysroot, const char *path, const char *daemon)
{
	const struct host_reader reader = reader_of(sysroot);
	for (size_t i = 0; i < ARRAY_LENGTH(batch_systems); i++) {
		const struct batch_system *const system = &batch_systems[i];
		for (const char *const *d = system->daemons; *d; d++)
			if (strcmp(daemon, *d) == 0)
				return system->name;
		for (const char *const *c = system->commands; *c; c++)
			if (is_command_there(&reader, path, system, *c))
				return system->name;
	}
	return NULL;
}

bool pressure_has_allocation(const char *const *environment)
{
	for (const char *const *e = environment; *e; e++)
		for (size_t i = 0; i < ARRAY_LENGTH(batch_systems); i++) {
			const char *const name = batch_systems[i].allocation;
			const size_t length = strlen(name);
			if (strncmp(*e, name, length) == 0 && (*e)[length] == '=' &&
			    (*e)[length + 1])
				return true;
		}
	return false;
}

int64_t pressure_disk_free(const char *path)
{
	char folder[OTHER_PATH_BYTES * 4];
	struct statvfs status;
	if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder)
		return -1;
	while (statvfs(folder, &status) < 0) {
		char *const slash = strrchr(folder, '/');
		if (!slash || slash == folder)
			snprintf(folder, sizeof folder, "%s", slash ? "/" : ".");
		else
			*slash = '\0';
		if (strcmp(folder, "/") == 0 || strcmp(folder, ".") == 0)
			return statvfs(folder, &status) < 0
			               ? -1
			               : (int64_t)(status.f_bavail * status.f_frsize);
	}
	return (int64_t)(status.f_bavail * status.f_frsize);
}
