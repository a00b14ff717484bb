/* Metadata of tasks of the LSST Science Pipelines, new (JSON) and old (YAML), whole and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/campaign/lsst_metadata.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define NODE(scalars, arrays, inner)                                                               \
	"{\"scalars\":{" scalars "},\"arrays\":{" arrays "},\"metadata\":{" inner "}}"
#define QUANTUM(scalars, arrays) NODE("", "", "\"quantum\":" NODE(scalars, arrays, ""))
#define TIMES                    "\"startUtc\":[\"2026-02-05T17:00:00\"],\"endUtc\":[\"2026-02-05T17:00:02.5\"]"
#define NEW                      "\"__version__\":1"

static const char path_of_all[] = "run/isr_metadata/isr_metadata.json";

static double number_of(const struct campaign *campaign, size_t task, const char *name)
{
	for (size_t i = 0; i < campaign->covariate_count; i++)
		if (strcmp(campaign->covariates[i].name, name) == 0)
			return campaign->covariates[i].values[task];
	return (double)NAN;
}

static const char *label_of(const struct campaign *campaign, const char *name)
{
	for (size_t i = 0; i < campaign->covariate_count; i++) {
		const struct campaign_covariate *const c = &campaign->covariates[i];
		if (strcmp(c->name, name) == 0 && c->labels[0] != CAMPAIGN_NO_LABEL)
			return c->words.items[c->labels[0]];
	}
	return "";
}

static int parse(const char *path, const char *text, size_t bytes, struct campaign *campaign,
                 struct problems *problems)
{
	struct error err;
	return lsst_metadata_parse(path, text, bytes, campaign, problems, &err);
}

/* A figure that is not there is not 0. */
static void figures(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t wall_ns;
		int64_t cpu_ns;
		int64_t max_rss_bytes;
		enum campaign_state state;
	} cases[] = {
	        {QUANTUM(NEW, TIMES ",\"endMaxResidentSetSize\":[2000]"), 2500000000, RECORD_ABSENT,
	         2000, CAMPAIGN_DONE},
	        {QUANTUM("", TIMES ",\"endMaxResidentSetSize\":[2000]"), 2500000000, RECORD_ABSENT,
	         2048000, CAMPAIGN_DONE},
	        {QUANTUM(NEW, TIMES ",\"startCpuTime\":[7.25],\"endCpuTime\":[9.5]"), 2500000000,
	         2250000000, RECORD_ABSENT, CAMPAIGN_DONE},
	        {QUANTUM(NEW, TIMES ",\"startUserTime\":[1],\"startSystemTime\":[0.5],"
	                            "\"endUserTime\":[3],\"endSystemTime\":[1]"),
	         2500000000, 2500000000, RECORD_ABSENT, CAMPAIGN_DONE},
	        {QUANTUM(NEW, TIMES ",\"startCpuTime\":[9.5],\"endCpuTime\":[7]"), 2500000000,
	         RECORD_ABSENT, RECORD_ABSENT, CAMPAIGN_DONE},
	        {QUANTUM(NEW, TIMES ",\"endCpuTime\":[7]"), 2500000000, RECORD_ABSENT,
	         RECORD_ABSENT, CAMPAIGN_DONE},
	        {QUANTUM(NEW, TIMES ",\"endMaxResidentSetSize\":[-5]"), 2500000000, RECORD_ABSENT,
	         RECORD_ABSENT, CAMPAIGN_DONE},
	        {QUANTUM(NEW, TIMES ",\"endMaxResidentSetSize\":[NaN]"), 2500000000, RECORD_ABSENT,
	         RECORD_ABSENT, CAMPAIGN_DONE},
	        {QUANTUM(NEW, TIMES ",\"endMaxResidentSetSize\":[\"2000\"]"), 2500000000,
	         RECORD_ABSENT, RECORD_ABSENT, CAMPAIGN_DONE},
	        {QUANTUM(NEW, TIMES ",\"endMaxResidentSetSize\":[1e300]"), 2500000000,
	         RECORD_ABSENT, RECORD_ABSENT, CAMPAIGN_DONE},
	        {QUANTUM(NEW, "\"startUtc\":[\"2026-02-05T17:00:00\"]"), RECORD_ABSENT,
	         RECORD_ABSENT, RECORD_ABSENT, CAMPAIGN_FAILED},
	        {QUANTUM(NEW, "\"startUtc\":[\"2026-02-05T17:00:00\"],"
	                      "\"endUtc\":[\"2026-02-05T16:00:00\"]"),
	         RECORD_ABSENT, RECORD_ABSENT, RECORD_ABSENT, CAMPAIGN_DONE},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_campaign struct campaign campaign = {0};
		cleanup_problems struct problems problems = {0};
		print_message("# case %zu\n", i);
		assert_int_equal(parse(path_of_all, cases[i].text, strlen(cases[i].text), &campaign,
		                       &problems),
		                 0);
		assert_int_equal(campaign.task_count, 1);
		const struct campaign_task *const task = &campaign.tasks[0];
		assert_true(task->start_ns == INT64_C(1770310800000000000));
		assert_true(task->wall_ns == cases[i].wall_ns);
		assert_true(task->cpu_ns == cases[i].cpu_ns);
		assert_true(task->max_rss_bytes == cases[i].max_rss_bytes);
		assert_int_equal(task->state, cases[i].state);
		assert_int_equal(task->attempt, 0);
		assert_true(isnan(number_of(&campaign, 0, "rss_before_bytes")));
	}
}

