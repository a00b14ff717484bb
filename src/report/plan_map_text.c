#include "core/error.h"
#include "core/str.h"
#include "report/plan_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAP_ROWS_WHOLE = 24, MAP_ROWS_HEAD = 16, MAP_COLUMNS = 45, SET_TEXT_BYTES = 256 };

/* Slots first .. last, drawn as one line. */
struct map_row {
	uint32_t first;
	uint32_t last;
	struct cpuset own;
	struct cpuset bound;
	uint32_t
	        group; /* how many slots share one set of PUs; 0: the first ones are not all seen */
	uint32_t run;  /* how many of the last ones share theirs */
};

/* Whether slot carries on where before ends: the same places, and own PUs that follow on. */
static bool is_neighbour(const struct plan_slot *before, const struct plan_slot *slot)
{
	if (before->l3 != slot->l3 || before->numa != slot->numa ||
	    before->package != slot->package || slot->core < before->core)
		return false;
	uint32_t next = before->pus[before->own_count - 1] + 1;
	for (size_t i = 0; i < slot->own_count; i++, next++)
		if (slot->pus[i] != next)
			return false;
	return true;
}

static void add_slot(struct map_row *row, const struct plan_slot *slot)
{
	for (size_t i = 0; i < slot->own_count; i++)
		cpuset_add(&row->own, slot->pus[i]);
	for (size_t i = 0; i < slot->pu_count; i++)
		cpuset_add(&row->bound, slot->pus[i]);
}

static bool is_bound_alike(const struct plan_slot *a, const struct plan_slot *b)
{
	struct cpuset set = {0};
	for (size_t i = 0; i < a->pu_count; i++)
		cpuset_add(&set, a->pus[i]);
	for (size_t i = 0; i < b->pu_count; i++)
		if (!cpuset_has(&set, b->pus[i]))
			return false;
	return a->pu_count == b->pu_count;
}

static bool is_bound_elsewhere(const struct map_row *row, const struct plan_slot *slot)
{
	for (size_t i = 0; i < slot->pu_count; i++)
		if (cpuset_has(&row->bound, slot->pus[i]))
			return false;
	return true;
}

/* Takes the slot into the row when one sentence says of all what they share: each has PUs of its
 * own, all have the same, or so many each. */
static bool is_taken(struct map_row *row, const struct plan_slot *before,
                     const struct plan_slot *slot)
{
	if (!is_neighbour(before, slot))
		return false;
	if (is_bound_alike(before, slot)) {
		if (row->group > 0 && row->run == row->group)
			return false;
		row->run++;
		return true;
	}
	if (!is_bound_elsewhere(row, slot) || (row->group > 0 && row->run < row->group))
		return false;
	row->group = row->run;
	row->run = 1;
	return true;
}

/* The rows of the `count` slots; the caller frees them. */
static int make_rows(const struct plan_slot *slots, uint32_t count, bool is_full,
                     struct map_row **ret_rows, size_t *ret_count, struct error *err)
{
	struct map_row *const rows = calloc((size_t)count + 1, sizeof *rows);
	if (!rows)
		return error_memory(err);
	size_t used = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (is_full || i == 0 || !is_taken(&rows[used - 1], &slots[i - 1], &slots[i])) {
			rows[used].first = i;
			rows[used++].run = 1;
		}
		rows[used - 1].last = i;
		add_slot(&rows[used - 1], &slots[i]);
	}
	*ret_rows = rows;
	*ret_count = used;
	return 0;
}

/* A set in at most `width` columns: cut behind a comma, with "..." and the number of PUs. */
static void set_text(const struct cpuset *set, size_t width, char text[SET_TEXT_BYTES])
{
	char whole[CPUSET_TEXT_BYTES];
	cpuset_format(set, whole, sizeof whole);
	const int length = snprintf(text, SET_TEXT_BYTES, "%s", whole);
	if (length >= 0 && (size_t)length <= width)
		return;
	char tail[32];
	const int tail_length = snprintf(tail, sizeof tail, "... (%zu)", cpuset_count(set));
	size_t keep = width > (size_t)tail_length ? width - (size_t)tail_length : 0;
	if (keep > SET_TEXT_BYTES - sizeof tail)
		keep = SET_TEXT_BYTES - sizeof tail;
	while (keep > 0 && whole[keep - 1] != ',')
		keep--;
	snprintf(text, SET_TEXT_BYTES, "%.*s%s", (int)keep, whole, tail);
}

/* What the slots of a row share, before the set of all their PUs. */
static void sharing_text(const struct plan_slot *slots, const struct map_row *row,
                         enum placement_unit unit, bool is_short, char text[32])
{
	/* A slot of several threads has several; other units than these hold a whole row. */
	const bool has_one = slots[row->first].own_count == 1;
	const char *const of = has_one && unit == UNIT_PU     ? " PU"
	                       : has_one && unit == UNIT_CORE ? " core"
	                                                      : "";
	if (row->first == row->last)
		text[0] = '\0';
	else if (row->group == 0)
		snprintf(text, 32, "all: ");
	else if (row->run != row->group)
		snprintf(text, 32, "shared: ");
	else if (row->group > 1)
		snprintf(text, 32, "%u to each%s: ", row->group, of);
	else
		snprintf(text, 32, "%s%s: ", is_short ? "own" : "each its own", of);
}

