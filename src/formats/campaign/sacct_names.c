/* Jobs of one kind are called isr_0001, isr_0002, ...: the number is not of their type. step1 and
 * step2 are two types. So a number goes where it has three digits or more, stands before a number
 * that went, or where more names than anybody gives to types differ in it. */
#include "formats/campaign/sacct_parts.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_NUMBERED_TYPES = 8, LONG_NUMBER = 3 };

/* The letters in front of a number at the end of the first length ones, its joint included: 5 of
 * "coadd_12". length where there is no number, or nothing else. */
static size_t before_number(const char *name, size_t length, size_t *ret_digits,
                            bool *ret_has_joint)
{
	size_t end = length;
	if (end > 1 && name[end - 1] == ']')
		end--;
	const size_t digits_end = end;
	while (end > 0 && isdigit((unsigned char)name[end - 1]))
		end--;
	*ret_digits = digits_end - end;
	const size_t digits_begin = end;
	while (end > 0 && strchr("_-.#:[ ", name[end - 1]))
		end--;
	*ret_has_joint = end < digits_begin;
	return *ret_digits == 0 || end == 0 ? length : end;
}

/* What is left without long numbers. */
static size_t without_long(const char *name)
{
	size_t length = strlen(name);
	bool has_gone = false;
	for (;;) {
		size_t digits = 0;
		bool has_joint = false;
		const size_t left = before_number(name, length, &digits, &has_joint);
		if (left == length || !(digits >= LONG_NUMBER || (has_gone && has_joint)))
			return length;
		/* "sha256": such a number is a part of the name, unless it counts with zeros. */
		if (!has_joint && name[left] != '0')
			return length;
		has_gone = true;
		length = left;
	}
}

struct stems {
	struct words words;
	struct words_index index;
	uint32_t *of; /* of each name */
	size_t *counts;
};

static void release_stems(struct stems *stems)
{
	words_release(&stems->words);
	words_index_release(&stems->index);
	free(stems->of);
	free(stems->counts);
}

#define cleanup_stems __attribute__((cleanup(release_stems)))

/* Adds the first length letters of a name. */
static int add_stem(struct stems *stems, size_t name_at, const char *name, size_t length,
                    struct error *err)
{
	cleanup_str struct str stem = {0};
	str_add_bytes(&stem, name, length);
	if (stem.failed)
		return error_memory(err);
	return words_index_add(&stems->index, &stems->words, str_text(&stem), CAMPAIGN_MOST_TASKS,
	                       &stems->of[name_at], err);
}

static int make_stems(struct stems *stems, const struct words *names,
                      size_t (*length_of)(const char *), struct error *err)
{
	stems->of = calloc(names->count + 1, sizeof *stems->of);
	stems->counts = calloc(names->count + 1, sizeof *stems->counts);
	if (!stems->of || !stems->counts)
		return error_memory(err);
	for (size_t i = 0; i < names->count; i++) {
		const char *const name = names->items[i];
		const int r = add_stem(stems, i, name, length_of(name), err);
		if (r < 0)
			return r;
		stems->counts[stems->of[i]]++;
	}
	return 0;
}

static size_t without_any(const char *name)
{
	size_t digits = 0;
	bool has_joint = false;
	return before_number(name, strlen(name), &digits, &has_joint);
}

/* Types of the names without long numbers: without short ones too, where those are many. */
static int name_types(const struct stems *first, const struct stems *second, struct words *types,
                      uint32_t *type_of, size_t name_count, struct error *err)
{
	struct words_index index = {0};
	int r = 0;
	for (size_t i = 0; r == 0 && i < name_count; i++) {
		const uint32_t stem = first->of[i];
		const bool is_many = second->counts[second->of[stem]] > MOST_NUMBERED_TYPES;
		r = words_index_add(&index, types,
		                    is_many ? second->words.items[second->of[stem]]
		                            : first->words.items[stem],
		                    CAMPAIGN_MOST_TASKS, &type_of[i], err);
	}
	words_index_release(&index);
	return r;
}

/* How many types have names that are not theirs, and such a name. */
static int count_merged(const struct words *names, const struct words *types,
                        const uint32_t *type_of, size_t *ret_merged, const char **ret_example,
                        struct error *err)
{
	cleanup_free bool *is_merged = calloc(types->count + 1, sizeof *is_merged);
	if (!is_merged)
		return error_memory(err);
	for (size_t i = 0; i < names->count; i++) {
		if (is_merged[type_of[i]] || strcmp(names->items[i], types->items[type_of[i]]) == 0)
			continue;
		is_merged[type_of[i]] = true;
		*ret_merged += 1;
		if (!*ret_example)
			*ret_example = names->items[i];
	}
	return 0;
}

int sacct_types(const struct words *names, struct words *types, uint32_t **ret_type_of,
                size_t *ret_merged, const char **ret_example, struct error *err)
{
	cleanup_stems struct stems first = {0};
	cleanup_stems struct stems second = {0};
	cleanup_free uint32_t *type_of = calloc(names->count + 1, sizeof *type_of);
	int r = type_of ? make_stems(&first, names, without_long, err) : error_memory(err);
	if (r == 0)
		r = make_stems(&second, &first.words, without_any, err);
	if (r == 0)
		r = name_types(&first, &second, types, type_of, names->count, err);
	if (r == 0)
		r = count_merged(names, types, type_of, ret_merged, ret_example, err);
	if (r == 0) {
		*ret_type_of = type_of;
		type_of = NULL;
	}
	return r;
}
