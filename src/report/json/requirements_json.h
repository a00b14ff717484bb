/* What `plateau requirements --json` prints. docs/json.md describes it. */
#ifndef REPORT_JSON_REQUIREMENTS_JSON_H
#define REPORT_JSON_REQUIREMENTS_JSON_H

#include "analyse/campaign/requirements.h"

struct error;
struct needs_told;

/* comparison holds the campaigns, one or more, and told an entry for each. Returns 0 or -ENOMEM. */
int requirements_json_write(const struct requirements_comparison *comparison,
                            const struct needs_told *told, char **ret_json, struct error *err);

#endif
