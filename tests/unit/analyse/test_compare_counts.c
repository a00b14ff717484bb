/* Counts are compared where they mean the same: of one event, mode and source. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "made.h"
#include "made_side.h"

#include <stdio.h>
#include <string.h>

struct event_case {
	const char *name;
	const char *encoded;
	bool is_user_only;
	const char *metric;
	uint32_t choice;
};

static void add_event(struct made *made, const struct event_case *of)
{
	struct event_definition *const event = made_event(made, of->name);
	snprintf(event->encoded, sizeof event->encoded, "%s", of->encoded);
	event->is_user_only = of->is_user_only;
	snprintf(event->metric, sizeof event->metric, "%s", of->metric ? of->metric : "");
	event->choice = of->choice;
}

static void counts_are_compared_by_what_they_are(void **state)
{
	(void)state;
	static const struct {
		struct event_case base, new;
		enum measure_id id;
		const char *models[2];
		const char *reason; /* NULL: there is a ratio */
	} cases[] = {
	        {{"cycles", "zen2::CYCLES", 0, NULL, 0},
	         {"cycles", "zen3::CYCLES", 0, NULL, 0},
	         MEASURE_CYCLES,
	         {"49", "1"},
	         NULL},
	        {{"cycles", "zen2::CYCLES", 0, NULL, 0},
	         {"cycles", "zen3::CYCLES:u", 1, NULL, 0},
	         MEASURE_CYCLES,
	         {"49", "1"},
	         "in user mode alone"},
	        {{"LLC-load-misses", "zen2::X", 0, "LLC-load-misses", 1},
	         {"LLC-load-misses", "zen3::Y", 0, "LLC-load-misses", 1},
	         MEASURE_LLC_LOAD_MISSES,
	         {"49", "1"},
	         "Rome counted zen2::X, Milan counted zen3::Y"},
	        {{"LLC-load-misses", "zen2::X", 0, "LLC-load-misses", 1},
	         {"LLC-load-misses", "zen2::Y", 0, "LLC-load-misses", 2},
	         MEASURE_LLC_LOAD_MISSES,
	         {"49", "49"},
	         "by its choice 1 on Rome"},
	        {{"LLC-load-misses", "perf::LLC", 0, NULL, 0},
	         {"LLC-load-misses", "perf::LLC", 0, NULL, 0},
	         MEASURE_LLC_LOAD_MISSES,
	         {"49", "1"},
	         "another event on every kind"},
	        {{"LLC-load-misses", "zen2::X", 0, NULL, 0},
	         {"LLC-load-misses", "zen2::X", 0, NULL, 0},
	         MEASURE_LLC_LOAD_MISSES,
	         {"49", "49"},
	         NULL},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct made_side sides[2] = {{.count = 0}, {.count = 0}};
		for (size_t s = 0; s < 2; s++) {
			struct made *const made = made_side_run(&sides[s], s ? 8 : 10);
			add_event(made, s ? &cases[i].new : &cases[i].base);
			made_side_fact(made, "processor_vendor", "AuthenticAMD");
			made_side_fact(made, "processor_family", "23");
			made_side_fact(made, "processor_model", cases[i].models[s]);
			made_side_levels(made, s ? 8 : 10, "spread", 2);
		}
		struct comparison c = made_side_compare(made_side_finish(&sides[0], "Rome"),
		                                        made_side_finish(&sides[1], "Milan"));
		const struct ratio *const ratio = made_side_ratio(&c, 0, cases[i].id);
		if (cases[i].reason) {
			assert_false(estimate_has_value(&ratio->value));
			print_message("# %s\n", ratio->reason);
			assert_non_null(strstr(ratio->reason, cases[i].reason));
			/* What each side has stays to be seen, and a remark says it once. */
			assert_true(estimate_has_value(&ratio->base));
			assert_true(estimate_has_value(&ratio->new));
			assert_non_null(made_side_remark(&c, "events"));
			assert_true(made_side_is_serious(&c, "events"));
		} else {
			made_side_near(ratio->value.value, 0.8);
			assert_null(made_side_remark(&c, "events"));
		}
		comparison_release(&c);
		made_side_release(&sides[0]);
		made_side_release(&sides[1]);
	}
}

/* Where one side counted both modes, and user mode besides, user mode is what both have. */
static void the_mode_that_both_have_is_found(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	struct made *made = made_side_run(&base, 10);
	add_event(made, &(struct event_case){"cycles", "perf::CYCLES", false, NULL, 0});
	add_event(made, &(struct event_case){"cycles:u", "perf::CYCLES:u", true, NULL, 0});
	made_side_levels(made, 10, "spread", 1);
	made = made_side_run(&new, 8);
	add_event(made, &(struct event_case){"cycles:u", "perf::CYCLES:u", true, NULL, 0});
	made_side_levels(made, 8, "spread", 1);
	struct comparison c cleanup_comparison =
	        made_side_compare(made_side_finish(&base, "a"), made_side_finish(&new, "b"));
	const struct ratio *const cycles = made_side_ratio(&c, 0, MEASURE_CYCLES);
	made_side_near(cycles->value.value, 0.8);
	assert_non_null(strstr(cycles->note, "user mode"));
	/* The clocks are from other sources: by cycles of both modes, and by user cycles. */
	const struct ratio *const clock = made_side_ratio(&c, 0, MEASURE_FREQUENCY);
	made_side_near(clock->value.value, 1);
	assert_non_null(clock->note);
}

static void clocks_of_other_sources_are_not_compared(void **state)
{
	(void)state;
	struct made_side base cleanup_made_side = {.count = 0};
	struct made_side new cleanup_made_side = {.count = 0};
	struct made *made = made_side_run(&base, 10);
	add_event(made, &(struct event_case){"cycles", "perf::CYCLES", false, NULL, 0});
	made_side_levels(made, 10, "spread", 1);
	made = made_side_run(&new, 8);
	made_side_levels(made, 8, "spread", 1);
	made_sample(made, "cpu_frequency_hz", 0, 8, 3e9);
	struct comparison c cleanup_comparison =
	        made_side_compare(made_side_finish(&base, "a"), made_side_finish(&new, "b"));
	const struct ratio *const clock = made_side_ratio(&c, 0, MEASURE_FREQUENCY);
	assert_false(estimate_has_value(&clock->value));
	assert_true(estimate_has_value(&clock->base));
	assert_true(estimate_has_value(&clock->new));
	print_message("# %s\n", clock->reason);
	assert_non_null(made_side_remark(&c, "frequency"));
	/* Cycles were counted on one side alone. */
	const struct ratio *const cycles = made_side_ratio(&c, 0, MEASURE_CYCLES);
	assert_false(estimate_has_value(&cycles->value));
	assert_true(estimate_has_value(&cycles->base));
	assert_non_null(strstr(cycles->reason, "not counted"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(counts_are_compared_by_what_they_are),
	        cmocka_unit_test(the_mode_that_both_have_is_found),
	        cmocka_unit_test(clocks_of_other_sources_are_not_compared),
	};
	return cmocka_run_group_tests_name("compare", tests, NULL, NULL);
}
