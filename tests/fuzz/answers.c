#include "answers.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "report/document_html.h"
#include "report/document_text.h"
#include "report/text_style.h"
#include "target.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

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

/* A page has the scripts and styles of ours alone, and nothing that is fetched. */
static void check_page(const char *page)
{
	size_t scripts = 0;
	for (const char *at = page; (at = strstr(at, "<script")); at++)
		scripts++;
	fuzz_promise(scripts <= 1);
	fuzz_promise(!strstr(page, "<img") && !strstr(page, "<iframe"));
	fuzz_promise(!strstr(page, "=\"javascript:") && !strstr(page, "src=\""));
}

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
