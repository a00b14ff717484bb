/* From numbers to places in an array: pids to processes, and the like. */
#ifndef CORE_INDEX_MAP_H
#define CORE_INDEX_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* Begins as {0}. */
struct index_map {
	struct index_map_entry *entries;
	size_t room;
	size_t count;
};

/* Returns false, the output untouched, where key is not there. */
bool index_map_find(const struct index_map *map, uint64_t key, uint32_t *ret_index);

/* Puts it in, or in the place of what key had. index is below UINT32_MAX. Returns 0 or -ENOMEM. */
int index_map_put(struct index_map *map, uint64_t key, uint32_t index, struct error *err);

void index_map_release(struct index_map *map);

#endif
