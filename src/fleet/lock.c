#include "fleet/lock.h"

#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOCK_MOST_BYTES = 4096, FACT_BYTES = 256 };

struct lock {
	char *path;
	char *text; /* what is in it, when it is ours */
	int64_t touched_ns;
};

/* What a lock says of its holder, a line each. */
struct holder {
	char host[FACT_BYTES];
	char machine[FACT_BYTES]; /* boot and namespace of process numbers: where `pid` means one */
	char process[FACT_BYTES]; /* pid, and when it started: numbers are used again */
	char since[FACT_BYTES];
};

DEFINE_CLEANUP(lock, struct lock *, lock_free);
#define cleanup_lock __attribute__((cleanup(cleanup_lock_function)))

/* ---- Who holds it ------------------------------------------------------------------------- */

/* When a process was started, in ticks since boot: field 22 of its stat, behind the name, which
 * may hold anything. 0: there is no such process, or nothing is left of it but its exit code. */
static uint64_t process_start(uint64_t pid)
{
	char path[48];
	struct error ignored;
	cleanup_free char *stat_text = NULL;
	snprintf(path, sizeof path, "/proc/%" PRIu64 "/stat", pid);
	if (file_read(path, LOCK_MOST_BYTES, &stat_text, NULL, &ignored) < 0)
		return 0;
	const char *at = strrchr(stat_text, ')');
	if (at && (str_starts_with(at, ") Z") || str_starts_with(at, ") X")))
		return 0;
	for (int field = 2; at && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at ? strtoull(at + 1, NULL, 10) : 0;
}

static void one_line(char text[FACT_BYTES])
{
	for (char *at = text; *at; at++)
		if ((unsigned char)*at < ' ')
			*at = '?';
}

static void find_machine(char machine[FACT_BYTES])
{
	struct error ignored;
	char space[64] = "";
	cleanup_free char *boot = NULL;
	const ssize_t length = readlink("/proc/self/ns/pid", space, sizeof space - 1);
	space[length > 0 ? length : 0] = '\0';
	if (file_read("/proc/sys/kernel/random/boot_id", FACT_BYTES / 2, &boot, NULL, &ignored) ==
	    0)
		boot[strcspn(boot, "\n")] = '\0';
	snprintf(machine, FACT_BYTES, "%s %s", boot ? boot : "-", space);
	one_line(machine);
}

static void describe_self(struct holder *self)
{
	if (gethostname(self->host, sizeof self->host) < 0)
		snprintf(self->host, sizeof self->host, "-");
	self->host[sizeof self->host - 1] = '\0';
	one_line(self->host);
	find_machine(self->machine);
	snprintf(self->process, sizeof self->process, "%d %" PRIu64, (int)getpid(),
	         process_start((uint64_t)getpid()));
	char time[CLOCK_TEXT_BYTES];
	clock_format_utc(clock_calendar_ns(), time);
	snprintf(self->since, sizeof self->since, "%s", time);
}

static void take_line(const char **rest, char line[FACT_BYTES])
{
	const size_t length = strcspn(*rest, "\n");
	snprintf(line, FACT_BYTES, "%.*s", (int)(length < FACT_BYTES ? length : FACT_BYTES - 1),
	         *rest);
	*rest += length + ((*rest)[length] == '\n');
}

static void read_holder(const char *text, struct holder *holder)
{
	take_line(&text, holder->host);
	take_line(&text, holder->machine);
	take_line(&text, holder->process);
	take_line(&text, holder->since);
}

/* True only where the process can be known to be gone. */
static bool is_gone(const struct holder *holder)
{
	char here[FACT_BYTES];
	find_machine(here);
	if (strcmp(holder->machine, here) != 0)
		return false;
	char *end;
	const uint64_t pid = strtoull(holder->process, &end, 10);
	const uint64_t start = strtoull(end, NULL, 10);
	return pid == 0 || start == 0 || process_start(pid) != start;
}

/* ---- The file ----------------------------------------------------------------------------- */

/* A file beside the lock that nobody else has, with text in it. */
static int make_beside(const char *path, const char *text, char **ret_name, struct error *err)
{
	cleanup_free char *name = NULL;
	int r = str_format(&name, err, "%s.XXXXXX", path);
	if (r < 0)
		return r;
	const int fd = mkostemp(name, O_CLOEXEC);
	if (fd < 0)
		return error_system(err, errno, "cannot write %s", path);
	fchmod(fd, 0644);
	r = file_write_all(fd, text, strlen(text), err);
	if (close(fd) < 0 && r == 0)
		r = error_system(err, errno, "cannot write %s", path);
	if (r < 0) {
		unlink(name);
		return r;
	}
	*ret_name = name;
	name = NULL;
	return 0;
}

/* Where links cannot be made (some FUSE), an exclusive creation has to do. */
static int make_exclusive(const char *path, const char *text, struct error *err)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return error_system(err, errno, "cannot make %s", path);
	int r = file_write_all(fd, text, strlen(text), err);
	if (close(fd) < 0 && r == 0)
		r = error_system(err, errno, "cannot write %s", path);
	/* Half a lock says nothing of its holder, and would keep everybody out until it is stale.
	 */
	if (r < 0)
		unlink(path);
	return r;
}

