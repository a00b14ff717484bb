/* Holding results against criteria, for `plateau accept` and `plateau run --accept`: finds the
 * criteria (a file, or the key accept of the scenario that a result was measured by), resolves and
 * loads their references once, loads and judges each result, and knows the verdict over all.
 *
 *   judging_open     reads the criteria file and what --reference names
 *   judging_expect   run: before anything is measured, whether these criteria can be judged
 *   judging_result   judges a result file; the same file again (with more blocks) takes the
 *                    place of its earlier judgement
 *   judging_once     judges a result that the caller has loaded, and keeps nothing of it: where
 *                    hundreds are judged, they are not to be in memory together
 *   judging_all      what was judged, for report/; judging_verdict, judging_exit
 *   judging_free
 *
 * What is wrong is said here, by talk: these functions return the exit code that it means, and
 * EXIT_DONE where all is well (whatever the verdict). Everything handed out belongs to the judging
 * and holds until the next judging_result or judging_free. */
#ifndef COMMANDS_JUDGING_H
#define COMMANDS_JUDGING_H

#include "commands/command.h"
#include "model/words.h"
#include "report/accepted.h"

#include <stdbool.h>
#include <stddef.h>

struct judging;

struct judging_settings {
	const struct arguments *arguments; /* for talk */
	const char *criteria_path; /* --criteria; NULL: what the scenario of each result says */
	/* --reference: these results instead of those that criteria name; NULL or empty: those. */
	const struct words *references;
};

/* EXIT_USAGE: the criteria file or a result of --reference is not there or is none; the problems
 * of the file are printed one a line. */
enum exit_code judging_open(const struct judging_settings *settings, struct judging **ret_judging);

/* Whether results of this scenario can be judged: it (or the criteria file) asks for something, and
 * its references are there and can be read. Loads them. EXIT_USAGE: they cannot, and a run would
 * be for nothing; fewer references than a verdict needs are a warning. scenario may be gone
 * afterwards. */
enum exit_code judging_expect(struct judging *judging, const struct scenario *scenario);

/* Loads the result at path (which no plateau writes) and judges it. *ret_accepted may be NULL.
 * A copy of a run that was judged is told, and counts no second time (then *ret_accepted stays
 * as it was).
 * EXIT_USAGE: no result, or nothing is asked of it. A reference that cannot be had makes its
 * criteria inconclusive and is no error here. */
enum exit_code judging_result(struct judging *judging, const char *path,
                              const struct accepted **ret_accepted);

struct loaded_result;

/* Judges a result that stays the caller's, and hands the judgement to `take`, which returns 0 or
 * -errno; it holds until take returns, and is in none of the answers below. Says nothing. take is
 * not called where nothing is asked of the result. References stay loaded for the next one. Not by
 * two threads at once. Returns 0; -EINVAL: its scenario cannot be read; what take returned; or
 * -ENOMEM. */
int judging_once(struct judging *judging, struct loaded_result *result,
                 int (*take)(const struct accepted *accepted, void *data, struct error *err),
                 void *data, struct error *err);

/* Says why a result that should be judged is not there (r and why of finding it), and notes it:
 * what is missing from the answer must not look like passed. Returns what r means. */
enum exit_code judging_miss(struct judging *judging, const char *path, int r,
                            const struct error *why);

/* What was judged, in the order of the first judging_result of each. */
void judging_all(const struct judging *judging, struct accepted_all *ret_all);

/* Of everything that was judged; no pass where nothing was, or where a result could not be. */
enum verdict judging_verdict(const struct judging *judging);

/* EXIT_DONE, EXIT_CRITERIA_FAILED or EXIT_INCONCLUSIVE. */
enum exit_code judging_exit(const struct judging *judging);

/* Whether a criterion speaks of failed tasks, which are then no failure of the command besides. */
bool judging_speaks_of_failures(const struct accepted *accepted);

/* Prints all on stdout: as JSON with --json, else as text in the width and with the colour that
 * the arguments and stdout call for. EXIT_DONE, or EXIT_SOMETHING_FAILED. */
enum exit_code judging_print(const struct judging *judging);

/* Removes what an earlier judgement left where --junit will be written, before anything else is
 * done: whatever ends this command early, the verdict of another run does not stay. EXIT_DONE;
 * EXIT_USAGE: it cannot be written there (no such folder). Another file stays. */
enum exit_code judging_clear_junit(const struct arguments *arguments);

/* Writes the JUnit file at path ("-": stdout), replacing what is there when it is whole. EXIT_DONE,
 * or EXIT_SOMETHING_FAILED. */
enum exit_code judging_write_junit(const struct judging *judging, const char *path);

/* NULL is allowed. */
void judging_free(struct judging *judging);

#endif
