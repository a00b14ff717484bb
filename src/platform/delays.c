#include "platform/delays.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "platform/host_read.h"
#include "platform/taskstats.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Less than this share of the tree's CPU time, and others than the accounted thread did the work;
 * what is below the slack is the accuracy of the two clocks. */
static const double least_share = 0.9;
static const int64_t slack_ns = 2 * NS_PER_MS;

const char *const delay_fact_names[DELAY_KINDS] = {"task_run_delay", "task_block_delay",
                                                   "task_page_in_delay"};

static const char setting_path[] = "/proc/sys/kernel/task_delayacct";

struct delays {
	struct taskstats_socket taskstats; /* fd -1: not to be asked */
	bool has_schedstat;
	bool was_accounting;                         /* block I/O and pages, at first */
	bool is_accounting;                          /* and still, of tasks that are started now */
	int setting_fd;                              /* of the setting, -1: this kernel has none */
	char source[DELAY_KINDS][HOST_REASON_BYTES]; /* "": none */
	char reason[DELAY_KINDS][HOST_REASON_BYTES];
};

/* ---- Readers of texts --------------------------------------------------------------------- */

/* "CPU_NS RUN_DELAY_NS SLICES" (Documentation/scheduler/sched-stats in the kernel); all zero where
 * the kernel does not count. */
bool delays_parse_schedstat(const char *text, int64_t *ret_cpu_ns, int64_t *ret_run_ns)
{
	long long cpu_ns;
	long long run_ns;
	long long slices;
	if (sscanf(text, "%lld %lld %lld", &cpu_ns, &run_ns, &slices) != 3 || cpu_ns < 0 ||
	    run_ns < 0 || slices <= 0)
		return false;
	*ret_cpu_ns = cpu_ns;
	*ret_run_ns = run_ns;
	return true;
}

/* The 42nd field, delayacct_blkio_ticks (man 5 proc_pid_stat); the 2nd may hold blanks and
 * parentheses. */
int64_t delays_parse_block_ticks(const char *stat_text)
{
	enum { FIELD = 42, FIRST_BEHIND_NAME = 3 };
	const char *at = strrchr(stat_text, ')');
	for (int field = FIRST_BEHIND_NAME; at && field <= FIELD; field++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	if (!at || !isdigit((unsigned char)*at))
		return -1;
	const long long ticks = strtoll(at, NULL, 10);
	return ticks > INT64_MAX / NS_PER_S ? -1 : ticks;
}

/* A short file of /proc, or "". */
static void read_short(const char *path, char *text, size_t text_bytes)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	const ssize_t got = fd < 0 ? -1 : read(fd, text, text_bytes - 1);
	if (fd >= 0)
		close(fd);
	text[got > 0 ? got : 0] = '\0';
}

/* ---- What there is ------------------------------------------------------------------------ */

/* Kernels before 5.14 have no such setting: they account unless they were booted with nodelayacct,
 * and a process 1 that never waited for a disk is not to be found. */
static bool accounts_without_setting(const struct host_reader *reader)
{
	cleanup_free char *command = host_read_text(reader, NULL, "/proc/cmdline");
	cleanup_free char *first = host_read_text(reader, NULL, "/proc/1/stat");
	return !(command && strstr(command, "nodelayacct")) && first &&
	       delays_parse_block_ticks(first) > 0;
}

/* Whether tasks are accounted, and in *ret_why what to do where not. */
static bool find_accounting(const struct host_reader *reader, const char **ret_why)
{
	int64_t setting;
	if (host_read_number(reader, &setting, "%s", setting_path)) {
		*ret_why = "the kernel's delay accounting is off: an administrator turns it on, "
		           "for tasks that begin later, by `sysctl kernel.task_delayacct=1`";
		return setting != 0;
	}
	*ret_why = "this kernel keeps no account of delays: it needs CONFIG_TASK_DELAY_ACCT, and "
	           "before Linux 5.14 a boot without nodelayacct";
	return accounts_without_setting(reader);
}

static void find_schedstat(const struct host_reader *reader, struct delays *delays)
{
	int64_t ignored;
	cleanup_free char *own = host_read_text(reader, NULL, "/proc/self/schedstat");
	delays->has_schedstat = own && delays_parse_schedstat(own, &ignored, &ignored);
}

