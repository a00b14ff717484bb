/* Which levels of two sides belong together. */
#include "analyse/compare/compare_parts.h"

#include "core/cleanup.h"
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

struct key {
	uint32_t concurrency;
	const char *policy;
};

struct keys {
	struct key *items;
	size_t count;
};

static bool has_stated(const struct dataset *dataset, size_t level)
{
	for (size_t i = 0; i < dataset->stated_count; i++)
		if (dataset->stated[i].level == level)
			return true;
	return false;
}

bool compare_has_level(const struct findings *findings, size_t level)
{
	const struct level_summary *const l = &findings->summary.levels[level];
	return l->trials > 0 ||
	       has_stated(findings->dataset, (size_t)(l->level - findings->dataset->levels));
}

static bool is_key(const struct dataset_level *level, uint32_t concurrency, const char *policy)
{
	return level->concurrency == concurrency && (!policy || strcmp(level->policy, policy) == 0);
}

bool compare_levels_of(const struct side *side, uint32_t concurrency, const char *policy,
                       ptrdiff_t *ret_levels)
{
	bool has_any = false;
	for (size_t run = 0; run < side->count; run++) {
		const struct summary *const summary = &side->runs[run]->summary;
		ret_levels[run] = -1;
		for (size_t i = 0; i < summary->level_count && ret_levels[run] < 0; i++)
			if (is_key(summary->levels[i].level, concurrency, policy) &&
			    compare_has_level(side->runs[run], i))
				ret_levels[run] = (ptrdiff_t)i;
		has_any |= ret_levels[run] >= 0;
	}
	return has_any;
}

static bool has_key(const struct keys *keys, const struct key *key)
{
	for (size_t i = 0; i < keys->count; i++)
		if (keys->items[i].concurrency == key->concurrency &&
		    strcmp(keys->items[i].policy, key->policy) == 0)
			return true;
	return false;
}

/* Every concurrency and policy that some run of the side has, in the order of the runs' levels. */
static int find_keys(const struct side *side, struct keys *ret_keys, struct error *err)
{
	struct keys keys = {0};
	size_t most = 1;
	for (size_t run = 0; run < side->count; run++)
		most += side->runs[run]->summary.level_count;
	keys.items = calloc(most, sizeof *keys.items);
	if (!keys.items)
		return error_memory(err);
	for (size_t run = 0; run < side->count; run++)
		for (size_t i = 0; i < side->runs[run]->summary.level_count; i++) {
			const struct dataset_level *const level =
			        side->runs[run]->summary.levels[i].level;
			const struct key key = {level->concurrency, level->policy};
			if (compare_has_level(side->runs[run], i) && !has_key(&keys, &key))
				keys.items[keys.count++] = key;
		}
	*ret_keys = keys;
	return 0;
}

/* The one policy of all levels, or NULL where there are several. */
static const char *only_policy(const struct keys *keys)
{
	for (size_t i = 1; i < keys->count; i++)
		if (strcmp(keys->items[i].policy, keys->items[0].policy) != 0)
			return NULL;
	return keys->count > 0 ? keys->items[0].policy : NULL;
}

static bool has_policy(const struct keys *keys, const char *policy)
{
	for (size_t i = 0; i < keys->count; i++)
		if (strcmp(keys->items[i].policy, policy) == 0)
			return true;
	return false;
}

static bool share_a_policy(const struct keys *a, const struct keys *b)
{
	for (size_t i = 0; i < a->count; i++)
		if (has_policy(b, a->items[i].policy))
			return true;
	return false;
}

static const char *said(const char *policy)
{
	return policy && policy[0] && strcmp(policy, "unknown") != 0 ? policy : NULL;
}

static int add_level(struct comparison *c, const struct key *key, const char *new_policy,
                     struct error *err)
{
	struct compared_level *const level = &c->levels[c->level_count];
	level->base_level = calloc(c->base.count + 1, sizeof *level->base_level);
	level->new_level = calloc(c->new.count + 1, sizeof *level->new_level);
	c->level_count++; /* it is released with the others */
	if (!level->base_level || !level->new_level)
		return error_memory(err);
	level->concurrency = key->concurrency;
	level->policy = said(key->policy);
	level->new_policy = said(new_policy);
	compare_levels_of(&c->base, key->concurrency, key->policy, level->base_level);
	compare_levels_of(&c->new, key->concurrency, new_policy, level->new_level);
	return 0;
}

static void add_lone(struct comparison *c, const struct key *key, bool is_new)
{
	c->lone[c->lone_count++] = (struct lone_level){key->concurrency, said(key->policy), is_new};
}

static int by_concurrency(const void *a, const void *b)
{
	const struct compared_level *const x = a;
	const struct compared_level *const y = b;
	if (x->concurrency != y->concurrency)
		return x->concurrency < y->concurrency ? -1 : 1;
	return strcmp(x->policy ? x->policy : "", y->policy ? y->policy : "");
}

static int by_concurrency_and_side(const void *a, const void *b)
{
	const struct lone_level *const x = a;
	const struct lone_level *const y = b;
	if (x->is_new != y->is_new)
		return x->is_new ? 1 : -1;
	return (x->concurrency > y->concurrency) - (x->concurrency < y->concurrency);
}

/* Where the sides have no policy in common, but one each, levels are matched by their N alone; a
 * remark says so. */
static int match(struct comparison *c, const struct keys *base, const struct keys *new,
                 struct error *err)
{
	const char *const base_policy = only_policy(base);
	const char *const new_policy = only_policy(new);
	const bool is_by_n = base_policy && new_policy && !share_a_policy(base, new);
	for (size_t i = 0; i < base->count; i++) {
		const struct key there = {base->items[i].concurrency,
		                          is_by_n ? new_policy : base->items[i].policy};
		if (!has_key(new, &there)) {
			add_lone(c, &base->items[i], false);
			continue;
		}
		const int r = add_level(c, &base->items[i], there.policy, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < new->count; i++) {
		const struct key there = {new->items[i].concurrency,
		                          is_by_n ? base_policy : new->items[i].policy};
		if (!has_key(base, &there))
			add_lone(c, &new->items[i], true);
	}
	qsort(c->levels, c->level_count, sizeof *c->levels, by_concurrency);
	qsort(c->lone, c->lone_count, sizeof *c->lone, by_concurrency_and_side);
	return 0;
}

int compare_match_levels(struct comparison *c, struct error *err)
{
	struct keys base = {0};
	struct keys new = {0};
	int r = find_keys(&c->base, &base, err);
	if (r == 0)
		r = find_keys(&c->new, &new, err);
	if (r == 0) {
		c->levels = calloc(base.count + 1, sizeof *c->levels);
		c->lone = calloc(base.count + new.count + 1, sizeof *c->lone);
		r = c->levels && c->lone ? match(c, &base, &new, err) : error_memory(err);
	}
	free(base.items);
	free(new.items);
	return r;
}
