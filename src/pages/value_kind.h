/* What a shell can offer where a table says FILE, RESULT..., SCENARIO or auto|always|never. The
 * names of values and operands mean the same in every command. */
#ifndef PAGES_VALUE_KIND_H
#define PAGES_VALUE_KIND_H

#include "core/str.h"

#include <stdbool.h>
#include <stddef.h>

enum value_kind {
	VALUE_FREE,    /* a number, a time, a name: nothing to offer */
	VALUE_WORDS,   /* one of some words */
	VALUE_LIST,    /* some of them, with commas between */
	VALUE_FILES,   /* files by pattern, and folders on the way there */
	VALUE_FOLDERS, /* folders */
	VALUE_COMMAND  /* a command with its own words */
};

struct value {
	enum value_kind kind;
	/* Of VALUE_WORDS and VALUE_LIST the words, of VALUE_FILES the ends of names ("yaml yml";
	 * "": of any name), with blanks between; memory of s. */
	struct str texts;
};

/* What name stands for: "FILE", "FLEET.db", "RESULT...", "auto|always|never". */
void value_of(const char *name, size_t bytes, struct value *ret_value);

/* What can stand as the operand at index (from 0) of a command's operands ("NODE FLEET.db|DIR",
 * "[SCENARIO] DIR [-- OPTION...]"); of several things all that are files. */
void value_of_operand(const char *operands, size_t index, struct value *ret_value);

/* What can stand behind "--". */
void value_of_rest(const char *operands, struct value *ret_value);

void value_release(struct value *value);

#define cleanup_value __attribute__((cleanup(value_release)))

#endif
