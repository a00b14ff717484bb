/* A small run, made by hand, for the tests of the result file. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H

#include "core/error.h"
#include "model/dataset.h"
#include "model/plan.h"
#include "store/recorder.h"

#include <stdint.h>

enum { FIXTURE_LEVELS = 2, FIXTURE_TRIALS = 4, FIXTURE_EVENTS = 3, FIXTURE_INPUTS = 2 };

/* Everything that recorder_create wants, for concurrencies 1 and 2 in two blocks; events
 * task-clock and page-faults, which count, and cycles, which this machine has not. */
struct fixture {
	char folder[64];
	char path[96]; /* folder/result.db */
	struct run_facts run;
	struct host_facts host;
	struct scenario scenario;
	struct plan plan;
	struct event_definition events[FIXTURE_EVENTS];
	struct words inputs;
};

void fixture_init(struct fixture *fixture);
/* Removes the folder too. */
void fixture_release(struct fixture *fixture);

int fixture_create(const struct fixture *fixture, const char *path, bool force,
                   struct recorder **ret_recorder, struct error *err);
/* As fixture_create of the fixture's path, which must succeed. */
struct recorder *fixture_recorder(const struct fixture *fixture);

/* Records whose every field differs from that of the others. */
struct record fixture_trial(uint32_t trial, uint32_t attempt, enum trial_state state);
struct record fixture_task(uint32_t trial, uint32_t index);

/* Makes the fixture's file as plateau wrote it when version 2 was the present one:
 * FIXTURE_OLD_TASKS tasks, of trials that are all done. */
enum { FIXTURE_OLD_TASKS = 17 };
void fixture_make_version_2(const struct fixture *fixture);

/* Runs SQL on the fixture's file as any program could. Returns SQLite's code. */
int fixture_sql(const char *path, const char *sql);
/* The first column of the first row of a query. */
int64_t fixture_query(const char *path, const char *sql);

#endif
