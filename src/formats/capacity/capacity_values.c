#include "formats/capacity/capacity_values.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { NAME_MOST_BYTES = 100, MOST_CORES = 1000000, MOST_FACTOR = 1000000 };

void capacity_place_of(const struct bind_place *place, const yaml_node_t *node,
                       struct capacity_place *ret_place)
{
	ret_place->line = node->start_mark.line + 1;
	ret_place->column = node->start_mark.column + 1;
	bind_path(place, ret_place->path);
}

/* ---- Texts ----------------------------------------------------------------------------------- */

const char *capacity_name_fault(const char *name)
{
	if (!*name)
		return "is empty";
	if (strlen(name) > NAME_MOST_BYTES)
		return "is longer than 100 bytes";
	for (const char *p = name; *p; p++)
		if (iscntrl((unsigned char)*p))
			return "holds a control character";
	return NULL;
}

int capacity_bind_name(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	const char *const fault = capacity_name_fault(text);
	if (fault)
		return bind_problem(binder, place, node, "the text %s; shorten or mend it", fault);
	return str_copy(text, target, binder->err);
}

int capacity_bind_file(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	return str_copy(text, target, binder->err);
}

/* ---- Numbers --------------------------------------------------------------------------------- */

/* Reads a number in its unit to what is kept, a double. */
typedef int figure_parser(const char *text, double *ret_value, struct error *err);

static int parse_count(const char *text, double *ret_value, struct error *err)
{
	return number_parse_count(text, ret_value, err);
}

static int parse_above_0(const char *text, double value, const char *example, struct error *err)
{
	if (value > 0)
		return 0;
	return error_set(err, EINVAL, "\"%s\" is not above 0; write for example %s", text, example);
}

static int parse_factor(const char *text, double *ret_value, struct error *err)
{
	const int r = number_parse_real(text, ret_value, err);
	if (r == 0 && *ret_value > MOST_FACTOR)
		return error_set(err, EINVAL, "\"%s\" is too large for a factor", text);
	return r < 0 ? r : parse_above_0(text, *ret_value, "1.5", err);
}

static int parse_time(const char *text, double *ret_value, struct error *err)
{
	int64_t ns;
	const int r = number_parse_duration(text, &ns, err);
	if (r < 0)
		return r;
	*ret_value = (double)ns / 1e9;
	return parse_above_0(text, *ret_value, "70.4 s", err);
}

static int parse_size(const char *text, double *ret_value, struct error *err)
{
	int64_t bytes = 0;
	const int r = number_parse_bytes(text, &bytes, err);
	if (r < 0)
		return r;
	*ret_value = (double)bytes;
	return parse_above_0(text, *ret_value, "2.59 GB", err);
}

/* The text of node as a number; *ret_is_fine is false where a problem was told. */
static int read_number(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, figure_parser *parse,
                       double *ret_value, bool *ret_is_fine)
{
	const char *text;
	double value = 0;
	struct error wrong;
	*ret_is_fine = false;
	const int r = bind_number_text(binder, place, key, node, &text);
	if (r < 0 || !text)
		return r;
	if (parse(text, &value, &wrong) < 0)
		return bind_problem(binder, place, node, "%s", wrong.text);
	*ret_value = value;
	*ret_is_fine = true;
	return 0;
}

/* ---- Figures --------------------------------------------------------------------------------- */

struct figure_nodes {
	const yaml_node_t *value;
	const yaml_node_t *low;
	const yaml_node_t *high;
};

static int bind_node(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, void *target)
{
	(void)binder;
	(void)place;
	(void)key;
	*(const yaml_node_t **)target = node;
	return 0;
}

static const struct bind_key figure_keys[] = {
        {.name = "value",
         .kind = BIND_CUSTOM,
         .offset = offsetof(struct figure_nodes, value),
         .bind = bind_node,
         .type = "the value"},
        {.name = "low",
         .kind = BIND_CUSTOM,
         .offset = offsetof(struct figure_nodes, low),
         .bind = bind_node,
         .type = "the lower end of its 95 % interval"},
        {.name = "high",
         .kind = BIND_CUSTOM,
         .offset = offsetof(struct figure_nodes, high),
         .bind = bind_node,
         .type = "the upper end of its 95 % interval"},
};

/* The three numbers of {value, low, high}. */
static int bind_parts(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node,
                      const struct figure_nodes *nodes, figure_parser *parse,
                      struct capacity_figure *ret_figure)
{
	struct capacity_figure figure = capacity_figure_absent();
	const struct {
		const char *name;
		const yaml_node_t *node;
		double *value;
	} parts[] = {
	        {"value", nodes->value, &figure.value},
	        {"low", nodes->low, &figure.low},
	        {"high", nodes->high, &figure.high},
	};
	bool are_fine = true;
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++)
		if (!parts[i].node)
			return bind_problem(binder, place, node,
			                    "a figure with an interval is {value, low, high}, and "
			                    "%s is missing",
			                    parts[i].name);
	for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
		const struct bind_place here = {place, parts[i].name, 0, node, NULL};
		bool is_fine = false;
		const int r = read_number(binder, &here, key, parts[i].node, parse, parts[i].value,
		                          &is_fine);
		if (r < 0)
			return r;
		are_fine &= is_fine;
	}
	if (!are_fine)
		return 0;
	if (figure.low > figure.value || figure.high < figure.value)
		return bind_problem(binder, place, node,
		                    "the value is not between low and high; write low first");
	*ret_figure = figure;
	return 0;
}

static int bind_figure(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, figure_parser *parse,
                       struct capacity_figure *figure)
{
	if (node->type == YAML_MAPPING_NODE) {
		struct figure_nodes nodes = {0};
		const int r = bind_mapping(binder, place, key, node, figure_keys,
		                           ARRAY_LENGTH(figure_keys), &nodes);
		return r < 0 ? r : bind_parts(binder, place, key, node, &nodes, parse, figure);
	}
	double value;
	bool is_fine;
	const int r = read_number(binder, place, key, node, parse, &value, &is_fine);
	if (r == 0 && is_fine)
		*figure = capacity_figure_of(value);
	return r;
}

int capacity_bind_count(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_figure(binder, place, key, node, parse_count, target);
}

int capacity_bind_factor(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_figure(binder, place, key, node, parse_factor, target);
}

int capacity_bind_time(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_figure(binder, place, key, node, parse_time, target);
}

int capacity_bind_size(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_figure(binder, place, key, node, parse_size, target);
}

/* ---- Nodes ----------------------------------------------------------------------------------- */

static int parse_cores(const char *text, double *ret_value, struct error *err)
{
	int64_t cores;
	const int r = number_parse_integer(text, 1, MOST_CORES, &cores, err);
	if (r == 0)
		*ret_value = (double)cores;
	return r;
}

int capacity_bind_cores(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	bool is_fine;
	return read_number(binder, place, key, node, parse_cores, target, &is_fine);
}

static int parse_any_size(const char *text, double *ret_value, struct error *err)
{
	int64_t bytes = 0;
	const int r = number_parse_bytes(text, &bytes, err);
	if (r == 0)
		*ret_value = (double)bytes;
	return r;
}

int capacity_bind_bytes(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	bool is_fine;
	return read_number(binder, place, key, node,
	                   key->is_zero_allowed ? parse_any_size : parse_size, target, &is_fine);
}
