/* Groups whose leader was reaped: what is left of them, and numbers that were given out again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "platform/process.h"

#include <signal.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process that leads a group of its own and waits to be ended; its child, if it is to have one,
 * is in the group and writes its number to the pipe. */
static pid_t start_leader(int pipe_fd)
{
	const pid_t leader = fork();
	if (leader != 0) {
		setpgid(leader, leader);
		return leader;
	}
	setpgid(0, 0);
	const pid_t child = pipe_fd >= 0 ? fork() : -1;
	if (child == 0) {
		const pid_t own = getpid();
		if (write(pipe_fd, &own, sizeof own) != sizeof own)
			_exit(1);
	}
	for (;;)
		pause();
}

static void end_and_reap(pid_t pid)
{
	kill(pid, SIGKILL);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void test_what_is_left(void **state)
{
	(void)state;
	struct error err;
	int fds[2];
	pid_t child = 0;
	/* Who else reaps orphans, and when, is the host's. */
	assert_int_equal(process_become_subreaper(&err), 0);
	assert_int_equal(pipe(fds), 0);
	const pid_t leader = start_leader(fds[1]);
	assert_int_equal(read(fds[0], &child, sizeof child), sizeof child);
	end_and_reap(leader);
	assert_true(process_group_is_left(leader));
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_false(process_group_is_left(leader));
	close(fds[0]);
	close(fds[1]);
}

static void test_nothing_is_left(void **state)
{
	(void)state;
	const pid_t leader = start_leader(-1);
	end_and_reap(leader);
	assert_false(process_group_is_left(leader));
}

/* As seen by whoever reaped the one that had the number before. */
static void test_the_number_is_in_use_again(void **state)
{
	(void)state;
	const pid_t other = start_leader(-1);
	assert_int_equal(kill(-other, 0), 0);
	assert_false(process_group_is_left(other));
	end_and_reap(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_what_is_left),
	        cmocka_unit_test(test_nothing_is_left),
	        cmocka_unit_test(test_the_number_is_in_use_again),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
