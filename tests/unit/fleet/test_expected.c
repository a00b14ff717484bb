/* Nodes that a fleet should have, as lists and files of names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "fleet/expected.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void assert_names(const char *word, const char *wanted)
{
	struct error err = {""};
	cleanup_words struct words names = {0};
	cleanup_str struct str text = {0};
	if (expected_read(word, &names, &err) < 0)
		fail_msg("%s: %s", word, err.text);
	for (size_t i = 0; i < names.count; i++)
		str_addf(&text, "%s%s", i > 0 ? " " : "", names.items[i]);
	assert_string_equal(str_text(&text), wanted);
}

static void lists(void **state)
{
	static const struct {
		const char *word, *names;
	} cases[] = {
	        {"n1", "n1"},
	        {"n2,n1", "n1 n2"},
	        {"n1,,n1, n2,", "n1 n2"},
	        {"n[1-3]", "n1 n2 n3"},
	        {"n[08-11]", "n08 n09 n10 n11"},
	        {"n[01,03-04],m7", "m7 n01 n03 n04"},
	        {"r[1-2]n[1-2].x", "r1n1.x r1n2.x r2n1.x r2n2.x"},
	        {"[1-2]", "1 2"},
	        {"n[099-101]", "n099 n100 n101"},
	        {"%s", "%s"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		assert_names(cases[i].word, cases[i].names);
}

static void mistakes(void **state)
{
	static const struct {
		const char *word, *says;
	} cases[] = {
	        {"", "no node is named"},
	        {" ,", "no node is named"},
	        {"n[1-2", "a bracket without its other half"},
	        {"n]1", "a bracket without its other half"},
	        {"n[]", "no range of numbers"},
	        {"n[2-1]", "no range of numbers"},
	        {"n[a-b]", "no range of numbers"},
	        {"n[1-]", "no range of numbers"},
	        {"n[-1]", "no range of numbers"},
	        {"n[1,]", "no range of numbers"},
	        {"n[[1]]", "no range of numbers"},
	        {"n[1-999999999]", "no range of numbers"},
	        {"n[1-99999999999999999999]", "no range of numbers"},
	        {"n[1-19999][1-19999]", "more than 20000 nodes"},
	        {"no/such/file", "no/such/file"},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err = {""};
		struct words names = {0};
		const int r = expected_read(cases[i].word, &names, &err);
		if (r >= 0 || !strstr(err.text, cases[i].says))
			fail_msg("%s: %d %s", cases[i].word, r, err.text);
		assert_null(names.items);
	}
}

static void files(void **state)
{
	char path[] = "expected-XXXXXX";
	static const char text[] = "# the rack\nn1\r\n\n  n[2-3] n4 # and that\nn1";
	const int fd = mkstemp(path);
	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	assert_names(path, "n1 n2 n3 n4");
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, "n1\nn[\n", 6, 0), 6);
	struct error err = {""};
	struct words names = {0};
	assert_int_equal(expected_read(path, &names, &err), -EINVAL);
	assert_non_null(strstr(err.text, "line 2: 'n['"));
	close(fd);
	unlink(path);
}

static void give_result(struct fleet *fleet, const char *node, const char *path)
{
	struct error err = {""};
	struct fleet_attempt *const attempt =
	        fleet_attempt_take(fleet_node_take(fleet, node, &err), 1, &err);
	assert_non_null(attempt);
	attempt->result_path = strdup(path);
	assert_non_null(attempt->result_path);
}

static void fleets(void **state)
{
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	cleanup_words struct words names = {0};
	cleanup_str struct str text = {0};
	(void)state;
	give_result(&fleet, "n1", "/r/1.db");
	give_result(&fleet, "n2.site.example", "/r/2.db");
	give_result(&fleet, "login", "/r/n3.db");
	give_result(&fleet, "n40", "/r/n4.db.old");
	assert_int_equal(expected_read("n[1-4],n10,n2.elsewhere", &names, &err), 0);
	assert_int_equal(expected_add(&fleet, &names, &err), 0);
	for (size_t i = 0; i < fleet.node_count; i++)
		str_addf(&text, "%s ", fleet.nodes[i].name);
	assert_string_equal(str_text(&text), "login n1 n2.elsewhere n2.site.example n4 n10 n40 ");
	assert_int_equal(fleet_node_find(&fleet, "n10")->verdict, FLEET_NOT_RUN);
	assert_int_equal(expected_add(&fleet, &names, &err), 0);
	assert_int_equal(fleet.node_count, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(lists),
	        cmocka_unit_test(mistakes),
	        cmocka_unit_test(files),
	        cmocka_unit_test(fleets),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
