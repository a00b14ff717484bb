#include "report/campaign/needs_document.h"

#include "report/campaign/needs_parts.h"

#include <stdint.h>

void needs_document(const struct requirements *needs, const struct needs_told *told,
                    enum block_reader reader, struct document *doc)
{
	struct needs_view view = {
	        .needs = needs,
	        .told = told,
	        .reader = reader,
	        .doc = doc,
	        .memory = needs_memory_unit(needs),
	        .narrowest = SIZE_MAX,
	};
	needs_add_head(&view);
	needs_add_answer(&view);
	if (reader == READ_IN_PAGE)
		needs_add_memory_plots(&view);
	needs_add_figure(&view, CAMPAIGN_MAX_RSS);
	needs_add_bins(&view);
	needs_add_types(&view);
	needs_add_figure(&view, CAMPAIGN_WALL);
	needs_add_figure(&view, CAMPAIGN_CPU);
	needs_add_figure(&view, CAMPAIGN_EFFICIENCY);
	needs_add_states(&view);
	needs_add_growth(&view);
	if (reader == READ_IN_PAGE)
		needs_add_portraits(&view);
	needs_add_names(&view);
}
