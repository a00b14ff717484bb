#include "analyse/place_classes.h"

#include "core/cleanup.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int32_t index_of(const struct dataset_slot *slot, enum place_kind kind)
{
	switch (kind) {
	case PLACE_PU:
		return slot->pu;
	case PLACE_CORE:
		return slot->core;
	case PLACE_L3:
		return slot->l3;
	default:
		return slot->package;
	}
}

static int compare_places(const void *a, const void *b)
{
	const struct place *const x = a;
	const struct place *const y = b;
	return (x->index > y->index) - (x->index < y->index);
}

/* Every place of a kind that some slot is at. */
static int list_places(const struct dataset *dataset, enum place_kind kind, struct places *places,
                       struct error *err)
{
	places->spread = NAN;
	places->items = calloc(dataset->slot_count + 1, sizeof *places->items);
	if (!places->items)
		return error_memory(err);
	size_t count = 0;
	for (size_t i = 0; i < dataset->slot_count; i++) {
		const struct dataset_slot *const slot = &dataset->slots[i];
		const int32_t index = index_of(slot, kind);
		if (index < 0)
			continue;
		places->items[count++] =
		        (struct place){.index = index,
		                       .core = kind == PLACE_PU ? slot->core : -1,
		                       .l3 = kind == PLACE_PU || kind == PLACE_CORE ? slot->l3 : -1,
		                       .package = kind == PLACE_PACKAGE ? -1 : slot->package,
		                       .relative = NAN,
		                       .deviation = NAN};
	}
	if (count > 1)
		qsort(places->items, count, sizeof *places->items, compare_places);
	for (size_t i = 0; i < count; i++)
		if (places->count == 0 ||
		    places->items[places->count - 1].index != places->items[i].index)
			places->items[places->count++] = places->items[i];
	return 0;
}

uint32_t place_classes_find(const struct places *places, int32_t index)
{
	const struct place key = {.index = index};
	const struct place *const found =
	        index < 0 ? NULL
	                  : bsearch(&key, places->items, places->count, sizeof key, compare_places);
	return found ? (uint32_t)(found - places->items) : NO_PLACE;
}

/* What makes a slot's class. */
struct load {
	uint32_t on[PLACE_KINDS]; /* slots of the level at its place, itself too; 0: no place */
};

/* Adds up how many slots of a level are at each place; counts has room for every place. */
static void count_loads(const struct slot_facts *facts, size_t count, enum place_kind kind,
                        uint32_t *counts, struct load *loads)
{
	for (size_t i = 0; i < count; i++)
		if (facts[i].place[kind] != NO_PLACE)
			counts[facts[i].place[kind]] = 0;
	for (size_t i = 0; i < count; i++)
		if (facts[i].place[kind] != NO_PLACE)
			counts[facts[i].place[kind]]++;
	for (size_t i = 0; i < count; i++)
		loads[i].on[kind] =
		        facts[i].place[kind] != NO_PLACE ? counts[facts[i].place[kind]] : 0;
}

/* Gives every slot of a level its class; returns how many there are. */
static size_t find_classes(struct slot_facts *facts, size_t count, const struct load *loads)
{
	const struct load *first[CLASSES_MOST];
	size_t class_count = 0;
	for (size_t i = 0; i < count; i++) {
		size_t c = 0;
		while (c < class_count && memcmp(first[c], &loads[i], sizeof loads[i]) != 0)
			c++;
		if (c == class_count && c < CLASSES_MOST)
			first[class_count++] = &loads[i];
		facts[i].class = (uint32_t)c;
	}
	return class_count;
}

/* How many places of a kind each class has. marks has room for every place: the class that met it
 * last. */
static void count_spans(struct slot_facts *facts, size_t count, size_t class_count,
                        enum place_kind kind, uint32_t *marks)
{
	uint32_t spans[CLASSES_MOST + 1] = {0};
	for (uint32_t class = 0; class < class_count; class ++) {
		for (size_t i = 0; i < count; i++)
			if (facts[i].place[kind] != NO_PLACE)
				marks[facts[i].place[kind]] = NO_PLACE;
		for (size_t i = 0; i < count; i++) {
			const uint32_t place = facts[i].place[kind];
			if (facts[i].class != class || place == NO_PLACE || marks[place] == class)
				continue;
			marks[place] = class;
			spans[class]++;
		}
	}
	for (size_t i = 0; i < count; i++)
		facts[i].spans[kind] = spans[facts[i].class];
}

