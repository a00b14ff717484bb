#include "report/plot/plot_svg_read.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool svg_is_span(struct svg_span span, const char *text)
{
	return span.length == strlen(text) && memcmp(span.at, text, span.length) == 0;
}

bool svg_next_tag(const char **at, const char *end, struct svg_tag *ret_tag)
{
	const char *const open = memchr(*at, '<', (size_t)(end - *at));
	const char *const close = open ? memchr(open, '>', (size_t)(end - open)) : NULL;
	if (!close)
		return false;
	const char *name_end = open + 1;
	while (name_end < close && !isspace((unsigned char)*name_end) &&
	       !(*name_end == '/' && name_end > open + 1))
		name_end++;
	*ret_tag = (struct svg_tag){{open + 1, (size_t)(name_end - open - 1)},
	                            {name_end, (size_t)(close - name_end)}};
	*at = close + 1;
	return true;
}

struct svg_span svg_find_attribute(struct svg_span attributes, const char *name)
{
	if (attributes.length == 0)
		return (struct svg_span){"", 0}; /* of a tag that was not there: at is NULL */
	const char *at = attributes.at;
	const char *const end = at + attributes.length;
	while (at < end) {
		while (at < end && (isspace((unsigned char)*at) || *at == '/'))
			at++;
		const char *const key = at;
		while (at < end && *at != '=' && !isspace((unsigned char)*at))
			at++;
		const struct svg_span found = {key, (size_t)(at - key)};
		while (at < end && (isspace((unsigned char)*at) || *at == '='))
			at++;
		if (at >= end || (*at != '\'' && *at != '"'))
			break;
		const char *const close = memchr(at + 1, *at, (size_t)(end - at - 1));
		if (!close)
			break;
		if (svg_is_span(found, name))
			return (struct svg_span){at + 1, (size_t)(close - at - 1)};
		at = close + 1;
	}
	return (struct svg_span){end, 0};
}

size_t svg_read_numbers(struct svg_span span, double *numbers, size_t most)
{
	char text[512];
	if (span.length == 0 || span.length >= sizeof text)
		return 0;
	memcpy(text, span.at, span.length);
	text[span.length] = '\0';
	size_t count = 0;
	for (char *at = text; *at && count < most;) {
		char *end = at;
		if (isdigit((unsigned char)*at) || *at == '-' || *at == '.')
			numbers[count] = strtod(at, &end);
		count += end != at && isfinite(numbers[count]);
		at = end != at ? end : at + 1;
	}
	return count;
}

long svg_read_color(struct svg_span span)
{
	double rgb[3] = {0};
	char hex[8] = "";
	if (svg_is_span(span, "black"))
		return 0;
	if (span.length == 7 && span.at[0] == '#') {
		memcpy(hex, span.at + 1, 6);
		return strtol(hex, NULL, 16);
	}
	if (span.length < 4 || memcmp(span.at, "rgb", 3) != 0 ||
	    svg_read_numbers(span, rgb, 3) != 3)
		return -1;
	for (size_t i = 0; i < 3; i++)
		if (rgb[i] < 0 || rgb[i] > 255)
			return -1;
	return ((long)rgb[0] << 16) + ((long)rgb[1] << 8) + (long)rgb[2];
}
