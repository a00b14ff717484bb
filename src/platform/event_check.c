#include "platform/event_check.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "platform/event_work.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
	SHORT_ROUNDS = 40000,
	LONG_ROUNDS = 120000,
	LINES = 4096,
	PAGES = 64,
	SLEEPS = 2,
	TRIES = 3, /* something else may disturb one; misses cannot be disturbed away */
	STREAM_LIMIT_NS = 20 * NS_PER_MS,
	STREAM_BYTES = 64 << 20
};

/* Cores have clocks, and virtual ones: between 10 MHz and 12 GHz. */
static const double least_hz = 1e7;
static const double most_hz = 1.2e10;

/* Not even a core that retires ten per clock counts more than this. */
static const double most_per_s = 1.2e11;

/* What is seen of a piece of work. */
struct seen {
	double count;    /* scaled by enabled / running */
	double cpu_ns;   /* of this thread */
	double expected; /* of what was worked, 0: unknown */
	bool has_run;
};

struct checking {
	int fd;
	struct event_lines *lines;
	char *words;
};

static double cpu_now_ns(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

struct reading {
	uint64_t raw;
	uint64_t enabled_ns;
	uint64_t running_ns;
};

typedef double do_work(const struct checking *checking);

/* Counts over one piece of work. The differences of two readings, so that a counter which always
 * says the same has counted nothing. */
static struct seen look(const struct checking *checking, do_work *work)
{
	struct reading before = {0};
	struct reading after = {0};
	struct seen seen = {0};
	if (read(checking->fd, &before, sizeof before) != (ssize_t)sizeof before)
		return seen;
	const double begin_ns = cpu_now_ns();
	seen.expected = work(checking);
	seen.cpu_ns = cpu_now_ns() - begin_ns;
	if (read(checking->fd, &after, sizeof after) != (ssize_t)sizeof after)
		return seen;
	const double enabled = (double)(after.enabled_ns - before.enabled_ns);
	const double running = (double)(after.running_ns - before.running_ns);
	seen.has_run = running > 0;
	seen.count = (double)(int64_t)(after.raw - before.raw);
	if (running > 0 && enabled > running)
		seen.count *= enabled / running;
	return seen;
}

static double work_short(const struct checking *checking)
{
	(void)checking;
	return (double)event_work_loop(SHORT_ROUNDS);
}

static double work_long(const struct checking *checking)
{
	(void)checking;
	return (double)event_work_loop(LONG_ROUNDS);
}

static double work_fault(const struct checking *checking)
{
	(void)checking;
	return (double)event_work_fault(PAGES);
}

static double work_sleep(const struct checking *checking)
{
	(void)checking;
	event_work_sleep(SLEEPS);
	return SLEEPS;
}

static double work_chase(const struct checking *checking)
{
	return (double)event_lines_chase(checking->lines);
}

static double work_stream(const struct checking *checking)
{
	(void)checking;
	return (double)event_work_stream(STREAM_BYTES, STREAM_LIMIT_NS);
}

static void say(const struct checking *checking, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

static void say(const struct checking *checking, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(checking->words, RECORD_REASON_BYTES, format, args);
	va_end(args);
}

static enum event_verdict check_cycles(const struct checking *checking)
{
	const struct seen brief = look(checking, work_short);
	const struct seen full = look(checking, work_long);
	if (!brief.has_run || !full.has_run)
		return EVENT_NEVER_RAN;
	const double hz = full.cpu_ns > 0 ? full.count / full.cpu_ns * 1e9 : 0;
	if (full.count <= 0 || brief.count <= 0)
		say(checking, "it stayed at %.0f while %d instructions were executed", full.count,
		    LONG_ROUNDS * EVENT_WORK_LOOP_INSTRUCTIONS);
	else if (full.count < 1.2 * brief.count)
		say(checking, "it counted %.0f for some work and %.0f for three times that work",
		    brief.count, full.count);
	else if (hz < least_hz || hz > most_hz)
		say(checking, "it counted %.0f in %.0f us of CPU time", full.count,
		    full.cpu_ns / 1e3);
	else
		return EVENT_PLAUSIBLE;
	return EVENT_WRONG;
}

static enum event_verdict check_instructions(const struct checking *checking)
{
	const struct seen full = look(checking, work_long);
	if (!full.has_run)
		return EVENT_NEVER_RAN;
	if (full.expected <= 0) {
		say(checking, "not checked: there is no loop of known length for this processor");
		return full.count > 0 ? EVENT_UNCHECKED : EVENT_WRONG;
	}
	/* Interrupts execute some, too. */
	if (full.count >= 0.98 * full.expected && full.count <= 1.05 * full.expected + 20000)
		return EVENT_PLAUSIBLE;
	say(checking, "it counted %.0f for a loop of %.0f instructions", full.count, full.expected);
	return EVENT_WRONG;
}

static enum event_verdict check_time(const struct checking *checking)
{
	const struct seen full = look(checking, work_long);
	if (!full.has_run)
		return EVENT_NEVER_RAN;
	const double off_ns = full.count - full.cpu_ns;
	if (off_ns <= 0.2 * full.cpu_ns + 1e5 && -off_ns <= 0.2 * full.cpu_ns + 1e5)
		return EVENT_PLAUSIBLE;
	say(checking, "it counted %.0f us for %.0f us of CPU time", full.count / 1e3,
	    full.cpu_ns / 1e3);
	return EVENT_WRONG;
}

/* Counts that the kernel keeps itself: not less than was caused. */
static enum event_verdict check_caused(const struct checking *checking, do_work *work,
                                       const char *what)
{
	const struct seen seen = look(checking, work);
	if (!seen.has_run)
		return EVENT_NEVER_RAN;
	if (seen.expected <= 0) {
		say(checking, "not checked: there was no memory for it");
		return EVENT_UNCHECKED;
	}
	if (seen.count >= 0.9 * seen.expected && seen.count <= 100 * seen.expected)
		return EVENT_PLAUSIBLE;
	say(checking, "it counted %.0f for %.0f %s", seen.count, seen.expected, what);
	return EVENT_WRONG;
}

static enum event_verdict check_faults(const struct checking *checking)
{
	return check_caused(checking, work_fault, "fresh pages that were touched");
}

static enum event_verdict check_switches(const struct checking *checking)
{
	return check_caused(checking, work_sleep, "sleeps");
}

/* Lines that are in no cache must miss; a loop in registers must hardly. What a system-level cache
 * keeps beyond the point of flushing (arm64) does not miss: fresh memory is read then, too. */
static enum event_verdict check_misses(const struct checking *checking)
{
	const struct seen loop = look(checking, work_long);
	if (!loop.has_run)
		return EVENT_NEVER_RAN;
	if (loop.count > 0.1 * LONG_ROUNDS * EVENT_WORK_LOOP_INSTRUCTIONS) {
		say(checking, "it counted %.0f for a loop of %d instructions in registers",
		    loop.count, LONG_ROUNDS * EVENT_WORK_LOOP_INSTRUCTIONS);
		return EVENT_WRONG;
	}
	if (!checking->lines || !event_lines_flush(checking->lines)) {
		say(checking, "not checked: the caches of this processor cannot be emptied");
		return EVENT_UNCHECKED;
	}
	const struct seen chase = look(checking, work_chase);
	if (chase.count >= LINES / 16.0 && chase.count <= LINES * 64.0)
		return EVENT_PLAUSIBLE;
	const struct seen stream = look(checking, work_stream);
	if (chase.count + stream.count >= LINES / 16.0 &&
	    chase.count + stream.count <= 64 * (chase.expected + stream.expected))
		return EVENT_PLAUSIBLE;
	say(checking, "it counted %.0f while %.0f lines were read that no cache held",
	    chase.count + stream.count, chase.expected);
	return EVENT_WRONG;
}

static double work_everything(const struct checking *checking)
{
	work_long(checking);
	if (checking->lines && event_lines_flush(checking->lines))
		work_chase(checking);
	return work_sleep(checking);
}

/* Stalls, branches and the like: how many is not known, but nothing at all cannot be. */
static enum event_verdict check_grows(const struct checking *checking)
{
	const struct seen seen = look(checking, work_everything);
	if (!seen.has_run)
		return EVENT_NEVER_RAN;
	if (seen.count > 0 && seen.count <= most_per_s * seen.cpu_ns / 1e9 + 1e5)
		return EVENT_PLAUSIBLE;
	say(checking, "it counted %.0f for a loop, %d lines from memory and %d sleeps", seen.count,
	    LINES, SLEEPS);
	return EVENT_WRONG;
}

/* Nothing is known of what it counts but that there is an end to it. */
static enum event_verdict check_bounded(const struct checking *checking)
{
	const struct seen seen = look(checking, work_everything);
	if (!seen.has_run)
		return EVENT_NEVER_RAN;
	if (seen.count == 0) {
		say(checking, "it stayed at 0 when it was tried: whether it counts at all is not "
		              "known");
		return EVENT_UNCHECKED;
	}
	if (seen.count > 0 && seen.count <= most_per_s * seen.cpu_ns / 1e9 + 1e5)
		return EVENT_PLAUSIBLE;
	say(checking, "it counted %.0f in %.0f us of CPU time", seen.count, seen.cpu_ns / 1e3);
	return EVENT_WRONG;
}

/* Whether it gets a counter at all. */
static enum event_verdict check_none(const struct checking *checking)
{
	return look(checking, work_short).has_run ? EVENT_PLAUSIBLE : EVENT_NEVER_RAN;
}

static enum event_verdict (*const checks[])(const struct checking *checking) = {
        [METRIC_CHECK_NONE] = check_none,
        [METRIC_CHECK_CYCLES] = check_cycles,
        [METRIC_CHECK_INSTRUCTIONS] = check_instructions,
        [METRIC_CHECK_TIME] = check_time,
        [METRIC_CHECK_FAULTS] = check_faults,
        [METRIC_CHECK_SWITCHES] = check_switches,
        [METRIC_CHECK_MISSES] = check_misses,
        [METRIC_CHECK_GROWS] = check_grows,
        [METRIC_CHECK_BOUNDED] = check_bounded,
};

static int open_here(const struct perf_event_attr *attributes)
{
	struct perf_event_attr copy = *attributes;
	copy.disabled = 0;
	copy.enable_on_exec = 0;
	copy.inherit = 0;
	return (int)syscall(SYS_perf_event_open, &copy, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
}

enum event_verdict event_check(const struct perf_event_attr *attributes, enum metric_check check,
                               char words[RECORD_REASON_BYTES])
{
	cleanup_close const int fd = open_here(attributes);
	words[0] = '\0';
	if (fd < 0)
		return EVENT_UNOPENED;
	struct checking checking = {.fd = fd, .words = words};
	if (check == METRIC_CHECK_MISSES || check == METRIC_CHECK_GROWS ||
	    check == METRIC_CHECK_BOUNDED)
		checking.lines = event_lines_new(LINES);
	enum event_verdict verdict = EVENT_WRONG;
	const int tries = check == METRIC_CHECK_MISSES ? 1 : TRIES;
	for (int i = 0; i < tries && (verdict == EVENT_WRONG || verdict == EVENT_NEVER_RAN); i++)
		verdict = checks[check](&checking);
	event_lines_free(checking.lines);
	if (verdict == EVENT_PLAUSIBLE)
		words[0] = '\0';
	return verdict;
}

/* ---- What an event is ---------------------------------------------------------------------- */

#define LL_READ_MISS                                                                               \
	(PERF_COUNT_HW_CACHE_LL | PERF_COUNT_HW_CACHE_OP_READ << 8 |                               \
	 PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

static const struct {
	uint64_t config;
	uint32_t type;
	enum metric_check check;
} known[] = {
        {PERF_COUNT_HW_CPU_CYCLES, PERF_TYPE_HARDWARE, METRIC_CHECK_CYCLES},
        {PERF_COUNT_HW_REF_CPU_CYCLES, PERF_TYPE_HARDWARE, METRIC_CHECK_CYCLES},
        {PERF_COUNT_HW_INSTRUCTIONS, PERF_TYPE_HARDWARE, METRIC_CHECK_INSTRUCTIONS},
        {PERF_COUNT_HW_CACHE_MISSES, PERF_TYPE_HARDWARE, METRIC_CHECK_MISSES},
        {PERF_COUNT_HW_CACHE_REFERENCES, PERF_TYPE_HARDWARE, METRIC_CHECK_GROWS},
        {PERF_COUNT_HW_BRANCH_INSTRUCTIONS, PERF_TYPE_HARDWARE, METRIC_CHECK_GROWS},
        {PERF_COUNT_HW_BRANCH_MISSES, PERF_TYPE_HARDWARE, METRIC_CHECK_GROWS},
        {PERF_COUNT_HW_STALLED_CYCLES_FRONTEND, PERF_TYPE_HARDWARE, METRIC_CHECK_GROWS},
        {PERF_COUNT_HW_STALLED_CYCLES_BACKEND, PERF_TYPE_HARDWARE, METRIC_CHECK_GROWS},
        {LL_READ_MISS, PERF_TYPE_HW_CACHE, METRIC_CHECK_MISSES},
        {PERF_COUNT_SW_TASK_CLOCK, PERF_TYPE_SOFTWARE, METRIC_CHECK_TIME},
        {PERF_COUNT_SW_CPU_CLOCK, PERF_TYPE_SOFTWARE, METRIC_CHECK_TIME},
        {PERF_COUNT_SW_PAGE_FAULTS, PERF_TYPE_SOFTWARE, METRIC_CHECK_FAULTS},
        {PERF_COUNT_SW_PAGE_FAULTS_MIN, PERF_TYPE_SOFTWARE, METRIC_CHECK_FAULTS},
        {PERF_COUNT_SW_CONTEXT_SWITCHES, PERF_TYPE_SOFTWARE, METRIC_CHECK_SWITCHES},
};

enum metric_check event_check_for(const struct perf_event_attr *attributes)
{
	/* The work is done in user mode: of the kernel alone nothing is known. */
	if (attributes->exclude_user)
		return METRIC_CHECK_BOUNDED;
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		if (known[i].type == attributes->type && known[i].config == attributes->config)
			return known[i].check;
	return attributes->type == PERF_TYPE_SOFTWARE || attributes->type == PERF_TYPE_TRACEPOINT
	               ? METRIC_CHECK_NONE
	               : METRIC_CHECK_BOUNDED;
}
