/* How a fleet stands, as a reader sees it: names in few letters, groups, what does not fit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "report/fleet/history_view.h"
#include "report/fleet/name_list.h"
#include "report/fleet/status_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW     (1795216884 * NS_PER_S)
#define T(text) ((char *)(uintptr_t)(text))

static void test_names(void **state)
{
	(void)state;
	static const struct {
		const char *names[8];
		const char *list;
	} cases[] = {
	        {{NULL}, ""},
	        {{"rome01"}, "rome01"},
	        {{"rome01", "rome02", "rome03"}, "rome[01-03]"},
	        {{"rome01", "rome03", "rome04", "rome09"}, "rome[01,03-04,09]"},
	        {{"milan01", "milan02", "rome01"}, "milan[01-02], rome01"},
	        {{"n9", "n10", "n11"}, "n9, n[10-11]"},
	        {{"n09", "n10"}, "n[09-10]"},
	        {{"n1", "n01"}, "n1, n01"},
	        {{"n1.a", "n2.a", "n3.b"}, "n[1-2].a, n3.b"},
	        {{"r1c7s0.site2", "r1c7s1.site2"}, "r1c7s[0-1].site2"},
	        {{"login", "login"}, "login, login"},
	        {{"7", "8"}, "[7-8]"},
	        {{"a b1", "a b2"}, "a b1, a b2"},
	        {{"n[1", "n[2"}, "n[1, n[2"},
	        {{"n,1", "n,2"}, "n,1, n,2"},
	        {{"n1234567890123456789", "n1234567890123456790"},
	         "n1234567890123456789, n1234567890123456790"},
	        {{"", ""}, ", "},
	        {{"a1001", "a1003", "a1005", "a1007", "a1009", "a1011", "a1013"},
	         "a[1001,1003,1005,1007,1009], a[1011,1013]"},
	        {{"a1001", "a1003", "a1005", "a1007", "a1009", "a1011"},
	         "a[1001,1003,1005,1007,1009], a1011"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_str struct str s = {0};
		size_t count = 0;
		while (count < 8 && cases[i].names[count])
			count++;
		name_list_add(&s, cases[i].names, count);
		assert_string_equal(str_text(&s), cases[i].list);
	}
}

/* Nodes a01, a02, ... with these verdicts. */
static void make_nodes(struct fleet_node *nodes, size_t count, char names[][8])
{
	for (size_t i = 0; i < count; i++) {
		snprintf(names[i], 8, "a%02u", (unsigned)(i % 1000 + 1));
		nodes[i] = (struct fleet_node){.name = names[i], .verdict = FLEET_PASS};
	}
}

static const struct status_batch asked = {.name = "Slurm 22.05.8", .answered_ns = NOW, .calls = 3};

/* Eight nodes of every kind; into the structure itself, since its parts point at one another. */
struct mixed {
	char names[8][8];
	struct fleet_attempt quiet;
	struct fleet_attempt lively;
	struct fleet_node nodes[8];
	struct fleet fleet;
};

static void make_mixed(struct mixed *m)
{
	struct fleet_node *const nodes = m->nodes;
	m->quiet = (struct fleet_attempt){
	        .number = 1, .has_report = true, .report.updated_ns = NOW - 500 * NS_PER_S};
	m->lively = (struct fleet_attempt){.number = 1,
	                                   .has_report = true,
	                                   .report = {.updated_ns = NOW - 5 * NS_PER_S,
	                                              .trials_done = 2,
	                                              .trials_planned = 8}};
	make_nodes(nodes, 8, m->names);
	nodes[1] = (struct fleet_node){.name = m->names[1],
	                               .verdict = FLEET_NOT_RUN,
	                               .site_reason = T("bad DIMM"),
	                               .reason = T("drained: bad DIMM")};
	nodes[4] = nodes[1];
	nodes[4].name = m->names[4];
	nodes[5] = (struct fleet_node){
	        .name = m->names[5], .verdict = FLEET_HUNG, .reason = T("its time was over")};
	nodes[2].verdict = FLEET_RUNNING;
	nodes[2].attempts = &m->quiet;
	nodes[2].attempt_count = 1;
	nodes[3].verdict = FLEET_RUNNING;
	nodes[3].attempts = &m->lively;
	nodes[3].attempt_count = 1;
	nodes[6].verdict = FLEET_NOT_RUN;
	nodes[6].reason = T("not submitted yet");
	m->fleet = (struct fleet){.nodes = nodes, .node_count = 8, .observed_ns = NOW};
}

