/* What shells offer: the words are those that plateau takes, and operands are where tables say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "commands/import_parts.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "fleet/submit_plan.h"
#include "formats/placement_text.h"
#include "pages/value_kind.h"

#include <string.h>

static void assert_value(const struct value *value, enum value_kind kind, const char *texts)
{
	assert_int_equal(value->kind, kind);
	assert_string_equal(str_text(&value->texts), texts);
}

static void test_names(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		enum value_kind kind;
		const char *texts;
	} cases[] = {
	        {"FILE", VALUE_FILES, ""},
	        {"RESULT...", VALUE_FILES, "db"},
	        {"SCENARIO", VALUE_FILES, "yaml yml"},
	        {"POINTINGS.csv", VALUE_FILES, "csv"},
	        {"DIR", VALUE_FOLDERS, ""},
	        {"auto|always|never", VALUE_WORDS, "auto always never"},
	        {"UNIT", VALUE_WORDS, "pu core l3 numa package"},
	        {"KINDS", VALUE_LIST, "failed slow missing inconclusive"},
	        {"COMMAND", VALUE_COMMAND, ""},
	        {"TIME", VALUE_FREE, ""},
	        {"FILES", VALUE_FREE, ""},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_value struct value value;
		value_of(cases[i].name, strlen(cases[i].name), &value);
		assert_value(&value, cases[i].kind, cases[i].texts);
	}
}

static void test_operands(void **state)
{
	(void)state;
	static const struct {
		const char *operands;
		size_t index;
		enum value_kind kind;
		const char *texts;
	} cases[] = {
	        {"RESULT", 0, VALUE_FILES, "db"},
	        {"RESULT", 1, VALUE_FREE, ""},
	        {"RESULT...", 7, VALUE_FILES, "db"},
	        {"RESULT | CURVE.csv", 0, VALUE_FILES, "db csv"},
	        {"FORMAT FILE...", 1, VALUE_FILES, ""},
	        {"[SCENARIO] DIR [-- OPTION...]", 0, VALUE_FILES, "yaml yml"},
	        {"[SCENARIO] DIR [-- OPTION...]", 1, VALUE_FOLDERS, ""},
	        {"[SCENARIO] DIR [-- OPTION...]", 2, VALUE_FREE, ""},
	        {"[SCENARIO... | -- COMMAND ARG...]", 0, VALUE_FILES, "yaml yml"},
	        {"[SCENARIO... | -- COMMAND ARG...]", 3, VALUE_FILES, "yaml yml"},
	        {"-- COMMAND ARG... | --log FILE", 0, VALUE_FREE, ""},
	        {"DIR | FLEET.db... | RESULT...", 0, VALUE_FILES, "db"},
	        {"NODE FLEET.db|DIR|RESULT...", 0, VALUE_FREE, ""},
	        {"NODE FLEET.db|DIR|RESULT...", 2, VALUE_FILES, "db"},
	        {"BASE NEW... | BASE... -- NEW...", 5, VALUE_FILES, "db"},
	        {"", 0, VALUE_FREE, ""},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_value struct value value;
		value_of_operand(cases[i].operands, cases[i].index, &value);
		assert_value(&value, cases[i].kind, cases[i].texts);
	}
}

static void test_rest(void **state)
{
	(void)state;
	static const struct {
		const char *operands;
		enum value_kind kind;
	} cases[] = {
	        {"[SCENARIO... | -- COMMAND ARG...]", VALUE_COMMAND},
	        {"-- COMMAND ARG... | --log FILE", VALUE_COMMAND},
	        {"BASE NEW... | BASE... -- NEW...", VALUE_FILES},
	        {"[SCENARIO] DIR [-- OPTION...]", VALUE_FREE},
	        {"RESULT...", VALUE_FREE},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_value struct value value;
		value_of_rest(cases[i].operands, &value);
		assert_int_equal(value.kind, cases[i].kind);
	}
}

/* Calls take for each word that is offered for name. */
static void for_words(const char *name, void (*take)(const char *word))
{
	cleanup_value struct value value;
	value_of(name, strlen(name), &value);
	assert_true(value.texts.length > 0);
	for (const char *at = str_text(&value.texts); *at;) {
		char word[64];
		const size_t bytes = strcspn(at, " ");
		assert_in_range(bytes, 1, sizeof word - 1);
		memcpy(word, at, bytes);
		word[bytes] = '\0';
		take(word);
		at += bytes + (at[bytes] == ' ');
	}
}

static void take_format(const char *word)
{
	struct error err;
	const struct import_format *format = NULL;
	assert_int_equal(import_format_find(word, &format, &err), 0);
}

/* One that ends with a colon wants more. */
static void take_policy(const char *word)
{
	struct error err;
	struct placement placement = {0};
	char text[80];
	const size_t bytes = strlen(word);
	memcpy(text, word, bytes + 1);
	if (word[bytes - 1] == ':')
		memcpy(text + bytes, "2", 2);
	assert_int_equal(placement_text_parse(text, &placement, &err), 0);
	placement_release(&placement);
}

static void take_kind(const char *word)
{
	struct error err;
	unsigned kinds = 0;
	assert_int_equal(submit_retry_parse(word, &kinds, &err), 0);
}

static void test_words(void **state)
{
	(void)state;
	for_words("FORMAT", take_format);
	for_words("POLICY", take_policy);
	for_words("KINDS", take_kind);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_names),
	        cmocka_unit_test(test_operands),
	        cmocka_unit_test(test_rest),
	        cmocka_unit_test(test_words),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