/* What the row's slots are bound to, in at most `width` columns. */
static void bound_text(const struct plan_slot *slots, const struct map_row *row,
                       enum placement_unit unit, size_t width, char text[SET_TEXT_BYTES])
{
	char before[32];
	char set[SET_TEXT_BYTES];
	cpuset_format(&row->bound, set, sizeof set);
	sharing_text(slots, row, unit, false, before);
	if (strlen(before) + strlen(set) > width)
		sharing_text(slots, row, unit, true, before);
	const size_t used = strlen(before);
	set_text(&row->bound, width > used ? width - used : 1, set);
	snprintf(text, SET_TEXT_BYTES, "%s%.200s", before, set);
}

static void range_text(int32_t first, int32_t last, char text[32])
{
	if (first < 0)
		snprintf(text, 32, "-");
	else if (first == last)
		snprintf(text, 32, "%d", first);
	else
		snprintf(text, 32, "%d-%d", first, last);
}

static void add_row(struct str *out, const struct text_style *style, const struct plan_slot *slots,
                    enum placement_unit unit, const struct map_row *row)
{
	char slot[32];
	char core[32];
	char l3[32];
	char numa[32];
	char package[32];
	char own[SET_TEXT_BYTES];
	char bound[SET_TEXT_BYTES];
	const struct plan_slot *const first = &slots[row->first];
	const size_t room = style->width > MAP_COLUMNS + 8 ? style->width - MAP_COLUMNS : 8;
	range_text((int32_t)row->first, (int32_t)row->last, slot);
	range_text(first->core, slots[row->last].core, core);
	range_text(first->l3, first->l3, l3);
	range_text(first->numa, first->numa, numa);
	range_text(first->package, first->package, package);
	set_text(&row->own, 11, own);
	bound_text(slots, row, unit, room, bound);
	str_addf(out, "%9s  %-11s %7s %3s %4s %3s  %s\n", slot, own, core, l3, numa, package,
	         bound);
}

static int add_rows(struct str *out, const struct text_style *style, const struct plan_slot *slots,
                    enum placement_unit unit, uint32_t count, bool is_full, struct error *err)
{
	struct map_row *rows = NULL;
	size_t row_count = 0;
	const int r = make_rows(slots, count, is_full, &rows, &row_count, err);
	if (r < 0)
		return r;
	char head[80];
	snprintf(head, sizeof head, "%9s  %-11s %7s %3s %4s %3s  %s", "slot", "PU", "core", "L3",
	         "NUMA", "pkg", "bound to PUs");
	text_add(out, style, TEXT_HEAD, head);
	str_add(out, "\n");
	const bool is_cut = !is_full && row_count > MAP_ROWS_WHOLE;
	for (size_t i = 0; i < row_count; i++) {
		if (is_cut && i == MAP_ROWS_HEAD) {
			i = row_count - 2;
			str_addf(out, "%9s  slots %u-%u: see them with --verbose\n", "...",
			         rows[MAP_ROWS_HEAD].first, rows[i - 1].last);
		}
		add_row(out, style, slots, unit, &rows[i]);
	}
	free(rows);
	return 0;
}

/* The slots of a level that are not repetitions of earlier ones. */
static uint32_t distinct_slots(const struct plan_view *view, const struct plan_level *level)
{
	const struct placement *const placement =
	        &view->scenario->placement.policies.items[level->placement];
	const size_t threads = view->scenario->task.threads ? view->scenario->task.threads : 1;
	const size_t pus = placement->policy == PLACEMENT_MAP ? placement->map_count
	                                                      : view->topology->pu_count;
	const size_t fitting = pus / threads ? pus / threads : 1;
	return level->concurrency < fitting ? level->concurrency : (uint32_t)fitting;
}

static const struct plan_level *largest_level(const struct plan *plan, size_t placement)
{
	const struct plan_level *largest = NULL;
	for (size_t i = 0; i < plan->level_count; i++)
		if (plan->levels[i].placement == placement)
			largest = &plan->levels[i];
	return largest;
}

static int add_map(struct str *out, const struct plan_view *view, const struct text_style *style,
                   const struct plan_level *level, bool is_full, struct error *err)
{
	str_add(out, "\n");
	text_add(out, style, TEXT_TITLE, "Map");
	if (level->slots[0].pu_count == 0) {
		str_addf(out, " of %s: no slot is bound, the kernel decides\n", level->policy);
		return 0;
	}
	str_addf(out, " of %s: level N has slots 0 to N-1\n", level->policy);
	const uint32_t count = distinct_slots(view, level);
	const int r = add_rows(out, style, level->slots, view->scenario->placement.unit, count,
	                       is_full, err);
	if (r == 0 && count < level->concurrency)
		str_addf(out, "%9u  and further ones begin again at slot 0\n", count);
	return r;
}

int plan_map_text_add(struct str *out, const struct plan_view *view, const struct text_style *style,
                      bool is_full, struct error *err)
{
	int r = 0;
	for (size_t p = 0; r == 0 && p < view->scenario->placement.policies.count; p++) {
		const struct plan_level *const level = largest_level(view->plan, p);
		if (level)
			r = add_map(out, view, style, level, is_full, err);
	}
	return r;
}
