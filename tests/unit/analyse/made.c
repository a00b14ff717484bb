#include "made.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int r)
{
	if (r < 0) {
		fputs("Bail out! no memory\n", stdout);
		exit(99);
	}
}

static char *copy(const char *text)
{
	struct error err;
	char *result = NULL;
	check(str_copy(text, &result, &err));
	return result;
}

static void grow(void *items, size_t *capacity, size_t needed, size_t item_bytes)
{
	struct error err;
	check(array_reserve(items, capacity, needed, item_bytes, &err));
}

static int64_t ns(double s)
{
	return llround(s * NS_PER_S);
}

void made_init(struct made *made)
{
	*made = (struct made){0};
	struct run_facts *const run = &made->dataset.run;
	struct error err;
	made->dataset.path = copy("made.db");
	run->id = copy("0123456789abcdef0123456789abcdef");
	run->name = copy("made");
	run->plateau_version = copy("0.1.0");
	run->command = copy("task '{input}'");
	run->scenario_sha256 =
	        copy("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	run->baseline = 1;
	run->threads = 1;
	run->seed = 42;
	run->state = RUN_DONE;
	run->origin_calendar_ns = 1763632683 * NS_PER_S; /* 2025-11-20T09:58:03Z */
	run->finished_calendar_ns = run->origin_calendar_ns + ns(62);
	check(host_facts_add(&made->dataset.host, "hostname", "node042", NULL, &err));
}

void made_release(struct made *made)
{
	dataset_release(&made->dataset);
}

size_t made_level(struct made *made, uint32_t concurrency, const char *policy)
{
	struct dataset *const d = &made->dataset;
	grow(&d->levels, &made->level_capacity, d->level_count + 1, sizeof *d->levels);
	d->levels[d->level_count] = (struct dataset_level){
	        .concurrency = concurrency,
	        .policy = copy(policy),
	        .spelling = copy(""),
	        .memory_bytes = -1,
	};
	return d->level_count++;
}

struct event_definition *made_event(struct made *made, const char *name)
{
	struct dataset *const d = &made->dataset;
	grow(&d->events, &made->event_capacity, d->event_count + 1, sizeof *d->events);
	struct event_definition *const event = &d->events[d->event_count++];
	snprintf(event->name, sizeof event->name, "%s", name);
	snprintf(event->encoded, sizeof event->encoded, "perf::%s", name);
	return event;
}

struct trial_record *made_trial(struct made *made, size_t level, uint32_t block, double from_s,
                                double to_s)
{
	struct dataset *const d = &made->dataset;
	grow(&d->trials, &made->trial_capacity, d->trial_count + 1, sizeof *d->trials);
	struct trial_record *const trial = &d->trials[d->trial_count++];
	*trial = (struct trial_record){
	        .trial = (uint32_t)d->trial_count,
	        .block = block,
	        .level = (uint32_t)level,
	        .attempt = 1,
	        .state = TRIAL_DONE,
	        .start_ns = 0,
	        .end_ns = ns(to_s),
	        .window_start_ns = ns(from_s),
	        .window_end_ns = ns(to_s),
	        .harness_cpu_ns = RECORD_ABSENT,
	        .harness_max_rss_bytes = RECORD_ABSENT,
	        .drain_ns = RECORD_ABSENT,
	};
	return trial;
}

struct task_record *made_task(struct made *made, uint32_t slot, double start_s, double end_s)
{
	struct dataset *const d = &made->dataset;
	grow(&d->tasks, &made->task_capacity, d->task_count + 1, sizeof *d->tasks);
	if (d->event_count > 0)
		grow(&d->counters, &made->counter_capacity, (d->task_count + 1) * d->event_count,
		     sizeof *d->counters);
	struct task_record *const task = &d->tasks[d->task_count++];
	memset(task, 0, sizeof *task);
	task->trial = d->trials ? d->trials[d->trial_count - 1].trial : 0;
	task->index = (uint32_t)d->task_count;
	task->slot = slot;
	task->pu = -1;
	task->input = -1;
	task->state = TASK_OK;
	task->start_ns = ns(start_s);
	task->end_ns = ns(end_s);
	task->idle_before_ns = RECORD_ABSENT;
	task->user_ns = ns((end_s - start_s) * 0.8);
	task->system_ns = ns((end_s - start_s) * 0.1);
	task->cpu_ns = RECORD_ABSENT;
	task->max_rss_bytes = 100000000;
	task->peak_pss_bytes = task->peak_rss_bytes = task->cgroup_peak_bytes = RECORD_ABSENT;
	task->rss_samples = task->pss_samples = RECORD_ABSENT;
	task->run_delay_ns = RECORD_ABSENT;
	task->block_delay_ns = RECORD_ABSENT;
	task->page_in_delay_ns = RECORD_ABSENT;
	for (size_t e = 0; e < d->event_count; e++)
		made_counter(made, e, 0, COUNTER_NOT_COUNTED);
	return task;
}

void made_slot(struct made *made, size_t level, uint32_t slot, int32_t core, int32_t l3,
               int32_t package)
{
	struct dataset *const d = &made->dataset;
	grow(&d->slots, &made->slot_capacity, d->slot_count + 1, sizeof *d->slots);
	d->slots[d->slot_count++] = (struct dataset_slot){
	        .level = (uint32_t)level,
	        .slot = slot,
	        .pu = core,
	        .core = core,
	        .l3 = l3,
	        .numa = package,
	        .package = package,
	};
}

void made_counter(struct made *made, size_t event, uint64_t raw, enum counter_state state)
{
	struct dataset *const d = &made->dataset;
	const struct task_record *const task = &d->tasks[d->task_count - 1];
	const uint64_t ns = task->user_ns != RECORD_ABSENT && task->system_ns != RECORD_ABSENT
	                            ? (uint64_t)(task->user_ns + task->system_ns)
	                            : (uint64_t)(task->end_ns - task->start_ns);
	d->counters[(d->task_count - 1) * d->event_count + event] =
	        (struct counter_value){raw, ns, ns, state};
}

void made_ran(struct made *made, size_t event, uint64_t enabled_ns, uint64_t running_ns)
{
	struct dataset *const d = &made->dataset;
	struct counter_value *const counter =
	        &d->counters[(d->task_count - 1) * d->event_count + event];
	counter->enabled_ns = enabled_ns;
	counter->running_ns = running_ns;
}

/* The index of a name, which is appended where it is new. */
static uint32_t name_index(struct words *names, const char *name)
{
	struct error err;
	uint32_t at = 0;
	while (at < names->count && strcmp(names->items[at], name) != 0)
		at++;
	if (at == names->count)
		check(words_add(names, name, &err));
	return at;
}

void made_figure(struct made *made, const char *name, double value)
{
	struct dataset *const d = &made->dataset;
	grow(&d->figures, &made->figure_capacity, d->figure_count + 1, sizeof *d->figures);
	d->figures[d->figure_count++] = (struct dataset_figure){
	        d->task_count - 1, name_index(&d->figure_names, name), value};
}

void made_phase(struct made *made, const char *name, enum phase_class class, double start_s,
                double end_s)
{
	struct dataset *const d = &made->dataset;
	const uint32_t at = name_index(&d->phase_names, name);
	grow(&d->phases, &made->phase_capacity, d->phase_count + 1, sizeof *d->phases);
	d->phases[d->phase_count++] =
	        (struct dataset_phase){d->task_count - 1, at, class, ns(start_s), ns(end_s)};
}

void made_warning(struct made *made, const char *code, const char *text)
{
	struct dataset *const d = &made->dataset;
	grow(&d->warnings, &made->warning_capacity, d->warning_count + 1, sizeof *d->warnings);
	struct event_record *const warning = &d->warnings[d->warning_count++];
	*warning = (struct event_record){.slot = -1};
	snprintf(warning->code, sizeof warning->code, "%s", code);
	snprintf(warning->text, sizeof warning->text, "%s", text);
}

static bool is_before(const struct dataset *d, const struct dataset_sample *a,
                      const struct dataset_sample *b)
{
	const int names = strcmp(d->sample_names.items[a->name], d->sample_names.items[b->name]);
	if (names != 0)
		return names < 0;
	return a->place != b->place ? a->place < b->place : a->at_ns < b->at_ns;
}

void made_sample(struct made *made, const char *name, int32_t place, double at_s, double value)
{
	struct dataset *const d = &made->dataset;
	grow(&d->samples, &made->sample_capacity, d->sample_count + 1, sizeof *d->samples);
	const struct dataset_sample sample = {
	        .at_ns = ns(at_s),
	        .trial = (uint32_t)d->trial_count,
	        .slot = -1,
	        .place = place,
	        .name = name_index(&d->sample_names, name),
	        .value = value,
	};
	size_t at = d->sample_count++;
	for (; at > 0 && is_before(d, &sample, &d->samples[at - 1]); at--)
		d->samples[at] = d->samples[at - 1];
	d->samples[at] = sample;
}

void made_said(struct made *made, int32_t level, enum task_state state, int32_t detail,
               const char *text)
{
	struct dataset *const d = &made->dataset;
	grow(&d->said, &made->said_capacity, d->said_count + 1, sizeof *d->said);
	d->said[d->said_count++] = (struct dataset_said){level, state, detail, copy(text)};
}

void made_steady_trial(struct made *made, size_t level, uint32_t block, uint32_t slots,
                       double wall_s, double window_s)
{
	const double from = 2 * wall_s;
	made_trial(made, level, block, from, from + window_s);
	for (uint32_t slot = 0; slot < slots; slot++) {
		/* Each slot begins at another phase. */
		double at = wall_s * (slot + 0.5) / slots;
		for (; at < from + window_s; at += wall_s)
			made_task(made, slot, at, at + wall_s);
	}
}