/* Returns 0, -EEXIST, or another -errno. What link says is not believed over what is there: the
 * answer to it may be lost on a network file system, and it is then asked again. */
static int place(const char *path, const char *text, struct error *err)
{
	cleanup_free char *name = NULL;
	const int r = make_beside(path, text, &name, err);
	if (r < 0 || !name)
		return r;
	struct stat status;
	const int linked = link(name, path);
	const int code = errno;
	const bool is_ours = linked == 0 || (stat(name, &status) == 0 && status.st_nlink == 2);
	unlink(name);
	if (is_ours)
		return 0;
	if (code == EPERM || code == ENOTSUP || code == ENOSYS)
		return make_exclusive(path, text, err);
	return error_system(err, code, "cannot make %s", path);
}

/* How long ago the lock was touched, by the file system's own clock; -1: not known. */
static int64_t quiet_ns(const char *path)
{
	struct error ignored;
	cleanup_free char *name = NULL;
	struct stat now;
	struct stat then;
	if (stat(path, &then) < 0 || make_beside(path, "", &name, &ignored) < 0 || !name)
		return -1;
	const int r = stat(name, &now);
	unlink(name);
	return r < 0 ? -1 : file_mtime_ns(&now) - file_mtime_ns(&then);
}

/* Takes a dead lock away. It may have been replaced by a live one since it was judged: that is put
 * back. */
static int clear(const char *path, const char *judged, struct error *err)
{
	cleanup_free char *aside = NULL;
	cleanup_free char *text = NULL;
	int r = str_format(&aside, err, "%s.dead-%016" PRIx64, path, rng_entropy());
	if (r < 0)
		return r;
	if (rename(path, aside) < 0)
		return errno == ENOENT ? 0 : error_system(err, errno, "cannot remove %s", path);
	r = file_read_regular(aside, LOCK_MOST_BYTES, &text, NULL, err);
	if (r == 0 && strcmp(text, judged) != 0 && link(aside, path) < 0)
		r = error_set(err, EBUSY, "others take %s at the same time; try again", path);
	unlink(aside);
	return r;
}

/* A link would lead anywhere. */
static int refuse_kind(const char *path, const struct stat *status, struct error *err)
{
	return error_set(err, EBUSY,
	                 "%.200s is %s and no lock of plateau's: remove it, or take another folder",
	                 path,
	                 S_ISLNK(status->st_mode)    ? "a link"
	                 : S_ISDIR(status->st_mode)  ? "a folder"
	                 : S_ISFIFO(status->st_mode) ? "a pipe"
	                                             : "no plain file");
}

static int refuse(const struct holder *holder, const char *path, struct error *err)
{
	char *end;
	const uint64_t pid = strtoull(holder->process, &end, 10);
	if (pid == 0 || !*holder->since)
		return error_set(err, EBUSY,
		                 "%.200s does not say who holds the folder: another submit has "
		                 "just begun, or it is no lock of plateau's (if it is certain that "
		                 "no submit is at work, remove it)",
		                 path);
	return error_set(err, EBUSY,
	                 "another plateau fleet submit is at work on it: process %" PRIu64
	                 " on %.100s, since %.32s (if it is certain that there is none, remove "
	                 "%.200s)",
	                 pid, holder->host, holder->since, path);
}

