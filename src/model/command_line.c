#include "model/command_line.h"

#include <stddef.h>
#include <string.h>

/* The next word of a command without the folders in front of it; NULL at its end. */
static const char *next_word(const char **text, size_t *ret_length)
{
	*text += strspn(*text, " ");
	const size_t length = strcspn(*text, " ");
	const char *word = *text;
	for (size_t i = 0; i < length; i++)
		if ((*text)[i] == '/')
			word = *text + i + 1;
	*ret_length = (size_t)(*text + length - word);
	*text += length;
	return length > 0 ? word : NULL;
}

bool command_line_is_same(const char *a, const char *b)
{
	for (;;) {
		size_t a_length;
		size_t b_length;
		const char *const x = next_word(&a, &a_length);
		const char *const y = next_word(&b, &b_length);
		if (!x || !y)
			return !x && !y;
		if (a_length != b_length || strncmp(x, y, a_length) != 0)
			return false;
	}
}