/* A query about this process itself says whether others will be answered. */
static void find_taskstats(const struct host_reader *reader, struct delays *delays,
                           char why[HOST_REASON_BYTES])
{
	struct taskstats_figures own;
	int r = reader->is_live ? taskstats_open(&delays->taskstats) : -ENOTSUP;
	if (r == 0)
		r = taskstats_read(&delays->taskstats, getpid(), &own);
	if (r == 0)
		return;
	taskstats_close(&delays->taskstats);
	const char *text = "the kernel's taskstats interface does not answer";
	if (r == -ENOTSUP)
		text = "not recorded";
	else if (r == -EPERM)
		text = "only a process with CAP_NET_ADMIN may ask the kernel's taskstats: run "
		       "plateau "
		       "as root, and not in a container";
	else if (r == -ENOENT)
		text = "the kernel was built without CONFIG_TASKSTATS";
	else if (r == -EPROTO)
		text = "the kernel's taskstats answer in a form that is not understood (version 15 "
		       "of it, which Linux 6.14 and 6.15 had, or a newer one): update the kernel";
	snprintf(why, HOST_REASON_BYTES, "%s", text);
}

static void set_source(struct delays *delays, enum delay_kind kind, const char *text)
{
	snprintf(delays->source[kind], sizeof delays->source[kind], "%s", text);
}

static void set_reason(struct delays *delays, enum delay_kind kind, const char *text)
{
	snprintf(delays->reason[kind], sizeof delays->reason[kind], "%s", text);
}

static void name_sources(struct delays *delays, const char *why_off, const char *why_not_asked)
{
	const bool is_asked = delays->taskstats.fd >= 0;
	if (is_asked || delays->has_schedstat)
		set_source(delays, DELAY_RUN, is_asked ? "taskstats" : "/proc/PID/schedstat");
	else
		set_reason(delays, DELAY_RUN,
		           "/proc/PID/schedstat is missing or counts nothing: the kernel needs "
		           "CONFIG_SCHED_INFO");
	if (!delays->is_accounting) {
		set_reason(delays, DELAY_BLOCK, why_off);
		set_reason(delays, DELAY_PAGE_IN, why_off);
	} else if (is_asked) {
		set_source(delays, DELAY_BLOCK, "taskstats");
		set_source(delays, DELAY_PAGE_IN, "taskstats");
	} else {
		snprintf(delays->source[DELAY_BLOCK], sizeof delays->source[DELAY_BLOCK],
		         "/proc/PID/stat, in whole steps of %ld ms; waits for pages included",
		         1000 / sysconf(_SC_CLK_TCK));
		set_reason(delays, DELAY_PAGE_IN, why_not_asked);
	}
}

int delays_open(const char *sysroot, struct delays **ret_delays, struct error *err)
{
	const struct host_reader reader = {.sysroot = sysroot ? sysroot : "", .is_live = !sysroot};
	struct delays *const delays = calloc(1, sizeof *delays);
	if (!delays)
		return error_memory(err);
	delays->taskstats.fd = delays->setting_fd = -1;
	char why_not_asked[HOST_REASON_BYTES] = "";
	const char *why_off = "";
	delays->was_accounting = find_accounting(&reader, &why_off);
	delays->is_accounting = delays->was_accounting;
	find_schedstat(&reader, delays);
	find_taskstats(&reader, delays, why_not_asked);
	if (reader.is_live)
		delays->setting_fd = open(setting_path, O_RDONLY | O_CLOEXEC);
	name_sources(delays, why_off, why_not_asked);
	*ret_delays = delays;
	return 0;
}

void delays_close(struct delays *delays)
{
	if (!delays)
		return;
	taskstats_close(&delays->taskstats);
	if (delays->setting_fd >= 0)
		close(delays->setting_fd);
	free(delays);
}

const char *delays_source(const struct delays *delays, enum delay_kind kind,
                          const char **ret_reason)
{
	const bool is_there = delays->source[kind][0] != '\0';
	*ret_reason = is_there ? NULL : delays->reason[kind];
	return is_there ? delays->source[kind] : NULL;
}

void delays_look_again(struct delays *delays)
{
	char text[16];
	const ssize_t got =
	        delays->setting_fd < 0 ? 0 : pread(delays->setting_fd, text, sizeof text, 0);
	if (got > 0)
		delays->is_accounting = delays->was_accounting && text[0] != '0';
}

/* ---- A task ------------------------------------------------------------------------------- */

static struct delay_figures no_figures(void)
{
	return (struct delay_figures){.cpu_ns = RECORD_ABSENT,
	                              .delay_ns = {RECORD_ABSENT, RECORD_ABSENT, RECORD_ABSENT}};
}

