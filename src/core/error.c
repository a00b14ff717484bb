#define CORE_ERROR_IS_DEFINED_HERE
#include "core/error.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Marks a cut text, so that nobody takes the rest for the whole. */
static void mark_cut(struct error *err, int wanted_bytes)
{
	if (wanted_bytes >= (int)sizeof err->text)
		memcpy(err->text + sizeof err->text - 4, "...", 4);
}

int error_set(struct error *err, int code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	const int wanted = vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	mark_cut(err, wanted);
	return -code;
}

int error_system(struct error *err, int code, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char what[ERROR_TEXT_BYTES];
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	const int wanted = snprintf(err->text, sizeof err->text, "%s: %s", what, strerror(code));
	mark_cut(err, wanted);
	return -code;
}

int error_memory(struct error *err)
{
	return error_set(err, ENOMEM, "out of memory");
}

int error_context(struct error *err, int result, const char *format, ...)
{
	char inner[ERROR_TEXT_BYTES];
	memcpy(inner, err->text, sizeof inner);
	va_list args;
	va_start(args, format);
	char what[ERROR_TEXT_BYTES];
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	const int wanted = snprintf(err->text, sizeof err->text, "%s: %s", what, inner);
	mark_cut(err, wanted);
	return result;
}
