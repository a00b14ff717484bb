/* What a reader has to be warned of: one table of rules, each of which makes one sentence for all
 * the levels it concerns. */
#include "analyse/stated.h"
#include "analyse/summary_parts.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two halves of a window differ when it is by more than this part, and by more than this many
 * standard errors: the part alone fires in half of all healthy trials at N = 64. */
#define HALVES_PART   0.02
#define HALVES_ERRORS 3.0

/* Instructions per task may vary with N by this part. */
#define INSTRUCTIONS_PART 0.01

/* The most used input may have this many times the uses of the least used one, and one more per
 * trial for the edges of the windows. */
#define INPUTS_RATIO 1.25

/* Appends "N=4" to a list, after ", " where it is not the first. */
static void list_level(struct str *list, const struct summary *summary, size_t level)
{
	char name[64];
	if (list->length > 0)
		str_add(list, ", ");
	str_add(list, summary_level_name(summary, level, name));
}

/* Every rule writes its whole sentence to text, or nothing. */

static void find_left_out(const struct summary *summary, struct str *text)
{
	size_t count = 0;
	cleanup_str struct str list = {0};
	for (size_t t = 0; t < summary->trial_count; t++) {
		const struct trial_summary *const trial = &summary->trials[t];
		if (!trial->left_out || trial->trial->state == TRIAL_PENDING)
			continue;
		/* A level that is skipped as a whole is named in the table. */
		if (summary->levels[trial->level].level->skipped)
			continue;
		list_level(&list, summary, trial->level);
		str_addf(&list, " block %u", trial->trial->block + 1);
		const enum trial_state state = trial->trial->state;
		if (state < TRIAL_STATES)
			str_addf(&list, " %s",
			         state == TRIAL_RUNNING ? "cut off" : trial_state_names[state]);
		if (trial->trial->reason[0])
			str_addf(&list, " (%s)", trial->left_out);
		count++;
	}
	if (count > 0)
		str_addf(text, "%zu %s left out of every estimate: %s.", count,
		         number_noun(count, "trial is", "trials are"), str_text(&list));
}

static void find_not_run(const struct summary *summary, struct str *text)
{
	size_t count = 0;
	for (size_t t = 0; t < summary->trial_count; t++)
		count += summary->trials[t].trial->state == TRIAL_PENDING &&
		         !summary->levels[summary->trials[t].level].level->skipped;
	if (count > 0)
		str_addf(text, "%zu of %zu planned trials did not run.", count,
		         summary->trial_count);
}

static void find_skipped(const struct summary *summary, struct str *text)
{
	for (size_t i = 0; i < summary->level_count; i++) {
		char name[64];
		const char *const skipped = summary->levels[i].level->skipped;
		if (skipped)
			str_addf(text, "%s%s was skipped: %s.", text->length ? " " : "",
			         summary_level_name(summary, i, name), skipped);
	}
}

static void find_low_occupancy(const struct summary *summary, struct str *text)
{
	cleanup_str struct str list = {0};
	for (size_t i = 0; i < summary->level_count; i++) {
		if (!(summary->levels[i].held < SUMMARY_HELD_LEAST))
			continue;
		list_level(&list, summary, i);
		str_addf(&list, " (%.3f)", summary->levels[i].held);
	}
	if (list.length > 0)
		str_addf(text, "Fewer tasks were running than N says, below 98 %% of it: %s. %s",
		         str_text(&list),
		         summary->dataset->run.imported
		                 ? "There the figures are of fewer tasks at once than N."
		                 : "There plateau itself, or very short tasks, are part of the "
		                   "result.");
}

static void find_durations_only(const struct summary *summary, struct str *text)
{
	cleanup_str struct str list = {0};
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].has_durations_only)
			list_level(&list, summary, i);
	if (list.length > 0)
		str_addf(text,
		         "It is not known when the tasks at %s ran, only how long they took: "
		         "throughput is N over their mean wall time, which is too high if fewer "
		         "than N ran at times, and too low if some places were faster than others "
		         "and no more tasks of them are recorded.",
		         str_text(&list));
}

/* Throughput that the source does not state: N over this wall time of it, "mean" or "median". */
static void find_over_wall(const struct summary *summary, const char *wall, struct str *text)
{
	cleanup_str struct str list = {0};
	for (size_t i = 0; i < summary->level_count; i++) {
		const char *const of =
		        summary->levels[i].is_stated
		                ? stated_wall_of_throughput(summary->dataset, (uint32_t)i)
		                : NULL;
		if (of && strcmp(of, wall) == 0)
			list_level(&list, summary, i);
	}
	if (list.length > 0)
		str_addf(text,
		         " Throughput at %s is not stated: it is N over the stated %s wall time, "
		         "which is too high if fewer than N ran at times.",
		         str_text(&list), wall);
}

