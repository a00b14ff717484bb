/* What was measured, as fixed-size records that the engine puts into a sink (model/sink.h) and
 * that a dataset (model/dataset.h) gives back. Times are nanoseconds of the monotonic clock since
 * the run's origin (run_facts.origin_calendar_ns says when that was). A field that was not
 * measured is RECORD_ABSENT, never 0. */
#ifndef MODEL_RECORD_H
#define MODEL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RECORD_ABSENT INT64_MIN

enum { RECORD_MAX_EVENTS = 24, RECORD_REASON_BYTES = 160, RECORD_FIGURE_NAME_BYTES = 64 };

/* Why a task was started. Measured: it overlaps its trial's window; a warm-up task ended before
 * the window, a filler began after it. */
enum task_role { ROLE_PROBE, ROLE_WARMUP, ROLE_MEASURED, ROLE_FILLER };

enum task_state {
	TASK_OK,            /* exit status 0, nothing left behind */
	TASK_FAILED,        /* exit status not 0 */
	TASK_SIGNALED,      /* ended by a signal of somebody else's */
	TASK_TIMEOUT,       /* ran past task.timeout and was ended */
	TASK_NOT_STARTED,   /* the command could not be executed: see start_errno */
	TASK_LEFT_CHILDREN, /* its descendants outlived it and had to be ended */
	TASK_ENDED,         /* ended by plateau: a filler no longer needed, or an interrupt */
	TASK_STATES
};

/* What became of a counter, of one event as a whole or of one task. */
enum counter_state {
	COUNTER_OK,
	COUNTER_SCALED,        /* counted part of the time: value = raw x enabled / running */
	COUNTER_NOT_COUNTED,   /* opened, never ran */
	COUNTER_NOT_SUPPORTED, /* the kernel or the processor has no such event */
	COUNTER_NO_PERMISSION,
	COUNTER_DETACHED, /* left the task at exec of a set-uid or unreadable program */
	COUNTER_IMPLAUSIBLE,
	COUNTER_UNKNOWN, /* libpfm4 does not know the name */
	COUNTER_STATES
};

enum trial_state {
	TRIAL_PENDING,
	TRIAL_RUNNING, /* in the file: the run was killed meanwhile */
	TRIAL_DONE,
	TRIAL_CENSORED,  /* done, but a task ran into the timeout */
	TRIAL_ABANDONED, /* too many failures in warm-up */
	TRIAL_INTERRUPTED,
	TRIAL_SKIPPED,
	TRIAL_STATES
};

/* What a stretch of a task's own log was: computing, reading or writing data, or neither. */
enum phase_class { PHASE_COMPUTE, PHASE_DATASTORE, PHASE_OTHER, PHASE_CLASSES };

/* "compute", "datastore", "other". */
extern const char *const phase_class_names[];

/* "probe", "warmup", ...; "ok", "failed", "left-children", ...; indexed by the enum. */
extern const char *const task_role_names[];
extern const char *const task_state_names[];
extern const char *const counter_state_names[];
extern const char *const trial_state_names[];

/* True for the states that count as work done: TASK_OK alone. */
bool task_state_is_success(enum task_state state);
/* True for those that count as failures: all but OK and ENDED. */
bool task_state_is_failure(enum task_state state);

/* One event of the run: what was asked for, and what it is on this machine. */
struct event_definition {
	char name[64];     /* as asked for: "LLC-load-misses" */
	char encoded[256]; /* what it was resolved to, in full: "perf::LLC-LOAD-MISSES:u=1:..."; ""
	                    * if unknown */
	char metric[64];   /* of the metric file, that was asked for; "": an event by its own name
	                    */
	uint32_t choice;   /* which one of the metric's list it is, from 1; 0: none, or no metric */
	uint32_t type;     /* perf_event_attr.type and config, the raw code */
	uint64_t config;
	uint64_t config1;
	bool is_user_only;                /* kernel mode was not permitted, or not asked for */
	enum counter_state state;         /* OK, or why it cannot be counted here at all */
	char reason[RECORD_REASON_BYTES]; /* in words; "" when OK */
	char remedy[RECORD_REASON_BYTES]; /* what would help, and who can do it; "": nothing known
	                                   */
	char note[352]; /* what the choices before this one came to; "": it is the first */
};

/* Which events are counted together, where there are more than the processor has counters. */
struct event_sets {
	uint32_t count;                     /* 0: all events in every trial */
	uint32_t events[RECORD_MAX_EVENTS]; /* of each set, a bit per event: 1u << its index */
};

/* Whether a set, from 1, holds an event; set 0 holds them all. */
bool event_sets_has(const struct event_sets *sets, uint32_t set, size_t event);

/* How many of the sets hold an event. */
uint32_t event_sets_holding(const struct event_sets *sets, size_t event);

struct counter_value {
	uint64_t raw;
	uint64_t enabled_ns;
	uint64_t running_ns;
	enum counter_state state;
};

