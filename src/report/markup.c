#include "report/markup.h"

#include "report/text_style.h"

#include <assert.h>
#include <string.h>

static const struct text_style clean_style = {.width = 80};

/* Text is clean already: no control characters. Quotes are escaped in texts, too. */
static void add_escaped(struct str *out, const char *text)
{
	static const struct {
		char letter;
		const char *entity;
	} entities[] = {
	        {'&', "&amp;"}, {'<', "&lt;"}, {'>', "&gt;"}, {'"', "&quot;"}, {'\'', "&#39;"},
	};
	while (*text) {
		const size_t plain = strcspn(text, "&<>\"'");
		str_add_bytes(out, text, plain);
		text += plain;
		for (size_t i = 0; *text && i < sizeof entities / sizeof entities[0]; i++)
			if (*text == entities[i].letter) {
				str_add(out, entities[i].entity);
				text++;
				break;
			}
	}
}

/* A no-break blank stays one: in a page it does not steer but keep a number and its unit together.
 */
static void add_cleaned(struct str *out, const char *text)
{
	static const char no_break[] = "\u00A0";
	for (;;) {
		const char *const end = strstr(text, no_break);
		cleanup_str struct str part = {0};
		cleanup_str struct str clean = {0};
		str_add_bytes(&part, text, end ? (size_t)(end - text) : strlen(text));
		text_clean(&clean, &clean_style, str_text(&part));
		out->failed |= part.failed || clean.failed;
		add_escaped(out, str_text(&clean));
		if (!end)
			return;
		str_add(out, no_break);
		text = end + strlen(no_break);
	}
}

void markup_doctype(struct markup *m)
{
	str_add(&m->out, "<!doctype html>\n");
}

void markup_xml(struct markup *m)
{
	str_add(&m->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
}

void markup_void(struct markup *m, const char *element, const char *const *attributes)
{
	str_addf(&m->out, "<%s", element);
	for (; attributes && attributes[0]; attributes += 2) {
		if (!attributes[1])
			continue;
		str_addf(&m->out, " %s=\"", attributes[0]);
		add_cleaned(&m->out, attributes[1]);
		str_add(&m->out, "\"");
	}
	str_add(&m->out, ">");
}

void markup_open(struct markup *m, const char *element, const char *const *attributes)
{
	assert(m->depth < MARKUP_DEPTH);
	m->opened[m->depth++] = element;
	markup_void(m, element, attributes);
}

void markup_close(struct markup *m)
{
	assert(m->depth > 0);
	str_addf(&m->out, "</%s>", m->opened[--m->depth]);
}

void markup_element(struct markup *m, const char *element, const char *const *attributes,
                    const char *text)
{
	markup_open(m, element, attributes);
	markup_text(m, text);
	markup_close(m);
}

void markup_text(struct markup *m, const char *text)
{
	add_cleaned(&m->out, text);
}

void markup_lines(struct markup *m, const char *text)
{
	while (*text) {
		const size_t length = strcspn(text, "\n");
		cleanup_str struct str line = {0};
		/* "\r\n" is a line end, too. */
		str_add_bytes(&line, text, length - (length > 0 && text[length - 1] == '\r'));
		m->out.failed |= line.failed;
		add_cleaned(&m->out, str_text(&line));
		text += length;
		if (*text == '\n') {
			str_add(&m->out, "\n");
			text++;
		}
	}
}

void markup_break(struct markup *m)
{
	str_add(&m->out, "\n");
}

void markup_code(struct markup *m, const char *element, const char *code)
{
	assert(!strstr(code, "</"));
	str_addf(&m->out, "<%s>%s</%s>\n", element, code, element);
}

void markup_release(struct markup *m)
{
	if (m)
		str_release(&m->out);
}
