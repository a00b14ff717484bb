/* A ranked fleet as people and programs read it, of fleets made by hand: terminal, page and JUnit,
 * with texts that want to break out. */
#include "fleet_sample.h"
#include "golden.h"
#include "report/document_html.h"
#include "report/document_text.h"
#include "report/fleet/fleet_document.h"
#include "report/fleet/fleet_parts.h"
#include "report/junit_fleet.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

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

static char *write_terminal(const struct fleet_ranking *ranking, const struct text_style *style)
{
	struct error err;
	char *text = NULL;
	cleanup_document struct document doc;
	document_init(&doc, "", style);
	fleet_document(ranking, NULL, &doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	return text;
}

/* Without pictures. */
static char *write_page(const struct fleet_ranking *ranking)
{
	struct error err;
	struct undrawn undrawn;
	char *html = NULL;
	cleanup_document struct document doc;
	document_init(&doc, "", &plain);
	fleet_document(ranking, NULL, &doc);
	assert_int_equal(document_html_write(&doc, 1, doc.title, NULL, &html, &undrawn, &err), 0);
	return html;
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		count++;
	return count;
}

static void test_terminal(void **state)
{
	(void)state;
	static const struct {
		enum fleet_sample_kind kind;
		size_t nodes;
		const struct text_style *style;
		const char *golden;
	} cases[] = {
	        {FLEET_SAMPLE_FAULTS, 16, &plain, "fleet-16-80.txt"},
	        {FLEET_SAMPLE_FAULTS, 200, &plain, "fleet-200-80.txt"},
	        {FLEET_SAMPLE_HEALTHY, 4, &plain, "fleet-healthy-80.txt"},
	        {FLEET_SAMPLE_SYSTEMIC, 40, &ascii, "fleet-systemic-80-ascii.txt"},
	        {FLEET_SAMPLE_HOSTILE, 15, &ascii, "fleet-hostile-80-ascii.txt"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet_sample sample;
		fleet_sample_make(&sample, cases[i].kind, cases[i].nodes);
		cleanup_free char *text = write_terminal(&sample.ranking, cases[i].style);
		assert_golden(cases[i].golden, text);
		fleet_sample_release(&sample);
	}
}

/* Whatever the fleet's size, no line is wider than the terminal, and the answer comes first. */
static void test_width(void **state)
{
	(void)state;
	static const size_t sizes[] = {1, 2, 4, 24, 25, 100, 101, 500, 2000};
	static const size_t widths[] = {60, 80, 200};
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
		for (size_t w = 0; w < ARRAY_LENGTH(widths); w++) {
			const struct text_style style = {.width = widths[w]};
			struct fleet_sample sample;
			fleet_sample_make(&sample, FLEET_SAMPLE_FAULTS, sizes[i]);
			cleanup_free char *text = write_terminal(&sample.ranking, &style);
			assert_non_null(strstr(text, "pass"));
			for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
				if (text_width(line) > widths[w] && strchr(line + 2, ' '))
					fail_msg("%zu nodes: wider than %zu: %s", sizes[i],
					         widths[w], line);
			fleet_sample_release(&sample);
		}
}

/* Every node is in the grid once, with its sign. */
static void test_grid_has_every_node(void **state)
{
	(void)state;
	static const size_t sizes[] = {4, 200, 2000};
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		struct fleet_sample sample;
		fleet_sample_make(&sample, FLEET_SAMPLE_FAULTS, sizes[i]);
		cleanup_free char *html = write_page(&sample.ranking);
		assert_int_equal(count_of(html, "<li class=\"cell t-"), sizes[i]);
		assert_int_equal(count_of(html, "<li class=\"cell t-slow"),
		                 sample.ranking.in_verdict[FLEET_SLOW]);
		assert_int_equal(count_of(html, "<li class=\"cell t-pass"),
		                 sample.ranking.in_verdict[FLEET_PASS]);
		fleet_sample_release(&sample);
	}
}

static const struct plot *find_plot(const struct document *doc, const char *id)
{
	for (size_t s = 0; s < doc->section_count; s++)
		for (size_t b = 0; b < doc->sections[s].block_count; b++) {
			const struct plot *const plot = doc->sections[s].blocks[b].plot;
			if (plot && strcmp(plot->id, id) == 0)
				return plot;
		}
	fail_msg("there is no plot %s", id);
	return NULL;
}

static const struct plot_series *find_series(const struct plot *plot, const char *name)
{
	for (size_t i = 0; i < plot->series_count; i++)
		if (strcmp(plot->series[i].name, name) == 0)
			return &plot->series[i];
	fail_msg("%s has no series %s", plot->id, name);
	return NULL;
}

/* Every node is in a bar once; a slow core is where it is, and as slow as it is; a curve is that of
 * its node. */
static void test_plots(void **state)
{
	(void)state;
	struct fleet_sample sample;
	cleanup_document struct document doc;
	fleet_sample_make(&sample, FLEET_SAMPLE_FAULTS, 16);
	document_init(&doc, "", &plain);
	fleet_document(&sample.ranking, NULL, &doc);
	assert_false(doc.failed);
	const struct plot_series *const bars =
	        find_series(find_plot(&doc, "fleet-distribution-1"), "nodes");
	double nodes = 0;
	for (size_t i = 0; i < bars->count; i++)
		nodes += bars->points[i].y;
	assert_true(nodes == (double)sample.ranking.classes[0].node_count);
	const struct plot_series *const cores =
	        find_series(find_plot(&doc, "fleet-places-1"), "rome002");
	assert_int_equal(cores->count, 32);
	for (size_t i = 0; i < cores->count; i++)
		assert_true((cores->points[i].y > 1.2) == (i == 17));
	assert_true(fabs(cores->points[17].y - 1.31) < 0.05);
	const struct plot_series *const curve =
	        find_series(find_plot(&doc, "fleet-relative-1"), "rome016");
	assert_int_equal(curve->count, 6);
	for (size_t i = 0; i < curve->count; i++)
		assert_true(curve->points[i].y > 0.85 && curve->points[i].y < 0.9);
	fleet_sample_release(&sample);
}

/* Texts from outside are no tags, and steer nobody's terminal. */
static void test_hostile_texts_stay_texts(void **state)
{
	(void)state;
	struct fleet_sample sample;
	struct error err;
	cleanup_free char *xml = NULL;
	fleet_sample_make(&sample, FLEET_SAMPLE_HOSTILE, 45);
	cleanup_free char *text = write_terminal(&sample.ranking, &plain);
	cleanup_free char *html = write_page(&sample.ranking);
	assert_int_equal(junit_fleet_write(&sample.ranking, NULL, &xml, &err), 0);
	const char *const texts[] = {text, html, xml};
	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		for (const char *p = texts[i]; *p; p++)
			assert_true((unsigned char)*p >= 0x20 || *p == '\n');
		assert_null(strstr(texts[i], "\u202e"));
		assert_null(strpbrk(texts[i], "\xff\xfe\x01\033"));
	}
	assert_null(strstr(html, "<script>window"));
	assert_null(strstr(html, "<img"));
	assert_null(strstr(xml, "<script>"));
	assert_null(strstr(xml, "]]>"));
	fleet_sample_release(&sample);
}

