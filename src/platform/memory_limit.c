#include "platform/memory_limit.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "platform/host_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 96, LIMIT_PATH_BYTES = 4096, LIMIT_TEXT_BYTES = 300, PROCS_BYTES = 65536 };

#define MOST_WAIT_NS (500 * NS_PER_MS)

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

/* ---- Small files -------------------------------------------------------------------------- */

/* In a recorded tree the kernel does not make the files of a new group. */
static int write_flags(bool is_recorded)
{
	return O_WRONLY | O_CLOEXEC | (is_recorded ? O_CREAT : 0);
}

static int write_text(const char *folder, const char *name, const char *text, bool is_recorded)
{
	char path[LIMIT_PATH_BYTES];
	if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path)
		return -ENAMETOOLONG;
	const int fd = open(path, write_flags(is_recorded), 0644);
	if (fd < 0)
		return -errno;
	const ssize_t put = write(fd, text, strlen(text));
	const int r = put < 0 ? -errno : 0;
	close(fd);
	return r;
}

static int write_number(const char *folder, const char *name, int64_t value, bool is_recorded)
{
	char text[24];
	snprintf(text, sizeof text, "%" PRId64, value);
	return write_text(folder, name, text, is_recorded);
}

/* The beginning of a file as text; false when it cannot be read. */
static bool read_text(const char *path, char *text, size_t text_bytes)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	const ssize_t got = read(fd, text, text_bytes - 1);
	close(fd);
	text[got > 0 ? got : 0] = '\0';
	return got >= 0;
}

static bool has_memory(const char *folder, const char *name)
{
	char path[LIMIT_PATH_BYTES];
	char text[1024];
	snprintf(path, sizeof path, "%s/%s", folder, name);
	if (!read_text(path, text, sizeof text))
		return false;
	char *rest = NULL;
	for (char *word = strtok_r(text, " \n", &rest); word; word = strtok_r(NULL, " \n", &rest))
		if (strcmp(word, "memory") == 0)
			return true;
	return false;
}

/* ---- Groups ------------------------------------------------------------------------------- */

/* Calls act for every process in the group; returns how many there are, -1 when that cannot be
 * read. */
static int for_members(const char *folder, void (*act)(pid_t pid, void *context), void *context)
{
	char path[LIMIT_PATH_BYTES];
	snprintf(path, sizeof path, "%s/cgroup.procs", folder);
	char *const text = malloc(PROCS_BYTES);
	if (!text || !read_text(path, text, PROCS_BYTES)) {
		free(text);
		return -1;
	}
	int count = 0;
	char *end;
	for (const char *p = text; *p; p = end) {
		const long pid = strtol(p, &end, 10);
		if (end == p)
			break;
		act((pid_t)pid, context);
		count++;
	}
	free(text);
	return count;
}

static void count_strangers(pid_t pid, void *context)
{
	*(int *)context += pid != getpid() && pid != getppid();
}

static void move_to(pid_t pid, void *context)
{
	write_number(context, "cgroup.procs", pid, false);
}

static void end_member(pid_t pid, void *context)
{
	(void)context;
	if (pid > 1 && pid != getpid() && pid != getppid())
		kill(pid, SIGKILL);
}

/* A group that still has members cannot be removed: they are ended and waited for. */
static void remove_group(const char *folder)
{
	const int64_t until_ns = clock_now_ns() + MOST_WAIT_NS;
	while (rmdir(folder) < 0 && errno == EBUSY && clock_now_ns() < until_ns) {
		for_members(folder, end_member, NULL);
		clock_sleep_until(clock_now_ns() + 2 * NS_PER_MS);
	}
}

/* Leaves the way free for limited groups below the own one, which must not hold processes then.
 * Returns 0 or -errno. */
static int move_aside(struct memory_limit *limit, const char *run_id, struct error *err)
{
	int strangers = 0;
	if (for_members(limit->own, count_strangers, &strangers) < 0)
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
	for_members(limit->own, move_to, limit->aside);
	return write_text(limit->own, "cgroup.subtree_control", "+memory", limit->is_recorded);
}

static void move_back(struct memory_limit *limit)
{
	if (!limit->aside)
		return;
	write_text(limit->own, "cgroup.subtree_control", "-memory", limit->is_recorded);
	for_members(limit->aside, move_to, limit->own);
	remove_group(limit->aside);
	free(limit->aside);
	limit->aside = NULL;
}

