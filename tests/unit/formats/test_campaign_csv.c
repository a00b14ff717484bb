/* Tables of campaigns: which columns are what, units that nobody said, attempts, states, and all
 * that is wrong with a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "core/str.h"
#include "formats/campaign/campaign_attempts.h"
#include "formats/campaign/campaign_csv.h"
#include "formats/campaign/state_words.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static int read_text(const char *text, const char *columns, struct campaign *campaign,
                     struct problems *problems, struct error *err)
{
	const struct campaign_csv_settings settings = {.columns = columns};
	FILE *const stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	assert_non_null(stream);
	const int r = campaign_csv_read("x.csv", stream, &settings, campaign, problems, err);
	fclose(stream);
	return r;
}

/* Reads what has to be right. */
static void read_good(const char *text, const char *columns, struct campaign *campaign)
{
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	const int r = read_text(text, columns, campaign, &problems, &err);
	if (r < 0)
		fail_msg("%s\n%s", err.text, problems.count ? problems.items[0].text : "");
}

static bool has_remark(const struct campaign *campaign, const char *part)
{
	for (size_t i = 0; i < campaign->remarks.count; i++)
		if (strstr(campaign->remarks.items[i], part))
			return true;
	return false;
}

/* What the only row of a table becomes. */
static void figures(void **state)
{
	(void)state;
	static const int64_t none = RECORD_ABSENT;
	static const struct {
		const char *text;
		const char *columns;
		int64_t wall_ns;
		int64_t cpu_ns;
		int64_t max_rss_bytes;
		uint32_t cores;
	} cases[] = {
	        {"wall_s,cpu_s,max_rss_bytes,cores\n1,2,3,4\n", NULL, 1000000000, 2000000000, 3, 4},
	        {"label,memory,init_time,run_time,wall_time\nisr,300000000.0,1,2,4\n", NULL,
	         4000000000, 2000000000, 300000000, 0},
	        {"label,memory,run_time,wall_time\nisr,2600,2,4\n", NULL, 4000000000, 2000000000,
	         none, 0},
	        {"run_time\n2\n", NULL, 2000000000, none, none, 0},
	        {"walltime,cpu_time_min\n2,3\n", NULL, 2000000000, 180000000000, none, 0},
	        {"max_rss_gb\n2.5\n", NULL, none, none, 2500000000, 0},
	        {"maxRSS (MiB)|AllocCPUs\n2|16\n", NULL, none, none, 2 << 20, 16},
	        {"MaxRSS\n2K\n", NULL, none, none, 2048, 0},
	        {"MaxRSS,wall\n0K,1\n", NULL, 1000000000, none, none, 0},
	        {"max_rss_bytes,wall\n0,1\n", NULL, 1000000000, none, none, 0},
	        {"maxRSS,wall\n2000000000,1\n", NULL, 1000000000, none, 2000000000, 0},
	        {"maxRSS,wall\n2000000000.0,1\n", NULL, 1000000000, none, 2000000000, 0},
	        {"maxRSS,wall\n2000000000.5,1\n", NULL, 1000000000, none, none, 0},
	        {"maxRSS,wall\n2000000,1\n", NULL, 1000000000, none, none, 0},
	        {"maxRSS,wall\n2000000,1\n", "max_rss_bytes=maxRSS:kB", 1000000000, none,
	         2000000000, 0},
	        {"user,sys\n2,3\n", "wall_s=-,cpu_s=-,user_s=user,system_s=sys", none, 5000000000,
	         none, 0},
	        {"user_s,wall_s\n2,3\n", NULL, 3000000000, none, none, 0},
	        {"start,end\n2026-01-31T12:00:00Z,2026-01-31T12:00:31.5Z\n", NULL, 31500000000,
	         none, none, 0},
	        {"a;b\n2;3\n", "cpu_s=b:h,wall_s=#1:ms", 2000000, 10800000000000, none, 0},
	        {"wall_s,max_rss_bytes,cpu_s\nNA,,-\n", NULL, none, none, none, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_campaign struct campaign campaign = {0};
		read_good(cases[i].text, cases[i].columns, &campaign);
		assert_int_equal(campaign.task_count, 1);
		const struct campaign_task *const task = &campaign.tasks[0];
		if (task->wall_ns != cases[i].wall_ns || task->cpu_ns != cases[i].cpu_ns ||
		    task->max_rss_bytes != cases[i].max_rss_bytes || task->cores != cases[i].cores)
			fail_msg("%s: wall %lld cpu %lld rss %lld cores %u", cases[i].text,
			         (long long)task->wall_ns, (long long)task->cpu_ns,
			         (long long)task->max_rss_bytes, task->cores);
	}
}

static void what_was_guessed_is_said(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	read_good("label,visit,maxRSS,wall_time,nImage\nisr,5,2000000000,2,17\n", NULL, &campaign);
	assert_true(has_remark(&campaign, "type from \"label\""));
	assert_true(has_remark(&campaign, "wall_s from \"wall_time\" (s, assumed)"));
	assert_true(has_remark(&campaign, "columns passed over: \"visit\""));
	assert_true(has_remark(&campaign, "maxRSS is taken for bytes"));
	assert_false(has_remark(&campaign, "no column is known"));
	assert_true(has_remark(&campaign, "2 TB"));
	cleanup_campaign struct campaign other = {0};
	read_good("wall_s,maxRSS\n1,2000000\n", NULL, &other);
	assert_true(has_remark(&other, "max_rss_bytes=maxRSS:UNIT"));
}

static void covariates(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	read_good("task,wall_s,nVisits,band,tile,filter id,raft,note\n"
	          "a,1,17,u,007,1.5,R11,\n"
	          "b,1,,g,8,,R12,\n"
	          "a,1,3.25,u,9,x,R13,\n",
	          "covariate.visits=nVisits,label.filter=filter id,label.raft=raft", &campaign);
	assert_int_equal(campaign.types.count, 2);
	assert_int_equal(campaign.covariate_count, 5);
	assert_true(has_remark(&campaign, "max_rss_bytes=COLUMN:UNIT"));
	assert_false(has_remark(&campaign, "type=COLUMN"));
	const struct campaign_covariate *const all = campaign.covariates;
	assert_string_equal(all[0].name, "visits");
	assert_false(all[0].is_label);
	assert_true(all[0].values[0] == 17 && isnan(all[0].values[1]) && all[0].values[2] == 3.25);
	assert_string_equal(all[1].name, "band");
	assert_int_equal(all[1].words.count, 2);
	assert_int_equal(all[1].labels[0], all[1].labels[2]);
	/* "007" names something, and so do the numbers of its column then. */
	assert_true(all[2].is_label);
	assert_string_equal(all[2].words.items[all[2].labels[0]], "007");
	assert_string_equal(all[2].words.items[all[2].labels[1]], "8");
	assert_string_equal(all[3].name, "filter");
	assert_string_equal(all[3].words.items[all[3].labels[0]], "1.5");
	assert_int_equal(all[3].labels[1], CAMPAIGN_NO_LABEL);
	assert_string_equal(all[4].name, "raft");
}

/* A name that is not known hides a type among the covariates: it is told, and how to say it. */
static void without_types(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	read_good("processing_step,wall_s,max_rss_gb\na,1,2\nb,1,3\n", NULL, &campaign);
	assert_int_equal(campaign.types.count, 1);
	assert_true(has_remark(&campaign, "the type \"task\" (--columns type=COLUMN)"));
	assert_false(has_remark(&campaign, "max_rss_bytes=COLUMN"));
}

static void a_column_becomes_text_late(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	cleanup_str struct str text = {0};
	str_add(&text, "wall_s,mode,every\n");
	for (int i = 0; i < 3000; i++)
		str_addf(&text, "1,%s,x%d\n", i < 2999 ? (i % 2 ? "1" : "2.5") : "fast", i);
	read_good(str_text(&text), NULL, &campaign);
	assert_int_equal(campaign.covariate_count, 1);
	assert_string_equal(campaign.covariates[0].name, "mode");
	assert_int_equal(campaign.covariates[0].words.count, 3);
	assert_string_equal(campaign.covariates[0].words.items[2], "fast");
	assert_true(has_remark(&campaign, "more than 256 different texts: \"every\""));
}

/* Two files: numbers in one, texts in the other. */
static void files_have_to_agree(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	cleanup_problems struct problems problems = {0};
	struct error err;
	read_good("wall_s,mode\n1,2\n", NULL, &campaign);
	assert_int_equal(
	        read_text("wall_s,mode\n1,fast\n2,slow\n", NULL, &campaign, &problems, &err),
	        -EINVAL);
	assert_non_null(strstr(problems.items[0].text, "label.NAME=COLUMN"));
	assert_int_equal(campaign.task_count, 1);
	read_good("wall_s,more\n1,2\n", NULL, &campaign);
	assert_int_equal(campaign.task_count, 2);
	assert_true(isnan(campaign.covariates[1].values[0]));
}

static void states(void **state)
{
	(void)state;
	static const struct {
		const char *cell;
		enum campaign_state state;
	} cases[] = {
	        {"COMPLETED", CAMPAIGN_DONE},
	        {"success", CAMPAIGN_DONE},
	        {"FAILED", CAMPAIGN_FAILED},
	        {"EXIT", CAMPAIGN_FAILED},
	        {"left-children", CAMPAIGN_FAILED},
	        {"TIMEOUT", CAMPAIGN_TIMED_OUT},
	        {"timed-out", CAMPAIGN_TIMED_OUT},
	        {"Timed Out", CAMPAIGN_TIMED_OUT},
	        {"OUT_OF_MEMORY", CAMPAIGN_OUT_OF_MEMORY},
	        {"OUT_OF_ME+", CAMPAIGN_OUT_OF_MEMORY},
	        {"OOMKilled", CAMPAIGN_OUT_OF_MEMORY},
	        {"CANCELLED by 1000", CAMPAIGN_LOST},
	        {"CANCELLED+", CAMPAIGN_LOST},
	        {"NODE_FAIL", CAMPAIGN_LOST},
	        {"PREEMPTED", CAMPAIGN_LOST},
	        {"REQUEUED", CAMPAIGN_LOST},
	        {"RUNNING", CAMPAIGN_UNFINISHED},
	        {"PENDING", CAMPAIGN_UNFINISHED},
	        {"unknown", CAMPAIGN_UNKNOWN},
	};
	for (size_t i = 0; i < CAMPAIGN_STATES; i++) {
		enum campaign_state own = CAMPAIGN_STATES;
		assert_true(campaign_state_read(campaign_state_names[i], &own));
		assert_int_equal(own, i);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		enum campaign_state found = CAMPAIGN_STATES;
		if (!campaign_state_read(cases[i].cell, &found) || found != cases[i].state)
			fail_msg("%s: %d", cases[i].cell, (int)found);
	}
	static const char *const none[] = {"",  "+",     "R+",        "complex run",
	                                   "1", "done!", "FA\x1bILED"};
	for (size_t i = 0; i < ARRAY_LENGTH(none); i++) {
		enum campaign_state found = CAMPAIGN_STATES;
		if (campaign_state_read(none[i], &found))
			fail_msg("%s: %d", none[i], (int)found);
	}
}

/* What else says how a task ended. */
static void endings(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	read_good("wall_s,exit_code,success,exceeded_memory_limit\n"
	          "1,0,,\n1,3,,\n1,0:9,,\n1,-9,,\n1,0:0,,\n1,,,\n1,,true,\n1,,False,\n1,0,1,1\n",
	          NULL, &campaign);
	static const enum campaign_state expected[] = {
	        CAMPAIGN_DONE,   CAMPAIGN_FAILED, CAMPAIGN_FAILED,
	        CAMPAIGN_FAILED, CAMPAIGN_DONE,   CAMPAIGN_UNKNOWN,
	        CAMPAIGN_DONE,   CAMPAIGN_FAILED, CAMPAIGN_OUT_OF_MEMORY};
	assert_int_equal(campaign.task_count, ARRAY_LENGTH(expected));
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
		assert_int_equal(campaign.tasks[i].state, expected[i]);
}

static void attempts(void **state)
{
	(void)state;
	/* By keys and numbers. */
	cleanup_campaign struct campaign keyed = {0};
	read_good("type,visit,detector,attempt,wall_s,note\n"
	          "isr,1,1,2,1,a\nisr,1,1,1,1,b\nisr,1,2,1,1,b\ncal,1,1,1,1,\nisr,1,1,3,1,c\n",
	          NULL, &keyed);
	static const bool followed[] = {true, true, false, false, false};
	for (size_t i = 0; i < ARRAY_LENGTH(followed); i++)
		assert_int_equal(keyed.tasks[i].is_superseded, followed[i]);
	/* Keys that do not tell tasks apart: two have the same number. */
	cleanup_campaign struct campaign unclear = {0};
	read_good("type,tract,attempt,wall_s\nisr,1,1,1\nisr,1,1,1\nisr,1,2,1\nisr,2,1,1\n"
	          "isr,2,2,1\n",
	          NULL, &unclear);
	static const bool followed_then[] = {false, false, false, true, false};
	for (size_t i = 0; i < ARRAY_LENGTH(followed_then); i++)
		assert_int_equal(unclear.tasks[i].is_superseded, followed_then[i]);
	assert_true(has_remark(&unclear, "3 attempts have the same number"));
	/* By an id alone: they are numbered as they began. */
	cleanup_campaign struct campaign named = {0};
	read_good("task_id,start_s,wall_s\nx,20,1\ny,0,1\nx,10,1\n", NULL, &named);
	assert_int_equal(named.tasks[0].attempt, 2);
	assert_int_equal(named.tasks[2].attempt, 1);
	assert_true(named.tasks[2].is_superseded && !named.tasks[0].is_superseded);
	assert_int_equal(named.tasks[1].attempt, 0);
	/* From 0 on, and nothing says of what. */
	cleanup_campaign struct campaign counted = {0};
	read_good("retries,wall_s\n0,1\n2,1\n", NULL, &counted);
	assert_int_equal(counted.tasks[1].attempt, 3);
	assert_false(counted.tasks[0].is_superseded);
	assert_true(has_remark(&counted, "--columns id=COLUMN"));
}

static void what_is_wrong_is_told(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *columns;
		const char *said;
	} cases[] = {
	        {"", NULL, "x.csv:1:1: header: the file is empty"},
	        {"a,b\n1,2\n", NULL, "no column for the wall time, the CPU time or the memory"},
	        {"wall_s\n", NULL, "no task behind the header"},
	        {"wall_s\n1", NULL, "may be cut off"},
	        {"wall_s,b\n1\n", NULL, "x.csv:2:1: row: 1 cell"},
	        {"wall_s\nx\n", NULL, "x.csv:2:1: wall_s: \"x\" is no number"},
	        {"wall_s\n-1\n", NULL, "below 0"},
	        {"wall_s,state\n1,melted\n", NULL, "write done, failed"},
	        {"wall_s,status\n1,melted\n", NULL, "(--columns state=-)"},
	        {"wall_s,success\n1,perhaps\n", NULL, "neither true nor false"},
	        {"wall_s,v\n1,x\n", "covariate.v=v", "\"x\" is no number"},
	        {"start_s,end_s\n5,4\n", NULL, "ends before it starts"},
	        {"wall_s\n1\n", "type=label", "no column \"label\""},
	        {"wall_s\n1\n", "wal_s=wall_s", "did you mean wall_s?"},
	        {"wall_s\n1\n", "covariate.=wall_s", "nothing that is known"},
	        {"\x1f\x8b", NULL, "compressed"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_campaign struct campaign campaign = {0};
		cleanup_problems struct problems problems = {0};
		struct error err = {""};
		/* fmemopen refuses an empty buffer. */
		FILE *const stream = tmpfile();
		assert_non_null(stream);
		fputs(cases[i].text, stream);
		rewind(stream);
		const struct campaign_csv_settings settings = {.columns = cases[i].columns};
		const int r =
		        campaign_csv_read("x.csv", stream, &settings, &campaign, &problems, &err);
		fclose(stream);
		const char *const said = problems.count ? problems.items[0].text : err.text;
		if (r != -EINVAL || !strstr(said, cases[i].said))
			fail_msg("%zu: %d, %s", i, r, said);
		assert_int_equal(campaign.task_count, 0);
	}
}

static void every_name_its_own_type(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	cleanup_problems struct problems problems = {0};
	struct error err;
	cleanup_str struct str text = {0};
	str_add(&text, "task,wall_s\n");
	for (int i = 0; i <= CAMPAIGN_MOST_TYPES; i++)
		str_addf(&text, "task%d,1\n", i);
	assert_int_equal(read_text(str_text(&text), NULL, &campaign, &problems, &err), -EINVAL);
	assert_int_equal(problems.count, 1);
	assert_non_null(strstr(problems.items[0].text, "(--columns type=-)"));
}

static void many_attempts(void **state)
{
	(void)state;
	/* Many attempts of many tasks: only those with a second one are looked at. */
	enum { COUNT = 5000 };
	cleanup_campaign struct campaign campaign = {0};
	static uint64_t identities[COUNT];
	struct error err;
	for (uint32_t i = 0; i < COUNT; i++) {
		struct campaign_task task = campaign_task_empty();
		char name[32];
		task.attempt = (uint16_t)(i < COUNT / 2 ? 1 : 2);
		snprintf(name, sizeof name, "%u", i % (COUNT / 2 + 7));
		identities[i] = campaign_identity_add(campaign_identity_begin(3), name);
		assert_int_equal(campaign_add(&campaign, &task, &err), 0);
	}
	assert_int_equal(campaign_mark_superseded(&campaign, 0, identities, &err), 0);
	for (uint32_t i = 0; i < COUNT; i++)
		assert_int_equal(campaign.tasks[i].is_superseded, i < COUNT / 2 - 7);
}

/* A table with letters changed is read, or told to be wrong; nothing half is left. */
static void changes(void **state)
{
	(void)state;
	static const char table[] =
	        "label,visit,detector,band,nImage,memory,run_time,wall,state,attempt\n"
	        "isr,1,2,g,,2600000000,20.5,0:31.25,COMPLETED,1\n"
	        "\"a \"\"b\"\"\",1,3,r,1e3,2.1e9,20.5,31.25,FAILED,1\n"
	        "coadd,,,r,17,2K,NA,1-02:03:04,TIMEOUT,2\n";
	static const char letters[] = ",\n\"0-9.:eKGN |;\t\xff#\x1b";
	struct rng rng;
	rng_init(&rng, 7, 1);
	for (int i = 0; i < 3000; i++) {
		char text[sizeof table];
		memcpy(text, table, sizeof table);
		const size_t count = 1 + rng_below(&rng, 4);
		for (size_t k = 0; k < count; k++)
			text[rng_below(&rng, sizeof table - 1)] =
			        letters[rng_below(&rng, sizeof letters - 1)];
		cleanup_campaign struct campaign campaign = {0};
		cleanup_problems struct problems problems = {0};
		struct error err;
		const int r = read_text(text, NULL, &campaign, &problems, &err);
		assert_true(r == 0 ? campaign.task_count > 0
		                   : r == -EINVAL && campaign.task_count == 0 &&
		                             problems.count > 0);
		for (size_t t = 0; t < campaign.task_count; t++)
			assert_true(campaign.tasks[t].type < campaign.types.count &&
			            campaign.tasks[t].state < CAMPAIGN_STATES);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(figures),
	        cmocka_unit_test(what_was_guessed_is_said),
	        cmocka_unit_test(covariates),
	        cmocka_unit_test(without_types),
	        cmocka_unit_test(a_column_becomes_text_late),
	        cmocka_unit_test(files_have_to_agree),
	        cmocka_unit_test(states),
	        cmocka_unit_test(endings),
	        cmocka_unit_test(attempts),
	        cmocka_unit_test(what_is_wrong_is_told),
	        cmocka_unit_test(every_name_its_own_type),
	        cmocka_unit_test(many_attempts),
	        cmocka_unit_test(changes),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
