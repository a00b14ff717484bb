/* make_fleet FOLDER NODES: a result file for each node of a made-up fleet, FOLDER/NODE.db, for
 * tests and benchmarks of what reads and ranks many results. Three classes of hardware (three
 * fifths, three tenths and a tenth of the nodes), levels 1 and one task on every core, 3 blocks.
 * Nodes differ by 0.8 %, trials by 1 %, tasks by 2 %, cores of a class by their build by 2 %.
 * Faults are put into eleven nodes, which stdout names: NODE VERDICT COMPONENT INDEX, "-" where
 * there is no index. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/clock.h"
#include "core/rng.h"
#include "fixture.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BLOCKS = 3,
	LEVELS = 2,
	TRIALS = LEVELS * BLOCKS,
	TASKS_PER_SLOT = 5,
	MOST_CORES = 128,
	LEAST_NODES = 60
};

static const char *const events[] = {"cycles", "instructions", "task-clock"};

/* What can be put into a node. */
enum fault_kind {
	FAULT_NONE,
	FAULT_CORE,
	FAULT_L3,
	FAULT_PACKAGE,
	FAULT_CLOCK,
	FAULT_MEMORY,
	FAULT_DISK
};

static const struct class_of_nodes {
	const char *prefix;
	const char *facts[8][2];
	uint32_t cores;
	uint32_t cores_per_l3;
	uint32_t cores_per_package;
	int64_t memory_bytes;
	double wall_s; /* of a task on a full node */
	double hz;
	struct fault {
		size_t node; /* of the class */
		enum fault_kind kind;
		uint32_t index;
		double factor; /* on the wall time of the tasks there */
	} faults[6];
} classes[] = {
        {.prefix = "rome",
         .facts = {{"processor", "AMD EPYC 7742 64-Core Processor"},
                   {"packages", "2"},
                   {"l3_caches", "32"},
                   {"numa_nodes", "8"},
                   {"numa_mode", "NPS4"},
                   {"bios_version", "2.7.3"},
                   {"microcode", "0x830107a"},
                   {"boost", "on"}},
         .cores = 128,
         .cores_per_l3 = 4,
         .cores_per_package = 64,
         .memory_bytes = INT64_C(540000000000),
         .wall_s = 40,
         .hz = 2.6e9,
         .faults = {{2, FAULT_CORE, 77, 1.3},
                    {9, FAULT_L3, 13, 1.2},
                    {15, FAULT_PACKAGE, 1, 1.12},
                    {21, FAULT_CLOCK, 0, 1.2},
                    {27, FAULT_MEMORY, 0, 1.12},
                    {33, FAULT_DISK, 0, 1.25}}},
        {.prefix = "milan",
         .facts = {{"processor", "AMD EPYC 7543 32-Core Processor"},
                   {"packages", "2"},
                   {"l3_caches", "16"},
                   {"numa_nodes", "2"},
                   {"numa_mode", "NPS1"},
                   {"bios_version", "2.4"},
                   {"microcode", "0xa0011d1"},
                   {"boost", "on"}},
         .cores = 64,
         .cores_per_l3 = 4,
         .cores_per_package = 32,
         .memory_bytes = INT64_C(270000000000),
         .wall_s = 30,
         .hz = 3.1e9,
         .faults = {{1, FAULT_CORE, 0, 1.5},
                    {8, FAULT_L3, 15, 1.3},
                    {14, FAULT_PACKAGE, 0, 1.15},
                    {0, FAULT_NONE, 0, 1}}},
        /* One L3 for each socket: a slow one is the socket. */
        {.prefix = "icelake",
         .facts = {{"processor", "Intel(R) Xeon(R) Platinum 8352Y CPU @ 2.20GHz"},
                   {"packages", "2"},
                   {"l3_caches", "2"},
                   {"numa_nodes", "2"},
                   {"numa_mode", "SNC off"},
                   {"bios_version", "1.9.2"},
                   {"microcode", "0xd0003d1"},
                   {"boost", "on"}},
         .cores = 64,
         .cores_per_l3 = 32,
         .cores_per_package = 32,
         .memory_bytes = INT64_C(270000000000),
         .wall_s = 35,
         .hz = 2.8e9,
         .faults = {{1, FAULT_CORE, 40, 1.4}, {3, FAULT_PACKAGE, 1, 1.2}, {0, FAULT_NONE, 0, 1}}},
};

