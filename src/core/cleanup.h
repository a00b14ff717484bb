/* Locals that release themselves: `cleanup_free char *text = NULL;`. Every release function
 * accepts NULL (or -1 for descriptors). A type declares its own cleanup beside itself with
 * DEFINE_CLEANUP. */
#ifndef CORE_CLEANUP_H
#define CORE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Defines cleanup_NAME_function for a pointer type released by release(pointer). */
#define DEFINE_CLEANUP(name, type, release)                                                        \
	static inline void cleanup_##name##_function(type *p)                                      \
	{                                                                                          \
		release(*p);                                                                       \
	}                                                                                          \
	struct cleanup_##name##_requires_semicolon

static inline void cleanup_free_function(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close_function(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_file_function(FILE **stream)
{
	if (*stream)
		fclose(*stream);
}

#define cleanup_free  __attribute__((cleanup(cleanup_free_function)))
#define cleanup_close __attribute__((cleanup(cleanup_close_function)))
#define cleanup_file  __attribute__((cleanup(cleanup_file_function)))

#endif
