/* The campaign file: one campaign in one SQLite file, a row per task. docs/campaign-file.md
 * describes it for people. It may come from anybody: it is read defensively. */
#ifndef STORE_CAMPAIGN_FILE_H
#define STORE_CAMPAIGN_FILE_H

#include "model/campaign.h"

#include <stdbool.h>

struct error;

/* Whether the file at path is a campaign file (application_id). False too where it cannot be read.
 */
bool campaign_file_is(const char *path);

/* Reads all of it. Returns 0; -ENOENT; -EINVAL (no campaign file, damaged, of a newer plateau); or
 * -errno. */
int campaign_file_load(const char *path, struct campaign *ret_campaign, struct error *err);

/* Writes a campaign: whole, or not at all. A file that is there is -EEXIST, unless is_forced.
 * Returns 0 or -errno. */
int campaign_file_write(const char *path, const struct campaign *campaign, bool is_forced,
                        struct error *err);

#endif
