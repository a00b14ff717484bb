#include "analyse/findings.h"

#include "analyse/precision.h"

int findings_build(const struct dataset *dataset, struct findings *ret_findings, struct error *err)
{
	struct findings findings = {.dataset = dataset};
	int r = summary_build(dataset, &findings.summary, err);
	if (r == 0)
		r = scalings_build(&findings.summary, &findings.scalings, &findings.scaling_count,
		                   err);
	if (r == 0)
		precision_doubt(&findings);
	if (r == 0)
		r = attribution_build(&findings.summary, &findings.attributions, err);
	if (r == 0)
		r = distributions_build(&findings.summary, &findings.distributions, err);
	if (r == 0)
		r = phases_build(&findings.summary, &findings.phases, err);
	if (r == 0)
		r = printed_build(&findings.summary, &findings.printed, err);
	if (r == 0)
		r = node_time_build(&findings.summary, &findings.node_time, err);
	if (r == 0)
		r = node_time_warn(&findings.node_time, &findings.summary, err);
	if (r < 0) {
		findings_release(&findings);
		return r;
	}
	*ret_findings = findings;
	return 0;
}

void findings_release(struct findings *findings)
{
	if (!findings)
		return;
	scalings_free(findings->scalings, findings->scaling_count);
	attribution_free(findings->attributions);
	distributions_release(&findings->distributions);
	phases_release(&findings->phases);
	printed_release(&findings->printed);
	node_time_release(&findings->node_time);
	summary_release(&findings->summary);
	*findings = (struct findings){0};
}
