#include "commands/overrides.h"

#include "commands/own_file.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/interval_text.h"
#include "formats/levels_text.h"
#include "formats/placement_text.h"
#include "formats/scenario/scenario_yaml.h"
#include "model/record.h"
#include "model/template.h"

#include <errno.h>
#include <string.h>

const char *const overrides_default_levels = "1,25%,50%,75%,cores";

static const int64_t repeats_max = 100000;
static const double extent_max = 1e6;

static int set_levels(struct scenario *scenario, const char *text, struct error *err)
{
	struct level_specs levels = {0};
	const int r = levels_text_parse(text, &levels, err);
	if (r < 0) {
		level_specs_release(&levels);
		return r;
	}
	level_specs_release(&scenario->sweep.levels);
	scenario->sweep.levels = levels;
	return 0;
}

int overrides_repeats(const char *text, uint32_t *ret_repeats, struct error *err)
{
	int64_t repeats;
	const int r = number_parse_integer(text, 1, repeats_max, &repeats, err);
	if (r == 0)
		*ret_repeats = (uint32_t)repeats;
	return r;
}

static int set_repeats(struct scenario *scenario, const char *text, struct error *err)
{
	return overrides_repeats(text, &scenario->sweep.repeats, err);
}

static int set_extent(struct scenario_extent *extent, const char *text, struct error *err)
{
	double tasks;
	const int r = number_parse_real(text, &tasks, err);
	if (r < 0)
		return r;
	if (!(tasks >= 0) || tasks > extent_max)
		return error_set(err, EINVAL,
		                 "%s is out of range; it must be between 0 and %g tasks per slot",
		                 text, extent_max);
	extent->tasks = tasks;
	return 0;
}

static int set_warmup(struct scenario *scenario, const char *text, struct error *err)
{
	return set_extent(&scenario->sweep.warmup, text, err);
}

static int set_measured(struct scenario *scenario, const char *text, struct error *err)
{
	struct scenario_extent *const measured = &scenario->sweep.measured;
	const int r = set_extent(measured, text, err);
	if (r < 0 || measured->tasks > 0 || measured->at_least_ns > 0)
		return r;
	return error_set(err, EINVAL, "nothing would be measured with %s tasks per slot", text);
}

static int add_event(struct words *events, const char *name, const char *text, struct error *err)
{
	if (!*name)
		return error_set(err, EINVAL, "an empty event name in \"%.200s\"", text);
	for (size_t i = 0; i < events->count; i++)
		if (strcmp(events->items[i], name) == 0)
			return error_set(err, EINVAL,
			                 "the event %.80s is there twice; name it once", name);
	if (events->count == RECORD_MAX_EVENTS)
		return error_set(err, EINVAL, "more than %d events; name fewer", RECORD_MAX_EVENTS);
	return words_add(events, name, err);
}

/* Whether the commas in the item belong to it: "raw:config=0x1,config1=0x2", "cpu/event=1,inv/". */
static bool is_open_event(const char *item, const char *rest)
{
	const char *const slash = strchr(item, '/');
	if (slash)
		return !strchr(slash + 1, '/');
	return str_starts_with(item, "raw:") && str_starts_with(rest, "config");
}

/* As strsep(rest, ","), for a list of events. */
static char *next_event(char **rest)
{
	char *const item = strsep(rest, ",");
	while (item && *rest && is_open_event(item, *rest)) {
		(*rest)[-1] = ',';
		strsep(rest, ",");
	}
	return item;
}

static int set_events(struct scenario *scenario, const char *text, struct error *err)
{
	struct words events = {0};
	cleanup_free char *copy = NULL;
	int r = str_copy(strcmp(text, "none") == 0 ? "" : text, &copy, err);
	char *rest = copy;
	for (char *item; r == 0 && *copy && (item = next_event(&rest));)
		r = add_event(&events, item, text, err);
	if (r < 0) {
		words_release(&events);
		return r;
	}
	words_release(&scenario->events);
	scenario->events = events;
	return 0;
}

