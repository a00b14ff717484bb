/* The chains themselves, in assembly: a compiler would find out what a loop of C comes to, and
 * would choose other instructions. Every step needs the result of the one before it. */
#include "core/array.h"
#include "core/chain.h"

/* 64 steps and one turn of the loop; counting and jumping wait for nothing and cost nothing. */
#if defined(__x86_64__)

#define CHAIN(name, step)                                                                          \
	static void name(uint64_t steps)                                                           \
	{                                                                                          \
		uint32_t x = 3;                                                                    \
		uint64_t turns = steps / 64;                                                       \
		__asm__ volatile(".p2align 6\n"                                                    \
		                 "1:\n\t"                                                          \
		                 ".rept 64\n\t" step "\n\t"                                        \
		                 ".endr\n\t"                                                       \
		                 "subq $1, %1\n\t"                                                 \
		                 "jnz 1b"                                                          \
		                 : "+r"(x), "+r"(turns)                                            \
		                 :                                                                 \
		                 : "cc");                                                          \
	}

/* The 32-bit forms: 64-bit products take longer on Zen 1 and on Knights Landing. Register to
 * register: Golden Cove and its successors add small constants while renaming, several a cycle. */
CHAIN(run_imul, "imull %0, %0")
CHAIN(run_add, "addl %0, %0")

static const struct chain_kind kinds[] = {
        {"imul", 3, 65536, run_imul},
        {"add", 1, 196608, run_add},
};

#elif defined(__aarch64__)

#define CHAIN(name, step)                                                                          \
	static void name(uint64_t steps)                                                           \
	{                                                                                          \
		uint64_t x = 3;                                                                    \
		uint64_t turns = steps / 64;                                                       \
		const uint64_t other = 0x9e3779b97f4a7c15U;                                        \
		__asm__ volatile(".p2align 6\n"                                                    \
		                 "1:\n\t"                                                          \
		                 ".rept 64\n\t" step "\n\t"                                        \
		                 ".endr\n\t"                                                       \
		                 "subs %1, %1, #1\n\t"                                             \
		                 "b.ne 1b"                                                         \
		                 : "+r"(x), "+r"(turns)                                            \
		                 : "r"(other)                                                      \
		                 : "cc");                                                          \
	}

/* A product takes 2 to 4 cycles, depending on the core: it is timed and told, not relied on. The
 * exclusive or is with another register: with itself it would be known to be 0. */
CHAIN(run_add, "add %0, %0, %0")
CHAIN(run_eor, "eor %0, %0, %2")
CHAIN(run_mul, "mul %0, %0, %0")

static const struct chain_kind kinds[] = {
        {"add", 1, 196608, run_add},
        {"eor", 1, 196608, run_eor},
        {"mul", 0, 65536, run_mul},
};

#else

/* Work of a fixed amount, and no more: how many cycles a step takes here is not known. */
static void run_portable(uint64_t steps)
{
	uint64_t x = 3;
	for (uint64_t i = 0; i < steps; i++) {
		x = x * 6364136223846793005U + 1;
		__asm__ volatile("" : "+r"(x));
	}
}

static const struct chain_kind kinds[] = {
        {"portable", 0, 65536, run_portable},
};

#endif

_Static_assert(ARRAY_LENGTH(kinds) <= CHAIN_KINDS_MOST, "a result has room for every kind");

const struct chain_kind *chain_kinds(size_t *ret_count)
{
	*ret_count = ARRAY_LENGTH(kinds);
	return kinds;
}
