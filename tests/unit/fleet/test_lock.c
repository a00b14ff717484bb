/* The lock of a fleet's folder: one holder at a time, whoever dies and whenever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char *dir;
static char *path; /* of the lock */

static int make_dir(void **state)
{
	(void)state;
	struct error err;
	const int r = file_make_temporary_folder(NULL, "lock", &dir, &err);
	return r < 0 ? r : file_join(dir, "lock", &path, &err);
}

static int remove_dir(void **state)
{
	(void)state;
	struct error err;
	const int r = file_remove_tree(AT_FDCWD, dir, &err);
	free(dir);
	free(path);
	return r;
}

static void put(const char *text, int age_s)
{
	struct error err;
	assert_int_equal(file_replace(path, text, strlen(text), &err), 0);
	struct timespec times[2];
	clock_gettime(CLOCK_REALTIME, &times[0]);
	times[0].tv_sec -= age_s;
	times[1] = times[0];
	assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void test_one_holder(void **state)
{
	(void)state;
	struct error err;
	struct lock *first = NULL;
	struct lock *second = NULL;
	assert_int_equal(lock_take(dir, &first, &err), 0);
	assert_int_equal(lock_take(dir, &second, &err), -EBUSY);
	assert_null(second);
	assert_non_null(strstr(err.text, "another plateau fleet submit"));
	assert_int_equal(lock_keep(first, &err), 0);
	lock_free(first);
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(lock_take(dir, &second, &err), 0);
	lock_free(second);
	lock_free(NULL);
}

static void test_lost(void **state)
{
	(void)state;
	struct error err;
	struct lock *lock = NULL;
	assert_int_equal(lock_take(dir, &lock, &err), 0);
	put("elsewhere\nx\n1 1\n2026-01-01\n", 0);
	assert_int_equal(lock_keep(lock, &err), -ESTALE);
	lock_free(lock); /* what is somebody else's stays */
	assert_int_equal(access(path, F_OK), 0);
}

/* Of another machine: by its age. What is no lock is nobody's process here. */
static void test_stale(void **state)
{
	(void)state;
	static const char *const texts[] = {"elsewhere\nx y\n1 1\n2026-01-01\n", "", "\n\n\n\n",
	                                    "w\nx\ny\nz\x1b[31m"};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct error err;
		struct lock *lock = NULL;
		put(texts[i], LOCK_STALE_S / 2);
		assert_true(lock_is_held(dir));
		assert_int_equal(lock_take(dir, &lock, &err), -EBUSY);
		put(texts[i], LOCK_STALE_S + 60);
		assert_false(lock_is_held(dir));
		assert_int_equal(lock_take(dir, &lock, &err), 0);
		lock_free(lock);
	}
}

/* What somebody else has put there. */
static void test_no_lock(void **state)
{
	(void)state;
	struct error err;
	struct lock *lock = NULL;
	assert_int_equal(symlink("/etc/hostname", path), 0);
	assert_int_equal(lock_take(dir, &lock, &err), -EBUSY);
	assert_non_null(strstr(err.text, "/lock is a link and no lock of plateau's"));
	assert_false(lock_is_held(dir));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(lock_take(dir, &lock, &err), -EBUSY);
	assert_non_null(strstr(err.text, "/lock is a pipe and no lock of plateau's"));
	assert_false(lock_is_held(dir));
	assert_int_equal(unlink(path), 0);
	static const char *const texts[] = {"", "garbage\n"};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		put(texts[i], 0);
		assert_int_equal(lock_take(dir, &lock, &err), -EBUSY);
		assert_non_null(strstr(err.text, "does not say who holds the folder"));
	}
	assert_null(lock);
}

static void test_dead_holder(void **state)
{
	(void)state;
	struct error err;
	const pid_t child = fork();
	if (child == 0) {
		struct lock *lock = NULL;
		_exit(lock_take(dir, &lock, &err) == 0 ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(access(path, F_OK), 0);
	assert_false(lock_is_held(dir));
	struct lock *lock = NULL;
	assert_int_equal(lock_take(dir, &lock, &err), 0);
	assert_true(lock_is_held(dir));
	lock_free(lock);
	assert_false(lock_is_held(dir));
}

/* Processes that take it, find it theirs and die with it or give it back: never two at once. */
static void contend(int *holders, int *turns, unsigned seed)
{
	struct error err;
	for (int turn = 0; turn < 40; turn++) {
		struct lock *lock = NULL;
		if (lock_take(dir, &lock, &err) < 0)
			continue;
		if (__atomic_add_fetch(holders, 1, __ATOMIC_SEQ_CST) != 1)
			_exit(1);
		usleep(200 + (seed + (unsigned)turn * 37) % 500);
		if (lock_keep(lock, &err) < 0)
			_exit(2);
		__atomic_add_fetch(turns, 1, __ATOMIC_SEQ_CST);
		__atomic_sub_fetch(holders, 1, __ATOMIC_SEQ_CST);
		if (turn == 30)
			_exit(0); /* dies with it */
		lock_free(lock);
	}
	_exit(0);
}

static void test_contention(void **state)
{
	(void)state;
	enum { PROCESSES = 6 };
	int *const shared = mmap(NULL, 2 * sizeof *shared, PROT_READ | PROT_WRITE,
	                         MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(shared != MAP_FAILED);
	pid_t children[PROCESSES];
	for (unsigned i = 0; i < PROCESSES; i++) {
		children[i] = fork();
		if (children[i] == 0)
			contend(&shared[0], &shared[1], i * 101);
	}
	for (unsigned i = 0; i < PROCESSES; i++) {
		int status;
		assert_int_equal(waitpid(children[i], &status, 0), children[i]);
		assert_int_equal(status, 0);
	}
	assert_true(shared[1] > 0);
	munmap(shared, 2 * sizeof *shared);
	struct error err;
	struct lock *lock = NULL;
	assert_int_equal(lock_take(dir, &lock, &err), 0);
	lock_free(lock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_one_holder, make_dir, remove_dir),
	        cmocka_unit_test_setup_teardown(test_lost, make_dir, remove_dir),
	        cmocka_unit_test_setup_teardown(test_stale, make_dir, remove_dir),
	        cmocka_unit_test_setup_teardown(test_no_lock, make_dir, remove_dir),
	        cmocka_unit_test_setup_teardown(test_dead_holder, make_dir, remove_dir),
	        cmocka_unit_test_setup_teardown(test_contention, make_dir, remove_dir),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
