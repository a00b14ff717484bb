/* One scenario of a row: the process is split (run/guardian), the engine's measures, the other says
 * what came of it. */
#include "commands/run_facts.h"
#include "commands/run_looks.h"
#include "commands/run_row.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "platform/launch.h"
#include "run/guardian.h"
#include "run/signals.h"
#include "store/place.h"

#include <string.h>
#include <unistd.h>

/* What the guardian makes of the engine's end. */
static enum exit_code guarded(const struct guardian_outcome *outcome, int64_t begin_ns)
{
	if (outcome->has_strays)
		talk_warning("processes of this run are left that cannot be ended (they wait for a "
		             "disk or a file server)");
	if (outcome->left_folder[0])
		talk_warning("the run's private folder could not be removed: %s",
		             outcome->left_folder);
	if (outcome->exit_status >= 0)
		return (enum exit_code)outcome->exit_status;
	if (outcome->output[0])
		place_clear(outcome->output);
	/* A second Ctrl-C while the result was closed. */
	if (signals_is_request(outcome->signal))
		return EXIT_INTERRUPTED;
	cleanup_free char *stored = run_find_stored(outcome->output, begin_ns);
	talk_error("the measuring process was ended by signal %d (%s)%s%s", outcome->signal,
	           strsignal(outcome->signal), stored ? "; what it had stored is in " : "",
	           stored ? stored : "");
	return EXIT_SOMETHING_FAILED;
}

/* The engine's process, from its first moment to its last. */
static enum exit_code measure(struct run *run)
{
	struct error err;
	/* First of all: descriptors 3 to 5 belong to the tasks to come. */
	if (launch_reserve(&err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	if (run->resume.is_complete && run_complete_wants_more(run))
		run->resume.is_complete = false;
	enum exit_code code = run_prepare(run, &err);
	if (code == EXIT_DONE)
		code = run->resume.is_complete ? run_finish_complete(run, &err)
		                               : run_measure(run, &err);
	return code;
}

enum row_side row_entry_run(struct row_entry *entry)
{
	struct error err;
	struct guardian_outcome outcome;
	struct run *const run = &entry->run;
	const int64_t begin_ns = clock_calendar_ns();
	const int side = guardian_split(&run->guardian, &outcome, &err);
	if (side < 0 && !run->guardian) {
		entry->code = talk_fail(EXIT_SOMETHING_FAILED, &err);
		return ROW_GOES_ON;
	}
	if (side != GUARDIAN_DONE) {
		entry->code = side < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : measure(run);
		run_release(run);
		guardian_sweep(run->guardian);
		*run = (struct run){0};
		return ROW_ENDS_HERE;
	}
	entry->code = guarded(&outcome, begin_ns);
	if (outcome.exit_status >= 0 && outcome.output[0] && access(outcome.output, R_OK) == 0 &&
	    str_copy(outcome.output, &entry->result, &err) < 0)
		entry->code = talk_fail(EXIT_SOMETHING_FAILED, &err);
	return ROW_GOES_ON;
}
