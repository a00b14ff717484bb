/* How many of each kind a simulation draws: SIMULATIONS in the environment, as scripts/simulations
 * sets it, or as many as make check has time for. */
#ifndef TESTS_SIMULATIONS_H
#define TESTS_SIMULATIONS_H

#include <stddef.h>
#include <stdlib.h>

static inline size_t simulations_asked_for(size_t usual)
{
	const char *const text = getenv("SIMULATIONS");
	const long value = text ? strtol(text, NULL, 10) : 0;
	return value > 0 ? (size_t)value : usual;
}

#endif
