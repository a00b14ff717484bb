/* A bounded ring of records between one producer (the engine) and one consumer (the writer). The
 * producer waits when it is full; nothing is ever dropped. The consumer is woken by the first
 * record after a pause and then lets a moment pass, so that many records share one transaction
 * and the tasks' processors are disturbed seldom. */
#ifndef STORE_RING_H
#define STORE_RING_H

#include "model/record.h"

#include <stddef.h>
#include <stdint.h>

struct error;
struct ring;

/* How often, and how long in all, the producer had to wait for room. */
struct ring_waits {
	uint64_t count;
	int64_t total_ns;
};

/* capacity is in records, at least 2. Returns 0 or -errno. */
int ring_new(size_t capacity, struct ring **ret_ring, struct error *err);
void ring_free(struct ring *ring);

/* Producer: copies record in, waiting while the ring is full. */
void ring_put(struct ring *ring, const struct record *record);

/* Producer: no record will follow. */
void ring_close(struct ring *ring);

/* Producer: records may follow again, to a consumer that comes after the one that has ended. */
void ring_open_again(struct ring *ring);

/* Consumer: waits for a record, then for linger_ns more or until the ring is half full or closed.
 * Returns how many records are there; 0 when the ring is closed and empty. */
size_t ring_wait(struct ring *ring, int64_t linger_ns);

/* Consumer: the i-th oldest record, i below what ring_wait returned less what was released. */
struct record *ring_at(struct ring *ring, size_t i);

/* Consumer: gives the `count` oldest places back to the producer. */
void ring_release(struct ring *ring, size_t count);

struct ring_waits ring_waits(struct ring *ring);

#endif
