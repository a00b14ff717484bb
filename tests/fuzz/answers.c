#include "answers.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "report/document_html.h"
#include "report/document_text.h"
#include "report/text_style.h"
#include "target.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void answer_check_text(const char *text)
{
	for (const unsigned char *p = (const unsigned char *)text; *p; p++)
		fuzz_promise(*p == '\n' || (*p >= 0x20 && *p != 0x7f));
	json_t *const value = json_string(text); /* NULL: it is not UTF-8 */
	fuzz_promise(value != NULL);
	json_decref(value);
}

void answer_check_json(const char *json)
{
	json_t *const value = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	fuzz_promise(value != NULL);
	json_decref(value);
}

/* ---- Pages ---------------------------------------------------------------------------------- */

static bool is_word(const char *at, size_t bytes, const char *word)
{
	return strlen(word) == bytes && strncasecmp(at, word, bytes) == 0;
}

/* Returns where the attribute ends. */
static const char *check_attribute(const char *at, bool is_picture)
{
	const size_t bytes = strcspn(at, "= >/");
	fuzz_promise(bytes > 0 && !is_word(at, bytes, "src") && !is_word(at, bytes, "style") &&
	             !is_word(at, bytes, "action") && strncasecmp(at, "on", 2) != 0);
	if (at[bytes] != '=')
		return at + bytes;
	const char quote = at[bytes + 1];
	fuzz_promise(quote == '"' || quote == '\'');
	const char *const value = at + bytes + 2;
	const char *const end = strchr(value, quote);
	fuzz_promise(end != NULL);
	const bool is_link = is_word(at, bytes, "href") || is_word(at, bytes, "xlink:href");
	fuzz_promise(!is_link || strncasecmp(value, "javascript:", strlen("javascript:")) != 0);
	fuzz_promise(!is_link || !is_picture || *value == '#');
	return end + 1;
}

/* at: behind "<". Returns where the tag ends, of a script or a style where its content does. */
static const char *check_tag(const char *at, bool is_picture, size_t *scripts)
{
	static const char *const forbidden[] = {"img",  "image", "iframe", "object",
	                                        "base", "embed", "form",   "foreignobject"};
	const size_t bytes = strcspn(at, " >/\n");
	const bool is_script = is_word(at, bytes, "script");
	const bool is_raw = is_script || is_word(at, bytes, "style");
	*scripts += is_script;
	fuzz_promise(!is_picture || !is_raw);
	for (size_t i = 0; i < ARRAY_LENGTH(forbidden); i++)
		fuzz_promise(!is_word(at, bytes, forbidden[i]));
	at += bytes;
	while (*at && *at != '>')
		at = strchr(" /\n", *at) ? at + 1 : check_attribute(at, is_picture);
	fuzz_promise(*at == '>');
	const char *const end = is_raw ? strstr(at, is_script ? "</script>" : "</style>") : at;
	fuzz_promise(end != NULL);
	return end;
}

void answer_check_markup(const char *markup, bool is_picture, size_t *ret_scripts)
{
	*ret_scripts = 0;
	for (const char *at = markup; (at = strchr(at, '<'));)
		at = at[1] == '/' || at[1] == '!' || at[1] == '?'
		             ? at + 1
		             : check_tag(at + 1, is_picture, ret_scripts);
}

/* ---- What is written ------------------------------------------------------------------------ */

void answer_check_terminal(const struct document *doc)
{
	struct error err;
	cleanup_free char *text = NULL;
	fuzz_promise(!doc->failed);
	if (document_text_write(doc, &text, &err) == 0)
		answer_check_text(text);
}

void answer_check_page(const struct document *doc)
{
	struct error err;
	struct undrawn undrawn;
	cleanup_free char *page = NULL;
	fuzz_promise(!doc->failed);
	size_t scripts;
	if (document_html_write(doc, 1, doc->title, NULL, &page, &undrawn, &err) < 0)
		return;
	answer_check_markup(page, false, &scripts);
	fuzz_promise(scripts <= 1);
}
