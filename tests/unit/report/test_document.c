/* One document, twice: for a terminal and as a page. */
#include "core/cleanup.h"
#include "core/error.h"
#include "core/hash.h"
#include "report/document_html.h"
#include "report/document_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct text_style style = {.width = 60};

static void fill(struct document *doc)
{
	char head[] = "wall";
	const struct table_column columns[] = {{"N", NULL, TABLE_RIGHT, 0},
	                                       {head, "s", TABLE_POINT, 1},
	                                       {"unused", NULL, TABLE_LEFT, 1}};
	document_init(doc, "a <b> on 'node'", &style);
	document_state(doc, TEXT_GOOD, "done");
	document_section(doc, "run", "", "");
	document_fact(doc, "command", "%s", "task \"$(x)\"");
	document_fact(doc, "nothing", "%s", "");
	document_section(doc, "empty", "Empty", "");
	document_section(doc, "first", "First", "with a remark");
	document_say(doc, TEXT_PLAIN, "A paragraph of %d words that is so long that it wraps, %s.",
	             15, "behind sixty columns");
	document_item(doc, TEXT_WARN, "!", "a warning");
	document_figure(doc, TEXT_PLAIN, "Efficiency", "of linear", "%.2f", 0.5);
	document_only(doc, READ_IN_PAGE);
	struct table *const table = document_table(doc, "", columns, 3);
	table_row(table);
	table_cell(table, TEXT_PLAIN, "1");
	table_cell(table, TEXT_PLAIN, "2.5");
	table_row(table);
	table_cell(table, TEXT_PLAIN, "2");
	table_cell(table, TEXT_BAD, "12");
	table_note(table, "it said: </td><script>");
	head[0] = 'X'; /* the columns were copied */
	str_add(document_drawing(doc), "  ####\n");
	document_source(doc, "name: <x>\nlines: 2");
}

