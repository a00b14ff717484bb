/* Every key of a capacity file, in the order of docs/capacity.md, with what it means: the one
 * table that binds the file. */
#ifndef FORMATS_CAPACITY_CAPACITY_KEYS_H
#define FORMATS_CAPACITY_CAPACITY_KEYS_H

#include "formats/yaml_bind.h"

/* Of the whole file, to a struct capacity_binding. */
enum { CAPACITY_KEYS = 7 };
extern const struct bind_key capacity_keys[CAPACITY_KEYS];

/* Of the parts, for docs/capacity.md. */
enum {
	CAPACITY_TASK_KEYS = 8,
	CAPACITY_PLATFORM_KEYS = 6,
	CAPACITY_PRODUCT_KEYS = 4,
	CAPACITY_SOURCE_KEYS = 8,
	CAPACITY_VISITS_KEYS = 3
};
extern const struct bind_key capacity_task_keys[CAPACITY_TASK_KEYS];
extern const struct bind_key capacity_platform_keys[CAPACITY_PLATFORM_KEYS];
extern const struct bind_key capacity_product_keys[CAPACITY_PRODUCT_KEYS];
extern const struct bind_key capacity_source_keys[CAPACITY_SOURCE_KEYS];
extern const struct bind_key capacity_visits_keys[CAPACITY_VISITS_KEYS];

#endif
