/* What campaigns need, as people and programs read it: in a terminal of 80 columns, as a page and
 * as JSON; of many types with long names, of names that want to break out, and of next to nothing.
 */
#include "golden.h"
#include "needs_sample.h"
#include "report/campaign/needs_document.h"
#include "report/document_html.h"
#include "report/document_text.h"
#include "report/json/requirements_json.h"
#include "report/plot/plot_script.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const struct text_style plain = {.width = 80};
static const struct text_style ascii = {.width = 80, .is_ascii = true};
static const struct text_style wide = {.width = 160};

/* A campaign with what it needs. */
struct made {
	struct campaign campaign;
	struct requirements needs;
	struct needs_told told;
};

/* What is fitted has tests of its own: here lines are as they are said to be, so that a text that
 * is kept does not depend on the last digit of an iteration. Every third type grows. */
static void settle(struct made *made)
{
	static const double below[CAMPAIGN_FITS] = {0.52, 0.5, 0.95, 0.94};
	for (size_t t = 0; t < made->needs.type_count; t++)
		for (size_t r = 0; r < made->needs.types[t].relation_count; r++) {
			struct campaign_relation *const relation =
			        &made->needs.types[t].relations[r];
			const double unit = relation->figure == CAMPAIGN_MAX_RSS ? 1e9 : 1;
			for (size_t k = 0; k < CAMPAIGN_FITS; k++) {
				struct campaign_fit *const fit = &relation->fits[k];
				const double slope =
				        (t % 3 == 2 ? 0.02 + 0.001 * (double)k : 1e-5) * unit;
				if (fit->points == 0)
					continue;
				fit->slope.value = slope;
				fit->slope.low = slope - 0.0005 * unit;
				fit->slope.high = slope + 0.0005 * unit;
				fit->slope.reason = NULL;
				fit->intercept.value = (0.3 + 0.1 * (double)t) * unit;
				fit->below = below[k];
			}
		}
}

/* Likewise the intervals of what is compared. */
static void settle_differences(struct requirements_comparison *comparison)
{
	for (size_t i = 0; i < comparison->difference_count; i++) {
		struct estimate *const ratios[] = {&comparison->differences[i].p50_ratio,
		                                   &comparison->differences[i].p95_ratio};
		for (size_t k = 0; k < ARRAY_LENGTH(ratios); k++) {
			ratios[k]->low = ratios[k]->value * 0.97;
			ratios[k]->high = ratios[k]->value * 1.03;
		}
	}
}

static void make(const struct needs_sample *sample, const char *label, double limit,
                 struct made *made)
{
	struct error err;
	const struct requirements_options options = {.limit_bytes = limit};
	memset(made, 0, sizeof *made);
	needs_sample_fill(sample, label, &made->campaign);
	assert_int_equal(requirements_build(&made->campaign, &options, &made->needs, &err), 0);
	settle(made);
	made->told = (struct needs_told){.name = label, .path = "campaign.db"};
}

static void release(struct made *made)
{
	requirements_release(&made->needs);
	campaign_release(&made->campaign);
}

static char *write_terminal(const struct made *made, const struct text_style *style)
{
	struct error err;
	char *text = NULL;
	cleanup_document struct document doc;
	document_init(&doc, "", style);
	needs_document(&made->needs, &made->told, READ_IN_TERMINAL, &doc);
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	return text;
}

/* Without pictures. */
static char *write_page(const struct made *made)
{
	struct error err;
	struct undrawn undrawn;
	char *html = NULL;
	cleanup_document struct document doc;
	document_init(&doc, "", &plain);
	needs_document(&made->needs, &made->told, READ_IN_PAGE, &doc);
	assert_int_equal(document_html_write(&doc, 1, doc.title, NULL, &html, &undrawn, &err), 0);
	return html;
}

