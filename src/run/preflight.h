/* What speaks against measuring on this node now: a pure judgement of what was seen. */
#ifndef RUN_PREFLIGHT_H
#define RUN_PREFLIGHT_H

#include "model/scenario.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What was seen; shares from 0 to 1, -1 or NULL where it is not known. */
struct preflight_seen {
	double load;  /* CPU time of others, as a share of all CPUs */
	double steal; /* the same, of the hypervisor */
	double stalled_cpu;
	double stalled_memory;
	double stalled_io;
	int64_t swap_used_bytes;
	double cpu_quota; /* CPUs */
	uint32_t allowed_pus;
	int64_t disk_free_bytes; /* where the result goes, and what it may need */
	int64_t disk_needed_bytes;
	int64_t temporary_free_bytes; /* where outputs and working folders go */
	int64_t temporary_needed_bytes;
	const char *batch_system; /* that is on this node, without an allocation; NULL: none */
	size_t busy_others;       /* processes of other users */
	const char *busiest_name;
	double busiest_share;
	uint32_t largest; /* concurrency */
	bool is_insisted; /* --here */
};

enum preflight_weight { PREFLIGHT_WARNS, PREFLIGHT_REFUSES };

struct preflight_finding {
	enum preflight_weight weight;
	char code[32];
	char text[352];
};

enum { PREFLIGHT_MOST_FINDINGS = 16 };

struct preflight_findings {
	struct preflight_finding items[PREFLIGHT_MOST_FINDINGS];
	size_t count;
};

void preflight_judge(const struct preflight_seen *seen, const struct preflight_limits *warn,
                     const struct preflight_limits *refuse,
                     struct preflight_findings *ret_findings);

/* The first finding that refuses, or NULL. */
const struct preflight_finding *preflight_refusal(const struct preflight_findings *findings);

#endif
