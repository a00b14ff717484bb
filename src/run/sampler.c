#include "run/sampler.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "model/record.h"
#include "platform/process.h"
#include "platform/process_memory.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PROCESSES = 4096, MOST_ORPHANS = 64, GENERATION_BITS = 16 };

#define LEAST_PAUSE_NS (20 * NS_PER_MS)
#define FAST_PAUSE_NS  NS_PER_MS
#define MOST_PAUSE_NS  (10 * NS_PER_S)
#define FAST_SHARE     0.2
#define BYTES_MASK     ((UINT64_C(1) << (64 - GENERATION_BITS)) - 1)

/* word holds, above, which task of the slot this is (modulo 2^16) and below the largest sum of its
 * memory. The sampler replaces it only while it speaks of the task that was looked at. */
struct sampled_slot {
	atomic_uint_fast64_t word;
	atomic_int root;   /* 0: nothing runs */
	bool is_executing; /* the sampler's own: the root was seen to run its own program */
	uint64_t seen_generation;
};

struct known_orphan {
	pid_t pid;
	int slot;
};

struct sampler {
	char *run_id;
	uint32_t slot_count;
	struct sampled_slot *slots;
	int64_t *sums; /* of a round, by slot; -1: not looked at */
	int children_fd;
	pthread_t thread;
	bool has_thread;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum sampler_pace pace; /* under lock, as is_closing */
	bool is_closing;
	atomic_int thread_id;
	atomic_int_fast64_t cpu_ns;
	atomic_uint_fast64_t rounds;
	struct known_orphan orphans[MOST_ORPHANS];
	size_t orphan_count;
	pid_t pids[MOST_PROCESSES];
};

/* ---- In the sampler's thread -------------------------------------------------------------- */

static int64_t thread_cpu_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec;
}

static int64_t sum_of_tree(struct sampler *sampler, pid_t root)
{
	const size_t count = process_list_tree(root, sampler->pids, MOST_PROCESSES);
	int64_t sum = -1;
	for (size_t i = 0; i < count; i++) {
		const int64_t bytes = process_memory_bytes(sampler->pids[i]);
		if (bytes > 0)
			sum = (sum < 0 ? 0 : sum) + bytes;
	}
	return sum;
}

/* A process that is still plateau's own program is not the task yet. */
static bool is_executing(struct sampled_slot *slot, uint64_t generation, pid_t root)
{
	if (slot->seen_generation != generation) {
		slot->seen_generation = generation;
		slot->is_executing = false;
	}
	if (!slot->is_executing)
		slot->is_executing = !process_is_this_program(root);
	return slot->is_executing;
}

static int slot_of_orphan(struct sampler *sampler, pid_t pid)
{
	for (size_t i = 0; i < sampler->orphan_count; i++)
		if (sampler->orphans[i].pid == pid)
			return sampler->orphans[i].slot;
	uint32_t number;
	uint32_t index;
	const int slot = process_task_of(pid, sampler->run_id, &number, &index) ? (int)number : -1;
	if (sampler->orphan_count == MOST_ORPHANS)
		sampler->orphan_count = 0;
	sampler->orphans[sampler->orphan_count++] = (struct known_orphan){pid, slot};
	return slot;
}

static bool is_root(const struct sampler *sampler, pid_t pid)
{
	for (uint32_t i = 0; i < sampler->slot_count; i++)
		if (atomic_load(&sampler->slots[i].root) == pid)
			return true;
	return false;
}

/* Children of plateau that are no roots were handed to it when their parents ended. */
static void add_orphans(struct sampler *sampler)
{
	static const size_t half = MOST_PROCESSES / 2;
	pid_t *const children = sampler->pids + half;
	const size_t count = process_list_children(sampler->children_fd, children, half);
	for (size_t i = 0; i < count; i++) {
		if (is_root(sampler, children[i]))
			continue;
		const int slot = slot_of_orphan(sampler, children[i]);
		if (slot < 0 || (uint32_t)slot >= sampler->slot_count || sampler->sums[slot] < 0)
			continue;
		const size_t tree = process_list_tree(children[i], sampler->pids, half);
		for (size_t k = 0; k < tree; k++) {
			const int64_t bytes = process_memory_bytes(sampler->pids[k]);
			if (bytes > 0)
				sampler->sums[slot] += bytes;
		}
	}
}

