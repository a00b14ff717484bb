#include "filed_fleet.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "store/fleet_schema.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int filed_set_up(void **state)
{
	static struct filed place;
	struct error err;
	assert_int_equal(file_make_temporary_folder("/tmp", "plateau-test", &place.folder, &err),
	                 0);
	snprintf(place.path, sizeof place.path, "%s/fleet.db", place.folder);
	*state = &place;
	return 0;
}

int filed_tear_down(void **state)
{
	struct filed *const place = *state;
	struct error ignored;
	file_remove_tree(AT_FDCWD, place->folder, &ignored);
	free(place->folder);
	return 0;
}

/* Values that differ from each other; every seventh that may be absent is. */
struct filler {
	uint64_t count;
};

static char *new_text(uint64_t n)
{
	static const char *const odd[] = {"it's \"x\"; DROP TABLE node;--", "a|b\nc\td%n",
	                                  "\x1b[31m\xff\xfe", ""};
	char *text = NULL;
	struct error err;
	assert_int_equal(str_format(&text, &err, "%s%llu", odd[n % ARRAY_LENGTH(odd)],
	                            (unsigned long long)n),
	                 0);
	return text;
}

static void fill_column(struct filler *filler, const struct fleet_column *column, void *base)
{
	void *const at = (char *)base + column->offset;
	const uint64_t n = ++filler->count;
	const bool is_absent = n % 7 == 0;
	unsigned word = 0;
	switch (column->kind) {
	case COLUMN_TEXT:
	case COLUMN_TEXT_OR:
		*(char **)at = is_absent && column->kind == COLUMN_TEXT_OR ? NULL : new_text(n);
		break;
	case COLUMN_BUFFER:
		snprintf(at, column->most, "b'%llu", (unsigned long long)n);
		break;
	case COLUMN_UINT32:
		*(uint32_t *)at = is_absent ? UINT32_MAX : (uint32_t)n;
		break;
	case COLUMN_INT32:
		*(int32_t *)at = is_absent ? (int32_t)column->low : (int32_t)n;
		break;
	case COLUMN_UINT64:
		*(uint64_t *)at = is_absent ? INT64_MAX : n;
		break;
	case COLUMN_TIME:
	case COLUMN_BYTES:
		*(int64_t *)at = is_absent ? RECORD_ABSENT : 1790000000000000000 + (int64_t)n;
		break;
	case COLUMN_REAL:
		*(double *)at = is_absent ? NAN : -(double)n / 3;
		break;
	case COLUMN_FLAG:
		*(bool *)at = n % 2;
		break;
	case COLUMN_WORD:
		word = (unsigned)(n % column->most);
		memcpy(at, &word, sizeof word);
		break;
	}
}

static void fill_columns(struct filler *filler, const struct fleet_column *columns, void *base)
{
	for (const struct fleet_column *c = columns; c->name; c++)
		fill_column(filler, c, base);
}

/* Everything of an attempt, lists of a length that depends on n; number stays. */
static void fill_attempt(struct filler *filler, struct fleet_attempt *attempt, uint32_t n)
{
	char *const base = (char *)attempt;
	const uint32_t number = attempt->number;
	bool has_profile = false;
	for (const struct fleet_table *t = fleet_tables; t->name; t++) {
		if (t->shape == SHAPE_ATTEMPT)
			fill_columns(filler, t->columns, attempt);
		if (t->shape == SHAPE_ALWAYS)
			fill_columns(filler, t->columns, base + t->offset);
		const size_t turn = n + (size_t)(t - fleet_tables);
		const bool is_there = turn % 3 > 0;
		if (t->shape == SHAPE_ONE && is_there) {
			*(bool *)(void *)(base + t->count_offset) = true;
			fill_columns(filler, t->columns, base + t->offset);
			has_profile = attempt->has_profile;
		}
		const bool is_of_profile = t->offset >= offsetof(struct fleet_attempt, profile) &&
		                           t->offset < offsetof(struct fleet_attempt, unreadable);
		if (t->shape != SHAPE_MANY || (is_of_profile && !has_profile))
			continue;
		const size_t count = strcmp(t->name, "policy") == 0 ? 3 : turn % 4;
		char *const items = calloc(count + 1, t->item_bytes);
		assert_non_null(items);
		for (size_t i = 0; i < count; i++)
			fill_columns(filler, t->columns, items + i * t->item_bytes);
		*(char **)(void *)(base + t->offset) = items;
		*(size_t *)(void *)(base + t->count_offset) = count;
	}
	for (size_t i = 0; i < attempt->profile.figure_count; i++)
		attempt->profile.figures[i].policy %= 3;
	for (size_t i = 0; i < attempt->profile.place_count; i++)
		attempt->profile.places[i].policy %= 3;
	attempt->number = number;
}

void filed_fleet(struct fleet *fleet)
{
	struct filler filler = {0};
	struct error err;
	fill_columns(&filler, fleet_tables[0].columns, fleet);
	for (uint32_t i = 0; i < 5; i++) {
		char name[32];
		snprintf(name, sizeof name, "node'%u", (unsigned)i);
		struct fleet_node *const node = fleet_node_take(fleet, name, &err);
		assert_non_null(node);
		free(node->name);
		fill_columns(&filler, fleet_tables[1].columns, node);
		for (uint32_t k = 0; k < i; k++) {
			struct fleet_attempt *const attempt =
			        fleet_attempt_take(node, 2 * k + 1, &err);
			assert_non_null(attempt);
			fill_attempt(&filler, attempt, i * 10 + k);
		}
	}
}
