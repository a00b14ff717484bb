#include "run/crew.h"

#include "core/clock.h"
#include "core/usage.h"
#include "platform/delays.h"
#include "platform/events.h"
#include "platform/launch.h"
#include "platform/memory_limit.h"
#include "platform/process.h"
#include "run/crew_parts.h"
#include "run/orphans.h"
#include "run/sampler.h"
#include "run/streams.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define LINGER_NS (2 * NS_PER_S)  /* for descendants to end by themselves */
#define GRACE_NS  (2 * NS_PER_S)  /* between TERM and KILL */
#define POLL_NS   (5 * NS_PER_MS) /* lingering groups send no signal when their last member ends */

static void force_slot(struct crew *crew, struct slot *slot, enum slot_force force)
{
	const int signal_number = force == FORCE_KILL ? SIGKILL : SIGTERM;
	/* While the root is not reaped its pid is its own; then the number may be that of another
	 * slot's task, or of somebody else's process. */
	const bool is_running = slot->phase == SLOT_RUNNING;
	if (is_running || process_group_is_left(slot->pid))
		kill(-slot->pid, signal_number);
	/* It may have left its group. */
	if (is_running)
		kill(slot->pid, signal_number);
	orphans_signal(crew->orphans, slot->number, signal_number);
	slot->force = force;
	slot->deadline_ns = now_ns_of(crew) + (force == FORCE_KILL ? POLL_NS : GRACE_NS);
}

void crew_end(struct crew *crew, uint32_t number, enum slot_ending why, bool hurry)
{
	struct slot *const slot = &crew->slots[number];
	if (slot->phase == SLOT_EMPTY)
		return;
	if (slot->ending == ENDING_NOT)
		slot->ending = slot->phase == SLOT_RUNNING ? why : ENDING_CUT_SHORT;
	if (hurry)
		force_slot(crew, slot, FORCE_KILL);
	else if (slot->force == FORCE_NONE)
		force_slot(crew, slot, FORCE_TERM);
}

/* At exec the kernel counts the memory of the program that was left behind, which is plateau's
 * own: a smaller figure than that says nothing of the task, and is absent. */
static int64_t max_rss_of(struct crew *crew, const struct rusage *usage)
{
	/* It only grows: what is not above what it was once is not above what it is. */
	const int64_t max_rss_bytes = (int64_t)usage->ru_maxrss * 1024;
	if (max_rss_bytes <= crew->own_max_rss_bytes)
		return RECORD_ABSENT;
	struct usage own;
	if (usage_read(RUSAGE_SELF, &own) < 0)
		return RECORD_ABSENT;
	crew->own_max_rss_bytes = own.max_rss_bytes;
	return max_rss_bytes > own.max_rss_bytes ? max_rss_bytes : RECORD_ABSENT;
}

static void take_usage(struct crew *crew, struct task_record *record, const struct rusage *usage)
{
	record->user_ns = usage_ns(usage->ru_utime);
	record->system_ns = usage_ns(usage->ru_stime);
	record->max_rss_bytes = max_rss_of(crew, usage);
	record->minor_faults = usage->ru_minflt;
	record->major_faults = usage->ru_majflt;
	record->voluntary_switches = usage->ru_nvcsw;
	record->involuntary_switches = usage->ru_nivcsw;
}

static enum task_state state_of(const struct slot *slot)
{
	const struct task_record *const record = &slot->record.task;
	if (record->start_errno)
		return TASK_NOT_STARTED;
	if (slot->ending == ENDING_TIMEOUT)
		return TASK_TIMEOUT;
	if (slot->ending == ENDING_NOT_NEEDED)
		return TASK_ENDED;
	if (record->signal)
		return TASK_SIGNALED;
	if (record->exit_status != 0)
		return TASK_FAILED;
	if (slot->has_left_children)
		return TASK_LEFT_CHILDREN;
	return slot->ending == ENDING_CUT_SHORT ? TASK_ENDED : TASK_OK;
}

