/* What `plateau fleet submit` was told. */
#include "commands/fleet_submit_parts.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/number.h"
#include "fleet/slurm/slurm.h"
#include "fleet/submit_plan.h"
#include "model/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW_DEFAULT = 64, WINDOW_MOST = 100000, POLL_DEFAULT_S = 10 };
/* With what a look may take besides it stays below the age of a dead lock. */
enum { MOST_POLL_S = LOCK_STALE_S / 2 };

static int not_a_time(const char *text, struct error *err)
{
	return error_set(err, EINVAL,
	                 "\"%.40s\" is no time; write 45min, 2h, 1:30:00 or 1-12:00:00", text);
}

/* Slurm's own notation has colons: [days-]hours:minutes:seconds or minutes:seconds. */
static int parse_clock(const char *text, int64_t *ret_ns, struct error *err)
{
	int64_t parts[3] = {0};
	size_t count = 0;
	int64_t days = 0;
	const char *at = text;
	char *end;
	const char *const dash = strchr(text, '-');
	if (dash) {
		days = strtol(text, &end, 10);
		if (end != dash || dash == text)
			return not_a_time(text, err);
		at = dash + 1;
	}
	for (; count < ARRAY_LENGTH(parts); at = end + 1) {
		if (*at < '0' || *at > '9')
			return not_a_time(text, err);
		parts[count++] = strtol(at, &end, 10);
		if (*end != ':')
			break;
	}
	const bool has_hours = count == 3;
	if (count < 2 || *end || (dash && !has_hours) || days > 3650 || parts[0] > 100000 ||
	    parts[1] > 59 || parts[2] > 59)
		return not_a_time(text, err);
	const int64_t seconds =
	        has_hours ? (parts[0] * 60 + parts[1]) * 60 + parts[2] : parts[0] * 60 + parts[1];
	*ret_ns = (days * 24 * 3600 + seconds) * NS_PER_S;
	return 0;
}

static int parse_time(const char *text, int64_t *ret_ns, struct error *err)
{
	int64_t ns;
	const int r = strchr(text, ':') ? parse_clock(text, &ns, err)
	                                : number_parse_duration(text, &ns, err);
	if (r < 0)
		return r;
	if (ns <= 0)
		return error_set(err, EINVAL, "a job needs more time than that");
	*ret_ns = ns;
	return 0;
}

static int set_time(struct fleet_submit *submit, const char *text, struct error *err)
{
	static const int64_t minute_ns = 60 * NS_PER_S;
	int64_t ns = 0;
	const int r = parse_time(text, &ns, err);
	if (r < 0)
		return r;
	/* Slurm counts limits in minutes: what is shown is what it is told. */
	submit->manifest.time_limit_ns = (ns + minute_ns - 1) / minute_ns * minute_ns;
	return 0;
}

static int set_window(struct fleet_submit *submit, const char *text, struct error *err)
{
	int64_t window;
	const int r = number_parse_integer(text, 1, WINDOW_MOST, &window, err);
	if (r == 0)
		submit->window = (uint32_t)window;
	return r;
}

static int set_poll(struct fleet_submit *submit, const char *text, struct error *err)
{
	int64_t poll_ns;
	const int r = number_parse_duration(text, &poll_ns, err);
	if (r < 0)
		return r;
	if (poll_ns < 100 * NS_PER_MS)
		return error_set(err, EINVAL,
		                 "the scheduler is asked no more often than every "
		                 "100ms");
	if (poll_ns > MOST_POLL_S * NS_PER_S)
		return error_set(
		        err, EINVAL,
		        "at most 5min: a submit that is silent for long is taken for dead, "
		        "and another one may go on in its place");
	submit->poll_ns = poll_ns;
	return 0;
}

static int set_retry(struct fleet_submit *submit, const char *text, struct error *err)
{
	return submit_retry_parse(text, &submit->retry, err);
}

static const struct {
	const char *name;
	int (*set)(struct fleet_submit *submit, const char *text, struct error *err);
} checked[] = {
        {"time", set_time},
        {"window", set_window},
        {"poll", set_poll},
        {"retry", set_retry},
};

static void set_operands(struct fleet_submit *submit)
{
	const struct words *const operands = &submit->arguments->operands;
	submit->scenario_path = operands->count > 1 ? operands->items[0] : NULL;
}

static void set_choice(struct fleet_submit *submit)
{
	const struct arguments *const arguments = submit->arguments;
	submit->choice = (struct batch_choice){
	        .nodes = arguments_get(arguments, "nodes"),
	        .partition = arguments_get(arguments, "partition"),
	        .constraint = arguments_get(arguments, "constraint"),
	};
}

enum exit_code fleet_submit_read_options(struct fleet_submit *submit)
{
	const struct arguments *const arguments = submit->arguments;
	enum exit_code code = EXIT_DONE;
	submit->window = WINDOW_DEFAULT;
	submit->poll_ns = POLL_DEFAULT_S * NS_PER_S;
	submit->manifest.time_limit_ns = RECORD_ABSENT;
	for (size_t i = 0; i < ARRAY_LENGTH(checked); i++) {
		const char *const text = arguments_get(arguments, checked[i].name);
		struct error err;
		if (!text || checked[i].set(submit, text, &err) == 0)
			continue;
		talk_error("--%s: %s", checked[i].name, err.text);
		code = EXIT_USAGE;
	}
	struct error err;
	if (slurm_check_options(&arguments->rest, &err) < 0) {
		talk_error("%s", err.text);
		code = EXIT_USAGE;
	}
	set_operands(submit);
	set_choice(submit);
	return code;
}
