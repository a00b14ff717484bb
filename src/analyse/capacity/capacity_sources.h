/* Fills in what a capacity file leaves to other files: CPU time and memory of tasks from a
 * campaign, from resource parameters or from a result; CPU factors from a comparison; visits from a
 * table; sizes of products. The caller has read those files; the functions are pure.
 *
 * What somebody typed is never replaced. Functions return 0; -EINVAL with what is missing and what
 * would help, without naming the place; or -ENOMEM. */
#ifndef ANALYSE_CAPACITY_CAPACITY_SOURCES_H
#define ANALYSE_CAPACITY_CAPACITY_SOURCES_H

#include "analyse/compare/comparison.h"
#include "analyse/findings.h"
#include "formats/campaign/resource_params_json.h"
#include "formats/capacity/visits_csv.h"
#include "model/campaign.h"
#include "model/capacity.h"

/* What is typed, to where the other functions put theirs. To be called first, and once. */
int capacity_take_typed(struct capacity *capacity, struct error *err);

/* Before the functions that follow: lines are taken at these visits. */
int capacity_take_visits(const struct visits_table *table, struct capacity_visits *visits,
                         struct error *err);

/* After them: instances that a table of visits counts. */
int capacity_count_instances(struct capacity *capacity, size_t index, struct error *err);

/* index: of the task. path stands for the file in what is said of where a value is from. */
int capacity_take_campaign(const struct campaign *campaign, const char *path,
                           const struct capacity_source *source, struct capacity *capacity,
                           size_t index, struct error *err);
int capacity_take_parameters(const struct resource_params *params, const char *path,
                             const struct capacity_source *source, struct capacity *capacity,
                             size_t index, struct error *err);

/* Throughput, CPU time and memory at N (0: recommended) to a task, and to a platform that it was
 * measured on. */
int capacity_take_result(const struct findings *findings, const char *path, uint32_t at,
                         struct capacity_task *task, struct error *err);
int capacity_take_measured(const struct findings *findings, const char *path,
                           struct capacity_measured *measured, struct error *err);

int capacity_take_factor(const struct comparison *comparison, struct capacity_platform *platform,
                         struct error *err);

int capacity_take_size(const struct product_sizes *sizes, const char *path,
                       struct capacity_product *product, struct error *err);

#endif
