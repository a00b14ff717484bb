#include "pages/value_kind.h"

#include "core/array.h"
#include "model/scenario.h"

#include <string.h>

/* What a name that says it of itself ("CURVE.csv", "a|b") need not be listed for. What is not here
 * is free. */
static const struct {
	const char *name;
	enum value_kind kind;
	const char *texts;
	const char *const *names; /* of VALUE_WORDS: instead of texts, up to NULL */
} kinds[] = {
        {"FILE", VALUE_FILES, "", NULL},
        {"PATH", VALUE_FILES, "", NULL},
        {"CAMPAIGN", VALUE_FILES, "", NULL},
        {"NODES", VALUE_FILES, "", NULL},
        {"RESULT", VALUE_FILES, "db", NULL},
        {"BASE", VALUE_FILES, "db", NULL},
        {"NEW", VALUE_FILES, "db", NULL},
        {"SCENARIO", VALUE_FILES, "yaml yml", NULL},
        {"DIR", VALUE_FOLDERS, "", NULL},
        {"COMMAND", VALUE_COMMAND, "", NULL},
        {"FORMAT", VALUE_WORDS, "perf-stat time csv levels lsst-metadata sacct", NULL},
        {"POLICY", VALUE_WORDS,
         "none pack spread spread:package spread:numa spread:l3 plane: map:", NULL},
        {"KINDS", VALUE_LIST, "failed slow missing inconclusive", NULL},
        {"UNIT", VALUE_WORDS, "", placement_unit_names},
        {"PLACE", VALUE_WORDS, "", memory_policy_names},
        {"WAY", VALUE_WORDS, "", counters_overflow_names},
};

static void set_words(const char *choices, size_t bytes, struct value *value)
{
	value->kind = VALUE_WORDS;
	for (size_t i = 0; i < bytes; i++)
		str_add_bytes(&value->texts, choices[i] == '|' ? " " : choices + i, 1);
}

/* Whether "a|b" is a choice between words, not between names of things ("FLEET.db|DIR"). */
static bool is_choice(const char *name, size_t bytes)
{
	return memchr(name, '|', bytes) && name[0] >= 'a' && name[0] <= 'z';
}

void value_of(const char *name, size_t bytes, struct value *ret_value)
{
	*ret_value = (struct value){.kind = VALUE_FREE};
	if (bytes > 3 && memcmp(name + bytes - 3, "...", 3) == 0)
		bytes -= 3;
	if (is_choice(name, bytes)) {
		set_words(name, bytes, ret_value);
		return;
	}
	const char *const point = memchr(name, '.', bytes);
	if (point) {
		ret_value->kind = VALUE_FILES;
		str_add_bytes(&ret_value->texts, point + 1, bytes - (size_t)(point + 1 - name));
		return;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		if (strlen(kinds[i].name) != bytes || memcmp(kinds[i].name, name, bytes) != 0)
			continue;
		ret_value->kind = kinds[i].kind;
		str_add(&ret_value->texts, kinds[i].texts);
		for (const char *const *word = kinds[i].names; word && *word; word++)
			str_addf(&ret_value->texts, "%s%s", word > kinds[i].names ? " " : "",
			         *word);
		return;
	}
}

/* ---- Operands ------------------------------------------------------------------------------- */

/* Joins more into value: files of either kind, and folders are on the way to any file. */
static void join(struct value *value, const struct value *more)
{
	if (more->kind == VALUE_FREE || (more->kind == VALUE_FOLDERS && value->kind != VALUE_FREE))
		return;
	if (value->kind == VALUE_FREE || value->kind == VALUE_FOLDERS) {
		str_release(&value->texts);
		value->kind = more->kind;
		str_add(&value->texts, str_text(&more->texts));
		return;
	}
	if (value->kind != VALUE_FILES || more->kind != VALUE_FILES)
		return;
	if (value->texts.length == 0 || more->texts.length == 0)
		str_release(&value->texts);
	else if (!strstr(str_text(&value->texts), str_text(&more->texts)))
		str_addf(&value->texts, " %s", str_text(&more->texts));
}

static void join_names(const char *names, size_t bytes, struct value *value)
{
	const char *const end = names + bytes;
	while (names < end) {
		size_t length = strcspn(names, "|");
		if (length > (size_t)(end - names))
			length = (size_t)(end - names);
		cleanup_value struct value more;
		value_of(names, length, &more);
		join(value, &more);
		names += length + 1;
	}
}

/* A word of operands, without its brackets. */
struct word {
	const char *text;
	size_t bytes;
	bool is_optional; /* "[SCENARIO]" */
	bool is_many;     /* "RESULT..." */
};

static const char *next_word(const char *at, struct word *ret_word)
{
	at += strspn(at, " ");
	const size_t all = strcspn(at, " ");
	struct word word = {.text = at, .bytes = all};
	const bool opens = all > 0 && word.text[0] == '[';
	const bool closes = all > 0 && word.text[all - 1] == ']';
	word.is_optional = opens && closes;
	if (opens)
		word.text++, word.bytes--;
	if (closes)
		word.bytes--;
	word.is_many = word.bytes > 3 && memcmp(word.text + word.bytes - 3, "...", 3) == 0;
	*ret_word = word;
	return at + all;
}

static bool is_word(const struct word *word, const char *text)
{
	return word->bytes == strlen(text) && memcmp(word->text, text, word->bytes) == 0;
}

void value_of_operand(const char *operands, size_t index, struct value *ret_value)
{
	*ret_value = (struct value){.kind = VALUE_FREE};
	size_t least = 0; /* the lowest and the highest index at which the next word can stand */
	size_t most = 0;
	bool is_behind = false; /* "--" was seen: up to the next way of saying it */
	struct word word;
	for (const char *at = next_word(operands, &word); word.bytes > 0;
	     at = next_word(at, &word)) {
		if (is_word(&word, "|")) {
			least = most = 0;
			is_behind = false;
			continue;
		}
		if (is_word(&word, "--"))
			is_behind = true;
		/* "--log FILE": an option that stands for the operands. */
		if (is_behind || word.text[0] == '-') {
			is_behind = true;
			continue;
		}
		if (index >= least && (index <= most || word.is_many))
			join_names(word.text, word.bytes, ret_value);
		least += !word.is_optional;
		most++;
	}
}

void value_of_rest(const char *operands, struct value *ret_value)
{
	*ret_value = (struct value){.kind = VALUE_FREE};
	struct word word;
	const char *at = operands;
	do
		at = next_word(at, &word);
	while (word.bytes > 0 && !is_word(&word, "--"));
	if (word.bytes == 0)
		return;
	next_word(at, &word);
	value_of(word.text, word.bytes, ret_value);
}

void value_release(struct value *value)
{
	if (value)
		str_release(&value->texts);
}
