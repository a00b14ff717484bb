#include "run/preflight.h"

#include "core/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

/* Less swap than this is what the kernel put away at leisure. */
static const int64_t swap_bytes_of_note = 64 << 20;

__attribute__((format(printf, 4, 5))) static void add(struct preflight_findings *findings,
                                                      enum preflight_weight weight,
                                                      const char *code, const char *format, ...)
{
	if (findings->count == PREFLIGHT_MOST_FINDINGS)
		return;
	struct preflight_finding *const finding = &findings->items[findings->count++];
	finding->weight = weight;
	snprintf(finding->code, sizeof finding->code, "%s", code);
	va_list args;
	va_start(args, format);
	vsnprintf(finding->text, sizeof finding->text, format, args);
	va_end(args);
}

/* How a share is told: BEFORE 12 % AFTER. */
struct share_words {
	const char *code;
	const char *key;
	const char *before;
	const char *after;
};

/* A share against its two limits; a negative limit is none. */
static void judge_share(struct preflight_findings *findings, double share, double warn,
                        double refuse, const struct share_words *words)
{
	const bool refuses = refuse >= 0 && share > refuse;
	if (share < 0 || (!refuses && (warn < 0 || share <= warn)))
		return;
	/* Ticks of two readings are not of quite the same stretch: no share is above all. */
	add(findings, refuses ? PREFLIGHT_REFUSES : PREFLIGHT_WARNS, words->code,
	    "%s %.3g %% %s (preflight.%s.%s is %.3g %%)", words->before, fmin(share, 1) * 100,
	    words->after, refuses ? "refuse" : "warn", words->key, (refuses ? refuse : warn) * 100);
}

static void judge_shares(struct preflight_findings *findings, const struct preflight_seen *seen,
                         const struct preflight_limits *warn, const struct preflight_limits *refuse)
{
	static const struct share_words load = {"other-load", "load", "other programs use",
	                                        "of the node's CPU time"};
	static const struct share_words steal = {"steal", "steal", "the hypervisor takes",
	                                         "of the node's CPU time for others"};
	static const struct share_words cpu = {"pressure-cpu", "psi", "something waited for a CPU",
	                                       "of the last 10 s"};
	static const struct share_words memory = {
	        "pressure-memory", "psi", "something waited for memory", "of the last 10 s"};
	static const struct share_words io = {"pressure-io", "psi", "something waited for a disk",
	                                      "of the last 10 s"};
	judge_share(findings, seen->load, warn->load, refuse->load, &load);
	judge_share(findings, seen->steal, warn->steal, refuse->steal, &steal);
	judge_share(findings, seen->stalled_cpu, warn->psi, refuse->psi, &cpu);
	judge_share(findings, seen->stalled_memory, warn->psi, refuse->psi, &memory);
	judge_share(findings, seen->stalled_io, warn->psi, refuse->psi, &io);
}

static void judge_room(struct preflight_findings *findings, int64_t there, int64_t needed,
                       const char *what)
{
	char there_text[NUMBER_TEXT_BYTES];
	char needed_text[NUMBER_TEXT_BYTES];
	if (there < 0 || there >= needed)
		return;
	number_format_bytes(there, there_text);
	number_format_bytes(needed, needed_text);
	add(findings, PREFLIGHT_WARNS, "disk-room", "%s has %s left, and may need %s", what,
	    there_text, needed_text);
}

static void judge_limits(struct preflight_findings *findings, const struct preflight_seen *seen)
{
	char text[NUMBER_TEXT_BYTES];
	number_format_bytes(seen->swap_used_bytes, text);
	if (seen->swap_used_bytes >= swap_bytes_of_note)
		add(findings, PREFLIGHT_WARNS, "swap-in-use",
		    "%s of memory are in swap: tasks may be slowed by paging", text);
	if (seen->cpu_quota > 0 && seen->cpu_quota < seen->allowed_pus)
		add(findings, PREFLIGHT_WARNS, "cpu-quota",
		    "a control group allows %.3g CPUs' worth of time on %" PRIu32
		    " PUs: tasks that want more are stopped now and then (events cpu-throttled); "
		    "levels keep their meaning",
		    seen->cpu_quota, seen->allowed_pus);
	judge_room(findings, seen->disk_free_bytes, seen->disk_needed_bytes,
	           "the file system of the result");
	judge_room(findings, seen->temporary_free_bytes, seen->temporary_needed_bytes,
	           "the file system of working folders and outputs ($TMPDIR)");
}

/* A node that others may be using, without having been given it. */
static void judge_company(struct preflight_findings *findings, const struct preflight_seen *seen)
{
	const bool refuses = seen->largest > 1 && !seen->is_insisted;
	const enum preflight_weight weight = refuses ? PREFLIGHT_REFUSES : PREFLIGHT_WARNS;
	const char *const way_out =
	        refuses ? "; measure in an allocation of your own, or insist with --here" : "";
	if (seen->batch_system)
		add(findings, weight, "no-allocation",
		    "this node belongs to a batch system (%s) and this is not inside an "
		    "allocation: "
		    "it may be a login node, or somebody else's%s",
		    seen->batch_system, way_out);
	if (seen->busy_others > 0)
		add(findings, weight, "other-users",
		    "%zu process%s of other users run%s here (the busiest is %s with %.0f %% of a "
		    "CPU): they would disturb the measurement and be disturbed by it%s",
		    seen->busy_others, seen->busy_others == 1 ? "" : "es",
		    seen->busy_others == 1 ? "s" : "", seen->busiest_name,
		    seen->busiest_share * 100, way_out);
}

void preflight_judge(const struct preflight_seen *seen, const struct preflight_limits *warn,
                     const struct preflight_limits *refuse, struct preflight_findings *ret_findings)
{
	ret_findings->count = 0;
	judge_company(ret_findings, seen);
	judge_shares(ret_findings, seen, warn, refuse);
	judge_limits(ret_findings, seen);
}

const struct preflight_finding *preflight_refusal(const struct preflight_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].weight == PREFLIGHT_REFUSES)
			return &findings->items[i];
	return NULL;
}
