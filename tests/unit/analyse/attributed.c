#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/attribution.h"
#include "attributed.h"
#include "core/error.h"
#include "costs.h"

#include <math.h>
#include <string.h>

void attributed_near(double a, double b, double part, int line)
{
	if (!(fabs(a - b) <= part * fmax(1e-3, fabs(b))))
		fail_msg("line %d: %.15g is not %.15g", line, a, b);
}

struct attributed attributed_find(const struct made *made)
{
	struct error err;
	struct attributed found;
	memset(&found, 0xA5, sizeof found);
	assert_int_equal(summary_build(&made->dataset, &found.summary, &err), 0);
	assert_int_equal(attribution_build(&found.summary, &found.levels, &err), 0);
	return found;
}

void attributed_release(struct attributed *found)
{
	attribution_free(found->levels);
	summary_release(&found->summary);
}

char *attributed_sentence(const struct attributed *found, size_t level)
{
	struct error err;
	char *text = NULL;
	assert_int_equal(attribution_sentence(&found->summary, found->levels, level, &text, &err),
	                 0);
	return text;
}

void attributed_trial(struct made *made, size_t level, uint32_t block, uint32_t slots,
                      const struct costs *costs)
{
	const double wall = costs_wall_s(costs);
	made_trial(made, level, block, 2 * wall, 6 * wall);
	for (uint32_t slot = 0; slot < slots; slot++) {
		double at = wall * (slot + 0.5) / slots;
		while (at < 6 * wall)
			at = costs_task(made, slot, at, costs);
	}
}

void attributed_levels(struct made *made, const struct costs *base, const struct costs *high,
                       double spread)
{
	const size_t one = made_level(made, 1, "spread");
	const size_t four = made_level(made, 4, "spread");
	for (uint32_t block = 0; block < 3; block++) {
		struct costs a = *base;
		struct costs b = *high;
		a.cpi *= 1 + spread * (block == 0);
		b.clock_hz *= 1 + spread * (block == 1);
		b.instructions *= 1 + spread * (block == 2);
		b.kernel *= 1 + (b.kernel > 1 ? spread * (block == 0) : 0);
		b.off_cpu *= 1 + spread * (block == 2);
		attributed_trial(made, one, block, 1, &a);
		attributed_trial(made, four, block, 4, &b);
	}
}