static void test_junit(void **state)
{
	(void)state;
	struct fleet_sample sample;
	struct error err;
	cleanup_free char *xml = NULL;
	fleet_sample_make(&sample, FLEET_SAMPLE_FAULTS, 16);
	assert_int_equal(junit_fleet_write(&sample.ranking, NULL, &xml, &err), 0);
	assert_golden("fleet-16.xml", xml);
	assert_int_equal(count_of(xml, "<testcase "), 16);
	assert_non_null(strstr(xml, "tests=\"16\" failures=\"6\" errors=\"3\" skipped=\"0\""));
	fleet_sample_release(&sample);
}

/* What a result warns of may be why its node is slow: a reader gets the words, a page all of them.
 */
static void test_warnings_are_told(void **state)
{
	(void)state;
	struct fleet_sample sample;
	fleet_sample_make(&sample, FLEET_SAMPLE_FAULTS, 16);
	size_t slow = 0;
	while (sample.ranking.items[slow].verdict != FLEET_SLOW)
		slow++;
	struct fleet_attempt *const attempt =
	        fleet_attempt_last(&sample.fleet.nodes[sample.ranking.items[slow].node]);
	assert_ptr_equal(attempt, sample.ranking.items[slow].attempt);
	struct profile *const profile = &attempt->profile;
	char load[] = "other-load: In 8 trials: other <programs> used 98 % of the node.";
	char pressure[] = "pressure-cpu: something waited: long.";
	char *doubts[] = {load, pressure};
	char **const before = profile->doubts;
	const size_t count = profile->doubt_count;
	profile->doubts = doubts;
	profile->doubt_count = 2;
	cleanup_free char *html = write_page(&sample.ranking);
	profile->doubts = before;
	profile->doubt_count = count;
	assert_non_null(strstr(html, "In 8 trials: other &lt;programs&gt; used 98 % of the node."));
	assert_non_null(strstr(html, ">something waited: long.<"));
	assert_null(strstr(html, "pressure-cpu"));
	fleet_sample_release(&sample);
}

