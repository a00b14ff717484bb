/* The lines of a text of any length, one after another, in the memory of one: for readers of what
 * other programs wrote. Lines end with LF or CRLF. What is no text (compressed, UTF-16, with zero
 * bytes) is told as a problem and ends there. */
#ifndef FORMATS_IMPORT_TEXT_LINES_H
#define FORMATS_IMPORT_TEXT_LINES_H

#include "formats/problems.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct error;

enum { TEXT_LINE_BYTES = 64 << 10, TEXT_BLOCK_BYTES = 64 << 10 };

/* More of a file than this is not read: something feeds it for ever. */
#define TEXT_LINES_MOST_BYTES (16LL << 30)

struct text_lines {
	const char *name; /* stands for the file in problems */
	FILE *stream;     /* the caller's */
	struct problems *problems;
	char *block;
	size_t block_begin;
	size_t block_end;
	int64_t bytes;   /* read so far */
	size_t line;     /* number of the line, from 1 */
	char *text;      /* the line, NUL-terminated, without its end */
	size_t length;   /* of it */
	bool is_cut;     /* it is longer than TEXT_LINE_BYTES: this is its beginning */
	bool is_ended;   /* with a line end, and not with the file */
	bool is_refused; /* a problem ended the reading */
};

/* Makes ready to read. Returns 0 or -ENOMEM. */
int text_lines_init(struct text_lines *lines, const char *name, FILE *stream,
                    struct problems *problems, struct error *err);

/* Takes the next line. Returns 1, 0 at the end (and behind what is refused), or -errno of
 * reading. */
int text_lines_next(struct text_lines *lines, struct error *err);

/* Takes a line without white space before and behind it. Returns 0 or -errno, with the error that
 * it was told of. */
typedef int text_line_taker(void *context, const char *line);

/* Hands every line to taker, up to the end, what is refused, or its failure. Returns 0 or -errno.
 */
int text_lines_each(struct text_lines *lines, text_line_taker *taker, void *context,
                    struct error *err);

void text_lines_release(struct text_lines *lines);

#define cleanup_text_lines __attribute__((cleanup(text_lines_release)))

/* Opens path for reading; a folder is -EISDIR. Returns 0 or -errno. */
int text_lines_open(const char *path, FILE **ret_stream, struct error *err);

/* How many problems there are, kept or not. */
size_t text_lines_problems(const struct problems *problems);

/* Sets err to "file has N problems" for those beyond `before`, and returns -EINVAL; 0 when there
 * are no more than that. */
int text_lines_result(const struct problems *problems, size_t before, const char *name,
                      struct error *err);

#endif