/* The value scaled by enabled/running, or NAN where the state is neither OK nor SCALED. */
double counter_scaled_value(const struct counter_value *counter);

/* A task. Its counters stand beside it: in struct record, and in a dataset (dataset_counter). */
struct task_record {
	uint32_t trial; /* 0 for the probe, else trial id, from 1 */
	uint32_t index; /* number of the task in its trial, in order of start, from 0 */
	uint32_t slot;
	int32_t pu;    /* os index of the slot's first PU, -1 when not bound */
	int32_t input; /* index into the run's inputs, -1: none */
	enum task_role role;
	enum task_state state;
	int32_t exit_status;    /* 0..255, -1 when it did not exit by itself */
	int32_t signal;         /* that ended it, or 0 */
	int32_t start_errno;    /* why it could not be executed, or 0 */
	int64_t start_ns;       /* just before it was started */
	int64_t end_ns;         /* when its root process had ended */
	int64_t idle_before_ns; /* the slot's gap between the previous task's end and this start */
	int64_t user_ns;        /* of the root and the descendants that it waited for */
	int64_t system_ns;
	int64_t cpu_ns;         /* both together, where their split is not known: of some imported
	                         * tasks. task_cpu_ns takes what there is */
	int64_t max_rss_bytes;  /* the largest single process of the tree (ru_maxrss); RECORD_ABSENT
	                         * where it is below plateau's own, which the kernel counts in */
	int64_t peak_pss_bytes; /* the largest sum over the whole tree that was sampled, shared
	                         * pages divided; RECORD_ABSENT when it was never sampled */
	int64_t peak_rss_bytes; /* the same of resident sets: shared pages count once per process */
	int64_t rss_samples;    /* how often the tree's RSS was looked at, and its PSS */
	int64_t pss_samples;
	int64_t cgroup_peak_bytes;  /* the most that its control group held; RECORD_ABSENT: it had
	                             * none of its own, or the kernel does not tell */
	bool exceeded_memory_limit; /* the kernel ended one of its processes for task.memory_limit
	                             */
	int64_t minor_faults;
	int64_t major_faults;
	int64_t voluntary_switches;
	int64_t involuntary_switches;
	int64_t read_chars; /* /proc io: rchar, wchar, syscr, syscw, read_bytes, write_bytes */
	int64_t write_chars;
	int64_t read_calls;
	int64_t write_calls;
	int64_t read_bytes;
	int64_t write_bytes;
	/* Where time off the CPU went, of the root process's main thread: exact for a task with one
	 * thread and no children. Host facts task_run_delay, task_block_delay and
	 * task_page_in_delay say where they come from, or why they are absent. */
	int64_t run_delay_ns;     /* ready to run, and another had the CPU */
	int64_t block_delay_ns;   /* waited for block I/O */
	int64_t page_in_delay_ns; /* waited for memory: swap-in and thrashing */
};

/* A task of which nothing has been measured: every figure is RECORD_ABSENT. */
struct task_record task_record_empty(void);

/* CPU time of a task in ns: user and system time, or what is known of both together; RECORD_ABSENT
 * where neither is. Nothing of it may be taken for user time. */
int64_t task_cpu_ns(const struct task_record *task);

/* The same in seconds, NAN where it is absent. */
double task_cpu_s(const struct task_record *task);

/* Wall time less CPU time in seconds, at least 0; NAN where the CPU time is absent. */
double task_off_cpu_s(const struct task_record *task);

/* Exit status, signal or errno of a task that failed, as its state goes; 0 for other states. */
int32_t task_failure_detail(const struct task_record *task);

/* A trial; put once when it begins (state RUNNING) and once more when it has ended. */
struct trial_record {
	uint32_t trial; /* id, from 1 */
	uint32_t block;
	uint32_t level;     /* index into the plan's levels */
	uint32_t attempt;   /* from 1; higher when a resumed run repeats it */
	uint32_t event_set; /* which set of events was counted, from 1; 0: all events */
	enum trial_state state;
	int64_t start_ns;
	int64_t end_ns;
	int64_t window_start_ns; /* RECORD_ABSENT when no window was opened */
	int64_t window_end_ns;
	int64_t harness_cpu_ns; /* plateau's own CPU time during the trial */
	int64_t harness_max_rss_bytes;
	int64_t drain_ns; /* waited before it for dirty pages to be written, RECORD_ABSENT: not */
	/* Of imported records: how long its tasks took is known, but not when. They start at 0 and
	 * end at their wall time; the trial has no window, and the weight of every task is 1. */
	bool has_durations_only;
	char reason[RECORD_REASON_BYTES]; /* of ABANDONED, INTERRUPTED, SKIPPED */
};

/* Something that a reader of the result should know. */
struct event_record {
	int64_t at_ns;
	uint32_t trial; /* 0: none in particular */
	int32_t slot;   /* -1: none in particular */
	char code[32];  /* "store-slow", "left-children", "occupancy-low", ... */
	char text[352]; /* a sentence for a person */
};

