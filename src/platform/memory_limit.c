#include "platform/memory_limit.h"

#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "platform/host_read.h"
#include "platform/memory_group.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LIMIT_TEXT_BYTES = 300 };

/* More than this in a group before its task begins is what earlier tasks left there (files that
 * they wrote or read first): the group is made anew. Less is what the kernel keeps in hand for each
 * CPU. */
#define MOST_LEFT_BYTES (INT64_C(2) << 20)

struct limited_slot {
	char *folder;
	char *procs; /* the file that a process joins by */
	char *kills_file;
	char *peak_file;
	int64_t kills;
	int peak_fd;     /* -1: not open */
	bool can_reset;  /* the peak begins anew when something is written to it */
	bool was_used;   /* a task has run in the group since it was made */
	bool is_missing; /* the group could not be made anew */
	bool is_fresh;   /* the peak is that of the slot's last task */
};

struct memory_limit {
	enum memory_limit_way way;
	bool is_recorded; /* below a sysroot */
	int64_t bytes;
	uint32_t slot_count;
	struct limited_slot *slots;
	uint32_t made; /* groups of slots that exist */
	char *own;     /* the group of this process, with the sysroot in front */
	char *parent;  /* of the slots' groups, NULL: not made */
	int lock;      /* of parent, held as long as this process lives; -1: none */
	char *aside;   /* where plateau has moved to, NULL: nowhere */
	char text[LIMIT_TEXT_BYTES];
	char peak_text[LIMIT_TEXT_BYTES]; /* where peaks come from, or why there are none */
};

static bool has_memory(const char *folder, const char *name)
{
	char path[GROUP_PATH_BYTES];
	char text[1024];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (!group_read(path, text, sizeof text))
		return false;
	char *rest = NULL;
	for (char *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest))
		if (strcmp(word, "memory") == 0)
			return true;
	return false;
}

/* ---- Groups ------------------------------------------------------------------------------- */

static void count_strangers(pid_t pid, void *context)
{
	*(int *)context += pid != getpid() && pid != getppid();
}

/* Leaves the way free for limited groups below the own one, which must not hold processes then.
 * Returns 0 or -errno. */
static int move_aside(struct memory_limit *limit, const char *run_id, struct error *err)
{
	int strangers = 0;
	if (group_for_members(limit->own, count_strangers, &strangers) < 0)
		return -EACCES;
	if (strangers > 0)
		return -EBUSY;
	int r = str_format(&limit->aside, err, "%s/plateau-%s-main", limit->own, run_id);
	if (r < 0)
		return r;
	if (mkdir(limit->aside, 0755) < 0) {
		r = -errno;
		free(limit->aside);
		limit->aside = NULL;
		return r;
	}
	group_for_members(limit->own, group_move_to, limit->aside);
	return group_write(limit->own, "cgroup.subtree_control", "+memory", limit->is_recorded);
}

static void move_back(struct memory_limit *limit)
{
	if (!limit->aside)
		return;
	group_write(limit->own, "cgroup.subtree_control", "-memory", limit->is_recorded);
	group_for_members(limit->aside, group_move_to, limit->own);
	group_remove(limit->aside, group_remove_until());
	free(limit->aside);
	limit->aside = NULL;
}

/* Sets the limit of a group that was just made. Returns 0 or -errno. */
static int limit_group(const struct memory_limit *limit, const struct limited_slot *slot,
                       bool is_v2)
{
	if (limit->bytes == 0)
		return 0;
	const int r =
	        group_write_number(slot->folder, is_v2 ? "memory.max" : "memory.limit_in_bytes",
	                           limit->bytes, limit->is_recorded);
	/* Where swap is counted, it must not be the way out. */
	if (is_v2)
		group_write(slot->folder, "memory.swap.max", "0", limit->is_recorded);
	else
		group_write_number(slot->folder, "memory.memsw.limit_in_bytes", limit->bytes,
		                   limit->is_recorded);
	return r;
}

static void close_peak(struct limited_slot *slot)
{
	if (slot->peak_fd >= 0)
		close(slot->peak_fd);
	slot->peak_fd = -1;
}

/* The file can be written to where the kernel lets the peak begin anew: always in version 1, from
 * Linux 6.12 on in version 2. */
static void open_peak(struct limited_slot *slot)
{
	struct stat status;
	if (stat(slot->peak_file, &status) < 0)
		return;
	slot->can_reset = (status.st_mode & S_IWUSR) != 0;
	slot->peak_fd = open(slot->peak_file, (slot->can_reset ? O_RDWR : O_RDONLY) | O_CLOEXEC);
	if (slot->peak_fd < 0 && slot->can_reset) {
		slot->can_reset = false;
		slot->peak_fd = open(slot->peak_file, O_RDONLY | O_CLOEXEC);
	}
}

