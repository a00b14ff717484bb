#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/findings.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "report/document_html.h"
#include "report/json/show_json.h"
#include "report/section/sections.h"
#include "report/show_text.h"
#include "shown.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *shown_text(const struct made *made, const struct text_style *style)
{
	struct error err;
	cleanup_findings struct findings findings = {0};
	char *text = NULL;
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	assert_int_equal(show_text_write(&findings, style, false, &text, &err), 0);
	return text;
}

char *shown_json(const struct made *made)
{
	struct error err;
	cleanup_findings struct findings findings = {0};
	char *text = NULL;
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	assert_int_equal(show_json_write(&findings, &text, &err), 0);
	return text;
}

char *shown_page(const struct made *made)
{
	static const struct text_style style = {.width = 100};
	struct error err;
	struct undrawn undrawn;
	cleanup_findings struct findings findings = {0};
	cleanup_document struct document doc;
	char *html = NULL;
	assert_int_equal(findings_build(&made->dataset, &findings, &err), 0);
	document_init(&doc, "", &style);
	report_fill(&findings, READ_IN_PAGE, &doc);
	assert_int_equal(document_html_write(&doc, 1, doc.title, NULL, &html, &undrawn, &err), 0);
	return html;
}

void shown_fits(const char *text, size_t width, bool is_ascii)
{
	cleanup_free char *copy = strdup(text);
	for (char *line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
		if (text_width(line) > width)
			fail_msg("%zu columns in %zu: %s", text_width(line), width, line);
	for (const char *c = text; is_ascii && *c; c++)
		assert_true((unsigned char)*c < 0x80);
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf "));
	assert_null(strstr(text, " \n"));
}

void shown_explained(json_t *value, const char *path)
{
	const char *key;
	json_t *member;
	size_t index;
	if (json_is_array(value)) {
		json_array_foreach(value, index, member) shown_explained(member, path);
		return;
	}
	const bool has_reason = json_is_string(json_object_get(value, "reason")) ||
	                        json_is_string(json_object_get(value, "state"));
	json_object_foreach(value, key, member)
	{
		char reason[80];
		snprintf(reason, sizeof reason, "%s_reason", key);
		if (json_is_null(member) && strcmp(key, "reason") != 0 &&
		    strcmp(key, "weights") != 0 && !has_reason && !json_object_get(value, reason))
			fail_msg("%s.%s is null without a reason", path, key);
		shown_explained(member, key);
	}
}

void shown_check(const struct made *made)
{
	static const struct text_style style = {80, false, false};
	cleanup_free char *text = shown_text(made, &style);
	cleanup_free char *json = shown_json(made);
	shown_fits(text, 80, false);
	json_error_t where;
	json_t *const answer = json_loads(json, JSON_REJECT_DUPLICATES, &where);
	if (!answer)
		fail_msg("line %d: %s", where.line, where.text);
	shown_explained(answer, "");
	json_decref(answer);
	cleanup_free char *html = shown_page(made);
	static const char *const nonsense[] = {"nan", "-nan", "inf", "(null)"};
	for (size_t i = 0; i < sizeof nonsense / sizeof nonsense[0]; i++) {
		char cell[16];
		snprintf(cell, sizeof cell, ">%s<", nonsense[i]);
		if (strstr(html, cell))
			fail_msg("%s in the page", cell);
	}
	assert_non_null(strstr(html, "<h2>Data quality</h2>"));
	assert_non_null(strstr(html, "<h2>Provenance</h2>"));
}