/* One output stream of a task that is kept: the record owns data until the sink has taken it. */
struct output_record {
	uint32_t trial;
	uint32_t index;      /* the task's */
	uint8_t stream;      /* 1 stdout, 2 stderr */
	int64_t total_bytes; /* of the whole stream */
	char *head;          /* at most 8 KiB each; the tail follows the head without overlap */
	uint32_t head_bytes;
	char *tail;
	uint32_t tail_bytes;
};

/* What a task's own log says it did: phases that follow one another, from the task's start to its
 * end. */
struct phase_item {
	int64_t start_ns;
	int64_t end_ns;
	enum phase_class class;
	uint32_t name; /* where its text, which ends with NUL, begins in names */
};

/* The phases of one task: the record owns items and names until the sink has taken it. */
struct phases_record {
	uint32_t trial;
	uint32_t index; /* the task's */
	uint32_t count;
	struct phase_item *items;
	char *names;
};

/* One number that a task printed. */
struct figure_item {
	char name[RECORD_FIGURE_NAME_BYTES]; /* as task.figures names it */
	double value;
};

/* The numbers of one task: the record owns items until the sink has taken it. */
struct figures_record {
	uint32_t trial;
	uint32_t index; /* the task's */
	uint32_t count;
	struct figure_item *items;
};

/* A figure that was read at a moment. A sample that belongs to a task has its slot and its end as
 * time. */
struct sample_record {
	int64_t at_ns;
	uint32_t trial; /* 0: none in particular */
	int32_t slot;   /* -1: none in particular */
	int32_t place;  /* number of the CPU, package or zone that it is of; -1: of the node */
	char name[32];  /* "sampler_cpu_share", "throttled_s", ... */
	double value;
};

/* A figure of a level that somebody else worked out: read from a table or a plot. It stands where
 * there are no records of tasks. */
enum stated_statistic { STATED_MEAN, STATED_SD, STATED_QUANTILE, STATED_STATISTICS };

/* What the error of such a figure is: how well it was read, the standard error over repeats, or
 * half of a 95 % interval. */
enum stated_error { STATED_NO_ERROR, STATED_READING, STATED_STANDARD, STATED_CI95, STATED_ERRORS };

/* "mean", "sd", "quantile"; "none", "reading", "standard", "ci95". */
extern const char *const stated_statistic_names[];
extern const char *const stated_error_names[];

struct stated_figure {
	uint32_t level;                      /* index into the levels */
	char name[RECORD_FIGURE_NAME_BYTES]; /* of model/measure: "wall", "figure.compute_s" */
	enum stated_statistic statistic;
	double quantile; /* 0 (the least) to 1 (the most) of STATED_QUANTILE, else NAN */
	double value;    /* in the measure's SI unit */
	double error;    /* in the same, above 0; NAN with STATED_NO_ERROR */
	enum stated_error error_kind;
	int64_t tasks; /* that it is of; RECORD_ABSENT: not said */
};

/* A level that turned out not to fit. */
struct level_record {
	uint32_t level; /* index into the plan's levels */
	char reason[RECORD_REASON_BYTES];
};

/* What stood still, as the kernel's pressure stall information tells it: `some`, at least one
 * task of the control group (or of the machine) waited; `full`, all that were not idle did. */
enum stall_kind {
	STALL_CPU_SOME,
	STALL_CPU_FULL,
	STALL_MEMORY_SOME,
	STALL_MEMORY_FULL,
	STALL_IO_SOME,
	STALL_IO_FULL,
	STALL_KINDS
};

/* "stall_cpu_some_s", ...: the names of their samples, seconds in a trial's window. */
extern const char *const stall_sample_names[];

/* "stall_elapsed_s": the time between the two readings of which they are the difference. */
extern const char stall_elapsed_sample_name[];

/* "accept_look": criteria were judged when so many blocks were done, to see whether more are
 * needed. Whoever judges the result later has to know how often that was. */
extern const char look_sample_name[];

/* "chain_frequency_hz": the clock of a PU by a timed chain while no task ran. */
extern const char chain_sample_name[];

enum record_kind {
	RECORD_TRIAL,
	RECORD_TASK,
	RECORD_EVENT,
	RECORD_OUTPUT,
	RECORD_SAMPLE,
	RECORD_LEVEL,
	RECORD_PHASES,
	RECORD_FIGURES,
	RECORD_STATED
};

struct record {
	enum record_kind kind;
	union {
		struct trial_record trial;
		struct {
			struct task_record task;
			/* of the task, in the order of the run's events */
			struct counter_value counters[RECORD_MAX_EVENTS];
		};
		struct event_record event;
		struct output_record output;
		struct sample_record sample;
		struct level_record level;
		struct phases_record phases;
		struct figures_record figures;
		struct stated_figure stated;
	};
};

/* Frees what an output, phases or figures record owns; nothing of other kinds. */
void record_release(struct record *record);

#endif