static void keep_largest(struct sampled_slot *slot, uint64_t generation, int64_t bytes)
{
	uint_fast64_t word = atomic_load(&slot->word);
	while (word >> (64 - GENERATION_BITS) == generation &&
	       (int64_t)(word & BYTES_MASK) < bytes) {
		const uint_fast64_t wanted =
		        generation << (64 - GENERATION_BITS) | ((uint64_t)bytes & BYTES_MASK);
		if (atomic_compare_exchange_weak(&slot->word, &word, wanted))
			return;
	}
}

static void sample_all(struct sampler *sampler)
{
	bool has_any = false;
	for (uint32_t i = 0; i < sampler->slot_count; i++) {
		struct sampled_slot *const slot = &sampler->slots[i];
		/* The generation first: a root that is newer than it is thrown away below. */
		const uint64_t generation = atomic_load(&slot->word) >> (64 - GENERATION_BITS);
		const pid_t root = atomic_load(&slot->root);
		sampler->sums[i] = -1;
		if (root == 0 || !is_executing(slot, generation, root))
			continue;
		sampler->sums[i] = sum_of_tree(sampler, root);
		keep_largest(slot, generation, sampler->sums[i]);
		has_any = true;
	}
	if (!has_any || sampler->children_fd < 0)
		return;
	add_orphans(sampler);
	for (uint32_t i = 0; i < sampler->slot_count; i++)
		if (sampler->sums[i] > 0)
			keep_largest(&sampler->slots[i], sampler->slots[i].seen_generation,
			             sampler->sums[i]);
}

static int64_t pause_ns(enum sampler_pace pace, int64_t cost_ns)
{
	const int64_t least_ns = pace == PACE_FAST ? FAST_PAUSE_NS : LEAST_PAUSE_NS;
	const double share = pace == PACE_FAST ? FAST_SHARE : SAMPLER_SHARE;
	const int64_t fair_ns = (int64_t)((double)cost_ns / share);
	if (fair_ns > MOST_PAUSE_NS)
		return MOST_PAUSE_NS;
	return fair_ns < least_ns ? least_ns : fair_ns;
}

static struct timespec timespec_of(int64_t ns)
{
	return (struct timespec){.tv_sec = ns / NS_PER_S, .tv_nsec = ns % NS_PER_S};
}

/* Waits until the next round is due or something has changed. False: it is to end. */
static bool wait_for_round(struct sampler *sampler, int64_t cost_ns, enum sampler_pace *pace)
{
	const int64_t start_ns = clock_now_ns();
	pthread_mutex_lock(&sampler->lock);
	while (!sampler->is_closing) {
		if (sampler->pace == PACE_OFF) {
			pthread_cond_wait(&sampler->changed, &sampler->lock);
			continue;
		}
		const int64_t due_ns = start_ns + pause_ns(sampler->pace, cost_ns);
		if (clock_now_ns() >= due_ns)
			break;
		const struct timespec due = timespec_of(due_ns);
		pthread_cond_timedwait(&sampler->changed, &sampler->lock, &due);
	}
	*pace = sampler->pace;
	const bool goes_on = !sampler->is_closing;
	pthread_mutex_unlock(&sampler->lock);
	return goes_on;
}

static void *sampler_main(void *argument)
{
	struct sampler *const sampler = argument;
	atomic_store(&sampler->thread_id, (int)syscall(SYS_gettid));
	int64_t before_ns = thread_cpu_ns();
	int64_t cost_ns = 0;
	enum sampler_pace pace;
	while (wait_for_round(sampler, cost_ns, &pace)) {
		sample_all(sampler);
		/* The cost of waiting is counted in. */
		const int64_t now_ns = thread_cpu_ns();
		cost_ns = now_ns - before_ns;
		before_ns = now_ns;
		atomic_fetch_add(&sampler->rounds, 1);
		atomic_store(&sampler->cpu_ns, now_ns);
	}
	return NULL;
}

