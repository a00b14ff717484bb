/* The values of task.figures. */
#include "formats/scenario/scenario_values.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

#define AT(member) offsetof(struct scenario_figures, member)

/* What is wrong with the name of a figure, which stands in tables, plots and file names; NULL:
 * nothing. */
static const char *name_fault(const char *name)
{
	if (strlen(name) >= FIGURE_NAME_BYTES)
		return "is longer than 48 bytes; shorten it";
	if (!isalpha((unsigned char)name[0]))
		return "does not begin with a letter; write for example images_per_s";
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("_.-", *p))
			return "may hold letters, digits, '_', '.' and '-' alone; write for "
			       "example images_per_s";
	return NULL;
}

static bool is_named(const struct words *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

static int bind_name(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct words *const names = target;
	const char *name;
	const int r = bind_text(binder, place, key, node, false, &name);
	if (r < 0 || !name)
		return r;
	const char *const fault = name_fault(name);
	if (fault)
		return bind_problem(binder, place, node, "\"%.60s\" %s", name, fault);
	if (is_named(names, name))
		return bind_problem(binder, place, node, "\"%.60s\" is named twice; leave one out",
		                    name);
	return words_add(names, name, binder->err);
}

static const struct bind_key name_item = {
        .name = "names",
        .type = "the name of a figure",
        .example = "images_per_s",
        .bind = bind_name,
};

static int bind_names(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct words *const names = target;
	const size_t before = binder->problems->count + binder->problems->left_out;
	const int r = bind_list(binder, place, key, node, &name_item, names);
	if (r < 0 || binder->problems->count + binder->problems->left_out != before)
		return r;
	if (names->count == 0)
		return bind_problem(binder, place, node,
		                    "names no figure; write for example [images_per_s], or leave "
		                    "task.figures out");
	if (names->count > FIGURES_MAX)
		return bind_problem(binder, place, node,
		                    "%zu figures, and at most %d are read; leave some out",
		                    names->count, FIGURES_MAX);
	return 0;
}

const struct bind_key scenario_figures_keys[SCENARIO_FIGURES_KEYS] = {
        {.name = "stream",
         .kind = BIND_CUSTOM,
         .offset = AT(log),
         .bind = scenario_bind_stream,
         .type = "stdout, stderr, or a mapping",
         .default_text = "stdout",
         .example = "stdout",
         .help = "Where the task prints them."},
        {.name = "names",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = AT(names),
         .bind = bind_names,
         .type = "a list of names",
         .default_text = "required",
         .example = "[frequency_hz_p50, images_per_s]",
         .help = "What the task calls them: lines `NAME VALUE`, `NAME=VALUE` or `NAME: VALUE`, or "
                 "members of a JSON object; at most 16."},
};

int scenario_bind_figures(struct binder *binder, const struct bind_place *place,
                          const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct scenario_figures *const figures = target;
	scenario_figures_release(figures);
	figures->log.stream = LOG_STDOUT;
	return bind_mapping(binder, place, key, node, scenario_figures_keys, SCENARIO_FIGURES_KEYS,
	                    figures);
}
