/* What has to be said of a result before its verdict. */
#include "analyse/compare/compare_parts.h"
#include "analyse/verdict/verdict_parts.h"

#include "core/array.h"
#include "core/error.h"
#include "model/command_line.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Kinds of processors of a reference that are told; a mixed rack has no more. */
enum { MOST_PROCESSORS = 4 };

/* Where notes go. */
struct notes {
	struct acceptance *acceptance;
	size_t capacity;
	struct error *err;
};

static int note(struct notes *notes, const char *code, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* The same text once. */
static int note(struct notes *notes, const char *code, const char *format, ...)
{
	struct acceptance *const a = notes->acceptance;
	struct acceptance_note one = {.code = ""};
	va_list arguments;
	snprintf(one.code, sizeof one.code, "%s", code);
	va_start(arguments, format);
	vsnprintf(one.text, sizeof one.text, format, arguments);
	va_end(arguments);
	for (size_t i = 0; i < a->note_count; i++)
		if (strcmp(a->notes[i].text, one.text) == 0)
			return 0;
	const int r = array_reserve(&a->notes, &notes->capacity, a->note_count + 1,
	                            sizeof *a->notes, notes->err);
	if (r == 0)
		a->notes[a->note_count++] = one;
	return r;
}

/* ---- The run ------------------------------------------------------------------------------ */

static int note_state(struct notes *notes, const struct findings *findings)
{
	const enum run_state state = findings->dataset->run.state;
	const struct summary *const summary = &findings->summary;
	size_t left = 0;
	for (size_t i = 0; i < summary->level_count; i++)
		left += summary->levels[i].trials_in_state[TRIAL_PENDING];
	if (state != RUN_DONE)
		return note(notes, "unfinished",
		            "The run did not come to its end (%s). What would have happened in the "
		            "trials that it did not finish is not known, so its counts of failures "
		            "can fail, but not pass.",
		            run_state_word(state));
	if (left > 0)
		return note(notes, "cut-short",
		            "%zu of %zu trials that were planned were not run: the budget was "
		            "spent, or their level was given up.",
		            left, summary->trial_count);
	return 0;
}

static bool has_durations_only(const struct summary *summary)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].has_durations_only)
			return true;
	return false;
}

static int note_origin(struct notes *notes, const struct findings *findings)
{
	const char *const imported = findings->dataset->run.imported;
	int r = 0;
	if (imported)
		r = note(notes, "imported",
		         "These figures were imported (%s): plateau did not measure them, and "
		         "knows of the node and of the run what the files say.",
		         imported);
	if (r == 0 && has_durations_only(&findings->summary))
		r = note(notes, "durations-only",
		         "Of its tasks it is known how long they took, but not when they ran: "
		         "throughput is N by their mean wall time, which gaps between tasks make "
		         "too high and unequal places too low. It can fail, but not pass, and so "
		         "can efficiency.");
	return r;
}

/* ---- The processor ------------------------------------------------------------------------ */

static const char *processor_of(const struct findings *findings)
{
	const char *const name = host_facts_get(&findings->dataset->host, "processor");
	return name ? name : "a processor that is not named";
}

static bool is_other_processor(const struct findings *a, const struct findings *b)
{
	const char *const x = host_facts_get(&a->dataset->host, "processor");
	const char *const y = host_facts_get(&b->dataset->host, "processor");
	if (!x && !y)
		return false;
	return !x || !y || strcmp(x, y) != 0 || !compare_is_same_processor(a->dataset, b->dataset);
}

/* Good nodes of another kind say nothing of how good one of this kind is. */
static int note_processors(struct notes *notes, const struct findings *findings,
                           const struct reference *references, size_t count)
{
	const size_t before = notes->acceptance->note_count;
	int r = 0;
	for (size_t i = 0; i < count; i++) {
		const struct reference *const reference = &references[i];
		for (size_t k = 0; r == 0 && k < reference->count; k++) {
			const struct findings *const run = reference->runs[k];
			if (notes->acceptance->note_count - before >= MOST_PROCESSORS)
				return 0;
			if (!is_other_processor(findings, run))
				continue;
			r = note(notes, "processor",
			         "The reference is of another processor: it has %.120s, this node "
			         "%.120s. A pass says that this node is as fast as that kind, not "
			         "that it is as good as its own kind should be.",
			         processor_of(run), processor_of(findings));
		}
	}
	return r;
}

/* ---- Where the criteria are from ----------------------------------------------------------- */

static int note_command(struct notes *notes, const char *of, const char *command)
{
	if (!of || (command && command_line_is_same(of, command)))
		return 0;
	if (!command)
		return note(notes, "made-from-command",
		            "The criteria were made from runs of the command %.120s. Which command "
		            "this result is of is not known: another one says nothing of how good "
		            "the node is.",
		            of);
	return note(
	        notes, "made-from-command",
	        "The criteria were made from runs of another command: %.80s; this result is of "
	        "%.80s. They can fail, but not pass. Make criteria from runs of this one (plateau "
	        "accept --make-criteria), or take the command out of made_from if they hold for "
	        "both.",
	        of, command);
}

static int note_made_from(struct notes *notes, const struct criteria_origin *origin,
                          const struct findings *findings)
{
	const char *const processor = host_facts_get(&findings->dataset->host, "processor");
	const char *const name = findings->dataset->run.name;
	int r = note_command(notes, origin->command, findings->dataset->run.command);
	if (r == 0 && origin->processor &&
	    (!processor || strcmp(origin->processor, processor) != 0))
		r = note(
		        notes, "made-from-processor",
		        "The criteria were made on another processor: on %.120s, and this node has "
		        "%.120s. They say what that kind of node does, not whether this one is as "
		        "good as its own kind should be.",
		        origin->processor, processor_of(findings));
	if (r == 0 && origin->scenario && (!name || strcmp(origin->scenario, name) != 0))
		r = note(notes, "made-from-scenario",
		         "The criteria were made from runs of another scenario: %.80s; this result "
		         "is of %.80s. Another length, order or placement of tasks makes other "
		         "figures.",
		         origin->scenario, name ? name : "one without a name");
	return r;
}

int verdict_find_notes(const struct criteria *criteria, const struct reference *references,
                       const struct findings *findings, struct acceptance *acceptance,
                       struct error *err)
{
	struct notes notes = {.acceptance = acceptance, .err = err};
	int r = note_state(&notes, findings);
	if (r == 0)
		r = note_origin(&notes, findings);
	if (r == 0)
		r = note_processors(&notes, findings, references, criteria->count);
	if (r == 0)
		r = note_made_from(&notes, &criteria->origin, findings);
	return r;
}
