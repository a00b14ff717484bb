#include "analyse/io/pattern_names.h"

#include "core/array.h"
#include "core/str.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>

static const char *const journal_ends[] = {"-journal", "-wal", "-shm"};

static const char *const temporary_ends[] = {".tmp",        ".temp",    "~",    ".part", ".swp",
                                             ".incomplete", ".partial", "-tmp", "_tmp"};

static const char *const temporary_starts[] = {"etilqs_", ".#", ".nfs", "tmp.", "temp."};

enum { MKSTEMP_LETTERS = 6, PYTHON_LETTERS = 8 };

static const char *name_of(const char *path)
{
	const char *const slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static bool ends_with(const char *name, const char *end)
{
	const size_t length = strlen(name);
	const size_t end_length = strlen(end);
	return length > end_length && strcmp(name + length - end_length, end) == 0;
}

/* Whether `length` letters are made up, as mkstemp does: letters and digits, and no word, that is
 * with a capital among small letters; is_sure false: or with a digit among letters. */
static bool is_made_up(const char *text, size_t length, bool is_sure)
{
	bool has_digit = false;
	bool has_small = false;
	bool has_capital = false;
	for (size_t i = 0; i < length; i++) {
		const unsigned char c = (unsigned char)text[i];
		if (!isalnum(c) && c != '_')
			return false;
		has_digit |= isdigit(c) != 0;
		has_small |= islower(c) != 0;
		has_capital |= isupper(c) != 0 && i > 0;
	}
	return (has_small && has_capital) || (!is_sure && has_digit && (has_small || has_capital));
}

bool io_name_is_journal(const char *path)
{
	const char *const name = name_of(path);
	for (size_t i = 0; i < ARRAY_LENGTH(journal_ends); i++)
		if (ends_with(name, journal_ends[i]))
			return true;
	const char *const super = strstr(name, "-mj");
	return super && super > name && strlen(super + 3) >= MKSTEMP_LETTERS &&
	       strspn(super + 3, "0123456789ABCDEF") == strlen(super + 3);
}

/* "tmp", and then letters that were made up: Python's tempfile, and mkstemp as many use it. */
static bool is_of_tempfile(const char *name)
{
	static const char word[] = "tmp";
	if (!str_starts_with(name, word))
		return false;
	const char *const rest = name + sizeof word - 1;
	const size_t length = strcspn(rest, ".");
	return (length == MKSTEMP_LETTERS || length == PYTHON_LETTERS) &&
	       is_made_up(rest, length, false);
}

bool io_name_is_temporary(const char *path)
{
	const char *const name = name_of(path);
	const size_t length = strlen(name);
	for (size_t i = 0; i < ARRAY_LENGTH(temporary_ends); i++)
		if (ends_with(name, temporary_ends[i]))
			return true;
	for (size_t i = 0; i < ARRAY_LENGTH(temporary_starts); i++)
		if (str_starts_with(name, temporary_starts[i]))
			return true;
	if (strstr(name, ".tmp.") || is_of_tempfile(name))
		return true;
	const char *const tail = name + (length > MKSTEMP_LETTERS ? length - MKSTEMP_LETTERS : 0);
	return tail > name && (tail[-1] == '.' || tail[-1] == '-' || tail[-1] == '_') &&
	       is_made_up(tail, MKSTEMP_LETTERS, true);
}
