#include "answers.h"

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

/* No attribute fetches or runs anything. Returns where the attribute ends. */
static const char *check_attribute(const char *at)
{
	const size_t bytes = strcspn(at, "= >/");
	fuzz_promise(bytes > 0 && !is_word(at, bytes, "src") && !is_word(at, bytes, "style") &&
	             strncasecmp(at, "on", 2) != 0);
	if (at[bytes] != '=')
		return at + bytes;
	const char quote = at[bytes + 1];
	fuzz_promise(quote == '"' || quote == '\'');
	const char *const value = at + bytes + 2;
	const char *const end = strchr(value, quote);
	fuzz_promise(end != NULL);
	fuzz_promise(strncasecmp(value, "javascript:", strlen("javascript:")) != 0);
	return end + 1;
}

/* at: behind "<". Returns where the tag ends, of a script or a style where its content does. */
static const char *check_tag(const char *at, size_t *scripts)
{
	const size_t bytes = strcspn(at, " >/\n");
	const bool is_script = is_word(at, bytes, "script");
	const bool is_raw = is_script || is_word(at, bytes, "style");
	*scripts += is_script;
	fuzz_promise(!is_word(at, bytes, "img") && !is_word(at, bytes, "iframe") &&
	             !is_word(at, bytes, "object") && !is_word(at, bytes, "base"));
	const char *const name = at;
	at += bytes;
	while (*at && *at != '>')
		at = strchr(" /\n", *at) ? at + 1 : check_attribute(at);
	fuzz_promise(*at == '>');
	const char *const end = is_raw ? strstr(at, is_script ? "</script>" : "</style>") : at;
	fuzz_promise(end != NULL && end > name);
	return end;
}

/* A page has the scripts and styles of ours alone, and nothing that is fetched. */
static void check_page(const char *page)
{
	size_t scripts = 0;
	for (const char *at = page; (at = strchr(at, '<'));)
		at = at[1] == '/' || at[1] == '!' || at[1] == '?' ? at + 1
		                                                  : check_tag(at + 1, &scripts);
	fuzz_promise(scripts <= 1);
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
	if (document_html_write(doc, 1, doc->title, NULL, &page, &undrawn, &err) == 0)
		check_page(page);
}
