/* What calls do to files: descriptors followed through dup, fork, exec, threads and names. The
 * calls are written as strace writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/io/track.h"
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/strace/strace_log.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/resource.h>

struct followed {
	struct io_track *track;
	struct str text;
};

/* Reading, writing and names in one line; closing where it is the last of an opening. */
static int write_operation(void *context, const struct io_operation *operation, struct error *err)
{
	(void)err;
	struct followed *const followed = context;
	struct str *const text = &followed->text;
	size_t count = 0;
	const struct io_file *const files = io_track_files(followed->track, &count);
	assert_true(operation->file < count);
	if (operation->kind == IO_CLOSE && !operation->is_last)
		return 0;
	str_addf(text, "%s%s %s", text->length > 0 ? "; " : "", io_operation_names[operation->kind],
	         files[operation->file].path);
	if (operation->position != IO_UNKNOWN)
		str_addf(text, " at %" PRId64, operation->position);
	if (operation->bytes > 0)
		str_addf(text, " %" PRId64, operation->bytes);
	str_add(text, operation->is_implied ? " implied" : "");
	str_add(text, operation->error ? " failed" : "");
	return 0;
}

static int take_call(void *context, const struct io_call *call, struct error *err)
{
	return io_track_call(((struct followed *)context)->track, call, err);
}

static void follow(const char *log, struct followed *followed)
{
	struct error err;
	followed->track = io_track_new("/w", write_operation, followed, &err);
	assert_non_null(followed->track);
	struct strace_log *const reader = strace_log_new(0, take_call, followed, &err);
	assert_non_null(reader);
	assert_int_equal(strace_log_feed(reader, log, strlen(log), &err), 0);
	assert_int_equal(strace_log_end(reader, &err), 0);
	strace_log_free(reader);
}

static void release(struct followed *followed)
{
	io_track_free(followed->track);
	str_release(&followed->text);
}

#define OPEN "1 openat(AT_FDCWD, \"a\", O_RDWR) = 3\n"

