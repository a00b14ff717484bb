/* The filter through which pictures of another program pass: what is written is built anew from
 * what is known to be harmless, never copied. */
#include "report/markup.h"

#include "core/array.h"
#include "core/error.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 32, MOST_ATTRIBUTES = 40 };

/* Other elements are left out with all that is in them. */
static const char *const elements[] = {
        "svg",     "g",        "defs",    "path",   "rect",   "circle",         "ellipse",
        "line",    "polyline", "text",    "tspan",  "title",  "desc",           "clipPath",
        "use",     "stop",     "polygon", "symbol", "marker", "linearGradient", "radialGradient",
        "pattern",
};

/* Other attributes are left out. */
static const char *const attributes[] = {
        "width",
        "height",
        "viewBox",
        "preserveAspectRatio",
        "x",
        "y",
        "x1",
        "y1",
        "x2",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "dx",
        "dy",
        "d",
        "points",
        "transform",
        "rotate",
        "class",
        "id",
        "href",
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-dasharray",
        "stroke-miterlimit",
        "color",
        "opacity",
        "visibility",
        "font-family",
        "font-size",
        "font-weight",
        "font-style",
        "text-anchor",
        "dominant-baseline",
        "baseline-shift",
        "clip-path",
        "clipPathUnits",
        "clip-rule",
        "patternUnits",
        "gradientUnits",
        "gradientTransform",
        "offset",
        "stop-color",
        "stop-opacity",
        "vector-effect",
        "shape-rendering",
        "data-tip",
        "data-hue",
        "data-series",
        "aria-hidden",
};

/* The attributes of one element, as markup_open takes them. */
struct attribute_list {
	const char *pairs[2 * MOST_ATTRIBUTES + 1];
	char *values[MOST_ATTRIBUTES];
	size_t count;
};

struct filter {
	const char *at;
	struct markup out; /* the picture, built apart so that a bad one leaves nothing behind */
	const char *prefix;
	const char *label;
	char open[MARKUP_DEPTH][NAME_BYTES]; /* elements under way */
	size_t depth;
	size_t left_out; /* the depth from which they are left out, or 0 */
	struct error *err;
};

static int refuse(const struct filter *f, const char *why)
{
	return error_set(f->err, EINVAL, "the picture is no SVG that can be shown: %s", why);
}

/* The entry that is equal to name, or NULL. */
static const char *find(const char *const *names, size_t count, const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(names[i], name) == 0)
			return names[i];
	return NULL;
}

/* Appends a letter as UTF-8. */
static void add_letter(struct str *out, unsigned long letter)
{
	char bytes[4];
	size_t count = 0;
	if (letter < 0x80) {
		bytes[count++] = (char)letter;
	} else if (letter < 0x800) {
		bytes[count++] = (char)(0xC0 | letter >> 6);
		bytes[count++] = (char)(0x80 | (letter & 0x3F));
	} else if (letter < 0x10000) {
		bytes[count++] = (char)(0xE0 | letter >> 12);
		bytes[count++] = (char)(0x80 | (letter >> 6 & 0x3F));
		bytes[count++] = (char)(0x80 | (letter & 0x3F));
	} else {
		bytes[count++] = '?';
	}
	str_add_bytes(out, bytes, count);
}

