#include "formats/command_text.h"

#include "core/error.h"
#include "core/letter.h"
#include "core/str.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

static bool is_bare(const char *word)
{
	if (!*word)
		return false;
	for (const char *p = word; *p; p++)
		if (!isascii((unsigned char)*p) ||
		    (!isalnum((unsigned char)*p) && !strchr("%+,-./:=@_{}", *p)))
			return false;
	return true;
}

/* The bytes of the letter that can be shown as it is; 0: there is none. */
static size_t plain_letter(const char *text)
{
	uint32_t letter;
	const size_t length = letter_decode(text, &letter);
	return length > 0 && !letter_is_control(letter) ? length : 0;
}

/* Controls, and bytes that are no letters, which no terminal shows as they are. */
static bool has_unseen(const char *word)
{
	size_t length;
	for (const char *p = word; *p; p += length) {
		length = plain_letter(p);
		if (length == 0)
			return true;
	}
	return false;
}

/* The $'...' quotes of bash, ksh and zsh: the only ones that show control characters
 * and bytes that are no letters. */
static void add_escaped(struct str *text, const char *word)
{
	str_add(text, "$'");
	size_t length = 0;
	for (const char *p = word; *p; p += length > 0 ? length : 1) {
		length = plain_letter(p);
		if (*p == '\n')
			str_add(text, "\\n");
		else if (*p == '\t')
			str_add(text, "\\t");
		else if (*p == '\'' || *p == '\\')
			str_addf(text, "\\%c", *p);
		else if (length == 0)
			str_addf(text, "\\%03o", (unsigned)(unsigned char)*p);
		else
			str_add_bytes(text, p, length);
	}
	str_add(text, "'");
}

void command_text_add_quoted(struct str *text, const char *word)
{
	str_add(text, "'");
	for (const char *p = word; *p; p++) {
		if (*p == '\'')
			str_add(text, "'\\''");
		else
			str_add_bytes(text, p, 1);
	}
	str_add(text, "'");
}

int command_text_write(const struct words *argv, char **ret_text, struct error *err)
{
	cleanup_str struct str text = {0};
	for (size_t i = 0; i < argv->count; i++) {
		const char *const word = argv->items[i];
		if (i)
			str_add(&text, " ");
		if (is_bare(word))
			str_add(&text, word);
		else if (has_unseen(word))
			add_escaped(&text, word);
		else
			command_text_add_quoted(&text, word);
	}
	return str_take(&text, ret_text, err);
}

void command_text_add_word(struct str *text, const char *word)
{
	if (is_bare(word) && !strpbrk(word, "{}"))
		str_add(text, word);
	else
		command_text_add_quoted(text, word);
}
