#include "report/plot/plot_svg.h"

#include "report/plot/plot_look.h"
#include "report/plot/plot_svg_read.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOK_BYTES = 160, SHAPES = 4 };

/* All marks of one look in a row are one path: a fill and a border that come by turns, too. */
struct shape {
	char look[LOOK_BYTES]; /* its attributes */
	struct str path;
};

/* A picture that is being written. */
struct picture {
	const char *name;
	struct str *out;
	struct shape shapes[SHAPES]; /* that are being collected, in the order of drawing */
	size_t shape_count;
	double stroke_width;        /* of the group */
	struct svg_span text_group; /* attributes of the group of a text */
	bool is_in_pattern;
};

static bool is_color(const char *name, long color)
{
	return strtol(name + 1, NULL, 16) == color;
}

/* A colour as an attribute: the class of one that the style sheet knows, or itself. */
static void name_color(bool is_stroke, long color, char text[64])
{
	text[0] = '\0';
	if (color < 0)
		return;
	for (size_t i = 0; i < PLOT_HUES; i++)
		if (is_color(plot_hues[i].color, color)) {
			snprintf(text, 64, " class=\"%c-%zu\"", is_stroke ? 's' : 'f', i);
			return;
		}
	for (size_t i = 0; i < PLOT_INKS; i++)
		if (is_color(plot_inks[i].color, color)) {
			snprintf(text, 64, " class=\"%c-%s\"", is_stroke ? 's' : 'f',
			         plot_inks[i].name);
			return;
		}
	if (!is_stroke && plot_shade(color) >= 0) {
		snprintf(text, 64, " class=\"f-m%d\"", plot_shade(color));
		return;
	}
	snprintf(text, 64, " %s=\"#%06lx\"", is_stroke ? "stroke" : "fill", color);
}

/* A number of tenths of a pixel, as short as can be. */
static void add_tenths(struct str *out, long tenths)
{
	if (tenths % 10 == 0)
		str_addf(out, "%ld", tenths / 10);
	else
		str_addf(out, "%s%ld.%ld", tenths < 0 ? "-" : "", labs(tenths) / 10,
		         labs(tenths) % 10);
}

/* A place in tenths of a pixel; what is far outside of any picture is brought nearer. */
static long to_tenths(double value)
{
	return lround(fmin(fmax(value, -1e6), 1e6) * 10);
}

static void add_number(struct str *out, double value)
{
	add_tenths(out, to_tenths(value));
}

static void flush(struct picture *p)
{
	for (size_t i = 0; i < p->shape_count; i++) {
		struct shape *const shape = &p->shapes[i];
		if (shape->path.length > 0)
			str_addf(p->out, "<path%s d=\"%s\"/>\n", shape->look,
			         str_text(&shape->path));
		p->out->failed |= shape->path.failed;
		str_release(&shape->path);
	}
	p->shape_count = 0;
}

/* The path to which a shape of this look is added. */
static struct str *begin_shape(struct picture *p, const char *look)
{
	for (size_t i = 0; i < p->shape_count; i++)
		if (strcmp(p->shapes[i].look, look) == 0)
			return &p->shapes[i].path;
	if (p->shape_count == SHAPES)
		flush(p);
	struct shape *const shape = &p->shapes[p->shape_count++];
	*shape = (struct shape){.path = {0}};
	snprintf(shape->look, sizeof shape->look, "%s", look);
	return &shape->path;
}

/* The pen: where it is, in tenths of a pixel. What is drawn is written relative to that. */
struct pen {
	struct str *out;
	long x;
	long y;
};

static void pen_to(struct pen *pen, double x, double y, bool is_down)
{
	const long to_x = to_tenths(x);
	const long to_y = to_tenths(y);
	const long by_x = to_x - pen->x;
	const long by_y = to_y - pen->y;
	pen->x = to_x;
	pen->y = to_y;
	if (!is_down) {
		str_add(pen->out, "M");
		add_tenths(pen->out, to_x);
		str_add(pen->out, to_y < 0 ? "" : " ");
		add_tenths(pen->out, to_y);
	} else if (by_y == 0) {
		str_add(pen->out, "h");
		add_tenths(pen->out, by_x);
	} else if (by_x == 0) {
		str_add(pen->out, "v");
		add_tenths(pen->out, by_y);
	} else {
		str_add(pen->out, "l");
		add_tenths(pen->out, by_x);
		str_add(pen->out, by_y < 0 ? "" : " ");
		add_tenths(pen->out, by_y);
	}
}

