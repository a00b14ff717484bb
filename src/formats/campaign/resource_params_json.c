#include "formats/campaign/resource_params_json.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "formats/campaign/two_level_json.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const double gib_bytes = 1073741824.0;

/* What a figure is to us, and where it goes. */
static const struct figure {
	const char *name;
	size_t offset; /* of its struct resource_line */
	bool is_size;
} figures[] = {
        {"cpu_time", offsetof(struct resource_params_task, cpu_s), false},
        {"maxRSS", offsetof(struct resource_params_task, max_rss_bytes), true},
};

static const struct unit {
	const char *name;
	double factor; /* to s or bytes; 0: what this file calls GB */
	bool is_size;
} units[] = {
        {"s", 1, false},     {"m", 60, false},       {"min", 60, false},        {"h", 3600, false},
        {"B", 1, true},      {"kB", 1e3, true},      {"MB", 1e6, true},         {"GB", 0, true},
        {"KiB", 1024, true}, {"MiB", 1048576, true}, {"GiB", 1073741824, true},
};

struct reading {
	struct resource_params *params;
	const char *name;
	/* Of constants in GB: how many only make sense as KiB / 2^20, and how many cannot be. */
	size_t binary_count;
	size_t constant_count;
	/* Which lines are in GB, until what that is has been found out: an index into items each.
	 */
	size_t *in_gb;
	size_t in_gb_count;
	size_t in_gb_capacity;
};

static const struct figure *find_figure(const char *name, size_t length)
{
	for (size_t i = 0; i < ARRAY_LENGTH(figures); i++)
		if (strlen(figures[i].name) == length && memcmp(figures[i].name, name, length) == 0)
			return &figures[i];
	return NULL;
}

static const struct unit *find_unit(const char *name, size_t length, bool is_size)
{
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
		if (units[i].is_size == is_size && strlen(units[i].name) == length &&
		    memcmp(units[i].name, name, length) == 0)
			return &units[i];
	return NULL;
}

/* Takes "maxRSS (GB)" apart. Returns false where it is nothing that is known. */
static bool split_name(const char *text, const struct figure **ret_figure,
                       const struct unit **ret_unit)
{
	const char *const open = strchr(text, '(');
	const char *const close = open ? strchr(open, ')') : NULL;
	if (!close || close[1] != '\0')
		return false;
	size_t length = (size_t)(open - text);
	while (length > 0 && text[length - 1] == ' ')
		length--;
	const struct figure *const figure = find_figure(text, length);
	if (!figure)
		return false;
	const struct unit *const unit =
	        find_unit(open + 1, (size_t)(close - open - 1), figure->is_size);
	*ret_figure = figure;
	*ret_unit = unit;
	return unit != NULL;
}

/* The kernel counts KiB: a constant that is a whole number of them over 2^20, and not one that a
 * person would write, shows what its GB are. */
static void look_at_constant(struct reading *r, double slope, double intercept)
{
	if (slope != 0 || !(intercept > 0))
		return;
	const double kib = intercept * 1048576;
	const double written = intercept * 10000;
	r->constant_count++;
	if (fabs(kib - round(kib)) < 1e-6 && fabs(written - round(written)) > 1e-6)
		r->binary_count++;
}

static int add_task(struct reading *r, const char *type, struct error *err)
{
	struct resource_params *const params = r->params;
	int result = array_reserve(&params->items, &params->capacity, params->count + 1,
	                           sizeof *params->items, err);
	char *copy = NULL;
	if (result == 0)
		result = str_copy(type, &copy, err);
	if (result < 0)
		return result;
	const struct resource_line absent = {(double)NAN, (double)NAN};
	params->items[params->count++] = (struct resource_params_task){
	        .type = copy, .cpu_s = absent, .max_rss_bytes = absent};
	return 0;
}

static int note_gb(struct reading *r, const struct two_level_entry *entry, struct error *err)
{
	const int result = array_reserve(&r->in_gb, &r->in_gb_capacity, r->in_gb_count + 1,
	                                 sizeof *r->in_gb, err);
	if (result < 0)
		return result;
	r->in_gb[r->in_gb_count++] = r->params->count - 1;
	look_at_constant(r, entry->numbers[0], entry->numbers[1]);
	return 0;
}

