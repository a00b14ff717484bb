#include "formats/metrics_values.h"

#include "core/str.h"

#include <ctype.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 63, TEXT_MAX_LENGTH = 160 };

const char *metrics_name_fault(const char *name)
{
	if (strlen(name) > NAME_MAX_LENGTH)
		return "is longer than 63 bytes; shorten it";
	for (const char *p = name; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-_.+", *p))
			return "holds more than letters, digits, '-', '_', '.' and '+'; such names "
			       "cannot be asked for";
	return NULL;
}

int metrics_bind_text(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	if (strlen(text) > TEXT_MAX_LENGTH)
		return bind_problem(binder, place, node, "longer than %d bytes; shorten it",
		                    TEXT_MAX_LENGTH);
	for (const char *p = text; *p; p++)
		if (iscntrl((unsigned char)*p))
			return bind_problem(binder, place, node,
			                    "holds a control character or a line end; write one "
			                    "line of text");
	return str_copy(text, (char **)target, binder->err);
}
