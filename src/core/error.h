/* Errors as values.
 *
 * The contract of every fallible function in plateau:
 *   int f(..., struct error *err)   returns 0, or -errno with err set.
 * err is set exactly on failure, outputs are untouched on failure, and callers add context in
 * front as the error travels up ("reading scenario x.yaml: ..."). err may not be NULL. Below
 * commands/ nothing prints and nothing exits. */
#ifndef CORE_ERROR_H
#define CORE_ERROR_H

#include <stdarg.h>

enum { ERROR_TEXT_BYTES = 512 };

struct error {
	char text[ERROR_TEXT_BYTES]; /* one sentence for a person; cut with "..." when too long */
};

/* Sets err to the formatted text and returns -code. code is a positive errno (EINVAL for bad
 * input). Usage: return error_set(err, EINVAL, "..."); */
int error_set(struct error *err, int code, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* As error_set, with ": " and the meaning of code behind the text. */
int error_system(struct error *err, int code, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Out of memory; returns -ENOMEM. */
int error_memory(struct error *err);

/* Puts "formatted: " in front of what err says and returns result unchanged, so that a caller
 * writes: if (r < 0) return error_context(err, r, "reading %s", path); */
int error_context(struct error *err, int result, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* clang's analyser sees one file at a time; this tells it that the results are negative. */
#if defined(__clang_analyzer__) && !defined(CORE_ERROR_IS_DEFINED_HERE)
#define error_set(err, code, ...)                                                                  \
	((void)(error_set)((err), (code), __VA_ARGS__), (code) > 0 ? -(code) : -1)
#define error_system(err, code, ...)                                                               \
	((void)(error_system)((err), (code), __VA_ARGS__), (code) > 0 ? -(code) : -1)
#define error_memory(err) ((void)(error_memory)(err), -12)
#define error_context(err, result, ...)                                                            \
	((void)(error_context)((err), (result), __VA_ARGS__), (result))
#endif

#endif
