#include "analyse/frequency.h"

#include "analyse/clocked.h"
#include "analyse/summary_parts.h"
#include "core/array.h"
#include "core/clock.h"
#include "model/cpuset.h"
#include "model/event_mode.h"

#include <math.h>
#include <string.h>

/* Below this much CPU time the ticks of a kernel's user time are too coarse to divide by. */
#define LEAST_CPU_S 5.0

/* What the sampler calls the clock that the kernel says, and the one that aperf and mperf give. */
static const char said_name[] = "cpu_frequency_hz";
static const char clock_name[] = "cpu_clock_hz";

static const char not_imported[] = "the imported files have no such count";
static const char not_parted[] =
        "the imported files do not say how much of the CPU time was user time, which cycles of "
        "user mode belong to";
static const char no_cycles[] = "cycles were not asked for: add them to counters.events (-e)";

/* ---- From counters of tasks --------------------------------------------------------------- */

typedef bool clocked_by(const struct dataset *dataset, size_t task, size_t event,
                        struct clocked *ret_clocked);

/* The sources that are ratios of counts and times. */
static const struct counted_source {
	enum frequency_source source;
	bool is_user_only;
	bool has_ticks; /* its time is coarse */
	bool (*is_event)(const struct event_definition *event);
	clocked_by *clocked;
	const char *not_asked;   /* why it is absent: there is no such event */
	const char *not_counted; /* the event is there, and no task has it */
} counted_sources[] = {
        {FREQUENCY_CYCLES, false, false, clocked_is_cycles, clocked_by_cycles, no_cycles,
         "no task counted cycles"},
        {FREQUENCY_USER_CYCLES, true, true, clocked_is_cycles, clocked_by_user_cycles,
         "cycles of user mode alone were not counted",
         "no trial counted user cycles over at least 5 s of CPU time, and user time is too "
         "coarse for less"},
        {FREQUENCY_MSR, false, false, clocked_is_aperf, clocked_by_aperf,
         "aperf of the processor's msr PMU was not asked for (-e aperf)", "no task counted aperf"},
};

static const struct counted_source *find_source(enum frequency_source source)
{
	for (size_t i = 0; i < ARRAY_LENGTH(counted_sources); i++)
		if (counted_sources[i].source == source)
			return &counted_sources[i];
	return NULL;
}

static ptrdiff_t find_event(const struct dataset *dataset, const struct counted_source *source)
{
	for (size_t e = 0; e < dataset->event_count; e++)
		if (source->is_event(&dataset->events[e]) &&
		    (event_mode_of(&dataset->events[e]) == EVENT_OF_USER) == source->is_user_only)
			return (ptrdiff_t)e;
	return -1;
}

/* A trial's frequency: the v-weighted cycles over the v-weighted time in which they were counted;
 * NAN where no task has both, or too little CPU time. A ratio of sums, never a mean of ratios. */
static double counted_hz(const struct summary *summary, const struct trial_summary *trial,
                         const struct counted_source *source, size_t event)
{
	struct clocked sum = {0, 0};
	double cpu_ns = 0;
	for (size_t i = 0; i < trial->task_count; i++) {
		const struct task_record *const task = &trial->tasks[i];
		const double v = summary_task_weight(trial, task);
		struct clocked clocked;
		if (!task_state_is_success(task->state) || !(v > 0) ||
		    !source->clocked(summary->dataset, (size_t)(task - summary->dataset->tasks),
		                     event, &clocked))
			continue;
		sum.cycles += v * clocked.cycles;
		sum.ns += v * clocked.ns;
		const int64_t on_cpu_ns = task_cpu_ns(task);
		cpu_ns += on_cpu_ns != RECORD_ABSENT ? (double)on_cpu_ns : clocked.ns;
	}
	if (!(sum.cycles > 0) || (source->has_ticks && cpu_ns < LEAST_CPU_S * NS_PER_S))
		return NAN;
	return clocked_hz(sum);
}

/* ---- From what plateau-spin prints -------------------------------------------------------- */

/* Its figure of the clock, where the tasks are plateau-spin, by any of its names; -1: none. Another
 * program's figure of that name is its own affair. */
