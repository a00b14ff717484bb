/* What moves memory: loops over arrays of doubles, c from a, or from a and b. */
#ifndef TASKS_STREAM_KERNELS_H
#define TASKS_STREAM_KERNELS_H

#include <stddef.h>

/* Sets c[0] to c[count - 1]; count is a multiple of 8, the arrays begin at multiples of 64 bytes.
 */
typedef void kernel_function(double *c, const double *a, const double *b, double scalar,
                             size_t count);

struct kernel {
	const char *name;
	const char *formula;
	size_t arrays;           /* 2: a and c; 3: a, b and c */
	kernel_function *plain;  /* stores as any program's: a line is read before it is written */
	kernel_function *direct; /* non-temporal stores; NULL where there are none */
	double (*expected)(double a, double b, double scalar);
};

/* *ret_count of them; the first is the default. */
const struct kernel *kernel_list(size_t *ret_count);

/* NULL: no such name. */
const struct kernel *kernel_find(const char *name);

/* Of the formula, per element: what is read and what is written, not what is read in order to be
 * written. */
size_t kernel_bytes(const struct kernel *kernel);

#endif