static void test_groups(void **state)
{
	(void)state;
	struct error err;
	struct mixed m;
	make_mixed(&m);
	const struct status_work work = {.uncollected = 1};
	cleanup_status_view struct status_view view = {0};
	assert_int_equal(status_view_build(&m.fleet, &asked, &work, &view, &err), 0);
	assert_int_equal(view.in_verdict[FLEET_PASS], 2);
	assert_int_equal(view.in_verdict[FLEET_RUNNING], 2);
	assert_int_equal(view.in_verdict[FLEET_NOT_RUN], 3);
	assert_int_equal(view.unsubmitted, 1);
	assert_int_equal(view.trials_done, 2);
	assert_int_equal(view.trials_planned, 8);
	assert_int_equal(view.group_count, 3);
	assert_int_equal(view.groups[0].verdict, FLEET_HUNG);
	assert_int_equal(view.groups[1].verdict, FLEET_RUNNING); /* the quiet one */
	assert_int_equal(view.groups[1].node_count, 1);
	assert_int_equal(view.groups[1].nodes[0], 2);
	assert_int_equal(view.groups[2].verdict, FLEET_NOT_RUN);
	assert_int_equal(view.groups[2].node_count, 2); /* for one reason */

	cleanup_str struct str counts = {0};
	status_text_counts(&view, &counts);
	assert_string_equal(str_text(&counts), "8 nodes: 2 pass, 1 hung, 2 running, 3 not run");
	cleanup_str struct str change = {0};
	m.nodes[5].name = T("a\033[31m06");
	status_text_change(&m.nodes[5], FLEET_RUNNING, &change);
	assert_string_equal(str_text(&change), "a?[31m06: hung, its time was over (was running)");
}

static void test_open(void **state)
{
	(void)state;
	static const struct status_work work = {.uncollected = 1};
	struct mixed m;
	make_mixed(&m);
	struct fleet_node *const nodes = m.nodes;
	assert_true(status_is_open(&m.fleet, &work));
	nodes[2].verdict = nodes[3].verdict = FLEET_PASS;
	assert_false(status_is_open(&m.fleet, &work));
	/* A submit that is at work will come to the node that has no job yet. */
	assert_true(status_is_open(&m.fleet, &(struct status_work){.is_submitting = true}));
	/* But not to one that does not answer, at which somebody has to look. */
	nodes[6].site_state = T("idle*");
	assert_false(status_is_open(&m.fleet, &(struct status_work){.is_submitting = true}));
	assert_true(status_needs_look(&nodes[6], NOW));
	nodes[6].site_state = NULL;
	assert_false(status_needs_look(&nodes[6], NOW));
	nodes[6].verdict = FLEET_PASS;
	assert_false(status_is_open(&m.fleet, &(struct status_work){.is_submitting = true}));
}

static size_t count_lines(const char *text, size_t *ret_widest)
{
	size_t lines = 0;
	*ret_widest = 0;
	while (*text) {
		const size_t length = strcspn(text, "\n");
		if (length > *ret_widest)
			*ret_widest = length;
		lines++;
		text += length + (text[length] == '\n');
	}
	return lines;
}

/* Whatever the screen's size: no line is wider, and no picture longer. */
static void test_sizes(void **state)
{
	(void)state;
	enum { COUNT = 60 };
	struct error err;
	static char names[COUNT][8];
	static char reasons[COUNT][120];
	static struct fleet_node nodes[COUNT];
	make_nodes(nodes, COUNT, names);
	for (size_t i = 0; i < COUNT; i++) {
		snprintf(
		        reasons[i], sizeof reasons[i],
		        "its job was killed or failed after %zu min (signal 9); its last word: %zu "
		        "of 40 trials done; job.log may say why",
		        i + 2, i);
		nodes[i].verdict = i % 3 ? FLEET_NO_RESULT : FLEET_FAIL;
		nodes[i].reason = reasons[i];
	}
	const struct fleet fleet = {
	        .name = T("rack-7"), .nodes = nodes, .node_count = COUNT, .observed_ns = NOW};
	const struct status_work work = {.uncollected = 3};
	cleanup_status_view struct status_view view = {0};
	assert_int_equal(status_view_build(&fleet, &asked, &work, &view, &err), 0);
	for (size_t width = 60; width <= 200; width += 35)
		for (size_t most = 0; most <= 60; most += 15) {
			const struct text_style style = {.width = width, .is_ascii = true};
			cleanup_free char *text = NULL;
			size_t widest;
			assert_int_equal(status_text_write(&view, &style, most, &text, &err), 0);
			const size_t lines = count_lines(text, &widest);
			if (widest > width)
				print_message("# %zu columns, %zu lines:\n%s\n", width, most, text);
			assert_true(widest <= width);
			/* The table by state, and what was asked, are there on any screen. */
			if (most >= 30)
				assert_true(lines <= most);
			assert_non_null(strstr(text, "no result"));
			assert_non_null(strstr(text, "asked by 3 commands"));
			assert_int_equal(strstr(text, "the screen is too small") != NULL,
			                 most >= 15);
			assert_null(strchr(text, '\033'));
		}
}

