/* The commands to drain the bad nodes of a ranked fleet, for an administrator to read and run. */
#include "fleet_sample.h"
#include "golden.h"
#include "report/fleet/drain_text.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		count++;
	return count;
}

static char *write_drain(const struct fleet_ranking *ranking)
{
	struct error err;
	char *text = NULL;
	assert_int_equal(drain_text_write(ranking, &text, &err), 0);
	assert_true(str_starts_with(text, drain_sign));
	return text;
}

static void test_drain(void **state)
{
	(void)state;
	struct fleet_sample sample;
	fleet_sample_make(&sample, FLEET_SAMPLE_FAULTS, 16);
	/* One has a reason of somebody else, one of ours. */
	static const size_t drained[] = {0, 1};
	static const char *const reasons[] = {"DIMM A3 $(x)\n`y`", "plateau: slow, core 3"};
	for (size_t i = 0; i < 2; i++) {
		struct fleet_node *const node =
		        &sample.fleet.nodes[sample.ranking.items[drained[i]].node];
		node->site_reason = strdup(reasons[i]);
		node->site_reason_by = strdup("root");
	}
	cleanup_free char *text = write_drain(&sample.ranking);
	assert_golden("fleet-drain.txt", text);
	assert_int_equal(count_of(text, "\ndrain '"), sample.ranking.drain_count - 1);
	fleet_sample_release(&sample);
}

/* Names that scontrol would take for several nodes, or for an option, get no command; nothing of a
 * text leaves its quotes or its comment. */
static void test_drain_of_hostile_names(void **state)
{
	(void)state;
	struct fleet_sample sample;
	fleet_sample_make(&sample, FLEET_SAMPLE_HOSTILE, 45);
	static const char *const names[] = {"ALL", "all", "n[1-9]", "a,b", "-x", "n 1", "n'1", ""};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		struct fleet_node *const node =
		        &sample.fleet.nodes[sample.ranking.items[sample.ranking.drain[i]].node];
		free(node->name);
		node->name = strdup(names[i]);
	}
	cleanup_free char *text = write_drain(&sample.ranking);
	const char *const commands = strstr(text, "\n}\n");
	assert_non_null(commands);
	cleanup_free char *lines = strdup(commands + 3);
	for (char *line = strtok(lines, "\n"); line; line = strtok(NULL, "\n"))
		if (!str_starts_with(line, "# ") && !str_starts_with(line, "drain 'long-") &&
		    strcmp(line, "exit \"$status\"") != 0)
			fail_msg("a line of neither kind: %s", line);
	fleet_sample_release(&sample);
}

static void test_nothing_is_drained(void **state)
{
	(void)state;
	static const enum fleet_sample_kind kinds[] = {FLEET_SAMPLE_SYSTEMIC, FLEET_SAMPLE_HEALTHY};
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		struct fleet_sample sample;
		fleet_sample_make(&sample, kinds[i], 40);
		cleanup_free char *text = write_drain(&sample.ranking);
		for (const char *line = text; line; line = strchr(line + 1, '\n'))
			assert_true(line == text || line[1] == '#' || !line[1]);
		fleet_sample_release(&sample);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_drain),
	        cmocka_unit_test(test_drain_of_hostile_names),
	        cmocka_unit_test(test_nothing_is_drained),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
