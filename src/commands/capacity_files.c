#include "commands/capacity_files.h"

#include "analyse/capacity/capacity_sources.h"
#include "analyse/compare/compare.h"
#include "commands/campaign_load.h"
#include "commands/loaded.h"
#include "commands/result_files.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/problems.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A campaign or a file of parameters, which several tasks may name. */
struct read_file {
	char *path;
	bool is_campaign;
	bool has_failed; /* which was told */
	struct campaign campaign;
	struct resource_params params;
};

struct reading {
	const struct arguments *arguments;
	const char *path; /* of the capacity file */
	char *folder;     /* that it is in; NULL: where we are */
	struct capacity *capacity;
	struct problems problems; /* with their places in the capacity file */
	struct read_file **files; /* each in a place of its own */
	size_t file_count;
	size_t file_capacity;
	struct loaded results;
	bool lacks_visits;   /* a table of them could not be read */
	enum exit_code code; /* the worst so far */
	struct error *err;
};

static void release_reading(struct reading *reading)
{
	for (size_t i = 0; i < reading->file_count; i++) {
		campaign_release(&reading->files[i]->campaign);
		resource_params_release(&reading->files[i]->params);
		free(reading->files[i]->path);
		free(reading->files[i]);
	}
	free(reading->files);
	free(reading->folder);
	loaded_release(&reading->results);
	problems_release(&reading->problems);
}

/* Puts what err says at a place of the capacity file. -ENOMEM ends everything. */
static int told(struct reading *reading, const struct capacity_place *place, int result)
{
	struct error said = *reading->err;
	if (result == 0 || result == -ENOMEM)
		return result;
	return problems_add(&reading->problems, reading->path, place->line, place->column,
	                    place->path, reading->err, "%s", said.text);
}

/* What is wrong within a file that is named has places of its own, and is said at once. Anything
 * else is left to told. */
static int said(struct reading *reading, const struct problems *problems, int result)
{
	if (result != -EINVAL || problems->count == 0)
		return result;
	reading->code = exit_worse(reading->code, talk_problems(problems, reading->err));
	return 0;
}

/* ---- Paths ----------------------------------------------------------------------------------- */

static int set_folder(const char *path, char **ret_folder, struct error *err)
{
	const char *const slash = strrchr(path, '/');
	if (!slash)
		return 0;
	return str_format(ret_folder, err, "%.*s/", (int)(slash - path), path);
}

/* The path of a file that is named. */
static int path_of(const struct reading *reading, const char *name, char **ret_path)
{
	if (name[0] == '/' || !reading->folder)
		return str_copy(name, ret_path, reading->err);
	return str_format(ret_path, reading->err, "%s%s", reading->folder, name);
}

/* ---- Campaigns and parameters ---------------------------------------------------------------- */

static int load_file(struct reading *reading, struct read_file *file)
{
	if (file->is_campaign) {
		const struct campaign_load_settings settings = {.arguments = reading->arguments};
		const enum exit_code code = campaign_load(file->path, &settings, &file->campaign);
		file->has_failed = code != EXIT_DONE;
		reading->code = exit_worse(reading->code, code);
		return 0;
	}
	cleanup_problems struct problems problems = {0};
	const int r = resource_params_load(file->path, &file->params, &problems, reading->err);
	file->has_failed = r < 0;
	return said(reading, &problems, r);
}

/* The file, read where it has not been; one that could not be read is told once. */
static int file_of(struct reading *reading, const char *name, bool is_campaign,
                   const struct capacity_place *place, struct read_file **ret_file)
{
	cleanup_free char *path = NULL;
	int r = path_of(reading, name, &path);
	for (size_t i = 0; r == 0 && i < reading->file_count; i++)
		if (reading->files[i]->is_campaign == is_campaign &&
		    strcmp(reading->files[i]->path, path) == 0) {
			*ret_file = reading->files[i];
			return 0;
		}
	if (r == 0)
		r = array_reserve(&reading->files, &reading->file_capacity, reading->file_count + 1,
		                  sizeof(void *), reading->err);
	if (r < 0)
		return r;
	struct read_file *const file = calloc(1, sizeof *file);
	if (!file)
		return error_memory(reading->err);
	reading->files[reading->file_count++] = file;
	file->path = path;
	path = NULL;
	file->is_campaign = is_campaign;
	*ret_file = file;
	return told(reading, place, load_file(reading, file));
}

/* ---- Results --------------------------------------------------------------------------------- */

static int result_of(struct reading *reading, const char *name,
                     const struct loaded_result **ret_result)
{
	cleanup_free char *path = NULL;
	const int r = path_of(reading, name, &path);
	return r < 0 ? r : loaded_get(&reading->results, path, ret_result, reading->err);
}

