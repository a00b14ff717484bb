#include "model/campaign_keep.h"

static void move_task(struct campaign *campaign, size_t from, size_t to)
{
	campaign->tasks[to] = campaign->tasks[from];
	for (size_t i = 0; i < campaign->covariate_count; i++) {
		struct campaign_covariate *const covariate = &campaign->covariates[i];
		if (covariate->is_label)
			covariate->labels[to] = covariate->labels[from];
		else
			covariate->values[to] = covariate->values[from];
	}
}

size_t campaign_keep_types(struct campaign *campaign, const bool *is_kept)
{
	size_t kept = 0;
	for (size_t i = 0; i < campaign->task_count; i++)
		if (is_kept[campaign->tasks[i].type]) {
			if (kept < i)
				move_task(campaign, i, kept);
			kept++;
		}
	campaign->task_count = kept;
	return kept;
}