/* Nodes that all lost the same pass against each other; headline, page and JUnit say it. */
static void test_a_slower_class_is_no_pass(void **state)
{
	(void)state;
	struct fleet_sample sample;
	struct error err;
	cleanup_free char *xml = NULL;
	fleet_sample_make(&sample, FLEET_SAMPLE_FAULTS, 16);
	struct fleet_ranking *const ranking = &sample.ranking;
	for (size_t i = 0; i < ranking->item_count; i++) {
		ranking->items[i].verdict = FLEET_PASS;
		ranking->items[i].was_faster = false;
	}
	memset(ranking->in_verdict, 0, sizeof ranking->in_verdict);
	ranking->in_verdict[FLEET_PASS] = ranking->item_count;
	ranking->classes[0].since_relative = 0.874;
	ranking->classes[0].since_nodes = 8;
	ranking->classes[0].got_slower = true;
	assert_int_equal(fleet_overall(ranking), VERDICT_INCONCLUSIVE);
	assert_int_equal(junit_fleet_write(ranking, NULL, &xml, &err), 0);
	assert_non_null(strstr(xml, "tests=\"17\" failures=\"0\" errors=\"1\" skipped=\"0\""));
	assert_non_null(strstr(xml, "<testcase name=\"hardware class 1\""));
	assert_int_equal(count_of(xml, "<error type=\"slower\""), 1);
	cleanup_free char *text = write_terminal(ranking, &plain);
	assert_non_null(strstr(text, "SLOWER THAN WHEN ACCEPTED"));
	assert_null(strstr(text, "ALL PASS"));
	assert_non_null(strstr(text, "0.874"));
	/* What is as it was is a test that passes. */
	ranking->classes[0].got_slower = false;
	free(xml);
	assert_int_equal(junit_fleet_write(ranking, NULL, &xml, &err), 0);
	assert_non_null(strstr(xml, "tests=\"17\" failures=\"0\" errors=\"0\" skipped=\"0\""));
	fleet_sample_release(&sample);
}

/* A class that is too small decides nothing however often it runs; criteria in doubt may. */
static void test_what_helps_to_retry(void **state)
{
	(void)state;
	static const struct {
		enum verdict criteria;
		bool helps;
	} cases[] = {{VERDICT_PASS, false}, {VERDICT_INCONCLUSIVE, true}};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet_judgement judgement = {.verdict = cases[i].criteria};
		struct fleet_attempt attempt = {.number = 1,
		                                .verdict = FLEET_INCONCLUSIVE,
		                                .judgements = &judgement,
		                                .judgement_count = 1,
		                                .criteria_verdict = cases[i].criteria};
		char name[] = "rome01";
		char folder[] = "/rack";
		char reason[] = "too small";
		struct fleet_node node = {.name = name,
		                          .verdict = FLEET_INCONCLUSIVE,
		                          .attempts = &attempt,
		                          .attempt_count = 1};
		struct fleet fleet = {.folder = folder, .nodes = &node, .node_count = 1};
		struct fleet_class class = {.reason = reason};
		struct fleet_rank_item item = {.attempt = &attempt, .verdict = FLEET_INCONCLUSIVE};
		const struct fleet_ranking ranking = {.fleet = &fleet,
		                                      .items = &item,
		                                      .item_count = 1,
		                                      .classes = &class,
		                                      .class_count = 1,
		                                      .in_verdict[FLEET_INCONCLUSIVE] = 1};
		cleanup_document struct document doc;
		document_init(&doc, "", &plain);
		fleet_add_next(&ranking, &(const struct fleet_told){0}, &doc);
		cleanup_free char *text = NULL;
		struct error err;
		assert_int_equal(document_text_write(&doc, &text, &err), 0);
		assert_int_equal(strstr(text, "--retry inconclusive") != NULL, cases[i].helps);
	}
}

