/* What people write to say what is to be done: scenarios, criteria, metrics, capacity. */
#include "targets.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "formats/capacity/capacity_yaml.h"
#include "formats/metrics_yaml.h"
#include "formats/scenario/criteria_yaml.h"
#include "formats/scenario/scenario_json.h"
#include "formats/scenario/scenario_yaml.h"
#include "model/metric.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is read is written, and what is written is read as the same: that is what a run that goes on
 * rests upon. A text that is not UTF-8 cannot be kept, and is refused. */
static void check_kept(const struct scenario *scenario)
{
	struct error err = {""};
	cleanup_free char *first = NULL;
	cleanup_free char *second = NULL;
	cleanup_scenario struct scenario again = {0};
	const int r = scenario_json_write(scenario, &first, &err);
	fuzz_promise(r == 0 || r == -EINVAL);
	if (r < 0)
		return;
	fuzz_promise(scenario_json_read(first, &again, &err) == 0);
	fuzz_promise(scenario_json_write(&again, &second, &err) == 0);
	fuzz_promise(strcmp(first, second) == 0);
}

void fuzz_scenario(const char *bytes, const char *text, size_t count)
{
	(void)bytes;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_scenario struct scenario scenario = {0};
	const int r = scenario_yaml_parse("x", text, count, &scenario, &problems, &err);
	fuzz_check_told(r, &problems, &err);
	if (r == 0)
		check_kept(&scenario);
}

void fuzz_scenario_json(const char *bytes, const char *text, size_t count)
{
	(void)bytes;
	(void)count;
	struct error err = {""};
	cleanup_scenario struct scenario scenario = {0};
	const int r = scenario_json_read(text, &scenario, &err);
	fuzz_check_told(r, NULL, &err);
	if (r == 0)
		check_kept(&scenario);
}

void fuzz_criteria(const char *bytes, const char *text, size_t count)
{
	(void)bytes;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_criteria struct criteria criteria = {0};
	const int r = criteria_parse("x", text, count, &criteria, &problems, &err);
	fuzz_check_told(r, &problems, &err);
	fuzz_promise(r < 0 || criteria.count > 0);
}

void fuzz_metrics(const char *bytes, const char *text, size_t count)
{
	(void)bytes;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_metrics struct metrics metrics = {0};
	const int r = metrics_yaml_parse("x", text, count, NULL, &metrics, &problems, &err);
	fuzz_check_told(r, &problems, &err);
}

void fuzz_capacity(const char *bytes, const char *text, size_t count)
{
	(void)bytes;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_capacity struct capacity capacity = {0};
	const int r = capacity_yaml_parse("x", text, count, &capacity, &problems, &err);
	fuzz_check_told(r, &problems, &err);
}
