#include "run/sampler.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/helper_thread.h"
#include "core/str.h"
#include "model/record.h"
#include "platform/process.h"
#include "platform/process_memory.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { MOST_PROCESSES = 4096, MOST_ORPHANS = 64, GENERATION_BITS = 16 };

#define FAST_PAUSE_NS NS_PER_MS
#define MOST_PAUSE_NS (10 * NS_PER_S)
#define FAST_SHARE    0.2
#define SAVED_NS      NS_PER_S /* for how long time for walking through pages is saved up */
#define VALUE_BITS    (64 - GENERATION_BITS)
#define VALUE_MASK    ((UINT64_C(1) << VALUE_BITS) - 1)

enum sampled_word { WORD_RSS, WORD_PSS, WORD_RSS_SAMPLES, WORD_PSS_SAMPLES, SAMPLED_WORDS };

/* Each word holds, above, which task of the slot this is (modulo 2^16) and below the largest sum of
 * its memory, or how often it was looked at. The sampler replaces it only while it speaks of the
 * task that was looked at. */
struct sampled_slot {
	atomic_uint_fast64_t words[SAMPLED_WORDS];
	atomic_int root;   /* 0: nothing runs */
	bool is_executing; /* the sampler's own: the root was seen to run its own program */
	uint64_t seen_generation;
};

/* What the tree of a slot's task holds. */
struct tree_sum {
	int64_t rss_bytes; /* -1: not looked at, or nobody was there */
	int64_t pss_bytes; /* -1: not asked for, or not known of one of its processes */
	bool wants_pss;
};

struct known_orphan {
	pid_t pid;
	int slot;
};

struct sampler {
	char *run_id;
	int64_t interval_ns; /* the least between two rounds */
	uint32_t slot_count;
	struct sampled_slot *slots;
	struct tree_sum *sums; /* of a round, by slot */
	uint32_t next_walk;    /* the slot whose pages are walked through next */
	int64_t walk_ns;       /* CPU time that may be spent on that; negative: overdrawn */
	int64_t walked_ns;     /* and what this round has spent */
	int children_fd;
	struct helper_thread thread;
	bool has_lock;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	enum sampler_pace pace; /* under lock, as is_closing */
	bool is_closing;
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

/* Adds the memory of a process to the sum of its tree. A sum in which one process is missing would
 * pass for the whole: its PSS is not known then. */
static void add_process(struct sampler *sampler, pid_t pid, struct tree_sum *sum)
{
	struct process_memory memory;
	const bool wants_pss = sum->wants_pss && (sum->rss_bytes < 0 || sum->pss_bytes >= 0);
	const int64_t before_ns = wants_pss ? thread_cpu_ns() : 0;
	const bool is_there = process_memory_look(pid, wants_pss, &memory);
	if (wants_pss)
		sampler->walked_ns += thread_cpu_ns() - before_ns;
	if (!is_there)
		return;
	if (sum->rss_bytes < 0)
		*sum = (struct tree_sum){0, 0, sum->wants_pss};
	sum->rss_bytes += memory.rss_bytes;
	if (memory.pss_bytes < 0 || sum->pss_bytes < 0)
		sum->pss_bytes = -1;
	else
		sum->pss_bytes += memory.pss_bytes;
}

static void add_tree(struct sampler *sampler, pid_t root, size_t capacity, struct tree_sum *sum)
{
	const size_t count = process_list_tree(root, sampler->pids, capacity);
	for (size_t i = 0; i < count; i++)
		add_process(sampler, sampler->pids[i], sum);
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
		if (slot >= 0 && (uint32_t)slot < sampler->slot_count &&
		    sampler->sums[slot].rss_bytes >= 0)
			add_tree(sampler, children[i], half, &sampler->sums[slot]);
	}
}

/* Puts a value into a word unless that speaks of another task by now: the larger of both, or, of a
 * number of samples, one more. */
