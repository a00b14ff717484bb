#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/clock.h"
#include "core/error.h"
#include "store/ring.h"

#include <pthread.h>
#include <stdlib.h>

enum { CAPACITY = 8, RECORDS = 5000 };

static struct record event(int64_t number)
{
	return (struct record){.kind = RECORD_EVENT, .event = {.at_ns = number}};
}

static struct ring *new_ring(size_t capacity)
{
	struct error err;
	struct ring *ring = NULL;
	assert_int_equal(ring_new(capacity, &ring, &err), 0);
	return ring;
}

static void comes_out_in_order(void **state)
{
	(void)state;
	struct ring *const ring = new_ring(CAPACITY);
	for (int64_t next = 0; next < 3 * CAPACITY; next += 3) {
		for (int64_t i = 0; i < 3; i++)
			ring_put(ring, &(struct record){.kind = RECORD_EVENT,
			                                .event = {.at_ns = next + i}});
		assert_int_equal(ring_wait(ring, 0), 3);
		for (int64_t i = 0; i < 3; i++)
			assert_int_equal(ring_at(ring, (size_t)i)->event.at_ns, next + i);
		ring_release(ring, 3);
	}
	assert_int_equal(ring_waits(ring).count, 0);
	ring_close(ring);
	assert_int_equal(ring_wait(ring, NS_PER_S), 0);
	ring_free(ring);
}

static void close_leaves_what_is_there(void **state)
{
	(void)state;
	struct ring *const ring = new_ring(CAPACITY);
	const struct record record = event(7);
	ring_put(ring, &record);
	ring_close(ring);
	assert_int_equal(ring_wait(ring, 1000 * NS_PER_S), 1); /* without lingering */
	ring_release(ring, 1);
	assert_int_equal(ring_wait(ring, 0), 0);
	ring_free(ring);
}

struct slow_consumer {
	struct ring *ring;
	int64_t seen;
	int64_t out_of_order;
};

static void *consume_slowly(void *data)
{
	struct slow_consumer *const consumer = data;
	size_t count;
	while ((count = ring_wait(consumer->ring, NS_PER_MS)) > 0) {
		for (size_t i = 0; i < count; i++)
			if (ring_at(consumer->ring, i)->event.at_ns != consumer->seen++)
				consumer->out_of_order++;
		if (consumer->seen % 10 == 0)
			clock_sleep_until(clock_now_ns() + 100 * NS_PER_US);
		ring_release(consumer->ring, count);
	}
	return NULL;
}

static void slow_consumer_makes_producer_wait(void **state)
{
	(void)state;
	struct slow_consumer consumer = {.ring = new_ring(CAPACITY)};
	pthread_t thread;
	assert_int_equal(pthread_create(&thread, NULL, consume_slowly, &consumer), 0);
	for (int64_t i = 0; i < RECORDS; i++) {
		const struct record record = event(i);
		ring_put(consumer.ring, &record);
	}
	ring_close(consumer.ring);
	pthread_join(thread, NULL);
	assert_int_equal(consumer.seen, RECORDS);
	assert_int_equal(consumer.out_of_order, 0);
	const struct ring_waits waits = ring_waits(consumer.ring);
	assert_true(waits.count > 0);
	assert_true(waits.count <= RECORDS);
	assert_true(waits.total_ns > 0);
	ring_free(consumer.ring);
}

static void free_takes_null(void **state)
{
	(void)state;
	ring_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(comes_out_in_order),
	        cmocka_unit_test(close_leaves_what_is_there),
	        cmocka_unit_test(slow_consumer_makes_producer_wait),
	        cmocka_unit_test(free_takes_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
