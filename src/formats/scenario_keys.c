#include "formats/scenario_keys.h"

#include "core/array.h"
#include "formats/scenario_values.h"

#include <string.h>

/* bind_choice writes an unsigned int. */
_Static_assert(sizeof(enum keep_output) == sizeof(unsigned), "enums are unsigned int");
_Static_assert(sizeof(enum memory_policy) == sizeof(unsigned), "enums are unsigned int");

#define AT(member) offsetof(struct scenario, member)

static const struct bind_key task_keys[] = {
        {.name = "command",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = AT(task.command),
         .bind = scenario_bind_command,
         .type = "a list of words",
         .default_text = "required",
         .example = "[plateau-isr, \"{input}\", \"{workdir}/post.fits\"]",
         .help = "The program and its arguments; no shell is run. Templates are filled in for "
                 "every task."},
        {.name = "type",
         .kind = BIND_CUSTOM,
         .offset = AT(task.type),
         .bind = scenario_bind_label,
         .type = "a short name",
         .default_text = "the command's base name",
         .example = "isr",
         .help = "The label of the task records."},
        {.name = "inputs",
         .kind = BIND_CUSTOM,
         .offset = AT(task.inputs),
         .bind = scenario_bind_inputs,
         .type = "a list of files, a glob pattern, or a mapping",
         .default_text = "none",
         .example = "\"/data/raw/*.fits\"",
         .help = "The files that {input} stands for; tasks take them in turn."},
        {.name = "environment",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = scenario_bind_environment,
         .type = "a mapping of names to texts",
         .default_text = "none",
         .example = "{OMP_NUM_THREADS: \"1\"}",
         .help = "Variables that are added to the environment of every task; templates as in the "
                 "command."},
        {.name = "threads",
         .kind = BIND_INTEGER,
         .offset = AT(task.threads),
         .low = 1,
         .high = 4096,
         .type = "a whole number",
         .default_text = "1",
         .example = "4",
         .help = "How many PUs or cores (placement.unit) one task may use."},
        {.name = "timeout",
         .kind = BIND_DURATION,
         .offset = AT(task.timeout_ns),
         .type = "a duration",
         .default_text = "none",
         .example = "300s",
         .help = "A task that runs longer is ended and counts as failed."},
        {.name = "memory",
         .kind = BIND_BYTES,
         .offset = AT(task.memory_bytes),
         .type = "a size",
         .default_text = "none",
         .example = "2.6 GB",
         .help = "What one task is expected to need; levels that do not fit are skipped."},
        {.name = "keep",
         .kind = BIND_CHOICE,
         .offset = AT(task.keep),
         .choices = keep_output_names,
         .type = "failed, none or all",
         .default_text = "failed",
         .example = "all",
         .help = "Of which tasks the output is kept: the first and last 8 KiB of each stream."},
        {.name = "memory_limit",
         .kind = BIND_BYTES,
         .offset = AT(task.memory_limit_bytes),
         .type = "a size",
         .default_text = "none",
         .example = "4 GB",
         .help = "What one task may hold at most: enforced by a control group where one can be "
                 "made, else as a limit on address space (RLIMIT_AS)."},
        {.name = "phases",
         .kind = BIND_LATER,
         .type = "a mapping",
         .default_text = "none",
         .example = "{format: lsst-log, stream: stderr}",
         .help = "Not yet served."},
};