/* The runs of one side of a comparison. */
static int open_side(struct reading *reading, const char *word, const char *name,
                     const struct findings ***ret_runs, struct side *side)
{
	cleanup_words struct words paths = {0};
	int r = result_files_find(word, reading->folder, &paths, reading->err);
	if (r < 0)
		return r;
	const struct findings **const runs = calloc(paths.count + 1, sizeof(void *));
	if (!runs)
		return error_memory(reading->err);
	*ret_runs = runs;
	*side = (struct side){.name = name, .path = word, .runs = runs};
	for (size_t i = 0; i < paths.count; i++) {
		const struct loaded_result *result;
		r = loaded_get(&reading->results, paths.items[i], &result, reading->err);
		if (r < 0)
			return r;
		runs[side->count++] = &result->findings;
	}
	return 0;
}

static int compare(struct reading *reading, struct capacity_platform *platform)
{
	cleanup_comparison struct comparison comparison = {0};
	const struct findings **base_runs = NULL;
	const struct findings **new_runs = NULL;
	struct side base;
	struct side new;
	int r = open_side(reading, platform->factor_base, platform->factor_base, &base_runs, &base);
	if (r == 0)
		r = open_side(reading, platform->factor_new, platform->factor_new, &new_runs, &new);
	if (r == 0)
		r = compare_build(&base, &new, &comparison, reading->err);
	if (r == 0)
		r = capacity_take_factor(&comparison, platform, reading->err);
	free(base_runs);
	free(new_runs);
	return r;
}

/* ---- Tasks ----------------------------------------------------------------------------------- */

static int read_source(struct reading *reading, size_t index)
{
	struct capacity *const capacity = reading->capacity;
	struct capacity_task *const task = &capacity->tasks[index];
	struct capacity_source source;
	struct read_file *file = NULL;
	if (!capacity_source_of(capacity, task, &source))
		return 0;
	/* Of a common source whose task is wrong, the task is the place. */
	const struct capacity_place *const place =
	        task->has_source ? &task->source.place : &task->place;
	if (source.result) {
		const struct loaded_result *result;
		int r = result_of(reading, source.result, &result);
		if (r == 0)
			r = capacity_take_result(&result->findings, source.result, source.at, task,
			                         reading->err);
		return told(reading, place, r);
	}
	const char *const name = source.campaign ? source.campaign : source.parameters;
	int r = file_of(reading, name, source.campaign != NULL, place, &file);
	if (r < 0 || !file || file->has_failed)
		return r;
	r = source.campaign ? capacity_take_campaign(&file->campaign, name, &source, capacity,
	                                             index, reading->err)
	                    : capacity_take_parameters(&file->params, name, &source, capacity,
	                                               index, reading->err);
	return told(reading, place, r);
}

static int read_visits(struct reading *reading, struct capacity_visits *visits)
{
	cleanup_problems struct problems problems = {0};
	cleanup_free char *path = NULL;
	struct visits_table table;
	if (!visits->table)
		return 0;
	int r = path_of(reading, visits->table, &path);
	if (r == 0)
		r = visits_csv_load(path, &table, &problems, reading->err);
	if (r == 0)
		return capacity_take_visits(&table, visits, reading->err);
	reading->lacks_visits = true;
	return told(reading, &visits->place, said(reading, &problems, r));
}

/* ---- Platforms and products ------------------------------------------------------------------ */

static int read_platform(struct reading *reading, struct capacity_platform *platform)
{
	int r = platform->factor_base ? told(reading, &platform->place, compare(reading, platform))
	                              : 0;
	for (size_t i = 0; r == 0 && i < platform->measured_count; i++) {
		struct capacity_measured *const measured = &platform->measured[i];
		const struct loaded_result *result;
		r = result_of(reading, measured->result, &result);
		if (r == 0)
			r = capacity_take_measured(&result->findings, measured->result, measured,
			                           reading->err);
		r = told(reading, &measured->place, r);
	}
	return r;
}

static int read_sizes(struct reading *reading)
{
	struct capacity *const capacity = reading->capacity;
	cleanup_product_sizes struct product_sizes sizes = {0};
	cleanup_problems struct problems problems = {0};
	cleanup_free char *path = NULL;
	if (!capacity->sizes)
		return 0;
	int r = path_of(reading, capacity->sizes, &path);
	if (r == 0)
		r = product_sizes_load(path, &sizes, &problems, reading->err);
	if (r < 0)
		return told(reading, &capacity->sizes_place, said(reading, &problems, r));
	for (size_t i = 0; r == 0 && i < capacity->product_count; i++) {
		struct capacity_product *const product = &capacity->products[i];
		r = told(reading, &product->place,
		         capacity_take_size(&sizes, capacity->sizes, product, reading->err));
	}
	return r;
}

