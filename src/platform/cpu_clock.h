/* The clock of a CPU from its own counters, for platform/cpu_clock.c and its test. */
#ifndef PLATFORM_CPU_CLOCK_H
#define PLATFORM_CPU_CLOCK_H

#include <stdint.h>

/* What a CPU counted: aperf its cycles and mperf those of the time-stamp counter, both only while
 * it is not idle; tsc those of the time-stamp counter all the time. */
struct cpu_clock_counts {
	int64_t at_ns; /* monotonic */
	uint64_t aperf;
	uint64_t mperf;
	uint64_t tsc;
};

/* The mean clock while the CPU was not idle, Hz: aperf / mperf x the rate of tsc (Intel's Software
 * Developer's Manual, volume 3, "Hardware feedback"; AMD's manual, volume 2, "Effective
 * frequency"). NAN: no time passed, it was idle (below 1 % of the time), or what comes out is no
 * clock of a processor. The counters may wrap. */
double cpu_clock_hz(const struct cpu_clock_counts *before, const struct cpu_clock_counts *after);

#endif
