#include "commands/compare_sides.h"

#include "commands/result_files.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 64 };

/* ---- Files ---------------------------------------------------------------------------------- */

/* A copy of a run is no further run, whatever its file is called. */
static bool is_copy(const struct side *side, const struct findings *const *runs,
                    const struct findings *run)
{
	for (size_t i = 0; i < side->count; i++)
		if (dataset_is_same_run(runs[i]->dataset, run->dataset))
			return true;
	return false;
}

/* The files of one side, which are loaded. */
static int add_side(struct compare_sides *sides, const struct words *words, struct error *err)
{
	cleanup_words struct words paths = {0};
	int r = result_files_find_all(words, NULL, &paths, err);
	if (r < 0)
		return r;
	const struct findings **const runs = calloc(paths.count + 1, sizeof(void *));
	if (!runs)
		return error_memory(err);
	sides->runs[sides->count] = runs;
	struct side *const side = &sides->items[sides->count++];
	side->runs = runs;
	for (size_t i = 0; i < paths.count; i++) {
		const struct loaded_result *result;
		r = loaded_get(&sides->loaded, paths.items[i], &result, err);
		if (r == 0)
			r = words_add(&sides->files, paths.items[i], err);
		if (r < 0)
			return r;
		side->path = side->count == 0 ? result->path : side->path;
		if (is_copy(side, runs, &result->findings))
			side->copies++;
		else
			runs[side->count++] = &result->findings;
	}
	return 0;
}