static const char *const fault_words[] = {
        [FAULT_CORE] = "core",   [FAULT_L3] = "l3",         [FAULT_PACKAGE] = "package",
        [FAULT_CLOCK] = "clock", [FAULT_MEMORY] = "memory", [FAULT_DISK] = "disk"};

/* One node that is being made. */
struct making {
	const struct class_of_nodes *class;
	const struct fault *fault; /* NULL: none */
	struct recorder *recorder;
	struct rng rng;
	double node; /* by what it differs */
	double trial;
	uint32_t id; /* of the trial */
	uint32_t index;
	uint32_t concurrency;
	int64_t start_ns;
	int64_t free_ns[MOST_CORES];
};

/* Of a call that may fail. */
static void check(int r, const struct error *err)
{
	if (r == 0)
		return;
	fprintf(stderr, "%s\n", err->text);
	exit(1);
}

static void put(struct making *making, const struct record *record)
{
	struct error err;
	struct record copy = *record;
	check(sink_put(recorder_sink(making->recorder), &copy, &err), &err);
}

/* Slots go round over the L3 caches. */
static uint32_t core_of_slot(const struct class_of_nodes *class, uint32_t slot)
{
	const uint32_t l3s = class->cores / class->cores_per_l3;
	return slot % l3s * class->cores_per_l3 + slot / l3s;
}

/* By what the wall time of a task on a core is longer for the place. */
static double place_factor(const struct making *making, uint32_t core)
{
	const struct fault *const fault = making->fault;
	if (!fault)
		return 1;
	const uint32_t at = fault->kind == FAULT_CORE      ? core
	                    : fault->kind == FAULT_L3      ? core / making->class->cores_per_l3
	                    : fault->kind == FAULT_PACKAGE ? core / making->class->cores_per_package
	                                                   : UINT32_MAX;
	return at == fault->index ? fault->factor : 1;
}

static double factor_of(const struct making *making, enum fault_kind kind)
{
	return making->fault && making->fault->kind == kind ? making->fault->factor : 1;
}

static double noise(struct making *making, double sd)
{
	return exp(sd * rng_normal(&making->rng));
}

/* ---- Records ------------------------------------------------------------------------------ */

static struct task_record blank_task(const struct making *making, uint32_t slot)
{
	struct task_record task = task_record_empty();
	task.trial = making->id;
	task.index = making->index;
	task.slot = slot;
	task.pu = (int32_t)core_of_slot(making->class, slot);
	task.state = TASK_OK;
	task.exit_status = 0;
	task.max_rss_bytes = 1500000000;
	return task;
}

/* What a task is made of: instructions, cycles for each, the clock, and waits. */
static void put_task(struct making *making, uint32_t slot, uint32_t round)
{
	const struct class_of_nodes *const class = making->class;
	const uint32_t core = core_of_slot(class, slot);
	const double full = making->concurrency > 1 ? 1 : 0.8; /* alone it has the cache */
	const double instructions = class->wall_s * class->hz;
	const double hz = class->hz / factor_of(making, FAULT_CLOCK);
	const double cpi = 0.9 * full * factor_of(making, FAULT_MEMORY) * making->node *
	                   making->trial * (1 + 0.02 * sin(core)) * place_factor(making, core) *
	                   noise(making, 0.02);
	const double cpu_s = instructions * cpi / hz;
	const double disk_s = class->wall_s * (0.08 + factor_of(making, FAULT_DISK) - 1);
	const double ready_s = class->wall_s * 0.02;
	struct record record = {.kind = RECORD_TASK, .task = blank_task(making, slot)};
	struct task_record *const task = &record.task;
	task->role = round == 0 ? ROLE_WARMUP : ROLE_MEASURED;
	task->start_ns = making->start_ns + making->free_ns[slot];
	task->end_ns = task->start_ns + llround((cpu_s + disk_s + ready_s) * NS_PER_S);
	task->idle_before_ns = round == 0 ? RECORD_ABSENT : 100000;
	task->user_ns = llround(0.97 * cpu_s * NS_PER_S);
	task->system_ns = llround(0.03 * cpu_s * NS_PER_S);
	task->run_delay_ns = llround(ready_s * NS_PER_S);
	task->block_delay_ns = llround(disk_s * NS_PER_S);
	task->page_in_delay_ns = 0;
	making->free_ns[slot] = task->end_ns + 100000 - making->start_ns;
	making->index++;
	const uint64_t on_ns = (uint64_t)llround(cpu_s * NS_PER_S);
	const double values[] = {instructions * cpi, instructions, cpu_s * NS_PER_S};
	for (size_t e = 0; e < ARRAY_LENGTH(events); e++)
		record.counters[e] = (struct counter_value){(uint64_t)llround(values[e]), on_ns,
		                                            on_ns, COUNTER_OK};
	put(making, &record);
}

