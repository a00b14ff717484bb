/*
 * A loop of known length: `loop MILLIONS` executes that many million instructions, two in each
 * turn, on top of what it takes to start a process.
 */
#include <stdint.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
	uint64_t turns = argc > 1 ? strtoull(argv[1], NULL, 10) * 500000 : 0;
	if (turns == 0)
		return 2;
	__asm__ volatile("1:\tsubs\t%0, %0, #1\n\tb.ne\t1b" : "+r"(turns) : : "cc");
	return 0;
}
