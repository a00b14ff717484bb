#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "formats/scenario/scenario_json.h"
#include "formats/scenario/scenario_yaml.h"
#include "scenario_read.h"

#include <errno.h>
#include <string.h>

void scenario_read(const char *text, struct scenario *ret_scenario)
{
	struct problems problems = {0};
	struct error err = {"untouched"};
	const int r =
	        scenario_yaml_parse("x.yaml", text, strlen(text), ret_scenario, &problems, &err);
	for (size_t i = 0; i < problems.count; i++)
		print_message("# %s\n", problems.items[i].text);
	assert_int_equal(r, 0);
	assert_int_equal(problems.count, 0);
	assert_string_equal(err.text, "untouched");
	problems_release(&problems);
}

void scenario_refuse_bytes(const char *text, size_t text_bytes, const char *expected)
{
	struct scenario scenario;
	memset(&scenario, 0x5a, sizeof scenario);
	const struct scenario before = scenario;
	struct problems problems = {0};
	struct error err = {""};
	assert_int_equal(
	        scenario_yaml_parse("x.yaml", text, text_bytes, &scenario, &problems, &err),
	        -EINVAL);
	assert_memory_equal(&scenario, &before, sizeof scenario);
	assert_int_equal(problems.count, 1);
	assert_string_equal(problems.items[0].text, expected);
	assert_string_equal(err.text, "x.yaml has 1 problem");
	problems_release(&problems);
}

void scenario_refuse(const char *text, const char *expected)
{
	scenario_refuse_bytes(text, strlen(text), expected);
}

char *scenario_read_json(const struct scenario *scenario)
{
	struct error err = {""};
	char *json = NULL;
	const int r = scenario_json_write(scenario, &json, &err);
	if (r < 0)
		print_message("# %s\n", err.text);
	assert_int_equal(r, 0);
	return json;
}
