/* How throughput scales with N, policy by policy: how many tasks to run, where the plateau begins,
 * and what the models say. */
#include "report/figures.h"
#include "report/scaling_blocks.h"
#include "report/section.h"

#include <stdio.h>

static void add_scaling(const struct scaling *scaling, const char *remark, size_t index,
                        struct document *doc)
{
	char id[32];
	const struct scaling_blocks blocks = {scaling, scaling_rate_unit(scaling), doc};
	snprintf(id, sizeof id, index > 0 ? "scaling-%zu" : "scaling", index + 1);
	document_section(doc, id, "Scaling", remark);
	scaling_facts(&blocks);
	scaling_models(&blocks);
	snprintf(id, sizeof id, index > 0 ? "residuals-%zu" : "residuals", index + 1);
	document_section(doc, id, "Residuals", "measured less fitted, in % of the fitted");
	scaling_residuals(&blocks);
	/* In a terminal they are shown where they tell something: why no model is adequate. */
	if (scaling->chosen >= 0 && scaling->fits[scaling->chosen].adequacy == ADEQUACY_GOOD)
		document_only(doc, READ_IN_PAGE);
}

void section_scaling(const struct findings *findings, struct document *doc)
{
	for (size_t i = 0; i < findings->scaling_count; i++) {
		const struct scaling *const scaling = &findings->scalings[i];
		add_scaling(scaling, findings->scaling_count > 1 ? scaling->policy : "", i, doc);
	}
}
