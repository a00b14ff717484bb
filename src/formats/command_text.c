#include "formats/command_text.h"

#include "core/error.h"
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

static bool has_control(const char *word)
{
	for (const char *p = word; *p; p++)
		if (iscntrl((unsigned char)*p))
			return true;
	return false;
}

/* The $'...' quotes of bash, ksh and zsh: the only ones that show control characters. */
static void add_escaped(struct str *text, const char *word)
{
	str_add(text, "$'");
	for (const char *p = word; *p; p++) {
		if (*p == '\n')
			str_add(text, "\\n");
		else if (*p == '\t')
			str_add(text, "\\t");
		else if (*p == '\'' || *p == '\\')
			str_addf(text, "\\%c", *p);
		else if (iscntrl((unsigned char)*p))
			str_addf(text, "\\%03o", (unsigned)(unsigned char)*p);
		else
			str_add_bytes(text, p, 1);
	}
	str_add(text, "'");
}

static void add_quoted(struct str *text, const char *word)
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
		else if (has_control(word))
			add_escaped(&text, word);
		else
			add_quoted(&text, word);
	}
	return str_take(&text, ret_text, err);
}
