#include "tasks/stream/kernels.h"

#include "core/array.h"
#include "tasks/vector.h"

#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

/* The barrier keeps a loop from being taken for memcpy, which decides for itself how to store, and
 * from being run once where it is asked for twice. */
#define BARRIER() __asm__ volatile("" : : : "memory")

#define PLAIN(name, expression)                                                                    \
	MULTIVERSION static void name(double *c, const double *a, const double *b, double s,       \
	                              size_t count)                                                \
	{                                                                                          \
		(void)b, (void)s;                                                                  \
		for (size_t i = 0; i < count; i += VECTOR_LANES) {                                 \
			VECTOR_AT(c + i) = (expression);                                           \
			BARRIER();                                                                 \
		}                                                                                  \
	}

#define A VECTOR_OF(a + i)
#define B VECTOR_OF(b + i)
PLAIN(copy_plain, A)
PLAIN(scale_plain, s *A)
PLAIN(add_plain, A + B)
PLAIN(triad_plain, A + s * B)
#undef A
#undef B

typedef double pair __attribute__((vector_size(16), aligned(8), may_alias));

#if defined(__SSE2__)
#define HAS_DIRECT 1

/* A whole line in one go, so that it leaves its buffer at once. */
static inline void store_line(double *to, const pair x[4])
{
	for (size_t k = 0; k < 4; k++)
		_mm_stream_pd(to + 2 * k, (__m128d)x[k]);
}

static inline void store_end(void)
{
	_mm_sfence();
}

#elif defined(__aarch64__)
#define HAS_DIRECT 1

/* A hint: the processor may pass the caches by, or not. */
static inline void store_line(double *to, const pair x[4])
{
	for (size_t k = 0; k < 4; k += 2)
		__asm__ volatile("stnp %q0, %q1, [%2]"
		                 :
		                 : "w"(x[k]), "w"(x[k + 1]), "r"(to + 2 * k)
		                 : "memory");
}

static inline void store_end(void)
{
	__asm__ volatile("dmb ishst" : : : "memory");
}
#endif

#ifdef HAS_DIRECT
#define DIRECT(name, expression)                                                                   \
	static void name(double *c, const double *a, const double *b, double s, size_t count)      \
	{                                                                                          \
		(void)b, (void)s;                                                                  \
		for (size_t i = 0; i < count; i += VECTOR_LANES) {                                 \
			pair line[4];                                                              \
			for (size_t k = 0; k < 4; k++)                                             \
				line[k] = (expression);                                            \
			store_line(c + i, line);                                                   \
		}                                                                                  \
		store_end();                                                                       \
	}

#define A (*(const pair *)(a + i + 2 * k))
#define B (*(const pair *)(b + i + 2 * k))
DIRECT(copy_direct, A)
DIRECT(scale_direct, s *A)
DIRECT(add_direct, A + B)
DIRECT(triad_direct, A + s * B)
#undef A
#undef B
#else
static kernel_function *const copy_direct = NULL, *const scale_direct = NULL,
                              *const add_direct = NULL, *const triad_direct = NULL;
#endif

static double expect_copy(double a, double b, double s)
{
	(void)b, (void)s;
	return a;
}

static double expect_scale(double a, double b, double s)
{
	(void)b;
	return s * a;
}

static double expect_add(double a, double b, double s)
{
	(void)s;
	return a + b;
}

static double expect_triad(double a, double b, double s)
{
	return a + s * b;
}

static const struct kernel kernels[] = {
        {"triad", "c = a + s b", 3, triad_plain, triad_direct, expect_triad},
        {"copy", "c = a", 2, copy_plain, copy_direct, expect_copy},
        {"scale", "c = s a", 2, scale_plain, scale_direct, expect_scale},
        {"add", "c = a + b", 3, add_plain, add_direct, expect_add},
};

const struct kernel *kernel_list(size_t *ret_count)
{
	*ret_count = ARRAY_LENGTH(kernels);
	return kernels;
}

const struct kernel *kernel_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(kernels); i++) {
		if (strcmp(kernels[i].name, name) == 0)
			return &kernels[i];
	}
	return NULL;
}

size_t kernel_bytes(const struct kernel *kernel)
{
	return kernel->arrays * sizeof(double);
}
