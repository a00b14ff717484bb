#include "fleet/expected.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "fleet/observe.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_BYTES = 8 << 20, NAME_BYTES = 255, MOST_DIGITS = 9 };

static const char between[] = ", \t\r\n";

/* ---- Lists -------------------------------------------------------------------------------- */

/* A piece of a text. */
struct piece {
	const char *start;
	size_t length;
};

static int add_name(struct words *names, const char *name, struct error *err)
{
	if (strlen(name) > NAME_BYTES)
		return error_set(err, EINVAL, "'%.40s...' is too long for a node's name", name);
	if (names->count >= EXPECTED_MOST)
		return error_set(err, EINVAL, "more than %d nodes", EXPECTED_MOST);
	return words_add(names, name, err);
}

static int refuse_range(const struct piece *range, struct error *err)
{
	return error_set(err, EINVAL,
	                 "'%.*s' is no range of numbers: brackets are as in rome[01-08,11]",
	                 (int)(range->length < 40 ? range->length : 40), range->start);
}

static bool read_number(const char *start, size_t length, unsigned long *ret_number)
{
	static const char digits[] = "0123456789";
	if (length == 0 || length > MOST_DIGITS || strspn(start, digits) < length)
		return false;
	*ret_number = strtoul(start, NULL, 10);
	return true;
}

static int add_expanded(const char *before, const char *item, struct words *names,
                        struct error *err);

/* "08" or "01-08", with what stands before and behind the bracket. */
static int add_range(const char *before, const struct piece *range, const char *behind,
                     struct words *names, struct error *err)
{
	const char *const dash = memchr(range->start, '-', range->length);
	const size_t width = dash ? (size_t)(dash - range->start) : range->length;
	const char *const last_start = dash ? dash + 1 : range->start;
	const size_t last_length = dash ? range->length - width - 1 : range->length;
	unsigned long first;
	unsigned long last;
	if (!read_number(range->start, width, &first) ||
	    !read_number(last_start, last_length, &last) || last < first ||
	    last - first >= EXPECTED_MOST)
		return refuse_range(range, err);
	int r = 0;
	for (unsigned long number = first; r == 0 && number <= last; number++) {
		cleanup_free char *name = NULL;
		r = str_format(&name, err, "%s%0*lu", before, (int)width, number);
		if (r == 0)
			r = add_expanded(name, behind, names, err);
	}
	return r;
}

/* Every range of a bracket. */
static int add_bracket(const char *before, const char *inside, const char *end, struct words *names,
                       struct error *err)
{
	int r = 0;
	for (const char *at = inside; r == 0 && at <= end;) {
		const char *const comma = memchr(at, ',', (size_t)(end - at));
		const char *const stop = comma ? comma : end;
		const struct piece range = {at, (size_t)(stop - at)};
		r = add_range(before, &range, end + 1, names, err);
		at = stop + 1;
	}
	return r;
}

/* One item of a list, whose brackets stand for several names; calls itself for what stands behind a
 * bracket. */
static int add_expanded(const char *before, const char *item, struct words *names,
                        struct error *err)
{
	const size_t plain = strcspn(item, "[]");
	cleanup_free char *start = NULL;
	int r = strlen(before) + plain > NAME_BYTES
	                ? error_set(err, EINVAL, "'%.40s...' is too long for a node's name", item)
	                : str_format(&start, err, "%s%.*s", before, (int)plain, item);
	if (r < 0)
		return r;
	if (item[plain] == '\0')
		return add_name(names, start, err);
	const char *const end = strchr(item + plain, ']');
	if (item[plain] == ']' || !end)
		return error_set(err, EINVAL, "'%.80s': a bracket without its other half", item);
	return add_bracket(start, item + plain + 1, end, names, err);
}

/* Names between commas and blanks outside of brackets. */
static int add_list(const char *list, struct words *names, struct error *err)
{
	int r = 0;
	while (r == 0 && *list) {
		size_t length = 0;
		bool is_inside = false;
		for (; list[length] && (is_inside || !strchr(between, list[length])); length++)
			is_inside = list[length] == '[' || (is_inside && list[length] != ']');
		if (length > 0) {
			cleanup_free char *item = strndup(list, length);
			r = item ? add_expanded("", item, names, err) : error_memory(err);
		}
		list += length + (list[length] != '\0');
	}
	return r;
}

