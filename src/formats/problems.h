/* What is wrong with an input file: every problem of the file at once, each a line
 * "file:line:column: key.path: what is wrong, and what would be right". A plain list; what comes
 * from the file is made harmless (control characters are escaped) before it is kept. */
#ifndef FORMATS_PROBLEMS_H
#define FORMATS_PROBLEMS_H

#include <stddef.h>
#include <stdint.h>

struct error;

/* More than this many are counted and not kept: nobody mends a hundred at a time. */
enum { PROBLEMS_MAX = 100 };

struct problem {
	size_t line;   /* from 1 */
	size_t column; /* from 1, in characters */
	char *text;    /* the whole line, without a line end */
};

struct problems {
	struct problem *items;
	size_t count;
	size_t capacity;
	size_t left_out; /* problems beyond PROBLEMS_MAX */
};

/* Appends "file:line:column: path: formatted". line and column are from 1. Returns 0 or
 * -ENOMEM. */
int problems_add(struct problems *problems, const char *file, size_t line, size_t column,
                 const char *path, struct error *err, const char *format, ...)
        __attribute__((format(printf, 7, 8)));

/* Sorts by line and column; problems of one place stay in the order in which they were added. */
void problems_sort(struct problems *problems);

/* Sets err to "file has N problems" and returns -EINVAL; 0 when there are none. */
int problems_result(const struct problems *problems, const char *file, struct error *err);

void problems_release(struct problems *problems);

#define cleanup_problems __attribute__((cleanup(problems_release)))

#endif
