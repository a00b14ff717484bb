/* Which attempts at a task another followed, where rows say which task each is of. */
#ifndef FORMATS_CAMPAIGN_CAMPAIGN_ATTEMPTS_H
#define FORMATS_CAMPAIGN_CAMPAIGN_ATTEMPTS_H

#include "model/campaign.h"

#include <stddef.h>
#include <stdint.h>

struct error;

/* Begins, and goes on with, the number that stands for a task: a hash of its type and of what else
 * says which it is. 64 bits: of 20 million tasks two are taken for one with a chance of 1e-5. */
uint64_t campaign_identity_begin(uint32_t type);
uint64_t campaign_identity_add(uint64_t identity, const char *text);

/* Of the tasks from first on, whose identities are given, marks those that a later attempt
 * followed. Attempts without a number are numbered as they began, or as they stand. Where two at
 * one task have the same number, identities do not tell tasks apart: a remark says so. Returns 0 or
 * -ENOMEM. */
int campaign_mark_superseded(struct campaign *campaign, size_t first, const uint64_t *identities,
                             struct error *err);

#endif
