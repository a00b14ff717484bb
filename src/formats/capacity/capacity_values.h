/* The values of a capacity file that are more than one word or number: bind functions for the
 * tables in capacity_keys. The binder's context is a struct capacity_binding.
 *
 * A figure is one number ("2.59 GB"), or {value, low, high} where its 95 % interval is known. */
#ifndef FORMATS_CAPACITY_CAPACITY_VALUES_H
#define FORMATS_CAPACITY_CAPACITY_VALUES_H

#include "formats/yaml_bind.h"
#include "model/capacity.h"

struct capacity_binding {
	struct capacity capacity;
};

bind_function capacity_bind_name;   /* char *: a line of text, at most 100 bytes */
bind_function capacity_bind_file;   /* char *: a path */
bind_function capacity_bind_count;  /* struct capacity_figure, 0 or more */
bind_function capacity_bind_factor; /* struct capacity_figure, above 0 */
bind_function capacity_bind_time;   /* struct capacity_figure: s, above 0 */
bind_function capacity_bind_size;   /* struct capacity_figure: bytes, above 0 */
bind_function capacity_bind_cores;  /* double: a whole number, 1 or more */
bind_function capacity_bind_bytes;  /* double: a size, above 0 unless is_zero_allowed */

/* Where node stands, and what it is called. */
void capacity_place_of(const struct bind_place *place, const yaml_node_t *node,
                       struct capacity_place *ret_place);

/* What is wrong with a name of a task, a platform or a product, or NULL. */
const char *capacity_name_fault(const char *name);

#endif
