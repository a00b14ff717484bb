/* The ways in which a criterion is judged, one per nature of its measure. For analyse/verdict*.c.
 */
#ifndef ANALYSE_VERDICT_VERDICT_PARTS_H
#define ANALYSE_VERDICT_VERDICT_PARTS_H

#include "analyse/verdict/bounds.h"
#include "analyse/verdict/place_spread.h"
#include "analyse/verdict/verdict.h"

/* One result that is judged. */
struct judged {
	const struct findings *findings;
	double level; /* one-sided: the error that this look may make on either side */
	/* Made when the first spread is asked for, of the judged result. */
	struct place_data *places;
};

/* One criterion at one level of it. */
struct question {
	struct judged *judged;
	const struct criterion *criterion;
	const struct reference *reference;
	struct measure_query query;
	struct judgement *judgement; /* label, level and limit are set */
};

/* A reference run that can be compared: its findings, and the level that corresponds. */
struct reference_run {
	const struct findings *findings;
	size_t level;
};

/* Each fills in the rest of question->judgement. Return 0 or -ENOMEM. */
int verdict_judge_values(const struct question *question, struct error *err);
int verdict_judge_places(const struct question *question, struct error *err);
/* Of level, or of all levels (-1) of the policy. */
void verdict_judge_count(const struct question *question);

/* The reference's runs that have the question's level and ran the same tasks, at most
 * reference.count of them, into ret_runs; returns how many. Where they are fewer than needed, the
 * judgement becomes inconclusive, with the reason. */
enum { REFERENCE_RUNS_LEAST = 3 };
size_t verdict_find_runs(const struct question *question, struct reference_run *ret_runs);

/* The geometric mean of runs whose means are logs. */
struct estimate verdict_mean_of_runs(const struct bounded *runs, size_t count);

/* Judges the judged mean (a log) against the means of count runs; what is compared is the ratio.
 * subject is what the reason begins with. */
void verdict_against_runs(const struct question *question, const struct bounded *mean,
                          const struct bounded *runs, size_t count, const char *subject);

/* Sets the verdict from the bounds on either side, in the unit of the limit (NAN: none), and the
 * bound that decides. A bound that is the limit, but for what rounding makes of it, is on the good
 * side. */
void verdict_decide(struct judgement *judgement, double low, double high);

/* The sentence of a judgement that verdict_decide has set; subject is what it begins with
 * ("wall time, p95, of 12.3 s"), what it is of ("" or " of the reference"). */
void verdict_explain(const struct question *question, const char *subject, double low, double high);

/* Inconclusive, or skipped where the criterion says so and is_of_node: this node has no such
 * thing. */
void verdict_cannot(const struct question *question, bool is_of_node, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Whether a measure that has no value has none because of the node: an event that was asked for and
 * that its processor does not have (or its user may not count), a sensor that was looked for. */
bool verdict_node_lacks(const struct question *question);

/* Fills the notes of an acceptance in; references has one entry for each criterion. Returns 0 or
 * -ENOMEM. */
int verdict_find_notes(const struct criteria *criteria, const struct reference *references,
                       const struct findings *findings, struct acceptance *acceptance,
                       struct error *err);

/* Makes a pass inconclusive where the criteria were made from runs of another task. */
void verdict_doubt_origin(const struct question *question, const struct criteria_origin *origin);

/* Makes a pass inconclusive where it rests on the better part: tasks of the level (or of the
 * baseline that the measure is drawn from) were cut off, and what they would have shown is in none
 * of its count values. */
void verdict_doubt_pass(const struct question *question, size_t count);

/* Whether tasks of a level, in the trials that count, ran into the timeout or a limit, failed or
 * were ended; text gets how many ("3 of 120 tasks of N=4 failed"). */
enum { VERDICT_DOUBT_BYTES = 96 };
bool verdict_find_cut_off(const struct findings *findings, size_t level,
                          char text[VERDICT_DOUBT_BYTES]);

/* Whether a measure is drawn from the baseline: efficiency, degradation, the slowdown and its
 * factors. */
bool verdict_is_of_baseline(enum measure_id id);

/* Whether the measure is drawn from the baseline, and the result has not the one that was planned,
 * or the level is the baseline; the judgement then is inconclusive. */
bool verdict_has_no_baseline(const struct question *question);

/* Whether the limit is of the ratio to a reference. */
bool verdict_is_relative(const struct question *question);

/* A figure in the unit of a criterion's limit: "2.61 GHz", "95.2 %"; of a ratio to a reference a
 * bare number. */
enum { VERDICT_FIGURE_BYTES = 48 };
const char *verdict_figure(const struct question *question, double value,
                           char text[VERDICT_FIGURE_BYTES]);

#endif
