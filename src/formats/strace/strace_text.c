#include "formats/strace/strace_parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- Splitting --------------------------------------------------------------------------- */

/* text is at a quote; returns what follows the string, NULL where it does not end. */
static char *behind_string(char *text)
{
	for (text++; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0')
			text++;
		else if (*text == '"')
			return text + 1;
	}
	return NULL;
}

/* text is at the < behind a descriptor; returns what follows its >. What sockets are connected to
 * is written with arrows: 3<TCP:[127.0.0.1:1->127.0.0.1:2]>; a device is 1</dev/null<char 1:3>>. */
static char *behind_angle(char *text)
{
	const bool is_path = text[1] == '/';
	unsigned depth = 0;
	for (; *text != '\0'; text++) {
		if (*text == '\\' && text[1] != '\0') {
			text++;
		} else if (*text == '<') {
			depth++;
		} else if (*text == '>' && (is_path || text[-1] != '-')) {
			depth--;
			if (depth == 0)
				return text + 1;
		}
	}
	return NULL;
}

/* What follows the piece that text is at: a string, a comment, a path of a descriptor, or one
 * letter. NULL where it does not end. */
static char *behind_piece(char *text, const char *begin)
{
	if (*text == '"')
		return behind_string(text);
	if (*text == '<' && text > begin && text[1] != '<' &&
	    (isdigit((unsigned char)text[-1]) || text[-1] == 'D'))
		return behind_angle(text);
	if (*text == '/' && text[1] == '*') {
		char *const end = strstr(text + 2, "*/");
		return end ? end + 2 : NULL;
	}
	return text + 1;
}

char *strace_split(char *text, struct strace_arguments *ret_arguments)
{
	struct strace_arguments arguments = {.text = {text}};
	const char *const begin = text;
	unsigned depth = 0;
	bool is_empty = true;
	while (text && *text != '\0') {
		const char c = *text;
		if (c == ')' && depth == 0) {
			*text = '\0';
			arguments.count += !is_empty;
			*ret_arguments = arguments;
			return text + 1;
		}
		if (c == ',' && depth == 0) {
			*text++ = '\0';
			while (*text == ' ')
				text++;
			arguments.count++;
			if (arguments.count >= STRACE_MOST_ARGUMENTS)
				arguments.count = STRACE_MOST_ARGUMENTS - 1;
			arguments.text[arguments.count] = text;
			continue;
		}
		is_empty = is_empty && c == ' ';
		if (c == '(' || c == '[' || c == '{')
			depth++;
		else if ((c == ')' || c == ']' || c == '}') && depth > 0)
			depth--;
		text = behind_piece(text, begin);
	}
	return NULL;
}

/* ---- Strings ----------------------------------------------------------------------------- */

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return 16;
}

/* A number of at most `most` digits at *from, which is moved behind it. */
static char code_at(const char **from, int base, int most)
{
	int code = 0;
	for (int i = 0; i < most && digit_of(**from) < base; i++)
		code = code * base + digit_of(*(*from)++);
	return (char)(code & 0xff);
}

/* The letter that the escape at *from, behind the backslash, stands for. */
static char escaped(const char **from)
{
	static const char names[] = "ntrfvabe";
	static const char letters[] = "\n\t\r\f\v\a\b\033";
	const char c = **from;
	if (c >= '0' && c <= '7')
		return code_at(from, 8, 3);
	if (c != '\0')
		(*from)++;
	if (c == 'x')
		return code_at(from, 16, 2);
	const char *const name = c == '\0' ? NULL : strchr(names, c);
	return name ? letters[name - names] : c;
}

/* Unescapes [from, end) to `to`, which may be the same place. Returns where it ends. A zero byte
 * ends the text, as it would end a path. */
static char *unescape(char *to, const char *from, const char *end)
{
	while (from < end) {
		if (*from != '\\') {
			*to++ = *from++;
			continue;
		}
		from++;
		const char c = escaped(&from);
		if (c == '\0')
			break;
		*to++ = c;
	}
	*to = '\0';
	return to;
}

char *strace_string(char *text)
{
	if (*text != '"')
		return NULL;
	char *const behind = behind_string(text);
	if (!behind)
		return NULL;
	const bool is_cut = strncmp(behind, "...", 3) == 0;
	char *const end = unescape(text, text + 1, behind - 1);
	if (is_cut)
		memcpy(end, "...", sizeof "...");
	return text;
}

/* ---- Descriptors and numbers ------------------------------------------------------------- */

/* The path between the < at text and its >, which end is behind. */
static const char *path_between(char *text, char *end)
{
	static const char deleted[] = " (deleted)";
	char *last = end - 1;
	/* 1</dev/null<char 1:3>>: newer versions of strace escape a < that is in a name. */
	for (char *inner = text + 1; inner < last && text[1] == '/'; inner++) {
		if (*inner == '<')
			last = inner;
	}
	const char *const behind = unescape(text, text + 1, last);
	const size_t length = (size_t)(behind - text);
	const size_t mark = sizeof deleted - 1;
	if (length > mark && memcmp(behind - mark, deleted, mark) == 0)
		text[length - mark] = '\0';
	return text;
}

struct strace_descriptor strace_descriptor(char *text, char **ret_rest)
{
	static const char folder[] = "AT_FDCWD";
	struct strace_descriptor descriptor = {.fd = IO_UNKNOWN};
	char *end = text;
	if (strncmp(text, folder, sizeof folder - 1) == 0) {
		end = text + sizeof folder - 1;
	} else {
		const long value = strtol(text, &end, 10);
		if (end != text && value >= 0 && value <= INT32_MAX)
			descriptor.fd = (int32_t)value;
	}
	char *const behind = end != text && *end == '<' ? behind_angle(end) : NULL;
	if (behind) {
		descriptor.path = path_between(end, behind);
		end = behind;
		if (strncmp(end, "(deleted)", 9) == 0)
			end += 9;
	}
	if (ret_rest)
		*ret_rest = end;
	return descriptor;
}

int64_t strace_number(const char *text)
{
	if (strncmp(text, "NULL", 4) == 0)
		return 0;
	char *end = NULL;
	const bool is_negative = *text == '-';
	const uint64_t value = strtoull(text + is_negative, &end, 0);
	if (end == text + is_negative)
		return IO_UNKNOWN;
	/* Both ways of writing, -1 and 18446744073709551615, are the same number. */
	return is_negative ? -(int64_t)(value & INT64_MAX) : (int64_t)value;
}

const char *strace_field(const char *text, const char *name)
{
	const size_t length = strlen(name);
	for (const char *at = strstr(text, name); at; at = strstr(at + 1, name)) {
		const bool is_whole =
		        at == text || !(isalnum((unsigned char)at[-1]) || at[-1] == '_');
		if (is_whole && at[length] == '=')
			return at + length + 1;
	}
	return NULL;
}
