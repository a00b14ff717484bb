/* What can be measured on this node: one list, in which everything that plateau can measure stands
 * with what it is measured with, or with why it is not and who could change that. */
#ifndef PLATFORM_CAPABILITIES_H
#define PLATFORM_CAPABILITIES_H

#include "model/capability.h"
#include "model/dataset.h"
#include "platform/node.h"

struct error;
struct metrics;

/* Lists everything. metrics may be NULL: then no counters are in it. facts are those of the same
 * machine (host_describe). sysroot as there: below one that is not NULL files alone are looked at.
 * Nothing stays open or changed. Returns 0 or -ENOMEM. */
int capabilities_list(const struct node *node, const struct metrics *metrics,
                      const struct host_facts *facts, const char *sysroot,
                      struct capabilities *ret_capabilities, struct error *err);

#endif