/* Every slot runs a task to warm up and then measured ones; the window ends when the first slot is
 * through. */
static void put_trial(struct making *making, uint32_t block, uint32_t level)
{
	struct record record = {.kind = RECORD_TRIAL,
	                        .trial = {.trial = making->id,
	                                  .block = block,
	                                  .level = level,
	                                  .attempt = 1,
	                                  .state = TRIAL_RUNNING,
	                                  .start_ns = making->start_ns,
	                                  .end_ns = RECORD_ABSENT,
	                                  .window_start_ns = RECORD_ABSENT,
	                                  .window_end_ns = RECORD_ABSENT,
	                                  .harness_cpu_ns = RECORD_ABSENT,
	                                  .harness_max_rss_bytes = RECORD_ABSENT,
	                                  .drain_ns = RECORD_ABSENT}};
	put(making, &record);
	int64_t warm_ns = 0;
	int64_t first_ns = INT64_MAX;
	int64_t last_ns = 0;
	making->trial = noise(making, 0.01);
	making->index = 0;
	for (uint32_t k = 0; k < making->concurrency; k++)
		making->free_ns[k] =
		        llround(making->class->wall_s * NS_PER_S) * k / making->concurrency;
	for (uint32_t round = 0; round < TASKS_PER_SLOT; round++)
		for (uint32_t k = 0; k < making->concurrency; k++) {
			put_task(making, k, round);
			const int64_t end = making->free_ns[k];
			warm_ns = round == 0 && end > warm_ns ? end : warm_ns;
			first_ns = round + 1 == TASKS_PER_SLOT && end < first_ns ? end : first_ns;
			last_ns = end > last_ns ? end : last_ns;
		}
	record.trial.state = TRIAL_DONE;
	record.trial.end_ns = making->start_ns + last_ns;
	record.trial.window_start_ns = making->start_ns + warm_ns;
	record.trial.window_end_ns = making->start_ns + first_ns;
	put(making, &record);
	making->start_ns += last_ns + NS_PER_S;
}

/* ---- One node ----------------------------------------------------------------------------- */

static void make_plan(const struct class_of_nodes *class, struct plan *plan)
{
	*plan = (struct plan){.level_count = LEVELS,
	                      .trial_count = TRIALS,
	                      .blocks = BLOCKS,
	                      .capacity = class->cores,
	                      .baseline = 1,
	                      .largest = class->cores};
	plan->levels = calloc(LEVELS, sizeof *plan->levels);
	plan->trials = calloc(TRIALS, sizeof *plan->trials);
	assert_non_null(plan->levels);
	assert_non_null(plan->trials);
	for (uint32_t i = 0; i < LEVELS; i++) {
		struct plan_level *const level = &plan->levels[i];
		*level = (struct plan_level){.concurrency = i ? class->cores : 1,
		                             .policy = strdup("spread"),
		                             .spelling = strdup(""),
		                             .memory_bytes = -1};
		level->slots = calloc(level->concurrency, sizeof *level->slots);
		assert_non_null(level->slots);
		for (uint32_t k = 0; k < level->concurrency; k++) {
			const uint32_t core = core_of_slot(class, k);
			uint32_t *const pu = malloc(sizeof *pu);
			assert_non_null(pu);
			*pu = core;
			level->slots[k] = (struct plan_slot){
			        .pus = pu,
			        .pu_count = 1,
			        .own_count = 1,
			        .core = (int32_t)core,
			        .l3 = (int32_t)(core / class->cores_per_l3),
			        .numa = (int32_t)(core / class->cores_per_package),
			        .package = (int32_t)(core / class->cores_per_package)};
		}
	}
	for (uint32_t i = 0; i < TRIALS; i++)
		plan->trials[i] = (struct plan_trial){.block = i / LEVELS, .level = i % LEVELS};
}

static void add_fact(struct host_facts *host, const char *name, const char *value)
{
	struct error err;
	check(host_facts_add(host, name, value, NULL, &err), &err);
}

