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

/* Adds what files the command's arguments name, each with a hash: the script behind an interpreter
 * matters as much as the program itself. Returns 0 or -ENOMEM. */
int run_facts_describe_arguments(const struct scenario *scenario, struct host_facts *host,
                                 struct error *err);

/* Adds the hash of the effective scenario to what is kept, so that --resume sees whether somebody
 * has edited it. Returns 0 or -ENOMEM. */
int run_facts_seal(const struct run_facts *facts, struct host_facts *host, struct error *err);

/* Whether the program that tasks execute is another one by now, by its size and time of change. */
bool run_facts_program_has_changed(const struct run_facts *facts);

/* Where the result goes when no name is given: FOLDER/NAME-YYYYMMDDTHHMMSSZ.db; without a folder
 * in results below the working directory, which is made; with -NUMBER in it from 2 on, for runs
 * within one second. The caller frees it. Returns 0 or -errno. */
int run_output_path(const char *folder, const struct scenario *scenario, int64_t calendar_ns,
                    int number, char **ret_path, struct error *err);

/* The result that was being written when the engine was killed, for the caller to free; NULL: it
 * had not come to that. What there was before the run, at begin_ns, is not it. */
char *run_find_stored(const char *output, int64_t begin_ns);

#endif
