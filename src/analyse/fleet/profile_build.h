/* The profile (model/profile) of one result. Pure. */
#ifndef ANALYSE_FLEET_PROFILE_BUILD_H
#define ANALYSE_FLEET_PROFILE_BUILD_H

#include "analyse/findings.h"
#include "model/profile.h"

/* Copies everything: the findings may be gone afterwards. Returns 0 or -ENOMEM. */
int profile_build(const struct findings *findings, struct profile *ret_profile, struct error *err);

#endif
