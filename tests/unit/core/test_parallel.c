/* Everything is done once, and no worker does two things at a time. */
#include "core/parallel.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdatomic.h>

enum { COUNT = 5000 };

struct counts {
	atomic_int done[COUNT];
	atomic_int busy[PARALLEL_MOST];
	atomic_int overlaps;
	size_t workers;
};

static void count_one(void *context, size_t index, size_t worker)
{
	struct counts *const counts = context;
	if (worker >= counts->workers || atomic_fetch_add(&counts->busy[worker], 1) != 0)
		atomic_fetch_add(&counts->overlaps, 1);
	atomic_fetch_add(&counts->done[index], 1);
	atomic_fetch_sub(&counts->busy[worker], 1);
}

static void everything_is_done_once(void **state)
{
	(void)state;
	static struct counts counts;
	static const size_t counts_of[] = {0, 1, 2, 3, COUNT};
	for (size_t workers = 1; workers <= PARALLEL_MOST; workers++)
		for (size_t c = 0; c < sizeof counts_of / sizeof counts_of[0]; c++) {
			counts = (struct counts){.workers = workers};
			parallel_for(counts_of[c], workers, count_one, &counts);
			for (size_t i = 0; i < COUNT; i++)
				assert_int_equal(atomic_load(&counts.done[i]), i < counts_of[c]);
			assert_int_equal(atomic_load(&counts.overlaps), 0);
		}
}

static void few_things_need_one_worker(void **state)
{
	(void)state;
	assert_int_equal(parallel_workers(0), 1);
	assert_int_equal(parallel_workers(1000), 1);
	const size_t most = parallel_workers(SIZE_MAX);
	assert_true(most >= 1 && most <= PARALLEL_MOST);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(everything_is_done_once),
	        cmocka_unit_test(few_things_need_one_worker),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
