/* The keys of a scenario file: one table for binding, messages and documentation. */
#ifndef FORMATS_SCENARIO_SCENARIO_KEYS_H
#define FORMATS_SCENARIO_SCENARIO_KEYS_H

#include "formats/yaml_bind.h"

enum { SCENARIO_KEYS = 9 };

/* Binds to struct scenario; the binder's context is a struct scenario_binding. */
extern const struct bind_key scenario_keys[SCENARIO_KEYS];

/* Calls visit for every key, parents first, with its whole path ("task.inputs.count"). Stops at
 * the first visit that returns not 0, and returns that. */
int scenario_keys_visit(int (*visit)(const char *path, const struct bind_key *key, void *context),
                        void *context);

#endif
