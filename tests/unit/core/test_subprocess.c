/* Other programs: what they get, what comes back, and that none of them outlives its time. */
#include "core/subprocess.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static struct subprocess shell(const char *const argv[4])
{
	return (struct subprocess){
	        .argv = argv, .max_output_bytes = 1000000, .timeout_ns = 20 * NS_PER_S};
}

static void test_how_it_went(void **state)
{
	(void)state;
	static const struct {
		const char *script, *input, *output, *complaint;
		int exit_status, signal;
	} cases[] = {
	        {"echo said; echo so >&2; exit 3", NULL, "said\n", "so\n", 3, 0},
	        {"cat", "a text\n", "a text\n", "", 0, 0},
	        {"cat", NULL, "", "", 0, 0},
	        {"kill -KILL $$", NULL, "", "", -1, SIGKILL},
	        {"true", "read by nobody", "", "", 0, 0},
	        {"exec >&- 2>&-; sleep 0.05; exit 4", NULL, "", "", 4, 0},
	        /* Ends while another holds its output: that one is ended too. */
	        {"sleep 1000 & echo said", NULL, "said\n", "", 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *const argv[4] = {"sh", "-c", cases[i].script, NULL};
		struct subprocess what = shell(argv);
		what.input = cases[i].input;
		what.input_bytes = cases[i].input ? strlen(cases[i].input) : 0;
		cleanup_subprocess_end struct subprocess_end end = {0};
		struct error err;
		assert_int_equal(subprocess_run(&what, &end, &err), 0);
		assert_string_equal(end.output, cases[i].output);
		assert_int_equal(end.output_bytes, strlen(cases[i].output));
		assert_string_equal(end.complaint, cases[i].complaint);
		assert_int_equal(end.exit_status, cases[i].exit_status);
		assert_int_equal(end.signal, cases[i].signal);
	}
}

static void make_program(const char *path, mode_t mode)
{
	FILE *const file = fopen(path, "w");
	assert_non_null(file);
	fputs("#!/bin/sh\necho here\n", file);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
}

/* Whoever stands in a folder of somebody else does not run what lies there. */
static void test_where_programs_are_found(void **state)
{
	(void)state;
	const char *const parent = getenv("TMPDIR");
	char folder[PATH_MAX];
	char path[PATH_MAX + 16];
	snprintf(folder, sizeof folder, "%s/plateau-test-XXXXXX", parent ? parent : "/tmp");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/helper-x", folder);
	make_program(path, 0755);
	if (access(path, X_OK) < 0) {
		unlink(path);
		rmdir(folder);
		skip(); /* nothing may be started there: mounted noexec */
	}
	char *const before = getcwd(NULL, 0);
	char *const set = strdup(getenv("PATH"));
	assert_int_equal(chdir(folder), 0);
	struct {
		const char *path;
		int result;
	} cases[] = {{"", -ENOENT},           {":/bin", -ENOENT}, {".", -ENOENT},
	             {"/bin:", -ENOENT},      {"..:./", -ENOENT}, {folder, 0},
	             {"/nowhere:::", -ENOENT}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char *found = NULL;
		struct error err;
		setenv("PATH", cases[i].path, 1);
		assert_int_equal(subprocess_find("helper-x", &found, &err), cases[i].result);
		if (cases[i].result == 0)
			assert_string_equal(found, path);
		free(found);
	}
	char *found = NULL;
	struct error err;
	setenv("PATH", folder, 1);
	assert_int_equal(chmod(path, 0644), 0);
	assert_int_equal(subprocess_find("helper-x", &found, &err), -EACCES);
	assert_null(found);
	setenv("PATH", set, 1);
	unlink(path);
	assert_int_equal(chdir(before), 0);
	rmdir(folder);
	free(before);
	free(set);
}

/* A helper gets its three streams, whatever plateau was started with. */
static void test_descriptors_stay_here(void **state)
{
	(void)state;
	const int inherited = open("/dev/null", O_RDONLY);
	char script[80];
	snprintf(script, sizeof script, "test -e /proc/$$/fd/%d && echo open || echo closed",
	         inherited);
	const char *const argv[4] = {"sh", "-c", script, NULL};
	const struct subprocess what = shell(argv);
	cleanup_subprocess_end struct subprocess_end end = {0};
	struct error err;
	assert_true(inherited > 2);
	assert_int_equal(subprocess_run(&what, &end, &err), 0);
	close(inherited);
	assert_string_equal(end.output, "closed\n");
}

static void test_arguments_are_no_shell_text(void **state)
{
	(void)state;
	const char *const argv[] = {"printf", "%s|", "$(echo x)", "`echo x`", "a;b", "", NULL};
	const struct subprocess what = {
	        .argv = argv, .max_output_bytes = 1000, .timeout_ns = 20 * NS_PER_S};
	cleanup_subprocess_end struct subprocess_end end = {0};
	struct error err;
	assert_int_equal(subprocess_run(&what, &end, &err), 0);
	assert_string_equal(end.output, "$(echo x)|`echo x`|a;b||");
}

static void test_more_than_a_pipe_holds(void **state)
{
	(void)state;
	enum { BYTES = 5 << 20 };
	char *const text = malloc(BYTES);
	assert_non_null(text);
	for (size_t i = 0; i < BYTES; i++)
		text[i] = (char)('a' + i % 26);
	const char *const argv[4] = {"sh", "-c", "cat; cat /dev/zero | head -c 300000 >&2", NULL};
	struct subprocess what = shell(argv);
	what.input = text;
	what.input_bytes = BYTES;
	what.max_output_bytes = BYTES;
	cleanup_subprocess_end struct subprocess_end end = {0};
	struct error err;
	assert_int_equal(subprocess_run(&what, &end, &err), 0);
	assert_int_equal(end.output_bytes, BYTES);
	assert_memory_equal(end.output, text, BYTES);
	subprocess_end_release(&end);

	what.max_output_bytes = BYTES - 1;
	assert_int_equal(subprocess_run(&what, &end, &err), -EFBIG);
	assert_non_null(strstr(err.text, "'sh' wrote more than"));
	assert_null(end.output);
	free(text);
}

static void test_what_cannot_be_run(void **state)
{
	(void)state;
	static const struct {
		const char *program, *folder;
		int r;
	} cases[] = {
	        {"plateau-no-such-program", NULL, -ENOENT},
	        {"/etc/passwd", NULL, -EACCES},
	        {"true", "/no/such/folder", -ENOENT},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *const argv[] = {cases[i].program, NULL};
		const struct subprocess what = {.argv = argv,
		                                .folder = cases[i].folder,
		                                .max_output_bytes = 10,
		                                .timeout_ns = 20 * NS_PER_S};
		struct subprocess_end end = {.exit_status = 77};
		struct error err;
		assert_int_equal(subprocess_run(&what, &end, &err), cases[i].r);
		assert_non_null(strstr(err.text, cases[i].program));
		assert_int_equal(end.exit_status, 77);
	}
}

/* One that neither ends nor listens, with a child that does the same. */
static void test_one_that_hangs(void **state)
{
	(void)state;
	char *folder;
	char *script;
	struct error err;
	assert_int_equal(file_make_temporary_folder(NULL, "plateau-test", &folder, &err), 0);
	assert_true(asprintf(&script,
	                     "trap '' TERM INT HUP; sleep 1000 & echo $! >'%s/child'; "
	                     "while :; do echo more >&2; wait; done",
	                     folder) > 0);
	const char *const argv[4] = {"sh", "-c", script, NULL};
	struct subprocess what = shell(argv);
	what.timeout_ns = 300 * NS_PER_MS;
	struct subprocess_end end;
	assert_int_equal(subprocess_run(&what, &end, &err), -ETIMEDOUT);
	assert_string_equal(err.text, "'sh' did not end within 0.3 s");

	char *path;
	char *text;
	size_t bytes;
	assert_int_equal(file_join(folder, "child", &path, &err), 0);
	assert_int_equal(file_read(path, 100, &text, &bytes, &err), 0);
	const pid_t child = (pid_t)strtol(text, NULL, 10);
	assert_true(child > 1);
	char status[64];
	snprintf(status, sizeof status, "/proc/%d/status", child);
	for (int i = 0; i < 1000; i++) {
		free(text);
		text = NULL;
		if (file_read(status, 100000, &text, &bytes, &err) < 0 || strstr(text, "State:\tZ"))
			break;
		clock_sleep_until(clock_now_ns() + 10 * NS_PER_MS);
		assert_true(i < 999);
	}
	free(text);
	free(path);
	free(script);
	file_remove_tree(AT_FDCWD, folder, &err);
	free(folder);
}

/* SIGPIPE is ignored and signals are blocked in plateau; a helper has the defaults. */
static void test_signals_are_the_default_ones(void **state)
{
	(void)state;
	sigset_t blocked;
	sigset_t before;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGUSR1);
	sigprocmask(SIG_BLOCK, &blocked, &before);
	signal(SIGPIPE, SIG_IGN);
	const char *const argv[] = {"grep", "-E", "^(SigBlk|SigIgn)", "/proc/self/status", NULL};
	const struct subprocess what = {
	        .argv = argv, .max_output_bytes = 1000, .timeout_ns = 20 * NS_PER_S};
	cleanup_subprocess_end struct subprocess_end end = {0};
	struct error err;
	assert_int_equal(subprocess_run(&what, &end, &err), 0);
	unsigned long masked = 1;
	unsigned long ignored = 1;
	assert_int_equal(sscanf(end.output, "SigBlk: %lx SigIgn: %lx", &masked, &ignored), 2);
	/* The C library has 32 and 33 to itself; whoever started the test may have ignored them. */
	assert_int_equal(masked | (ignored & ~(3UL << 31)), 0);
	signal(SIGPIPE, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
}

/* With 0 to 2 closed, a pipe gets such a number. */
static void test_without_standard_streams(void **state)
{
	(void)state;
	int saved[3];
	for (int fd = 0; fd < 3; fd++) {
		saved[fd] = fcntl(fd, F_DUPFD_CLOEXEC, 10);
		close(fd);
	}
	const char *const argv[4] = {"sh", "-c", "cat; echo so >&2", NULL};
	struct subprocess what = shell(argv);
	what.input = "text";
	what.input_bytes = 4;
	cleanup_subprocess_end struct subprocess_end end = {0};
	struct error err;
	const int r = subprocess_run(&what, &end, &err);
	for (int fd = 0; fd < 3; fd++)
		if (saved[fd] >= 0)
			dup2(saved[fd], fd);
	assert_int_equal(r, 0);
	assert_string_equal(end.output, "text");
	assert_string_equal(end.complaint, "so\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_how_it_went),
	        cmocka_unit_test(test_where_programs_are_found),
	        cmocka_unit_test(test_descriptors_stay_here),
	        cmocka_unit_test(test_arguments_are_no_shell_text),
	        cmocka_unit_test(test_more_than_a_pipe_holds),
	        cmocka_unit_test(test_what_cannot_be_run),
	        cmocka_unit_test(test_one_that_hangs),
	        cmocka_unit_test(test_signals_are_the_default_ones),
	        cmocka_unit_test(test_without_standard_streams),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