/* A file without tests would pass. */
static void test_junit_of_nothing_is_an_error(void **state)
{
	(void)state;
	struct fleet fleet = {.node_count = 0};
	const struct fleet_ranking ranking = {.fleet = &fleet};
	struct error err;
	cleanup_free char *xml = NULL;
	assert_int_equal(junit_fleet_write(&ranking, NULL, &xml, &err), 0);
	assert_non_null(strstr(xml, "tests=\"1\" failures=\"0\" errors=\"1\""));
}

/* Names that differ in what XML cannot hold, or does not tell apart, are two tests. */
static void test_junit_tells_twins_apart(void **state)
{
	(void)state;
	struct fleet_sample sample;
	struct error err;
	cleanup_free char *xml = NULL;
	fleet_sample_make(&sample, FLEET_SAMPLE_HEALTHY, 3);
	static const char *const names[] = {"a b", "a\nb", " a  b "};
	for (size_t i = 0; i < 3; i++) {
		free(sample.fleet.nodes[i].name);
		sample.fleet.nodes[i].name = strdup(names[i]);
	}
	assert_int_equal(junit_fleet_write(&sample.ranking, NULL, &xml, &err), 0);
	assert_int_equal(count_of(xml, "name=\"a b\""), 1);
	assert_int_equal(count_of(xml, "name=\"a b (2)\""), 1);
	assert_int_equal(count_of(xml, "name=\"a b (3)\""), 1);
	fleet_sample_release(&sample);
}

/* What is to be drained of a fleet as it is. */
/* A node that is drained gets no job: it is run again first, and one that our script has drained is
 * to be given back. */
static void test_again_before_drain(void **state)
{
	(void)state;
	struct fleet_sample sample;
	fleet_sample_make(&sample, FLEET_SAMPLE_FAULTS, 16);
	for (size_t i = 0; i < 16; i++) {
		struct fleet_node *const node = &sample.fleet.nodes[sample.ranking.items[i].node];
		if (sample.ranking.items[i].verdict != FLEET_SLOW)
			continue;
		free(node->site_state);
		node->site_state = strdup("drained");
		node->site_reason = strdup("plateau: slow, core 3");
	}
	for (size_t k = 0; k < 2; k++) {
		const struct fleet_told told = {.drain = k == 0 ? NULL : "/tmp/my drain.sh"};
		struct error err;
		cleanup_free char *text = NULL;
		cleanup_document struct document doc;
		document_init(&doc, "", &plain);
		fleet_document(&sample.ranking, &told, &doc);
		assert_int_equal(document_text_write(&doc, &text, &err), 0);
		const char *const resume = strstr(text, "State=RESUME");
		const char *const again = strstr(text, "--retry");
		const char *const drain = strstr(text, k == 0 ? "--drain drain.sh" : "/tmp/my");
		assert_non_null(strstr(text, "drained already"));
		assert_true(resume && again && drain && resume < again && again < drain);
		assert_true(k == 0 || !strstr(text, "--drain"));
	}
	fleet_sample_release(&sample);
}

