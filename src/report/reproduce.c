#include "report/reproduce.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/command_text.h"
#include "formats/scenario/scenario_json.h"
#include "formats/scenario/scenario_yaml.h"

#include <errno.h>
#include <string.h>

/* Each writes the value of one option, or nothing where the option is not needed. */

static void write_levels(const struct scenario *s, struct str *text)
{
	for (size_t i = 0; i < s->sweep.levels.count; i++)
		str_addf(text, "%s%s", i ? "," : "", s->sweep.levels.items[i].spelling);
}

static void write_repeats(const struct scenario *s, struct str *text)
{
	str_addf(text, "%u", s->sweep.repeats);
}

static void write_warmup(const struct scenario *s, struct str *text)
{
	str_addf(text, "%g", s->sweep.warmup.tasks);
}

static void write_measured(const struct scenario *s, struct str *text)
{
	str_addf(text, "%g", s->sweep.measured.tasks);
}

static void write_events(const struct scenario *s, struct str *text)
{
	for (size_t i = 0; i < s->events.count; i++)
		str_addf(text, "%s%s", i ? "," : "", s->events.items[i]);
}

static void write_policies(const struct scenario *s, struct str *text)
{
	/* A map has commas of its own, and the option takes one policy. */
	if (s->placement.policies.count == 1)
		str_add(text, s->placement.policies.items[0].spelling);
}

static void write_unit(const struct scenario *s, struct str *text)
{
	str_add(text, placement_unit_names[s->placement.unit]);
}

static void write_memory(const struct scenario *s, struct str *text)
{
	str_add(text, memory_policy_names[s->placement.memory]);
}

static void write_timeout(const struct scenario *s, struct str *text)
{
	if (s->task.timeout_ns > 0)
		str_addf(text, "%gs", (double)s->task.timeout_ns * 1e-9);
}

static void write_sampling(const struct scenario *s, struct str *text)
{
	if (s->sampling.interval_ns > 0)
		str_addf(text, "%gs", (double)s->sampling.interval_ns * 1e-9);
	else
		str_add(text, "off");
}

/* The options of `plateau run` that say what is run. */
static const struct option_writer {
	const char *option;
	void (*write)(const struct scenario *s, struct str *text);
	bool is_always; /* else only where it is not as by default */
} options[] = {
        {"-j", write_levels, true},          {"-r", write_repeats, false},
        {"-w", write_warmup, false},         {"-m", write_measured, false},
        {"-e", write_events, false},         {"--policy", write_policies, false},
        {"--unit", write_unit, false},       {"--memory-policy", write_memory, false},
        {"--timeout", write_timeout, false}, {"--sampling", write_sampling, false},
};

static int add_options(const struct scenario *scenario, const struct scenario *usual,
                       struct words *argv, struct error *err)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(options); i++) {
		cleanup_str struct str value = {0};
		cleanup_str struct str other = {0};
		options[i].write(scenario, &value);
		options[i].write(usual, &other);
		if (value.failed || other.failed)
			return error_memory(err);
		if (value.length == 0 ||
		    (!options[i].is_always && strcmp(str_text(&value), str_text(&other)) == 0))
			continue;
		r = words_add(argv, options[i].option, err);
		if (r == 0)
			r = words_add(argv, str_text(&value), err);
	}
	return r;
}

static int add_command_line(const struct scenario *scenario, struct words *argv, struct error *err)
{
	cleanup_scenario struct scenario usual = {0};
	int r = scenario_init(&usual, err);
	if (r == 0)
		r = add_options(scenario, &usual, argv, err);
	if (r == 0)
		r = words_add(argv, "--", err);
	for (size_t i = 0; r == 0 && i < scenario->task.command.count; i++)
		r = words_add(argv, scenario->task.command.items[i], err);
	return r;
}

/* The file's own name is not kept; the scenario's is. What was said on the command line besides
 * shows where the file alone does not lead to the same scenario. */
static int add_file(const struct run_facts *run, const struct scenario *effective,
                    struct words *argv, struct error *err)
{
	struct error ignored;
	cleanup_free char *name = NULL;
	cleanup_free char *json = NULL;
	cleanup_scenario struct scenario written = {0};
	struct problems problems = {0};
	int r = str_format(&name, err, "%s.yaml", run->name ? run->name : "scenario");
	if (r == 0)
		r = words_add(argv, name, err);
	if (r < 0)
		return r;
	const int parsed = scenario_yaml_parse(name, run->scenario_text, strlen(run->scenario_text),
	                                       &written, &problems, &ignored);
	problems_release(&problems);
	if (parsed == -ENOMEM)
		return error_memory(err);
	if (parsed < 0)
		return 0;
	/* Where references are found does not make another scenario of it. */
	char *const own_folder = written.accept.folder;
	written.accept.folder = effective->accept.folder;
	const int wrote = scenario_json_write(&written, &json, &ignored);
	written.accept.folder = own_folder;
	if (wrote < 0)
		return 0;
	return strcmp(json, run->scenario_json) == 0 ? 0
	                                             : add_options(effective, &written, argv, err);
}

int reproduce_command(const struct run_facts *run, char **ret_command, bool *ret_needs_file,
                      struct error *err)
{
	struct error unread;
	cleanup_scenario struct scenario scenario = {0};
	cleanup_words struct words argv = {0};
	char *command = NULL;
	const int read = run->scenario_json && run->scenario_text
	                         ? scenario_json_read(run->scenario_json, &scenario, &unread)
	                         : -EINVAL;
	if (read == -ENOMEM)
		return error_memory(err);
	if (read < 0) {
		*ret_command = NULL;
		*ret_needs_file = false;
		return 0;
	}
	const bool is_file = strcmp(run->scenario_text, run->scenario_json) != 0;
	int r = words_add(&argv, "plateau", err);
	if (r == 0)
		r = words_add(&argv, "run", err);
	if (r == 0)
		r = is_file ? add_file(run, &scenario, &argv, err)
		            : add_command_line(&scenario, &argv, err);
	if (r == 0)
		r = command_text_write(&argv, &command, err);
	if (r < 0)
		return r == -ENOMEM ? r : error_memory(err);
	*ret_command = command;
	*ret_needs_file = is_file;
	return 0;
}