/* The folder is there and empty. Returns 0 or -errno. */
static int fill_group(const struct memory_limit *limit, struct limited_slot *slot, bool is_v2)
{
	int r = limit_group(limit, slot, is_v2);
	const int fd = r < 0 ? -1 : open(slot->procs, group_write_flags(limit->is_recorded), 0644);
	if (r == 0 && fd < 0)
		r = -errno;
	if (fd >= 0)
		close(fd);
	slot->kills = 0;
	slot->was_used = false;
	open_peak(slot);
	return r;
}

static int make_slot(struct memory_limit *limit, uint32_t number, bool is_v2, struct error *err)
{
	struct limited_slot *const slot = &limit->slots[number];
	int r = str_format(&slot->folder, err, "%s/%" PRIu32, limit->parent, number);
	/* In version 1 a thread may join by itself, for which the kernel need not wait until no
	 * process forks or ends anywhere (Linux 5.16): 0.05 ms where cgroup.procs takes 10. */
	if (r == 0)
		r = str_format(&slot->procs, err, "%s/%s", slot->folder,
		               is_v2 ? "cgroup.procs" : "tasks");
	if (r == 0)
		r = str_format(&slot->kills_file, err, "%s/%s", slot->folder,
		               is_v2 ? "memory.events" : "memory.oom_control");
	if (r == 0)
		r = str_format(&slot->peak_file, err, "%s/%s", slot->folder,
		               is_v2 ? "memory.peak" : "memory.max_usage_in_bytes");
	if (r < 0)
		return r;
	if (mkdir(slot->folder, 0755) < 0)
		return -errno;
	limit->made = number + 1;
	return fill_group(limit, slot, is_v2);
}

static void release_groups(struct memory_limit *limit)
{
	const int64_t until_ns = group_remove_until();
	for (uint32_t i = 0; i < limit->slot_count; i++) {
		if (i < limit->made)
			group_remove(limit->slots[i].folder, until_ns);
		free(limit->slots[i].folder);
		free(limit->slots[i].procs);
		free(limit->slots[i].kills_file);
		free(limit->slots[i].peak_file);
		close_peak(&limit->slots[i]);
		limit->slots[i] = (struct limited_slot){.peak_fd = -1};
	}
	limit->made = 0;
	if (limit->parent)
		group_remove(limit->parent, until_ns);
	free(limit->parent);
	limit->parent = NULL;
	if (limit->lock >= 0)
		close(limit->lock);
	limit->lock = -1;
	move_back(limit);
	free(limit->own);
	limit->own = NULL;
}

static bool is_at(int fd, const char *path)
{
	struct stat open_one;
	struct stat named;
	return fstat(fd, &open_one) == 0 && stat(path, &named) == 0 &&
	       open_one.st_dev == named.st_dev && open_one.st_ino == named.st_ino;
}

/* Makes the parent of the slots' groups and locks it, so that whoever looks for the groups of dead
 * runs sees that this one lives. One who looks between the two may have removed it: once more. */