/* Waits for pages are waits for block I/O: they are taken off there, so that no time counts twice.
 * Thrashing is the wait for a page that was in use shortly before; the kernel's figure goes on
 * until the task runs again, and is at most the time of the I/O here. Swap-in was apart from block
 * I/O up to Linux 5.16, and is the time to ask for the page since then: part of thrashing, or alone
 * where the page had not been in use; the larger one. */
void delays_take_waits(const struct taskstats_figures *asked, struct delay_figures *figures)
{
	if (asked->block_ns == RECORD_ABSENT || asked->swap_in_ns == RECORD_ABSENT)
		return;
	const int64_t thrashing_ns = asked->thrashing_ns == RECORD_ABSENT ? 0 : asked->thrashing_ns;
	const int64_t apart_ns = asked->is_swap_in_apart ? asked->swap_in_ns : 0;
	int64_t paging_ns = thrashing_ns > asked->swap_in_ns ? thrashing_ns : asked->swap_in_ns;
	paging_ns -= apart_ns;
	if (paging_ns > asked->block_ns)
		paging_ns = asked->block_ns;
	figures->delay_ns[DELAY_PAGE_IN] = apart_ns + paging_ns;
	figures->delay_ns[DELAY_BLOCK] = asked->block_ns - paging_ns;
}

static struct delay_figures ask_taskstats(struct delays *delays, pid_t root)
{
	struct delay_figures figures = no_figures();
	struct taskstats_figures asked;
	if (taskstats_read(&delays->taskstats, root, &asked) < 0)
		return figures;
	figures.cpu_ns = asked.cpu_ns;
	figures.delay_ns[DELAY_RUN] = asked.run_ns;
	if (delays->is_accounting)
		delays_take_waits(&asked, &figures);
	return figures;
}

static struct delay_figures read_files(const struct delays *delays, pid_t root)
{
	struct delay_figures figures = no_figures();
	char path[40];
	char text[1024];
	int64_t cpu_ns;
	int64_t run_ns;
	snprintf(path, sizeof path, "/proc/%d/schedstat", (int)root);
	read_short(path, text, sizeof text);
	if (!delays_parse_schedstat(text, &cpu_ns, &run_ns))
		return figures;
	figures.cpu_ns = cpu_ns;
	figures.delay_ns[DELAY_RUN] = run_ns;
	if (!delays->is_accounting)
		return figures;
	snprintf(path, sizeof path, "/proc/%d/stat", (int)root);
	read_short(path, text, sizeof text);
	const int64_t ticks = delays_parse_block_ticks(text);
	if (ticks >= 0)
		figures.delay_ns[DELAY_BLOCK] = ticks * (NS_PER_S / sysconf(_SC_CLK_TCK));
	return figures;
}

struct delay_figures delays_read(struct delays *delays, pid_t root)
{
	if (!delays)
		return no_figures();
	if (delays->taskstats.fd >= 0)
		return ask_taskstats(delays, root);
	return delays->has_schedstat ? read_files(delays, root) : no_figures();
}

/* The time that a task was not on a CPU, and a little more for clocks that differ. */
static int64_t most_delay_ns(const struct task_record *record)
{
	const int64_t wall_ns = record->end_ns - record->start_ns;
	return wall_ns - task_cpu_ns(record) + slack_ns + wall_ns / 50;
}

enum delays_fate delays_keep(const struct delay_figures *figures, struct task_record *record)
{
	if (figures->cpu_ns == RECORD_ABSENT)
		return DELAYS_KEPT;
	const int64_t tree_ns = task_cpu_ns(record);
	if ((double)figures->cpu_ns < least_share * (double)tree_ns &&
	    figures->cpu_ns + slack_ns < tree_ns)
		return DELAYS_OF_OTHERS;
	int64_t left_ns = most_delay_ns(record);
	for (int i = 0; i < DELAY_KINDS; i++)
		if (figures->delay_ns[i] != RECORD_ABSENT && figures->delay_ns[i] <= left_ns)
			left_ns -= figures->delay_ns[i];
		else if (figures->delay_ns[i] != RECORD_ABSENT)
			return DELAYS_IMPLAUSIBLE;
	record->run_delay_ns = figures->delay_ns[DELAY_RUN];
	record->block_delay_ns = figures->delay_ns[DELAY_BLOCK];
	record->page_in_delay_ns = figures->delay_ns[DELAY_PAGE_IN];
	return DELAYS_KEPT;
}
