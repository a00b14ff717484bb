/* What is fuzzed: a target reads one kind of input that others may have made, and sees to it that
 * what it gets keeps its promises. The same targets are linked with libFuzzer (`scripts/fuzz`) and
 * with a main that goes through a corpus (`make check`).
 *
 * A target neither prints nor keeps anything from one input to the next. */
#ifndef TESTS_FUZZ_TARGET_H
#define TESTS_FUZZ_TARGET_H

#include "formats/problems.h"

#include <stddef.h>
#include <stdio.h>

struct error;

struct fuzz_target {
	const char *name;
	/* bytes are the input's alone: a read behind them is seen by ASan. text is a copy with a
	 * NUL behind it, for what reads texts; NULs within are the input's. */
	void (*run)(const char *bytes, const char *text, size_t count);
	size_t most_bytes; /* of an input */
	/* Folders of the source tree whose files are inputs, too, with blanks between; "": none. */
	const char *seeds;
};

/* Every target; ends with one without a name. */
extern const struct fuzz_target fuzz_targets[];

/* The target with this name, or NULL. */
const struct fuzz_target *fuzz_find(const char *name);

/* Hands an input to a target. */
void fuzz_run(const struct fuzz_target *target, const char *bytes, size_t count);

/* Ends the process with a word where a promise is broken. */
void fuzz_failed(const char *file, int line, const char *promise) __attribute__((noreturn));
#define fuzz_promise(condition)                                                                    \
	((condition) ? (void)0 : fuzz_failed(__FILE__, __LINE__, #condition))

/* The promise of every reader: what it refuses it refuses with words that can be shown, and what it
 * takes has no problems. problems may be NULL. */
void fuzz_check_told(int result, const struct problems *problems, const struct error *err);

/* The input as a stream, to be closed by the caller. */
FILE *fuzz_stream(const char *bytes, size_t count);

/* The input as a file with this name in a folder of its own that is gone when the process ends (the
 * same for each input). Returns the path, which lives as long. */
const char *fuzz_file(const char *name, const char *bytes, size_t count);

/* The text up to the first line end, which *at is moved behind; of the last line, up to the end.
 * The caller frees it. NULL where there is no more. */
char *fuzz_take_line(const char **at, const char *end);

/* Takes one byte as a choice of so many things; 0 where there is none. */
size_t fuzz_choose(const char **bytes, size_t *count, size_t things);

#endif
