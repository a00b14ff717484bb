#include "formats/import/text_lines.h"

#include "core/array.h"
#include "core/error.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* What files begin with that are no text. */
static const struct magic {
	const char *bytes;
	size_t count;
	const char *what;
} magics[] = {
        {"PERFILE2", 8, "this is what perf record writes; give the text of perf stat"},
        {"\x1f\x8b", 2, "this is compressed; unpack it with gunzip first"},
        {"\xfd"
         "7zXZ",
         5, "this is compressed; unpack it with unxz first"},
        {"\x28\xb5\x2f\xfd", 4, "this is compressed; unpack it with unzstd first"},
        {"BZh", 3, "this is compressed; unpack it with bunzip2 first"},
        {"PK\x03\x04", 4, "this is a zip file or a spreadsheet; save the table as CSV"},
        {"SQLite format 3", 15,
         "this is a database; a result of plateau needs no import, and others write CSV"},
        {"\xff\xfe", 2, "this is UTF-16; save it as UTF-8"},
        {"\xfe\xff", 2, "this is UTF-16; save it as UTF-8"},
};

int text_lines_init(struct text_lines *lines, const char *name, FILE *stream,
                    struct problems *problems, struct error *err)
{
	*lines = (struct text_lines){
	        .name = name,
	        .stream = stream,
	        .problems = problems,
	        .block = malloc(TEXT_BLOCK_BYTES),
	        .text = malloc(TEXT_LINE_BYTES + 1),
	};
	if (lines->block && lines->text)
		return 0;
	text_lines_release(lines);
	return error_memory(err);
}

/* Tells what is wrong at the current line, and ends the reading. */
static int refuse(struct text_lines *lines, const char *what, struct error *err)
{
	lines->is_refused = true;
	return problems_add(lines->problems, lines->name, lines->line, 1, "text", err, "%s", what);
}

static const char *find_magic(const struct text_lines *lines)
{
	for (size_t i = 0; i < ARRAY_LENGTH(magics); i++)
		if (lines->block_end >= magics[i].count &&
		    memcmp(lines->block, magics[i].bytes, magics[i].count) == 0)
			return magics[i].what;
	return NULL;
}

/* Returns 1 with more in the block, 0 at the end of the file. */
static int fill(struct text_lines *lines, struct error *err)
{
	const bool is_first = lines->bytes == 0;
	errno = 0;
	lines->block_begin = 0;
	lines->block_end = fread(lines->block, 1, TEXT_BLOCK_BYTES, lines->stream);
	if (lines->block_end == 0 && ferror(lines->stream))
		return error_system(err, errno ? errno : EIO, "cannot read %s", lines->name);
	lines->bytes += (int64_t)lines->block_end;
	const char *const what = is_first ? find_magic(lines) : NULL;
	int r = 0;
	if (what)
		r = refuse(lines, what, err);
	else if (lines->bytes > TEXT_LINES_MOST_BYTES)
		r = refuse(lines, "more than 16 GiB: this is no text that can be imported", err);
	else if (is_first && lines->block_end >= 3 && memcmp(lines->block, "\xef\xbb\xbf", 3) == 0)
		lines->block_begin = 3;
	if (r < 0)
		return r;
	return lines->block_begin < lines->block_end && !lines->is_refused;
}

/* Appends as much as fits. */
static void append(struct text_lines *lines, const char *bytes, size_t count)
{
	const size_t room = TEXT_LINE_BYTES - lines->length;
	const size_t kept = count < room ? count : room;
	memcpy(lines->text + lines->length, bytes, kept);
	lines->length += kept;
	lines->is_cut = lines->is_cut || kept < count;
}

/* Takes what the block has of the line. Returns whether it has the line's end. */
static bool take(struct text_lines *lines)
{
	const char *const begin = lines->block + lines->block_begin;
	const size_t left = lines->block_end - lines->block_begin;
	const char *const end = memchr(begin, '\n', left);
	const size_t count = end ? (size_t)(end - begin) : left;
	append(lines, begin, count);
	lines->block_begin += count + (end != NULL);
	return end != NULL;
}

int text_lines_next(struct text_lines *lines, struct error *err)
{
	lines->length = 0;
	lines->is_cut = false;
	lines->is_ended = false;
	lines->line++;
	bool is_there = false;
	while (!lines->is_refused && !lines->is_ended) {
		if (lines->block_begin == lines->block_end) {
			const int r = fill(lines, err);
			if (r < 0)
				return r;
			if (r == 0)
				break;
		}
		is_there = true;
		lines->is_ended = take(lines);
	}
	if (lines->length > 0 && lines->text[lines->length - 1] == '\r' && !lines->is_cut)
		lines->length--;
	lines->text[lines->length] = '\0';
	/* The end is told at the last line. */
	if (!is_there && !lines->is_refused && lines->line > 1)
		lines->line--;
	if (lines->is_refused || !is_there)
		return 0;
	if (!memchr(lines->text, '\0', lines->length))
		return 1;
	const int r = refuse(lines, "a zero byte: this is no text", err);
	return r < 0 ? r : 0;
}

int text_lines_each(struct text_lines *lines, text_line_taker *taker, void *context,
                    struct error *err)
{
	int r = 0;
	while (r == 0 && (r = text_lines_next(lines, err)) > 0) {
		while (lines->length > 0 && isspace((unsigned char)lines->text[lines->length - 1]))
			lines->text[--lines->length] = '\0';
		r = taker(context, lines->text + strspn(lines->text, " \t"));
	}
	return r;
}

void text_lines_release(struct text_lines *lines)
{
	if (!lines)
		return;
	free(lines->block);
	free(lines->text);
	*lines = (struct text_lines){0};
}

int text_lines_open(const char *path, FILE **ret_stream, struct error *err)
{
	FILE *const stream = fopen(path, "re");
	if (!stream)
		return error_system(err, errno, "cannot open %s", path);
	struct stat status;
	if (fstat(fileno(stream), &status) == 0 && S_ISDIR(status.st_mode)) {
		fclose(stream);
		return error_set(err, EISDIR, "%s is a folder; give the files in it", path);
	}
	*ret_stream = stream;
	return 0;
}

size_t text_lines_problems(const struct problems *problems)
{
	return problems->count + problems->left_out;
}

int text_lines_result(const struct problems *problems, size_t before, const char *name,
                      struct error *err)
{
	const size_t count = text_lines_problems(problems) - before;
	if (count == 0)
		return 0;
	return error_set(err, EINVAL, "%s has %zu problem%s", name, count, count == 1 ? "" : "s");
}
