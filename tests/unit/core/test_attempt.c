/* What ends a process ends a child. */
#include "core/attempt.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void come_back(void *context)
{
	*(int *)context = 1;
}

static void end_by(void *context)
{
	raise(*(const int *)context);
}

static void leave(void *context)
{
	_exit(*(const int *)context);
}

static void hang(void *context)
{
	(void)context;
	for (;;)
		pause();
}

static void say(void *context)
{
	const char *const text = context;
	if (write(STDOUT_FILENO, text, 1) < 0 || write(STDERR_FILENO, text, 1) < 0)
		abort();
}

static void test_what_comes_back(void **state)
{
	(void)state;
	bool has_survived = false;
	int here = 0;
	assert_int_equal(attempt(come_back, &here, 60, &has_survived), 0);
	assert_true(has_survived);
	assert_int_equal(here, 0); /* it was the child's */
	char text[] = "!";
	assert_int_equal(attempt(say, text, 60, &has_survived), 0);
	assert_true(has_survived);
}

static void test_what_does_not(void **state)
{
	(void)state;
	static const struct {
		void (*doing)(void *context);
		int number;
	} cases[] = {
	        {end_by, SIGSEGV}, {end_by, SIGABRT}, {end_by, SIGKILL}, {leave, 1}, {hang, 0}};
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		bool has_survived = true;
		int number = cases[i].number;
		assert_int_equal(attempt(cases[i].doing, &number, 1, &has_survived), 0);
		assert_false(has_survived);
	}
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
}

static void test_children_that_nobody_asks_for(void **state)
{
	(void)state;
	int here = 0;
	int number = SIGSEGV;
	bool has_survived = false;
	signal(SIGCHLD, SIG_IGN);
	assert_int_equal(attempt(come_back, &here, 60, &has_survived), 0);
	assert_true(has_survived);
	assert_int_equal(attempt(end_by, &number, 60, &has_survived), 0);
	assert_false(has_survived);
	assert_ptr_equal(signal(SIGCHLD, SIG_DFL), SIG_IGN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_what_comes_back),
	        cmocka_unit_test(test_what_does_not),
	        cmocka_unit_test(test_children_that_nobody_asks_for),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