static const struct {
	const char *log;
	const char *operations;
} cases[] = {
        /* Positions. */
        {OPEN "1 read(3, \"\", 10) = 10\n1 write(3, \"\", 5) = 5\n1 lseek(3, 2, SEEK_SET) = 2\n"
              "1 read(3, \"\", 9) = 4\n1 close(3) = 0\n",
         "open /w/a; read /w/a at 0 10; write /w/a at 10 5; seek /w/a at 2; read /w/a at 2 4; "
         "close /w/a"},
        {OPEN "1 pread64(3, \"\", 4, 100) = 4\n1 read(3, \"\", 4) = 4\n",
         "open /w/a; read /w/a at 100 4; read /w/a at 0 4"},
        {OPEN "1 read(3, 0x7ff, 4) = -1 EIO (Input/output error)\n1 read(3, \"\", 4) = 4\n",
         "open /w/a; read /w/a at 0 failed; read /w/a at 0 4"},
        {"1 open(\"/b\", O_WRONLY|O_CREAT|O_TRUNC, 0666) = 4\n1 write(4, \"\", 7) = 7\n"
         "1 open(\"/b\", O_WRONLY|O_APPEND) = 5\n1 write(5, \"\", 3) = 3\n1 write(4, \"\", 1) = "
         "1\n",
         "create /b; write /b at 0 7; open /b; write /b at 7 3; write /b at 7 1"},
        {OPEN "1 sendfile(1, 3, NULL, 100) = 50\n1 read(3, \"\", 1) = 1\n",
         "open /w/a; read /w/a at 0 50; write (standard output) 50 implied; read /w/a at 50 1"},
        /* dup shares the position, a second open does not. */
        {OPEN "1 dup2(3, 7) = 7\n1 read(3, \"\", 10) = 10\n1 close(3) = 0\n"
              "1 read(7, \"\", 10) = 10\n1 open(\"a\", O_RDONLY) = 3\n1 read(3, \"\", 1) = 1\n"
              "1 dup2(3, 7) = 7\n",
         "open /w/a; read /w/a at 0 10; read /w/a at 10 10; open /w/a; read /w/a at 0 1; "
         "close /w/a implied"},
        /* A child shares the position, and keeps the file open; its own descriptors are its own. */
        {OPEN "1 fork() = 2\n2 read(3, \"\", 10) = 10\n1 read(3, \"\", 10) = 10\n1 close(3) = 0\n"
              "2 read(3, \"\", 10) = 10\n2 +++ exited with 0 +++\n",
         "open /w/a; read /w/a at 0 10; read /w/a at 10 10; read /w/a at 20 10; "
         "close /w/a implied"},
        /* A thread shares the table. */
        {OPEN "1 clone3({flags=CLONE_VM|CLONE_FILES|CLONE_FS|CLONE_THREAD}, 88) = 2\n"
              "2 open(\"b\", O_RDONLY) = 4\n1 read(4, \"\", 3) = 3\n2 close(3) = 0\n"
              "2 +++ exited with 0 +++\n1 read(4, \"\", 3) = 3\n",
         "open /w/a; open /w/b; read /w/b at 0 3; close /w/a; read /w/b at 3 3"},
        /* exec closes what is marked so. */
        {"1 open(\"a\", O_RDONLY|O_CLOEXEC) = 3\n1 fcntl(3, F_DUPFD, 8) = 8\n"
         "1 open(\"b\", O_RDONLY) = 4\n1 fcntl(4, F_SETFD, FD_CLOEXEC) = 0\n"
         "1 execve(\"/p\", [], []) = 0\n1 read(8, \"\", 2) = 2\n",
         "open /w/a; open /w/b; close /w/b implied; other /p; read /w/a at 0 2"},
        {"1 open(\"a\", O_RDONLY) = 3\n1 open(\"b\", O_RDONLY) = 4\n"
         "1 close_range(3, 4294967295, 0) = 0\n",
         "open /w/a; open /w/b; close /w/a implied; close /w/b implied"},
        /* Names. */
        {OPEN "1 rename(\"a\", \"b\") = 0\n1 read(3, \"\", 2) = 2\n1 unlink(\"b\") = 0\n"
              "1 read(3, \"\", 2) = 2\n",
         "open /w/a; rename /w/b; read /w/b at 0 2; unlink /w/b; read /w/b at 2 2"},
        {"1 open(\"d/a\", O_RDONLY) = 3\n1 rename(\"d\", \"/e\") = 0\n1 read(3, \"\", 2) = 2\n",
         "open /w/d/a; rename /e; read /e/a at 0 2"},
        {"1 open(\"a\", O_WRONLY|O_CREAT|O_EXCL, 0600) = 3\n1 open(\"b\", O_RDONLY) = 4\n"
         "1 rename(\"a\", \"b\") = 0\n",
         "create /w/a; open /w/b; rename /w/b; unlink /w/b implied"},
        {"1 chdir(\"/x/y\") = 0\n1 open(\"../a\", O_RDONLY) = 3\n1 fork() = 2\n"
         "2 chdir(\"z\") = 0\n2 unlink(\"./b\") = 0\n1 unlink(\"b\") = 0\n",
         "other /x/y; open /x/a; other /x/y/z; unlink /x/y/z/b; unlink /x/y/b"},
        {"1 openat(AT_FDCWD, \"/d\", O_RDONLY|O_DIRECTORY) = 3\n"
         "1 openat(3, \"a\", O_RDONLY) = 4\n1 unlinkat(3, \"a\", 0) = 0\n",
         "open /d; open /d/a; unlink /d/a"},
        {"1 openat(AT_FDCWD</v>, \"l\", O_RDONLY) = 3</real/a>\n1 read(3</real/a>, \"\", 1) = 1\n"
         "1 stat(\"/v/l\", {st_mode=S_IFREG|0644, st_size=9, ...}) = 0\n1 unlink(\"l\") = 0\n"
         "1 stat(\"/real/a\", {st_mode=S_IFREG|0644, st_size=9, ...}) = 0\n",
         "open /real/a; read /real/a at 0 1; stat /real/a; unlink /real/a; stat /real/a"},
        {"1 openat(AT_FDCWD, \"/t\", O_RDWR|O_TMPFILE, 0600) = 3\n"
         "1 linkat(AT_FDCWD, \"/proc/self/fd/3\", AT_FDCWD, \"/t/a\", AT_SYMLINK_FOLLOW) = 0\n",
         "create /t; other /t/a"},
        {"1 open(\"a\", O_RDONLY) = -1 ENOENT (No such file or directory)\n"
         "1 open(\"a\", O_RDWR|O_CREAT, 0600) = 3\n",
         "open /w/a failed; create /w/a"},
        /* What was open before. */
        {"1 read(0</i>, \"\", 3) = 3\n1 fork() = 2\n2 lseek(0</i>, 0, SEEK_CUR) = 3\n"
         "1 read(0</i>, \"\", 3) = 3\n",
         "read /i 3; seek /i at 3; read /i at 3 3"},
        {"1 read(9, \"\", 3) = 3\n", "read (opened before the log begins) 3"},
        {"1 read(9, 0x7f, 3) = -1 EBADF (Bad file descriptor)\n1 close(9) = -1 EBADF (Bad)\n", ""},
        {"1 pipe2([3, 4], 0) = 0\n1 write(4, \"\", 3) = 3\n1 close(3) = 0\n",
         "write (pipes) 3; close (pipes)"},
        /* strace shows another file than the one that was opened: its end is not in the log. */
        {"1 open(\"/a\", O_RDONLY) = 3</a>\n1 read(3</b>, \"\", 3) = 3\n",
         "open /a; close /a implied; read /b 3"},
};

