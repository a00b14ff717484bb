/* A ranked fleet as an answer in JSON: what `plateau fleet rank --json` prints. docs/json.md. */
#ifndef REPORT_JSON_FLEET_JSON_H
#define REPORT_JSON_FLEET_JSON_H

#include "analyse/fleet/rank.h"
#include "model/criteria.h"
#include "model/words.h"

struct error;

/* verdict is that over all; unreadable: "PATH: why" of what could not be read, NULL: none. The
 * caller frees the text. Returns 0 or -ENOMEM. */
int fleet_json_write(const struct fleet_ranking *ranking, enum verdict verdict,
                     const struct words *unreadable, char **ret_json, struct error *err);

#endif
