/* How text looks on the way out: how wide, whether with colour, and which characters may be used.
 * Colour is bold, dim, and three colours that read on light and dark grounds alike. */
#ifndef REPORT_TEXT_STYLE_H
#define REPORT_TEXT_STYLE_H

#include <stdbool.h>
#include <stddef.h>

struct str;

struct text_style {
	size_t width;  /* columns */
	bool is_color; /* escape sequences may be written */
	bool is_ascii; /* nothing beyond ASCII may be written */
};

enum text_role { TEXT_PLAIN, TEXT_TITLE, TEXT_HEAD, TEXT_DIM, TEXT_GOOD, TEXT_WARN, TEXT_BAD };

/* Whether the locale's variables (LC_ALL, LC_CTYPE, LANG: the first that is set) say UTF-8. */
bool text_locale_is_utf8(void);

/* The columns that UTF-8 text takes, escape sequences and combining marks taking none. */
size_t text_width(const char *text);

/* Appends text in the look of role. */
void text_add(struct str *out, const struct text_style *style, enum text_role role,
              const char *text);

/* Appends text wrapped at the style's width, every line behind `indent` spaces, and a line end
 * after the last. Control characters in text are shown as '?'. */
void text_add_wrapped(struct str *out, const struct text_style *style, size_t indent,
                      const char *text);

/* As text_add_wrapped, with `mark` in the indent of the first line. */
void text_add_item(struct str *out, const struct text_style *style, enum text_role role,
                   const char *mark, size_t indent, const char *text);

#endif