/* Copies the commands of a path that are M, L and Z. */
static void add_path(struct str *out, struct svg_span d)
{
	const char *const end = d.at + d.length;
	struct pen pen = {.out = out};
	for (const char *at = d.at; at < end;) {
		const char command = *at++;
		if (command == 'Z' || command == 'z')
			str_add(out, "z");
		if (command != 'M' && command != 'L')
			continue;
		const char *const from = at;
		while (at < end && !isalpha((unsigned char)*at))
			at++;
		double xy[2];
		if (svg_read_numbers((struct svg_span){from, (size_t)(at - from)}, xy, 2) == 2)
			pen_to(&pen, xy[0], xy[1], command == 'L');
	}
}

static void take_path(struct picture *p, struct svg_span attributes)
{
	char look[LOOK_BYTES];
	char color[64];
	double dashes[8];
	const struct svg_span style = svg_find_attribute(attributes, "style");
	const char *const stroke = memmem(style.at, style.length, "stroke:", 7);
	const struct svg_span named = {stroke ? stroke + 7 : "",
	                               stroke ? (size_t)(style.at + style.length - stroke - 7) : 0};
	name_color(
	        true,
	        svg_read_color(p->is_in_pattern ? named : svg_find_attribute(attributes, "stroke")),
	        color);
	if (!*color)
		return;
	int length = snprintf(look, sizeof look, "%s stroke-width=\"%.3g\"", color,
	                      p->is_in_pattern ? 0.8 : p->stroke_width);
	const size_t count =
	        svg_read_numbers(svg_find_attribute(attributes, "stroke-dasharray"), dashes, 8);
	for (size_t i = 0; i < count && length + 16 < LOOK_BYTES; i++)
		length += snprintf(look + length, sizeof look - (size_t)length, "%s%.3g",
		                   i == 0 ? " stroke-dasharray=\"" : ",", dashes[i]);
	if (count > 0)
		snprintf(look + length, sizeof look - (size_t)length, "\"");
	add_path(begin_shape(p, look), svg_find_attribute(attributes, "d"));
}

/* gnuplot counts them from 1. */
static bool is_number_of_pattern(double number)
{
	return number >= 0 && number < 10000;
}

static void take_polygon(struct picture *p, struct svg_span attributes)
{
	char look[LOOK_BYTES];
	char color[64];
	double number;
	const struct svg_span fill = svg_find_attribute(attributes, "fill");
	const struct svg_span points = svg_find_attribute(attributes, "points");
	if (fill.length > 4 && memcmp(fill.at, "url(", 4) == 0) {
		if (svg_read_numbers(fill, &number, 1) != 1 || !is_number_of_pattern(number))
			return;
		snprintf(color, sizeof color, " fill=\"url(#%.40s-h%.0f)\"", p->name, number);
	} else {
		name_color(false, svg_read_color(fill), color);
	}
	if (!*color)
		return;
	const struct svg_span opacity = svg_find_attribute(attributes, "fill-opacity");
	if (svg_read_numbers(opacity, &number, 1) == 1)
		snprintf(look, sizeof look, "%s fill-opacity=\"%.2g\"", color, number);
	else
		snprintf(look, sizeof look, "%s", color);
	struct str *const shape = begin_shape(p, look);
	struct pen pen = {.out = shape};
	const char *at = points.at;
	const char *const end = points.at + points.length;
	for (bool is_down = false;; is_down = true) {
		while (at < end && isspace((unsigned char)*at))
			at++;
		const char *const from = at;
		while (at < end && !isspace((unsigned char)*at))
			at++;
		double xy[2];
		if (svg_read_numbers((struct svg_span){from, (size_t)(at - from)}, xy, 2) != 2)
			break;
		pen_to(&pen, xy[0], xy[1], is_down);
	}
	str_add(shape, "z");
}