/* No line is wider, but for a word that is, and nothing steers. */
static void assert_fits(const char *text, size_t width)
{
	for (const char *line = text; *line;) {
		const size_t length = strcspn(line, "\n");
		cleanup_str struct str one = {0};
		str_add_bytes(&one, line, length);
		const char *const words = str_text(&one) + strspn(str_text(&one), " ");
		if (text_width(str_text(&one)) > width && strchr(words, ' '))
			fail_msg("%zu columns: %s", text_width(str_text(&one)), str_text(&one));
		for (size_t i = 0; i < length; i++)
			assert_true((unsigned char)line[i] >= ' ' && line[i] != '\x7f');
		line += length + (line[length] == '\n');
	}
}

/* ---- A terminal ----------------------------------------------------------------------------- */

static void test_many_types_with_long_names(void **state)
{
	(void)state;
	static const struct needs_sample sample = {
	        .types = 30, .tasks = 150, .scale = 1, .has_memory = true};
	struct made made;
	make(&sample, "w_2025_48", 6e9, &made);
	cleanup_free char *text = write_terminal(&made, &plain);
	assert_fits(text, 80);
	assert_golden("needs-30-80.txt", text);
	/* What is cut stands in full at the end, and nothing is cut where there is room. */
	assert_non_null(strstr(text, "makeAnalysisSingleVisitStarAssociationWholeSkyPlot"));
	cleanup_free char *open = write_terminal(&made, &wide);
	assert_fits(open, 160);
	assert_null(strstr(open, "Names in full"));
	assert_null(strstr(open, ".."));
	release(&made);
}

static void test_few_types(void **state)
{
	(void)state;
	static const struct needs_sample sample = {
	        .types = 3, .tasks = 200, .scale = 1, .is_whole = true, .has_memory = true};
	struct made made;
	make(&sample, "pilot", (double)NAN, &made);
	cleanup_free char *text = write_terminal(&made, &ascii);
	assert_fits(text, 80);
	assert_golden("needs-3-80-ascii.txt", text);
	release(&made);
}

static void test_what_is_not_known_is_said(void **state)
{
	(void)state;
	static const struct needs_sample sample = {.types = 4, .tasks = 30, .scale = 1};
	struct made made;
	make(&sample, "no memory", 6e9, &made);
	cleanup_free char *text = write_terminal(&made, &plain);
	assert_non_null(strstr(text, "no task of this campaign has a max RSS"));
	assert_null(strstr(text, "nan"));
	cleanup_free char *html = write_page(&made);
	assert_null(strstr(html, ">nan"));
	release(&made);
}

static void test_one_task(void **state)
{
	(void)state;
	static const struct needs_sample sample = {
	        .types = 1, .tasks = 1, .scale = 1, .is_whole = true, .has_memory = true};
	struct made made;
	make(&sample, "one", 1e6, &made);
	cleanup_free char *text = write_terminal(&made, &plain);
	assert_fits(text, 80);
	assert_null(strstr(text, "nan"));
	assert_null(strstr(text, "inf"));
	cleanup_free char *html = write_page(&made);
	assert_null(strstr(html, ">nan"));
	release(&made);
}

/* Metadata has a dozen numbers beside each task: the tables are of those that something grows with.
 */
static void test_many_covariates(void **state)
{
	(void)state;
	static const struct needs_sample sample = {.types = 12,
	                                           .tasks = 60,
	                                           .figures = 12,
	                                           .scale = 1,
	                                           .is_whole = true,
	                                           .has_memory = true};
	struct made made;
	struct error err;
	const struct requirements_options options = {.limit_bytes = (double)NAN};
	memset(&made, 0, sizeof made);
	needs_sample_fill(&sample, "metadata", &made.campaign);
	assert_int_equal(requirements_build(&made.campaign, &options, &made.needs, &err), 0);
	made.told = (struct needs_told){.name = "metadata", .path = "campaign.db"};
	cleanup_free char *text = write_terminal(&made, &plain);
	assert_fits(text, 80);
	const char *const growth = strstr(text, "How it grows");
	assert_non_null(growth);
	/* What memory was made to grow with comes first. */
	assert_non_null(strstr(growth, "Max RSS against visits:"));
	size_t tables = 0;
	for (const char *at = growth; (at = strstr(at, " against ")); at++)
		tables++;
	assert_true(tables <= 2 * 3 + 1); /* and "against the covariates" */
	assert_non_null(strstr(growth, "counter_11"));
	release(&made);
}

