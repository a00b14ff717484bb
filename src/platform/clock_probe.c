#include "platform/clock_probe.h"

#include "core/array.h"
#include "core/chain.h"
#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One thread needs no more than the chain does. */
enum { STACK_BYTES = 256 << 10 };

/* Where threads wait until all are there, or are sent home. */
struct gate {
	pthread_mutex_t mutex;
	pthread_cond_t opened;
	bool is_open;
	bool is_called_off;
};

struct worker {
	pthread_t thread;
	struct gate *gate;
	int64_t duration_ns;
	struct clock_reading *reading;
	struct error err;
	int result;
};

static bool wait_at(struct gate *gate)
{
	pthread_mutex_lock(&gate->mutex);
	while (!gate->is_open)
		pthread_cond_wait(&gate->opened, &gate->mutex);
	const bool is_on = !gate->is_called_off;
	pthread_mutex_unlock(&gate->mutex);
	return is_on;
}

static void open_gate(struct gate *gate, bool is_called_off)
{
	pthread_mutex_lock(&gate->mutex);
	gate->is_open = true;
	gate->is_called_off = is_called_off;
	pthread_cond_broadcast(&gate->opened);
	pthread_mutex_unlock(&gate->mutex);
}

/* Of this thread; more PUs than a cpu_set_t has are possible. */
static int bind_to(uint32_t pu)
{
	cpu_set_t *const set = CPU_ALLOC(CPUSET_MAX_PUS);
	const size_t bytes = CPU_ALLOC_SIZE(CPUSET_MAX_PUS);
	if (!set)
		return -ENOMEM;
	CPU_ZERO_S(bytes, set);
	CPU_SET_S(pu, bytes, set);
	const int r = sched_setaffinity(0, bytes, set) < 0 ? -errno : 0;
	CPU_FREE(set);
	return r;
}

static void *work(void *context)
{
	struct worker *const worker = context;
	cleanup_chain_result struct chain_result result = {0};
	const int bound = bind_to(worker->reading->pu);
	if (!wait_at(worker->gate))
		return NULL;
	if (bound < 0) {
		worker->result = error_set(&worker->err, -bound, "PU %u cannot be bound to: %s",
		                           worker->reading->pu, strerror(-bound));
		return NULL;
	}
	worker->result = chain_measure(worker->duration_ns, CHAIN_CHUNK_NS, &result, &worker->err);
	if (worker->result < 0)
		return NULL;
	worker->reading->p50_hz = result.p50_hz;
	worker->reading->max_hz = result.max_hz;
	worker->reading->lost_share = result.lost_share;
	return NULL;
}

/* Starts all or none. Signals are the main thread's business. */
static int start(struct worker *workers, size_t count, struct gate *gate)
{
	pthread_attr_t attributes;
	sigset_t all;
	sigset_t before;
	size_t started = 0;
	int r = pthread_attr_init(&attributes);
	if (r != 0)
		return -r;
	pthread_attr_setstacksize(&attributes, STACK_BYTES);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	while (r == 0 && started < count) {
		r = pthread_create(&workers[started].thread, &attributes, work, &workers[started]);
		started += r == 0;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	pthread_attr_destroy(&attributes);
	open_gate(gate, r != 0);
	for (size_t i = 0; i < started; i++)
		pthread_join(workers[i].thread, NULL);
	return -r;
}

/* The first failure of a worker, as the reason of the whole where no PU has a figure. */
static void tell(const struct worker *workers, struct clock_probe *probe)
{
	const struct error *why = NULL;
	for (size_t i = 0; i < probe->count; i++) {
		if (workers[i].result == 0)
			return;
		why = why ? why : &workers[i].err;
	}
	snprintf(probe->reason, sizeof probe->reason, "%.*s", (int)sizeof probe->reason - 1,
	         why ? why->text : "no PU is allowed");
	probe->count = 0;
}

static void begin_readings(const struct topology *topology, struct clock_probe *probe)
{
	for (size_t i = 0; i < probe->count; i++) {
		const struct topology_pu *const pu = &topology->pus[i];
		probe->readings[i] = (struct clock_reading){.pu = pu->os_index,
		                                            .core = pu->core,
		                                            .l3 = pu->l3,
		                                            .package = pu->package,
		                                            .p50_hz = NAN,
		                                            .max_hz = NAN};
	}
}

int clock_probe_run(const struct topology *topology, size_t pu_count, int64_t duration_ns,
                    struct clock_probe *ret_probe, struct error *err)
{
	struct gate gate = {.mutex = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER};
	struct clock_probe probe = {.count = pu_count};
	struct worker *const workers = calloc(pu_count + 1, sizeof *workers);
	probe.readings = calloc(pu_count + 1, sizeof *probe.readings);
	if (!workers || !probe.readings) {
		free(workers);
		clock_probe_release(&probe);
		return error_memory(err);
	}
	begin_readings(topology, &probe);
	for (size_t i = 0; i < pu_count; i++)
		workers[i] = (struct worker){
		        .gate = &gate, .duration_ns = duration_ns, .reading = &probe.readings[i]};
	const int r = start(workers, pu_count, &gate);
	if (r < 0) {
		probe.count = 0;
		snprintf(probe.reason, sizeof probe.reason,
		         "%zu threads cannot be started: %s (ulimit -u, pids.max)", pu_count,
		         strerror(-r));
	} else {
		tell(workers, &probe);
	}
	free(workers);
	*ret_probe = probe;
	return 0;
}
