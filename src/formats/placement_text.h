/* Placement policies as people write them: none, pack, spread, spread:package, spread:numa,
 * spread:l3, plane:K, map:0,2,4-6. compact and scatter are synonyms of pack and spread. plane:K
 * goes round the L3s where there are several, else the NUMA nodes, else the packages, K tasks to
 * each in turn (its domain stays DOMAIN_ANY). */
#ifndef FORMATS_PLACEMENT_TEXT_H
#define FORMATS_PLACEMENT_TEXT_H

#include "model/scenario.h"

struct error;

/* Reads one policy; *ret_placement owns what is in it (placement_release). Returns 0, -EINVAL
 * with what would be right, or -ENOMEM. */
int placement_text_parse(const char *text, struct placement *ret_placement, struct error *err);

/* Reads one policy and appends it; the same policy a second time is -EINVAL. */
int placement_text_add(const char *text, struct placements *placements, struct error *err);

#endif
