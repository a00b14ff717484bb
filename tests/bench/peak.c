/* What one core of this machine can do at most, as measured: copying memory (256 MB into another
 * 256 MB, bytes read and bytes written counted, as STREAM does) and multiply-adds in double
 * precision (two operations each) on registers. Best of several. Build it for the machine:
 * cc -O3 -march=native. Prints "NAME VALUE" lines. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COPY_BYTES = 256000000, COPY_ROUNDS = 8, LANES = 8, CHAINS = 16, ROUNDS = 5 };
enum { STEPS = 4000000 };

typedef double vector __attribute__((vector_size(64)));

/* CPU time, so that others on a busy machine do not count. */
static double now_s(void)
{
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double copy_bytes_per_s(void)
{
	char *from = aligned_alloc(64, COPY_BYTES), *to = aligned_alloc(64, COPY_BYTES);
	double best = 0;
	if (!from || !to)
		exit(1);
	memset(from, 1, COPY_BYTES);
	memset(to, 2, COPY_BYTES);
	for (int round = 0; round < COPY_ROUNDS; round++) {
		const double start = now_s();
		memcpy(to, from, COPY_BYTES);
		__asm__ volatile("" : : "r"(to) : "memory");
		const double rate = 2.0 * COPY_BYTES / (now_s() - start);
		best = rate > best ? rate : best;
		from[round] = (char)round;
	}
	free(from);
	free(to);
	return best;
}

/* Sixteen chains hide the latency of one multiply-add behind the others. */
static double multiply_add_flops(void)
{
	double best = 0;
	vector chain[CHAINS];
	for (int round = 0; round < ROUNDS; round++) {
		const vector factor = (vector){0} + 0.999999, term = (vector){0} + 1e-6;
		for (int i = 0; i < CHAINS; i++)
			chain[i] = (vector){0} + (double)(i + round);
		const double start = now_s();
		for (int step = 0; step < STEPS; step++) {
#pragma GCC unroll 16
			for (int i = 0; i < CHAINS; i++)
				chain[i] = chain[i] * factor + term;
		}
		const double seconds = now_s() - start;
		for (int i = 0; i < CHAINS; i++)
			__asm__ volatile("" : : "m"(chain[i]));
		const double rate = 2.0 * STEPS * CHAINS * LANES / seconds;
		best = rate > best ? rate : best;
	}
	return best;
}

int main(void)
{
	printf("copy_bytes_per_s %.4g\n", copy_bytes_per_s());
	printf("multiply_add_flops %.4g\n", multiply_add_flops());
	return 0;
}
