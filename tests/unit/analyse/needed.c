#include "needed.h"

#include "core/error.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

const struct requirements_options needed_defaults = {.limit_bytes = NAN};

void needed_is_close(double value, double wanted, double tolerance)
{
	if (!(fabs(value - wanted) <= tolerance))
		fail_msg("%.12g instead of %.12g", value, wanted);
}

void needed_add(struct campaign *campaign, const char *type, double wall_s, double cpu_s,
                double rss_bytes, enum campaign_state state)
{
	struct error err;
	struct campaign_task task = campaign_task_empty();
	assert_int_equal(campaign_type(campaign, type, &task.type, &err), 0);
	task.wall_ns = wall_s < 0 ? RECORD_ABSENT : (int64_t)(wall_s * 1e9);
	task.cpu_ns = cpu_s < 0 ? RECORD_ABSENT : (int64_t)(cpu_s * 1e9);
	task.max_rss_bytes = rss_bytes < 0 ? RECORD_ABSENT : (int64_t)rss_bytes;
	task.state = (uint8_t)state;
	assert_int_equal(campaign_add(campaign, &task, &err), 0);
}

struct requirements needed_build(const struct campaign *campaign,
                                 const struct requirements_options *options)
{
	struct error err;
	struct requirements requirements;
	assert_int_equal(requirements_build(campaign, options, &requirements, &err), 0);
	return requirements;
}
