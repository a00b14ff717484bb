#include "run/orphans.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "platform/process.h"
#include "run/streams.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* More orphans than this at once are found as the earlier ones end. */
enum { MOST_ORPHANS = 1024 };

/* Instead of a slot. */
enum { SPARED = -1, STRAY = -2, UNOWNED = -3, ENDING = -4 };

/* The kernel tells when a process was started in ticks of 10 ms. */
#define START_GRAIN_NS (20 * NS_PER_MS)

#define END_ALL_NS (2 * NS_PER_S)

struct orphan {
	pid_t pid;
	int64_t slot; /* or SPARED, STRAY, UNOWNED; never ENDING */
};

struct root {
	pid_t pid;
	uint32_t slot;
	int64_t start_ns; /* monotonic */
};

struct orphans {
	char *run_id;
	const struct streams *streams;
	int children_fd;
	uint32_t slot_count;
	struct root *roots; /* that run */
	size_t root_count;
	uint32_t *indexes; /* by slot: of its last task */
	struct orphan known[MOST_ORPHANS];
	size_t known_count;
	uint32_t unowned;
	pid_t *listed; /* scratch, room for roots and orphans */
	size_t listed_capacity;
};

static bool is_root(const struct orphans *orphans, pid_t pid)
{
	for (size_t i = 0; i < orphans->root_count; i++)
		if (orphans->roots[i].pid == pid)
			return true;
	return false;
}

static bool is_known(const struct orphans *orphans, pid_t pid)
{
	for (size_t i = 0; i < orphans->known_count; i++)
		if (orphans->known[i].pid == pid)
			return true;
	return false;
}

static void add(struct orphans *orphans, pid_t pid, int64_t slot)
{
	if (orphans->known_count < MOST_ORPHANS)
		orphans->known[orphans->known_count++] = (struct orphan){pid, slot};
}

/* Not the group of somebody who merely belongs to one: it may be ours. */
static void send(pid_t pid, int signal_number)
{
	if (getpgid(pid) == pid)
		kill(-pid, signal_number);
	kill(pid, signal_number);
}

/* The slot whose files the process prints to, or -1. */
static int64_t slot_of_output(const struct orphans *orphans, pid_t pid)
{
	struct process_file file;
	for (int stream = 1; stream <= 2; stream++) {
		if (!orphans->streams || !process_open_file(pid, stream, &file))
			continue;
		const int64_t slot = streams_slot_of(orphans->streams, file.device, file.inode);
		if (slot >= 0)
			return slot;
	}
	return -1;
}

/* Slots whose roots have just ended. */
struct ended {
	const uint32_t *slots;
	size_t count;
};

/* The one slot whose task ran when the process was started, UNOWNED where there are several, STRAY
 * where there is none. */
static int64_t only_slot(const struct orphans *orphans, pid_t pid, const struct ended *ended)
{
	if (ended->count > 1)
		return UNOWNED;
	const int64_t start_ns = process_start_ns(pid);
	int64_t slot = ended->count == 1 ? (int64_t)ended->slots[0] : STRAY;
	for (size_t i = 0; i < orphans->root_count; i++) {
		const struct root *const root = &orphans->roots[i];
		if (start_ns >= 0 && root->start_ns > start_ns + START_GRAIN_NS)
			continue;
		if (slot >= 0)
			return UNOWNED;
		slot = root->slot;
	}
	return slot;
}

/* Whose a new orphan is. */
static int64_t owner_of(const struct orphans *orphans, pid_t pid, const struct ended *ended)
{
	uint32_t slot;
	uint32_t index;
	if (process_task_of(pid, orphans->run_id, &slot, &index) && slot < orphans->slot_count)
		return orphans->indexes[slot] == index ? (int64_t)slot : STRAY;
	/* Of one that is on its way out neither environment nor files are left to be read. */
	if (process_is_ending(pid))
		return ENDING;
	const int64_t printing_slot = slot_of_output(orphans, pid);
	return printing_slot >= 0 ? printing_slot : only_slot(orphans, pid, ended);
}

/* Adds the children that are neither roots nor known; ended NULL: as those that are left alone. */
static void find_new(struct orphans *orphans, const struct ended *ended)
{
	const size_t count = process_list_children(orphans->children_fd, orphans->listed,
	                                           orphans->listed_capacity);
	if (count <= orphans->root_count + orphans->known_count)
		return;
	for (size_t i = 0; i < count; i++) {
		const pid_t pid = orphans->listed[i];
		if (is_root(orphans, pid) || is_known(orphans, pid))
			continue;
		const int64_t owner = ended ? owner_of(orphans, pid, ended) : SPARED;
		if (owner == ENDING)
			continue; /* reaped soon, as every child is */
		add(orphans, pid, owner);
		orphans->unowned += owner == UNOWNED;
		if (owner == STRAY)
			send(pid, SIGKILL);
	}
}

