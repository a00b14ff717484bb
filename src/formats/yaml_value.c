#include "formats/yaml_value.h"

#include "core/error.h"

#include <errno.h>

int bind_parsed(struct binder *binder, const struct bind_place *place, const struct bind_key *key,
                const yaml_node_t *node, bool is_number, bind_parser *parser, void *target)
{
	const char *text;
	const int r = is_number ? bind_number_text(binder, place, key, node, &text)
	                        : bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	struct error wrong;
	const int parsed = parser(text, target, &wrong);
	if (parsed == -ENOMEM)
		return error_memory(binder->err);
	return parsed < 0 ? bind_problem(binder, place, node, "%s", wrong.text) : 0;
}

bool bind_is_empty_list(const yaml_node_t *node)
{
	return node->type == YAML_SEQUENCE_NODE &&
	       node->data.sequence.items.start == node->data.sequence.items.top;
}