/* The outlines of gnuplot's point types from 4 (which it counts as 3), around 0, 0 with radius 1;
 * circles have none. */
static const struct {
	const char *steps; /* after the start, relative */
	double points[4][2];
	size_t count;
} outlines[] = {
        {"square", {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}}, 4},
        {"circle", {{-1, 0}}, 0},
        {"triangle", {{0, -1.33}, {-1.33, 0.67}, {1.33, 0.67}}, 3},
        {"triangle down", {{0, 1.33}, {-1.33, -0.67}, {1.33, -0.67}}, 3},
        {"diamond", {{0, -1.41}, {1.41, 0}, {0, 1.41}, {-1.41, 0}}, 4},
};

static void add_mark(struct str *out, size_t outline, double x, double y, double r)
{
	struct pen pen = {.out = out};
	for (size_t i = 0; i < outlines[outline].count; i++)
		pen_to(&pen, x + r * outlines[outline].points[i][0],
		       y + r * outlines[outline].points[i][1], i > 0);
	if (outlines[outline].count > 0) {
		str_add(out, "z");
		return;
	}
	pen_to(&pen, x - r, y, false);
	str_addf(out, "a%.3g %.3g 0 1 0 %.3g 0a%.3g %.3g 0 1 0 %.3g 0", r, r, 2 * r, r, r, -2 * r);
}

static void take_mark(struct picture *p, struct svg_span attributes)
{
	enum { FIRST_TYPE = 3 };
	char color[64];
	char look[LOOK_BYTES];
	double type;
	double place[3];
	if (svg_read_numbers(svg_find_attribute(attributes, "xlink:href"), &type, 1) != 1 ||
	    svg_read_numbers(svg_find_attribute(attributes, "transform"), place, 3) != 3)
		return;
	const size_t index = type < FIRST_TYPE ? SIZE_MAX : (size_t)type - FIRST_TYPE;
	if (index >= 2 * ARRAY_LENGTH(outlines))
		return;
	const bool is_filled = index % 2;
	name_color(!is_filled, svg_read_color(svg_find_attribute(attributes, "color")), color);
	if (!*color)
		return;
	snprintf(look, sizeof look, "%s%s", color, is_filled ? "" : " stroke-width=\"1.2\"");
	add_mark(begin_shape(p, look), index / 2, place[0], place[1], place[2]);
}

static void take_text(struct picture *p, struct svg_span text)
{
	double numbers[3];
	char color[64];
	const struct svg_span transform = svg_find_attribute(p->text_group, "transform");
	const size_t count = svg_read_numbers(transform, numbers, 3);
	while (text.length > 0 && *text.at == ' ') {
		text.at++;
		text.length--;
	}
	if (count < 2 || text.length == 0)
		return;
	flush(p);
	name_color(false, svg_read_color(svg_find_attribute(p->text_group, "fill")), color);
	str_addf(p->out, "<text%s", color);
	if (count == 3)
		str_addf(p->out, " transform=\"translate(%.1f,%.1f) rotate(%.0f)\"", numbers[0],
		         numbers[1], numbers[2]);
	else
		str_addf(p->out, " x=\"%.1f\" y=\"%.1f\"", numbers[0], numbers[1]);
	const struct svg_span anchor = svg_find_attribute(p->text_group, "text-anchor");
	if (svg_is_span(anchor, "middle") || svg_is_span(anchor, "end"))
		str_addf(p->out, " text-anchor=\"%.*s\"", (int)anchor.length, anchor.at);
	double size = PLOT_FONT;
	svg_read_numbers(svg_find_attribute(p->text_group, "font-size"), &size, 1);
	if (size != PLOT_FONT)
		str_addf(p->out, " font-size=\"%.3g\"", size);
	str_add(p->out, ">");
	/* gnuplot has escaped & and < already. */
	for (size_t i = 0; i < text.length; i++) {
		const bool is_greater = text.at[i] == '>';
		str_add_bytes(p->out, is_greater ? "&gt;" : text.at + i, is_greater ? 4 : 1);
	}
	str_add(p->out, "</text>\n");
}

