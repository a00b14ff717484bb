#include "run/orphans.h"

#include "core/error.h"
#include "core/str.h"
#include "platform/process.h"

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* More orphans than this at once are found as the earlier ones end. */
enum { MOST_ORPHANS = 1024, NOBODYS = -1 };

struct orphan {
	pid_t pid;
	int64_t slot; /* or NOBODYS */
};

struct orphans {
	char *run_id;
	int children_fd;
	uint32_t slot_count;
	pid_t *roots;
	size_t root_count;
	struct orphan known[MOST_ORPHANS];
	size_t known_count;
	pid_t *listed; /* scratch, room for roots and orphans */
	size_t listed_capacity;
};

static bool is_root(const struct orphans *orphans, pid_t pid)
{
	for (size_t i = 0; i < orphans->root_count; i++)
		if (orphans->roots[i] == pid)
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

/* Adds the children that are neither roots nor known. slot is the one to blame where the orphan
 * does not say itself. */
static void find_new(struct orphans *orphans, int64_t slot)
{
	const size_t count = process_list_children(orphans->children_fd, orphans->listed,
	                                           orphans->listed_capacity);
	if (count <= orphans->root_count + orphans->known_count)
		return;
	for (size_t i = 0; i < count; i++) {
		const pid_t pid = orphans->listed[i];
		if (is_root(orphans, pid) || is_known(orphans, pid))
			continue;
		const int named = slot == NOBODYS ? -1 : process_slot_of(pid, orphans->run_id);
		const bool is_named = named >= 0 && (uint32_t)named < orphans->slot_count;
		add(orphans, pid, is_named ? named : slot);
	}
}

int orphans_open(const char *run_id, uint32_t slot_count, struct orphans **ret_orphans,
                 struct error *err)
{
	struct orphans *const orphans = calloc(1, sizeof *orphans);
	if (!orphans)
		return error_memory(err);
	orphans->children_fd = process_open_children();
	orphans->slot_count = slot_count;
	orphans->listed_capacity = slot_count + MOST_ORPHANS;
	orphans->roots = calloc(slot_count, sizeof *orphans->roots);
	orphans->listed = calloc(orphans->listed_capacity, sizeof *orphans->listed);
	int r = orphans->roots && orphans->listed ? 0 : error_memory(err);
	if (r == 0)
		r = str_copy(run_id, &orphans->run_id, err);
	if (r < 0) {
		orphans_close(orphans);
		return r;
	}
	find_new(orphans, NOBODYS);
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
	free(orphans->listed);
	free(orphans->run_id);
	free(orphans);
}

void orphans_expect(struct orphans *orphans, pid_t pid)
{
	if (orphans->root_count < orphans->slot_count)
		orphans->roots[orphans->root_count++] = pid;
}

void orphans_root_ended(struct orphans *orphans, pid_t pid, uint32_t slot)
{
	for (size_t i = 0; i < orphans->root_count; i++) {
		if (orphans->roots[i] == pid) {
			orphans->roots[i] = orphans->roots[--orphans->root_count];
			break;
		}
	}
	find_new(orphans, slot);
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
	for (size_t i = 0; i < orphans->known_count; i++) {
		if (orphans->known[i].slot != (int64_t)slot)
			continue;
		const pid_t pid = orphans->known[i].pid;
		/* Not the group of somebody who merely belongs to one: it may be ours. */
		if (getpgid(pid) == pid)
			kill(-pid, signal_number);
		kill(pid, signal_number);
	}
}
