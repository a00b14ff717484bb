#include "analyse/campaign/campaign_of.h"
#include "core/error.h"

#include <errno.h>

static int set_number(struct campaign *campaign, const char *name, double value, struct error *err)
{
	size_t covariate = 0;
	const int r = campaign_covariate(campaign, name, false, &covariate, err);
	if (r == -E2BIG)
		return campaign_remark(campaign, err,
		                       "numbers that tasks printed are covariates, at most %d",
		                       CAMPAIGN_MOST_COVARIATES);
	if (r == 0)
		campaign->covariates[covariate].values[campaign->task_count - 1] = value;
	return r;
}

static int take(const struct imported *imported, const struct imported_task *from, uint32_t type,
                struct campaign *campaign, struct error *err)
{
	struct campaign_task task = campaign_task_empty();
	task.type = type;
	task.start_ns = from->record.start_ns;
	task.wall_ns = from->wall_ns;
	task.cpu_ns = task_cpu_ns(&from->record);
	task.max_rss_bytes = from->record.max_rss_bytes;
	task.state = (uint8_t)campaign_state_of(&from->record);
	int r = campaign_add(campaign, &task, err);
	if (r == 0 && from->concurrency != RECORD_ABSENT)
		r = set_number(campaign, "concurrency", (double)from->concurrency, err);
	for (size_t i = 0; r == 0 && i < from->number_count; i++)
		r = set_number(campaign, imported->number_names.items[from->numbers[i].name],
		               from->numbers[i].value, err);
	return r;
}

int campaign_of_imported(const struct imported *imported, size_t first, const char *type,
                         struct campaign *campaign, struct error *err)
{
	uint32_t index = 0;
	int r = campaign_type(campaign, type, &index, err);
	for (size_t i = first; r == 0 && i < imported->task_count; i++)
		r = take(imported, &imported->tasks[i], index, campaign, err);
	for (size_t i = 0; r == 0 && i < imported->remarks.count; i++)
		r = campaign_remark(campaign, err, "%s", imported->remarks.items[i]);
	return r;
}