static int set_policy(struct scenario *scenario, const char *text, struct error *err)
{
	struct placements policies = {0};
	const int r = placement_text_add(text, &policies, err);
	if (r < 0)
		return r;
	placements_release(&scenario->placement.policies);
	scenario->placement.policies = policies;
	return 0;
}

/* The index of text in names, which end with NULL. */
static int find_word(const char *text, const char *const names[], unsigned *ret_index,
                     struct error *err)
{
	cleanup_str struct str known = {0};
	for (unsigned i = 0; names[i]; i++) {
		if (strcmp(text, names[i]) == 0) {
			*ret_index = i;
			return 0;
		}
		str_addf(&known, "%s%s", i ? ", " : "", names[i]);
	}
	return error_set(err, EINVAL, "\"%.80s\" is not one of %s", text, str_text(&known));
}

static int set_unit(struct scenario *scenario, const char *text, struct error *err)
{
	unsigned index = 0;
	const int r = find_word(text, placement_unit_names, &index, err);
	if (r == 0)
		scenario->placement.unit = (enum placement_unit)index;
	return r;
}

static int set_memory_policy(struct scenario *scenario, const char *text, struct error *err)
{
	unsigned index = 0;
	const int r = find_word(text, memory_policy_names, &index, err);
	if (r == 0)
		scenario->placement.memory = (enum memory_policy)index;
	return r;
}

static int set_overflow(struct scenario *scenario, const char *text, struct error *err)
{
	unsigned index = 0;
	const int r = find_word(text, counters_overflow_names, &index, err);
	if (r == 0)
		scenario->overflow = (enum counters_overflow)index;
	return r;
}

static int set_timeout(struct scenario *scenario, const char *text, struct error *err)
{
	return number_parse_duration(text, &scenario->task.timeout_ns, err);
}

static int set_sampling(struct scenario *scenario, const char *text, struct error *err)
{
	return interval_text_parse(text, &scenario->sampling.interval_ns, err);
}

static const struct {
	const char *name;
	int (*set)(struct scenario *scenario, const char *text, struct error *err);
} overrides[] = {
        {"levels", set_levels},
        {"repeats", set_repeats},
        {"warmup", set_warmup},
        {"measured", set_measured},
        {"events", set_events},
        {"overflow", set_overflow},
        {"policy", set_policy},
        {"unit", set_unit},
        {"memory-policy", set_memory_policy},
        {"timeout", set_timeout},
        {"sampling", set_sampling},
};

/* Applies every option that was given; says what is wrong with each, where that is asked for, and
 * returns how many are. */
static size_t apply(const struct arguments *arguments, bool is_told, struct scenario *scenario)
{
	size_t wrong = 0;
	for (size_t i = 0; i < sizeof overrides / sizeof overrides[0]; i++) {
		const char *const text = arguments_get(arguments, overrides[i].name);
		struct error err;
		if (!text || overrides[i].set(scenario, text, &err) == 0)
			continue;
		if (is_told)
			talk_error("--%s: %s", overrides[i].name, err.text);
		wrong++;
	}
	return wrong;
}

static int check_command(const struct words *command, struct error *err)
{
	for (size_t i = 0; i < command->count; i++) {
		unsigned used = 0;
		const int r = template_check(command->items[i], TEMPLATE_TASK, &used, err);
		if (r < 0)
			return r;
		if (used & 1 << TEMPLATE_INPUT)
			return error_set(err, EINVAL,
			                 "\"%.200s\": a command line has no inputs for {input}; "
			                 "name them in a scenario file (task.inputs)",
			                 command->items[i]);
	}
	return 0;
}

