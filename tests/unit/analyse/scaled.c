#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "scaled.h"

#include <math.h>
#include <string.h>

const struct scaling_limits scaled_no_limits = {.seed = 1};

void scaled_build(const struct scaled_point *points, size_t count,
                  const struct scaling_limits *limits, struct scaling *ret_scaling)
{
	struct error err;
	cleanup_curve struct curve curve;
	curve_init(&curve);
	for (size_t i = 0; i < count; i++) {
		const struct curve_point point = {
		        .concurrency = points[i].n,
		        .throughput_per_s = points[i].x,
		        .se = points[i].se > 0 ? points[i].se : (double)NAN,
		        .trials = 1,
		};
		assert_int_equal(curve_add(&curve, &point, &err), 0);
	}
	curve_finish(&curve);
	memset(ret_scaling, 0xa5, sizeof *ret_scaling);
	assert_int_equal(scaling_build(&curve, limits, ret_scaling, &err), 0);
}

void scaled_printed(const char *what, double value, double printed, double last)
{
	if (!(fabs(value - printed) <= last * 0.501))
		fail_msg("%s: %.13g, expected %.13g", what, value, printed);
}
