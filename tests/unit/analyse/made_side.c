#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/compare/compare.h"
#include "core/error.h"
#include "core/str.h"
#include "made.h"
#include "made_side.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void made_side_near(double a, double b)
{
	if (!(fabs(a - b) <= 1e-6 * fabs(b)))
		print_message("# %.17g is not %.17g\n", a, b);
	assert_true(fabs(a - b) <= 1e-6 * fabs(b));
}

void made_side_text(char **text, const char *value)
{
	struct error err;
	free(*text);
	*text = NULL;
	assert_int_equal(str_copy(value, text, &err), 0);
}

void made_side_fact(struct made *made, const char *name, const char *value)
{
	struct error err;
	assert_int_equal(host_facts_add(&made->dataset.host, name, value, NULL, &err), 0);
}

struct made *made_side_run(struct made_side *side, double wall_s)
{
	struct made *const made = &side->runs[side->count++];
	made_init(made);
	char id[33];
	snprintf(id, sizeof id, "%032d", (int)(wall_s * 1e6));
	made_side_text(&made->dataset.run.id, id);
	return made;
}

void made_side_levels(struct made *made, double wall_s, const char *policy, uint32_t highest)
{
	for (uint32_t n = 1; n <= highest; n++)
		made_level(made, n, policy);
	for (uint32_t block = 0; block < 2; block++)
		for (uint32_t n = 1; n <= highest; n++) {
			const double wall = wall_s * (1 + 0.1 * (n - 1)) * (1 + 0.01 * block);
			made_trial(made, n - 1, block, 0, 2 * wall);
			for (uint32_t slot = 0; slot < n; slot++)
				for (int i = 0; i < 2; i++) {
					made_task(made, slot, i * wall, (i + 1) * wall);
					for (size_t e = 0; e < made->dataset.event_count; e++)
						made_counter(made, e, (uint64_t)(1e9 * wall),
						             COUNTER_OK);
				}
		}
}

const struct side *made_side_finish(struct made_side *side, const char *name)
{
	struct error err;
	for (size_t i = 0; i < side->count; i++) {
		assert_int_equal(findings_build(&side->runs[i].dataset, &side->findings[i], &err),
		                 0);
		side->pointers[i] = &side->findings[i];
	}
	side->side = (struct side){.name = name,
	                           .path = side->runs[0].dataset.path,
	                           .runs = side->pointers,
	                           .count = side->count};
	return &side->side;
}

void made_side_release(struct made_side *side)
{
	for (size_t i = 0; i < side->count; i++) {
		findings_release(&side->findings[i]);
		made_release(&side->runs[i]);
	}
}

struct comparison made_side_compare(const struct side *base, const struct side *new)
{
	struct comparison c;
	struct error err;
	memset(&c, 0xa5, sizeof c);
	assert_int_equal(compare_build(base, new, &c, &err), 0);
	return c;
}

const struct ratio *made_side_ratio(const struct comparison *c, size_t level, enum measure_id id)
{
	const ptrdiff_t query = comparison_find(c, id);
	assert_true(query >= 0);
	assert_true(level < c->level_count);
	return &c->levels[level].ratios[query];
}

const struct compare_remark *made_side_remark(const struct comparison *c, const char *code)
{
	for (size_t i = 0; i < c->remark_count; i++)
		if (strcmp(c->remarks[i].code, code) == 0)
			return &c->remarks[i];
	return NULL;
}

bool made_side_is_serious(const struct comparison *c, const char *code)
{
	const struct compare_remark *const remark = made_side_remark(c, code);
	return remark && remark->is_serious;
}

void made_side_print(const struct comparison *c)
{
	for (size_t i = 0; i < c->remark_count; i++)
		print_message("# %s%s: %s\n", c->remarks[i].is_serious ? "! " : "",
		              c->remarks[i].code, c->remarks[i].text);
}
