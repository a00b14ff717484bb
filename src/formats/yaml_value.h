/* Values of a YAML document that are a text in a language of their own: 50%, spread:numa, 2 s. The
 * part of formats/yaml_bind that knows how such a text is read and what is said when it cannot. */
#ifndef FORMATS_YAML_VALUE_H
#define FORMATS_YAML_VALUE_H

#include "formats/yaml_bind.h"

/* Reads text into target. Returns 0; -EINVAL with what would be right, which becomes a problem of
 * the file; -ENOMEM. Only on 0 the target is changed. */
typedef int bind_parser(const char *text, void *target, struct error *err);

/* Binds the text of node by parser; of is_number as bind_number_text takes it. */
int bind_parsed(struct binder *binder, const struct bind_place *place, const struct bind_key *key,
                const yaml_node_t *node, bool is_number, bind_parser *parser, void *target);

/* Whether node is a list in which nothing stands. */
bool bind_is_empty_list(const yaml_node_t *node);

#endif