static void take_group(struct picture *p, struct svg_span attributes)
{
	double width;
	if (svg_find_attribute(attributes, "id").length > 0)
		flush(p); /* the next series */
	else if (svg_find_attribute(attributes, "transform").length > 0)
		p->text_group = attributes;
	else if (svg_read_numbers(svg_find_attribute(attributes, "stroke-width"), &width, 1) == 1)
		p->stroke_width = width;
}

static void begin_pattern(struct picture *p, struct svg_span attributes)
{
	double number;
	double size[2];
	flush(p);
	if (svg_read_numbers(svg_find_attribute(attributes, "id"), &number, 1) != 1 ||
	    !is_number_of_pattern(number) ||
	    svg_read_numbers(svg_find_attribute(attributes, "width"), &size[0], 1) != 1 ||
	    svg_read_numbers(svg_find_attribute(attributes, "height"), &size[1], 1) != 1)
		return;
	p->is_in_pattern = true;
	str_addf(p->out,
	         "<pattern id=\"%s-h%.0f\" patternUnits=\"userSpaceOnUse\" width=\"%g\" "
	         "height=\"%g\">",
	         p->name, number, size[0], size[1]);
}

static void end_pattern(struct picture *p)
{
	flush(p);
	if (p->is_in_pattern)
		str_add(p->out, "</pattern>\n");
	p->is_in_pattern = false;
}

/* What becomes of a tag: whatever is not here is left out. */
static void take_tag(struct picture *p, const struct svg_tag *tag, const char *behind,
                     const char *end)
{
	if (svg_is_span(tag->name, "g")) {
		take_group(p, tag->attributes);
	} else if (svg_is_span(tag->name, "path")) {
		take_path(p, tag->attributes);
	} else if (svg_is_span(tag->name, "polygon")) {
		take_polygon(p, tag->attributes);
	} else if (svg_is_span(tag->name, "use")) {
		take_mark(p, tag->attributes);
	} else if (svg_is_span(tag->name, "pattern")) {
		begin_pattern(p, tag->attributes);
	} else if (svg_is_span(tag->name, "/pattern")) {
		end_pattern(p);
	} else if (svg_is_span(tag->name, "text")) {
		const char *const close = memchr(behind, '<', (size_t)(end - behind));
		if (close)
			take_text(p, (struct svg_span){behind, (size_t)(close - behind)});
	}
}

static void add_escaped(struct str *out, const char *text)
{
	const struct text_style style = {0};
	cleanup_str struct str clean = {0};
	text_clean(&clean, &style, text ? text : "");
	out->failed |= clean.failed;
	for (const char *c = str_text(&clean); *c; c++)
		if (*c == '&')
			str_add(out, "&amp;");
		else if (*c == '<')
			str_add(out, "&lt;");
		else if (*c == '>')
			str_add(out, "&gt;");
		else
			str_add_bytes(out, c, 1);
}