/* Two attempts in a process that ran other tasks before. */
static void attempts(void **state)
{
	(void)state;
	static const char text[] =
	        "{\"attempts\":[" QUANTUM(NEW, "\"prepUtc\":[\"2026-02-05T16:59:58\"]") "," NODE(
	                "", "",
	                "\"warp\":" NODE("", "", "") ",\"warp:a\":" NODE(
	                        "", "", "") ",\"quantum\":" NODE(NEW,
	                                                         TIMES
	                                                         ",\"startMinorPageFaults\":[7],"
	                                                         "\"endMinorPageFaults\":[10],"
	                                                         "\"startMaxResidentSetSize\":["
	                                                         "900],"
	                                                         "\"endMaxResidentSetSize\":[900]",
	                                                         "\"butler_metrics\":" NODE(
	                                                                 "\"n_put\":9,"
	                                                                 "\"time_in_get\":0.25",
	                                                                 "", ""))) "]}";
	cleanup_campaign struct campaign campaign = {0};
	cleanup_problems struct problems problems = {0};
	assert_int_equal(parse(path_of_all, text, sizeof text - 1, &campaign, &problems), 0);
	assert_int_equal(campaign.task_count, 2);
	assert_string_equal(campaign.types.items[campaign.tasks[0].type], "warp");
	assert_int_equal(campaign.tasks[0].attempt, 1);
	assert_int_equal(campaign.tasks[0].state, CAMPAIGN_FAILED);
	assert_true(campaign.tasks[0].is_superseded);
	assert_true(campaign.tasks[0].wall_ns == RECORD_ABSENT);
	assert_int_equal(campaign.tasks[1].attempt, 2);
	assert_false(campaign.tasks[1].is_superseded);
	assert_int_equal(campaign.tasks[1].max_rss_bytes, 900);
	assert_true(isnan(number_of(&campaign, 0, "n_put")));
	assert_true(number_of(&campaign, 1, "n_put") == 9);
	assert_true(number_of(&campaign, 1, "time_in_get") == 0.25);
	assert_true(isnan(number_of(&campaign, 1, "n_get")));
	assert_true(number_of(&campaign, 1, "minor_page_faults") == 3);
	assert_true(number_of(&campaign, 1, "rss_before_bytes") == 900);
}

static void paths(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		const char *type;
		const char *values[4]; /* tract, patch, band, detector */
	} cases[] = {
	        {"u/run/deblend_metadata/4431/17/i/deblend_metadata_4431_17_i_DC2_u_run.json",
	         "deblend",
	         {"4431", "17", "i", ""}},
	        {"r/isr_metadata/20231019/r/r_57/123/"
	         "isr_metadata_LSSTCam_r_r_57_123_R22_S11_r.json",
	         "isr",
	         {"", "", "r", "R22_S11"}},
	        {"warp_metadata_y_x.json", "warp", {"", "", "y", ""}},
	};
	static const char *const names[] = {"tract", "patch", "band", "detector"};
	static const char text[] = QUANTUM(NEW, TIMES);
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_campaign struct campaign campaign = {0};
		cleanup_problems struct problems problems = {0};
		print_message("# %s\n", cases[i].path);
		assert_int_equal(parse(cases[i].path, text, sizeof text - 1, &campaign, &problems),
		                 0);
		assert_string_equal(campaign.types.items[0], cases[i].type);
		for (size_t n = 0; n < ARRAY_LENGTH(names); n++)
			assert_string_equal(label_of(&campaign, names[n]), cases[i].values[n]);
	}
}

static const char old_text[] = "!<lsst.daf.base.PropertySet>\n- - ccd\n  - PropertySet\n"
                               "  - !<lsst.daf.base.PropertyList>\n"
                               "    - [runStartUtc, String, '2018-12-11T17:51:12.25', '']\n"
                               "    - [runStartCpuTime, Double, 98.25, '']\n"
                               "    - [runEndUtc, String, '2018-12-11T17:51:30.5', '']\n"
                               "    - [runEndCpuTime, Double, 116.5, '']\n"
                               "    - [runEndMaxResidentSetSize, LongLong, 1000, '']\n";

static void old_style(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	cleanup_problems struct problems problems = {0};
	assert_int_equal(parse("x.yaml", old_text, sizeof old_text - 1, &campaign, &problems), 0);
	assert_string_equal(campaign.types.items[0], "ccd");
	assert_int_equal(campaign.tasks[0].wall_ns, 18250000000);
	assert_int_equal(campaign.tasks[0].cpu_ns, 18250000000);
	assert_int_equal(campaign.tasks[0].max_rss_bytes, 1024000);
}

/* All of a file or nothing of it, and the file is named. */
static void cut(void **state)
{
	(void)state;
	static const char text[] =
	        "{\"attempts\":[" QUANTUM(NEW, TIMES ",\"endMaxResidentSetSize\":[2000]") "]}";
	const struct {
		const char *text;
		size_t bytes;
		bool may_be_whole; /* a YAML that ends behind a line is one */
	} cases[] = {{text, sizeof text - 1, false}, {old_text, sizeof old_text - 1, true}};
	for (size_t c = 0; c < ARRAY_LENGTH(cases); c++)
		for (size_t bytes = 0; bytes < cases[c].bytes; bytes++) {
			cleanup_campaign struct campaign campaign = {0};
			cleanup_problems struct problems problems = {0};
			const int r =
			        parse(path_of_all, cases[c].text, bytes, &campaign, &problems);
			if (r == 0 && cases[c].may_be_whole) {
				assert_int_equal(campaign.task_count, 1);
				continue;
			}
			assert_int_equal(r, -EINVAL);
			assert_int_equal(campaign.task_count, 0);
			assert_int_equal(problems.count, 1);
			assert_int_equal(strncmp(problems.items[0].text, path_of_all,
			                         sizeof path_of_all - 1),
			                 0);
		}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	        cmocka_unit_test(figures),   cmocka_unit_test(attempts), cmocka_unit_test(paths),
	        cmocka_unit_test(old_style), cmocka_unit_test(cut),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
