#include "sample.h"

#include "core/error.h"

#include <stdio.h>
#include <string.h>

enum { TASK_CLOCK, PAGE_FAULTS, CYCLES, INSTRUCTIONS };

static const char no_pmu[] =
        "the processor shows no performance counters here (a virtual machine without a PMU); on "
        "hardware, or with a virtual PMU, they are counted";

static void add_facts(struct made *made)
{
	static const struct {
		const char *name;
		const char *value;
		const char *reason;
	} facts[] = {
	        {"processor", "AMD EPYC 7702 64-Core Processor", NULL},
	        {"cores_allowed", "2", NULL},
	        {"pus_allowed", "2", NULL},
	        {"numa_nodes", "1", NULL},
	        {"memory_total_bytes", "8323424256", NULL},
	        {"kernel", "6.1.0-28-amd64", NULL},
	        {"hypervisor", "KVM", NULL},
	        {"hardware_pmu", NULL, "the kernel shows no PMU of the processor"},
	        {"cpufreq_driver", NULL, "the kernel has no cpufreq driver for this processor"},
	};
	struct error err;
	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++)
		(void)host_facts_add(&made->dataset.host, facts[i].name, facts[i].value,
		                     facts[i].reason, &err);
}

static void add_events(struct made *made)
{
	made_event(made, "task-clock");
	made_event(made, "page-faults");
	static const char *const hardware[] = {"cycles", "instructions"};
	for (size_t i = 0; i < 2; i++) {
		struct event_definition *const event = made_event(made, hardware[i]);
		event->state = COUNTER_NOT_SUPPORTED;
		snprintf(event->reason, sizeof event->reason, "%s", no_pmu);
	}
}

static void count_all(struct made *made)
{
	for (size_t i = 0; i < made->dataset.task_count; i++) {
		const struct task_record *const task = &made->dataset.tasks[i];
		struct counter_value *const counters = &made->dataset.counters[i * 4];
		counters[TASK_CLOCK] = (struct counter_value){
		        (uint64_t)(task->user_ns + task->system_ns), 1, 1, COUNTER_OK};
		counters[PAGE_FAULTS] =
		        (struct counter_value){21000 + 10 * task->slot, 1, 1, COUNTER_OK};
		counters[CYCLES].state = COUNTER_NOT_SUPPORTED;
		counters[INSTRUCTIONS].state = COUNTER_NOT_SUPPORTED;
	}
}

/* What the tasks print: a rate, and a size that some leave out. */
static void print_figures(struct made *made)
{
	struct dataset *const d = &made->dataset;
	const size_t count = d->task_count;
	for (size_t i = 0; i < count; i++) {
		const struct task_record *const task = &d->tasks[i];
		const double wall_s = (double)(task->end_ns - task->start_ns) / 1e9;
		d->task_count = i + 1; /* the last task is the one that prints */
		made_figure(made, "images_per_s", 25 / wall_s);
		if (i % 3 > 0)
			made_figure(made, "heap_bytes", 250e6 + 1e6 * (double)(i % 7));
	}
	d->task_count = count;
}

/* What the kernel says of two CPUs, a little less as time goes by. */
static void sample_frequency(struct made *made)
{
	for (int32_t cpu = 0; cpu < 2; cpu++)
		for (int second = 0; second < 60; second++)
			made_sample(made, "cpu_frequency_hz", cpu, second,
			            3.3e9 - 1e7 * second + 2e7 * cpu);
}

void sample_make(struct made *made)
{
	static const uint32_t levels[] = {1, 2, 4, 8};
	static const double walls[] = {1.98, 2.05, 4.31};
	made_init(made);
	add_facts(made);
	add_events(made);
	for (size_t l = 0; l < 4; l++)
		made_level(made, levels[l], "spread");
	made->dataset.levels[2].is_oversubscribed = true;
	made->dataset.levels[3].is_oversubscribed = true;
	made->dataset.levels[3].skipped = strdup("needs 9.6 GB of memory, 7.1 GB are available");
	for (uint32_t block = 0; block < 3; block++)
		for (size_t l = 0; l < 3; l++)
			made_steady_trial(made, l, block, levels[l],
			                  walls[l] * (1 + 0.01 * ((block + l) % 3)), walls[l] * 4);
	made->dataset.trials[5].state = TRIAL_INTERRUPTED;
	count_all(made);
	for (size_t t = 0; t < made->dataset.trial_count; t++) {
		made->dataset.trials[t].harness_cpu_ns = 4200000;
		made->dataset.trials[t].harness_max_rss_bytes = 4200000;
	}
	print_figures(made);
	sample_frequency(made);
	struct task_record *const tasks = made->dataset.tasks;
	for (size_t i = 0; i < made->dataset.task_count; i++)
		tasks[i].idle_before_ns = 420000;
	tasks[8].state = TASK_FAILED;
	tasks[8].exit_status = 3;
	tasks[20].state = TASK_SIGNALED;
	tasks[20].signal = 11;
	made_said(made, 1, TASK_FAILED, 3, "isr: cannot read bias.fits: \033[31mboom\033[0m");
	made_warning(made, "steal", "Another guest took 3.1 % of the processors' time at N=2.");
}
