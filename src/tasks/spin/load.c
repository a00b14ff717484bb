#include "tasks/spin/load.h"

#include "core/array.h"

#include <string.h>

/* Every register holds a chain of its own, x becomes b - x * 1: half the bits of x turn over in
 * every step, nothing ever grows, and after an even number of steps x is what it was, to the bit.
 * So many chains side by side that neither the latency of a step (4 or 5 cycles) nor the number of
 * units (2, or 4 on some arm64 cores) leaves a unit waiting. */
enum { CHAINS_X86 = 12, CHAINS_ARM = 16 };

/* The last bits of the start are 0: sums of it lose nothing. */
__attribute__((unused)) static const double start_value = 0x1.3c0ca428c59f8p+0, base_value = 3,
                                            one = 1;

__attribute__((unused)) static bool is_as_before(const double *values, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (values[i] != start_value)
			return false;
	}
	return true;
}

static bool is_always(void)
{
	return true;
}

__attribute__((unused)) static bool is_never(void)
{
	return false;
}

#if defined(__x86_64__)

#define FOR_12(what, r)                                                                            \
	what(r, 0) what(r, 1) what(r, 2) what(r, 3) what(r, 4) what(r, 5) what(r, 6) what(r, 7)    \
	        what(r, 8) what(r, 9) what(r, 10) what(r, 11)
#define BEGIN(r, n) "vbroadcastsd %2, %%" r #n "\n\t"
#define STEP(r, n)  "vfnmadd213pd %%" r "13, %%" r "12, %%" r #n "\n\t"
#define END(r, n)   "vmovupd %%" r #n ", " #n "*%c5(%1)\n\t"

/* The upper halves of the registers are cleared at the end: they would slow down what comes. */
#define LOAD(name, r, lanes)                                                                       \
	static bool name(uint64_t operations)                                                      \
	{                                                                                          \
		double values[CHAINS_X86 * (lanes)] = {0};                                         \
		uint64_t turns = operations / (2 * CHAINS_X86);                                    \
		__asm__ volatile(                                                                  \
		        FOR_12(BEGIN, r) "vbroadcastsd %3, %%" r "12\n\t"                          \
		                         "vbroadcastsd %4, %%" r "13\n\t"                          \
		                         ".p2align 6\n"                                            \
		                         "1:\n\t" FOR_12(STEP, r) FOR_12(                          \
		                                 STEP, r) "subq $1, %0\n\t"                        \
		                                          "jnz 1b\n\t" FOR_12(END, r) "vzeroupper" \
		        : "+r"(turns)                                                              \
		        : "r"(values), "m"(start_value), "m"(one), "m"(base_value),                \
		          "i"((lanes) * sizeof(double))                                            \
		        : "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6",  \
		          "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13");             \
		return is_as_before(values, CHAINS_X86 * (lanes));                                 \
	}

LOAD(run_avx2, "ymm", 4)
LOAD(run_avx512, "zmm", 8)

static bool has_avx2(void)
{
	return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void)
{
	return __builtin_cpu_supports("avx512f") != 0;
}

#else
static bool (*const run_avx2)(uint64_t) = NULL;
static bool (*const run_avx512)(uint64_t) = NULL;
#define has_avx2   is_never
#define has_avx512 is_never
#endif

#if defined(__aarch64__)

#define FOR_16(what)                                                                               \
	what(0) what(1) what(2) what(3) what(4) what(5) what(6) what(7) what(8) what(9) what(10)   \
	        what(11) what(12) what(13) what(14) what(15)
#define BEGIN(n) "ld1r {v" #n ".2d}, [%2]\n\t"
#define ADD(n)   "fmla v" #n ".2d, v16.2d, v17.2d\n\t"
#define TAKE(n)  "fmls v" #n ".2d, v16.2d, v17.2d\n\t"
#define END(n)   "st1 {v" #n ".2d}, [%1], #16\n\t"

/* Here the chain is through the sum: x becomes x + 3 and x again. */
static bool run_neon(uint64_t operations)
{
	double values[CHAINS_ARM * 2] = {0};
	double *to = values;
	uint64_t turns = operations / (2 * CHAINS_ARM);
	__asm__ volatile(FOR_16(BEGIN) "ld1r {v16.2d}, [%3]\n\t"
	                               "ld1r {v17.2d}, [%4]\n\t"
	                               ".p2align 6\n"
	                               "1:\n\t" FOR_16(ADD) FOR_16(TAKE) "subs %0, %0, #1\n\t"
	                                                                 "b.ne 1b\n\t" FOR_16(END)
	                 : "+r"(turns), "+r"(to)
	                 : "r"(&start_value), "r"(&one), "r"(&base_value)
	                 : "cc", "memory", "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8",
	                   "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16", "v17");
	return is_as_before(values, CHAINS_ARM * 2);
}

#define has_neon is_always
#else
static bool (*const run_neon)(uint64_t) = NULL;
#define has_neon is_never
#endif

/* A round with a load spends two thirds of its time in it where two units do one step a cycle each:
 * long enough for the core to settle at the clock that it keeps for such code, and the chains
 * between are over before it leaves it again (hundreds of microseconds). */
enum { OPERATIONS = 96 * 16384 };

static const struct load loads[] = {
        {"scalar", "the chains alone", is_always, NULL, 0, 9000},
        {"neon", "NEON (arm64)", has_neon, run_neon, OPERATIONS, 3000},
        {"avx2", "AVX2 and FMA", has_avx2, run_avx2, OPERATIONS, 3000},
        {"avx512", "AVX-512", has_avx512, run_avx512, OPERATIONS, 3000},
};

const struct load *load_list(size_t *ret_count)
{
	*ret_count = ARRAY_LENGTH(loads);
	return loads;
}

const struct load *load_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_LENGTH(loads); i++) {
		if (strcmp(loads[i].name, name) == 0)
			return &loads[i];
	}
	return NULL;
}

const struct load *load_widest(void)
{
	size_t i = ARRAY_LENGTH(loads) - 1;
	while (!loads[i].is_supported())
		i--;
	return &loads[i];
}
