/* The pieces of requirements_build. */
#ifndef ANALYSE_CAMPAIGN_REQUIREMENTS_PARTS_H
#define ANALYSE_CAMPAIGN_REQUIREMENTS_PARTS_H

#include "analyse/campaign/requirements.h"

/* A task's figure, NAN where it is absent or cannot be. */
double requirements_figure(const struct campaign_task *task, enum campaign_figure figure);

/* The distribution of count values, of which those that are NAN have no part. stretch has for each
 * in which stretch of time it was; NULL: not known. Returns 0 or -ENOMEM. */
int requirements_spread(const double *values, const uint8_t *stretch, size_t count,
                        struct campaign_spread *ret_spread, struct error *err);

/* Fills requirements->bins, and ->cumulative. The types are there. Return 0 or -ENOMEM. */
int requirements_fill_bins(struct requirements *requirements, double width_bytes,
                           struct error *err);
int requirements_fill_cumulative(struct requirements *requirements, struct error *err);

#endif
