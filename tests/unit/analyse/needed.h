/* Campaigns made task by task, and what they need. Whatever does not work out fails the test at
 * once. */
#ifndef TESTS_NEEDED_H
#define TESTS_NEEDED_H

#include "analyse/campaign/requirements.h"

/* Without a limit of memory. */
extern const struct requirements_options needed_defaults;

void needed_is_close(double value, double wanted, double tolerance);

/* Adds a task of wall and CPU seconds and bytes; what is below 0 is absent. */
void needed_add(struct campaign *campaign, const char *type, double wall_s, double cpu_s,
                double rss_bytes, enum campaign_state state);

struct requirements needed_build(const struct campaign *campaign,
                                 const struct requirements_options *options);

#endif
