/* The frequency of a level from every source, with known answers, and that no count meets a time
 * that does not belong to it. */
#include "made.h"

#include "analyse/clocked.h"
#include "analyse/frequency.h"
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GHZ         1e9
#define NS(seconds) ((uint64_t)((seconds)*1e9))

static void assert_near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-9 * fabs(b)))
		print_message("# %.17g is not %.17g\n", a, b);
	assert_true(fabs(a - b) <= 1e-9 * fabs(b));
}

static struct summary build(const struct made *made)
{
	struct summary summary;
	struct error err;
	assert_int_equal(summary_build(&made->dataset, &summary, &err), 0);
	return summary;
}

static const struct estimate *of(const struct summary *summary, enum frequency_source source)
{
	return &summary->levels[0].frequency_by_source[source];
}

static void set_text(char **text, const char *value)
{
	struct error err;
	free(*text);
	*text = NULL;
	assert_int_equal(str_copy(value, text, &err), 0);
}

/* The published case: a task of 10 s on the CPU, 7 % of it in the kernel, at 3.28 GHz. */
enum { KERNEL_AND_USER, USER_ONLY, APERF, CLOCK, EVENTS };

static void make_task(struct made *made)
{
	made_init(made);
	made_event(made, "cycles");
	made_event(made, "cycles:u")->is_user_only = true;
	made_event(made, "aperf");
	made_event(made, "task-clock");
	const size_t level = made_level(made, 1, "spread");
	made_trial(made, level, 0, 0, 10);
	struct task_record *const task = made_task(made, 0, 0, 10);
	task->user_ns = (int64_t)NS(9.3);
	task->system_ns = (int64_t)NS(0.7);
	made_counter(made, KERNEL_AND_USER, 32800000000, COUNTER_OK);
	made_counter(made, USER_ONLY, 30504000000, COUNTER_OK);
	made_counter(made, APERF, 32700000000, COUNTER_OK);
	made_counter(made, CLOCK, 10000000000, COUNTER_OK);
}

static void every_way_has_its_own_time(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_task(&made);
	struct clocked c;
	assert_true(clocked_by_cycles(&made.dataset, 0, KERNEL_AND_USER, &c));
	assert_near(clocked_hz(c), 3.28 * GHZ);
	assert_true(clocked_by_user_cycles(&made.dataset, 0, USER_ONLY, &c));
	assert_near(c.ns, 9.3e9);
	assert_near(clocked_hz(c), 3.28 * GHZ);
	assert_true(clocked_by_aperf(&made.dataset, 0, APERF, &c));
	assert_near(clocked_hz(c), 3.27 * GHZ);
}

/* User cycles over a time that holds kernel time would be 3.05 GHz. Nothing gives that. */
static void modes_are_never_mixed(void **state)
{
	(void)state;
	static const struct {
		bool (*by)(const struct dataset *dataset, size_t task, size_t event,
		           struct clocked *ret_clocked);
		size_t event;
	} all[] = {
	        {clocked_by_cycles, KERNEL_AND_USER},
	        {clocked_by_user_cycles, USER_ONLY},
	        {clocked_by_aperf, APERF},
	};
	struct made made cleanup_made;
	make_task(&made);
	for (size_t i = 0; i < ARRAY_LENGTH(all); i++) {
		for (size_t event = 0; event < EVENTS; event++) {
			struct clocked c = {-1, -1};
			const bool is_own = event == all[i].event;
			assert_int_equal(all[i].by(&made.dataset, 0, event, &c), is_own);
			assert_true(is_own ? c.ns > 0 : c.ns < 0 && c.cycles < 0);
		}
	}
	/* The same event, when it turns out to have counted user mode alone. */
	made.dataset.events[KERNEL_AND_USER].is_user_only = true;
	struct clocked c = {-1, -1};
	assert_false(clocked_by_cycles(&made.dataset, 0, KERNEL_AND_USER, &c));
	assert_true(clocked_by_user_cycles(&made.dataset, 0, KERNEL_AND_USER, &c));
	made.dataset.events[APERF].is_user_only = true;
	assert_false(clocked_by_aperf(&made.dataset, 0, APERF, &c));
}