void orphans_find(struct orphans *orphans, const uint32_t *ended, size_t ended_count)
{
	const struct ended roots = {ended, ended_count};
	find_new(orphans, &roots);
}

uint32_t orphans_take_unowned(struct orphans *orphans)
{
	const uint32_t unowned = orphans->unowned;
	orphans->unowned = 0;
	return unowned;
}

int orphans_open(const char *run_id, uint32_t slot_count, const struct streams *streams,
                 struct orphans **ret_orphans, struct error *err)
{
	struct orphans *const orphans = calloc(1, sizeof *orphans);
	if (!orphans)
		return error_memory(err);
	orphans->children_fd = process_open_children();
	orphans->streams = streams;
	orphans->slot_count = slot_count;
	orphans->listed_capacity = slot_count + MOST_ORPHANS;
	orphans->roots = calloc(slot_count, sizeof *orphans->roots);
	orphans->indexes = calloc(slot_count, sizeof *orphans->indexes);
	orphans->listed = calloc(orphans->listed_capacity, sizeof *orphans->listed);
	int r = orphans->roots && orphans->indexes && orphans->listed ? 0 : error_memory(err);
	if (r == 0)
		r = str_copy(run_id, &orphans->run_id, err);
	if (r < 0) {
		orphans_close(orphans);
		return r;
	}
	find_new(orphans, NULL);
	*ret_orphans = orphans;
	return 0;
}

void orphans_close(struct orphans *orphans)
{
	if (!orphans)
		return;
	if (orphans->children_fd >= 0)
		close(orphans->children_fd);
	free(orphans->roots);
	free(orphans->indexes);
	free(orphans->listed);
	free(orphans->run_id);
	free(orphans);
}

void orphans_expect(struct orphans *orphans, pid_t pid, uint32_t slot, uint32_t index)
{
	orphans->indexes[slot] = index;
	if (orphans->root_count < orphans->slot_count)
		orphans->roots[orphans->root_count++] = (struct root){pid, slot, clock_now_ns()};
}

void orphans_root_ended(struct orphans *orphans, pid_t pid)
{
	for (size_t i = 0; i < orphans->root_count; i++) {
		if (orphans->roots[i].pid == pid) {
			orphans->roots[i] = orphans->roots[--orphans->root_count];
			return;
		}
	}
}

void orphans_ended(struct orphans *orphans, pid_t pid)
{
	for (size_t i = 0; i < orphans->known_count; i++) {
		if (orphans->known[i].pid == pid) {
			orphans->known[i] = orphans->known[--orphans->known_count];
			return;
		}
	}
}

uint32_t orphans_of(const struct orphans *orphans, uint32_t slot)
{
	uint32_t count = 0;
	for (size_t i = 0; i < orphans->known_count; i++)
		count += orphans->known[i].slot == (int64_t)slot;
	return count;
}

void orphans_signal(const struct orphans *orphans, uint32_t slot, int signal_number)
{
	for (size_t i = 0; i < orphans->known_count; i++)
		if (orphans->known[i].slot == (int64_t)slot)
			send(orphans->known[i].pid, signal_number);
}

/* Ends and reaps what is known; returns how many are not reaped yet. */
static size_t end_known(struct orphans *orphans)
{
	size_t left = 0;
	for (size_t i = orphans->known_count; i-- > 0;) {
		const struct orphan orphan = orphans->known[i];
		if (orphan.slot == SPARED)
			continue;
		send(orphan.pid, SIGKILL);
		if (waitpid(orphan.pid, NULL, WNOHANG) == orphan.pid)
			orphans_ended(orphans, orphan.pid);
		else
			left++;
	}
	return left;
}

size_t orphans_end_all(struct orphans *orphans)
{
	const int64_t until_ns = clock_now_ns() + END_ALL_NS;
	for (;;) {
		const size_t before = orphans->known_count;
		orphans_find(orphans, NULL, 0);
		const bool any_new = orphans->known_count > before;
		const size_t left = end_known(orphans);
		if ((left == 0 && !any_new) || clock_now_ns() >= until_ns)
			return left;
		clock_sleep_until(clock_now_ns() + NS_PER_MS);
	}
}
