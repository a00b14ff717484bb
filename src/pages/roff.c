#include "pages/roff.h"

#include "core/array.h"

#include <ctype.h>
#include <string.h>

/* What these characters become. A minus, a quote and their like are typeset as others when they are
 * left alone, which breaks a command that is copied from the page. */
static const struct {
	char letter;
	const char *text;
} escapes[] = {
        {'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"},
        {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"},
};

static const char *escape_of(char c)
{
	for (size_t i = 0; i < ARRAY_LENGTH(escapes); i++)
		if (escapes[i].letter == c)
			return escapes[i].text;
	return NULL;
}

void roff_plain_bytes(struct str *s, const char *text, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++) {
		const char *const escape = escape_of(text[i]);
		if (escape)
			str_add(s, escape);
		else
			str_add_bytes(s, text + i, 1);
	}
}

void roff_plain(struct str *s, const char *text)
{
	roff_plain_bytes(s, text, strlen(text));
}

static void add_capitals(struct str *s, const char *text)
{
	for (; *text; text++) {
		const char c = (char)toupper((unsigned char)*text);
		roff_plain_bytes(s, &c, 1);
	}
}

void roff_begin(struct str *s, const struct roff_page *page)
{
	str_add(s, ".\\\" Made from the tables of plateau; changes belong there.\n.TH ");
	add_capitals(s, page->name);
	str_addf(s, " %d \"%s\" \"plateau ", page->section, page->date);
	roff_plain(s, PACKAGE_VERSION);
	str_addf(s, "\" \"%s\"\n", page->section == 5 ? "File Formats" : "User Commands");
	/* Ragged and without hyphens: a name of an option or a file is never broken. */
	str_add(s, ".nh\n.ad l\n.SH NAME\n");
	roff_plain(s, page->name);
	str_add(s, " \\- ");
	roff_plain(s, page->summary);
	str_add(s, "\n");
}

void roff_section(struct str *s, const char *title)
{
	str_add(s, ".SH \"");
	add_capitals(s, title);
	str_add(s, "\"\n");
}

/* The bytes of a word without the marks behind it. */
static size_t core_bytes(const char *word, size_t bytes)
{
	while (bytes > 0 && strchr(".,;:)", word[bytes - 1]))
		bytes--;
	return bytes;
}

static bool is_option(const char *word, size_t bytes)
{
	return bytes > 1 && word[0] == '-' && (isalpha((unsigned char)word[1]) || bytes > 2);
}

static bool is_document(const char *word, size_t bytes)
{
	return bytes > 8 && strncmp(word, "docs/", 5) == 0 &&
	       strncmp(word + bytes - 3, ".md", 3) == 0;
}

/* One word, with the marks around it outside of its font. */
static void add_word(struct str *s, const char *word, size_t bytes)
{
	const size_t before = bytes > 1 && word[0] == '(' ? 1 : 0;
	const size_t inner = core_bytes(word + before, bytes - before);
	const bool has_option = is_option(word + before, inner);
	const bool has_document = is_document(word + before, inner);
	roff_plain_bytes(s, word, before);
	if (has_option || has_document)
		str_add(s, has_option ? "\\fB" : "\\fI");
	roff_plain_bytes(s, word + before, inner);
	if (has_option || has_document)
		str_add(s, "\\fR");
	roff_plain_bytes(s, word + before + inner, bytes - before - inner);
}

/* From one backtick to the next, where that is in the same paragraph, which has so many bytes left.
 * Returns the bytes used. */
static size_t add_quoted(struct str *s, const char *text, size_t bytes)
{
	const char *const end = memchr(text + 1, '`', bytes - 1);
	if (!end)
		return 0;
	str_add(s, "\\fB");
	for (const char *c = text + 1; c < end; c++)
		roff_plain_bytes(s, *c == '\n' ? " " : c, 1);
	str_add(s, "\\fR");
	return (size_t)(end + 1 - text);
}

static void add_inline(struct str *s, const char *text, size_t bytes)
{
	const char *const end = text + bytes;
	/* A point or a quote that begins a line would make it a request. */
	if (bytes > 0 && (*text == '.' || *text == '\''))
		str_add(s, "\\&");
	while (text < end) {
		size_t length = strcspn(text, " \n`");
		if (length > (size_t)(end - text))
			length = (size_t)(end - text);
		if (length > 0) {
			add_word(s, text, length);
		} else if (*text == '`' &&
		           (length = add_quoted(s, text, (size_t)(end - text))) > 0) {
			text += length;
			continue;
		} else {
			length = 1;
			roff_plain_bytes(s, *text == '\n' ? " " : text, 1);
		}
		text += length;
	}
	str_add(s, "\n");
}

void roff_text(struct str *s, const char *text)
{
	add_inline(s, text, strlen(text));
}

/* Lines that begin with a space, as they are but for the blanks in front. Returns the bytes used.
 */
static size_t add_example(struct str *s, const char *text)
{
	const char *at = text;
	str_add(s, ".PP\n.RS 4\n.nf\n");
	while (*at == ' ') {
		const size_t length = strcspn(at, "\n");
		const size_t blanks = length < 2 ? length : 2;
		if (at[blanks] == '.' || at[blanks] == '\'')
			str_add(s, "\\&");
		roff_plain_bytes(s, at + blanks, length - blanks);
		str_add(s, "\n");
		at += length + (at[length] == '\n');
	}
	str_add(s, ".fi\n.RE\n");
	return (size_t)(at - text);
}

/* The bytes of a paragraph: up to an empty line, or one that begins with a space. */
static size_t paragraph_bytes(const char *text)
{
	size_t length = strcspn(text, "\n");
	while (text[length] == '\n' && text[length + 1] && text[length + 1] != '\n' &&
	       text[length + 1] != ' ')
		length += 1 + strcspn(text + length + 1, "\n");
	return length;
}

void roff_paragraphs(struct str *s, const char *text)
{
	bool is_first = true;
	while (*text) {
		if (*text == '\n') {
			text++;
			continue;
		}
		if (*text == ' ') {
			text += add_example(s, text);
		} else {
			const size_t length = paragraph_bytes(text);
			if (!is_first)
				str_add(s, ".PP\n");
			add_inline(s, text, length);
			text += length;
		}
		is_first = false;
	}
}

void roff_term(struct str *s, const char *name, const char *value)
{
	str_add(s, ".TP\n\\fB");
	roff_plain(s, name);
	str_add(s, "\\fR");
	if (value && *value) {
		str_add(s, " \\fI");
		roff_plain(s, value);
		str_add(s, "\\fR");
	}
	str_add(s, "\n");
}

void roff_reference(struct str *s, const char *name, int section, bool comma)
{
	str_add(s, ".BR ");
	roff_plain(s, name);
	str_addf(s, " (%d)%s\n", section, comma ? "," : "");
}