/* Cycles of the kernel alone over a time that holds user time would be as wrong. */
static void kernel_mode_alone_has_no_time(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		const char *encoded;
		bool is_cycles;
	} cases[] = {
	        {"cycles", "perf::PERF_COUNT_HW_CPU_CYCLES:u=1:k=1", true},
	        {"cycles:uk", "perf::PERF_COUNT_HW_CPU_CYCLES:u=1:k=1", true},
	        {"CPU-cycles", "", true},
	        {"cycles:k", "perf::PERF_COUNT_HW_CPU_CYCLES:u=0:k=1", false},
	        {"cycles", "perf::PERF_COUNT_HW_CPU_CYCLES:u=0:k=1", false},
	        {"cycles", "perf::PERF_COUNT_HW_CPU_CYCLES:k=1:u=0", false},
	        {"cycles", "r3c:k", false},
	        {"cycles", "raw:config=0x3c:k", false},
	        {"cycles", "sysfs:cpu/event=0x3c/k", false},
	        {"cycles", "sysfs:cpu/event=0x3c/", true},
	        {"cycles", "r3c:uk", true},
	        {"cycles", "r76", true},
	        /* Said by the string alone, as in a file that somebody else made. */
	        {"cycles", "perf::PERF_COUNT_HW_CPU_CYCLES:u=1:k=0", false},
	        {"cycles:u", "r3c:u", false},
	        {"ref-cycles", "", false},
	        {"stalled-cycles-backend", "", false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made made cleanup_made;
		make_task(&made);
		struct event_definition *const event = &made.dataset.events[KERNEL_AND_USER];
		struct clocked c;
		snprintf(event->name, sizeof event->name, "%s", cases[i].name);
		snprintf(event->encoded, sizeof event->encoded, "%s", cases[i].encoded);
		snprintf(event->metric, sizeof event->metric, "cycles");
		assert_int_equal(clocked_by_cycles(&made.dataset, 0, KERNEL_AND_USER, &c),
		                 cases[i].is_cycles);
	}
}

static void the_seeds_mistake_is_not_made(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_task(&made);
	/* As where perf_event_paranoid is 2: all cycles are of user mode, task-clock is not. */
	made.dataset.events[KERNEL_AND_USER].is_user_only = true;
	made.dataset.counters[KERNEL_AND_USER].raw = 30504000000;
	cleanup_summary struct summary summary = build(&made);
	assert_false(estimate_has_value(of(&summary, FREQUENCY_CYCLES)));
	assert_near(of(&summary, FREQUENCY_USER_CYCLES)->value, 3.28 * GHZ);
	assert_int_equal(summary.levels[0].frequency_source, FREQUENCY_USER_CYCLES);
	assert_near(summary.levels[0].frequency_hz.value, 3.28 * GHZ);
}

static void states_that_are_no_counts(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_task(&made);
	for (int s = 0; s < COUNTER_STATES; s++) {
		struct clocked c;
		const bool is_counted = s == COUNTER_OK || s == COUNTER_SCALED;
		for (size_t event = 0; event < EVENTS; event++)
			made.dataset.counters[event].state = (enum counter_state)s;
		assert_int_equal(clocked_by_cycles(&made.dataset, 0, KERNEL_AND_USER, &c),
		                 is_counted);
		assert_int_equal(clocked_by_aperf(&made.dataset, 0, APERF, &c), is_counted);
		assert_int_equal(clocked_by_user_cycles(&made.dataset, 0, USER_ONLY, &c),
		                 s == COUNTER_OK);
	}
	/* A counter that never ran, and a task without user time, have no time. */
	struct clocked c;
	made.dataset.counters[KERNEL_AND_USER].state = COUNTER_OK;
	made.dataset.counters[KERNEL_AND_USER].running_ns = 0;
	assert_false(clocked_by_cycles(&made.dataset, 0, KERNEL_AND_USER, &c));
	made.dataset.counters[USER_ONLY].state = COUNTER_OK;
	made.dataset.tasks[0].user_ns = 0;
	assert_false(clocked_by_user_cycles(&made.dataset, 0, USER_ONLY, &c));
	made.dataset.tasks[0].user_ns = RECORD_ABSENT;
	assert_false(clocked_by_user_cycles(&made.dataset, 0, USER_ONLY, &c));
}

/* A counter that had its place for a third of the time gives the same clock. */
static void sharing_a_counter_changes_nothing(void **state)
{
	(void)state;
	struct made made cleanup_made;
	make_task(&made);
	made_counter(&made, KERNEL_AND_USER, 10933333333, COUNTER_SCALED);
	made_ran(&made, KERNEL_AND_USER, NS(10), NS(10.0 / 3));
	cleanup_summary struct summary summary = build(&made);
	assert_true(fabs(of(&summary, FREQUENCY_CYCLES)->value / (3.28 * GHZ) - 1) < 1e-6);
	assert_int_equal(summary.levels[0].counters[KERNEL_AND_USER].state, COUNTER_SCALED);
}

