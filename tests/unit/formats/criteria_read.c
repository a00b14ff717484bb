#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/error.h"
#include "criteria_read.h"
#include "formats/scenario/criteria_yaml.h"

#include <string.h>

void criteria_read_as(const char *name, const char *text, struct criteria *ret_criteria)
{
	struct problems problems = {0};
	struct error err = {"untouched"};
	const int r = criteria_parse(name, text, strlen(text), ret_criteria, &problems, &err);
	for (size_t i = 0; i < problems.count; i++)
		print_message("# %s\n", problems.items[i].text);
	assert_int_equal(r, 0);
	assert_int_equal(problems.count, 0);
	assert_string_equal(err.text, "untouched");
	problems_release(&problems);
}

void criteria_read(const char *text, struct criteria *ret_criteria)
{
	criteria_read_as("x.yaml", text, ret_criteria);
}
