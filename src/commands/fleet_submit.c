/* `plateau fleet submit`: a job for every node, through the batch system. Options, folder, scenario
 * and answer are in fleet_submit_*.c. */
#include "analyse/fleet/rank.h"
#include "commands/fleet_load.h"
#include "commands/fleet_submit_parts.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "fleet/observe.h"
#include "fleet/slurm/slurm.h"
#include "fleet/submit.h"
#include "fleet/submit_plan.h"
#include "run/signals.h"

#include <errno.h>
#include <stdlib.h>

static void release(struct fleet_submit *submit)
{
	lock_free(submit->lock);
	slurm_free(submit->slurm);
	submit_steps_release(&submit->steps);
	manifest_release(&submit->manifest);
	scenario_release(&submit->scenario);
	free(submit->dir);
	free(submit->limit_of);
	free(submit->expected_list);
}

/* ---- While it waits ----------------------------------------------------------------------- */

struct waiting {
	const struct fleet_submit *submit;
	struct signals *signals;
	size_t done;
	bool has_told_wait;
	bool was_said[NEWS_COUNT]; /* since the last job, or at all */
};

static bool wait_for(void *context, int64_t until_ns)
{
	struct waiting *const waiting = context;
	signals_wait(waiting->signals, until_ns);
	/* A call of the scheduler's that ended is no reason to wait less. */
	while (waiting->signals->requests == 0 && clock_now_ns() < until_ns)
		signals_wait(waiting->signals, until_ns);
	return waiting->signals->requests > 0;
}

/* What comes so soon after a request to stop is waited for without a word. */
#define SHORT_NS (200 * NS_PER_MS)

/* Asked while a command of the scheduler's has not answered. Its answer is worth waiting for: that
 * a job was taken is known by it; without it the next submit has to find out. */
static bool is_unwanted(void *context)
{
	struct waiting *const waiting = context;
	const struct signals *const signals = waiting->signals;
	signals_wait(waiting->signals, 0);
	if (signals->requests == 1 && !waiting->has_told_wait &&
	    clock_now_ns() - signals->last_request_ns > SHORT_NS) {
		waiting->has_told_wait = true;
		talk_warning("told to stop (%s): waiting for the scheduler's answer, at most %d s; "
		             "once more ends it now",
		             signals_name(signals->last_request), SLURM_CALL_S);
	}
	return signals->requests > 1;
}

static void tell_job(struct waiting *waiting, const struct submit_step *step, const char *text)
{
	const struct arguments *const arguments = waiting->submit->arguments;
	waiting->done++;
	if (step->state == SUBMIT_REFUSED)
		talk_warning("%s: the job was refused: %s", step->node, text);
	else if (talk_has_progress(arguments))
		talk_note(arguments, "%zu of %zu: %s, attempt %u, is job %s", waiting->done,
		          waiting->done + submit_steps_in(&waiting->submit->steps, SUBMIT_WAITING),
		          step->node, (unsigned)step->attempt, step->job);
}

/* What lasts is said once: that the window is full, or the site, comes again after every job, and
 * is no news then; that Slurm is silent once more is. */
static void tell(void *context, enum submit_news news, const struct submit_step *step,
                 const char *text)
{
	struct waiting *const waiting = context;
	const struct arguments *const arguments = waiting->submit->arguments;
	if (news == NEWS_JOB) {
		waiting->was_said[NEWS_SILENCE] = false;
		tell_job(waiting, step, text);
		return;
	}
	if (waiting->was_said[news])
		return;
	waiting->was_said[news] = true;
	switch (news) {
	case NEWS_WINDOW:
		talk_note(arguments,
		          "%zu still to submit; as many jobs as --window lets are there (%s), so "
		          "this waits for some to end. It may be stopped, and run again later",
		          submit_steps_in(&waiting->submit->steps, SUBMIT_WAITING), text);
		break;
	case NEWS_LIMIT:
		talk_note(arguments, "the site takes no more jobs for now (%s): waiting", text);
		break;
	case NEWS_SILENCE:
		talk_warning("%s; asking again until there is an answer", text);
		break;
	case NEWS_DOUBT:
		talk_note(arguments, "a submit before this one was killed amidst a job; waiting "
		                     "some seconds until the scheduler must know of it");
		break;
	case NEWS_JOB:
	case NEWS_COUNT:
		break;
	}
}

/* ---- Verdicts, for --retry ------------------------------------------------------------------ */

/* What the ranking says of a node whose last job left a whole result; what became of a job that did
 * not is known without. */
static void take_verdict(const struct fleet_ranking *ranking, const struct fleet_rank_item *item,
                         struct fleet *fleet)
{
	struct fleet_node *const node =
	        fleet_node_find(fleet, ranking->fleet->nodes[item->node].name);
	const struct fleet_attempt *const last = node ? fleet_attempt_last(node) : NULL;
	if (last && item->attempt && item->attempt->number == last->number &&
	    node->verdict == FLEET_PASS)
		node->verdict = item->verdict;
}