/* ---- Files -------------------------------------------------------------------------------- */

static int add_file(const char *path, struct words *names, struct error *err)
{
	cleanup_free char *text = NULL;
	size_t bytes = 0;
	int r = file_read(path, FILE_BYTES, &text, &bytes, err);
	if (r == 0 && memchr(text, '\0', bytes))
		r = error_set(err, EINVAL, "it is no text of names");
	char *rest = text;
	for (size_t line = 1; r == 0 && rest; line++) {
		struct error why;
		char *const end = strchr(rest, '\n');
		if (end)
			*end = '\0';
		rest[strcspn(rest, "#")] = '\0';
		r = add_list(rest, names, &why);
		if (r < 0)
			error_set(err, -r, "line %zu: %s", line, why.text);
		rest = end ? end + 1 : NULL;
	}
	return r;
}

static int compare_words(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Sorted, each once. */
static void drop_doubles(struct words *names)
{
	size_t kept = 0;
	if (names->count > 1)
		qsort(names->items, names->count, sizeof *names->items, compare_words);
	for (size_t i = 0; i < names->count; i++) {
		if (kept > 0 && strcmp(names->items[kept - 1], names->items[i]) == 0) {
			free(names->items[i]);
			continue;
		}
		names->items[kept++] = names->items[i];
	}
	for (size_t i = kept; i < names->count; i++)
		names->items[i] = NULL;
	names->count = kept;
}

int expected_read(const char *word, struct words *ret_names, struct error *err)
{
	struct stat status;
	struct error why;
	cleanup_words struct words names = {0};
	const bool is_file = strchr(word, '/') || stat(word, &status) == 0;
	int r = is_file ? add_file(word, &names, &why) : add_list(word, &names, &why);
	if (r == 0 && names.count == 0)
		r = error_set(&why, EINVAL, "no node is named");
	if (r < 0)
		return error_set(err, -r, "%s: %s", word, why.text);
	drop_doubles(&names);
	*ret_names = names;
	names = (struct words){0};
	return 0;
}

/* ---- The fleet ---------------------------------------------------------------------------- */

bool expected_is_host(const char *node, const char *name)
{
	const size_t node_length = strcspn(node, ".");
	const size_t name_length = strcspn(name, ".");
	if (strcmp(node, name) == 0)
		return true;
	return (node[node_length] == '\0' || name[name_length] == '\0') &&
	       node_length == name_length && node_length > 0 &&
	       strncmp(node, name, name_length) == 0;
}

/* "results/NAME.db" */
static bool is_file_of(const char *path, const char *name)
{
	const char *const slash = strrchr(path, '/');
	const char *const base = slash ? slash + 1 : path;
	const size_t length = strlen(name);
	return strncmp(base, name, length) == 0 &&
	       (base[length] == '\0' || strcmp(base + length, ".db") == 0);
}

bool expected_is(const struct fleet_node *node, const char *name)
{
	if (expected_is_host(node->name, name))
		return true;
	for (size_t i = 0; i < node->attempt_count; i++)
		if (node->attempts[i].result_path &&
		    is_file_of(node->attempts[i].result_path, name))
			return true;
	return false;
}

static bool has(const struct fleet *fleet, const char *name)
{
	if (fleet_node_find(fleet, name))
		return true;
	for (size_t i = 0; i < fleet->node_count; i++)
		if (expected_is(&fleet->nodes[i], name))
			return true;
	return false;
}

int expected_add(struct fleet *fleet, const struct words *names, struct error *err)
{
	for (size_t i = 0; i < names->count; i++) {
		if (has(fleet, names->items[i]))
			continue;
		struct fleet_node *const node = fleet_node_take(fleet, names->items[i], err);
		if (!node)
			return -ENOMEM;
		const int r = standing_find_node(node, fleet->observed_ns, err);
		if (r < 0)
			return r;
	}
	fleet_sort(fleet);
	return 0;
}
