/* Texts of logs, made fit to be kept and shown. */
#include "formats/log/log_parts.h"

#include <ctype.h>
#include <string.h>

/* The length of the terminal sequence at text, which begins with ESC: ESC [ ... letter, or ESC and
 * one character. */
static size_t sequence_length(const char *text, size_t bytes)
{
	if (bytes < 2 || text[1] != '[')
		return bytes < 2 ? bytes : 2;
	size_t i = 2;
	while (i < bytes && text[i] >= 0x20 && text[i] <= 0x3f)
		i++;
	return i < bytes ? i + 1 : i;
}

size_t log_clean(char *text, size_t bytes)
{
	size_t to = 0;
	for (size_t i = 0; i < bytes;) {
		const unsigned char c = (unsigned char)text[i];
		if (c == 0x1b) {
			i += sequence_length(text + i, bytes - i);
			continue;
		}
		if (c == '\t' || (c == '\r' && i + 1 == bytes))
			text[to++] = ' ';
		else
			text[to++] = (char)(c < 0x20 || c == 0x7f ? '?' : c);
		i++;
	}
	while (to > 0 && text[to - 1] == ' ')
		to--;
	text[to] = '\0';
	return to;
}

void log_copy(char *to, size_t to_bytes, const char *text, size_t bytes)
{
	while (bytes > 0 && isspace((unsigned char)*text)) {
		text++;
		bytes--;
	}
	const char *const end = memchr(text, '\n', bytes);
	if (end)
		bytes = (size_t)(end - text);
	while (bytes > 0 && isspace((unsigned char)text[bytes - 1]))
		bytes--;
	if (bytes > to_bytes - 1)
		bytes = to_bytes - 1;
	memcpy(to, text, bytes);
	to[bytes] = '\0';
}
