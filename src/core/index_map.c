#include "core/index_map.h"

#include "core/error.h"

#include <stdlib.h>

struct index_map_entry {
	uint64_t key;
	uint32_t number; /* index + 1; 0: empty */
};

enum { FIRST_ROOM = 64 };

/* Multiplication by 2^64 / the golden ratio (Knuth, The Art of Computer Programming, 6.4). */
static size_t place_of(const struct index_map_entry *entries, size_t room, uint64_t key)
{
	size_t place = (size_t)((key * 11400714819323198485ULL) >> 32) & (room - 1);
	while (entries[place].number != 0 && entries[place].key != key)
		place = (place + 1) & (room - 1);
	return place;
}

bool index_map_find(const struct index_map *map, uint64_t key, uint32_t *ret_index)
{
	if (map->room == 0)
		return false;
	const uint32_t number = map->entries[place_of(map->entries, map->room, key)].number;
	if (number == 0)
		return false;
	*ret_index = number - 1;
	return true;
}

static int grow(struct index_map *map, struct error *err)
{
	const size_t room = map->room == 0 ? FIRST_ROOM : 2 * map->room;
	struct index_map_entry *const grown = calloc(room, sizeof *grown);
	if (!grown)
		return error_memory(err);
	for (size_t i = 0; i < map->room; i++) {
		if (map->entries[i].number != 0)
			grown[place_of(grown, room, map->entries[i].key)] = map->entries[i];
	}
	free(map->entries);
	map->entries = grown;
	map->room = room;
	return 0;
}

int index_map_put(struct index_map *map, uint64_t key, uint32_t index, struct error *err)
{
	if (2 * (map->count + 1) > map->room) {
		const int r = grow(map, err);
		if (r < 0)
			return r;
	}
	struct index_map_entry *const entry = &map->entries[place_of(map->entries, map->room, key)];
	map->count += entry->number == 0;
	*entry = (struct index_map_entry){.key = key, .number = index + 1};
	return 0;
}

void index_map_release(struct index_map *map)
{
	free(map->entries);
	*map = (struct index_map){0};
}
