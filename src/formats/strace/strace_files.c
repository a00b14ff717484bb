#include "formats/strace/strace_files.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "formats/strace/strace_log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHUNK_BYTES = 1 << 18 };

DEFINE_CLEANUP(strace_log, struct strace_log *, strace_log_free);
#define cleanup_strace_log __attribute__((cleanup(cleanup_strace_log_function)))

static int open_log(const char *path, int *ret_fd, struct error *err)
{
	const bool is_input = strcmp(path, "-") == 0;
	const int fd = is_input ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
	                        : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return error_system(err, errno, "cannot read %s",
		                    is_input ? "standard input" : path);
	struct stat status;
	if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
		close(fd);
		return error_set(err, EISDIR, "%s is a folder: name the log in it", path);
	}
	*ret_fd = fd;
	return 0;
}

static int feed_all(struct strace_log *log, int fd, const char *path, struct error *err)
{
	cleanup_free char *chunk = malloc(CHUNK_BYTES);
	if (!chunk)
		return error_memory(err);
	for (;;) {
		const ssize_t got = read(fd, chunk, CHUNK_BYTES);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_system(err, errno, "cannot read %s", path);
		if (got == 0)
			return strace_log_end(log, err);
		const int r = strace_log_feed(log, chunk, (size_t)got, err);
		if (r < 0)
			return r;
	}
}

static int check_report(const struct strace_report *report, const char *path, struct error *err)
{
	if (report->calls > 0 || report->passed_over > 0)
		return 0;
	if (report->unreadable == 0)
		return error_set(err, EINVAL,
		                 "%s is empty: a log is made by 'strace -f -y -ttt -T -o FILE "
		                 "COMMAND'",
		                 path);
	return error_set(err, EINVAL, "%s is no log of strace: line %zu is \"%s\"", path,
	                 report->first_unreadable, report->unreadable_said);
}

int strace_log_read(const char *path, io_call_taker *take, void *context,
                    struct strace_report *ret_report, struct error *err)
{
	cleanup_strace_log struct strace_log *log = strace_log_new(0, take, context, err);
	if (!log)
		return -ENOMEM;
	cleanup_close int fd = -1;
	int r = open_log(path, &fd, err);
	if (r == -ENOENT) {
		size_t files = 0;
		struct error why;
		const int merged = strace_merge(path, log, &files, &why);
		if (merged < 0)
			*err = why;
		if (merged < 0 || files > 0)
			r = merged;
	} else if (r == 0) {
		r = feed_all(log, fd, path, err);
	}
	if (r == 0)
		r = check_report(strace_log_report(log), path, err);
	if (r == 0 && ret_report)
		*ret_report = *strace_log_report(log);
	return r;
}
