/* What one run owns, and the stages of it that have a file of their own. For commands/run*.c. */
#ifndef COMMANDS_RUN_PARTS_H
#define COMMANDS_RUN_PARTS_H

#include "commands/command.h"
#include "commands/resume.h"
#include "commands/session.h"
#include "model/dataset.h"
#include "model/metric.h"
#include "model/plan.h"
#include "model/scenario.h"
#include "platform/events.h"

#include <stdbool.h>
#include <stdint.h>

struct engine;
struct error;
struct guardian;
struct node;
struct preflight;
struct recorder;

/* Everything that one run owns, in the order in which it is made. */
struct run {
	const struct arguments *arguments;
	struct guardian *guardian;
	struct resume resume;
	struct preflight *preflight;
	struct scenario scenario;
	struct node *node;
	struct plan plan;
	struct engine *engine;
	const struct words *inputs; /* the engine's */
	struct metrics metrics;
	struct events events;
	bool is_multiplexed; /* more of them than counters, and all are counted at once */
	struct run_facts facts;
	struct session session; /* this part of the run */
	struct host_facts host;
	char *output;
	int output_number; /* of default names: the how manieth it is */
	struct recorder *recorder;
	bool is_judged; /* --accept, now or when the run was begun */
	uint32_t looks; /* that this part of the run had (commands/run_looks) */
	int64_t origin_ns;
};

/* Ends what the run owns, in the reverse order; of a run that is {0}, nothing. */
void run_release(struct run *run);

/* Scenario, machine and plan: nothing is started or created yet. What is wrong is told. */
enum exit_code run_prepare(struct run *run, struct error *err);

/* Engine, inputs, events and slots; what will not be counted is told. */
int run_get_ready(struct run *run, struct error *err);

/* A run that is prepared, to its end: the result is closed, and the guardian knows of it. */
enum exit_code run_measure(struct run *run, struct error *err);

/* A result in which nothing is missing. One that was killed at its very end, or could not be moved
 * to its place, is brought to its end. */
enum exit_code run_finish_complete(struct run *run, struct error *err);

/* Whether the file that --output names can be written, as far as that is known before a run: its
 * folder is there, and no result is in the way. */
enum exit_code run_check_output(const struct arguments *arguments);

/* Whether --output is one for several results: a folder, or not given. */
enum exit_code run_check_row_output(const struct arguments *arguments);

/* Known before anything is generated or started: where the result goes, and that it may. Returns 0
 * or -errno, as all below. */
int run_choose_output(struct run *run, struct error *err);

/* Creates the result, or goes on with it, and lets the engine's records into it. */
int run_open_result(struct run *run, struct error *err);

/* Stores what is known before the first trial, as far as the result does not say it already. */
int run_put_warnings(const struct run *run, struct error *err);

#endif