/* The stretch of the dataset's slots that is of one of its levels. */
static void find_slots(const struct dataset *dataset, uint32_t level, struct level_classes *classes)
{
	size_t low = 0;
	size_t high = dataset->slot_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (dataset->slots[middle].level < level)
			low = middle + 1;
		else
			high = middle;
	}
	classes->first = low;
	while (low < dataset->slot_count && dataset->slots[low].level == level)
		low++;
	classes->count = low - classes->first;
}

static int classify_levels(const struct summary *summary, struct place_classes *classes,
                           struct error *err)
{
	const struct dataset *const dataset = summary->dataset;
	cleanup_free uint32_t *marks = calloc(dataset->slot_count + 1, sizeof *marks);
	cleanup_free struct load *loads = calloc(dataset->slot_count + 1, sizeof *loads);
	if (!marks || !loads)
		return error_memory(err);
	for (size_t i = 0; i < summary->level_count; i++) {
		struct level_classes *const level = &classes->levels[i];
		find_slots(dataset, (uint32_t)(summary->levels[i].level - dataset->levels), level);
		struct slot_facts *const facts = classes->facts + level->first;
		/* PUs have no load of their own: what shares one shares the core. */
		for (size_t k = PLACE_CORE; k < PLACE_KINDS; k++)
			count_loads(facts, level->count, (enum place_kind)k, marks, loads);
		level->class_count = find_classes(facts, level->count, loads);
		for (size_t k = 0; k < PLACE_KINDS; k++)
			count_spans(facts, level->count, level->class_count, (enum place_kind)k,
			            marks);
	}
	return 0;
}

/* The index of the slot with this number, or NO_PLACE; slots are numbered without gaps, unless the
 * file is odd. */
static uint32_t find_slot(const struct dataset *dataset, const struct level_classes *level,
                          uint32_t slot)
{
	if (level->count == 0)
		return NO_PLACE;
	const struct dataset_slot *const slots = dataset->slots + level->first;
	if (slot < level->count && slots[slot].slot == slot)
		return (uint32_t)level->first + slot;
	const struct dataset_slot *const found = dataset_find_slot(dataset, slots[0].level, slot);
	return found ? (uint32_t)(found - dataset->slots) : NO_PLACE;
}

static void link_rows(const struct summary *summary, const struct task_columns *columns,
                      struct place_classes *classes)
{
	const struct dataset *const dataset = summary->dataset;
	for (size_t l = 0; l < summary->level_count; l++)
		for (size_t i = columns->level_first[l]; i < columns->level_first[l + 1]; i++)
			classes->of_row[i] = find_slot(dataset, &classes->levels[l],
			                               dataset->tasks[columns->task[i]].slot);
}

int place_classes_build(const struct summary *summary, const struct task_columns *columns,
                        struct place_classes *classes, struct error *err)
{
	const struct dataset *const dataset = summary->dataset;
	*classes = (struct place_classes){0};
	for (size_t k = 0; k < PLACE_KINDS; k++) {
		const int r = list_places(dataset, (enum place_kind)k, &classes->places[k], err);
		if (r < 0)
			return r;
	}
	classes->facts = calloc(dataset->slot_count + 1, sizeof *classes->facts);
	classes->levels = calloc(summary->level_count + 1, sizeof *classes->levels);
	classes->of_row = calloc(columns->count + 1, sizeof *classes->of_row);
	if (!classes->facts || !classes->levels || !classes->of_row)
		return error_memory(err);
	for (size_t i = 0; i < dataset->slot_count; i++)
		for (size_t k = 0; k < PLACE_KINDS; k++)
			classes->facts[i].place[k] = place_classes_find(
			        &classes->places[k],
			        index_of(&dataset->slots[i], (enum place_kind)k));
	const int r = classify_levels(summary, classes, err);
	if (r == 0)
		link_rows(summary, columns, classes);
	return r;
}

void place_classes_release(struct place_classes *classes)
{
	for (size_t k = 0; k < PLACE_KINDS; k++)
		free(classes->places[k].items);
	free(classes->facts);
	free(classes->levels);
	free(classes->of_row);
	*classes = (struct place_classes){0};
}
