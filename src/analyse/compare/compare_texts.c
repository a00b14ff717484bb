/* Texts that reasons and notes of a comparison point into. */
#include "analyse/compare/compare_parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *compare_keep(struct comparison *c, struct error *err, const char *format, ...)
{
	char text[512];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	for (size_t i = 0; i < c->texts.count; i++)
		if (strcmp(c->texts.items[i], text) == 0)
			return c->texts.items[i];
	return words_add(&c->texts, text, err) < 0 ? NULL : c->texts.items[c->texts.count - 1];
}
