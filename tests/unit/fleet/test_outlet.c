/* Texts that go out by a thread: in their order, and who puts them in never waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "fleet/outlet.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What comes out; while `gate` is held, nothing does. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static char out[4096];
static int ends[2];

static void put(void *context, int kind, const char *text)
{
	(void)context;
	assert_int_equal(write(ends[1], "x", 1), 1);
	pthread_mutex_lock(&gate);
	const size_t length = strlen(out);
	snprintf(out + length, sizeof out - length, "%d%s ", kind, text);
	pthread_mutex_unlock(&gate);
}

static struct outlet *opened(size_t most_bytes)
{
	struct error err;
	struct outlet *outlet = NULL;
	out[0] = '\0';
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(outlet_open("test", put, NULL, most_bytes, &outlet, &err), 0);
	return outlet;
}

/* Returns when the thread has taken the next text. */
static void await_taken(void)
{
	char byte;
	assert_int_equal(read(ends[0], &byte, 1), 1);
}

static void close_ends(void)
{
	close(ends[0]);
	close(ends[1]);
}

static void test_order(void **state)
{
	(void)state;
	struct outlet *const outlet = opened(1 << 20);
	assert_true(outlet_put(outlet, 1, "a"));
	assert_true(outlet_put(outlet, 2, "b"));
	assert_true(outlet_put(outlet, 1, "c"));
	assert_true(outlet_close(outlet, -1));
	assert_string_equal(out, "1a 2b 1c ");
	assert_true(outlet_close(NULL, -1));
	close_ends();
}

/* What hangs keeps nobody waiting: there is room for some, and the rest is counted. */
static void test_hangs(void **state)
{
	(void)state;
	struct outlet *const outlet = opened(4);
	pthread_mutex_lock(&gate);
	assert_true(outlet_put(outlet, 0, "a"));
	await_taken();
	assert_true(outlet_put(outlet, 0, "b"));
	assert_true(outlet_put(outlet, 0, "c"));
	assert_false(outlet_put(outlet, 0, "d"));
	assert_false(outlet_put(outlet, 0, "e"));
	assert_int_equal(outlet_take_dropped(outlet), 2);
	assert_int_equal(outlet_take_dropped(outlet), 0);
	pthread_mutex_unlock(&gate);
	assert_true(outlet_close(outlet, -1));
	assert_string_equal(out, "0a 0b 0c ");
	close_ends();
}

static void test_newest(void **state)
{
	(void)state;
	struct outlet *const outlet = opened(1 << 20);
	pthread_mutex_lock(&gate);
	assert_true(outlet_replace(outlet, 0, "a"));
	await_taken();
	assert_true(outlet_replace(outlet, 0, "b"));
	assert_true(outlet_replace(outlet, 0, "c"));
	pthread_mutex_unlock(&gate);
	assert_true(outlet_close(outlet, -1));
	assert_string_equal(out, "0a 0c ");
	close_ends();
}

static void test_patience(void **state)
{
	(void)state;
	struct outlet *const outlet = opened(1 << 20);
	pthread_mutex_lock(&gate);
	assert_true(outlet_put(outlet, 0, "a"));
	await_taken();
	assert_false(outlet_close(outlet, 1000000));
	pthread_mutex_unlock(&gate);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_order),
	        cmocka_unit_test(test_hangs),
	        cmocka_unit_test(test_newest),
	        cmocka_unit_test(test_patience),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
