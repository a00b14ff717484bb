/* Samples the node while trials run: a thread of its own reads the sensors (platform/sensor) at an
 * interval, and once more when a trial's window opens and when it closes. What it reads waits in a
 * lock-free ring until the engine's thread puts it into the sink: the sink has one producer.
 *
 *   node_sampler_begin    a trial begins
 *   node_sampler_watch    whenever the protocol may have moved
 *   node_sampler_drain    now and then: puts what is there
 *   node_sampler_end      the trial has ended: puts the rest, and what the window's totals are
 *
 * All of them take NULL, and then do nothing. The thread allocates nothing; the engine never waits
 * for it but in node_sampler_end, when the tasks are gone. */
#ifndef RUN_NODE_SAMPLER_H
#define RUN_NODE_SAMPLER_H

#include "model/sink.h"
#include "run/protocol.h"

#include <stdint.h>
#include <sys/types.h>

struct cpuset;
struct error;
struct node_sampler;

struct node_sampler_settings {
	const char *sysroot;       /* NULL: this machine */
	const struct cpuset *cpus; /* on which tasks may run */
	int64_t interval_ns;       /* 0: nothing is sampled, and there is no sampler */
	int64_t origin_ns;         /* monotonic time that records count from */
};

/* Opens what sensors there are, and starts the thread with all signals blocked. *ret_sampler is
 * NULL without an interval. The caller must be the thread that starts the tasks. Returns 0 or
 * -errno. */
int node_sampler_open(const struct node_sampler_settings *settings,
                      struct node_sampler **ret_sampler, struct error *err);
void node_sampler_close(struct node_sampler *sampler);

/* For binding it away from the tasks' PUs; 0 without one. */
pid_t node_sampler_thread_id(const struct node_sampler *sampler);

void node_sampler_begin(struct node_sampler *sampler, uint32_t trial);
void node_sampler_watch(struct node_sampler *sampler, const struct protocol *protocol);

/* Each puts samples. Returns 0 or -errno of the sink. */
int node_sampler_drain(struct node_sampler *sampler, const struct sink *sink, struct error *err);
int node_sampler_end(struct node_sampler *sampler, const struct trial_record *trial,
                     const struct sink *sink, struct error *err);

#endif
