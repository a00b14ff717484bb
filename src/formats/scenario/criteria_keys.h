/* The keys of criteria (docs/scenario.md, the key accept): of the mapping, and of one criterion. */
#ifndef FORMATS_SCENARIO_CRITERIA_KEYS_H
#define FORMATS_SCENARIO_CRITERIA_KEYS_H

#include "formats/yaml_bind.h"
#include "model/criteria.h"

enum { CRITERIA_KEYS = 3, CRITERION_KEYS = 12 };

extern const struct bind_key criteria_keys[CRITERIA_KEYS];
extern const struct bind_key criterion_keys[CRITERION_KEYS];

/* For tables of keys: binds the mapping `accept` to a struct criteria. */
bind_function criteria_bind;

/* The value of `criteria`, for visits of the keys. */
bind_function criteria_bind_list;

#endif
