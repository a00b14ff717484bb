/* Texts that go out through a thread of their own: who has something to say goes on at once,
 * however long a file server hangs or nobody reads the log. */
#ifndef FLEET_OUTLET_H
#define FLEET_OUTLET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct outlet;

/* put(context, kind, text) is called by the thread, for one text after the other; it may take its
 * time. Up to most_bytes of texts wait. name is at most 15 bytes. Returns 0 or -errno. */
int outlet_open(const char *name, void (*put)(void *context, int kind, const char *text),
                void *context, size_t most_bytes, struct outlet **ret_outlet, struct error *err);

/* Hands on a copy. false: there was no room, or no memory, and it is dropped. */
bool outlet_put(struct outlet *outlet, int kind, const char *text);

/* The same where only the newest counts: what still waits is dropped. */
bool outlet_replace(struct outlet *outlet, int kind, const char *text);

/* Texts that were dropped for want of room since the last call. */
size_t outlet_take_dropped(struct outlet *outlet);

/* Waits until all is out and ends the thread. Where patience_ns (negative: without end) is over
 * before that, the thread is left to itself, and false returned: what context points to must live
 * on. NULL: nothing to do. */
bool outlet_close(struct outlet *outlet, int64_t patience_ns);

#endif