/* Sets the limit of a group that was just made. Returns 0 or -errno. */
static int limit_group(const struct memory_limit *limit, const struct limited_slot *slot,
                       bool is_v2)
{
	if (limit->bytes == 0)
		return 0;
	const int r = write_number(slot->folder, is_v2 ? "memory.max" : "memory.limit_in_bytes",
	                           limit->bytes, limit->is_recorded);
	/* Where swap is counted, it must not be the way out. */
	if (is_v2)
		write_text(slot->folder, "memory.swap.max", "0", limit->is_recorded);
	else
		write_number(slot->folder, "memory.memsw.limit_in_bytes", limit->bytes,
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
	const int fd = r < 0 ? -1 : open(slot->procs, write_flags(limit->is_recorded), 0644);
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
	for (uint32_t i = 0; i < limit->slot_count; i++) {
		if (i < limit->made)
			remove_group(limit->slots[i].folder);
		free(limit->slots[i].folder);
		free(limit->slots[i].procs);
		free(limit->slots[i].kills_file);
		free(limit->slots[i].peak_file);
		close_peak(&limit->slots[i]);
		limit->slots[i] = (struct limited_slot){.peak_fd = -1};
	}
	limit->made = 0;
	if (limit->parent)
		remove_group(limit->parent);
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
		r = write_text(limit->parent, "cgroup.subtree_control", "+memory",
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
		snprintf(limit->peak_text, sizeof limit->peak_text,
		         "this kernel has no %s%s", file, is_v2 ? " (Linux 5.19 has)" : "");
	else
		snprintf(limit->peak_text, sizeof limit->peak_text,
		         "%s of cgroup version %d, %s", file, is_v2 ? 2 : 1,
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

/* Removes folder and the groups in it. */
static void remove_groups_in(const char *folder)
{
	DIR *const parent = opendir(folder);
	const struct dirent *entry;
	while (parent && (entry = readdir(parent))) {
		char path[LIMIT_PATH_BYTES];
		if (entry->d_type == DT_DIR && entry->d_name[0] != '.' &&
		    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) < (int)sizeof path)
			remove_group(path);
	}
	if (parent) {
		closedir(parent);
		remove_group(folder);
	}
}

/* The group of this process, in which those of a run are; where it has been moved aside by the run,
 * the one above. Returns false where there is none. */
static bool find_home(bool is_v2, const char *run_id, char folder[static HOST_CGROUP_PATH_BYTES],
                      bool *ret_is_aside)
{
	const struct host_reader reader = {.sysroot = ""};
	char name[NAME_BYTES];
	if (!host_cgroup_folder(&reader, is_v2 ? NULL : "memory", folder))
		return false;
	const int length = snprintf(name, sizeof name, "/plateau-%s-main", run_id);
	const size_t whole = strlen(folder);
	*ret_is_aside = whole > (size_t)length && strcmp(folder + whole - length, name) == 0;
	if (*ret_is_aside)
		folder[whole - (size_t)length] = '\0';
	return true;
}

void memory_limit_sweep(const char *run_id)
{
	for (int version = 1; version <= 2; version++) {
		char folder[HOST_CGROUP_PATH_BYTES];
		char path[LIMIT_PATH_BYTES];
		bool is_aside;
		if (!find_home(version == 2, run_id, folder, &is_aside))
			continue;
		snprintf(path, sizeof path, "%s/plateau-%s", folder, run_id);
		remove_groups_in(path);
		if (!is_aside)
			continue;
		snprintf(path, sizeof path, "%s/plateau-%s-main", folder, run_id);
		write_text(folder, "cgroup.subtree_control", "-memory", false);
		for_members(path, move_to, folder);
		remove_group(path);
	}
}

/* Removes a group unless its run lives. Where a run has moved aside to holds that run's processes
 * as long as it lives. */
static void remove_if_dead(const char *path)
{
	const size_t length = strlen(path);
	const size_t tail = strlen("-main");
	if (length > tail && strcmp(path + length - tail, "-main") == 0) {
		rmdir(path);
		return;
	}
	const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (flock(fd, LOCK_EX | LOCK_NB) == 0)
		remove_groups_in(path);
	close(fd);
}

void memory_limit_clear(const char *run_id, const char *own_id)
{
	char prefix[NAME_BYTES];
	snprintf(prefix, sizeof prefix, "plateau-%s", run_id);
	for (int version = 1; version <= 2; version++) {
		char folder[HOST_CGROUP_PATH_BYTES];
		bool is_aside;
		DIR *const home =
		        find_home(version == 2, own_id, folder, &is_aside) ? opendir(folder) : NULL;
		const struct dirent *entry;
		while (home && (entry = readdir(home))) {
			char path[LIMIT_PATH_BYTES];
			if (entry->d_type == DT_DIR && str_starts_with(entry->d_name, prefix) &&
			    snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) <
			            (int)sizeof path)
				remove_if_dead(path);
		}
		if (home)
			closedir(home);
	}
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
	return limit->bytes == 0 && limit->slots[slot].is_missing ? NULL
	                                                          : limit->slots[slot].procs;
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

void memory_limit_begin(struct memory_limit *limit, uint32_t number)
{
	struct limited_slot *const slot = &limit->slots[number];
	slot->is_fresh = false;
	if (!slot->folder)
		return;
	if (slot->is_missing && !renew_group(limit, slot))
		return;
	if (slot->peak_fd < 0)
		open_peak(slot);
	if (slot->peak_fd < 0)
		return;
	bool is_clean = !slot->was_used;
	if (slot->can_reset)
		is_clean = pwrite(slot->peak_fd, "0", 1, 0) == 1 &&
		           read_peak(slot) <= MOST_LEFT_BYTES;
	slot->is_fresh = is_clean || renew_group(limit, slot);
	slot->was_used = true;
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
	if (!s->kills_file || !read_text(s->kills_file, text, sizeof text) ||
	    !host_find_line(text, "oom_kill", value))
		return 0;
	const int64_t kills = strtoll(value, NULL, 10);
	const int64_t fresh = kills - s->kills;
	s->kills = kills;
	return fresh;
}