/* Fleets of one scenario are told apart by their folders, or by what was ranked. */
static void test_titles(void **state)
{
	(void)state;
	static const struct {
		const char *folder, *source, *title;
	} cases[] = {
	        {"/scratch/rack-7/", NULL, "rack-7, isr-occupancy on 16 nodes"},
	        {"/scratch/rack-7", "hall.db", "rack-7, isr-occupancy on 16 nodes"},
	        {NULL, "there/hall.db", "hall, isr-occupancy on 16 nodes"},
	        {NULL, "results/", "results, isr-occupancy on 16 nodes"},
	        {NULL, "isr-occupancy", "isr-occupancy on 16 nodes"},
	        {NULL, ".", "isr-occupancy on 16 nodes"},
	        {NULL, NULL, "isr-occupancy on 16 nodes"},
	};
	struct fleet_sample sample;
	fleet_sample_make(&sample, FLEET_SAMPLE_FAULTS, 16);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct fleet_told told = {.source = cases[i].source};
		cleanup_document struct document doc;
		free(sample.fleet.folder);
		sample.fleet.folder = cases[i].folder ? strdup(cases[i].folder) : NULL;
		document_init(&doc, "", &plain);
		fleet_document(&sample.ranking, &told, &doc);
		assert_string_equal(doc.title, cases[i].title);
	}
	struct error err;
	cleanup_free char *xml = NULL;
	const struct fleet_told told = {.source = "hall.db"};
	assert_int_equal(junit_fleet_write(&sample.ranking, &told, &xml, &err), 0);
	assert_non_null(strstr(xml, "name=\"isr-occupancy on hall\""));
	assert_non_null(strstr(xml, "hostname=\"hall\""));
	fleet_sample_release(&sample);
}

static void test_overall(void **state)
{
	(void)state;
	static const struct {
		size_t in_verdict[FLEET_VERDICTS];
		enum verdict verdict;
		enum { AS_IT_WAS, ONE_SLOWER, CLASS_SLOWER } since;
	} cases[] = {
	        {{[FLEET_PASS] = 3}, VERDICT_PASS, AS_IT_WAS},
	        {{[FLEET_PASS] = 3}, VERDICT_INCONCLUSIVE, ONE_SLOWER},
	        {{[FLEET_PASS] = 3}, VERDICT_INCONCLUSIVE, CLASS_SLOWER},
	        {{[FLEET_PASS] = 2, [FLEET_SLOW] = 1}, VERDICT_FAIL, CLASS_SLOWER},
	        {{[FLEET_PASS] = 0}, VERDICT_INCONCLUSIVE, AS_IT_WAS},
	        {{[FLEET_PASS] = 2, [FLEET_SLOW] = 1}, VERDICT_FAIL, AS_IT_WAS},
	        {{[FLEET_PASS] = 2, [FLEET_NODE_FAIL] = 1}, VERDICT_FAIL, AS_IT_WAS},
	        {{[FLEET_PASS] = 2, [FLEET_NOT_RUN] = 1}, VERDICT_INCONCLUSIVE, AS_IT_WAS},
	        {{[FLEET_PASS] = 1, [FLEET_HUNG] = 1, [FLEET_RUNNING] = 1},
	         VERDICT_FAIL,
	         AS_IT_WAS},
	        {{[FLEET_PASS] = 2, [FLEET_NO_RESULT] = 1}, VERDICT_INCONCLUSIVE, AS_IT_WAS},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fleet_rank_item items[8] = {{.was_faster = cases[i].since == ONE_SLOWER}};
		struct fleet_class class = {.got_slower = cases[i].since == CLASS_SLOWER};
		struct fleet_ranking ranking = {
		        .items = items, .classes = &class, .class_count = 1};
		memcpy(ranking.in_verdict, cases[i].in_verdict, sizeof ranking.in_verdict);
		for (size_t v = 0; v < FLEET_VERDICTS; v++)
			ranking.item_count += ranking.in_verdict[v];
		assert_int_equal(fleet_overall(&ranking), cases[i].verdict);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_terminal),
	        cmocka_unit_test(test_width),
	        cmocka_unit_test(test_grid_has_every_node),
	        cmocka_unit_test(test_plots),
	        cmocka_unit_test(test_hostile_texts_stay_texts),
	        cmocka_unit_test(test_junit),
	        cmocka_unit_test(test_what_helps_to_retry),
	        cmocka_unit_test(test_junit_of_nothing_is_an_error),
	        cmocka_unit_test(test_junit_tells_twins_apart),
	        cmocka_unit_test(test_again_before_drain),
	        cmocka_unit_test(test_titles),
	        cmocka_unit_test(test_overall),
	        cmocka_unit_test(test_a_slower_class_is_no_pass),
	        cmocka_unit_test(test_warnings_are_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
