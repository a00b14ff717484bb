/* What is known of an attempt, written short, and what must be said of it, for the tests of
 * standings. */
#ifndef TESTS_SITUATION_H
#define TESTS_SITUATION_H

#include "core/clock.h"
#include "model/fleet.h"

#include <stdbool.h>
#include <stdint.h>

#define NOW    (2000000 * NS_PER_S)
#define AGO(s) (NOW - (s)*NS_PER_S)
/* Texts that nobody releases here. */
#define T(text) ((char *)(uintptr_t)(text))
#define MIN     60
#define HOUR    3600

/* One situation, written short: 0 stands for what is not known. */
struct situation {
	const char *name;
	struct batch_job job;
	bool has_job, is_forgotten;
	struct job_report report;
	bool has_report;
	const char *result;
	const char *unreadable;
	const char *refused;
	struct profile profile;
	bool has_profile;
	struct fleet_judgement judgement; /* one, where it has a label */
	enum fleet_verdict verdict;
	const char *says; /* the whole reason; NULL: none */
};

#define JOB(...) .has_job = true, .job = {.id = T("7"), __VA_ARGS__}
/* Submitted, and the batch system says nothing. */
#define ID(...)     .job = {.id = T("7"), __VA_ARGS__}
#define REPORT(...) .has_report = true, .report = {__VA_ARGS__}
#define DONE(...)                                                                                  \
	REPORT(.stage = STAGE_DONE, .started_ns = AGO(300), .ended_ns = AGO(60), __VA_ARGS__)
#define PROFILE(...) .has_profile = true, .profile = {__VA_ARGS__}
#define RESULT       .result = T("result.db")

/* Finds the standing at NOW, which must be as the situation says. */
void situation_check(const struct situation *s);

#endif