static ptrdiff_t find_chain(const struct dataset *dataset)
{
	static const char *const names[] = {"frequency_hz_p50", "frequency_hz.p50",
	                                    "frequency_hz_max", "frequency_hz.max"};
	const char *const path = dataset->run.program_path;
	const char *const slash = path ? strrchr(path, '/') : NULL;
	const char *const program = slash ? slash + 1 : path ? path : dataset->run.task_type;
	if (!program || strcmp(program, "plateau-spin") != 0)
		return -1;
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		const ptrdiff_t figure = dataset_find_figure(dataset, names[i]);
		if (figure >= 0)
			return figure;
	}
	return -1;
}

static double chain_hz(const struct summary *summary, const struct trial_summary *trial,
                       size_t figure)
{
	double sum = 0;
	double weight = 0;
	for (size_t i = 0; i < trial->task_count; i++) {
		const struct task_record *const task = &trial->tasks[i];
		const double v = summary_task_weight(trial, task);
		const double hz = dataset_figure(summary->dataset,
		                                 (size_t)(task - summary->dataset->tasks), figure);
		if (!task_state_is_success(task->state) || !(v > 0) || !(hz > 0))
			continue;
		sum += v * hz;
		weight += v;
	}
	return weight > 0 ? sum / weight : (double)NAN;
}

/* ---- From samples of the node ------------------------------------------------------------- */

/* The first sample that is not before this place and time, among those from `from` to `to`, which
 * are all of one name. */
