/* What this node and this process's rights allow to be counted, and the words for what they do
 * not: every state of a counter has its reason and its remedy from the one table here. */
#ifndef PLATFORM_COUNTING_H
#define PLATFORM_COUNTING_H

#include "model/record.h"

#include <stdbool.h>
#include <stdint.h>

/* What decides whether an event can be opened. */
struct counting_conditions {
	int64_t paranoid;     /* kernel.perf_event_paranoid; INT64_MIN: the kernel has none */
	bool is_root;         /* effective user 0 */
	bool has_perfmon;     /* CAP_PERFMON or CAP_SYS_ADMIN, in the first user namespace */
	bool has_admin;       /* CAP_SYS_ADMIN there */
	bool has_seccomp;     /* a filter of system calls is on this process */
	bool has_core_pmu;    /* the kernel shows a PMU of the cores */
	bool is_hybrid;       /* cores of two kinds, with a PMU each */
	int64_t nmi_watchdog; /* 1: it holds a counter of every CPU; -1: unknown */
	char hypervisor[48];  /* "KVM"; "" where there is no sign of one */
	char container[48];   /* "docker"; "" where there is no sign of one */
};

/* Reads them. sysroot is put in front of every path; NULL means this machine. What cannot be read
 * counts as not there. */
void counting_conditions_read(const char *sysroot, struct counting_conditions *ret_conditions);

/* What went wrong with an event. */
enum counting_fault {
	COUNTING_REFUSED,      /* perf_event_open said `code` */
	COUNTING_NAME_UNKNOWN, /* nothing resolves it; detail says who said so */
	COUNTING_ABSENT,       /* of a PMU or an event that the kernel does not list; detail */
	COUNTING_NO_CHOICE,    /* the metric has no event for this processor; detail names that */
	COUNTING_NEVER_RAN,    /* opened, and the kernel never gave it a counter */
	COUNTING_KERNEL_ONLY,  /* happens in the kernel alone, and only user mode is counted */
	COUNTING_WRONG         /* counted known work, and wrongly; detail says what */
};

struct counting_problem {
	enum counting_fault fault;
	int code;           /* of REFUSED: errno */
	bool is_hardware;   /* needs a PMU of the core */
	bool is_other_pmu;  /* of a PMU that is neither the core's nor software: msr, ... */
	bool is_user_asked; /* the event's own modifier leaves the kernel out */
	const char *detail; /* NULL: none */
};

/* The state, and why and what would help, for a problem under these conditions; the texts without a
 * full stop: "this virtual machine (KVM) has no PMU". */
void counting_explain(const struct counting_problem *problem,
                      const struct counting_conditions *conditions, enum counter_state *ret_state,
                      char reason[RECORD_REASON_BYTES], char remedy[RECORD_REASON_BYTES]);

/* What would let kernel mode be counted as well, where only user mode may be: "ask the
 * administrator for ...". */
void counting_kernel_remedy(const struct counting_conditions *conditions,
                            char remedy[RECORD_REASON_BYTES]);

/* The state that an errno of perf_event_open means, whatever the conditions. */
enum counter_state counting_state_of(int code);

#endif
