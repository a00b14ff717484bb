/* Everything that is worked out from one result: the levels (analyse/summary), the curve with its
 * fits and its plateau, the causes of the loss, the phases, what tasks printed, the distributions,
 * the node over time.
 * Pure. Built once by commands/, and read by every section of a report. The dataset must outlive
 * it. */
#ifndef ANALYSE_FINDINGS_H
#define ANALYSE_FINDINGS_H

#include "analyse/attribution.h"
#include "analyse/distributions.h"
#include "analyse/node_time.h"
#include "analyse/phases.h"
#include "analyse/printed.h"
#include "analyse/scaling.h"
#include "analyse/summary.h"

struct findings {
	const struct dataset *dataset;
	struct summary summary;
	struct scaling *scalings; /* one per policy, in the order of summary.policies */
	size_t scaling_count;
	struct attribution *attributions; /* one per level, as summary.levels */
	struct phase_findings phases;
	struct printed_findings printed;
	struct distributions distributions;
	struct node_time node_time;
};

/* Works everything out. Returns 0, -ENOMEM, or -EINVAL as summary_build. */
int findings_build(const struct dataset *dataset, struct findings *ret_findings, struct error *err);
void findings_release(struct findings *findings);

#define cleanup_findings __attribute__((cleanup(findings_release)))

#endif
