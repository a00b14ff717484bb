/* What to run: a scenario, bound from YAML (formats/scenario/scenario_yaml) or from the command
 * line. A plain value; scenario_release frees everything in it. docs/scenario.md describes the
 * keys. */
#ifndef MODEL_SCENARIO_H
#define MODEL_SCENARIO_H

#include "model/criteria.h"
#include "model/level_spec.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum placement_policy {
	PLACEMENT_NONE,
	PLACEMENT_PACK,
	PLACEMENT_SPREAD,
	PLACEMENT_PLANE,
	PLACEMENT_MAP
};
enum placement_domain { DOMAIN_ANY, DOMAIN_PACKAGE, DOMAIN_NUMA, DOMAIN_L3 };
enum placement_unit { UNIT_PU, UNIT_CORE, UNIT_L3, UNIT_NUMA, UNIT_PACKAGE };
enum smt_order { SMT_LAST, SMT_FIRST };
enum memory_policy { MEMORY_LOCAL, MEMORY_INTERLEAVE, MEMORY_NONE };

/* One entry of placement.policy. */
struct placement {
	enum placement_policy policy;
	enum placement_domain
	        domain; /* SPREAD: what is gone round; DOMAIN_ANY: balanced over all */
	uint32_t plane; /* PLANE: tasks to each domain in turn */
	uint32_t *map;  /* MAP: os indexes of PUs, in order */
	size_t map_count;
	char *spelling; /* the canonical one: "spread:numa", "plane:4", "map:0,2,4-6" */
};

struct placements {
	struct placement *items;
	size_t count;
	size_t capacity;
};

/* Release what is in them, and leave them empty. */
void placement_release(struct placement *placement);
void placements_release(struct placements *placements);

enum inputs_kind { INPUTS_NONE, INPUTS_LIST, INPUTS_GLOB, INPUTS_GENERATE };

struct scenario_inputs {
	enum inputs_kind kind;
	struct words words; /* the list, the one glob pattern, or the generator's argv */
	uint32_t count;     /* how many to generate or to use; 0: as many as the largest level */
};

struct scenario_variable {
	char *name;
	char *value;
};

/* Where a task writes what is read of it after it has ended. */
enum log_stream { LOG_STDERR, LOG_STDOUT, LOG_IN_FILE };

struct scenario_log {
	enum log_stream stream;
	char *file; /* LOG_IN_FILE: in the working folder, with templates; else NULL */
};

/* How a task's own log is read for phases. */
enum phases_format { PHASES_NONE, PHASES_LSST_LOG, PHASES_JSON_LOG, PHASES_PATTERN };
enum phases_zone { PHASES_UTC, PHASES_LOCAL, PHASES_ZONES };

struct scenario_phases {
	enum phases_format format;
	struct scenario_log log;
	struct words compute;   /* globs (* and ?) on logger or message */
	struct words datastore; /* the same; asked first */
	char *pattern;          /* PHASES_PATTERN: a POSIX extended regex; else NULL */
	struct words fields;    /* what its groups are: "time", "logger", "message", "-" */
	char *time_format;      /* for strptime, with %f for a fraction of a second */
	enum phases_zone zone;  /* of time stamps without an offset */
};

/* The values that hold where a scenario asks for phases and says no more; format is set by the
 * caller. Returns 0 or -ENOMEM; phases must be released either way. */
int scenario_phases_init(struct scenario_phases *phases, struct error *err);
void scenario_phases_release(struct scenario_phases *phases);

/* Numbers that a task prints itself. */
enum { FIGURES_MAX = 16, FIGURE_NAME_BYTES = 49 };

struct scenario_figures {
	struct scenario_log log;
	struct words names; /* at most FIGURES_MAX; none: nothing is read */
};

void scenario_figures_release(struct scenario_figures *figures);

enum keep_output { KEEP_FAILED, KEEP_NONE, KEEP_ALL };
enum sweep_order { ORDER_SHUFFLED, ORDER_ASCENDING };
enum sweep_start { START_STAGGERED, START_TOGETHER };
enum sweep_filler { FILLER_KILL, FILLER_FINISH };

