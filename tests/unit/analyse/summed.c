#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/summary.h"
#include "core/error.h"
#include "made.h"
#include "summed.h"

#include <math.h>
#include <string.h>

void summed_near(double a, double b, int line)
{
	if (!(fabs(a - b) <= 1e-6 * fmax(1e-3, fabs(b))))
		fail_msg("line %d: %.12g is not %.12g", line, a, b);
}

struct summary summed_build(const struct made *made)
{
	struct error err;
	struct summary summary;
	/* What is not set must not matter. */
	memset(&summary, 0xA5, sizeof summary);
	assert_int_equal(summary_build(&made->dataset, &summary, &err), 0);
	return summary;
}

const struct warning *summed_warning(const struct summary *summary, const char *code)
{
	for (size_t i = 0; i < summary->warning_count; i++)
		if (strcmp(summary->warnings[i].code, code) == 0)
			return &summary->warnings[i];
	return NULL;
}