static int add_operands(struct compare_sides *sides, const struct arguments *arguments,
                        struct error *err)
{
	const struct words *const operands = &arguments->operands;
	if (arguments->has_rest) {
		if (arguments->rest.count == 0)
			return error_set(err, EINVAL, "no result stands behind --");
		const int r = add_side(sides, operands, err);
		return r < 0 ? r : add_side(sides, &arguments->rest, err);
	}
	if (operands->count < 2)
		return error_set(err, EINVAL,
		                 "one result cannot be compared: name two, or BASE... -- NEW...");
	for (size_t i = 0; i < operands->count; i++) {
		cleanup_words struct words word = {0};
		int r = words_add(&word, operands->items[i], err);
		if (r == 0)
			r = add_side(sides, &word, err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* ---- Names ---------------------------------------------------------------------------------- */

/* Words of a processor's name that say nothing of which one it is. */
static bool is_filler(const char *word, size_t length)
{
	static const char *const fillers[] = {"CPU",  "Processor", "processor", "(R)",
	                                      "(TM)", "with",      "Intel",     "@"};
	for (size_t i = 0; i < ARRAY_LENGTH(fillers); i++)
		if (strlen(fillers[i]) == length && strncmp(word, fillers[i], length) == 0)
			return true;
	return (length > 5 && strncmp(word + length - 5, "-Core", 5) == 0) ||
	       (length > 3 && strncmp(word + length - 3, "GHz", 3) == 0);
}

/* "AMD EPYC 7702 64-Core Processor" to "AMD EPYC 7702", "Intel(R) Xeon(R) Gold 6148 CPU @ 2.40GHz"
 * to "Xeon Gold 6148". */
static void shorten_processor(const char *processor, char name[NAME_BYTES])
{
	cleanup_str struct str plain = {0};
	size_t used = 0;
	for (const char *at = processor; *at; at++) {
		if (str_starts_with(at, "(R)"))
			at += 2;
		else if (str_starts_with(at, "(TM)"))
			at += 3;
		else
			str_add_bytes(&plain, at, 1);
	}
	name[0] = '\0';
	for (const char *at = str_text(&plain); *at;) {
		at += strspn(at, " ");
		const size_t length = strcspn(at, " ");
		if (length > 0 && !is_filler(at, length) && used + length + 2 < NAME_BYTES) {
			used += (size_t)snprintf(name + used, NAME_BYTES - used, "%s%.*s",
			                         used > 0 ? " " : "", (int)length, at);
		}
		at += length;
	}
}

/* One way to call a side; "" where it does not serve. */
typedef void name_by(const struct side *side, char name[NAME_BYTES]);

/* A fact that all runs of the side share, or NULL. */
static const char *shared_fact(const struct side *side, const char *fact)
{
	const char *const first = host_facts_get(&side->runs[0]->dataset->host, fact);
	for (size_t i = 1; first && i < side->count; i++) {
		const char *const value = host_facts_get(&side->runs[i]->dataset->host, fact);
		if (!value || strcmp(value, first) != 0)
			return NULL;
	}
	return first;
}

static void by_processor(const struct side *side, char name[NAME_BYTES])
{
	const char *const processor = shared_fact(side, "processor");
	name[0] = '\0';
	if (processor)
		shorten_processor(processor, name);
}

static void by_host(const struct side *side, char name[NAME_BYTES])
{
	const char *const host = shared_fact(side, "hostname");
	snprintf(name, NAME_BYTES, "%s", host ? host : "");
}

static void by_run(const struct side *side, char name[NAME_BYTES])
{
	const char *const first = side->runs[0]->dataset->run.name;
	snprintf(name, NAME_BYTES, "%s", first ? first : "");
	for (size_t i = 1; i < side->count; i++) {
		const char *const other = side->runs[i]->dataset->run.name;
		if (!other || strcmp(other, name) != 0)
			name[0] = '\0';
	}
}

/* The name of its first file without folder and end. */
static void by_file(const struct side *side, char name[NAME_BYTES])
{
	const char *const slash = strrchr(side->path, '/');
	snprintf(name, NAME_BYTES, "%s", slash ? slash + 1 : side->path);
	char *const end = strrchr(name, '.');
	if (end && end > name)
		*end = '\0';
}

/* "3" says nothing of which one it is. */
static void refuse_bare_number(char name[NAME_BYTES])
{
	if (name[strcspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")] == '\0')
		name[0] = '\0';
}

/* Several runs by the folder of the first one. */
static void by_folder(const struct side *side, char name[NAME_BYTES])
{
	const char *const slash = strrchr(side->path, '/');
	name[0] = '\0';
	if (side->count < 2 || !slash)
		return;
	const char *begin = slash;
	while (begin > side->path && begin[-1] != '/')
		begin--;
	snprintf(name, NAME_BYTES, "%.*s", (int)(slash - begin), begin);
}

/* Several runs by the folder of the first one, a single one by its file. */
static void by_place(const struct side *side, char name[NAME_BYTES])
{
	by_folder(side, name);
	if (name[0])
		return;
	by_file(side, name);
	refuse_bare_number(name);
}

/* A single run by its folder and its file: "good/3". */
static void by_folder_and_file(const struct side *side, char name[NAME_BYTES])
{
	const char *begin = side->path + strlen(side->path);
	for (int slashes = 0; begin > side->path; begin--) {
		slashes += begin[-1] == '/';
		if (slashes == 2)
			break;
	}
	snprintf(name, NAME_BYTES, "%s", begin);
	char *const end = strrchr(name, '.');
	if (end && end > name)
		*end = '\0';
	refuse_bare_number(name);
}

static void by_path(const struct side *side, char name[NAME_BYTES])
{
	snprintf(name, NAME_BYTES, "%s", side->path);
}

/* Whether every side has a name, and each another one. */
static bool can_name(const struct compare_sides *sides, name_by *by, struct words *names)
{
	struct error err;
	words_release(names);
	for (size_t i = 0; i < sides->count; i++) {
		char name[NAME_BYTES];
		by(&sides->items[i], name);
		for (size_t j = 0; j < names->count; j++)
			if (strcmp(names->items[j], name) == 0)
				return false;
		if (!name[0] || words_add(names, name, &err) < 0)
			return false;
	}
	return true;
}

static int take_names(struct compare_sides *sides, const char *list, struct error *err)
{
	struct words *const names = &sides->names;
	for (const char *at = list; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		char name[NAME_BYTES];
		snprintf(name, sizeof name, "%.*s", (int)strcspn(at, ","), at);
		if (!name[0])
			return error_set(err, EINVAL, "--names: a name is empty");
		if (strcspn(at, ",") >= sizeof name)
			return error_set(err, EINVAL,
			                 "--names: the name that begins with %s is longer than %d "
			                 "bytes",
			                 name, NAME_BYTES - 1);
		if (strpbrk(name, "\n\t"))
			return error_set(err, EINVAL, "--names: a name holds a line feed or a tab");
		for (size_t i = 0; i < names->count; i++)
			if (strcmp(names->items[i], name) == 0)
				return error_set(err, EINVAL, "--names: %s stands there twice",
				                 name);
		const int r = words_add(names, name, err);
		if (r < 0)
			return r;
	}
	if (names->count != sides->count)
		return error_set(err, EINVAL, "--names has %zu %s, and there are %zu sides",
		                 names->count, number_noun(names->count, "name", "names"),
		                 sides->count);
	return 0;
}

/* By the first way that tells them apart. */
static int name_sides(struct compare_sides *sides, const char *given, struct error *err)
{
	/* Folders were named by whoever put the runs together; files mostly by plateau, after the
	 * scenario and the time. */
	static name_by *const ways[] = {by_processor,       by_host, by_folder, by_run, by_place,
	                                by_folder_and_file, by_file, by_path};
	size_t way = 0;
	if (given) {
		const int r = take_names(sides, given, err);
		if (r < 0)
			return r;
		way = ARRAY_LENGTH(ways);
	}
	while (way < ARRAY_LENGTH(ways) && !can_name(sides, ways[way], &sides->names))
		way++;
	/* The same file twice. */
	for (size_t i = sides->names.count; i < sides->count; i++) {
		char name[NAME_BYTES];
		snprintf(name, sizeof name, "side %zu", i + 1);
		const int r = words_add(&sides->names, name, err);
		if (r < 0)
			return r;
	}
	for (size_t i = 0; i < sides->count; i++) {
		sides->items[i].name = sides->names.items[i];
		sides->items[i].is_kind = way == 0;
	}
	return 0;
}

/* ---- All of it ------------------------------------------------------------------------------ */

int compare_sides_open(const struct arguments *arguments, struct compare_sides *ret_sides,
                       struct error *err)
{
	struct compare_sides sides = {0};
	const size_t most = arguments->operands.count + 2;
	sides.items = calloc(most, sizeof *sides.items);
	sides.runs = calloc(most, sizeof *sides.runs);
	int r = sides.items && sides.runs ? add_operands(&sides, arguments, err)
	                                  : error_memory(err);
	if (r == 0)
		r = name_sides(&sides, arguments_get(arguments, "names"), err);
	if (r < 0) {
		compare_sides_release(&sides);
		return r;
	}
	*ret_sides = sides;
	return 0;
}

void compare_sides_release(struct compare_sides *sides)
{
	if (!sides)
		return;
	for (size_t i = 0; sides->runs && i < sides->count; i++)
		free(sides->runs[i]);
	free(sides->runs);
	free(sides->items);
	words_release(&sides->files);
	words_release(&sides->names);
	loaded_release(&sides->loaded);
	*sides = (struct compare_sides){0};
}