/* What happens where the processor has fewer counters than there are events: trials take turns, or
 * the kernel lets the events of every task take turns. */
enum counters_overflow { OVERFLOW_ROTATE, OVERFLOW_MULTIPLEX };

/* How long a warm-up or a window lasts: tasks per slot, and a least time. */
struct scenario_extent {
	double tasks;
	int64_t at_least_ns;
};

/* Shares, 0 to 1, above which the preflight speaks up; negative: never. */
struct preflight_limits {
	double load;  /* of other programs, of all CPUs */
	double psi;   /* stalls for CPU, memory or disks */
	double steal; /* of the hypervisor */
};

/* Whether tasks run in control groups of their own for the sake of their memory's peak. */
enum memory_group { MEMORY_GROUP_AUTO, MEMORY_GROUP_ALWAYS, MEMORY_GROUP_NEVER };

struct scenario {
	char *path; /* the file it came from, NULL for the command line */
	char *text; /* the file's whole text, NULL for the command line */
	char *name;
	struct {
		char *type;           /* label of the records */
		struct words command; /* with templates; command.count >= 1 */
		struct scenario_inputs inputs;
		struct scenario_variable *environment;
		size_t environment_count;
		size_t environment_capacity;
		uint32_t threads;           /* >= 1 */
		int64_t timeout_ns;         /* 0: none */
		int64_t memory_bytes;       /* expected per task; -1: not said */
		int64_t memory_limit_bytes; /* enforced per task; 0: none */
		enum keep_output keep;
		struct scenario_phases phases;
		struct scenario_figures figures;
	} task;
	struct {
		struct level_specs levels; /* count >= 1 */
		uint32_t repeats;          /* blocks, >= 1 */
		struct scenario_extent warmup;
		struct scenario_extent measured;
		enum sweep_order order;
		enum sweep_start start;
		enum sweep_filler filler;
		uint32_t baseline; /* a concurrency; 0: the lowest level */
		int64_t budget_ns; /* 0: none */
	} sweep;
	struct {
		struct placements policies; /* count >= 1 */
		enum placement_unit unit;
		enum smt_order smt;
		enum memory_policy memory;
	} placement;
	struct words events; /* counters.events; count 0 means count nothing */
	enum counters_overflow overflow;
	struct {
		struct preflight_limits warn;
		struct preflight_limits refuse;
	} preflight;
	struct {
		int64_t interval_ns; /* of the figures of the node; 0: they are not sampled */
		int64_t memory_interval_ns; /* the least between two looks at tasks' memory */
		enum memory_group memory_group;
	} sampling;
	struct criteria accept; /* what the node must be; count 0: nothing is asked */
	bool has_seed;
	uint64_t seed; /* of every random choice of the run */
};

/* An empty scenario with every default of docs/scenario.md: one placement (spread), the default
 * events, 5 repeats and so on; name, command and levels are the caller's. Returns 0 or -ENOMEM. */
int scenario_init(struct scenario *ret_scenario, struct error *err);
void scenario_release(struct scenario *scenario);

/* Sets task.type, where it is NULL, to its default: the base name of the command's first word.
 * Returns 0 or -ENOMEM. */
int scenario_fill_type(struct scenario *scenario, struct error *err);

/* The words of the scenario language for each value, for parsing, help and output; each table is
 * indexed by the enum and ends with NULL. */
extern const char *const placement_unit_names[];
extern const char *const smt_order_names[];
extern const char *const memory_policy_names[];
extern const char *const memory_group_names[]; /* "auto", "always", "never" */
extern const char *const keep_output_names[];
extern const char *const phases_format_names[]; /* "none", "lsst-log", "json-log", "pattern" */
extern const char *const log_stream_names[];    /* "stderr", "stdout", "file" */
extern const char *const phases_zone_names[];
extern const char *const sweep_order_names[];
extern const char *const sweep_start_names[];
extern const char *const sweep_filler_names[];
extern const char *const counters_overflow_names[];
extern const char *const inputs_kind_names[];
extern const char *const default_events[];

#define cleanup_scenario __attribute__((cleanup(scenario_release)))

#endif
