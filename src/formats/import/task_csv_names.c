/* What the columns of a table of tasks are, by their names: our own, and those that others use. */
#include "core/array.h"
#include "core/str.h"
#include "formats/import/task_csv_parts.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Events that tables name as perf does, without a state beside them. */
static const char *const event_names[] = {
        "cycles",        "instructions",     "task-clock",       "cpu-clock",
        "page-faults",   "context-switches", "cpu-migrations",   "branches",
        "branch-misses", "cache-references", "cache-misses",     "L1-dcache-loads",
        "LLC-loads",     "LLC-load-misses",  "LLC-store-misses", "L1-dcache-load-misses",
};

enum { BASE_BYTES = 64, MOST_PARTS = 16 };

static void lower(char *text)
{
	for (; *text; text++)
		*text = (char)tolower((unsigned char)*text);
}

/* Takes a name apart at what is no letter or digit: "Max RSS (kB)" is max, rss, kb. */
static size_t split_name(const char *name, char parts[MOST_PARTS][BASE_BYTES])
{
	size_t count = 0;
	while (*name && count < MOST_PARTS) {
		size_t length = 0;
		while (isalnum((unsigned char)name[length]))
			length++;
		if (length >= BASE_BYTES)
			return 0;
		if (length > 0) {
			memcpy(parts[count], name, length);
			parts[count][length] = '\0';
			lower(parts[count++]);
		}
		name += length;
		name += *name != '\0' && !isalnum((unsigned char)*name);
	}
	return *name ? 0 : count;
}

/* Where a word stands among words, from 1; 0: it does not. */
static size_t rank_among(const char *words, const char *word)
{
	const size_t length = strlen(word);
	size_t rank = 0;
	for (const char *p = words; p && length > 0; p = strchr(p, ' ')) {
		p += *p == ' ';
		rank++;
		if (strncmp(p, word, length) == 0 && (p[length] == ' ' || p[length] == '\0'))
			return rank;
	}
	return 0;
}

static const struct task_field *find_guess(const struct task_vocabulary *vocabulary,
                                           const char *base, size_t *ret_rank)
{
	for (size_t i = 0; i < vocabulary->field_count; i++) {
		const size_t rank = rank_among(vocabulary->fields[i].guesses, base);
		if (rank == 0)
			continue;
		*ret_rank = rank;
		return &vocabulary->fields[i];
	}
	return NULL;
}

/* Joins the first parts to one text. */
static bool join(char parts[MOST_PARTS][BASE_BYTES], size_t count, char base[BASE_BYTES])
{
	size_t length = 0;
	base[0] = '\0';
	for (size_t i = 0; i < count; i++) {
		const size_t bytes = strlen(parts[i]);
		if (length + bytes >= BASE_BYTES)
			return false;
		memcpy(base + length, parts[i], bytes + 1);
		length += bytes;
	}
	return true;
}

void csv_name_base(const char *name, char base[BASE_BYTES])
{
	char parts[MOST_PARTS][BASE_BYTES];
	const size_t count = split_name(name, parts);
	if (count == 0 || !join(parts, count, base))
		base[0] = '\0';
}

bool csv_name_is_concurrency(const char *name)
{
	char base[BASE_BYTES];
	size_t rank = 0;
	csv_name_base(name, base);
	const struct task_field *const field = find_guess(&task_vocabulary, base, &rank);
	return field && field->place == PLACE_CONCURRENCY;
}

static void guess(const struct task_vocabulary *vocabulary, struct task_column *column)
{
	char parts[MOST_PARTS][BASE_BYTES];
	char base[BASE_BYTES];
	const size_t count = split_name(column->name, parts);
	if (count == 0 || !join(parts, count, base))
		return;
	column->field = find_guess(vocabulary, base, &column->rank);
	if (!column->field && count > 1) {
		join(parts, count - 1, base);
		const struct task_field *const field = find_guess(vocabulary, base, &column->rank);
		const struct task_unit *const unit =
		        field ? task_unit_find(parts[count - 1], field->kind) : NULL;
		column->field = unit ? field : NULL;
		column->unit = unit;
	}
	column->is_guessed = column->field != NULL;
	if (!column->field || column->unit || !task_kind_has_unit(column->field->kind))
		return;
	/* Seconds are what times are in; sizes may be bytes, kB or GB. */
	column->is_assumed = column->field->kind != TASK_BYTES;
	column->is_nameless = column->field->kind == TASK_BYTES;
	column->unit = column->is_assumed ? task_unit_find("s", TASK_SECONDS) : NULL;
}

