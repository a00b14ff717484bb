/* HTML and XML as they are written: the only place that writes tags. Every text and every
 * attribute's value passes through its escaping, so that what came from outside shows as text and
 * runs nowhere. Names of elements and attributes are ours, never from outside.
 *
 *   struct markup m = {0};
 *   markup_open(&m, "p", MARKUP("class", "state"));
 *   markup_text(&m, outside); markup_close(&m);
 *
 * Running out of memory is remembered in m->out.failed. */
#ifndef REPORT_MARKUP_H
#define REPORT_MARKUP_H

#include "core/str.h"

enum { MARKUP_DEPTH = 32 };

struct markup {
	struct str out;
	const char *opened[MARKUP_DEPTH]; /* elements that are still to be closed */
	size_t depth;
};

/* Attributes: names and values by turns; one whose value is NULL is left out. */
#define MARKUP(...) ((const char *const[]){__VA_ARGS__, NULL})

/* "<!doctype html>". */
void markup_doctype(struct markup *m);

/* "<?xml ...?>": what follows is XML (without markup_doctype and markup_void). */
void markup_xml(struct markup *m);

/* Begins an element; attributes may be NULL. */
void markup_open(struct markup *m, const char *element, const char *const *attributes);

/* Ends the element that was begun last. */
void markup_close(struct markup *m);

/* An element without content that has no end tag: meta, br. */
void markup_void(struct markup *m, const char *element, const char *const *attributes);

/* A whole element with a text in it. */
void markup_element(struct markup *m, const char *element, const char *const *attributes,
                    const char *text);

/* A text: escaped, and cleaned as text_clean does (control characters, bytes that are not UTF-8
 * and marks that turn the direction of writing become '?'; a line end becomes a blank). */
void markup_text(struct markup *m, const char *text);

/* As markup_text, but lines stay lines. */
void markup_lines(struct markup *m, const char *text);

/* A line end between elements, where it changes nothing. */
void markup_break(struct markup *m);

/* The content of style and script elements: text of our own, which is not escaped. It must not
 * hold the end of its element. */
void markup_code(struct markup *m, const char *element, const char *code);

/* An SVG picture that another program drew. Only elements and attributes of a list of harmless ones
 * are let through, references only into the picture itself; its ids are made unique by the prefix.
 * Returns 0, -EINVAL where the picture is no well-formed SVG or holds what could run or load, with
 * nothing written, or -ENOMEM. */
int markup_svg(struct markup *m, const char *svg, const char *id_prefix, const char *label,
               struct error *err);

void markup_release(struct markup *m);

#define cleanup_markup __attribute__((cleanup(markup_release)))

#endif