/* v-weighted sums over a trial, the geometric mean over trials. */
static void ratios_are_of_sums(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_event(&made, "cycles");
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 0, 10);
	made_task(&made, 0, 0, 8);
	made_counter(&made, 0, 24000000000, COUNTER_OK);
	made_ran(&made, 0, NS(8), NS(8));
	made_task(&made, 0, 8, 12); /* half of it inside */
	made_counter(&made, 0, 16000000000, COUNTER_OK);
	made_ran(&made, 0, NS(4), NS(4));
	made_trial(&made, level, 1, 20, 30);
	made_task(&made, 0, 20, 30);
	made_counter(&made, 0, 20000000000, COUNTER_OK);
	made_ran(&made, 0, NS(10), NS(10));
	cleanup_summary struct summary summary = build(&made);
	assert_near(of(&summary, FREQUENCY_CYCLES)->value, sqrt(3.2 * 2.0) * GHZ);
	assert_int_equal(of(&summary, FREQUENCY_CYCLES)->n, 2);
	assert_true(estimate_has_interval(of(&summary, FREQUENCY_CYCLES)));
}

static void user_time_needs_enough_of_it(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	made_event(&made, "cycles")->is_user_only = true;
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 0, 4);
	made_task(&made, 0, 0, 4);
	made_counter(&made, 0, 8000000000, COUNTER_OK);
	cleanup_summary struct summary summary = build(&made);
	assert_false(estimate_has_value(&summary.levels[0].frequency_hz));
	assert_non_null(strstr(summary.levels[0].frequency_hz.reason, "5 s of CPU time"));
}

/* CPU time whose split is not known is no user time. */
static void cpu_time_is_no_user_time(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	set_text(&made.dataset.run.imported, "csv");
	made_event(&made, "cycles")->is_user_only = true;
	const size_t level = made_level(&made, 1, "spread");
	made_trial(&made, level, 0, 0, 40);
	struct task_record *const task = made_task(&made, 0, 0, 40);
	made_counter(&made, 0, 80000000000, COUNTER_OK);
	task->cpu_ns = task_cpu_ns(task);
	task->user_ns = RECORD_ABSENT;
	task->system_ns = RECORD_ABSENT;
	cleanup_summary struct summary summary = build(&made);
	for (enum frequency_source source = 0; source < FREQUENCY_SOURCES; source++)
		assert_false(estimate_has_value(of(&summary, source)));
	assert_non_null(strstr(of(&summary, FREQUENCY_USER_CYCLES)->reason,
	                       "do not say how much of the CPU time was user time"));
	const struct frequency_origin origin =
	        frequency_origin(&made.dataset, FREQUENCY_USER_CYCLES);
	assert_true(isnan(frequency_of_task(&made.dataset, 0, &origin)));
}

/* What plateau-spin prints is the clock of the node; what another program prints is not. */
static void a_chain_is_of_plateau_spin(void **state)
{
	(void)state;
	struct made made cleanup_made;
	made_init(&made);
	const size_t level = made_level(&made, 1, "spread");
	for (unsigned block = 0; block < 2; block++) {
		made_trial(&made, level, block, 10 * block, 10 * block + 10);
		made_task(&made, 0, 10 * block, 10 * block + 10);
		made_figure(&made, "frequency_hz_max", 4.5 * GHZ);
		made_figure(&made, "frequency_hz_p50", block ? 4.0 * GHZ : 4.2 * GHZ);
	}
	set_text(&made.dataset.run.program_path, "/usr/bin/my-spin");
	cleanup_summary struct summary other = build(&made);
	assert_false(estimate_has_value(of(&other, FREQUENCY_CHAIN)));
	assert_int_equal(other.levels[0].frequency_source, FREQUENCY_ABSENT);
	assert_non_null(strstr(other.levels[0].frequency_hz.reason, "cycles were not asked for"));
	set_text(&made.dataset.run.program_path, "/opt/bin/plateau-spin");
	cleanup_summary struct summary spin = build(&made);
	assert_near(of(&spin, FREQUENCY_CHAIN)->value, sqrt(4.0 * 4.2) * GHZ);
	assert_int_equal(spin.levels[0].frequency_source, FREQUENCY_CHAIN);
	/* It is there to be seen, and no frequency of a task. */
	enum frequency_source source;
	const struct estimate own = frequency_from(&spin.levels[0], FREQUENCY_OF_TASKS, &source);
	assert_false(estimate_has_value(&own));
	assert_int_equal(source, FREQUENCY_ABSENT);
	const struct frequency_origin origin = frequency_origin(&made.dataset, FREQUENCY_CHAIN);
	assert_near(frequency_of_task(&made.dataset, 1, &origin), 4.0 * GHZ);
}