/* ---- Hostile names -------------------------------------------------------------------------- */

static void test_names_that_want_to_break_out(void **state)
{
	(void)state;
	static const struct needs_sample sample = {
	        .types = 8, .tasks = 60, .scale = 1, .has_memory = true, .is_hostile = true};
	struct made made;
	make(&sample, "<b>label</b>\x1b[5m", 2e9, &made);
	cleanup_free char *text = write_terminal(&made, &ascii);
	assert_fits(text, 80);
	cleanup_free char *html = write_page(&made);
	assert_null(strstr(html, "<script>alert(1)"));
	assert_null(strstr(html, "<b>label"));
	assert_null(strchr(html, '\x1b'));
	release(&made);
}

/* In what gnuplot reads, a name stands within single quotes, and no quote of its own ends them. */
static void test_names_in_scripts(void **state)
{
	(void)state;
	static const struct needs_sample sample = {
	        .types = 8, .tasks = 60, .scale = 1, .has_memory = true, .is_hostile = true};
	struct made made;
	struct error err;
	size_t drawn = 0;
	make(&sample, "a'b", 2e9, &made);
	cleanup_document struct document doc;
	document_init(&doc, "", &plain);
	needs_document(&made.needs, &made.told, READ_IN_PAGE, &doc);
	assert_false(doc.failed);
	for (size_t s = 0; s < doc.section_count; s++)
		for (size_t b = 0; b < doc.sections[s].block_count; b++) {
			const struct plot *const plot = doc.sections[s].blocks[b].plot;
			cleanup_str struct str script = {0};
			if (!plot)
				continue;
			const struct plot_frame frame = plot_frame(plot);
			assert_int_equal(plot_script_draw(plot, &frame, "$data", &script, &err), 0);
			const char *const written = str_text(&script);
			assert_null(strchr(written, '\x1b'));
			assert_null(strstr(written, "a'b"));
			size_t quotes = 0;
			for (const char *c = written; *c; c++)
				quotes += *c == '\'';
			assert_int_equal(quotes % 2, 0);
			drawn++;
		}
	assert_true(drawn > 10);
	release(&made);
}

/* ---- Several campaigns ---------------------------------------------------------------------- */

struct compared {
	struct made sides[3];
	const struct requirements *campaigns[3];
	struct needs_told told[3];
	struct requirements_comparison comparison;
};

static void compare(struct compared *c)
{
	static const char *const labels[] = {"w_2025_48", "v30.0.0.rc2", "v30.0.0"};
	static const double scales[] = {1, 0.8, 1.02};
	struct error err;
	for (size_t i = 0; i < ARRAY_LENGTH(labels); i++) {
		const struct needs_sample sample = {.types = 9 - i,
		                                    .tasks = 150,
		                                    .scale = scales[i],
		                                    .is_whole = true,
		                                    .has_memory = true};
		make(&sample, labels[i], 6e9, &c->sides[i]);
		c->campaigns[i] = &c->sides[i].needs;
		c->told[i] = c->sides[i].told;
	}
	assert_int_equal(requirements_compare(c->campaigns, 3, &c->comparison, &err), 0);
	settle_differences(&c->comparison);
}

static void release_compared(struct compared *c)
{
	requirements_comparison_release(&c->comparison);
	for (size_t i = 0; i < 3; i++)
		release(&c->sides[i]);
}

static void test_campaigns_beside_one_another(void **state)
{
	(void)state;
	struct compared c = {0};
	struct error err;
	compare(&c);
	cleanup_document struct document doc;
	document_init(&doc, "", &plain);
	needs_compare_document(&c.comparison, c.told, READ_IN_TERMINAL, &doc);
	cleanup_free char *text = NULL;
	assert_int_equal(document_text_write(&doc, &text, &err), 0);
	assert_fits(text, 80);
	assert_golden("needs-compare-80.txt", text);
	release_compared(&c);
}