/* ---- All of it ------------------------------------------------------------------------------- */

static int read_all(struct reading *reading)
{
	struct capacity *const capacity = reading->capacity;
	int r = set_folder(reading->path, &reading->folder, reading->err);
	if (r == 0)
		r = capacity_take_typed(capacity, reading->err);
	for (size_t i = 0; r == 0 && i < capacity->visits_count; i++)
		r = read_visits(reading, &capacity->visits[i]);
	/* Without its visits every task would be told as wrong too. */
	for (size_t i = 0; r == 0 && !reading->lacks_visits && i < capacity->task_count; i++) {
		r = told(reading, &capacity->tasks[i].place,
		         capacity_count_instances(capacity, i, reading->err));
		if (r == 0)
			r = read_source(reading, i);
	}
	for (size_t i = 0; r == 0 && i < capacity->platform_count; i++)
		r = read_platform(reading, &capacity->platforms[i]);
	return r < 0 ? r : read_sizes(reading);
}

/* Remarks of campaigns and parameters: what their readers guessed. */
static int take_remarks(struct reading *reading)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < reading->file_count; i++) {
		const struct read_file *const file = reading->files[i];
		const struct words *const remarks =
		        file->is_campaign ? &file->campaign.remarks : &file->params.remarks;
		for (size_t j = 0; r == 0 && j < remarks->count; j++) {
			/* Some name the file themselves. */
			const bool is_named = strstr(remarks->items[j], file->path) != NULL;
			r = words_addf(&reading->capacity->remarks, reading->err, "%s%s%s",
			               is_named ? "" : file->path, is_named ? "" : ": ",
			               remarks->items[j]);
		}
	}
	return r;
}

/* Says what is wrong, of the capacity file last. */
static enum exit_code finish(struct reading *reading)
{
	enum exit_code code = reading->code;
	struct error err;
	problems_sort(&reading->problems);
	if (problems_result(&reading->problems, reading->path, &err) < 0)
		code = exit_worse(code, talk_problems(&reading->problems, &err));
	return code;
}

enum exit_code capacity_files_read(const struct arguments *arguments, const char *path,
                                   struct capacity *capacity)
{
	struct error err;
	struct reading reading = {
	        .arguments = arguments,
	        .path = path,
	        .capacity = capacity,
	        .code = EXIT_DONE,
	        .err = &err,
	};
	int r = read_all(&reading);
	if (r == 0)
		r = take_remarks(&reading);
	const enum exit_code code =
	        r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : finish(&reading);
	release_reading(&reading);
	return code;
}

/* ---- What is read ---------------------------------------------------------------------------- */

static int add_taken(struct taken_files *taken, const char *folder, const char *name,
                     const char *what, struct error *err)
{
	cleanup_free char *path = NULL;
	if (!name)
		return 0;
	const int r = str_format(&path, err, "%s%s", folder && name[0] != '/' ? folder : "", name);
	return r < 0 ? r : taken_files_add(taken, path, what, err);
}

static int add_source(struct taken_files *taken, const char *folder,
                      const struct capacity_source *source, struct error *err)
{
	int r = add_taken(taken, folder, source->campaign, "a campaign", err);
	if (r == 0)
		r = add_taken(taken, folder, source->parameters, "a file of parameters", err);
	if (r == 0)
		r = add_taken(taken, folder, source->result, "a result", err);
	return r;
}

int capacity_files_add(const char *path, const struct capacity *capacity, struct taken_files *taken,
                       struct error *err)
{
	cleanup_free char *folder = NULL;
	int r = taken_files_add(taken, path, "the capacity file", err);
	if (r == 0)
		r = set_folder(path, &folder, err);
	if (r == 0)
		r = add_source(taken, folder, &capacity->source, err);
	if (r == 0)
		r = add_taken(taken, folder, capacity->sizes, "a file of sizes", err);
	for (size_t i = 0; r == 0 && i < capacity->task_count; i++)
		r = add_source(taken, folder, &capacity->tasks[i].source, err);
	for (size_t i = 0; r == 0 && i < capacity->visits_count; i++)
		r = add_taken(taken, folder, capacity->visits[i].table, "a table of visits", err);
	for (size_t i = 0; r == 0 && i < capacity->platform_count; i++) {
		const struct capacity_platform *const platform = &capacity->platforms[i];
		r = add_taken(taken, folder, platform->factor_base, "a result", err);
		if (r == 0)
			r = add_taken(taken, folder, platform->factor_new, "a result", err);
		for (size_t j = 0; r == 0 && j < platform->measured_count; j++)
			r = add_taken(taken, folder, platform->measured[j].result, "a result", err);
	}
	return r;
}
