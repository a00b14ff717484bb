/* Verdicts as people read them: in a terminal of 80 columns, and first in a page. */
#include "accept_sample.h"
#include "golden.h"
#include "report/accept/accept_document.h"
#include "report/document_html.h"
#include "report/document_text.h"
#include "report/section/sections.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct text_style plain = {.width = 80};
static const struct text_style ascii = {.width = 80, .is_ascii = true};
static const struct text_style page = {.width = 100};

static char *write_terminal(const struct accepted_all *all, const struct text_style *style)
{
	struct error err;
	char *text = NULL;
	cleanup_document struct document doc;
	document_init(&doc, "", style);
	accept_fill(all, READ_IN_TERMINAL, &doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	return text;
}

/* The page of one result; with LOOK_AT in the environment it is left in that folder. */
static char *write_page(const struct accepted *accepted, const char *name)
{
	struct error err;
	struct undrawn undrawn = {0};
	char *html = NULL;
	const char *const folder = getenv("LOOK_AT");
	cleanup_document struct document doc;
	document_init(&doc, "", &page);
	report_fill_judged(accepted, READ_IN_PAGE, &doc);
	assert_int_equal(document_html_write(&doc, 1, doc.title, folder ? plot_draw : NULL, &html,
	                                     &undrawn, &err),
	                 0);
	if (folder) {
		cleanup_free char *path = NULL;
		assert_int_equal(str_format(&path, &err, "%s/%s.html", folder, name), 0);
		assert_int_equal(file_replace(path, html, strlen(html), &err), 0);
	}
	return html;
}

static void test_terminal(void **state)
{
	(void)state;
	static const struct {
		enum accept_sample_kind kind;
		const struct text_style *style;
		const char *golden;
	} cases[] = {
	        {SAMPLE_SLOW_CORE, &plain, "accept-fail-80.txt"},
	        {SAMPLE_GOOD, &ascii, "accept-pass-80-ascii.txt"},
	        {SAMPLE_UNDECIDED, &plain, "accept-undecided-80.txt"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct accept_sample sample;
		accept_sample_make(&sample, cases[i].kind, "node017");
		const struct accepted_all all = {.items = &sample.accepted,
		                                 .count = 1,
		                                 .verdict = sample.acceptance.verdict};
		cleanup_free char *text = write_terminal(&all, cases[i].style);
		assert_golden(cases[i].golden, text);
		accept_sample_release(&sample);
	}
}

/* No number of repeats gives a node a counter that it lacks. */
static void test_repeats_decide_some_only(void **state)
{
	(void)state;
	struct accept_sample sample;
	accept_sample_make(&sample, SAMPLE_UNDECIDED, "node017");
	struct judgement *const j = &sample.judgements[2];
	j->verdict = VERDICT_INCONCLUSIVE;
	sample.acceptance.in_verdict[VERDICT_PASS]--;
	sample.acceptance.in_verdict[VERDICT_INCONCLUSIVE]++;
	sample.acceptance.repeats_needed = 9;
	const struct accepted_all all = {
	        .items = &sample.accepted, .count = 1, .verdict = sample.acceptance.verdict};
	cleanup_free char *text = write_terminal(&all, &plain);
	assert_non_null(strstr(text, "That is 1 of the 2 criteria that are inconclusive"));
	accept_sample_release(&sample);
}

/* A page of several begins with the node and the core that made the verdict. */
static void check_named_nodes(const struct accepted_all *all)
{
	cleanup_document struct document doc;
	document_init(&doc, "", &page);
	accept_fill(all, READ_IN_PAGE, &doc);
	const struct document_section *const verdict = &doc.sections[0];
	assert_false(doc.failed);
	assert_int_equal(verdict->block_count, 2);
	assert_string_equal(verdict->blocks[0].text, "FAIL");
	assert_string_equal(verdict->blocks[1].mark, "node019: slowest core at N=8: FAIL");
	assert_string_equal(verdict->blocks[1].text, "core 5");
}

static void test_several(void **state)
{
	(void)state;
	struct accept_sample samples[3];
	struct accepted items[3];
	static const char *const hosts[] = {"node017", "node018", "node019"};
	static const enum accept_sample_kind kinds[] = {SAMPLE_GOOD, SAMPLE_UNDECIDED,
	                                                SAMPLE_SLOW_CORE};
	for (size_t i = 0; i < 3; i++) {
		accept_sample_make(&samples[i], kinds[i], hosts[i]);
		items[i] = samples[i].accepted;
	}
	static const char *const paths[] = {"results/broken.db"};
	static const char *const reasons[] = {"it is no result of plateau"};
	const struct accepted_all all = {.items = items,
	                                 .count = 3,
	                                 .verdict = VERDICT_FAIL,
	                                 .unjudged_paths = paths,
	                                 .unjudged_reasons = reasons,
	                                 .unjudged_count = 1};
	cleanup_free char *text = write_terminal(&all, &plain);
	assert_golden("accept-several-80.txt", text);
	check_named_nodes(&all);
	for (size_t i = 0; i < 3; i++)
		accept_sample_release(&samples[i]);
}

/* Where a text stands in another; fails the test where it does not. */
static size_t place_in(const char *text, const char *part)
{
	for (size_t i = 0; text[i]; i++)
		if (strncmp(text + i, part, strlen(part)) == 0)
			return i;
	fail_msg("there is no '%s'", part);
	return 0;
}

/* The verdict stands before the machine, and so does the place, if there is one. */
static void check_beginning(const char *html, const char *verdict, const char *place)
{
	const size_t machine = place_in(html, "\"section machine\"");
	assert_true(place_in(html, verdict) < machine);
	if (place)
		assert_true(place_in(html, place) < machine);
}

/* What stands before anything else: the verdict, the criterion and the core. */
static void test_page_begins_with_the_verdict(void **state)
{
	(void)state;
	static const struct {
		enum accept_sample_kind kind;
		const char *name;
		const char *verdict;
		const char *place; /* NULL: none is named large */
	} cases[] = {
	        {SAMPLE_SLOW_CORE, "fail", ">FAIL<", ">core 5<"},
	        {SAMPLE_GOOD, "pass", ">PASS<", NULL},
	        {SAMPLE_UNDECIDED, "undecided", ">INCONCLUSIVE<", ">0.962"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct accept_sample sample;
		accept_sample_make(&sample, cases[i].kind, "node017");
		char *const html = write_page(&sample.accepted, cases[i].name);
		check_beginning(html, cases[i].verdict, cases[i].place);
		free(html);
		accept_sample_release(&sample);
	}
}

static void test_nothing_to_judge_by(void **state)
{
	(void)state;
	struct accept_sample sample;
	accept_sample_make(&sample, SAMPLE_GOOD, "node017");
	sample.acceptance =
	        (struct acceptance){.verdict = VERDICT_INCONCLUSIVE, .items = sample.judgements};
	const struct accepted_all all = {
	        .items = &sample.accepted, .count = 1, .verdict = VERDICT_INCONCLUSIVE};
	cleanup_free char *text = write_terminal(&all, &plain);
	assert_non_null(strstr(text, "INCONCLUSIVE"));
	assert_non_null(strstr(text, "nothing to judge by"));
	accept_sample_release(&sample);
}

/* What has to be known first stands before the criteria, with the result's path where there are
 * several. */
static void test_notes(void **state)
{
	(void)state;
	static struct acceptance_note note = {"unfinished", "The run did not come to its end."};
	struct accept_sample a;
	struct accept_sample b;
	accept_sample_make(&a, SAMPLE_GOOD, "n17");
	accept_sample_make(&b, SAMPLE_GOOD, "n18");
	a.acceptance.notes = &note;
	a.acceptance.note_count = 1;
	const struct accepted results[] = {a.accepted, b.accepted};
	for (size_t count = 1; count <= 2; count++) {
		const struct accepted_all all = {
		        .items = results, .count = count, .verdict = VERDICT_PASS};
		cleanup_free char *text = write_terminal(&all, &ascii);
		const char *const found = strstr(text, "! ");
		assert_non_null(found);
		assert_non_null(strstr(found, note.text));
		if (count == 1)
			assert_true(found < strstr(text, "Criteria"));
		assert_int_equal(strstr(found, a.accepted.path) != NULL, count > 1);
	}
	cleanup_free char *html = write_page(&a.accepted, "unfinished");
	assert_non_null(strstr(html, note.text));
	a.acceptance.notes = NULL;
	accept_sample_release(&a);
	accept_sample_release(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_terminal),
	        cmocka_unit_test(test_several),
	        cmocka_unit_test(test_repeats_decide_some_only),
	        cmocka_unit_test(test_page_begins_with_the_verdict),
	        cmocka_unit_test(test_nothing_to_judge_by),
	        cmocka_unit_test(test_notes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