/* One "&...;" at *at; what is none is an ampersand. */
static void add_reference(const char **at, struct str *out)
{
	static const struct {
		const char *text;
		unsigned long letter;
	} known[] = {
	        {"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
		if (strncmp(*at, known[i].text, strlen(known[i].text)) == 0) {
			add_letter(out, known[i].letter);
			*at += strlen(known[i].text);
			return;
		}
	char *end = NULL;
	if ((*at)[1] == '#') {
		const bool is_hex = (*at)[2] == 'x' || (*at)[2] == 'X';
		const unsigned long letter = strtoul(*at + 2 + is_hex, &end, is_hex ? 16 : 10);
		if (*end == ';' && letter > 0) {
			add_letter(out, letter);
			*at = end + 1;
			return;
		}
	}
	str_add(out, "&");
	(*at)++;
}

/* The text from *at to `end`, which is not part of it, with references resolved. */
static void decode_text(const char **at, const char *end, struct str *out)
{
	while (*at < end) {
		if (**at == '&') {
			add_reference(at, out);
		} else {
			str_add_bytes(out, *at, 1);
			(*at)++;
		}
	}
}

static bool is_name_letter(char c)
{
	return isalnum((unsigned char)c) || c == '-' || c == '_' || c == ':' || c == '.';
}

static int take_name(struct filter *f, char name[NAME_BYTES])
{
	size_t length = 0;
	while (is_name_letter(f->at[length]))
		length++;
	if (length == 0 || length >= NAME_BYTES)
		return refuse(f, "an odd name");
	memcpy(name, f->at, length);
	name[length] = '\0';
	f->at += length;
	return 0;
}

static void skip_blanks(struct filter *f)
{
	while (isspace((unsigned char)*f->at))
		f->at++;
}

/* References stay inside the picture: "#id" and "url(#id)" get the prefix, all else is left out. */
static bool resolve(const struct filter *f, const char *name, const char *value, struct str *out)
{
	if (strcmp(name, "id") == 0) {
		str_addf(out, "%s%s", f->prefix, value);
		return true;
	}
	if (strcmp(name, "href") == 0) {
		str_addf(out, "#%s%s", f->prefix, value[0] ? value + 1 : "");
		return value[0] == '#';
	}
	if (strncmp(value, "url(#", 5) == 0) {
		const size_t length = strspn(value + 5, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
		                                        "QRSTUVWXYZ0123456789_-");
		str_addf(out, "url(#%s%.*s)", f->prefix, (int)length, value + 5);
		return strcmp(value + 5 + length, ")") == 0;
	}
	str_add(out, value);
	/* Neither url(...) nor a function that loads; texts in data-tip may say so. */
	return strcmp(name, "data-tip") == 0 || !strcasestr(value, "url");
}

static void add_attribute(struct filter *f, struct attribute_list *list, const char *name,
                          struct str *value)
{
	struct error err;
	char *text = NULL;
	if (str_take(value, &text, &err) < 0 || list->count == MOST_ATTRIBUTES) {
		f->out.out.failed |= !text;
		free(text);
		return;
	}
	list->values[list->count] = text;
	list->pairs[2 * list->count] = name;
	list->pairs[2 * list->count + 1] = text;
	list->count++;
}

static void release_list(struct attribute_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->values[i]);
}

/* One attribute at f->at; kept where it is harmless. */
static int take_attribute(struct filter *f, struct attribute_list *list)
{
	char name[NAME_BYTES];
	int r = take_name(f, name);
	if (r < 0)
		return r;
	skip_blanks(f);
	if (*f->at != '=')
		return refuse(f, "an attribute without a value");
	f->at++;
	skip_blanks(f);
	const char quote = *f->at;
	if (quote != '"' && quote != '\'')
		return refuse(f, "an attribute without quotes");
	const char *const end = strchr(++f->at, quote);
	if (!end)
		return refuse(f, "an attribute without an end");
	cleanup_str struct str value = {0};
	cleanup_str struct str resolved = {0};
	decode_text(&f->at, end, &value);
	f->at = end + 1;
	const char *const plain = strcmp(name, "xlink:href") == 0 ? "href" : name;
	const char *const known = find(attributes, ARRAY_LENGTH(attributes), plain);
	f->out.out.failed |= value.failed;
	if (known && resolve(f, known, str_text(&value), &resolved))
		add_attribute(f, list, known, &resolved);
	return 0;
}

/* The attributes of an element up to its ">"; *ret_is_empty: it ends with "/>". */
static int take_attributes(struct filter *f, struct attribute_list *list, bool *ret_is_empty)
{
	for (;;) {
		skip_blanks(f);
		if (f->at[0] == '>' || (f->at[0] == '/' && f->at[1] == '>'))
			break;
		const int r = take_attribute(f, list);
		if (r < 0)
			return r;
	}
	*ret_is_empty = *f->at == '/';
	f->at += *ret_is_empty ? 2 : 1;
	return 0;
}

/* The element as it is to be written, or NULL. The picture's own title and description go: the
 * label takes their place. */
static const char *choose_element(const struct filter *f, const char *name)
{
	const bool is_label = strcmp(name, "title") == 0 || strcmp(name, "desc") == 0;
	return is_label && f->depth == 1 ? NULL : find(elements, ARRAY_LENGTH(elements), name);
}

static void begin_element(struct filter *f, const char *name, struct attribute_list *list)
{
	const char *const element = f->left_out ? NULL : choose_element(f, name);
	if (f->depth == 0) {
		cleanup_str struct str role = {0};
		cleanup_str struct str label = {0};
		str_add(&role, "img");
		str_add(&label, f->label);
		add_attribute(f, list, "role", &role);
		add_attribute(f, list, "aria-label", &label);
	}
	strcpy(f->open[f->depth++], name);
	if (element)
		markup_open(&f->out, element, list->pairs);
	else if (f->left_out == 0)
		f->left_out = f->depth;
}

static void end_element(struct filter *f)
{
	if (f->left_out == 0)
		markup_close(&f->out);
	else if (f->left_out == f->depth)
		f->left_out = 0;
	f->depth--;
}

static int take_start(struct filter *f)
{
	char name[NAME_BYTES];
	bool is_empty = false;
	struct attribute_list list = {0};
	f->at++;
	int r = take_name(f, name);
	if (r == 0)
		r = take_attributes(f, &list, &is_empty);
	const bool is_root = f->depth == 0;
	if (r == 0 && is_root && (strcmp(name, "svg") != 0 || f->out.out.length > 0))
		r = refuse(f, "it is more than one svg element");
	if (r == 0 && f->depth + 1 >= MARKUP_DEPTH)
		r = refuse(f, "too deep");
	if (r == 0) {
		begin_element(f, name, &list);
		if (is_empty)
			end_element(f);
	}
	release_list(&list);
	return r;
}

static int take_end(struct filter *f)
{
	char name[NAME_BYTES];
	f->at += 2;
	const int r = take_name(f, name);
	if (r < 0)
		return r;
	skip_blanks(f);
	if (*f->at != '>' || f->depth == 0 || strcmp(f->open[f->depth - 1], name) != 0)
		return refuse(f, "its elements cross");
	f->at++;
	end_element(f);
	return 0;
}

/* Past a comment, a declaration or the like, which begins at f->at and ends with `end`. */
static int skip_to(struct filter *f, const char *end)
{
	const char *const place = strstr(f->at, end);
	if (!place)
		return refuse(f, "something has no end");
	f->at = place + strlen(end);
	return 0;
}

static void take_text(struct filter *f)
{
	cleanup_str struct str text = {0};
	const char *const end = f->at + strcspn(f->at, "<");
	decode_text(&f->at, end, &text);
	f->out.out.failed |= text.failed;
	if (f->depth > 0 && f->left_out == 0)
		markup_text(&f->out, str_text(&text));
}

static int take_next(struct filter *f)
{
	static const struct {
		const char *begin;
		const char *end;
	} skipped[] = {{"<?", "?>"}, {"<!--", "-->"}, {"<!DOCTYPE", ">"}};
	for (size_t i = 0; i < ARRAY_LENGTH(skipped); i++)
		if (strncmp(f->at, skipped[i].begin, strlen(skipped[i].begin)) == 0)
			return skip_to(f, skipped[i].end);
	if (f->at[0] == '<' && f->at[1] == '/')
		return take_end(f);
	if (f->at[0] == '<')
		return take_start(f);
	take_text(f);
	return 0;
}

int markup_svg(struct markup *m, const char *svg, const char *id_prefix, const char *label,
               struct error *err)
{
	struct filter f = {.at = svg, .prefix = id_prefix, .label = label, .err = err};
	int r = 0;
	while (r == 0 && *f.at)
		r = take_next(&f);
	if (r == 0 && (f.depth > 0 || f.out.out.length == 0))
		r = refuse(&f, "it is cut off");
	if (r == 0 && f.out.out.failed)
		r = error_memory(err);
	if (r == 0)
		str_add(&m->out, str_text(&f.out.out));
	markup_release(&f.out);
	return r;
}
