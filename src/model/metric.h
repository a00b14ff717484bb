/* Metrics: what a person wants counted ("LLC-load-misses"), and for every microarchitecture an
 * ordered list of events that count it. A plain value, bound from metric files by
 * formats/metrics_yaml; docs/metrics.md describes them. */
#ifndef MODEL_METRIC_H
#define MODEL_METRIC_H

#include "model/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* How a counter is tried before it is believed, platform/event_check: by work of which the count is
 * known. */
enum metric_check {
	METRIC_CHECK_NONE,
	METRIC_CHECK_CYCLES,       /* plausible against time, and grows with the work */
	METRIC_CHECK_INSTRUCTIONS, /* of a loop of known length */
	METRIC_CHECK_TIME,         /* near the CPU clock of the thread */
	METRIC_CHECK_FAULTS,       /* fresh pages that are touched */
	METRIC_CHECK_SWITCHES,     /* a sleep */
	METRIC_CHECK_MISSES,       /* lines that were put out of the caches and are read again */
	METRIC_CHECK_GROWS,        /* above 0 for a loop, misses and sleeps together */
	METRIC_CHECK_BOUNDED       /* not more than the core has clocks, several times over */
};

/* One way to count a metric. */
struct metric_choice {
	char *event;   /* a libpfm4 string, "r412e", "raw:config=0x1b7,config1=0x3f" or
	                * "sysfs:msr/aperf/" */
	char *meaning; /* "beyond the own L3"; NULL: the metric's own */
	bool has_code; /* config and config1 are what event encodes, for where it has no name */
	uint64_t config;
	uint64_t config1;
	char *file; /* that it came from */
};

/* The choices on one microarchitecture, best first. */
struct metric_choices {
	char *processor; /* a name from metrics.processors, or metric_generic */
	struct metric_choice *items;
	size_t count;
};

/* The choices where the processor has none of its own: "generic". */
extern const char metric_generic[];

struct metric {
	char *name;
	char *unit;     /* "cycles", "ns", "bytes"; NULL: a plain count */
	char *meaning;  /* a sentence */
	bool has_check; /* check was said */
	enum metric_check check;
	struct metric_choices *lists;
	size_t list_count;
	char *file; /* that said it first */
};

/* How a processor is known that libpfm4 has no name for: /proc/cpuinfo's vendor_id, cpu family and
 * model; CPU implementer (as the vendor) and CPU part (as the model) on arm64. */
struct processor_sign {
	char *vendor;   /* "AuthenticAMD", "GenuineIntel", "0x41" */
	int64_t family; /* -1: any */
	struct processor_models {
		uint32_t first;
		uint32_t last;
	} * models; /* model_count 0: any */
	size_t model_count;
};

struct metric_processor {
	char *name;        /* "zen2" */
	struct words pmus; /* libpfm4's names: "amd64_fam17h_zen2" */
	struct processor_sign *signs;
	size_t sign_count;
	char *file;
};

struct metrics {
	struct metric_processor *processors;
	size_t processor_count;
	struct metric *items;
	size_t count;
	struct words files; /* that were read, the project's own first */
};

/* The processor at hand, as libpfm4 and /proc/cpuinfo name it. */
struct processor_identity {
	const char *const *pmus; /* libpfm4's names of the core PMUs that are present */
	size_t pmu_count;
	const char *vendor; /* NULL: unknown */
	int64_t family;     /* -1: unknown */
	int64_t model;
};

/* The metric called name, whatever its case, or NULL. */
const struct metric *metrics_find(const struct metrics *metrics, const char *name);

/* The entry of metrics.processors that the identity fits: by cpuinfo before libpfm4's names, which
 * take some models for another microarchitecture; NULL where none does. */
const struct metric_processor *metrics_processor(const struct metrics *metrics,
                                                 const struct processor_identity *identity);

/* The choices for a processor (NULL: unknown), those of its own or else the generic ones; NULL
 * where there are neither. */
const struct metric_choices *metric_choices_for(const struct metric *metric,
                                                const struct metric_processor *processor);

/* Puts what `more` says over `metrics`, and takes it out of more: a processor or a metric with new
 * names is added; of one that is there, what is said anew replaces what was said, choices by
 * microarchitecture. Returns 0 or -ENOMEM, and then metrics is in order but incomplete. */
int metrics_merge(struct metrics *metrics, struct metrics *more, struct error *err);

/* "none", "cycles", ...: the words of metric files; ends with NULL. */
extern const char *const metric_check_names[];

void metrics_release(struct metrics *metrics);

#define cleanup_metrics __attribute__((cleanup(metrics_release)))

#endif