static void test_empty(void **state)
{
	(void)state;
	struct error err;
	const struct fleet fleet = {.observed_ns = NOW};
	const struct status_batch none = {.no_answer = "no Slurm here",
	                                  .answered_ns = RECORD_ABSENT};
	const struct status_work work = {0};
	const struct text_style style = {.width = 80, .is_color = true};
	cleanup_status_view struct status_view view = {0};
	cleanup_free char *text = NULL;
	assert_int_equal(status_view_build(&fleet, &none, &work, &view, &err), 0);
	assert_int_equal(status_text_write(&view, &style, 0, &text, &err), 0);
	assert_non_null(strstr(text, "It has no nodes."));
	assert_non_null(strstr(text, "No batch system was asked (no Slurm here)"));
	assert_false(status_is_open(&fleet, &work));
}

/* Attempts stand in the order of time, those of no known time beside their neighbours. */
static void test_history_order(void **state)
{
	(void)state;
	struct error err;
	struct fleet_attempt attempts[] = {
	        {.number = 1, .has_profile = true, .profile.started_ns = NOW},
	        {.number = 2, .job.submitted_ns = RECORD_ABSENT, .job.started_ns = RECORD_ABSENT},
	        {.number = 3, .job.started_ns = RECORD_ABSENT, .job.submitted_ns = NOW + 5},
	        {.number = 4, .has_profile = true, .profile.started_ns = NOW - 5},
	        {.number = 5, .has_report = true, .report.started_ns = NOW + 1},
	};
	const struct fleet_node node = {
	        .name = T("a"), .attempts = attempts, .attempt_count = ARRAY_LENGTH(attempts)};
	struct fleet_history_item items[] = {
	        {.attempt = &attempts[3], .is_first = true, .relative = 1},
	        {.attempt = &attempts[0], .relative = 0.8, .is_slower = true},
	};
	struct fleet_history history = {.items = items, .count = 2};
	cleanup_history_view struct history_view view = {0};
	assert_int_equal(history_view_build(&node, &history, &view, &err), 0);
	assert_int_equal(view.row_count, 5);
	/* By number: a node's clock may have been wrong. */
	for (size_t i = 0; i < view.row_count; i++)
		assert_ptr_equal(view.rows[i].attempt, &attempts[i]);
	for (size_t i = 0; i < view.row_count; i++)
		if (view.rows[i].attempt == &attempts[3])
			assert_ptr_equal(view.rows[i].item, &items[0]);
	assert_true(history_is_slower(&history));
	/* One that cannot be compared does not take that back. */
	items[0] = (struct fleet_history_item){.attempt = &attempts[0], .is_slower = true};
	items[1] = (struct fleet_history_item){.attempt = &attempts[4], .reason = "of another"};
	assert_true(history_is_slower(&history));
	items[0].is_slower = false;
	assert_false(history_is_slower(&history));
}

/* One order for all answers: every verdict has its place in it, once. */
static void test_order(void **state)
{
	(void)state;
	for (int i = 0; i < FLEET_VERDICTS; i++)
		assert_int_equal(fleet_verdict_order(fleet_worst_first[i]), i);
	assert_int_equal(fleet_verdict_order(FLEET_PASS), FLEET_VERDICTS - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_order),         cmocka_unit_test(test_names),
	        cmocka_unit_test(test_groups),        cmocka_unit_test(test_open),
	        cmocka_unit_test(test_sizes),         cmocka_unit_test(test_empty),
	        cmocka_unit_test(test_history_order),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
