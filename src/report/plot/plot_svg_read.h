/* Reading the SVG that gnuplot writes: its tags, their attributes, and what is in those. Parts are
 * pointed at, never copied or changed; whatever is not as gnuplot writes it is taken for absent. */
#ifndef REPORT_PLOT_SVG_READ_H
#define REPORT_PLOT_SVG_READ_H

#include <stdbool.h>
#include <stddef.h>

/* A part of gnuplot's text. */
struct svg_span {
	const char *at;
	size_t length;
};

struct svg_tag {
	struct svg_span name; /* "/g" at an end */
	struct svg_span attributes;
};

bool svg_is_span(struct svg_span span, const char *text);

/* The next tag at *at, which moves behind it. Returns whether there is one before end. */
bool svg_next_tag(const char **at, const char *end, struct svg_tag *ret_tag);

/* The value of an attribute; length 0 where it is not there. */
struct svg_span svg_find_attribute(struct svg_span attributes, const char *name);

/* Up to `most` finite numbers of a span of less than 512 bytes, whatever is between them; returns
 * how many there were. */
size_t svg_read_numbers(struct svg_span span, double *numbers, size_t most);

/* "rgb(0, 114, 178)", "#0072b2" or "black" as 0xRRGGBB, or -1. */
long svg_read_color(struct svg_span span);

#endif