static void find_stated(const struct summary *summary, struct str *text)
{
	cleanup_str struct str list = {0};
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].is_stated)
			list_level(&list, summary, i);
	if (list.length == 0)
		return;
	str_addf(text,
	         "Figures at %s are as their source states them: plateau has seen no task of "
	         "these levels.",
	         str_text(&list));
	find_over_wall(summary, "mean", text);
	find_over_wall(summary, "median", text);
}

/* How far apart the halves of a trial's window are, as a part of its throughput, or 0 where that
 * is within 2 % or three standard errors. The standard error is that of renewal theory: the count
 * of a stretch with m expected successes has the relative variance (p cv^2 + 1 - p) / m, where p is
 * the share of tasks that succeed; the difference of two halves of m/2 each, relative to the whole,
 * four times that. */
static double halves_apart(const struct trial_summary *trial)
{
	if (trial->left_out || !(trial->throughput_per_s > 0))
		return 0;
	const double apart =
	        fabs(trial->halves_per_s[1] - trial->halves_per_s[0]) / trial->throughput_per_s;
	const double p = 1 - (double)trial->failed / (double)trial->measured;
	const double cv = trial->wall_cv;
	const double error = 2 * sqrt((p * cv * cv + 1 - p) / trial->successes);
	return apart > HALVES_PART && apart > HALVES_ERRORS * error ? apart : 0;
}

static void find_uneven_windows(const struct summary *summary, struct str *text)
{
	cleanup_str struct str list = {0};
	for (size_t i = 0; i < summary->level_count; i++) {
		double worst = 0;
		size_t count = 0;
		for (const struct trial_summary *trial = summary->levels[i].first; trial;
		     trial = trial->next) {
			if (!summary_trial_is_used(trial, i))
				continue;
			const double apart = halves_apart(trial);
			worst = fmax(worst, apart);
			count += apart > 0;
		}
		if (count == 0)
			continue;
		list_level(&list, summary, i);
		str_addf(&list, " (%zu of %zu %s, by up to %.1f %%)", count,
		         summary->levels[i].trials,
		         number_noun(summary->levels[i].trials, "trial", "trials"), worst * 100);
	}
	if (list.length > 0)
		str_addf(text,
		         "Throughput changed within a window, from its first half to its second: "
		         "%s. Warm up for longer, or look for something else on this node.",
		         str_text(&list));
}

static ptrdiff_t find_instructions(const struct dataset *dataset)
{
	for (size_t e = 0; e < dataset->event_count; e++)
		if (strncmp(dataset->events[e].name, "instructions", 12) == 0)
			return (ptrdiff_t)e;
	return -1;
}

static void find_changing_work(const struct summary *summary, struct str *text)
{
	const ptrdiff_t event = find_instructions(summary->dataset);
	ptrdiff_t least = -1;
	ptrdiff_t most = -1;
	for (size_t i = 0; event >= 0 && i < summary->level_count; i++) {
		const double mean = summary->levels[i].counters[event].mean;
		if (!isfinite(mean))
			continue;
		if (least < 0 || mean < summary->levels[least].counters[event].mean)
			least = (ptrdiff_t)i;
		if (most < 0 || mean > summary->levels[most].counters[event].mean)
			most = (ptrdiff_t)i;
	}
	if (least < 0)
		return;
	const double low = summary->levels[least].counters[event].mean;
	const double part = summary->levels[most].counters[event].mean / low - 1;
	char few[64];
	char many[64];
	if (low > 0 && part > INSTRUCTIONS_PART)
		str_addf(text,
		         "Instructions per task vary with N by %.1f %% (least at %s, most at %s): "
		         "the levels did not do the same work.",
		         part * 100, summary_level_name(summary, (size_t)least, few),
		         summary_level_name(summary, (size_t)most, many));
}

/* Whether trials of the level are missing because the run ended before them. */
static bool has_missing_blocks(const struct summary *summary, size_t level)
{
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		const enum trial_state state = trial->trial->state;
		if (state == TRIAL_PENDING || state == TRIAL_RUNNING || state == TRIAL_INTERRUPTED)
			return true;
	}
	return false;
}

