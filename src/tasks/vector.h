/* Vectors of doubles, written so that any compiler for any processor makes the best of them: eight
 * lanes are one AVX-512 register, two of AVX2, four of SSE2 or NEON. MULTIVERSION builds a
 * function once per kind of processor and picks at start. */
#ifndef TASKS_VECTOR_H
#define TASKS_VECTOR_H

#include <stddef.h>
#include <stdint.h>

enum { VECTOR_LANES = 8 };

/* May lie at any address that a double may. */
typedef double vector __attribute__((vector_size(64), aligned(8), may_alias));
typedef float half_vector __attribute__((vector_size(32), aligned(4), may_alias)); /* as many */
typedef int64_t vector_bits __attribute__((vector_size(64), aligned(8), may_alias));

#if defined(__x86_64__) && defined(__GLIBC__) && !defined(__clang__) &&                            \
        !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define MULTIVERSION __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define MULTIVERSION
#endif

#define VECTOR_AT(pointer) (*(vector *)(pointer))
#define VECTOR_OF(pointer) (*(const vector *)(pointer))

#endif
