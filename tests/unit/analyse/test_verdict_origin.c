/* Criteria that were made from runs of something else: by another task nothing passes, and another
 * processor or scenario is told before the verdict. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyse/verdict/verdict.h"
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "judged.h"
#include "made.h"
#include "model/command_line.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void set_text(const char *text, char **target)
{
	struct error err;
	free(*target);
	*target = NULL;
	if (text)
		assert_int_equal(str_copy(text, target, &err), 0);
}

static void set_origin(struct judged *c, const struct criteria_origin *origin)
{
	set_text(origin->command, &c->criteria.origin.command);
	set_text(origin->processor, &c->criteria.origin.processor);
	set_text(origin->scenario, &c->criteria.origin.scenario);
}

static void drop(struct judged *c)
{
	set_origin(c, &(const struct criteria_origin){NULL, NULL, NULL});
	judged_release(c);
}

static bool has_note(const struct judged *c, const char *code)
{
	for (size_t i = 0; i < c->acceptance.note_count; i++)
		if (strcmp(c->acceptance.notes[i].code, code) == 0)
			return true;
	return false;
}

static char task[] = "/opt/a/task --work 1";
static char other[] = "/opt/a/task --work 2";
static char same[] = "/usr/bin/task --work 1";

/* Throughput is 0.4 /s. */
static void criteria_of_another_task_can_only_fail(void **state)
{
	(void)state;
	static const struct {
		char *of;
		const char *run; /* NULL: not known */
		double limit;
		enum verdict verdict;
		const char *words;
		bool is_noted;
	} cases[] = {
	        {NULL, task, 0.1, VERDICT_PASS, "confidence", false},
	        {task, task, 0.1, VERDICT_PASS, "confidence", false},
	        {task, same, 0.1, VERDICT_PASS, "confidence", false},
	        {task, other, 0.1, VERDICT_INCONCLUSIVE, "another command", true},
	        {task, other, 10, VERDICT_FAIL, "is asked", true},
	        {task, NULL, 0.1, VERDICT_PASS, "confidence", true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		struct criterion criterion = judged_at_least_a_little;
		criterion.limit = cases[i].limit;
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		set_text(cases[i].run, &c.made.dataset.run.command);
		set_origin(&c, &(const struct criteria_origin){cases[i].of, NULL, NULL});
		judged_build(&c, &criterion);
		judged_expect(&c, cases[i].verdict, cases[i].words);
		assert_int_equal(has_note(&c, "made-from-command"), cases[i].is_noted);
		drop(&c);
	}
}

/* That no task fails is asked of one task as well. */
static void a_count_of_another_task_does_not_pass(void **state)
{
	(void)state;
	struct judged c = {0};
	const struct criterion criterion = {
	        .measure = MEASURE_FAILURES, .bound = BOUND_AT_MOST, .limit = 0, .margin = NAN};
	judged_node(&c.made);
	judged_blocks(&c.made, 1, -1, 1);
	set_text(other, &c.made.dataset.run.command);
	set_origin(&c, &(const struct criteria_origin){task, NULL, NULL});
	judged_build(&c, &criterion);
	judged_expect(&c, VERDICT_INCONCLUSIVE, "another command");
	drop(&c);
}

static void another_processor_or_scenario_is_told(void **state)
{
	(void)state;
	static char epyc[] = "AMD EPYC 7742";
	static char xeon[] = "Intel Xeon";
	static char night[] = "night";
	static char noon[] = "noon";
	static const struct {
		struct criteria_origin of;
		const char *processor; /* of the node; NULL: not named */
		const char *name;
		bool is_processor_noted;
		bool is_scenario_noted;
	} cases[] = {
	        {{NULL, NULL, NULL}, xeon, noon, false, false},
	        {{NULL, epyc, night}, epyc, night, false, false},
	        {{NULL, epyc, night}, xeon, night, true, false},
	        {{NULL, epyc, night}, NULL, night, true, false},
	        {{NULL, epyc, night}, epyc, noon, false, true},
	        {{NULL, epyc, night}, epyc, NULL, false, true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct judged c = {0};
		struct error err;
		judged_node(&c.made);
		judged_blocks(&c.made, 1, -1, 1);
		set_text(cases[i].name, &c.made.dataset.run.name);
		if (cases[i].processor)
			assert_int_equal(host_facts_add(&c.made.dataset.host, "processor",
			                                cases[i].processor, NULL, &err),
			                 0);
		set_origin(&c, &cases[i].of);
		judged_build(&c, &judged_at_least_a_little);
		judged_expect(&c, VERDICT_PASS, "confidence");
		assert_int_equal(has_note(&c, "made-from-processor"), cases[i].is_processor_noted);
		assert_int_equal(has_note(&c, "made-from-scenario"), cases[i].is_scenario_noted);
		drop(&c);
	}
}

static void commands_are_compared_but_for_folders(void **state)
{
	(void)state;
	static const struct {
		const char *a;
		const char *b;
		bool is_same;
	} cases[] = {
	        {"a b", "a b", true},
	        {"a b", "a  b ", true},
	        {"/x/a y/b", "a z/b", true},
	        {"a b", "a", false},
	        {"a", "a b", false},
	        {"a bc", "a b", false},
	        {"a 'x y'", "a 'x z'", false},
	        {"", "", true},
	        {"a/", "b/", true},
	        {"", "a", false},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		assert_int_equal(command_line_is_same(cases[i].a, cases[i].b), cases[i].is_same);
		assert_int_equal(command_line_is_same(cases[i].b, cases[i].a), cases[i].is_same);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(criteria_of_another_task_can_only_fail),
	        cmocka_unit_test(a_count_of_another_task_does_not_pass),
	        cmocka_unit_test(another_processor_or_scenario_is_told),
	        cmocka_unit_test(commands_are_compared_but_for_folders),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
