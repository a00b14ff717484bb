#include "model/level_spec.h"

#include <stdlib.h>

void level_specs_release(struct level_specs *specs)
{
	if (!specs)
		return;
	for (size_t i = 0; i < specs->count; i++)
		free(specs->items[i].spelling);
	free(specs->items);
	*specs = (struct level_specs){0};
}
