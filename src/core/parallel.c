#include "core/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <unistd.h>

/* Fewer are done before a thread has started. */
enum { THINGS_PER_WORKER = 20000 };

struct team {
	void (*work)(void *context, size_t index, size_t worker);
	void *context;
	size_t count;
	atomic_size_t next;
};

struct member {
	struct team *team;
	size_t worker;
	pthread_t thread;
	bool is_started;
};

size_t parallel_workers(size_t things)
{
	const long online = sysconf(_SC_NPROCESSORS_ONLN);
	size_t workers = things / THINGS_PER_WORKER;
	workers = online > 0 && workers > (size_t)online ? (size_t)online : workers;
	workers = workers > PARALLEL_MOST ? PARALLEL_MOST : workers;
	return workers > 0 ? workers : 1;
}

static void *take_part(void *argument)
{
	const struct member *const member = argument;
	struct team *const team = member->team;
	for (;;) {
		const size_t index = atomic_fetch_add(&team->next, 1);
		if (index >= team->count)
			return NULL;
		team->work(team->context, index, member->worker);
	}
}

void parallel_for(size_t count, size_t workers,
                  void (*work)(void *context, size_t index, size_t worker), void *context)
{
	struct team team = {.work = work, .context = context, .count = count};
	atomic_init(&team.next, 0);
	struct member members[PARALLEL_MOST];
	if (workers > PARALLEL_MOST)
		workers = PARALLEL_MOST;
	members[0] = (struct member){.team = &team};
	for (size_t w = 1; w < workers; w++)
		members[w] = (struct member){.team = &team, .worker = w};
	for (size_t w = 1; w < workers; w++)
		members[w].is_started =
		        pthread_create(&members[w].thread, NULL, take_part, &members[w]) == 0;
	take_part(&members[0]);
	for (size_t w = 1; w < workers; w++)
		if (members[w].is_started)
			pthread_join(members[w].thread, NULL);
}