static void keep(struct sampled_slot *slot, enum sampled_word which, uint64_t generation,
                 int64_t value)
{
	const bool counts = which == WORD_RSS_SAMPLES || which == WORD_PSS_SAMPLES;
	atomic_uint_fast64_t *const place = &slot->words[which];
	uint_fast64_t word = atomic_load(place);
	while (word >> VALUE_BITS == generation) {
		const uint64_t known = word & VALUE_MASK;
		if (!counts && (int64_t)known >= value)
			return;
		const uint64_t next = counts ? known + 1 : (uint64_t)value;
		const uint_fast64_t wanted = generation << VALUE_BITS | (next & VALUE_MASK);
		if (atomic_compare_exchange_weak(place, &word, wanted))
			return;
	}
}

static void keep_sum(struct sampled_slot *slot, const struct tree_sum *sum)
{
	const uint64_t generation = slot->seen_generation;
	if (sum->rss_bytes < 0)
		return;
	keep(slot, WORD_RSS, generation, sum->rss_bytes);
	keep(slot, WORD_RSS_SAMPLES, generation, 1);
	if (!sum->wants_pss || sum->pss_bytes < 0)
		return;
	keep(slot, WORD_PSS, generation, sum->pss_bytes);
	keep(slot, WORD_PSS_SAMPLES, generation, 1);
}

/* Looks at the slot's task, if one runs its own program. */
static bool sample_slot(struct sampler *sampler, uint32_t number, bool wants_pss)
{
	struct sampled_slot *const slot = &sampler->slots[number];
	struct tree_sum *const sum = &sampler->sums[number];
	/* The generation first: a root that is newer than it is thrown away by keep. */
	const uint64_t generation = atomic_load(&slot->words[WORD_RSS]) >> VALUE_BITS;
	const pid_t root = atomic_load(&slot->root);
	*sum = (struct tree_sum){-1, -1, wants_pss};
	if (root == 0 || !is_executing(slot, generation, root))
		return false;
	add_tree(sampler, root, MOST_PROCESSES, sum);
	return true;
}

/* One round: every tree's RSS, and the PSS of as many, in turn, as there is time for. */
static void sample_all(struct sampler *sampler)
{
	bool has_any = false;
	const uint32_t first = sampler->next_walk;
	sampler->walked_ns = 0;
	for (uint32_t k = 0; k < sampler->slot_count; k++) {
		const uint32_t i = (first + k) % sampler->slot_count;
		const bool wants_pss = sampler->walk_ns > sampler->walked_ns;
		if (!sample_slot(sampler, i, wants_pss))
			continue;
		has_any = true;
		if (wants_pss)
			sampler->next_walk = (i + 1) % sampler->slot_count;
	}
	if (has_any && sampler->children_fd >= 0)
		add_orphans(sampler);
	for (uint32_t i = 0; i < sampler->slot_count; i++)
		keep_sum(&sampler->slots[i], &sampler->sums[i]);
	sampler->walk_ns -= sampler->walked_ns;
}

/* Half of what may be spent goes to looking at all trees, half to walking through pages. */
static double half_share(enum sampler_pace pace)
{
	return (pace == PACE_FAST ? FAST_SHARE : SAMPLER_SHARE) / 2;
}

/* What has come in since the last round. After an expensive walk there is none for a while, but not
 * for longer than the longest pause. */
static void earn_walk(struct sampler *sampler, enum sampler_pace pace, int64_t elapsed_ns)
{
	const double share = half_share(pace);
	const int64_t most_ns = (int64_t)(share * (double)SAVED_NS);
	const int64_t least_ns = -(int64_t)(share * (double)MOST_PAUSE_NS);
	int64_t walk_ns = sampler->walk_ns < least_ns ? least_ns : sampler->walk_ns;
	walk_ns += (int64_t)(share * (double)elapsed_ns);
	sampler->walk_ns = walk_ns > most_ns ? most_ns : walk_ns;
}