static void in_a_terminal(void **state)
{
	(void)state;
	struct error err;
	cleanup_document struct document doc;
	cleanup_free char *text = NULL;
	fill(&doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	assert_string_equal(text, "a <b> on 'node': done\n"
	                          "  command   task \"$(x)\"\n"
	                          "\n"
	                          "First  with a remark\n"
	                          "  A paragraph of 15 words that is so long that it wraps,\n"
	                          "  behind sixty columns.\n"
	                          "  ! a warning\n"
	                          "\n"
	                          "  N  wall\n"
	                          "        s\n"
	                          "  1   2.5\n"
	                          "  2  12\n"
	                          "      it said: </td><script>\n"
	                          "\n"
	                          "  ####\n"
	                          "\n"
	                          "  name: <x>\n"
	                          "  lines: 2\n");
}

/* Not inlined: gcc 12 would take the page for the variable that it comes in. */
__attribute__((noinline)) static char *write_page(const struct document *docs, size_t count,
                                                  plot_drawer *draw, struct undrawn *undrawn)
{
	struct error err;
	char *html = NULL;
	assert_int_equal(document_html_write(docs, count, "t <t>", draw, &html, undrawn, &err), 0);
	return html;
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;
	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		count++;
	return count;
}

static void as_a_page(void **state)
{
	(void)state;
	struct undrawn undrawn;
	cleanup_document struct document doc;
	fill(&doc);
	cleanup_free char *html = write_page(&doc, 1, NULL, &undrawn);
	static const char *const parts[] = {
	        "<title>t &lt;t&gt;</title>",
	        "<h1>a &lt;b&gt; on &#39;node&#39;</h1><p class=\"state good\"><span "
	        "aria-hidden=\"true\">✓ </span>"
	        "done</p>",
	        "<dt>command</dt><dd>task &quot;$(x)&quot;</dd>",
	        "<section class=\"section first\" id=\"first\">",
	        "<h2>First</h2><p class=\"remark\">with a remark</p>",
	        "<p>A paragraph of 15 words that is so long that it wraps, behind sixty "
	        "columns.</p>",
	        "aria-label=\"warning:\">!</span><span>a warning</span></li>",
	        "<dt>Efficiency</dt><dd class=\"value \">0.50</dd><dd class=\"small\">of "
	        "linear</dd>",
	        "<span class=\"label\">wall</span><span class=\"unit\">s</span>",
	        "<th scope=\"row\" class=\"num\">1</th><td class=\"num\">2.5</td>",
	        /* a blank as wide as a point, and one as wide as a digit */
	        "<td class=\"num bad\">12\u2008\u2007</td>",
	        "<td colspan=\"2\">it said: &lt;/td&gt;&lt;script&gt;</td>",
	        "name: &lt;x&gt;\nlines: 2</pre>",
	        "<a href=\"#first\">First</a>",
	};
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		if (!strstr(html, parts[i]))
			fail_msg("there is no %s in\n%s", parts[i], html);
	assert_int_equal(strncmp(html, document_html_sign, strlen(document_html_sign)), 0);
	assert_null(strstr(html, "unused"));
	assert_null(strstr(html, "####"));
	assert_null(strstr(html, "Empty"));
	assert_int_equal(count_of(html, "<script>"), 1);
	assert_int_equal(count_of(html, "<style>"), 1);
	assert_int_equal(undrawn.plots, 0);
}

/* The policy names the very script and style that are in the page. */
static void policy_fits(void **state)
{
	(void)state;
	struct undrawn undrawn;
	cleanup_document struct document doc;
	fill(&doc);
	cleanup_free char *html = write_page(&doc, 1, NULL, &undrawn);
	static const struct {
		const char *begin;
		const char *end;
		const char *directive;
	} cases[] = {{"<style>", "</style>", "style-src"}, {"<script>", "</script>", "script-src"}};
	for (size_t i = 0; i < 2; i++) {
		char hash[HASH_BASE64_BYTES];
		char expected[96];
		const char *const begin = strstr(html, cases[i].begin);
		assert_non_null(begin);
		const char *const code = begin + strlen(cases[i].begin);
		const char *const end = strstr(code, cases[i].end);
		assert_non_null(end);
		hash_sha256_base64(code, (size_t)(end - code), hash);
		snprintf(expected, sizeof expected, "%s &#39;sha256-%s&#39;;", cases[i].directive,
		         hash);
		if (!strstr(html, expected))
			fail_msg("there is no %s", expected);
	}
	assert_non_null(strstr(html, "default-src &#39;none&#39;"));
}

static void add_plot(struct document *doc)
{
	document_section(doc, "plots", "Plots", "");
	struct plot *const plot = document_plot(doc, "rate", "Rate <of> tasks");
	plot_words(plot, "It rises & falls by 5 %%.");
	plot_axis(plot, &plot->x, "N");
	plot_axis(plot, &plot->y, "tasks/s");
	struct plot_series *const series = plot_series(plot, PLOT_POINTS, 0, "measured");
	plot_tip(plot, plot_point(plot, series, 1, 2.25), "N=1: <2.25>");
	for (int i = 0; i < 200; i++)
		plot_point(plot, series, i + 2, 3);
	document_plot(doc, "nothing", "A plot without points");
}

static int draw(const struct plot *const *plots, size_t count, struct plot_picture *ret_pictures,
                struct error *err)
{
	for (size_t i = 0; i < count; i++) {
		assert_false(plot_is_empty(plots[i]));
		ret_pictures[i].svg =
		        strdup("<svg viewBox='0 0 1 1'><g id='a'><script>x</script></g></svg>");
		if (!ret_pictures[i].svg)
			return error_memory(err);
	}
	return 0;
}

static int draw_not(const struct plot *const *plots, size_t count,
                    struct plot_picture *ret_pictures, struct error *err)
{
	(void)plots;
	(void)err;
	for (size_t i = 0; i < count; i++)
		error_set(&ret_pictures[i].why, ENOENT, "there is no <program>");
	return 0;
}

static void plots_have_words_and_figures(void **state)
{
	(void)state;
	struct undrawn undrawn;
	cleanup_document struct document doc;
	document_init(&doc, "plots", &style);
	add_plot(&doc);
	cleanup_free char *drawn = write_page(&doc, 1, draw, &undrawn);
	assert_int_equal(undrawn.plots, 0);
	assert_non_null(strstr(drawn, "<svg viewBox=\"0 0 1 1\" role=\"img\" "
	                              "aria-label=\"Rate &lt;of&gt; tasks\"><g id=\"rate-a\"></g>"
	                              "</svg>"));
	assert_non_null(strstr(drawn, "<p class=\"words\">It rises &amp; falls by 5\u00A0%.</p>"));
	assert_non_null(strstr(drawn, "N=1: &lt;2.25&gt;"));
	assert_non_null(strstr(drawn, "51 more points"));
	assert_null(strstr(drawn, "without points"));
	cleanup_free char *not_drawn = write_page(&doc, 1, draw_not, &undrawn);
	assert_int_equal(undrawn.plots, 1);
	assert_string_equal(undrawn.why.text, "there is no <program>");
	assert_non_null(strstr(not_drawn, "Not drawn: there is no &lt;program&gt;"));
	assert_non_null(strstr(not_drawn, "N=1: &lt;2.25&gt;"));
}

static void several_results_in_one_page(void **state)
{
	(void)state;
	struct undrawn undrawn;
	struct document docs[2];
	fill(&docs[0]);
	fill(&docs[1]);
	add_plot(&docs[1]);
	cleanup_free char *html = write_page(docs, 2, draw, &undrawn);
	assert_int_equal(count_of(html, "id=\"r1-first\""), 1);
	assert_int_equal(count_of(html, "id=\"r2-first\""), 1);
	assert_int_equal(count_of(html, "id=\"r2-rate-a\""), 1);
	assert_int_equal(count_of(html, "id=\"first\""), 0);
	assert_int_equal(count_of(html, "<a href=\"#r2-result\">"), 1);
	document_release(&docs[0]);
	document_release(&docs[1]);
}

/* A document that could not be filled is not written. */
static void memory_that_ran_out_is_told(void **state)
{
	(void)state;
	struct error err;
	struct undrawn undrawn;
	cleanup_document struct document doc;
	char *text = NULL;
	fill(&doc);
	doc.failed = true;
	const struct table_column column = {"", NULL, TABLE_LEFT, 0};
	struct table *const spare = document_table(&doc, "", &column, 1);
	table_row(spare);
	table_cell(spare, TEXT_PLAIN, "x");
	struct plot *const plot = document_plot(&doc, "x", "x");
	plot_point(plot, plot_series(plot, PLOT_LINE, 0, "x"), 1, 1);
	str_add(document_drawing(&doc), "x");
	document_say(&doc, TEXT_PLAIN, "x");
	assert_int_equal(document_text_write(&doc, &text, &err), -ENOMEM);
	assert_int_equal(document_html_write(&doc, 1, "", NULL, &text, &undrawn, &err), -ENOMEM);
	assert_null(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(in_a_terminal),
	        cmocka_unit_test(as_a_page),
	        cmocka_unit_test(policy_fits),
	        cmocka_unit_test(plots_have_words_and_figures),
	        cmocka_unit_test(several_results_in_one_page),
	        cmocka_unit_test(memory_that_ran_out_is_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
