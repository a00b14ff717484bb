/* The commands that take bad nodes out of service, as a script for sh that an administrator reads
 * and runs; plateau never does. It asks for the reason that a node has now, and leaves alone every
 * node for which somebody else has set one: ours begin with fleet_drain_leader, as those of health
 * checkers begin with theirs. Every text is quoted; a node whose name the batch system would take
 * for something else (a list, a pattern) gets no command. Where the cause is systemic, or nothing
 * is to be drained, the script does nothing and says why. */
#ifndef REPORT_FLEET_DRAIN_TEXT_H
#define REPORT_FLEET_DRAIN_TEXT_H

#include "analyse/fleet/rank.h"

struct error;

/* What every reason of ours begins with: "plateau:". */

/* The first bytes of every script that is written here, by which an earlier one is known again. */
extern const char drain_sign[];

/* Writes it as text that the caller frees. Returns 0 or -ENOMEM. */
int drain_text_write(const struct fleet_ranking *ranking, char **ret_text, struct error *err);

#endif