static const struct bind_key sweep_keys[] = {
        {.name = "levels",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = AT(sweep.levels),
         .bind = scenario_bind_levels,
         .type = "a level or a list of levels",
         .default_text = "required",
         .example = "[1, 2, 4, 8-64/8, 50%, cores, pus]",
         .help = "How many tasks run at once. `cores` and `pus` count the allowed ones divided "
                 "by threads; a percentage is of `cores`."},
        {.name = "repeats",
         .kind = BIND_INTEGER,
         .offset = AT(sweep.repeats),
         .low = 1,
         .high = 10000,
         .type = "a whole number",
         .default_text = "5",
         .example = "5",
         .help = "How often every level is run; one pass over all levels is a block."},
        {.name = "warmup",
         .kind = BIND_CUSTOM,
         .offset = AT(sweep.warmup),
         .bind = scenario_bind_warmup,
         .type = "a number of tasks per slot, or a mapping",
         .default_text = "1",
         .example = "{tasks: 1, at_least: 0s}",
         .help = "What runs in every slot before the window opens."},
        {.name = "measured",
         .kind = BIND_CUSTOM,
         .offset = AT(sweep.measured),
         .bind = scenario_bind_measured,
         .type = "a number of tasks per slot, or a mapping",
         .default_text = "4",
         .example = "{tasks: 4, at_least: 60s}",
         .help = "How long the window is."},
        {.name = "order",
         .kind = BIND_CHOICE,
         .offset = AT(sweep.order),
         .choices = sweep_order_names,
         .type = "shuffled or ascending",
         .default_text = "shuffled",
         .example = "ascending",
         .help = "The order of the levels in a block: a permutation from the seed, or rising."},
        {.name = "start",
         .kind = BIND_CHOICE,
         .offset = AT(sweep.start),
         .choices = sweep_start_names,
         .type = "staggered or together",
         .default_text = "staggered",
         .example = "together",
         .help = "Whether the slots start spread over one task's time, or at once."},
        {.name = "filler",
         .kind = BIND_CHOICE,
         .offset = AT(sweep.filler),
         .choices = sweep_filler_names,
         .type = "kill or finish",
         .default_text = "kill",
         .example = "finish",
         .help = "What happens to tasks that still run after the last measured one."},
        {.name = "baseline",
         .kind = BIND_INTEGER,
         .offset = AT(sweep.baseline),
         .low = 1,
         .high = 65536,
         .type = "a whole number",
         .default_text = "the lowest level",
         .example = "1",
         .help = "The level from which linear scaling is drawn."},
        {.name = "budget",
         .kind = BIND_DURATION,
         .offset = AT(sweep.budget_ns),
         .type = "a duration",
         .default_text = "none",
         .example = "30min",
         .help = "No new block is begun past this time."},
};

static const struct bind_key placement_keys[] = {
        {.name = "policy",
         .kind = BIND_CUSTOM,
         .offset = AT(placement.policies),
         .bind = scenario_bind_policies,
         .type = "a placement policy or a list of them",
         .default_text = "spread",
         .example = "[spread, pack]",
         .help = "none, pack, spread, spread:package, spread:numa, spread:l3, plane:K or "
                 "map:0,2,4-6; of a list, every policy at every level."},
        {.name = "unit",
         .kind = BIND_CHOICE,
         .offset = AT(placement.unit),
         .choices = placement_unit_names,
         .type = "pu, core, l3, numa or package",
         .default_text = "core",
         .example = "l3",
         .help = "What a slot is bound to."},
        {.name = "smt",
         .kind = BIND_CHOICE,
         .offset = AT(placement.smt),
         .choices = smt_order_names,
         .type = "last or first",
         .default_text = "last",
         .example = "first",
         .help = "Whether second PUs of cores are used after all cores, or at once."},
        {.name = "memory",
         .kind = BIND_CHOICE,
         .offset = AT(placement.memory),
         .choices = memory_policy_names,
         .type = "local, interleave or none",
         .default_text = "local",
         .example = "interleave",
         .help = "Where a task's memory comes from: its own NUMA node, all nodes in turn, or as "
                 "the kernel decides."},
};

static const struct bind_key counters_keys[] = {
        {.name = "events",
         .kind = BIND_CUSTOM,
         .offset = AT(events),
         .bind = scenario_bind_events,
         .type = "a list of event names",
         .default_text = "cycles, instructions, LLC-load-misses, task-clock, page-faults, "
                         "context-switches, cpu-migrations",
         .example = "[cycles, instructions, task-clock]",
         .help = "What is counted for every task; [] counts nothing."},
        {.name = "overflow",
         .kind = BIND_LATER,
         .type = "rotate",
         .default_text = "rotate",
         .example = "rotate",
         .help = "Not yet served."},
};

