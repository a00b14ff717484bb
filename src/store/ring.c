#include "store/ring.h"

#include "core/clock.h"
#include "core/error.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

struct ring {
	pthread_mutex_t lock;
	pthread_cond_t filled; /* the consumer waits for it */
	pthread_cond_t freed;  /* the producer waits for it */
	struct record *slots;
	size_t capacity;
	size_t put;   /* records ever put: changed by the producer under the lock */
	size_t taken; /* records ever released: changed by the consumer under the lock */
	bool is_closed;
	struct ring_waits waits;
};

int ring_new(size_t capacity, struct ring **ret_ring, struct error *err)
{
	struct ring *const ring = calloc(1, sizeof *ring);
	if (!ring)
		return error_memory(err);
	ring->slots = calloc(capacity, sizeof *ring->slots);
	if (!ring->slots) {
		free(ring);
		return error_memory(err);
	}
	ring->capacity = capacity;
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&ring->lock, NULL);
	pthread_cond_init(&ring->filled, &attributes);
	pthread_cond_init(&ring->freed, &attributes);
	pthread_condattr_destroy(&attributes);
	*ret_ring = ring;
	return 0;
}

void ring_free(struct ring *ring)
{
	if (!ring)
		return;
	pthread_cond_destroy(&ring->freed);
	pthread_cond_destroy(&ring->filled);
	pthread_mutex_destroy(&ring->lock);
	free(ring->slots);
	free(ring);
}

static size_t count_locked(const struct ring *ring)
{
	return ring->put - ring->taken;
}

static void wait_for_room_locked(struct ring *ring)
{
	const int64_t start_ns = clock_now_ns();
	pthread_cond_signal(&ring->filled);
	while (count_locked(ring) == ring->capacity)
		pthread_cond_wait(&ring->freed, &ring->lock);
	ring->waits.count++;
	ring->waits.total_ns += clock_now_ns() - start_ns;
}

void ring_put(struct ring *ring, const struct record *record)
{
	pthread_mutex_lock(&ring->lock);
	if (count_locked(ring) == ring->capacity)
		wait_for_room_locked(ring);
	ring->slots[ring->put++ % ring->capacity] = *record;
	const size_t count = count_locked(ring);
	/* The consumer sleeps through what lies between. */
	if (count == 1 || count == ring->capacity / 2)
		pthread_cond_signal(&ring->filled);
	pthread_mutex_unlock(&ring->lock);
}

void ring_close(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	ring->is_closed = true;
	pthread_cond_signal(&ring->filled);
	pthread_mutex_unlock(&ring->lock);
}

void ring_open_again(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	ring->is_closed = false;
	pthread_mutex_unlock(&ring->lock);
}

size_t ring_wait(struct ring *ring, int64_t linger_ns)
{
	pthread_mutex_lock(&ring->lock);
	while (count_locked(ring) == 0 && !ring->is_closed)
		pthread_cond_wait(&ring->filled, &ring->lock);
	const int64_t until_ns = clock_now_ns() + linger_ns;
	const struct timespec until = {
	        .tv_sec = until_ns / NS_PER_S,
	        .tv_nsec = until_ns % NS_PER_S,
	};
	while (count_locked(ring) < ring->capacity / 2 && !ring->is_closed)
		if (pthread_cond_timedwait(&ring->filled, &ring->lock, &until) == ETIMEDOUT)
			break;
	const size_t count = count_locked(ring);
	pthread_mutex_unlock(&ring->lock);
	return count;
}

/* The consumer alone changes `taken`, and the producer touches no place that is not released. */
struct record *ring_at(struct ring *ring, size_t i)
{
	return &ring->slots[(ring->taken + i) % ring->capacity];
}

void ring_release(struct ring *ring, size_t count)
{
	pthread_mutex_lock(&ring->lock);
	const bool was_full = count_locked(ring) == ring->capacity;
	ring->taken += count;
	if (was_full && count > 0)
		pthread_cond_signal(&ring->freed);
	pthread_mutex_unlock(&ring->lock);
}

struct ring_waits ring_waits(struct ring *ring)
{
	pthread_mutex_lock(&ring->lock);
	const struct ring_waits waits = ring->waits;
	pthread_mutex_unlock(&ring->lock);
	return waits;
}
