#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/distributions.h"
#include "core/error.h"
#include "distributed.h"
#include "made.h"

#include <gsl/gsl_statistics_double.h>
#include <math.h>

struct distributed distributed_find(const struct made *made)
{
	struct error err = {"no error"};
	struct distributed answer;
	if (summary_build(&made->dataset, &answer.summary, &err) < 0 ||
	    distributions_build(&answer.summary, &answer.distributions, &err) < 0)
		fail_msg("%s", err.text);
	return answer;
}

void distributed_release(struct distributed *answer)
{
	distributions_release(&answer->distributions);
	summary_release(&answer->summary);
}

const struct distribution *distributed_of(const struct distributed *answer, enum figure_kind kind,
                                          size_t level)
{
	return &answer->distributions.kinds[kind].levels[level];
}

void distributed_near(double value, double expected)
{
	if (!(fabs(value - expected) <= 1e-9 * (1 + fabs(expected))))
		fail_msg("%.12g is not %.12g", value, expected);
}