/* For expectations, see crew_most_memory. */
static void remember_memory(struct crew *crew, const struct task_record *record)
{
	struct most_memory *const most = &crew->most_memory;
	if (record->peak_pss_bytes > most->pss_bytes)
		most->pss_bytes = record->peak_pss_bytes;
	if (record->peak_rss_bytes > most->rss_bytes)
		most->rss_bytes = record->peak_rss_bytes;
	if (record->max_rss_bytes > most->process_bytes)
		most->process_bytes = record->max_rss_bytes;
}

static void take_samples(struct task_record *record, struct sampled_memory memory)
{
	record->peak_rss_bytes = memory.peak_rss_bytes;
	record->peak_pss_bytes = memory.peak_pss_bytes;
	record->rss_samples = memory.rss_samples;
	record->pss_samples = memory.pss_samples;
}

/* What descendants that outlive the root hold is counted too: read when the slot is empty. */
static void take_group(struct crew *crew, struct slot *slot)
{
	struct task_record *const record = &slot->record.task;
	if (!crew->limit)
		return;
	record->exceeded_memory_limit = memory_limit_kills(crew->limit, slot->number) > 0;
	const int64_t peak_bytes = memory_limit_peak(crew->limit, slot->number);
	if (peak_bytes >= 0 && record->start_errno == 0)
		record->cgroup_peak_bytes = peak_bytes;
}

/* The root is a zombie: reads what goes with the reaping, and reaps it. */
static void take_root(struct crew *crew, struct slot *slot, int64_t end_ns)
{
	struct task_record *const record = &slot->record.task;
	record->end_ns = end_ns;
	record->start_errno = crew->cells[slot->number].start_errno;
	slot->failed_step = crew->cells[slot->number].step;
	if (crew->settings.sampler)
		take_samples(record, sampler_ended(crew->settings.sampler, slot->number));
	process_read_io(slot->io_fd, record);
	if (slot->io_fd >= 0)
		close(slot->io_fd);
	slot->io_fd = -1;
	events_read(crew->events, slot->event_fds, record->start_errno == 0, slot->record.counters);
	const struct delay_figures delays = delays_read(crew->delays, slot->pid);
	int status = 0;
	struct rusage usage = {0};
	while (wait4(slot->pid, &status, 0, &usage) < 0 && errno == EINTR)
		continue;
	take_usage(crew, record, &usage);
	if (record->start_errno == 0)
		crew->delays_kept[delays_keep(&delays, record)]++;
	remember_memory(crew, record);
	events_mark_detached(crew->events, record->user_ns, slot->record.counters);
	if (WIFSIGNALED(status))
		record->signal = WTERMSIG(status);
	else if (record->start_errno == 0)
		record->exit_status = WEXITSTATUS(status);
}

static bool has_descendants(const struct crew *crew, const struct slot *slot)
{
	return process_group_is_left(slot->pid) || orphans_of(crew->orphans, slot->number) > 0;
}

/* The slot is empty: its next task first, then what the last one printed. */
static void finish_slot(struct crew *crew, struct slot *slot, crew_finished *finished,
                        void *context)
{
	slot->record.task.state = state_of(slot);
	take_group(crew, slot);
	slot->phase = SLOT_EMPTY;
	slot->deadline_ns = INT64_MAX;
	slot->last_end_ns = slot->record.task.end_ns;
	crew->busy--;
	const struct record record = slot->record;
	const int stream_set = slot->stream_set;
	finished(context, slot, &record);
	streams_finish(crew->streams, slot->number, stream_set, &record.task);
}

static void linger_or_finish(struct crew *crew, struct slot *slot, crew_finished *finished,
                             void *context)
{
	if (!has_descendants(crew, slot)) {
		finish_slot(crew, slot, finished, context);
		return;
	}
	if (slot->force == FORCE_NONE)
		slot->deadline_ns = now_ns_of(crew) + LINGER_NS;
}

static struct slot *slot_of_root(struct crew *crew, pid_t pid)
{
	for (uint32_t i = 0; i < crew->settings.slot_count; i++)
		if (crew->slots[i].phase == SLOT_RUNNING && crew->slots[i].pid == pid)
			return &crew->slots[i];
	return NULL;
}

/* Looks, without waiting, for a child that has ended, and leaves it as it is. Returns its pid, 0:
 * there is none. An interrupted look says nothing, so it is made again. */
