/* Verdicts for other programs, of results judged by hand: JUnit, with what wants to break out of
 * it, and JSON. That the file is valid is checked by tests/cli/junit.sh. */
#include "accept_sample.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "golden.h"
#include "report/json/accept_json.h"
#include "report/junit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static char *write_junit(const struct accepted_all *all)
{
	struct error err;
	char *xml = NULL;
	assert_int_equal(junit_write(all, &xml, &err), 0);
	return xml;
}

static void one_of_each(void **state)
{
	(void)state;
	struct accept_sample sample;
	accept_sample_make(&sample, SAMPLE_SLOW_CORE, "n17");
	const struct accepted_all all = {
	        .items = &sample.accepted, .count = 1, .verdict = sample.acceptance.verdict};
	cleanup_free char *xml = write_junit(&all);
	assert_golden("accept.xml", xml);
	accept_sample_release(&sample);
}

/* Nothing of what comes from outside is a tag, or a letter that XML cannot hold. */
static void outside_texts_stay_texts(void **state)
{
	(void)state;
	static const char hostile[] = "</testcase>\"'&\033[2J\n\x01\xff\xef\xbf\xbf]]><b>";
	struct accept_sample sample;
	accept_sample_make(&sample, SAMPLE_SLOW_CORE, hostile);
	for (size_t i = 0; i < sample.acceptance.count; i++) {
		struct judgement *const judgement = &sample.judgements[i];
		snprintf(judgement->label, sizeof judgement->label, "%s", hostile);
		snprintf(judgement->reason, sizeof judgement->reason, "%s", hostile);
	}
	sample.accepted.path = hostile;
	sample.accepted.criteria_path = hostile;
	const char *const reasons[] = {hostile};
	const struct accepted_all all = {
	        .items = &sample.accepted,
	        .count = 1,
	        .verdict = VERDICT_FAIL,
	        .unjudged_paths = reasons,
	        .unjudged_reasons = reasons,
	        .unjudged_count = 1,
	};
	cleanup_free char *xml = write_junit(&all);
	assert_null(strstr(xml, "<b>"));
	assert_null(strstr(xml, "</testcase>\""));
	assert_null(strstr(xml, "]]>"));
	for (const char *p = xml; *p; p++)
		assert_true((unsigned char)*p >= 0x20 || *p == '\n');
	assert_null(strpbrk(xml, "\x01\033\xff\xef"));
	/* Tests of one label are told apart. */
	assert_non_null(strstr(xml, " (2)\""));
	accept_sample_release(&sample);
}

/* Suites of one name and node are told apart by their files; of two nodes they need not be. */
static void twins_are_told_apart(void **state)
{
	(void)state;
	static const struct {
		const char *hosts[2];
		bool has_path;
	} cases[] = {{{"n1", "n1"}, true}, {{"n1", "n2"}, false}};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct accept_sample samples[2];
		struct accepted items[2];
		for (size_t k = 0; k < 2; k++) {
			accept_sample_make(&samples[k], SAMPLE_GOOD, cases[i].hosts[k]);
			items[k] = samples[k].accepted;
			items[k].path = k == 0 ? "a.db" : "b.db";
		}
		const struct accepted_all all = {
		        .items = items, .count = 2, .verdict = VERDICT_PASS};
		cleanup_free char *xml = write_junit(&all);
		assert_int_equal(strstr(xml, " (a.db)\"") != NULL, cases[i].has_path);
		assert_int_equal(strstr(xml, " (b.db)\"") != NULL, cases[i].has_path);
		for (size_t k = 0; k < 2; k++)
			accept_sample_release(&samples[k]);
	}
}

/* In every object of the answer, what is null has a reason beside it. */
static void look_for_reasons(const json_t *value)
{
	const char *key;
	json_t *member;
	size_t index;
	json_t *const mutable = (json_t *)(uintptr_t)value; /* as jansson's macros want it */
	json_array_foreach(mutable, index, member) look_for_reasons(member);
	json_object_foreach(mutable, key, member)
	{
		char name[80];
		snprintf(name, sizeof name, "%s_reason", key);
		/* Estimates of the sample have no reasons. */
		if (json_is_null(member) && strcmp(key, "ci95") != 0 &&
		    !json_object_get(value, name) && !json_object_get(value, "reason") &&
		    !json_object_get(value, "state"))
			fail_msg("%s is null, and nothing says why", key);
		look_for_reasons(member);
	}
}

static void json_says_why_it_is_null(void **state)
{
	(void)state;
	for (int kind = SAMPLE_SLOW_CORE; kind <= SAMPLE_UNDECIDED; kind++) {
		struct accept_sample sample;
		struct error err;
		cleanup_free char *json = NULL;
		accept_sample_make(&sample, (enum accept_sample_kind)kind, "n17");
		const struct accepted_all all = {
		        .items = &sample.accepted, .count = 1, .verdict = VERDICT_FAIL};
		struct criteria criteria = {.items = sample.criteria, .count = 1};
		sample.accepted.criteria = &criteria;
		assert_int_equal(accept_json_write(&all, &json, &err), 0);
		json_t *const answer = json_loads(json, 0, NULL);
		assert_non_null(answer);
		const json_t *const result = json_array_get(json_object_get(answer, "results"), 0);
		look_for_reasons(json_object_get(result, "criteria"));
		assert_int_equal(json_array_size(json_object_get(result, "criteria")),
		                 sample.acceptance.count);
		json_decref(answer);
		accept_sample_release(&sample);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(one_of_each),
	        cmocka_unit_test(outside_texts_stay_texts),
	        cmocka_unit_test(twins_are_told_apart),
	        cmocka_unit_test(json_says_why_it_is_null),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
