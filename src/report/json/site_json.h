/* What the site says of a node, as fleet answers tell it. */
#ifndef REPORT_JSON_SITE_JSON_H
#define REPORT_JSON_SITE_JSON_H

#include "model/fleet.h"
#include "report/json/json_value.h"

/* An object of state, reason and reason_by, each null with its reason where nobody said it. */
json_t *json_site(struct json_writer *w, const struct fleet_node *node);

#endif
