#include "commands/command.h"
#include "commands/fleet_look.h"
#include "commands/fleet_watch.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/number.h"
#include "report/json/status_json.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* A controller is asked by everybody at the site. */
#define LEAST_EVERY_NS   (5 * NS_PER_S)
#define DEFAULT_EVERY_NS (30 * NS_PER_S)

static int write_json(const struct fleet_look *look, char **ret_text, struct error *err)
{
	cleanup_status_view struct status_view view = {0};
	const int r = status_view_build(&look->fleet, &look->batch, &look->work, &view, err);
	return r < 0 ? r : status_json_write(&view, ret_text, err);
}

static enum exit_code look_once(struct fleet_look *look, const struct arguments *arguments)
{
	struct error err;
	cleanup_free char *text = NULL;
	int r = fleet_look_again(look, &err);
	if (r < 0)
		return talk_fail(exit_for_file(r), &err);
	r = arguments_has(arguments, "json") ? write_json(look, &text, &err)
	                                     : fleet_status_text(look, arguments, 0, &text, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stdout);
	return fleet_exit(&look->fleet);
}

/* Time between two looks; false: it was refused, which is told. */
static bool read_every(const struct arguments *arguments, int64_t *ret_ns)
{
	struct error err;
	const char *const text = arguments_get(arguments, "every");
	*ret_ns = DEFAULT_EVERY_NS;
	if (!text)
		return true;
	if (number_parse_duration(text, ret_ns, &err) < 0) {
		talk_error("--every: %s", err.text);
		return false;
	}
	if (*ret_ns >= LEAST_EVERY_NS)
		return true;
	talk_error("--every %s: at least 5s, since each look asks the site's controller, which "
	           "others need too",
	           text);
	return false;
}

static enum exit_code run_fleet_status(const struct arguments *arguments)
{
	int64_t every_ns;
	const bool is_watch = arguments_has(arguments, "watch");
	if (!read_every(arguments, &every_ns))
		return EXIT_USAGE;
	if (!is_watch && arguments_get(arguments, "every")) {
		talk_error("--every is of --watch: add that, to look again and again");
		return EXIT_USAGE;
	}
	if (is_watch && arguments_has(arguments, "json")) {
		talk_error("--watch with --json: a program looks again by itself, as often as it "
		           "needs to; leave one of them out");
		return EXIT_USAGE;
	}
	cleanup_fleet_look struct fleet_look look;
	/* Programs get absolute paths, as from the other commands. */
	cleanup_free char *real = arguments_has(arguments, "json")
	                                  ? realpath(arguments->operands.items[0], NULL)
	                                  : NULL;
	const enum exit_code code =
	        fleet_look_open(real ? real : arguments->operands.items[0], &look);
	if (code != EXIT_DONE)
		return code;
	return is_watch ? fleet_watch(&look, arguments, every_ns) : look_once(&look, arguments);
}

static const struct option_entry fleet_status_options[] = {
        {'w', "watch", NULL, "look again and again, until nothing runs or waits any more"},
        {0, "every", "TIME", "with --watch: between two looks (default 30s, at least 5s)"},
};

const struct command command_fleet_status = {
        .name = "fleet status",
        .operands = "DIR",
        .summary = "show how the nodes of a fleet stand",
        .details = "Shows how many nodes of the fleet in DIR have passed, run, wait, or failed, "
                   "and of those that need a look, why. What jobs wrote into DIR and what Slurm "
                   "says of them is put together, so that a node that died, a job that was "
                   "cancelled and one that ran out of time are told apart.\n\n"
                   "With --watch it looks again every 30 s until nothing runs or waits any more: "
                   "on a terminal the table is drawn in its place, elsewhere there is a line for "
                   "each node that changes. A look costs Slurm the same few commands however many "
                   "nodes there are. A controller that does not answer for a while is waited "
                   "for.\n\n"
                   "Without Slurm the folder alone tells: a job is known by what it wrote. Which "
                   "node is slow is found by `plateau fleet rank`, which holds the nodes against "
                   "each other; what it said last is told here.\n\ndocs/fleet.md says what "
                   "each word means, docs/json.md has the schema of --json.",
        .options = fleet_status_options,
        .option_count = ARRAY_LENGTH(fleet_status_options),
        .least_operands = 1,
        .most_operands = 1,
        .exits =
                {
                        {EXIT_DONE, "all nodes pass"},
                        {EXIT_USAGE, "DIR is no fleet"},
                        {EXIT_CRITERIA_FAILED,
                         "a node fails, hangs or died, or the last ranking called it slow"},
                        {EXIT_INCONCLUSIVE, "something runs or waits, or a node has no result"},
                },
        .examples =
                {
                        {"plateau fleet status racks", "once"},
                        {"plateau fleet status racks --watch --every 1min", "until all is done"},
                },
        .run = run_fleet_status,
};
