#include "model/words.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <stdlib.h>

int words_add(struct words *words, const char *text, struct error *err)
{
	int r = array_reserve(&words->items, &words->capacity, words->count + 2,
	                      sizeof *words->items, err);
	if (r < 0)
		return r;
	r = str_copy(text, &words->items[words->count], err);
	if (r < 0)
		return r;
	words->items[++words->count] = NULL;
	return 0;
}

void words_release(struct words *words)
{
	if (!words)
		return;
	for (size_t i = 0; i < words->count; i++)
		free(words->items[i]);
	free(words->items);
	*words = (struct words){0};
}