static pid_t look_for_ended(void)
{
	enum { MOST_LOOKS = 10 };
	for (int i = 0; i < MOST_LOOKS; i++) {
		siginfo_t info = {0};
		if (waitid(P_ALL, 0, &info, WEXITED | WNOWAIT | WNOHANG) == 0)
			return info.si_pid;
		if (errno != EINTR)
			return 0;
	}
	return 0;
}

/* Takes one child that has ended. Returns its slot, NULL for an orphan; *ret_any false: nobody has
 * ended. One look at a time: an unreaped zombie hides all others. */
static struct slot *take_one(struct crew *crew, bool *ret_any)
{
	const pid_t pid = look_for_ended();
	*ret_any = pid != 0;
	if (!*ret_any)
		return NULL;
	struct slot *const slot = slot_of_root(crew, pid);
	if (!slot) {
		waitpid(pid, NULL, WNOHANG);
		orphans_ended(crew->orphans, pid);
		return NULL;
	}
	take_root(crew, slot, now_ns_of(crew));
	orphans_root_ended(crew->orphans, slot->pid);
	slot->phase = SLOT_LINGERING;
	return slot;
}

bool crew_reap(struct crew *crew, crew_finished *finished, void *context)
{
	/* First all that have ended get their end time, then the slots are filled again: starting
	 * one task must not lengthen another. Bounded: where tasks end as fast as they are started,
	 * somebody has always ended, and the caller must get to look at the time. */
	uint32_t ended = 0;
	bool any = true;
	bool has_orphans = false;
	for (uint32_t i = 0; any && i <= crew->settings.slot_count; i++) {
		struct slot *const slot = take_one(crew, &any);
		if (slot)
			crew->ended[ended++] = slot->number;
		has_orphans = has_orphans || (any && !slot);
	}
	/* Children of these roots are orphans now, and so is the child of one that was an orphan.
	 */
	if (ended > 0 || has_orphans)
		orphans_find(crew->orphans, crew->ended, ended);
	for (uint32_t i = 0; i < ended; i++)
		linger_or_finish(crew, &crew->slots[crew->ended[i]], finished, context);
	return any;
}

/* A root that has ended and waits to be reaped. */
static bool is_zombie(const struct slot *slot)
{
	siginfo_t info = {0};
	return waitid(P_PID, (id_t)slot->pid, &info, WEXITED | WNOWAIT | WNOHANG) == 0 &&
	       info.si_pid != 0;
}

/* The slot's deadline has passed: the next force. */
static void escalate(struct crew *crew, struct slot *slot)
{
	if (slot->phase == SLOT_RUNNING && is_zombie(slot))
		return;
	if (slot->phase == SLOT_RUNNING && slot->force == FORCE_NONE)
		slot->ending = ENDING_TIMEOUT;
	if (slot->phase == SLOT_LINGERING && slot->ending == ENDING_NOT)
		slot->has_left_children = true;
	force_slot(crew, slot, slot->force == FORCE_NONE ? FORCE_TERM : FORCE_KILL);
}

void crew_tend(struct crew *crew, crew_finished *finished, void *context)
{
	if (crew->busy == 0)
		return;
	const int64_t now_ns = now_ns_of(crew);
	for (uint32_t i = 0; i < crew->settings.slot_count; i++) {
		struct slot *const slot = &crew->slots[i];
		if (slot->phase == SLOT_EMPTY)
			continue;
		if (slot->phase == SLOT_LINGERING && !has_descendants(crew, slot)) {
			finish_slot(crew, slot, finished, context);
			continue;
		}
		if (now_ns >= slot->deadline_ns)
			escalate(crew, slot);
	}
}

int64_t crew_next_ns(const struct crew *crew)
{
	int64_t next_ns = INT64_MAX;
	if (crew->busy == 0)
		return next_ns;
	for (uint32_t i = 0; i < crew->settings.slot_count; i++) {
		const struct slot *const slot = &crew->slots[i];
		if (slot->phase == SLOT_EMPTY)
			continue;
		int64_t due_ns = slot->deadline_ns;
		if (slot->phase == SLOT_LINGERING)
			due_ns = now_ns_of(crew) + POLL_NS;
		if (due_ns < next_ns)
			next_ns = due_ns;
	}
	return next_ns;
}