/* Whether the lock at path is dead; it is then taken away. 0: try again; -EBUSY: it is not. */
static int challenge(const char *path, struct error *err)
{
	cleanup_free char *text = NULL;
	struct stat status;
	if (lstat(path, &status) < 0)
		return errno == ENOENT ? 0 : error_system(err, errno, "cannot look at %s", path);
	if (!S_ISREG(status.st_mode))
		return refuse_kind(path, &status, err);
	int r = file_read_regular(path, LOCK_MOST_BYTES, &text, NULL, err);
	if (r < 0)
		return r == -ENOENT ? 0 : r;
	struct holder holder;
	read_holder(text, &holder);
	if (is_gone(&holder) || quiet_ns(path) > LOCK_STALE_S * NS_PER_S)
		return clear(path, text, err);
	return refuse(&holder, path, err);
}

int lock_take(const char *dir, struct lock **ret_lock, struct error *err)
{
	enum { TRIES = 10 };
	cleanup_lock struct lock *lock = calloc(1, sizeof *lock);
	if (!lock)
		return error_memory(err);
	struct holder self = {0};
	describe_self(&self);
	cleanup_free char *path = NULL;
	cleanup_free char *text = NULL;
	int r = file_join(dir, "lock", &path, err);
	if (r == 0)
		r = str_format(&text, err, "%s\n%s\n%s\n%s\n%016" PRIx64 "\n", self.host,
		               self.machine, self.process, self.since, rng_entropy());
	for (int i = 0; r == 0 && i < TRIES; i++) {
		r = place(path, text, err);
		if (r == 0) {
			lock->path = path;
			lock->text = text;
			lock->touched_ns = clock_now_ns();
			path = text = NULL;
			*ret_lock = lock;
			lock = NULL;
			return 0;
		}
		if (r == -EEXIST)
			r = challenge(path, err);
	}
	return r < 0 ? r : error_set(err, EBUSY, "others take %s all the time", path);
}

bool lock_is_held(const char *dir)
{
	struct error ignored;
	struct stat status;
	struct holder holder;
	cleanup_free char *path = NULL;
	cleanup_free char *text = NULL;
	if (file_join(dir, "lock", &path, &ignored) < 0 || lstat(path, &status) < 0 ||
	    !S_ISREG(status.st_mode) ||
	    clock_calendar_ns() - file_mtime_ns(&status) >= LOCK_STALE_S * NS_PER_S)
		return false;
	if (file_read_regular(path, LOCK_MOST_BYTES, &text, NULL, &ignored) < 0)
		return access(path, F_OK) == 0;
	read_holder(text, &holder);
	return !is_gone(&holder);
}

/* Returns 0, -ESTALE (it is another's, or gone), or -errno: that cannot be told. */
static int check_ours(const struct lock *lock, struct error *err)
{
	cleanup_free char *text = NULL;
	const int r = file_read_regular(lock->path, LOCK_MOST_BYTES, &text, NULL, err);
	if (r < 0 && r != -ENOENT)
		return r;
	if (r < 0 || strcmp(text, lock->text) != 0)
		return error_set(err, ESTALE,
		                 "%s is not this process's any more: another submit took over, or "
		                 "somebody removed it",
		                 lock->path);
	return 0;
}

int lock_keep(struct lock *lock, struct error *err)
{
	const int r = check_ours(lock, err);
	if (r < 0)
		return r;
	const int64_t now_ns = clock_now_ns();
	if (now_ns - lock->touched_ns < LOCK_TOUCH_S * NS_PER_S)
		return 0;
	lock->touched_ns = now_ns;
	return utimensat(AT_FDCWD, lock->path, NULL, 0) < 0
	               ? error_system(err, errno, "cannot touch %s", lock->path)
	               : 0;
}

void lock_free(struct lock *lock)
{
	if (!lock)
		return;
	struct error ignored;
	if (lock->path && check_ours(lock, &ignored) == 0)
		unlink(lock->path);
	free(lock->path);
	free(lock->text);
	free(lock);
}