/* CPUs 0 and 1 are used, 2 idles at another clock; samples outside of the window are no matter. */
static void samples_are_of_the_slots_cpus(void **state)
{
	(void)state;
	static const char *const names[] = {"cpu_clock_hz", "cpu_frequency_hz"};
	struct made made cleanup_made;
	made_init(&made);
	const size_t level = made_level(&made, 2, "spread");
	made_slot(&made, level, 0, 0, 0, 0);
	made_slot(&made, level, 1, 1, 0, 0);
	made_trial(&made, level, 0, 0, 10);
	made_task(&made, 0, 0, 10);
	made_task(&made, 1, 0, 10);
	for (size_t i = 0; i < 2; i++) {
		for (int32_t cpu = 0; cpu < 3; cpu++) {
			const double hz = (cpu == 2 ? 1.0 : 3.0 + 0.5 * cpu - (double)i) * GHZ;
			made_sample(&made, names[i], cpu, -1, 9 * GHZ);
			/* A mean since the last reading is in part of the time before. */
			made_sample(&made, names[i], cpu, 1, i == 0 ? 7 * GHZ : hz);
			made_sample(&made, names[i], cpu, 2, NAN);
			made_sample(&made, names[i], cpu, 3, hz);
			made_sample(&made, names[i], cpu, 9, hz);
			made_sample(&made, names[i], cpu, 11, 9 * GHZ);
		}
	}
	made_sample(&made, "temperature_celsius", 0, 1, 55);
	cleanup_summary struct summary bound = build(&made);
	assert_near(of(&bound, FREQUENCY_MSR)->value, 3.25 * GHZ);
	assert_near(of(&bound, FREQUENCY_CPUFREQ)->value, 2.25 * GHZ);
	assert_int_equal(bound.levels[0].frequency_source, FREQUENCY_MSR);
	/* Not bound: of all. */
	made.dataset.slots[0].pu = made.dataset.slots[1].pu = -1;
	cleanup_summary struct summary free_ones = build(&made);
	assert_near(of(&free_ones, FREQUENCY_CPUFREQ)->value, (2 * 2.25 + 1) / 3 * GHZ);
}

static void the_best_accepted_source_is_taken(void **state)
{
	(void)state;
	static const struct {
		unsigned accepted;
		enum frequency_source source;
	} cases[] = {
	        {FREQUENCY_OF_ANY, FREQUENCY_CYCLES},
	        {FREQUENCY_OF(FREQUENCY_MSR) | FREQUENCY_OF(FREQUENCY_CYCLES), FREQUENCY_CYCLES},
	        {FREQUENCY_OF(FREQUENCY_MSR), FREQUENCY_MSR},
	        {FREQUENCY_OF(FREQUENCY_USER_CYCLES), FREQUENCY_USER_CYCLES},
	        {FREQUENCY_OF(FREQUENCY_CHAIN), FREQUENCY_ABSENT},
	        {FREQUENCY_OF(FREQUENCY_CHAIN) | FREQUENCY_OF(FREQUENCY_MSR), FREQUENCY_MSR},
	        {0, FREQUENCY_ABSENT},
	};
	struct made made cleanup_made;
	make_task(&made);
	cleanup_summary struct summary summary = build(&made);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		enum frequency_source source;
		const struct estimate e =
		        frequency_from(&summary.levels[0], cases[i].accepted, &source);
		assert_int_equal(source, cases[i].source);
		assert_int_equal(estimate_has_value(&e), source != FREQUENCY_ABSENT);
		assert_true(estimate_has_value(&e) || e.reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(every_way_has_its_own_time),
	        cmocka_unit_test(modes_are_never_mixed),
	        cmocka_unit_test(kernel_mode_alone_has_no_time),
	        cmocka_unit_test(the_seeds_mistake_is_not_made),
	        cmocka_unit_test(states_that_are_no_counts),
	        cmocka_unit_test(sharing_a_counter_changes_nothing),
	        cmocka_unit_test(ratios_are_of_sums),
	        cmocka_unit_test(user_time_needs_enough_of_it),
	        cmocka_unit_test(cpu_time_is_no_user_time),
	        cmocka_unit_test(a_chain_is_of_plateau_spin),
	        cmocka_unit_test(samples_are_of_the_slots_cpus),
	        cmocka_unit_test(the_best_accepted_source_is_taken),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