/* Whether a result is good, and as good as those of its like, is known once it was collected. */
static enum exit_code rank(struct fleet_submit *submit, struct fleet *fleet)
{
	struct error err;
	cleanup_words struct words sources = {0};
	cleanup_fleet struct fleet collected = {0};
	cleanup_fleet_ranking struct fleet_ranking ranking = {0};
	if (words_add(&sources, submit->dir, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	const struct fleet_load_settings settings = {
	        .arguments = submit->arguments,
	        .sources = &sources,
	        .is_ranked = true,
	        .is_read_only = arguments_has(submit->arguments, "dry-run"),
	};
	const enum exit_code code = fleet_load(&settings, &collected, NULL);
	if (code != EXIT_DONE)
		return code;
	if (fleet_rank(&collected, &ranking, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	for (size_t i = 0; i < ranking.item_count; i++)
		take_verdict(&ranking, &ranking.items[i], fleet);
	return EXIT_DONE;
}

/* ---- The plan ----------------------------------------------------------------------------- */

static enum exit_code code_of(int result)
{
	switch (result) {
	case -EINTR:
		return EXIT_INTERRUPTED;
	case -EHOSTUNREACH:
		return EXIT_NODE_CANNOT;
	default:
		return EXIT_SOMETHING_FAILED;
	}
}

/* Where the folder, the queue and the ranking leave the nodes. */
static enum exit_code look(struct fleet_submit *submit, const struct batch_nodes *nodes)
{
	struct error err;
	cleanup_fleet struct fleet fleet = {0};
	submit_steps_release(&submit->steps);
	int r = submit->is_new
	                ? 0
	                : observe(submit->dir, &submit->manifest, submit->slurm, &fleet, &err);
	if (r == 0 && submit->lock)
		r = submit_adopt(submit->dir, &fleet, &err);
	if (r == 0 && submit->retry) {
		const enum exit_code code = rank(submit, &fleet);
		if (code != EXIT_DONE)
			return code;
	}
	if (r == 0)
		r = submit_plan(&fleet, nodes, submit->retry, &submit->steps, &err);
	return r < 0 ? talk_fail(code_of(r), &err) : EXIT_DONE;
}

static enum exit_code carry_out(struct fleet_submit *submit, const struct batch_nodes *nodes,
                                struct signals *signals)
{
	struct error err;
	struct waiting waiting = {.submit = submit, .signals = signals};
	const struct submit_settings settings = {
	        .dir = submit->dir,
	        .manifest = &submit->manifest,
	        .choice = &submit->choice,
	        .slurm = submit->slurm,
	        .lock = submit->lock,
	        .window = submit->window,
	        .poll_ns = submit->poll_ns,
	        .wait = wait_for,
	        .tell = tell,
	        .context = &waiting,
	};
	bool has_waited = false;
	slurm_set_watch(submit->slurm, is_unwanted, &waiting);
	int r = submit_wait_for_doubts(&settings, &submit->steps, &has_waited, &err);
	if (r == 0 && has_waited) {
		const enum exit_code code = look(submit, nodes);
		if (code != EXIT_DONE)
			return code;
	}
	if (r == 0)
		r = submit_run(&settings, &submit->steps, &err);
	/* That somebody stopped it is said by the answer. */
	return r == -EINTR ? EXIT_INTERRUPTED : r < 0 ? talk_fail(code_of(r), &err) : EXIT_DONE;
}

/* What is to be said of how it went. */
static enum exit_code conclude(struct fleet_submit *submit, bool is_interrupted)
{
	const struct submit_steps *const steps = &submit->steps;
	enum exit_code code = fleet_submit_print(submit, is_interrupted);
	if (submit_steps_in(steps, SUBMIT_REFUSED) > 0)
		code = exit_worse(code, EXIT_SOMETHING_FAILED);
	if (submit_steps_in(steps, SUBMIT_NOT_RUN) == steps->count) {
		talk_error("none of these nodes can be used now");
		code = exit_worse(code, EXIT_SOMETHING_FAILED);
	}
	return is_interrupted ? exit_worse(code, EXIT_INTERRUPTED) : code;
}

static enum exit_code submit_all(struct fleet_submit *submit)
{
	struct error err;
	struct signals signals;
	cleanup_batch_nodes struct batch_nodes nodes = {0};
	enum exit_code code = fleet_submit_open_folder(submit, &nodes);
	if (code != EXIT_DONE)
		return code;
	code = look(submit, &nodes);
	if (code != EXIT_DONE)
		return code;
	if (arguments_has(submit->arguments, "dry-run"))
		return conclude(submit, false);
	if (signals_open(&signals, &err) < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	code = carry_out(submit, &nodes, &signals);
	const bool is_interrupted = signals.requests > 0;
	signals_close(&signals);
	return exit_worse(code, conclude(submit, is_interrupted));
}

static enum exit_code run_fleet_submit(const struct arguments *arguments)
{
	struct error err;
	struct fleet_submit submit __attribute__((cleanup(release))) = {.arguments = arguments};
	enum exit_code code = fleet_submit_read_options(&submit);
	if (code == EXIT_DONE)
		code = fleet_submit_load(&submit);
	if (code == EXIT_DONE)
		code = fleet_submit_find_limit(&submit);
	if (code != EXIT_DONE)
		return code;
	const int r = slurm_open(&submit.slurm, &err);
	if (r < 0)
		return talk_fail(r == -ENOENT || r == -EHOSTUNREACH ? EXIT_NODE_CANNOT
		                                                    : EXIT_SOMETHING_FAILED,
		                 &err);
	code = fleet_submit_look_round(&submit);
	return code == EXIT_DONE ? submit_all(&submit) : code;
}

static const struct option_entry fleet_submit_options[] = {
        {0, "nodes", "LIST", "these nodes, as Slurm writes them: rome[01-16],milan03"},
        {0, "partition", "NAME", "nodes of this partition, through which jobs go, too"},
        {0, "constraint", "FEATURES", "nodes with these features, as sbatch -C"},
        {0, "time", "TIME", "time limit of a job, such as 90min or 1:30:00"},
        {0, "assume-time", "TIME", "wall time of one task, for an estimate of the limit"},
        {0, "window", "COUNT", "jobs that may be in the queue at once (64)"},
        {0, "retry", "KINDS",
         "run again nodes that are failed, slow, missing, inconclusive (with commas)"},
        {0, "accept", NULL, "add blocks while the scenario's criteria are in doubt"},
        {0, "account", "NAME", "as sbatch"},
        {0, "qos", "NAME", "as sbatch"},
        {0, "reservation", "NAME", "as sbatch"},
        {0, "poll", "TIME", "how often the scheduler is asked while it waits (10s; at most 5min)"},
        {'n', "dry-run", NULL, "show nodes, scripts and commands; make and submit nothing"},
};

const struct command command_fleet_submit = {
        .name = "fleet submit",
        .operands = "[SCENARIO] DIR [-- OPTION...]",
        .summary = "run a scenario on many nodes, a Slurm job on each",
        .details =
                "Makes the folder DIR, which all nodes must see, and gives every node a job of "
                "its own: exclusive, with all memory, never requeued. Idle nodes come first; "
                "nodes that are drained or down get none, and are listed with the site's "
                "reason. What stands behind -- goes to sbatch as it is: "
                "-- --mail-type=END.\n\n"
                "Only --window jobs are in the queue at once: with more nodes than that, the "
                "command stays until the last job is submitted. It may be stopped, and killed, "
                "at any moment: `plateau fleet submit DIR` goes on, and no node gets two jobs. "
                "Nodes that are done are left alone unless --retry asks for them.\n\n"
                "Without --time the limit is estimated by --assume-time, or is twice the "
                "scenario's budget, or else the default of the partition. Slurm asks a job to "
                "end half a minute before its limit, sometimes a minute earlier still; what is "
                "measured by then is handed in. So give it what the run takes and two and a "
                "half minutes.\n\n"
                "`plateau fleet status DIR` shows how far it is, `plateau fleet rank DIR` "
                "judges the nodes.\n\ndocs/fleet.md tells of fleets, docs/json.md has the schema "
                "of --json.",
        .options = fleet_submit_options,
        .option_count = ARRAY_LENGTH(fleet_submit_options),
        .least_operands = 1,
        .most_operands = 2,
        .takes_rest = true,
        .exits =
                {
                        {EXIT_DONE, "all is submitted, or was"},
                        {EXIT_SOMETHING_FAILED, "a job was refused, or no node can be used"},
                        {EXIT_USAGE,
                         "the scenario, an option or DIR is wrong, or another submit is at work"},
                        {EXIT_NODE_CANNOT, "no Slurm"},
                        {EXIT_INTERRUPTED, "stopped; submit DIR again goes on"},
                },
        .files =
                {
                        {"DIR", "the folder of the fleet: its scenario, a folder for every node, "
                                "fleet.db"},
                },
        .examples =
                {
                        {"plateau fleet submit acceptance.yaml --partition rome racks --dry-run",
                         "look first"},
                        {"plateau fleet submit acceptance.yaml --partition rome racks",
                         "a job on every node of a partition"},
                        {"plateau fleet submit racks", "go on after it was stopped"},
                        {"plateau fleet submit racks --retry failed,missing",
                         "again, where nothing came of it"},
                },
        .see_also = "run, scenario",
        .run = run_fleet_submit,
};
