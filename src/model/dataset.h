/* One result, in memory: what the run was, what the node is, and every record. Loaded from a
 * result file by store/load, or made by hand in a test; analysed in analyse/. */
#ifndef MODEL_DATASET_H
#define MODEL_DATASET_H

#include "model/record.h"
#include "model/scenario.h"

#include <stddef.h>
#include <stdint.h>

enum run_state { RUN_RUNNING, RUN_DONE, RUN_INTERRUPTED, RUN_FAILED };

/* "running", "done", "interrupted", "failed". */
extern const char *const run_state_names[];

/* What a result's state is in words: of one that can be read and is "running" still, "killed". */
const char *run_state_word(enum run_state state);

/* What is known of a run before its first trial. Texts are owned; NULL is unknown. */
struct run_facts {
	char *id;   /* 32 hexadecimal digits, unique */
	char *name; /* the scenario's */
	char *plateau_version;
	char *scenario_text;   /* as written, or the command line */
	char *scenario_sha256; /* of scenario_text */
	char *scenario_json;   /* the effective values */
	char *task_type;
	char *command;        /* argv in one line, quoted for reading */
	char *working_folder; /* in which tasks were started */
	/* The file that is executed, so that a resumed run goes on with the same one. */
	char *program_path;
	char *program_sha256;
	int64_t program_bytes;    /* RECORD_ABSENT without a path */
	int64_t program_mtime_ns; /* calendar time */
	uint64_t seed;
	uint32_t baseline;            /* concurrency */
	uint32_t threads;             /* per task */
	int64_t origin_calendar_ns;   /* calendar time at which record times are 0 */
	int64_t finished_calendar_ns; /* RECORD_ABSENT while it runs */
	enum run_state state;
	/* Of records that plateau did not measure itself. */
	char *imported; /* the format that they come from, "perf-stat"; NULL: it measured them */
	char *source;   /* who measured them, where they were published; in words, or NULL */
};

/* One fact about the host, e.g. {"processor", "AMD EPYC 7702", ""}; absent ones have value NULL
 * and a reason. */
struct host_fact {
	char *name;
	char *value;
	char *reason;
};

struct host_facts {
	struct host_fact *items;
	size_t count;
	size_t capacity;
	char *topology_xml; /* hwloc's, NULL when it could not be exported */
};

/* Appends a fact; value may be NULL (absent) with a reason, reason may be NULL. Copies all texts.
 * Returns 0 or -ENOMEM. */
int host_facts_add(struct host_facts *facts, const char *name, const char *value,
                   const char *reason, struct error *err);

/* The value of a fact, or NULL. */
const char *host_facts_get(const struct host_facts *facts, const char *name);

/* A fact that counts something (cores, bytes, Hz), 0 to 2^53; -1: it is absent, or no such number.
 */
int64_t host_facts_count(const struct host_facts *facts, const char *name);

void run_facts_release(struct run_facts *facts);
void host_facts_release(struct host_facts *facts);

/* A level of the plan as it was stored. */
struct dataset_level {
	uint32_t concurrency;
	char *policy;
	char *spelling;
	bool is_oversubscribed;
	int64_t memory_bytes;
	char *skipped;
};

/* Where a slot's tasks run at one level: os index of its first PU, and the logical indexes of what
 * holds that PU; -1 where there is none, or tasks are not bound. */
struct dataset_slot {
	uint32_t level; /* index into levels */
	uint32_t slot;
	int32_t pu;
	int32_t core;
	int32_t l3;
	int32_t numa;
	int32_t package;
};

/* What one failed task printed last, for one way of failing at one level. */
struct dataset_said {
	int32_t level; /* index into levels; -1: the probe task */
	enum task_state state;
	int32_t detail; /* task_failure_detail */
	char *text;     /* one line, as it came: not to be shown uncleaned */
};

/* A phase of a task, as the task's own log told it. */
struct dataset_phase {
	size_t task;   /* index into tasks */
	uint32_t name; /* index into phase_names */
	enum phase_class class;
	int64_t start_ns;
	int64_t end_ns;
};

/* A number that a task printed, as task.figures asked. */
struct dataset_figure {
	size_t task;   /* index into tasks */
	uint32_t name; /* index into figure_names */
	double value;
};

