/* What the files standing*.c share. */
#ifndef FLEET_STANDING_PARTS_H
#define FLEET_STANDING_PARTS_H

#include "core/number.h"
#include "core/str.h"
#include "model/fleet.h"

#include <stdbool.h>
#include <stdint.h>

/* A verdict in the making. An empty reason is none. */
struct standing {
	enum fleet_verdict verdict;
	struct str reason;
};

/* Takes the verdict, and appends to the reason. */
void standing_say(struct standing *standing, enum fleet_verdict verdict, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Whether there is a result to go by: one that was loaded, or a file in its place. */
bool standing_has_result(const struct fleet_attempt *attempt);
/* Whether its result is of a run that came to its end, as far as is known. */
bool standing_is_whole(const struct fleet_attempt *attempt);
/* Whether the job was ended for its time limit, or shortly before it. */
bool standing_is_out_of_time(const struct fleet_attempt *attempt);

/* A time as people say it: "90 s", "20 min", "3 h", "4 d"; rounded down. */
void standing_format_span(int64_t ns, char text[NUMBER_TEXT_BYTES]);
/* " after 3 min" from start to end, "" where one is not known. */
void standing_add_span(struct str *s, int64_t start_ns, int64_t end_ns);
/* "12 of 40 trials done"; false: nothing is known. */
bool standing_add_trials(struct str *s, const struct fleet_attempt *attempt);
/* "; it left a partial result (12 of 40 trials done)", where it did. */
void standing_add_partial(struct str *s, const struct fleet_attempt *attempt);

/* The job said that it is done, or it is over and there is a result: by that. */
void standing_by_result(const struct fleet_attempt *attempt, struct standing *standing);
/* The time limit was over before the work was. */
void standing_out_of_time(const struct fleet_attempt *attempt, int64_t now_ns,
                          struct standing *standing);
/* The node went away under its job. */
void standing_node_failed(const struct fleet_attempt *attempt, int64_t now_ns,
                          struct standing *standing);
/* By what the batch system says of its job, whatever state that is in. */
void standing_by_job(const struct fleet_attempt *attempt, int64_t now_ns,
                     struct standing *standing);
/* The batch system says nothing of it. */
void standing_without_job(const struct fleet_attempt *attempt, int64_t now_ns,
                          struct standing *standing);

#endif
