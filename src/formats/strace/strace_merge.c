/* The files of `strace -ff -o PATH`: PATH.PID, one for each process, without its number in the
 * lines. They are merged by the times of their lines; where the lines have no time, one file is
 * read after another. A file is open only while a piece of it is read: there may be thousands. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/strace/strace_files.h"
#include "formats/strace/strace_log_parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_BYTES = 32 << 10, MOST_LINE_BYTES = 64 << 20, MOST_PID_DIGITS = 7 };

struct source {
	int32_t pid;
	char *path;
	int64_t offset; /* in the file, behind what is in text */
	struct str text;
	size_t begin;    /* of the next line in text */
	size_t length;   /* of it, with its end; 0: there is none */
	int64_t time_ns; /* of it; IO_UNKNOWN: none */
	bool has_ended;
};

struct merge {
	struct source *sources;
	size_t room;
	size_t count;
};

static void release(struct merge *merge)
{
	for (size_t i = 0; i < merge->count; i++) {
		free(merge->sources[i].path);
		str_release(&merge->sources[i].text);
	}
	free(merge->sources);
}

/* ---- Lines of one file ------------------------------------------------------------------- */

static int read_piece(struct source *source, struct error *err)
{
	char piece[PIECE_BYTES];
	cleanup_close const int fd = open(source->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return error_system(err, errno, "cannot read %s", source->path);
	ssize_t got;
	do
		got = pread(fd, piece, sizeof piece, source->offset);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return error_system(err, errno, "cannot read %s", source->path);
	source->has_ended = got == 0;
	source->offset += got;
	str_add_bytes(&source->text, piece, (size_t)got);
	return source->text.failed ? error_memory(err) : 0;
}

/* When a line was written: strace_prefix changes what it reads, so it reads a copy. */
static int64_t time_of_line(const char *line, size_t length)
{
	enum { LONGEST_PREFIX = 80 };
	char copy[LONGEST_PREFIX + 1];
	const size_t kept = length < LONGEST_PREFIX ? length : LONGEST_PREFIX;
	memcpy(copy, line, kept);
	copy[kept] = '\0';
	struct strace_prefix prefix;
	strace_prefix(copy, &prefix);
	return prefix.has_time ? prefix.time_ns : IO_UNKNOWN;
}

/* Looks for the next line. A time of day that falls by more than half a day is past midnight. */
static int next_line(struct source *source, struct error *err)
{
	static const int64_t day_ns = 86400 * NS_PER_S;
	source->begin += source->length;
	source->length = 0;
	for (;;) {
		const size_t left = source->text.length - source->begin;
		const char *const begin = source->text.text + source->begin;
		const char *const end = left > 0 ? memchr(begin, '\n', left) : NULL;
		if (end || (source->has_ended && left > 0)) {
			source->length = end ? (size_t)(end - begin) + 1 : left;
			break;
		}
		if (source->has_ended)
			return 0;
		if (left > MOST_LINE_BYTES)
			return error_set(err, EFBIG,
			                 "%s has a line of more than 64 MiB: this is no log of "
			                 "strace",
			                 source->path);
		if (left > 0)
			memmove(source->text.text, begin, left);
		source->text.length = left;
		source->begin = 0;
		const int r = read_piece(source, err);
		if (r < 0)
			return r;
	}
	const int64_t before_ns = source->time_ns;
	int64_t now_ns = time_of_line(source->text.text + source->begin, source->length);
	while (now_ns != IO_UNKNOWN && before_ns != IO_UNKNOWN && now_ns < before_ns - day_ns / 2)
		now_ns += day_ns;
	/* What says no time goes with the line before it. */
	source->time_ns = now_ns == IO_UNKNOWN ? before_ns : now_ns;
	return 0;
}

/* ---- Files ------------------------------------------------------------------------------- */

/* The number behind the name and its point; 0: it is another file. */
static int32_t pid_of(const char *name, const char *stem)
{
	const size_t length = strlen(stem);
	if (strncmp(name, stem, length) != 0 || name[length] != '.')
		return 0;
	const char *const digits = name + length + 1;
	const size_t count = strspn(digits, "0123456789");
	return count == 0 || count > MOST_PID_DIGITS || digits[count] != '\0'
	               ? 0
	               : (int32_t)strtol(digits, NULL, 10);
}

static int by_pid(const void *a, const void *b)
{
	const struct source *const one = a;
	const struct source *const other = b;
	return (one->pid > other->pid) - (one->pid < other->pid);
}

static int find_files(const char *path, struct merge *merge, struct error *err)
{
	cleanup_free char *folder = NULL;
	int r = str_copy(path, &folder, err);
	if (r < 0)
		return r;
	char *const slash = strrchr(folder, '/');
	const char *const stem = slash ? path + (slash - folder) + 1 : path;
	if (slash)
		slash[slash == folder] = '\0';
	DIR *const entries = opendir(slash ? folder : ".");
	const struct dirent *entry;
	while (r == 0 && entries && (entry = readdir(entries))) {
		const int32_t pid = pid_of(entry->d_name, stem);
		if (pid == 0)
			continue;
		r = array_reserve(&merge->sources, &merge->room, merge->count + 1,
		                  sizeof *merge->sources, err);
		struct source source = {.pid = pid, .time_ns = IO_UNKNOWN};
		if (r == 0)
			r = str_format(&source.path, err, "%s.%" PRId32, path, pid);
		if (r == 0)
			merge->sources[merge->count++] = source;
	}
	if (entries)
		closedir(entries);
	if (merge->count > 1)
		qsort(merge->sources, merge->count, sizeof *merge->sources, by_pid);
	return r;
}

/* ---- Merging ----------------------------------------------------------------------------- */

/* The file whose line comes first, NULL at the end; ret_until: up to when it does so. Lines without
 * a time come before all others, the lowest process first. */
static struct source *first_of(struct merge *merge, int64_t *ret_until)
{
	struct source *first = NULL;
	int64_t until = INT64_MAX;
	for (size_t i = 0; i < merge->count; i++) {
		struct source *const source = &merge->sources[i];
		if (source->length == 0)
			continue;
		if (!first || source->time_ns < first->time_ns) {
			until = first && first->time_ns < until ? first->time_ns : until;
			first = source;
		} else if (source->time_ns < until) {
			until = source->time_ns;
		}
	}
	*ret_until = until;
	return first;
}

static int feed(struct strace_log *log, struct merge *merge, struct error *err)
{
	int r = 0;
	for (size_t i = 0; i < merge->count && r == 0; i++)
		r = next_line(&merge->sources[i], err);
	while (r == 0) {
		int64_t until = 0;
		struct source *const source = first_of(merge, &until);
		if (!source)
			return strace_log_end(log, err);
		do {
			log->pid = source->pid;
			const char *const line = source->text.text + source->begin;
			r = strace_log_feed(log, line, source->length, err);
			if (r == 0 && line[source->length - 1] != '\n')
				r = strace_log_feed(log, "\n", 1, err);
			if (r == 0)
				r = next_line(source, err);
		} while (r == 0 && source->length > 0 && source->time_ns <= until);
	}
	return r;
}

int strace_merge(const char *path, struct strace_log *log, size_t *ret_files, struct error *err)
{
	struct merge merge = {0};
	int r = find_files(path, &merge, err);
	const size_t count = merge.count;
	if (r == 0 && count > 0)
		r = feed(log, &merge, err);
	release(&merge);
	if (r == 0)
		*ret_files = count;
	return r;
}
