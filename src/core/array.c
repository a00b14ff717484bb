#include "core/array.h"

#include "core/error.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_CAPACITY = 8 };

int array_reserve(void *items, size_t *capacity, size_t needed, size_t item_bytes,
                  struct error *err)
{
	if (needed <= *capacity)
		return 0;
	size_t room = *capacity ? *capacity : FIRST_CAPACITY;
	while (room < needed) {
		if (room > SIZE_MAX / 2)
			return error_memory(err);
		room *= 2;
	}
	if (room > SIZE_MAX / item_bytes)
		return error_memory(err);
	void *old;
	memcpy(&old, items, sizeof old);
	char *const grown = realloc(old, room * item_bytes);
	if (!grown)
		return error_memory(err);
	memset(grown + *capacity * item_bytes, 0, (room - *capacity) * item_bytes);
	memcpy(items, &grown, sizeof grown);
	*capacity = room;
	return 0;
}