/* The place of a point in the picture, in pixels from the upper left. */
static struct plot_rectangle find_spot(const struct plot *plot, const struct plot_frame *frame,
                                       const struct plot_place *place,
                                       const struct plot_series *series,
                                       const struct plot_point *point)
{
	enum { LEAST_SPOT = 14 };
	struct plot_rectangle r = {point->x, point->x, point->y, point->y};
	if (series->mark == PLOT_BARS || series->mark == PLOT_BOXES ||
	    series->mark == PLOT_ACROSS || series->mark == PLOT_SEGMENTS ||
	    series->mark == PLOT_CELLS)
		r = plot_rectangle(plot, series, point);
	if (series->mark == PLOT_BOXES) {
		r.bottom = point->low;
		r.top = point->high;
	}
	if (series->mark == PLOT_ACROSS) {
		r.left = point->low;
		r.right = point->high;
	}
	const double width = place->right - place->left;
	const double height = place->top - place->bottom;
	const double low = plot_share(&plot->y, frame->y, fmin(r.bottom, r.top));
	const double high = plot_share(&plot->y, frame->y, fmax(r.bottom, r.top));
	const double lowest = fmin(fmax(isfinite(low) ? low : 0, 0), 1);
	const double highest = fmin(fmax(isfinite(high) ? high : 0, 0), 1);
	const double first = fmin(fmax(plot_share(&plot->x, frame->x, r.left), 0), 1);
	const double last = fmin(fmax(plot_share(&plot->x, frame->x, r.right), 0), 1);
	const double all = plot_height(plot);
	struct plot_rectangle spot = {
	        .left = place->left + first * width,
	        .right = place->left + last * width,
	        .bottom = all - place->bottom - lowest * height,
	        .top = all - place->bottom - highest * height,
	};
	const bool is_point = r.left == r.right;
	const double more_x = is_point ? LEAST_SPOT / 2.0 : 0;
	const double more_y = is_point || spot.bottom - spot.top < 4 ? LEAST_SPOT / 2.0 : 0;
	return (struct plot_rectangle){spot.left - more_x, spot.right + more_x,
	                               spot.bottom + (is_point ? more_y : more_y / 4),
	                               spot.top - (is_point ? more_y : more_y / 4)};
}

static void add_tips(const struct plot *plot, const struct plot_frame *frame,
                     const struct plot_place *place, struct str *out)
{
	for (size_t i = 0; i < plot->series_count; i++)
		for (size_t k = 0; k < plot->series[i].count; k++) {
			const struct plot_point *const point = &plot->series[i].points[k];
			if (!point->tip || !plot_point_is_drawn(plot, &plot->series[i], point))
				continue;
			const struct plot_rectangle r =
			        find_spot(plot, frame, place, &plot->series[i], point);
			str_add(out, "<rect class=\"tip\" x=\"");
			add_number(out, r.left);
			str_add(out, "\" y=\"");
			add_number(out, r.top);
			str_add(out, "\" width=\"");
			add_number(out, fmax(r.right - r.left, 1));
			str_add(out, "\" height=\"");
			add_number(out, fmax(r.bottom - r.top, 1));
			str_add(out, "\"><title>");
			add_escaped(out, point->tip);
			str_add(out, "</title></rect>\n");
		}
}

int plot_svg_rewrite(const struct plot *plot, const struct plot_frame *frame,
                     const struct plot_place *place, const char *name, const char *svg,
                     size_t svg_bytes, struct str *out, struct error *err)
{
	static const char canvas[] = "id=\"gnuplot_canvas\"";
	const char *const end = svg + svg_bytes;
	/* In front of it are the marks, whose outlines are ours. */
	const char *at = memmem(svg, svg_bytes, canvas, sizeof canvas - 1);
	const char *const marks = at ? memmem(at, (size_t)(end - at), "</defs>", 7) : NULL;
	if (!marks)
		return error_set(err, EINVAL, "gnuplot wrote no SVG that is understood");
	at = marks + 7;
	str_addf(out,
	         "<svg class=\"plot\" role=\"img\" aria-labelledby=\"%s-title %s-words\" "
	         "width=\"100%%\" viewBox=\"0 0 %d %g\" font-size=\"%d\" fill=\"none\">\n",
	         name, name, PLOT_WIDTH, plot_height(plot), PLOT_FONT);
	str_addf(out, "<title id=\"%s-title\">", name);
	add_escaped(out, plot->title);
	str_addf(out, "</title>\n<desc id=\"%s-words\">", name);
	add_escaped(out, plot->words ? plot->words : plot->title);
	str_add(out, "</desc>\n");
	struct picture picture = {.name = name, .out = out, .stroke_width = 1};
	struct svg_tag tag;
	while (svg_next_tag(&at, end, &tag))
		take_tag(&picture, &tag, at, end);
	flush(&picture);
	add_tips(plot, frame, place, out);
	str_add(out, "</svg>\n");
	return 0;
}