static int take_entry(void *context, const struct two_level_entry *entry, struct problems *problems,
                      struct error *err)
{
	struct reading *const r = context;
	const struct figure *figure = NULL;
	const struct unit *unit = NULL;
	int result = entry->is_first ? add_task(r, entry->outer, err) : 0;
	if (result < 0)
		return result;
	if (!split_name(entry->inner, &figure, &unit))
		return problems_add(
		        problems, r->name, entry->line, entry->column, entry->path, err,
		        "is no figure that is known: cpu_time (s, m or h) or maxRSS (kB, "
		        "MB, GB, KiB, MiB or GiB), with the unit in parentheses");
	if (isnan(entry->numbers[0]) || isnan(entry->numbers[1]))
		return 0;
	struct resource_params_task *const task = &r->params->items[r->params->count - 1];
	struct resource_line *const line =
	        (struct resource_line *)(void *)((char *)task + figure->offset);
	if (!isnan(line->slope))
		return problems_add(problems, r->name, entry->line, entry->column, entry->path, err,
		                    "%s is there in another unit already: give one of them",
		                    figure->name);
	const double factor = unit->factor > 0 ? unit->factor : 1;
	*line = (struct resource_line){entry->numbers[0] * factor, entry->numbers[1] * factor};
	return unit->factor > 0 ? 0 : note_gb(r, entry, err);
}

/* Now that all is read it shows what GB are. */
static int settle_gb(struct reading *r, struct error *err)
{
	struct resource_params *const params = r->params;
	params->gb_bytes = r->binary_count > 0 ? gib_bytes : 1e9;
	for (size_t i = 0; i < r->in_gb_count; i++) {
		struct resource_line *const line = &params->items[r->in_gb[i]].max_rss_bytes;
		line->slope *= params->gb_bytes;
		line->intercept *= params->gb_bytes;
	}
	if (r->in_gb_count == 0)
		return 0;
	if (r->binary_count > 0)
		return words_addf(
		        &params->remarks, err,
		        "GB in %s are GiB: %zu of its %zu constants are whole KiB divided "
		        "by 2^20",
		        r->name, r->binary_count, r->constant_count);
	return words_addf(&params->remarks, err, "GB in %s are taken as 10^9 bytes", r->name);
}

int resource_params_parse(const char *name, const char *text, size_t text_bytes,
                          struct resource_params *ret_params, struct problems *problems,
                          struct error *err)
{
	struct resource_params params = {0};
	struct reading reading = {.params = &params, .name = name};
	const struct two_level_format format = {
	        .name = name,
	        .wanted = "a list of two numbers, [slope, intercept]",
	        .number_count = 2,
	        .take = take_entry,
	        .context = &reading,
	};
	int r = two_level_each(&format, text, text_bytes, problems, err);
	if (r == 0)
		r = problems_result(problems, name, err);
	if (r == 0)
		r = settle_gb(&reading, err);
	free(reading.in_gb);
	if (r < 0) {
		resource_params_release(&params);
		return r;
	}
	*ret_params = params;
	return 0;
}

int resource_params_load(const char *path, struct resource_params *ret_params,
                         struct problems *problems, struct error *err)
{
	cleanup_free char *text = NULL;
	size_t bytes = 0;
	const int r = file_read(path, RESOURCE_PARAMS_MAX_BYTES, &text, &bytes, err);
	return r < 0 ? r : resource_params_parse(path, text, bytes, ret_params, problems, err);
}

const struct resource_params_task *resource_params_find(const struct resource_params *params,
                                                        const char *type)
{
	for (size_t i = 0; i < params->count; i++)
		if (strcmp(params->items[i].type, type) == 0)
			return &params->items[i];
	return NULL;
}

void resource_params_release(struct resource_params *params)
{
	if (!params)
		return;
	for (size_t i = 0; i < params->count; i++)
		free(params->items[i].type);
	free(params->items);
	words_release(&params->remarks);
	*params = (struct resource_params){0};
}
