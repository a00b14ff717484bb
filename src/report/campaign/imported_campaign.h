/* What `plateau import` answers when it has made a campaign: what is in it, type by type. */
#ifndef REPORT_CAMPAIGN_IMPORTED_CAMPAIGN_H
#define REPORT_CAMPAIGN_IMPORTED_CAMPAIGN_H

#include "model/campaign.h"
#include "report/text_style.h"

struct error;

/* For a terminal. path: of the campaign file. The caller frees the text. Returns 0 or -ENOMEM. */
int imported_campaign_text(const struct campaign *campaign, const char *path,
                           const struct text_style *style, char **ret_text, struct error *err);

/* The same as JSON. */
int imported_campaign_json(const struct campaign *campaign, const char *path, char **ret_json,
                           struct error *err);

#endif