static int copy_command(const struct words *rest, struct scenario *scenario, struct error *err)
{
	const char *const program = rest->items[0];
	const char *const slash = strrchr(program, '/');
	const char *const base = slash && slash[1] ? slash + 1 : program;
	int r = check_command(rest, err);
	for (size_t i = 0; r == 0 && i < rest->count; i++)
		r = words_add(&scenario->task.command, rest->items[i], err);
	if (r == 0)
		r = str_copy(base, &scenario->name, err);
	if (r == 0)
		r = str_copy(base, &scenario->task.type, err);
	return r;
}

static enum exit_code from_command_line(const struct arguments *arguments,
                                        struct scenario *ret_scenario)
{
	struct error err;
	cleanup_scenario struct scenario scenario = {0};
	if (arguments->rest.count == 0) {
		talk_error("no command behind \"--\"");
		return EXIT_USAGE;
	}
	int r = scenario_init(&scenario, &err);
	if (r == 0)
		r = copy_command(&arguments->rest, &scenario, &err);
	if (r == 0)
		r = levels_text_parse(overrides_default_levels, &scenario.sweep.levels, &err);
	if (r < 0)
		return talk_fail(r == -ENOMEM ? EXIT_SOMETHING_FAILED : EXIT_USAGE, &err);
	*ret_scenario = scenario;
	scenario = (struct scenario){0};
	return EXIT_DONE;
}

/* What somebody means as a file, and not as a command whose "--" was forgotten. */
static bool is_like_scenario(const char *path)
{
	const char *const point = strrchr(path, '.');
	return point && (strcmp(point, ".yaml") == 0 || strcmp(point, ".yml") == 0);
}

/* Says that a scenario is not there: where the one of that name is which came with plateau. */
static enum exit_code tell_missing(const char *path, const struct error *err)
{
	const char *const slash = strrchr(path, '/');
	cleanup_free char *name = NULL;
	cleanup_free char *own = NULL;
	struct error ignored;
	if (!is_like_scenario(path)) {
		talk_error("%s; a command to run goes behind --", err->text);
		return EXIT_USAGE;
	}
	if (str_format(&name, &ignored, "scenarios/%s", slash ? slash + 1 : path) == 0)
		own = own_file(name);
	if (own)
		talk_error("%s; did you mean %s?", err->text, own);
	else
		talk_error("%s", err->text);
	return EXIT_USAGE;
}

static enum exit_code from_file(const char *path, struct scenario *ret_scenario)
{
	struct error err;
	cleanup_problems struct problems problems = {0};
	const int r = scenario_yaml_load(path, ret_scenario, &problems, &err);
	if (r == 0)
		return EXIT_DONE;
	if (problems.count)
		return talk_problems(&problems, &err);
	if (r == -ENOENT)
		return tell_missing(path, &err);
	return talk_fail(r == -ENOMEM ? EXIT_SOMETHING_FAILED : EXIT_USAGE, &err);
}

size_t overrides_count(const struct arguments *arguments)
{
	return arguments->operands.count > 0 ? arguments->operands.count : 1;
}

enum exit_code overrides_scenario(const struct arguments *arguments, size_t index,
                                  struct scenario *ret_scenario)
{
	if (arguments->has_rest && arguments->operands.count > 0) {
		talk_error("give either a scenario file or -- COMMAND, not both");
		return EXIT_USAGE;
	}
	if (!arguments->has_rest && arguments->operands.count == 0) {
		talk_error("name a scenario file, or a command behind \"--\"");
		return EXIT_USAGE;
	}
	cleanup_scenario struct scenario scenario = {0};
	enum exit_code code = arguments->has_rest
	                              ? from_command_line(arguments, &scenario)
	                              : from_file(arguments->operands.items[index], &scenario);
	/* Options are looked at even when the file is wrong, so that all is said at once. */
	const bool is_told = index == 0;
	if (apply(arguments, is_told, &scenario) > 0 && code == EXIT_DONE)
		code = EXIT_USAGE;
	code = exit_worse(code, criteria_options_apply(arguments, is_told, &scenario));
	if (code != EXIT_DONE)
		return code;
	*ret_scenario = scenario;
	scenario = (struct scenario){0};
	return EXIT_DONE;
}
