/* How text looks on the way out: how wide, whether with colour, and which characters may be used.
 * Colour is bold, dim, and three colours that read on light and dark grounds alike. Whatever comes
 * from outside passes through text_clean, so that it cannot steer the reader's terminal. */
#ifndef REPORT_TEXT_STYLE_H
#define REPORT_TEXT_STYLE_H

#include <stdbool.h>
#include <stddef.h>

struct str;

struct text_style {
	size_t width;  /* columns */
	bool is_color; /* escape sequences may be written */
	bool is_ascii; /* nothing beyond ASCII may be written by us */
};

enum text_role { TEXT_PLAIN, TEXT_TITLE, TEXT_HEAD, TEXT_DIM, TEXT_GOOD, TEXT_WARN, TEXT_BAD };

/* Whether the locale's variables (LC_ALL, LC_CTYPE, LANG: the first that is set) say UTF-8. */
bool text_locale_is_utf8(void);

/* The columns that clean UTF-8 text takes: combining marks take none, wide letters two. */
size_t text_width(const char *text);

/* Its last letters, which take at most `columns`. */
const char *text_tail(const char *text, size_t columns);

/* Appends text with every control character, and every byte that is not UTF-8, as '?'; a tab, a
 * line end or a no-break blank becomes a blank. Under an ASCII style every letter beyond ASCII is
 * '?' too. */
void text_clean(struct str *out, const struct text_style *style, const char *text);

/* Appends text with its blanks made no-break ones: "8.32 GB" for text_add_wrapped. */
void text_add_unbroken(struct str *out, const char *text);

/* Appends text with a no-break blank between every number and its unit: "2 %", "8.32 GB". */
void text_bind_units(struct str *out, const char *text);

/* Appends text, cleaned, in the look of role. */
void text_add(struct str *out, const struct text_style *style, enum text_role role,
              const char *text);

/* Appends text, cleaned, in at most `columns` columns: a longer one is cut and ends with "...". */
void text_add_cut(struct str *out, const struct text_style *style, size_t columns,
                  const char *text);

/* The same, cut in its middle: of what is kept, `head` columns stand before the "..". */
void text_add_middle(struct str *out, const struct text_style *style, size_t columns, size_t head,
                     const char *text);

/* Appends text, cleaned and wrapped at the style's width, every line behind `indent` blanks, and a
 * line end after the last. mark stands in the indent of the first line, in the look of role; ""
 * leaves it blank. A word that is longer than a line is not
 * broken, nor is one at a no-break blank (U+00A0), which is written as a plain one. */
void text_add_wrapped(struct str *out, const struct text_style *style, enum text_role role,
                      const char *mark, size_t indent, const char *text);

/* As text_add_wrapped, on a line whose first `column` columns are written already, the following
 * lines being indented by as many. */
void text_add_behind(struct str *out, const struct text_style *style, size_t column,
                     const char *text);

#endif