static void find_few_trials(const struct summary *summary, struct str *text)
{
	cleanup_str struct str list = {0};
	bool is_cut_short = false;
	for (size_t i = 0; i < summary->level_count; i++) {
		if (summary->levels[i].trials != 1)
			continue;
		list_level(&list, summary, i);
		is_cut_short |= has_missing_blocks(summary, i);
	}
	if (list.length == 0)
		return;
	str_addf(text, "Only one trial at %s: its throughput has no interval. %s", str_text(&list),
	         summary->dataset->run.imported
	                 ? "Import repeats of it together (docs/import.md) to get one."
	         : is_cut_short ? "Blocks are missing: run the sweep to its end to get one."
	                        : "Repeat the sweep (-r 5) to get one.");
}

static void find_no_success(const struct summary *summary, struct str *text)
{
	cleanup_str struct str list = {0};
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		if (level->trials > 0 && !(level->throughput_per_s.value > 0))
			list_level(&list, summary, i);
	}
	if (list.length > 0)
		str_addf(text, "There is a trial without a single successful task at %s.",
		         str_text(&list));
}

static void find_censored(const struct summary *summary, struct str *text)
{
	cleanup_str struct str list = {0};
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		if (level->trials == 0 || !level->is_censored)
			continue;
		list_level(&list, summary, i);
		if (level->tasks_in_state[TASK_TIMEOUT] > 0)
			str_addf(&list, " (%zu measured)", level->tasks_in_state[TASK_TIMEOUT]);
	}
	if (list.length > 0)
		str_addf(text,
		         "Tasks ran into the timeout at %s: quantiles beyond it are unknown, and "
		         "these levels stay out of fits.",
		         str_text(&list));
}

static void find_oversubscribed(const struct summary *summary, struct str *text)
{
	cleanup_str struct str list = {0};
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].level->is_oversubscribed && summary->levels[i].trials > 0)
			list_level(&list, summary, i);
	if (list.length > 0)
		str_addf(text,
		         "More tasks than the allowed PUs have room for at %s: tasks share PUs "
		         "there.",
		         str_text(&list));
}

/* A task starts as a copy of plateau, whose size the kernel keeps in the task's ru_maxrss: tasks
 * that are smaller have no figure. */
static void find_rss_floor(const struct summary *summary, struct str *text)
{
	cleanup_str struct str list = {0};
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].max_rss_bytes.tasks < summary->levels[i].wall_s.tasks)
			list_level(&list, summary, i);
	if (list.length == 0 || summary->dataset->run.imported)
		return;
	str_addf(text, "Max RSS of tasks at %s is not known: they are smaller than plateau itself",
	         str_text(&list));
	if (isfinite(summary->harness.max_rss_bytes))
		str_addf(text, " (%.1f MB)", summary->harness.max_rss_bytes * 1e-6);
	str_add(text, ", whose memory the kernel counts to every task that it starts.");
}

/* Least and most uses of an input by the measured tasks of a level. */
static void count_inputs(const struct summary *summary, size_t level, size_t *uses,
                         size_t *ret_least, size_t *ret_most)
{
	const size_t inputs = summary->dataset->inputs.count;
	memset(uses, 0, inputs * sizeof *uses);
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		if (!summary_trial_is_used(trial, level))
			continue;
		for (size_t i = 0; i < trial->task_count; i++) {
			const int32_t input = trial->tasks[i].input;
			if (input >= 0 && (size_t)input < inputs &&
			    summary_task_is_measured(trial, &trial->tasks[i]))
				uses[input]++;
		}
	}
	*ret_least = uses[0];
	*ret_most = uses[0];
	for (size_t i = 1; i < inputs; i++) {
		*ret_least = uses[i] < *ret_least ? uses[i] : *ret_least;
		*ret_most = uses[i] > *ret_most ? uses[i] : *ret_most;
	}
}

static void find_uneven_inputs(const struct summary *summary, struct str *text)
{
	const size_t inputs = summary->dataset->inputs.count;
	if (inputs == 0)
		return;
	size_t *const uses = calloc(inputs, sizeof *uses);
	if (!uses) {
		text->failed = true;
		return;
	}
	cleanup_str struct str list = {0};
	for (size_t i = 0; i < summary->level_count; i++) {
		const struct level_summary *const level = &summary->levels[i];
		size_t least;
		size_t most;
		count_inputs(summary, i, uses, &least, &most);
		if ((double)most <= INPUTS_RATIO * (double)least + (double)level->trials)
			continue;
		list_level(&list, summary, i);
		str_addf(&list, " (%zu to %zu uses)", least, most);
	}
	free(uses);
	if (list.length > 0)
		str_addf(text,
		         "The %zu inputs were not used equally often: %s. Where inputs differ in "
		         "work, so do the levels.",
		         inputs, str_text(&list));
}