static size_t lower_bound(const struct dataset *dataset, size_t from, size_t to, int64_t place,
                          int64_t at_ns)
{
	while (from < to) {
		const size_t middle = from + (to - from) / 2;
		const struct dataset_sample *const sample = &dataset->samples[middle];
		if (sample->place < place || (sample->place == place && sample->at_ns < at_ns))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

/* The samples of a name: *ret_from to the value returned. */
static size_t samples_of(const struct dataset *dataset, const char *name, size_t *ret_from)
{
	size_t from = 0;
	size_t to;
	while (from < dataset->sample_count &&
	       strcmp(dataset->sample_names.items[dataset->samples[from].name], name) != 0)
		from++;
	for (to = from; to < dataset->sample_count &&
	                dataset->samples[to].name == dataset->samples[from].name;)
		to++;
	*ret_from = from;
	return to;
}

/* The CPUs that the level's slots have for their own; none: their tasks are not bound. */
static struct cpuset cpus_of(const struct summary *summary, size_t level)
{
	const struct dataset_level *const l = summary->levels[level].level;
	const uint32_t index = (uint32_t)(l - summary->dataset->levels);
	struct cpuset cpus = {0};
	for (uint32_t i = 0; i < l->concurrency; i++) {
		const struct dataset_slot *const slot =
		        dataset_find_slot(summary->dataset, index, i);
		if (slot && slot->pu >= 0)
			cpuset_add(&cpus, (uint32_t)slot->pu);
	}
	return cpus;
}

/* Samples of a name, and the CPUs that are looked at. */
struct samples {
	size_t from;
	size_t to;
	struct cpuset cpus; /* none: all */
	bool is_mean;       /* each is the mean since the one before it, not of its moment */
};

static bool is_looked_at(const struct samples *samples, int32_t place)
{
	return cpuset_is_empty(&samples->cpus) ||
	       (place >= 0 && cpuset_has(&samples->cpus, (uint32_t)place));
}

/* The mean of the samples in a trial's window; NAN: there are none. */
static double sampled_hz(const struct summary *summary, const struct trial_summary *trial,
                         const struct samples *samples)
{
	const struct dataset *const dataset = summary->dataset;
	const struct trial_record *const record = trial->trial;
	double sum = 0;
	size_t count = 0;
	for (size_t at = samples->from; at < samples->to;) {
		const int32_t place = dataset->samples[at].place;
		const size_t next =
		        lower_bound(dataset, at, samples->to, (int64_t)place + 1, INT64_MIN);
		if (is_looked_at(samples, place))
			at = lower_bound(dataset, at, next, place, record->window_start_ns);
		else
			at = next;
		/* The first one of a window speaks of the time before it as well. */
		at += samples->is_mean && at < next;
		for (; at < next && dataset->samples[at].at_ns <= record->window_end_ns; at++) {
			const double hz = dataset->samples[at].value;
			sum += hz > 0 ? hz : 0;
			count += hz > 0;
		}
		at = next;
	}
	return count > 0 ? sum / (double)count : (double)NAN;
}

/* ---- A level ------------------------------------------------------------------------------ */

/* One way to a trial's figure: what the functions above need. */
struct way {
	const struct counted_source *counted; /* or NULL */
	const struct samples *samples;        /* or NULL */
	size_t index;                         /* of the event, or of the printed figure */
};

static double trial_hz(const struct summary *summary, const struct trial_summary *trial,
                       const struct way *way)
{
	if (way->counted)
		return counted_hz(summary, trial, way->counted, way->index);
	if (way->samples)
		return sampled_hz(summary, trial, way->samples);
	return chain_hz(summary, trial, way->index);
}

static struct estimate over_trials(const struct summary *summary, size_t level,
                                   const struct way *way, const char *reason, double *values)
{
	size_t count = 0;
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		if (!summary_trial_is_used(trial, level))
			continue;
		const double hz = trial_hz(summary, trial, way);
		if (hz > 0)
			values[count++] = hz;
	}
	return count > 0 ? estimate_geometric(values, count) : estimate_absent(reason);
}

/* From the counters of tasks. */
static struct estimate measure_counted(const struct summary *summary, size_t level,
                                       const struct counted_source *source, double *values)
{
	const struct level_summary *const l = &summary->levels[level];
	const ptrdiff_t event = find_event(summary->dataset, source);
	if (event < 0)
		return estimate_absent(summary->dataset->run.imported ? not_imported
		                                                      : source->not_asked);
	const bool is_not_parted = source->has_ticks && summary->dataset->run.imported &&
	                           l->user_s.tasks == 0 && l->cpu_s.tasks > 0;
	const char *const reason = is_not_parted ? not_parted : l->counters[event].reason;
	const struct way way = {.counted = source, .index = (size_t)event};
	return over_trials(summary, level, &way, reason ? reason : source->not_counted, values);
}

static struct estimate measure_samples(const struct summary *summary, size_t level,
                                       const char *name, const char *reason, double *values)
{
	struct samples samples = {.is_mean = strcmp(name, clock_name) == 0};
	samples.to = samples_of(summary->dataset, name, &samples.from);
	if (samples.from == samples.to)
		return estimate_absent(reason);
	samples.cpus = cpus_of(summary, level);
	const struct way way = {.samples = &samples};
	return over_trials(summary, level, &way, "no sample lies in a window of this level",
	                   values);
}

/* aperf of the tasks themselves, else of the CPUs that their slots have: these were not idle for
 * the tasks of the slots, or nearly. */
static struct estimate measure_msr(const struct summary *summary, size_t level, double *values)
{
	const struct estimate own =
	        measure_counted(summary, level, find_source(FREQUENCY_MSR), values);
	if (estimate_has_value(&own))
		return own;
	return measure_samples(summary, level, clock_name, own.reason, values);
}

static struct estimate measure_chain(const struct summary *summary, size_t level, double *values)
{
	const ptrdiff_t figure = find_chain(summary->dataset);
	if (figure < 0)
		return estimate_absent("no timed chain ran: that is the task plateau-spin with "
		                       "task.figures (scenarios/frequency-curve.yaml)");
	const struct way way = {.index = (size_t)figure};
	return over_trials(summary, level, &way, "no task of this level printed it", values);
}

struct estimate frequency_from(const struct level_summary *level, unsigned accepted,
                               enum frequency_source *ret_source)
{
	struct estimate none = estimate_absent("no source of a frequency is accepted");
	bool has_none = false;
	*ret_source = FREQUENCY_ABSENT;
	for (size_t s = FREQUENCY_ABSENT + 1; s < FREQUENCY_SOURCES; s++) {
		if (!(accepted & FREQUENCY_OF(s)))
			continue;
		if (estimate_has_value(&level->frequency_by_source[s])) {
			*ret_source = (enum frequency_source)s;
			return level->frequency_by_source[s];
		}
		if (!has_none)
			none = level->frequency_by_source[s];
		has_none = true;
	}
	return none;
}

void frequency_measure(struct summary *summary, size_t index, double *values)
{
	struct level_summary *const level = &summary->levels[index];
	struct estimate *const by_source = level->frequency_by_source;
	by_source[FREQUENCY_ABSENT] = estimate_absent("no source");
	by_source[FREQUENCY_CYCLES] =
	        measure_counted(summary, index, find_source(FREQUENCY_CYCLES), values);
	by_source[FREQUENCY_USER_CYCLES] =
	        measure_counted(summary, index, find_source(FREQUENCY_USER_CYCLES), values);
	by_source[FREQUENCY_MSR] = measure_msr(summary, index, values);
	by_source[FREQUENCY_CHAIN] = measure_chain(summary, index, values);
	by_source[FREQUENCY_CPUFREQ] = measure_samples(
	        summary, index, said_name, "the kernel says no frequency that was sampled", values);
	/* Where cycles of user mode alone were counted, what these lack is the reason that helps.
	 */
	if (!estimate_has_value(&by_source[FREQUENCY_CYCLES]) &&
	    find_event(summary->dataset, find_source(FREQUENCY_CYCLES)) < 0 &&
	    find_event(summary->dataset, find_source(FREQUENCY_USER_CYCLES)) >= 0)
		by_source[FREQUENCY_CYCLES].reason = by_source[FREQUENCY_USER_CYCLES].reason;
	level->frequency_hz = frequency_from(level, FREQUENCY_OF_ANY, &level->frequency_source);
}

/* Returns whether any trial has a figure. */
static bool fill_trials(const struct summary *summary, size_t level, const struct way *way,
                        double *hz)
{
	bool has_any = false;
	for (const struct trial_summary *trial = summary->levels[level].first; trial;
	     trial = trial->next) {
		const size_t index = (size_t)(trial - summary->trials);
		if (!summary_trial_is_used(trial, level))
			continue;
		const double value = way ? trial_hz(summary, trial, way) : (double)NAN;
		hz[index] = value > 0 ? value : (double)NAN;
		has_any |= value > 0;
	}
	return has_any;
}

/* The way over samples of the node; false: there are none. */
static bool fill_from_samples(const struct summary *summary, size_t level, const char *name,
                              double *hz)
{
	struct samples samples = {.is_mean = strcmp(name, clock_name) == 0};
	samples.to = samples_of(summary->dataset, name, &samples.from);
	if (samples.from == samples.to)
		return false;
	samples.cpus = cpus_of(summary, level);
	const struct way way = {.samples = &samples};
	return fill_trials(summary, level, &way, hz);
}

void frequency_of_trials(const struct summary *summary, size_t level, enum frequency_source source,
                         double *hz)
{
	const struct frequency_origin origin = frequency_origin(summary->dataset, source);
	const struct way way = {.counted = find_source(source), .index = (size_t)origin.index};
	if (origin.index >= 0 && fill_trials(summary, level, &way, hz))
		return;
	fill_trials(summary, level, NULL, hz);
	if (source == FREQUENCY_MSR)
		fill_from_samples(summary, level, clock_name, hz);
	else if (source == FREQUENCY_CPUFREQ)
		fill_from_samples(summary, level, said_name, hz);
}

struct frequency_origin frequency_origin(const struct dataset *dataset,
                                         enum frequency_source source)
{
	const struct counted_source *const counted = find_source(source);
	const ptrdiff_t index = counted                     ? find_event(dataset, counted)
	                        : source == FREQUENCY_CHAIN ? find_chain(dataset)
	                                                    : -1;
	return (struct frequency_origin){index >= 0 ? source : FREQUENCY_ABSENT, index};
}

double frequency_of_task(const struct dataset *dataset, size_t task,
                         const struct frequency_origin *origin)
{
	const struct counted_source *const counted = find_source(origin->source);
	struct clocked clocked;
	if (origin->source == FREQUENCY_CHAIN)
		return dataset_figure(dataset, task, (size_t)origin->index);
	if (!counted || !counted->clocked(dataset, task, (size_t)origin->index, &clocked))
		return NAN;
	if (counted->has_ticks && !(task_cpu_s(&dataset->tasks[task]) >= LEAST_CPU_S))
		return NAN;
	return clocked_hz(clocked);
}
