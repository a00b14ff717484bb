/* The list of remarks grows: below all that finds one. */
#include "analyse/compare/compare_parts.h"

#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int compare_remark(struct comparison *c, bool is_serious, const char *code, struct error *err,
                   const char *format, ...)
{
	struct compare_remark remark = {.is_serious = is_serious};
	va_list arguments;
	va_start(arguments, format);
	const int length = vsnprintf(remark.text, sizeof remark.text, format, arguments);
	va_end(arguments);
	if (length >= (int)sizeof remark.text)
		memcpy(remark.text + sizeof remark.text - 4, "...", 4);
	snprintf(remark.code, sizeof remark.code, "%s", code);
	for (size_t i = 0; i < c->remark_count; i++)
		if (strcmp(c->remarks[i].text, remark.text) == 0)
			return 0;
	/* Of comparisons that come one by one, so growing by one is cheap enough. */
	struct compare_remark *const grown =
	        realloc(c->remarks, (c->remark_count + 1) * sizeof *grown);
	if (!grown)
		return error_memory(err);
	c->remarks = grown;
	c->remarks[c->remark_count++] = remark;
	return 0;
}
