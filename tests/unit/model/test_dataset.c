/* Host facts that count something: a file may come from anybody. What a dataset keeps without its
 * tasks. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "model/dataset.h"

#include <stdlib.h>

static void test_counts(void **state)
{
	static const struct {
		const char *value;
		int64_t count;
	} cases[] = {
	        {"0", 0},
	        {"64", 64},
	        {"9007199254740992", INT64_C(1) << 53},
	        {"9007199254740993", -1},
	        {"9223372036854775807", -1},
	        {"99999999999999999999", -1},
	        {"-5", -1},
	        {"inf", -1},
	        {"nan", -1},
	        {"1e300", -1},
	        {"0x10", -1},
	        {"64 cores", -1},
	        {"", -1},
	        {NULL, -1},
	};
	(void)state;
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct host_facts facts = {0};
		struct error err = {""};
		assert_int_equal(host_facts_add(&facts, "cores", cases[i].value, NULL, &err), 0);
		print_message("# %s\n", cases[i].value ? cases[i].value : "(absent)");
		assert_int_equal(host_facts_count(&facts, "cores"), cases[i].count);
		assert_int_equal(host_facts_count(&facts, "other"), -1);
		host_facts_release(&facts);
	}
}

/* Tasks and all that belongs to them go; of the samples those of one name stay, in their order. */
static void test_forget_tasks(void **state)
{
	(void)state;
	static const uint32_t names[] = {0, 1, 0, 1, 1, 0};
	struct dataset dataset = {.task_count = 3, .phase_count = 2, .figure_count = 2};
	struct error err = {""};
	dataset.tasks = calloc(3, sizeof *dataset.tasks);
	dataset.counters = calloc(3, sizeof *dataset.counters);
	dataset.phases = calloc(2, sizeof *dataset.phases);
	dataset.figures = calloc(2, sizeof *dataset.figures);
	dataset.trials = calloc(1, sizeof *dataset.trials);
	dataset.trial_count = 1;
	dataset.samples = calloc(ARRAY_LENGTH(names), sizeof *dataset.samples);
	dataset.sample_count = ARRAY_LENGTH(names);
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		dataset.samples[i] = (struct dataset_sample){.name = names[i], .value = (double)i};
	assert_int_equal(words_add(&dataset.sample_names, "other", &err), 0);
	assert_int_equal(words_add(&dataset.sample_names, "kept", &err), 0);
	dataset_forget_tasks(&dataset, "kept");
	assert_int_equal(dataset.task_count + dataset.phase_count + dataset.figure_count, 0);
	assert_null(dataset.tasks);
	assert_null(dataset.counters);
	assert_int_equal(dataset.trial_count, 1);
	assert_int_equal(dataset.sample_count, 3);
	assert_true(dataset.samples[0].value == 1 && dataset.samples[1].value == 3 &&
	            dataset.samples[2].value == 4);
	dataset_forget_tasks(&dataset, "nothing");
	assert_int_equal(dataset.sample_count, 0);
	dataset_release(&dataset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_counts),
	        cmocka_unit_test(test_forget_tasks),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