static void each_log_is_followed(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct followed followed = {0};
		follow(cases[i].log, &followed);
		assert_string_equal(str_text(&followed.text), cases[i].operations);
		release(&followed);
	}
}

/* A journal that comes and goes, and a file that is replaced again and again, are one and two files
 * whatever their number. */
static void files_that_come_again_are_few(void **state)
{
	(void)state;
	cleanup_str struct str log = {0};
	for (int i = 0; i < 1000; i++)
		str_add(&log,
		        "1 open(\"j\", O_RDWR|O_CREAT|O_EXCL, 0600) = 3\n1 write(3, \"\", 9) = 9\n"
		        "1 close(3) = 0\n1 unlink(\"j\") = 0\n"
		        "1 open(\"t\", O_RDWR|O_CREAT|O_EXCL, 0600) = 3\n1 close(3) = 0\n"
		        "1 rename(\"t\", \"final\") = 0\n");
	struct followed followed = {0};
	follow(log.text, &followed);
	size_t count = 0;
	const struct io_file *const files = io_track_files(followed.track, &count);
	/* The standard streams are three. */
	assert_int_equal(count, 3 + 1 + 2);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(files[i].path, "/w/j") != 0)
			continue;
		assert_int_equal(files[i].lives, 1000);
		assert_true(files[i].is_unlinked && files[i].is_made);
	}
	assert_int_equal(io_track_unknown(followed.track), 0);
	release(&followed);
}

/* Who walks down step by step gets deeper than a path can be long; and a path may have a thousand
 * folders. Each name for each of them would be gigabytes. */
static void deep_folders_cost_little(void **state)
{
	(void)state;
	enum { STEPS = 6000, PATHS = 300, MOST_KIB = 512 << 10 };
	cleanup_str struct str log = {0};
	for (int i = 0; i < STEPS; i++)
		str_add(&log, "1 chdir(\"a\") = 0\n");
	for (int i = 0; i < PATHS; i++) {
		str_addf(&log, "1 unlink(\"/%d", i);
		for (int j = 0; j < 2000; j++)
			str_add(&log, "/a");
		str_add(&log, "\") = 0\n");
	}
	struct rusage before;
	struct rusage after;
	struct followed followed = {0};
	getrusage(RUSAGE_SELF, &before);
	follow(log.text, &followed);
	getrusage(RUSAGE_SELF, &after);
	assert_true(after.ru_maxrss - before.ru_maxrss < MOST_KIB);
	size_t count = 0;
	const struct io_file *const files = io_track_files(followed.track, &count);
	size_t longest = 0;
	for (size_t i = 0; i < count; i++) {
		const size_t length = strlen(files[i].path);
		longest = length > longest ? length : longest;
	}
	assert_int_equal(longest, 2 * 4096);
	release(&followed);
}

static void sizes_and_processes_are_known(void **state)
{
	(void)state;
	struct followed followed = {0};
	follow("1 execve(\"/bin/a\", [], []) = 0\n1 open(\"a\", O_RDWR|O_CREAT|O_TRUNC, 0600) = 3\n"
	       "1 pwrite64(3, \"\", 10, 90) = 10\n1 ftruncate(3, 50) = 0\n1 write(3, \"\", 60) = "
	       "60\n"
	       "1 clone(flags=CLONE_THREAD|CLONE_FILES|CLONE_FS) = 2\n1 fork() = 3\n"
	       "3 execve(\"b\", [], []) = 0\n",
	       &followed);
	size_t count = 0;
	const struct io_file *const files = io_track_files(followed.track, &count);
	for (size_t i = 0; i < count; i++) {
		if (strcmp(files[i].path, "/w/a") == 0)
			assert_int_equal(files[i].size_bytes, 60);
	}
	struct io_process process;
	assert_true(io_track_process(followed.track, 2, &process));
	assert_int_equal(process.process, 1);
	assert_string_equal(process.command, "/bin/a");
	assert_true(io_track_process(followed.track, 3, &process));
	assert_int_equal(process.process, 3);
	assert_int_equal(process.parent, 1);
	assert_string_equal(process.command, "/w/b");
	assert_false(io_track_process(followed.track, 4, &process));
	release(&followed);
	io_track_free(NULL);
}

/* A log that is not whole, or of somebody's making. */
static void no_process_is_its_own_child(void **state)
{
	(void)state;
	struct followed followed = {0};
	follow("1 getpid() = 1\n2 fork() = 2\n2 clone(flags=CLONE_FILES) = 2\n", &followed);
	assert_int_equal(io_track_unknown(followed.track), 2);
	release(&followed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(each_log_is_followed),
	        cmocka_unit_test(files_that_come_again_are_few),
	        cmocka_unit_test(deep_folders_cost_little),
	        cmocka_unit_test(sizes_and_processes_are_known),
	        cmocka_unit_test(no_process_is_its_own_child),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