const struct bind_key scenario_keys[SCENARIO_KEYS] = {
        {.name = "name",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = AT(name),
         .bind = scenario_bind_label,
         .type = "a short name",
         .default_text = "required",
         .example = "isr-occupancy",
         .help = "The name of the run; results are called after it."},
        {.name = "task",
         .kind = BIND_MAPPING,
         .is_required = true,
         .keys = task_keys,
         .key_count = ARRAY_LENGTH(task_keys),
         .type = "a mapping",
         .default_text = "required",
         .example = "{command: [sleep, \"1\"]}",
         .help = "What is run."},
        {.name = "sweep",
         .kind = BIND_MAPPING,
         .is_required = true,
         .keys = sweep_keys,
         .key_count = ARRAY_LENGTH(sweep_keys),
         .type = "a mapping",
         .default_text = "required",
         .example = "{levels: [1, 2, cores]}",
         .help = "At which levels, how often and for how long."},
        {.name = "placement",
         .kind = BIND_MAPPING,
         .keys = placement_keys,
         .key_count = ARRAY_LENGTH(placement_keys),
         .type = "a mapping",
         .default_text = "as below",
         .example = "{policy: spread, unit: core}",
         .help = "Where tasks are bound."},
        {.name = "counters",
         .kind = BIND_MAPPING,
         .keys = counters_keys,
         .key_count = ARRAY_LENGTH(counters_keys),
         .type = "a mapping",
         .default_text = "as below",
         .example = "{events: [cycles, instructions]}",
         .help = "What is counted."},
        {.name = "seed",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = scenario_bind_seed,
         .type = "a whole number",
         .default_text = "a fresh one, kept in the result",
         .example = "1",
         .help = "Decides every random choice of the run, so that it can be repeated."},
        {.name = "preflight",
         .kind = BIND_LATER,
         .type = "a mapping",
         .default_text = "none",
         .example = "{warn: {load: 2%}}",
         .help = "Not yet served."},
        {.name = "accept",
         .kind = BIND_LATER,
         .type = "a mapping",
         .default_text = "none",
         .example = "{criteria: []}",
         .help = "Not yet served."},
};

/* The mappings that a BIND_CUSTOM value may be, for the visit. */
static const struct {
	bind_function *bind;
	const struct bind_key *keys;
	size_t key_count;
} custom_mappings[] = {
        {scenario_bind_inputs, scenario_inputs_keys, SCENARIO_INPUTS_KEYS},
        {scenario_bind_warmup, scenario_extent_keys, SCENARIO_EXTENT_KEYS},
        {scenario_bind_measured, scenario_extent_keys, SCENARIO_EXTENT_KEYS},
};

struct visit {
	int (*function)(const char *path, const struct bind_key *key, void *context);
	void *context;
};

static int visit_keys(const struct visit *visit, const struct bind_place *parent,
                      const struct bind_key *keys, size_t key_count)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < key_count; i++) {
		const struct bind_place place = {parent, keys[i].name, 0, NULL, NULL};
		char path[BIND_PATH_BYTES];
		bind_path(&place, path);
		r = visit->function(path, &keys[i], visit->context);
		if (r == 0 && keys[i].keys)
			r = visit_keys(visit, &place, keys[i].keys, keys[i].key_count);
		for (size_t j = 0; r == 0 && j < ARRAY_LENGTH(custom_mappings); j++)
			if (keys[i].bind && keys[i].bind == custom_mappings[j].bind)
				r = visit_keys(visit, &place, custom_mappings[j].keys,
				               custom_mappings[j].key_count);
	}
	return r;
}

int scenario_keys_visit(int (*visit)(const char *path, const struct bind_key *key, void *context),
                        void *context)
{
	static const struct bind_place root = {NULL, NULL, 0, NULL, NULL};
	const struct visit whole = {visit, context};
	return visit_keys(&whole, &root, scenario_keys, SCENARIO_KEYS);
}
