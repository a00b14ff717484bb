/* What a run is called: its identity, and the name of its result file. */
#ifndef COMMANDS_RUN_FACTS_H
#define COMMANDS_RUN_FACTS_H

#include "model/dataset.h"
#include "model/plan.h"
#include "model/scenario.h"

#include <stdbool.h>
#include <stdint.h>

struct error;

/* Fills in what is known before the first trial; the id is random. calendar_ns is the calendar
 * time of the run's origin. Returns 0 or -errno. */
int run_facts_make(const struct scenario *scenario, const struct plan *plan, int64_t calendar_ns,
                   struct run_facts *ret_facts, struct error *err);

/* Whether the program that tasks execute is another one by now, by its size and time of change. */
bool run_facts_program_has_changed(const struct run_facts *facts);

/* Where the result goes: `given`, or results/NAME-YYYYMMDDTHHMMSSZ.db below the working directory,
 * whose folder is made. The caller frees it. Returns 0 or -errno. */
int run_output_path(const char *given, const struct scenario *scenario, int64_t calendar_ns,
                    char **ret_path, struct error *err);

#endif
