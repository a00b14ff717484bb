/* Which runs are examples of a good node, and of one kind. */
#include "analyse/compare/compare_kind.h"
#include "analyse/verdict/limits_parts.h"
#include "core/error.h"

#include <errno.h>

const char *limits_run_path(const struct findings *run)
{
	return run->dataset->path ? run->dataset->path : "a result";
}

static size_t trials_of(const struct findings *run)
{
	size_t trials = 0;
	for (size_t l = 0; l < run->summary.level_count; l++)
		trials += run->summary.levels[l].trials;
	return trials;
}

static size_t failed_of(const struct findings *run)
{
	size_t failed = 0;
	for (size_t l = 0; l < run->summary.level_count; l++)
		failed += run->summary.levels[l].failed +
		          run->summary.levels[l].trials_in_state[TRIAL_ABANDONED];
	return failed;
}

static bool is_empty(const struct findings *run)
{
	return trials_of(run) == 0 && failed_of(run) == 0;
}

int limits_keep_measured(struct proposing *p, const struct findings **kept, struct error *err)
{
	size_t count = 0;
	int r = 0;
	for (size_t i = 0; i < p->count; i++)
		if (!is_empty(p->runs[i]))
			kept[count++] = p->runs[i];
	if (count == 0 || count == p->count)
		return 0;
	for (size_t i = 0; r == 0 && i < p->count; i++)
		if (is_empty(p->runs[i]))
			r = words_addf(&p->limits->notes, err,
			               "%.120s is left out: it has no trial to take limits from.",
			               limits_run_path(p->runs[i]));
	p->runs = kept;
	p->count = count;
	return r;
}

int limits_check_runs(const struct proposing *p, struct error *err)
{
	for (size_t i = 0; i < p->count; i++) {
		const char *const path = limits_run_path(p->runs[i]);
		const enum run_state state = p->runs[i]->dataset->run.state;
		if (state != RUN_DONE)
			return error_set(err, EINVAL,
			                 "%s: the run did not come to its end (%s), so it is no "
			                 "example of a good one: `plateau run --resume` goes on "
			                 "with it",
			                 path, run_state_word(state));
		if (failed_of(p->runs[i]) > 0)
			return error_set(err, EINVAL,
			                 "%s: tasks failed, so this is no good node to take "
			                 "limits from",
			                 path);
		if (trials_of(p->runs[i]) == 0)
			return error_set(err, EINVAL,
			                 "%s: it has no trial to take limits from: measure a good "
			                 "node first",
			                 path);
	}
	return 0;
}

int limits_check_kind(struct proposing *p, struct error *err)
{
	for (size_t i = 1; i < p->count; i++) {
		struct kind_difference difference;
		int r = compare_kind(p->runs[0]->dataset, p->runs[i]->dataset, &difference, err);
		if (r == 0 && difference.what && !difference.is_scenario)
			return error_set(err, EINVAL,
			                 "%s: it has %s than %s, so they have no limits in common: "
			                 "make criteria of each kind by itself",
			                 limits_run_path(p->runs[i]), difference.what,
			                 limits_run_path(p->runs[0]));
		if (r == 0 && difference.what)
			r = words_addf(&p->limits->notes, err,
			               "%.100s has %s than %.100s: what it makes differ is taken "
			               "for chance (`plateau compare` says what it is).",
			               limits_run_path(p->runs[i]), difference.what,
			               limits_run_path(p->runs[0]));
		if (r < 0)
			return r;
	}
	return 0;
}
