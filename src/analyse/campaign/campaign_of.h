/* Campaigns made of records that were read as something else: of a result of plateau, and of what
 * perf stat or time printed. */
#ifndef ANALYSE_CAMPAIGN_CAMPAIGN_OF_H
#define ANALYSE_CAMPAIGN_CAMPAIGN_OF_H

#include "formats/import/imported.h"
#include "model/campaign.h"
#include "model/dataset.h"

struct error;

/* The measured tasks of the trials of a result that count: its task type, its threads as cores; how
 * many ran at once ("concurrency"), the placement where there are several, and every number that
 * tasks printed as covariates. The label is the run's name. Returns 0; -EINVAL (err says why it has
 * no tasks: only stated figures, or no trial that was done); -ENOMEM. */
int campaign_of_result(const struct dataset *dataset, struct campaign *ret_campaign,
                       struct error *err);

/* Appends imported tasks from the one with index first on, all of one type; the numbers that they
 * printed and their concurrency, where it is known, become covariates. Returns 0, -E2BIG or
 * -ENOMEM. */
int campaign_of_imported(const struct imported *imported, size_t first, const char *type,
                         struct campaign *campaign, struct error *err);

/* How a task that ended so counts in a campaign. */
enum campaign_state campaign_state_of(const struct task_record *task);

#endif