/* What was read at a moment. Those that say nothing of a time (stalls of a window, see
 * dataset_stalls) are not among them. */
struct dataset_sample {
	int64_t at_ns;
	uint32_t trial; /* 0: none in particular */
	int32_t slot;   /* -1: none in particular */
	int32_t place;  /* number of the CPU, package or zone; -1: of the node */
	uint32_t name;  /* index into sample_names */
	double value;   /* NAN: it could not be read then */
};

/* An input file as it was when the run began; RECORD_ABSENT where that is not known. */
struct input_facts {
	int64_t bytes;
	int64_t mtime_ns; /* calendar time */
};

/* For how long something stood still in the window of a trial, seconds; NAN: not known. The host
 * fact pressure_stall says of what: of a control group or of the whole machine, or why it is not
 * known. */
struct dataset_stalls {
	double elapsed_s; /* between the two readings: the window, as nearly as they were on time */
	double stalled_s[STALL_KINDS];
};

struct dataset {
	char *path;
	struct run_facts run;
	struct host_facts host;
	struct dataset_level *levels;
	size_t level_count;
	struct dataset_slot *slots; /* by level, then slot; levels without placement have none */
	size_t slot_count;
	struct event_definition *events;
	size_t event_count;
	struct words inputs;
	struct input_facts *input_facts; /* of inputs */
	struct trial_record *trials;     /* the last attempt of each, by id */
	size_t trial_count;
	struct dataset_stalls *stalls; /* of trials, in their order; NULL: of none */
	struct task_record *tasks;     /* by trial, then index */
	size_t task_count;
	/* Of all tasks, event_count for each, in the order of tasks; NULL: none were counted.
	 * Read them with dataset_counter. */
	struct counter_value *counters;
	struct dataset_phase *phases; /* by task, then start; of the tasks whose log was read */
	size_t phase_count;
	struct words phase_names;
	struct dataset_figure *figures; /* by task, then name */
	size_t figure_count;
	struct words figure_names;
	struct dataset_sample *samples; /* by name, place and time; of last attempts only */
	size_t sample_count;
	struct words sample_names;
	struct event_sets event_sets;
	struct stated_figure *stated; /* by level, then name, statistic and quantile */
	size_t stated_count;
	struct event_record *warnings; /* the event table */
	size_t warning_count;
	struct dataset_said *said; /* the first few hundred kinds of failure that said anything */
	size_t said_count;
};

/* Whether both hold the same run, as a copy of a file does. */
bool dataset_is_same_run(const struct dataset *a, const struct dataset *b);

/* What event counted in task (indexes into the dataset's arrays, both in range). Without a value
 * the state says why: that of the event itself where it cannot be counted on this machine. */
struct counter_value dataset_counter(const struct dataset *dataset, size_t task, size_t event);

/* The place of a slot at a level (index into levels), or NULL where it is not known. */
const struct dataset_slot *dataset_find_slot(const struct dataset *dataset, uint32_t level,
                                             uint32_t slot);

/* Whether an event is `name`, alone or with the modifiers u, uk or ku ("cycles:u"). */
bool dataset_event_is(const char *event, const char *name);

/* The index of the event that is `name`, alone or with the modifiers u, uk or ku ("cycles:u"),
 * and is counted in user mode only or not, as asked; -1: there is none. */
ptrdiff_t dataset_find_event(const struct dataset *dataset, const char *name, bool is_user_only);

/* The index of a figure in figure_names, or -1: no task printed it. */
ptrdiff_t dataset_find_figure(const struct dataset *dataset, const char *name);

/* What a task printed of the figure with this index in figure_names; NAN: nothing. */
double dataset_figure(const struct dataset *dataset, size_t task, size_t figure);

/* What a task of this level that failed in this way said, or NULL. */
const char *dataset_said(const struct dataset *dataset, int32_t level, enum task_state state,
                         int32_t detail);

/* Lets go of what is told of single tasks (with their counters, phases and figures) and of moments,
 * but for the samples of this name: in a large result that is nearly all of its memory. */
void dataset_forget_tasks(struct dataset *dataset, const char *kept_sample);

void dataset_release(struct dataset *dataset);

#define cleanup_dataset __attribute__((cleanup(dataset_release)))

#endif
