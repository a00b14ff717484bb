/* What a plan says of the counters. */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "report/plan_counters.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"cycles", "task-clock", "misses", "loads", "odd"};

enum { EVENTS = sizeof names / sizeof names[0] };

struct fixture {
	struct scenario scenario;
	struct plan plan;
	struct event_definition events[EVENTS];
	struct plan_view view;
};

static void set_up(struct fixture *f)
{
	struct error err;
	*f = (struct fixture){0};
	for (size_t e = 0; e < EVENTS; e++) {
		assert_int_equal(words_add(&f->scenario.events, names[e], &err), 0);
		strcpy(f->events[e].name, names[e]);
	}
	f->events[4].state = COUNTER_NOT_SUPPORTED;
	f->view = (struct plan_view){
	        .plan = &f->plan,
	        .scenario = &f->scenario,
	        .events = f->events,
	        .event_count = EVENTS,
	};
}

static void assert_text(const struct fixture *f, const char *expected)
{
	cleanup_str struct str text = {0};
	plan_counters_add(&f->view, &text);
	assert_string_equal(str_text(&text), expected);
}

static void sentences(void **state)
{
	(void)state;
	struct fixture f;
	set_up(&f);
	assert_text(&f, "4 of 5 events, all in every task; cannot be counted here: odd");
	f.view.is_multiplexed = true;
	assert_text(&f, "4 of 5 events, all in every task, each part of the time (multiplexed); "
	                "cannot be counted here: odd");
	f.view.is_multiplexed = false;
	f.plan.event_sets = (struct event_sets){.count = 2, .events = {3 | 4, 3 | 8}};
	f.view.events_missing = "There is 1 block";
	assert_text(&f, "2 sets of events take turns, one in a trial; in all of them: cycles, "
	                "task-clock; in set 1: misses; in set 2: loads; cannot be counted here: "
	                "odd. There is 1 block");
	f.view.events = NULL;
	assert_text(&f, "5 events; where they are more than counters, sets of them take turns over "
	                "the trials");
	f.scenario.overflow = OVERFLOW_MULTIPLEX;
	assert_text(&f, "5 events; where they are more than counters, every task counts each part "
	                "of the time");
	words_release(&f.scenario.events);
	assert_text(&f, "none");
}

static void assert_json(const struct fixture *f, const char *expected)
{
	json_t *const json = plan_counters_json(&f->view);
	assert_non_null(json);
	char *const text = json_dumps(json, 0);
	assert_string_equal(text, expected);
	free(text);
	json_decref(json);
}

static void answers(void **state)
{
	(void)state;
	struct fixture f;
	set_up(&f);
	f.plan.event_sets = (struct event_sets){.count = 2, .events = {3 | 4, 3 | 8}};
	assert_json(&f, "{\"overflow\": \"rotate\", \"event_sets\": 2, \"events\": ["
	                "{\"name\": \"cycles\", \"state\": \"ok\", \"sets\": [1, 2]}, "
	                "{\"name\": \"task-clock\", \"state\": \"ok\", \"sets\": [1, 2]}, "
	                "{\"name\": \"misses\", \"state\": \"ok\", \"sets\": [1]}, "
	                "{\"name\": \"loads\", \"state\": \"ok\", \"sets\": [2]}, "
	                "{\"name\": \"odd\", \"state\": \"not-supported\", \"sets\": []}]}");
	f.view.events = NULL;
	f.scenario.overflow = OVERFLOW_MULTIPLEX;
	for (size_t e = EVENTS; e-- > 1;)
		free(f.scenario.events.items[e]);
	f.scenario.events.count = 1;
	assert_json(&f, "{\"overflow\": \"multiplex\", \"event_sets\": null, \"events\": ["
	                "{\"name\": \"cycles\"}]}");
	words_release(&f.scenario.events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(sentences),
	        cmocka_unit_test(answers),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