/* ---- In the engine's ---------------------------------------------------------------------- */

void sampler_started(struct sampler *sampler, uint32_t slot, pid_t root)
{
	struct sampled_slot *const s = &sampler->slots[slot];
	const uint64_t generation = (atomic_load(&s->word) >> (64 - GENERATION_BITS)) + 1;
	atomic_store(&s->word, generation << (64 - GENERATION_BITS));
	atomic_store(&s->root, root);
}

int64_t sampler_ended(struct sampler *sampler, uint32_t slot)
{
	struct sampled_slot *const s = &sampler->slots[slot];
	atomic_store(&s->root, 0);
	/* Half a step on, so that what is being looked at right now comes too late. */
	const uint64_t word = atomic_load(&s->word);
	const uint64_t next = (word >> (64 - GENERATION_BITS)) + 1;
	const int64_t bytes =
	        (int64_t)(atomic_exchange(&s->word, next << (64 - GENERATION_BITS)) & BYTES_MASK);
	return bytes > 0 ? bytes : RECORD_ABSENT;
}

void sampler_set_pace(struct sampler *sampler, enum sampler_pace pace)
{
	pthread_mutex_lock(&sampler->lock);
	sampler->pace = pace;
	pthread_cond_signal(&sampler->changed);
	pthread_mutex_unlock(&sampler->lock);
}

pid_t sampler_thread_id(const struct sampler *sampler)
{
	return atomic_load(&sampler->thread_id);
}

int64_t sampler_cpu_ns(const struct sampler *sampler)
{
	return atomic_load(&sampler->cpu_ns);
}

uint64_t sampler_rounds(const struct sampler *sampler)
{
	return atomic_load(&sampler->rounds);
}

static int start_thread(struct sampler *sampler, struct error *err)
{
	sigset_t all;
	sigset_t before;
	pthread_condattr_t attributes;
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_mutex_init(&sampler->lock, NULL);
	pthread_cond_init(&sampler->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	const int code = pthread_create(&sampler->thread, NULL, sampler_main, sampler);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (code != 0)
		return error_system(err, code, "cannot start the thread that samples memory");
	sampler->has_thread = true;
	pthread_setname_np(sampler->thread, "plateau-sample");
	/* Its id must be known before somebody asks. */
	while (atomic_load(&sampler->thread_id) == 0)
		sched_yield();
	return 0;
}

int sampler_open(const char *run_id, uint32_t slot_count, struct sampler **ret_sampler,
                 struct error *err)
{
	struct sampler *const sampler = calloc(1, sizeof *sampler);
	if (!sampler)
		return error_memory(err);
	sampler->children_fd = process_open_children();
	sampler->slot_count = slot_count;
	sampler->slots = calloc(slot_count, sizeof *sampler->slots);
	sampler->sums = calloc(slot_count, sizeof *sampler->sums);
	int r = sampler->slots && sampler->sums ? 0 : error_memory(err);
	if (r == 0)
		r = str_copy(run_id, &sampler->run_id, err);
	if (r == 0)
		r = start_thread(sampler, err);
	if (r < 0) {
		sampler_close(sampler);
		return r;
	}
	*ret_sampler = sampler;
	return 0;
}

void sampler_close(struct sampler *sampler)
{
	if (!sampler)
		return;
	if (sampler->has_thread) {
		pthread_mutex_lock(&sampler->lock);
		sampler->is_closing = true;
		pthread_cond_signal(&sampler->changed);
		pthread_mutex_unlock(&sampler->lock);
		pthread_join(sampler->thread, NULL);
		pthread_cond_destroy(&sampler->changed);
		pthread_mutex_destroy(&sampler->lock);
	}
	if (sampler->children_fd >= 0)
		close(sampler->children_fd);
	free(sampler->slots);
	free(sampler->sums);
	free(sampler->run_id);
	free(sampler);
}