static int make_parent(struct memory_limit *limit)
{
	enum { MOST_TRIES = 100 };
	for (int i = 0; i < MOST_TRIES; i++) {
		if (mkdir(limit->parent, 0755) < 0)
			return -errno;
		limit->lock = open(limit->parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		/* Where it cannot be locked, nobody else can, and it is left alone. */
		if (limit->lock >= 0)
			flock(limit->lock, LOCK_EX);
		if (limit->lock >= 0 && is_at(limit->lock, limit->parent))
			return 0;
		if (limit->lock >= 0)
			close(limit->lock);
		limit->lock = -1;
	}
	return -EBUSY;
}

/* Makes the groups. Returns 0 or -errno, with nothing left behind. */
static int make_groups(struct memory_limit *limit, const char *run_id, bool is_v2,
                       struct error *err)
{
	int r = 0;
	if (is_v2 && !has_memory(limit->own, "cgroup.controllers"))
		return -EOPNOTSUPP;
	if (is_v2 && !has_memory(limit->own, "cgroup.subtree_control"))
		r = move_aside(limit, run_id, err);
	if (r == 0)
		r = str_format(&limit->parent, err, "%s/plateau-%s", limit->own, run_id);
	if (r == 0 && (r = make_parent(limit)) < 0) {
		free(limit->parent);
		limit->parent = NULL;
	}
	if (r == 0 && is_v2)
		r = group_write(limit->parent, "cgroup.subtree_control", "+memory",
		                limit->is_recorded);
	for (uint32_t i = 0; r == 0 && i < limit->slot_count; i++)
		r = make_slot(limit, i, is_v2, err);
	return r;
}

static bool try_way(struct memory_limit *limit, const struct host_reader *reader,
                    const char *run_id, bool is_v2, struct str *reasons)
{
	char folder[HOST_CGROUP_PATH_BYTES];
	struct error err;
	int r = -ENOENT;
	if (host_cgroup_folder(reader, is_v2 ? NULL : "memory", folder))
		r = str_format(&limit->own, &err, "%s%s", reader->sysroot, folder);
	if (r == 0)
		r = make_groups(limit, run_id, is_v2, &err);
	if (r == 0)
		return true;
	release_groups(limit);
	const char *why = strerror(-r);
	if (r == -ENOENT)
		why = "not there";
	else if (r == -EOPNOTSUPP)
		why = "without the memory controller";
	else if (r == -EBUSY)
		why = "shared with other processes";
	str_addf(reasons, "%scgroup version %d: %s", reasons->length ? "; " : "", is_v2 ? 2 : 1,
	         why);
	return false;
}

/* Why the groups would cost too much for the sake of the peak alone; NULL: they do not. */
static const char *costs_too_much(const struct host_reader *reader, bool is_v2)
{
	int major = 0;
	int minor = 0;
	char *const release = host_read_text(reader, NULL, "/proc/sys/kernel/osrelease");
	const bool is_known = release && sscanf(release, "%d.%d", &major, &minor) == 2;
	free(release);
	if (!is_v2 && (!is_known || major > 5 || (major == 5 && minor >= 16)))
		return NULL;
	return "joining one costs every task some 10 ms here, unless sampling.memory_group is "
	       "always";
}

static bool may_try(const struct memory_limit *limit, const struct host_reader *reader,
                    bool at_any_cost, bool is_v2, struct str *reasons)
{
	const char *const why =
	        limit->bytes > 0 || at_any_cost ? NULL : costs_too_much(reader, is_v2);
	char folder[HOST_CGROUP_PATH_BYTES];
	if (!why || !host_cgroup_folder(reader, is_v2 ? NULL : "memory", folder))
		return true;
	str_addf(reasons, "%scgroup version %d: %s", reasons->length ? "; " : "", is_v2 ? 2 : 1,
	         why);
	return false;
}

static void tell_peak(struct memory_limit *limit, const char *reasons)
{
	const bool is_v2 = limit->way == MEMORY_LIMIT_CGROUP2;
	const char *const file = is_v2 ? "memory.peak" : "memory.max_usage_in_bytes";
	if (limit->way == MEMORY_LIMIT_ADDRESS_SPACE)
		snprintf(limit->peak_text, sizeof limit->peak_text, "%s", reasons);
	else if (limit->slots[0].peak_fd < 0)
		snprintf(limit->peak_text, sizeof limit->peak_text, "this kernel has no %s%s", file,
		         is_v2 ? " (Linux 5.19 has)" : "");
	else
		snprintf(limit->peak_text, sizeof limit->peak_text, "%s of cgroup version %d, %s",
		         file, is_v2 ? 2 : 1,
		         limit->slots[0].can_reset ? "set back for every task"
		                                   : "a new group for every task");
}

static void choose_way(struct memory_limit *limit, const struct host_reader *reader,
                       const char *run_id, bool at_any_cost)
{
	cleanup_str struct str reasons = {0};
	char size[NUMBER_TEXT_BYTES];
	number_format_bytes(limit->bytes, size);
	if (may_try(limit, reader, at_any_cost, true, &reasons) &&
	    try_way(limit, reader, run_id, true, &reasons)) {
		limit->way = MEMORY_LIMIT_CGROUP2;
		snprintf(limit->text, sizeof limit->text,
		         "cgroup version 2: at most %s for the whole tree of each task", size);
	} else if (may_try(limit, reader, at_any_cost, false, &reasons) &&
	           try_way(limit, reader, run_id, false, &reasons)) {
		limit->way = MEMORY_LIMIT_CGROUP1;
		snprintf(limit->text, sizeof limit->text,
		         "cgroup version 1: at most %s for the whole tree of each task", size);
	} else {
		limit->way = MEMORY_LIMIT_ADDRESS_SPACE;
		snprintf(limit->text, sizeof limit->text,
		         "RLIMIT_AS: at most %s of address space for each process of a task (%s)",
		         size, str_text(&reasons));
	}
	tell_peak(limit, str_text(&reasons));
}

int memory_limit_open(const char *sysroot, const char *run_id, uint32_t slot_count, int64_t bytes,
                      bool at_any_cost, struct memory_limit **ret_limit, struct error *err)
{
	struct memory_limit *const limit = calloc(1, sizeof *limit);
	if (!limit)
		return error_memory(err);
	limit->bytes = bytes;
	limit->lock = -1;
	limit->slot_count = slot_count;
	limit->is_recorded = sysroot && *sysroot;
	limit->slots = calloc(slot_count, sizeof *limit->slots);
	if (!limit->slots) {
		free(limit);
		return error_memory(err);
	}
	for (uint32_t i = 0; i < slot_count; i++)
		limit->slots[i].peak_fd = -1;
	const struct host_reader reader = {.sysroot = sysroot ? sysroot : ""};
	choose_way(limit, &reader, run_id, at_any_cost);
	*ret_limit = limit;
	return 0;
}

void memory_limit_close(struct memory_limit *limit)
{
	if (!limit)
		return;
	release_groups(limit);
	free(limit->slots);
	free(limit);
}

enum memory_limit_way memory_limit_way(const struct memory_limit *limit)
{
	return limit->way;
}

const char *memory_limit_text(const struct memory_limit *limit)
{
	return limit->text;
}

const char *memory_limit_peak_text(const struct memory_limit *limit)
{
	return limit->peak_text;
}

bool memory_limit_has_peak(const struct memory_limit *limit)
{
	return limit->way != MEMORY_LIMIT_ADDRESS_SPACE && limit->slots[0].peak_fd >= 0;
}

const char *memory_limit_procs(const struct memory_limit *limit, uint32_t slot)
{
	/* A limit is enforced or its task does not start; a peak is done without. */
	return limit->bytes == 0 && limit->slots[slot].is_missing ? NULL : limit->slots[slot].procs;
}

/* ---- Peaks -------------------------------------------------------------------------------- */

static int64_t read_peak(const struct limited_slot *slot)
{
	char text[32];
	const ssize_t got = pread(slot->peak_fd, text, sizeof text - 1, 0);
	if (got <= 0)
		return -1;
	text[got] = '\0';
	return strtoll(text, NULL, 10);
}

/* Returns false when the group could not be removed: somebody is left in it, and in its figures. */
static bool renew_group(struct memory_limit *limit, struct limited_slot *slot)
{
	close_peak(slot);
	if (!slot->is_missing && rmdir(slot->folder) < 0 && errno != ENOENT) {
		open_peak(slot);
		return false;
	}
	slot->is_missing = mkdir(slot->folder, 0755) < 0 && errno != EEXIST;
	if (slot->is_missing)
		return false;
	if (fill_group(limit, slot, limit->way == MEMORY_LIMIT_CGROUP2) == 0)
		return true;
	/* Without its limit it must not be joined. */
	close_peak(slot);
	rmdir(slot->folder);
	slot->is_missing = true;
	return false;
}

void memory_limit_begin(struct memory_limit *limit, uint32_t slot)
{
	struct limited_slot *const s = &limit->slots[slot];
	s->is_fresh = false;
	if (!s->folder)
		return;
	if (s->is_missing && !renew_group(limit, s))
		return;
	if (s->peak_fd < 0)
		open_peak(s);
	if (s->peak_fd < 0)
		return;
	bool is_clean = !s->was_used;
	if (s->can_reset)
		is_clean = pwrite(s->peak_fd, "0", 1, 0) == 1 && read_peak(s) <= MOST_LEFT_BYTES;
	s->is_fresh = is_clean || renew_group(limit, s);
	s->was_used = true;
}

int64_t memory_limit_peak(const struct memory_limit *limit, uint32_t slot)
{
	const struct limited_slot *const s = &limit->slots[slot];
	return s->is_fresh && s->peak_fd >= 0 ? read_peak(s) : -1;
}

int64_t memory_limit_address_space(const struct memory_limit *limit)
{
	return limit->way == MEMORY_LIMIT_ADDRESS_SPACE ? limit->bytes : 0;
}

int64_t memory_limit_kills(struct memory_limit *limit, uint32_t slot)
{
	struct limited_slot *const s = &limit->slots[slot];
	char text[1024];
	char value[HOST_LINE_BYTES];
	/* Without a limit of plateau's own these are kills for somebody else's: of the job, or of
	 * the node. */
	if (limit->bytes == 0 || !s->kills_file || !group_read(s->kills_file, text, sizeof text) ||
	    !host_find_line(text, "oom_kill", value))
		return 0;
	const int64_t kills = strtoll(value, NULL, 10);
	const int64_t fresh = kills - s->kills;
	s->kills = kills;
	return fresh;
}
