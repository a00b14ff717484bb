#include "formats/campaign/campaign_attempts.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/hash.h"

#include <stdlib.h>

/* A task that is one of several attempts, perhaps. */
struct attempt {
	uint64_t identity;
	int64_t start_ns;
	uint32_t task;
	uint16_t number;
};

uint64_t campaign_identity_begin(uint32_t type)
{
	return (type + 1) * 0x9e3779b97f4a7c15u;
}

uint64_t campaign_identity_add(uint64_t identity, const char *text)
{
	const uint64_t hash = hash_fnv1a(identity, text);
	return hash ^ hash >> 29;
}

static int compare(const void *left, const void *right)
{
	const struct attempt *const a = left;
	const struct attempt *const b = right;
	if (a->identity != b->identity)
		return a->identity < b->identity ? -1 : 1;
	if (a->number != b->number)
		return a->number < b->number ? -1 : 1;
	if (a->start_ns != b->start_ns)
		return a->start_ns < b->start_ns ? -1 : 1;
	return (a->task > b->task) - (a->task < b->task);
}

/* Bits that identities are in: which may have a second attempt. */
enum { SIEVE_BITS = 1 << 20 };

static bool in_sieve(const uint8_t *sieve, uint64_t identity)
{
	const uint64_t bit = identity % SIEVE_BITS;
	return sieve[bit / 8] >> bit % 8 & 1;
}

/* Where all attempts have numbers, the few that matter are those that share a task with one above
 * the first. */
static bool make_sieve(const struct campaign_task *tasks, const uint64_t *identities, size_t count,
                       uint8_t *sieve)
{
	for (size_t i = 0; i < count; i++) {
		const uint64_t bit = identities[i] % SIEVE_BITS;
		if (tasks[i].attempt == 0)
			return false;
		if (tasks[i].attempt > 1)
			sieve[bit / 8] |= (uint8_t)(1u << bit % 8);
	}
	return true;
}

static size_t list(const struct campaign_task *tasks, const uint64_t *identities, size_t count,
                   const uint8_t *sieve, struct attempt *ret_attempts)
{
	size_t listed = 0;
	for (size_t i = 0; i < count; i++)
		if (!sieve || in_sieve(sieve, identities[i]))
			ret_attempts[listed++] = (struct attempt){
			        .identity = identities[i],
			        .start_ns = tasks[i].start_ns,
			        .task = (uint32_t)i,
			        .number = tasks[i].attempt,
			};
	return listed;
}

/* Whether two attempts at one task have the same number: then what should say which task they are
 * of does not, and nothing is known of either. */
static bool is_ambiguous(const struct attempt *attempts, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (attempts[i].number != 0 && attempts[i].number == attempts[i - 1].number)
			return true;
	return false;
}

/* The attempts at one task. */
static void mark_one(struct campaign_task *tasks, const struct attempt *attempts, size_t count)
{
	uint16_t number = 0;
	for (size_t i = 0; count > 1 && i < count; i++) {
		struct campaign_task *const task = &tasks[attempts[i].task];
		if (task->attempt == 0 && number < UINT16_MAX)
			task->attempt = (uint16_t)(number + 1);
		number = task->attempt;
		task->is_superseded = i + 1 < count;
	}
}

/* Returns of how many attempts nothing can be said. */
static size_t mark(struct campaign_task *tasks, const struct attempt *attempts, size_t count)
{
	size_t unclear = 0;
	for (size_t i = 0; i < count;) {
		size_t own = 1;
		while (i + own < count && attempts[i + own].identity == attempts[i].identity)
			own++;
		if (is_ambiguous(&attempts[i], own))
			unclear += own;
		else
			mark_one(tasks, &attempts[i], own);
		i += own;
	}
	return unclear;
}

int campaign_mark_superseded(struct campaign *campaign, size_t first, const uint64_t *identities,
                             struct error *err)
{
	struct campaign_task *const tasks = campaign->tasks + first;
	const size_t count = campaign->task_count - first;
	cleanup_free uint8_t *sieve = calloc(SIEVE_BITS / 8, 1);
	if (!sieve)
		return error_memory(err);
	const bool has_sieve = make_sieve(tasks, identities, count, sieve);
	size_t room = 1;
	for (size_t i = 0; i < count; i++)
		room += !has_sieve || in_sieve(sieve, identities[i]);
	cleanup_free struct attempt *attempts = calloc(room, sizeof *attempts);
	if (!attempts)
		return error_memory(err);
	const size_t listed = list(tasks, identities, count, has_sieve ? sieve : NULL, attempts);
	qsort(attempts, listed, sizeof *attempts, compare);
	const size_t unclear = mark(tasks, attempts, listed);
	if (unclear == 0)
		return 0;
	return campaign_remark(campaign, err,
	                       "%zu attempts have the same number as another at what is told to "
	                       "be the same task: none of them is taken for one that was tried "
	                       "again (--columns id=COLUMN says of which task each is)",
	                       unclear);
}
