/* The values of task.phases. */
#include "core/error.h"
#include "core/str.h"
#include "formats/log/log_read.h"
#include "formats/scenario/scenario_values.h"

#include <stdlib.h>
#include <string.h>

enum { PATTERNS_MAX = 256, PATTERN_MAX_LENGTH = 1000 };

#define AT(member) offsetof(struct scenario_phases, member)

/* A text of its own; the target is a char pointer, which may hold a default. */
static int bind_own_text(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	if (strlen(text) > PATTERN_MAX_LENGTH)
		return bind_problem(binder, place, node, "longer than %d bytes; shorten it",
		                    PATTERN_MAX_LENGTH);
	char *copy = NULL;
	r = str_copy(text, &copy, binder->err);
	if (r < 0)
		return r;
	char **const place_of_text = target;
	free(*place_of_text);
	*place_of_text = copy;
	return 0;
}

static int bind_item(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	return r < 0 || !text ? r : words_add(target, text, binder->err);
}

static const struct bind_key glob_item = {
        .name = "globs",
        .type = "a pattern",
        .example = "\"my.logger.*\"",
        .bind = bind_item,
};

static const struct bind_key field_item = {
        .name = "fields",
        .type = "time, logger, message or -",
        .example = "[time, logger, message]",
        .bind = bind_item,
};

/* A list takes the place of the default. */
static int bind_words(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node,
                      const struct bind_key *item, struct words *words)
{
	words_release(words);
	const int r = bind_list(binder, place, key, node, item, words);
	if (r == 0 && words->count > PATTERNS_MAX)
		return bind_problem(binder, place, node, "more than %d of them; leave some out",
		                    PATTERNS_MAX);
	return r;
}

static int bind_globs(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_words(binder, place, key, node, &glob_item, target);
}

static int bind_fields(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_words(binder, place, key, node, &field_item, target);
}

static int bind_format(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct scenario_phases *const phases = target;
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	for (unsigned i = PHASES_NONE + 1; phases_format_names[i]; i++) {
		if (strcmp(text, phases_format_names[i]) == 0) {
			phases->format = (enum phases_format)i;
			return 0;
		}
	}
	return bind_problem(binder, place, node,
	                    "\"%.60s\" is no format of a log; it must be lsst-log, json-log or "
	                    "pattern",
	                    text);
}

const struct bind_key scenario_phases_keys[SCENARIO_PHASES_KEYS] = {
        {.name = "format",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = 0,
         .bind = bind_format,
         .type = "lsst-log, json-log or pattern",
         .default_text = "required",
         .example = "lsst-log",
         .help = "The form of the log: the LSST pipelines' long one (`pipetask --long-log`, "
                 "plateau-isr), JSON objects, or lines that `pattern` describes."},
        {.name = "stream",
         .kind = BIND_CUSTOM,
         .offset = AT(log),
         .bind = scenario_bind_stream,
         .type = "stderr, stdout, or a mapping",
         .default_text = "stderr",
         .example = "stderr",
         .help = "Where the task writes its log."},
        {.name = "compute",
         .kind = BIND_CUSTOM,
         .offset = AT(compute),
         .bind = bind_globs,
         .type = "a list of patterns",
         .default_text = "loggers of the LSST pipelines",
         .example = "[\"lsst.isr.*\"]",
         .help = "Loggers or messages that begin a phase of class compute; what a pattern behind "
                 "`!` matches does not."},
        {.name = "datastore",
         .kind = BIND_CUSTOM,
         .offset = AT(datastore),
         .bind = bind_globs,
         .type = "a list of patterns",
         .default_text = "loggers of the LSST pipelines",
         .example = "[\"lsst.daf.butler.*\", \"Reading bytes from *\"]",
         .help = "Loggers or messages that begin a phase of class datastore; asked before "
                 "`compute`."},
        {.name = "pattern",
         .kind = BIND_CUSTOM,
         .offset = AT(pattern),
         .bind = bind_own_text,
         .type = "a POSIX extended regular expression",
         .default_text = "none",
         .example = "\"^([0-9-]+ [0-9:.]+) ([a-z.]+): (.*)$\"",
         .help = "With `format: pattern`: what a line with a time stamp looks like."},
        {.name = "fields",
         .kind = BIND_CUSTOM,
         .offset = AT(fields),
         .bind = bind_fields,
         .type = "a list of time, logger, message and -",
         .default_text = "[time, logger, message], [time, message] or [time]",
         .example = "[time, \"-\", message]",
         .help = "What the groups of the pattern are, from the first on; - is none of these."},
        {.name = "time_format",
         .kind = BIND_CUSTOM,
         .offset = AT(time_format),
         .bind = bind_own_text,
         .type = "a format of strptime (3)",
         .default_text = "none",
         .example = "\"%Y-%m-%d %H:%M:%S.%f\"",
         .help = "With `format: pattern`: the form of its time stamps; %f is a fraction of a "
                 "second, %z an offset, %s seconds since 1970."},
        {.name = "time_zone",
         .kind = BIND_CHOICE,
         .offset = AT(zone),
         .choices = phases_zone_names,
         .type = "utc or local",
         .default_text = "utc; local for pattern",
         .example = "utc",
         .help = "The zone of time stamps that do not say theirs."},
};

/* What several keys together get wrong. */
static int check_whole(struct binder *binder, const struct bind_place *place,
                       const yaml_node_t *node, const struct scenario_phases *phases)
{
	const bool is_pattern = phases->format == PHASES_PATTERN;
	if (is_pattern && (!phases->pattern || !phases->time_format))
		return bind_problem(binder, place, node,
		                    "format: pattern needs pattern and time_format; add for "
		                    "example %s: %s",
		                    phases->pattern ? "time_format" : "pattern",
		                    phases->pattern ? "\"%Y-%m-%d %H:%M:%S.%f\""
		                                    : "\"^([0-9-]+ [0-9:.]+) (.*)$\"");
	if (!is_pattern && (phases->pattern || phases->time_format || phases->fields.count > 0))
		return bind_problem(binder, place, node,
		                    "pattern, fields and time_format belong to format: pattern; "
		                    "leave them out, or write format: pattern");
	struct error wrong;
	if (log_format_check(phases, &wrong) < 0)
		return bind_problem(binder, place, node, "pattern: %s", wrong.text);
	return 0;
}

int scenario_bind_phases(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct scenario_phases *const phases = target;
	const size_t before = binder->problems->count + binder->problems->left_out;
	scenario_phases_release(phases);
	int r = scenario_phases_init(phases, binder->err);
	phases->zone = PHASES_ZONES;
	if (r == 0)
		r = bind_mapping(binder, place, key, node, scenario_phases_keys,
		                 SCENARIO_PHASES_KEYS, phases);
	if (phases->zone == PHASES_ZONES)
		phases->zone = phases->format == PHASES_PATTERN ? PHASES_LOCAL : PHASES_UTC;
	if (r < 0 || binder->problems->count + binder->problems->left_out != before)
		return r;
	return check_whole(binder, place, node, phases);
}
