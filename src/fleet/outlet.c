#include "fleet/outlet.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/helper_thread.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct text {
	struct text *next;
	int kind;
	size_t bytes;
	char letters[];
};

struct outlet {
	struct helper_thread thread;
	pthread_mutex_t lock;
	pthread_cond_t has_changed;
	void (*put)(void *context, int kind, const char *text);
	void *context;
	struct text *first, **last; /* that wait */
	size_t bytes, most_bytes;
	size_t dropped;
	bool is_closing, is_done;
	bool is_abandoned; /* nobody waits for the thread any more: it releases all of this */
};

/* The next text, once there is one; NULL: there will be none. The lock is held. */
static struct text *take(struct outlet *outlet)
{
	while (!outlet->first && !outlet->is_closing)
		pthread_cond_wait(&outlet->has_changed, &outlet->lock);
	struct text *const text = outlet->first;
	if (!text)
		return NULL;
	outlet->first = text->next;
	if (!outlet->first)
		outlet->last = &outlet->first;
	outlet->bytes -= text->bytes;
	return text;
}

/* The lock is held. */
static void drop_waiting(struct outlet *outlet)
{
	while (outlet->first) {
		struct text *const text = outlet->first;
		outlet->first = text->next;
		free(text);
	}
	outlet->last = &outlet->first;
	outlet->bytes = 0;
}

static void release(struct outlet *outlet)
{
	drop_waiting(outlet);
	pthread_cond_destroy(&outlet->has_changed);
	pthread_mutex_destroy(&outlet->lock);
	free(outlet);
}

static void run(void *context)
{
	struct outlet *const outlet = context;
	struct text *text;
	pthread_mutex_lock(&outlet->lock);
	/* What texts are put with may be gone once nobody waits. */
	while (!outlet->is_abandoned && (text = take(outlet))) {
		pthread_mutex_unlock(&outlet->lock);
		outlet->put(outlet->context, text->kind, text->letters);
		free(text);
		pthread_mutex_lock(&outlet->lock);
	}
	outlet->is_done = true;
	const bool is_abandoned = outlet->is_abandoned;
	pthread_cond_broadcast(&outlet->has_changed);
	pthread_mutex_unlock(&outlet->lock);
	if (is_abandoned)
		release(outlet);
}

int outlet_open(const char *name, void (*put)(void *context, int kind, const char *text),
                void *context, size_t most_bytes, struct outlet **ret_outlet, struct error *err)
{
	struct outlet *const outlet = calloc(1, sizeof *outlet);
	if (!outlet)
		return error_memory(err);
	outlet->put = put;
	outlet->context = context;
	outlet->most_bytes = most_bytes;
	outlet->last = &outlet->first;
	pthread_mutex_init(&outlet->lock, NULL);
	helper_condition_init(&outlet->has_changed);
	const int r =
	        helper_thread_start(&outlet->thread, name, "hands texts on", run, outlet, err);
	if (r < 0)
		release(outlet);
	else
		*ret_outlet = outlet;
	return r;
}

static bool add(struct outlet *outlet, int kind, const char *letters, bool is_newest)
{
	const size_t bytes = strlen(letters) + 1;
	struct text *const text = malloc(sizeof *text + bytes);
	pthread_mutex_lock(&outlet->lock);
	if (is_newest)
		drop_waiting(outlet);
	const bool has_room = text && outlet->bytes + bytes <= outlet->most_bytes;
	if (has_room) {
		*text = (struct text){.kind = kind, .bytes = bytes};
		memcpy(text->letters, letters, bytes);
		*outlet->last = text;
		outlet->last = &text->next;
		outlet->bytes += bytes;
		pthread_cond_broadcast(&outlet->has_changed);
	} else
		outlet->dropped++;
	pthread_mutex_unlock(&outlet->lock);
	if (!has_room)
		free(text);
	return has_room;
}

bool outlet_put(struct outlet *outlet, int kind, const char *text)
{
	return add(outlet, kind, text, false);
}

bool outlet_replace(struct outlet *outlet, int kind, const char *text)
{
	return add(outlet, kind, text, true);
}

size_t outlet_take_dropped(struct outlet *outlet)
{
	pthread_mutex_lock(&outlet->lock);
	const size_t dropped = outlet->dropped;
	outlet->dropped = 0;
	pthread_mutex_unlock(&outlet->lock);
	return dropped;
}

bool outlet_close(struct outlet *outlet, int64_t patience_ns)
{
	if (!outlet)
		return true;
	const int64_t until_ns = clock_now_ns() + (patience_ns > 0 ? patience_ns : 0);
	const struct timespec until = {.tv_sec = until_ns / NS_PER_S,
	                               .tv_nsec = until_ns % NS_PER_S};
	int code = 0;
	pthread_mutex_lock(&outlet->lock);
	outlet->is_closing = true;
	pthread_cond_broadcast(&outlet->has_changed);
	while (!outlet->is_done && code != ETIMEDOUT)
		code = patience_ns < 0 ? pthread_cond_wait(&outlet->has_changed, &outlet->lock)
		                       : pthread_cond_timedwait(&outlet->has_changed, &outlet->lock,
		                                                &until);
	const bool is_done = outlet->is_done;
	if (!is_done) {
		outlet->is_abandoned = true;
		pthread_detach(outlet->thread.handle);
	}
	pthread_mutex_unlock(&outlet->lock);
	if (!is_done)
		return false;
	helper_thread_join(&outlet->thread);
	release(outlet);
	return true;
}