static void describe(struct fixture *fixture, struct making *making, const char *name,
                     uint64_t number)
{
	struct host_facts *const host = &fixture->host;
	char text[40];
	/* The fixture's scenario is none that could be judged by. */
	free(fixture->run.scenario_text);
	free(fixture->run.scenario_json);
	fixture->run.scenario_text = fixture->run.scenario_json = NULL;
	free(fixture->run.name);
	free(fixture->run.id);
	fixture->run.name = strdup("acceptance");
	snprintf(text, sizeof text, "%016" PRIx64 "%016" PRIx64, UINT64_C(0xf1ee7), number);
	fixture->run.id = strdup(text);
	assert_non_null(fixture->run.id);
	assert_non_null(fixture->run.name);
	host_facts_release(host);
	*host = (struct host_facts){0};
	add_fact(host, "hostname", name);
	for (size_t i = 0; i < ARRAY_LENGTH(making->class->facts); i++)
		add_fact(host, making->class->facts[i][0], making->class->facts[i][1]);
	snprintf(text, sizeof text, "%" PRIu32, making->class->cores);
	add_fact(host, "cores_allowed", text);
	add_fact(host, "pus_allowed", text);
	add_fact(host, "pus_machine", text);
	/* Kernels keep a little more or less for themselves. */
	snprintf(text, sizeof text, "%" PRId64,
	         making->class->memory_bytes - (int64_t)rng_below(&making->rng, 1000000000));
	add_fact(host, "memory_total_bytes", text);
	add_fact(host, "kernel", "6.1.0-18-amd64");
}

static void make_node(const char *folder, const char *name, struct making *making, uint64_t number)
{
	struct event_definition definitions[ARRAY_LENGTH(events)] = {{.name = ""}};
	struct fixture fixture;
	struct error err;
	char path[4096];
	fixture_init(&fixture);
	plan_release(&fixture.plan);
	make_plan(making->class, &fixture.plan);
	for (size_t e = 0; e < ARRAY_LENGTH(events); e++)
		snprintf(definitions[e].name, sizeof definitions[e].name, "%s", events[e]);
	rng_init(&making->rng, 20251120, number);
	describe(&fixture, making, name, number);
	making->node = noise(making, 0.008);
	making->start_ns = NS_PER_S;
	snprintf(path, sizeof path, "%s/%s.db", folder, name);
	check(recorder_create(path, false, &fixture.run, &fixture.host, &fixture.scenario,
	                      &fixture.plan, definitions, ARRAY_LENGTH(events), NULL,
	                      &making->recorder, &err),
	      &err);
	for (uint32_t i = 0; i < TRIALS; i++) {
		making->id = i + 1;
		making->concurrency = i % LEVELS ? making->class->cores : 1;
		put_trial(making, i / LEVELS, i % LEVELS);
	}
	check(recorder_close(making->recorder, RUN_DONE,
	                     fixture.run.origin_calendar_ns + making->start_ns, &err),
	      &err);
	fixture_release(&fixture);
}

/* ---- All ---------------------------------------------------------------------------------- */

static const struct fault *fault_of(const struct class_of_nodes *class, size_t node)
{
	for (size_t i = 0; i < ARRAY_LENGTH(class->faults); i++)
		if (class->faults[i].kind != FAULT_NONE && class->faults[i].node == node)
			return &class->faults[i];
	return NULL;
}

static void say_fault(const char *name, const struct fault *fault)
{
	if (fault->kind <= FAULT_PACKAGE)
		printf("%s slow %s %" PRIu32 "\n", name, fault_words[fault->kind], fault->index);
	else
		printf("%s slow %s -\n", name, fault_words[fault->kind]);
}

static size_t nodes_of(size_t class, size_t nodes)
{
	const size_t parts[] = {nodes * 6 / 10, nodes * 3 / 10,
	                        nodes - nodes * 6 / 10 - nodes * 3 / 10};
	return parts[class];
}

int main(int argc, char *argv[])
{
	const size_t nodes = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	if (nodes < LEAST_NODES || nodes > 9000) {
		fprintf(stderr, "usage: make_fleet FOLDER NODES, with at least %d nodes\n",
		        LEAST_NODES);
		return 2;
	}
	uint64_t number = 0;
	for (size_t c = 0; c < ARRAY_LENGTH(classes); c++)
		for (size_t i = 0; i < nodes_of(c, nodes); i++) {
			char name[24];
			struct making making = {.class = &classes[c],
			                        .fault = fault_of(&classes[c], i)};
			snprintf(name, sizeof name, "%s%03u", classes[c].prefix, (unsigned)i + 1);
			make_node(argv[1], name, &making, ++number);
			if (making.fault)
				say_fault(name, making.fault);
		}
	return 0;
}
