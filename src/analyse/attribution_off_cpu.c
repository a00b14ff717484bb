/* Where a task's time off the CPU goes: what the kernel says of each task, or at least of the trial
 * as a whole. */
#include "analyse/attribution_parts.h"

#include "analyse/summary_parts.h"
#include "core/clock.h"

#include <math.h>
#include <string.h>

/* How a task says a part, and which host fact says why it cannot. */
static const struct {
	size_t offset;
	const char *fact;
} sources[OFF_CPU_OTHER] = {
        [OFF_CPU_RUN_QUEUE] = {offsetof(struct task_record, run_delay_ns), "task_run_delay"},
        [OFF_CPU_BLOCK_IO] = {offsetof(struct task_record, block_delay_ns), "task_block_delay"},
        [OFF_CPU_PAGE_IN] = {offsetof(struct task_record, page_in_delay_ns), "task_page_in_delay"},
};

static int64_t delay_of(const struct task_record *task, size_t part)
{
	int64_t ns;
	memcpy(&ns, (const char *)task + sources[part].offset, sizeof ns);
	return ns;
}

/* v-weighted sums over successful tasks whose time off the CPU is known. */
struct delay_sums {
	double delays[OFF_CPU_OTHER]; /* ns, of the tasks that have the delay */
	double weights[OFF_CPU_OTHER];
	size_t impossible[OFF_CPU_OTHER]; /* tasks whose delay is longer than they ran */
	double off;
	double weight;
	size_t tasks;
};

static void add_task(struct delay_sums *sums, const struct task_record *task, double v)
{
	const int64_t cpu_ns = task_cpu_ns(task);
	if (cpu_ns == RECORD_ABSENT)
		return;
	const int64_t wall = task->end_ns - task->start_ns;
	const int64_t off = wall - cpu_ns;
	const double most = (double)wall * (1 + SUMMARY_GRAIN_PART) + SUMMARY_GRAIN_NS;
	sums->off += v * (off > 0 ? (double)off : 0);
	sums->weight += v;
	sums->tasks++;
	for (size_t part = 0; part < OFF_CPU_OTHER; part++) {
		const int64_t delay = delay_of(task, part);
		if (delay == RECORD_ABSENT)
			continue;
		if ((double)delay > most) {
			sums->impossible[part]++;
			continue;
		}
		sums->delays[part] += v * (double)delay;
		sums->weights[part] += v;
	}
}

static void add_level(const struct summary *summary, size_t level, struct delay_sums *sums)
{
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		if (!summary_trial_is_used(trial, level))
			continue;
		for (size_t i = 0; i < trial->task_count; i++) {
			const double v = summary_task_weight(trial, &trial->tasks[i]);
			if (v > 0 && task_state_is_success(trial->tasks[i].state))
				add_task(sums, &trial->tasks[i], v);
		}
	}
}

/* Why something is not known, as the host fact says it. Where the fact says that it can be
 * measured, it is the tasks that cannot be. */
static const char *reason_of(const struct dataset *dataset, const char *fact, const char *tasks)
{
	const struct host_facts *const host = &dataset->host;
	for (size_t i = 0; i < host->count; i++) {
		if (strcmp(host->items[i].name, fact) != 0)
			continue;
		if (host->items[i].value)
			return tasks;
		if (host->items[i].reason && host->items[i].reason[0])
			return host->items[i].reason;
	}
	return dataset->run.imported ? "the imported files do not have it"
	                             : "this result does not have it: measure again with this "
	                               "version";
}

const char *attribution_no_stalls(const struct dataset *dataset)
{
	return reason_of(dataset, "pressure_stall", "it could not be read during the trials");
}

static void measure_stalls(const struct summary *summary, size_t level, struct off_cpu_split *split)
{
	const struct dataset_stalls *const stalls = summary->dataset->stalls;
	for (size_t k = 0; k < STALL_KINDS; k++) {
		double sum = 0;
		size_t count = 0;
		const struct trial_summary *trial = summary->levels[level].first;
		for (; stalls && trial; trial = trial->next) {
			const struct dataset_stalls *const own = &stalls[trial - summary->trials];
			const double part = own->stalled_s[k] / own->elapsed_s;
			if (!summary_trial_is_used(trial, level) || !isfinite(part))
				continue;
			sum += part;
			count++;
		}
		split->stalls[k] = count ? sum / (double)count : (double)NAN;
	}
}

/* The rest: of which something may not be known. */
static void measure_other(struct off_cpu_split *split, double off_s)
{
	static const char no_part[] = "no part of the time off the CPU is known";
	static const char some_parts[] = "what is not known of the others is in it";
	double known = 0;
	size_t parts = 0;
	for (size_t part = 0; part < OFF_CPU_OTHER; part++)
		if (isfinite(split->seconds[part])) {
			known += split->seconds[part];
			parts++;
		}
	split->seconds[OFF_CPU_OTHER] = parts ? fmax(off_s - known, 0) : (double)NAN;
	if (parts < OFF_CPU_OTHER)
		split->reason[OFF_CPU_OTHER] = parts ? some_parts : no_part;
}

void attribution_split_off_cpu(const struct summary *summary, size_t level,
                               struct off_cpu_split *ret_split)
{
	static const char several[] =
	        "other threads or children of these tasks did the work, and the kernel tells it of "
	        "the first thread alone";
	static const char impossible[] = "the waits in the result are longer than the tasks ran";
	const struct level_summary *const measured = &summary->levels[level];
	struct off_cpu_split split = {.tasks = 0};
	struct delay_sums sums = {.tasks = 0};
	measure_stalls(summary, level, &split);
	for (size_t part = 0; part < OFF_CPU_PARTS; part++) {
		split.seconds[part] = NAN;
		split.reason[part] = measured->off_cpu_s.reason;
	}
	if (!measured->is_parallel)
		add_level(summary, level, &sums);
	if (sums.tasks > 0) {
		split.tasks = sums.tasks;
		for (size_t part = 0; part < OFF_CPU_OTHER; part++) {
			const bool is_known = sums.weights[part] > 0;
			if (is_known)
				split.seconds[part] =
				        sums.delays[part] / sums.weights[part] / NS_PER_S;
			split.reason[part] =
			        is_known ? NULL
			        : sums.impossible[part]
			                ? impossible
			                : reason_of(summary->dataset, sources[part].fact, several);
		}
		split.reason[OFF_CPU_OTHER] = NULL;
		measure_other(&split, sums.off / sums.weight / NS_PER_S);
	}
	*ret_split = split;
}
