/* run --resume: going on with a run whose result file is there. Everything that is needed is in
 * the file; what has changed since, so that later trials would not be like the earlier ones, is
 * refused with the reason. */
#ifndef COMMANDS_RESUME_H
#define COMMANDS_RESUME_H

#include "commands/command.h"
#include "commands/sweep_times.h"
#include "model/dataset.h"
#include "model/plan.h"
#include "model/scenario.h"
#include "platform/events.h"

#include <stdbool.h>

struct error;

struct resume {
	bool is_asked;            /* --resume was given; else all the rest is empty */
	const char *path;         /* the result, as named; the arguments' */
	struct dataset before;    /* what there is, without tasks; before.path is where it is now */
	struct sweep_times times; /* of each level of it */
	int64_t latest_ns;        /* the last start or end of anything in it */
	bool is_complete;         /* nothing is left to do */
};

void resume_release(struct resume *resume);

/* Reads the file that --resume names, and the effective scenario in it with the repeats of
 * --repeats. On bad input says on stderr what is wrong. Returns EXIT_DONE with both set (the
 * caller releases them), EXIT_USAGE, EXIT_NODE_CANNOT or EXIT_SOMETHING_FAILED. */
enum exit_code resume_load(const struct arguments *arguments, struct resume *ret_resume,
                           struct scenario *ret_scenario);

/* Whether nothing is left to do of a result that is to have so many blocks. */
bool resume_is_complete(const struct dataset *before, uint32_t repeats);

/* The plan for this machine must begin with the trials in the file, on the same PUs; levels that
 * the file has as skipped are marked so. Returns 0; -EXDEV when this node or this plateau plans
 * otherwise; -ENOMEM. */
int resume_adopt_plan(const struct resume *resume, struct plan *plan, struct error *err);

/* Whether host, kernel, allowed PUs and program are those of the file (-EXDEV), and the folder
 * (-EINVAL). Takes the run's id and origin into facts, which are those of a new run with the same
 * scenario. Returns 0, or -errno with a sentence that says what differs and what to do. */
int resume_adopt_facts(const struct resume *resume, const struct host_facts *host,
                       struct run_facts *facts, struct error *err);

/* The monotonic time at which the run's origin was, so that times in the file go on; it is before
 * the end of nothing that is in it. */
int64_t resume_origin_ns(const struct resume *resume);

/* Whether the inputs are the same files (-EINVAL) and the events can be counted as before
 * (-EXDEV). */
int resume_check_inputs(const struct resume *resume, const struct scenario *scenario,
                        const struct words *inputs, struct error *err);
int resume_check_events(const struct resume *resume, const struct events *events,
                        struct error *err);

/* How many trials were begun and are to be repeated. */
uint32_t resume_repeated(const struct resume *resume);

#endif