/* "cycles:u" is an event that is known. */
static bool is_event_name(const char *name)
{
	const char *const colon = strchr(name, ':');
	const size_t length = colon ? (size_t)(colon - name) : strlen(name);
	if (colon && colon[strspn(colon, ":ukhp")] != '\0')
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(event_names); i++)
		if (strlen(event_names[i]) == length && strncmp(event_names[i], name, length) == 0)
			return true;
	return false;
}

void task_csv_recognise(struct task_column *column)
{
	static const char figure[] = "figure_";
	if (str_starts_with(column->name, figure) && column->name[sizeof figure - 1] != '\0' &&
	    strlen(column->name) - sizeof figure + 1 < sizeof column->detail) {
		column->field = &task_number_field;
		snprintf(column->detail, sizeof column->detail, "%s",
		         column->name + sizeof figure - 1);
	} else if (is_event_name(column->name)) {
		column->field = &task_event_field;
		snprintf(column->detail, sizeof column->detail, "%s", column->name);
		column->is_guessed = true;
	}
}

/* Our own names: fields, and numbers that tasks print. Events are found by their states. */
static void recognise(const struct task_vocabulary *vocabulary, struct task_column *column)
{
	column->field = task_field_find(vocabulary, column->name);
	if (column->field && task_kind_has_unit(column->field->kind)) {
		const char *const unit = strrchr(column->name, '_') + 1;
		column->unit = task_unit_find(unit, column->field->kind);
	}
	for (const char *const *name = vocabulary->silent; *name; name++)
		column->is_silent = column->is_silent || strcmp(column->name, *name) == 0;
	if (!column->field && vocabulary->recognise)
		vocabulary->recognise(column);
}

/* NAME and NAME_state, or NAME_ns and NAME_state: an event of an export. */
static void pair_events(struct csv_columns *columns)
{
	static const char end[] = "_state";
	for (size_t i = 1; i < columns->count; i++) {
		struct task_column *const state = &columns->items[i];
		struct task_column *const value = &columns->items[i - 1];
		const size_t length = strlen(state->name);
		if (state->field || length <= sizeof end - 1 ||
		    strcmp(state->name + length - (sizeof end - 1), end) != 0)
			continue;
		const size_t bytes = length - (sizeof end - 1);
		const bool is_same =
		        strncmp(value->name, state->name, bytes) == 0 &&
		        (value->name[bytes] == '\0' || strcmp(value->name + bytes, "_ns") == 0);
		if (!is_same || bytes >= sizeof value->detail || bytes == 0)
			continue;
		*value = (struct task_column){
		        .field = &task_event_field, .name = value->name, .sibling = i};
		memcpy(value->detail, state->name, bytes);
		state->field = &task_event_state_field;
		state->sibling = i - 1;
	}
}

/* What nothing is known of. */
static void take_other(const struct task_vocabulary *vocabulary, struct task_column *column)
{
	if (!vocabulary->other || column->field || column->is_silent || column->is_passed)
		return;
	column->field = vocabulary->other;
	snprintf(column->detail, sizeof column->detail, "%s", column->name);
}

void csv_columns_recognise(struct csv_columns *columns)
{
	const struct task_vocabulary *const vocabulary = columns->vocabulary;
	for (size_t i = 0; i < columns->count; i++) {
		struct task_column *const column = &columns->items[i];
		recognise(vocabulary, column);
		if (!column->field && !column->is_silent && !column->is_passed)
			guess(vocabulary, column);
		take_other(vocabulary, column);
	}
	if (vocabulary->has_events)
		pair_events(columns);
}
