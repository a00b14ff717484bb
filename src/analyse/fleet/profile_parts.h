/* The stages of profile_build. For analyse/fleet/profile*.c. */
#ifndef ANALYSE_FLEET_PROFILE_PARTS_H
#define ANALYSE_FLEET_PROFILE_PARTS_H

#include "analyse/findings.h"
#include "model/profile.h"

struct error;

/* Fills in profile->places; policies are there. Returns 0 or -ENOMEM. */
int profile_add_places(const struct findings *findings, struct profile *profile, struct error *err);

#endif