/* ---- JSON ----------------------------------------------------------------------------------- */

static json_t *parse(const struct requirements_comparison *comparison,
                     const struct needs_told *told)
{
	struct error err;
	json_error_t problem;
	cleanup_free char *text = NULL;
	assert_int_equal(requirements_json_write(comparison, told, &text, &err), 0);
	assert_null(strstr(text, "nan"));
	json_t *const json = json_loads(text, 0, &problem);
	assert_non_null(json);
	return json;
}

static void test_json(void **state)
{
	(void)state;
	struct compared c = {0};
	compare(&c);
	json_t *const json = parse(&c.comparison, c.told);
	json_t *const campaigns = json_object_get(json, "campaigns");
	assert_int_equal(json_array_size(campaigns), 3);
	json_t *const first = json_array_get(campaigns, 0);
	json_t *const types = json_object_get(first, "types");
	assert_int_equal(json_array_size(types), c.sides[0].needs.type_count);
	size_t attempts = 0;
	size_t index;
	json_t *type;
	json_array_foreach(types, index, type)
	{
		attempts += (size_t)json_integer_value(json_object_get(type, "attempts"));
		const json_t *const rss = json_object_get(type, "max_rss_bytes");
		assert_true(json_number_value(json_object_get(rss, "p50")) <=
		            json_number_value(json_object_get(rss, "p95")));
	}
	assert_int_equal(attempts, 9 * 150);
	/* The limit that was named is the second of four, and says what the bins say. */
	const json_t *const limits = json_object_get(first, "memory");
	assert_int_equal(json_array_size(limits), 4);
	const json_t *const limit = json_array_get(limits, 1);
	const json_t *const all = json_object_get(first, "all");
	assert_true(json_equal(json_object_get(limit, "tasks"),
	                       json_object_get(json_object_get(all, "over_limit"), "tasks")));
	assert_string_equal(json_string_value(json_object_get(json, "compared_with")), "w_2025_48");
	assert_int_equal(json_array_size(json_object_get(json, "differences")),
	                 c.comparison.difference_count);
	json_decref(json);
	release_compared(&c);
}

static void test_json_of_hostile_names(void **state)
{
	(void)state;
	static const struct needs_sample sample = {
	        .types = 7, .tasks = 30, .scale = 1, .has_memory = false, .is_hostile = true};
	struct made made;
	struct error err;
	struct requirements_comparison comparison = {0};
	make(&sample, "x", 2.5e9, &made);
	const struct requirements *const one = &made.needs;
	assert_int_equal(requirements_compare(&one, 1, &comparison, &err), 0);
	json_t *const json = parse(&comparison, &made.told);
	const json_t *const campaign = json_array_get(json_object_get(json, "campaigns"), 0);
	assert_int_equal(json_array_size(json_object_get(campaign, "types")), 7);
	/* The limit of its own stands between the usual ones, below the first. */
	const json_t *const limits = json_object_get(campaign, "memory");
	assert_int_equal(json_array_size(limits), 5);
	assert_true(json_number_value(json_object_get(json_array_get(limits, 0), "limit_bytes")) ==
	            2.5e9);
	assert_true(json_is_null(json_object_get(json, "compared_with")));
	json_decref(json);
	requirements_comparison_release(&comparison);
	release(&made);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_many_types_with_long_names),
	        cmocka_unit_test(test_few_types),
	        cmocka_unit_test(test_what_is_not_known_is_said),
	        cmocka_unit_test(test_one_task),
	        cmocka_unit_test(test_many_covariates),
	        cmocka_unit_test(test_names_that_want_to_break_out),
	        cmocka_unit_test(test_names_in_scripts),
	        cmocka_unit_test(test_campaigns_beside_one_another),
	        cmocka_unit_test(test_json),
	        cmocka_unit_test(test_json_of_hostile_names),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