static int64_t pause_ns(const struct sampler *sampler, int64_t cost_ns)
{
	const enum sampler_pace pace = sampler->pace;
	const int64_t least_ns = pace == PACE_FAST && sampler->interval_ns > FAST_PAUSE_NS
	                                 ? FAST_PAUSE_NS
	                                 : sampler->interval_ns;
	const int64_t fair_ns = (int64_t)((double)cost_ns / half_share(pace));
	/* What was asked for may be longer than the longest pause of our own making. */
	const int64_t bounded_ns = fair_ns > MOST_PAUSE_NS ? MOST_PAUSE_NS : fair_ns;
	return bounded_ns < least_ns ? least_ns : bounded_ns;
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
		const int64_t due_ns = start_ns + pause_ns(sampler, cost_ns);
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

static void sampler_main(void *argument)
{
	struct sampler *const sampler = argument;
	int64_t before_ns = thread_cpu_ns();
	int64_t cost_ns = 0;
	int64_t round_ns = 0; /* when the last round was; the first may walk through pages */
	enum sampler_pace pace;
	while (wait_for_round(sampler, cost_ns, &pace)) {
		const int64_t start_ns = clock_now_ns();
		earn_walk(sampler, pace, round_ns ? start_ns - round_ns : SAVED_NS);
		round_ns = start_ns;
		sample_all(sampler);
		/* The cost of waiting is counted in. */
		const int64_t now_ns = thread_cpu_ns();
		cost_ns = now_ns - before_ns - sampler->walked_ns;
		before_ns = now_ns;
		atomic_fetch_add(&sampler->rounds, 1);
		atomic_store(&sampler->cpu_ns, now_ns);
	}
}

/* ---- In the engine's ---------------------------------------------------------------------- */

void sampler_started(struct sampler *sampler, uint32_t slot, pid_t root)
{
	struct sampled_slot *const s = &sampler->slots[slot];
	const uint64_t generation = (atomic_load(&s->words[WORD_RSS]) >> VALUE_BITS) + 1;
	for (int i = 0; i < SAMPLED_WORDS; i++)
		atomic_store(&s->words[i], generation << VALUE_BITS);
	atomic_store(&s->root, root);
}

struct sampled_memory sampler_ended(struct sampler *sampler, uint32_t slot)
{
	struct sampled_slot *const s = &sampler->slots[slot];
	int64_t values[SAMPLED_WORDS];
	atomic_store(&s->root, 0);
	/* Half a step on, so that what is being looked at right now comes too late. */
	const uint64_t next = (atomic_load(&s->words[WORD_RSS]) >> VALUE_BITS) + 1;
	for (int i = 0; i < SAMPLED_WORDS; i++)
		values[i] =
		        (int64_t)(atomic_exchange(&s->words[i], next << VALUE_BITS) & VALUE_MASK);
	/* A sample that came in between two of the words counts for neither. */
	const bool has_rss = values[WORD_RSS] > 0 && values[WORD_RSS_SAMPLES] > 0;
	const bool has_pss = values[WORD_PSS] > 0 && values[WORD_PSS_SAMPLES] > 0;
	return (struct sampled_memory){
	        .peak_rss_bytes = has_rss ? values[WORD_RSS] : RECORD_ABSENT,
	        .peak_pss_bytes = has_pss ? values[WORD_PSS] : RECORD_ABSENT,
	        .rss_samples = has_rss ? values[WORD_RSS_SAMPLES] : 0,
	        .pss_samples = has_pss ? values[WORD_PSS_SAMPLES] : 0,
	};
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
	return sampler->thread.id;
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
	pthread_mutex_init(&sampler->lock, NULL);
	helper_condition_init(&sampler->changed);
	sampler->has_lock = true;
	return helper_thread_start(&sampler->thread, "plateau-sample", "samples memory",
	                           sampler_main, sampler, err);
}

int sampler_open(const char *run_id, uint32_t slot_count, int64_t interval_ns,
                 struct sampler **ret_sampler, struct error *err)
{
	struct sampler *const sampler = calloc(1, sizeof *sampler);
	if (!sampler)
		return error_memory(err);
	sampler->children_fd = process_open_children();
	sampler->slot_count = slot_count;
	sampler->interval_ns = interval_ns;
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
	if (sampler->has_lock) {
		pthread_mutex_lock(&sampler->lock);
		sampler->is_closing = true;
		pthread_cond_signal(&sampler->changed);
		pthread_mutex_unlock(&sampler->lock);
		helper_thread_join(&sampler->thread);
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
