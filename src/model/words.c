#include "model/words.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <stdarg.h>
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

int words_addf(struct words *words, struct error *err, const char *format, ...)
{
	cleanup_free char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	const int length = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (length < 0) {
		text = NULL;
		return error_memory(err);
	}
	return words_add(words, text, err);
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