static void find_shared_inputs(const struct summary *summary, struct str *text)
{
	const size_t inputs = summary->dataset->inputs.count;
	size_t top = summary->level_count;
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].trials > 0)
			top = i;
	if (inputs == 0 || top == summary->level_count)
		return;
	const uint32_t concurrency = summary->levels[top].level->concurrency;
	if (inputs < concurrency)
		str_addf(text,
		         "There are fewer inputs (%zu) than tasks at N=%u: up to %zu tasks read "
		         "the same file at once, and share its cache lines.",
		         inputs, concurrency, (concurrency + inputs - 1) / inputs);
}

static const struct rule {
	const char *code;
	void (*find)(const struct summary *summary, struct str *text);
} rules[] = {
        {"trials-left-out", find_left_out},
        {"trials-not-run", find_not_run},
        {"level-skipped", find_skipped},
        {"no-success", find_no_success},
        {"censored", find_censored},
        {"one-trial", find_few_trials},
        {"occupancy-low", find_low_occupancy},
        {"window-uneven", find_uneven_windows},
        {"durations-only", find_durations_only},
        {"figures-stated", find_stated},
        {"work-changes", find_changing_work},
        {"oversubscribed", find_oversubscribed},
        {"rss-floor", find_rss_floor},
        {"inputs-unequal", find_uneven_inputs},
        {"inputs-shared", find_shared_inputs},
        {"counter-implausible", summary_find_implausible},
        {"counters-multiplexed", summary_find_multiplexed},
        {"counters-rotated", summary_find_not_in_turn},
};

static bool is_rule(const char *code)
{
	for (size_t r = 0; r < ARRAY_LENGTH(rules); r++)
		if (strcmp(rules[r].code, code) == 0)
			return true;
	return false;
}

bool summary_warning_is_serious(const struct warning *warning)
{
	static const char *const serious[] = {
	        "baseline-missing", "trials-left-out",  "trials-not-run", "level-skipped",
	        "no-success",       "task-not-started", "censored",       "no-allocation",
	        "other-load",       "other-users",      "steal",          "too-hot",
	        "cpu-throttled",    "cpu-quota",        "pressure-cpu",   "pressure-memory",
	        "pressure-io",      "swap-in-use",      "engine-stalled",
	};
	for (size_t i = 0; i < ARRAY_LENGTH(serious); i++)
		if (strcmp(warning->code, serious[i]) == 0)
			return true;
	return false;
}

/* Where a warning stands among the others: last what a reader only has to know. */
static int rank(const struct warning *warning)
{
	static const char *const last[] = {
	        "oversubscribed", "rss-floor",       "inputs-shared",
	        "resumed",        "workdir-removed", "workdir-not-empty",
	};
	if (summary_warning_is_serious(warning))
		return 0;
	for (size_t i = 0; i < ARRAY_LENGTH(last); i++)
		if (strcmp(warning->code, last[i]) == 0)
			return 2;
	return 1;
}

int summary_sort_warnings(struct summary *summary, struct error *err)
{
	const size_t count = summary->warning_count;
	struct warning *const sorted = calloc(count + 1, sizeof *sorted);
	size_t next = 0;
	if (!sorted)
		return error_memory(err);
	for (int r = 0; r <= 2; r++)
		for (size_t i = 0; i < count; i++)
			if (rank(&summary->warnings[i]) == r)
				sorted[next++] = summary->warnings[i];
	if (count > 0)
		memcpy(summary->warnings, sorted, count * sizeof *sorted);
	free(sorted);
	return 0;
}

int summary_find_warnings(struct summary *summary, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(rules); i++) {
		cleanup_str struct str text = {0};
		rules[i].find(summary, &text);
		if (text.failed)
			return error_memory(err);
		if (text.length == 0)
			continue;
		int r = summary_warn(summary, rules[i].code, str_text(&text), err);
		if (r < 0)
			return r;
	}
	const int r = summary_add_events(summary, is_rule, err);
	return r < 0 ? r : summary_sort_warnings(summary, err);
}
