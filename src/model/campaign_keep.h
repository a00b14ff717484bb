/* A campaign cut down to some of its types. */
#ifndef MODEL_CAMPAIGN_KEEP_H
#define MODEL_CAMPAIGN_KEEP_H

#include "model/campaign.h"

#include <stdbool.h>
#include <stddef.h>

/* Takes the tasks out whose type is not kept, with the values of their covariates; is_kept has an
 * entry for each of campaign.types, which stay as they are. Returns how many tasks are left. */
size_t campaign_keep_types(struct campaign *campaign, const bool *is_kept);

#endif
