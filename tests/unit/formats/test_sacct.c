/* What sacct prints: columns and delimiters, states, steps joined to jobs, attempts, names
 * that are types, and what is wrong with a table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "core/str.h"
#include "formats/campaign/sacct.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_bytes(const char *text, size_t bytes, struct campaign *campaign,
                      struct problems *problems, struct error *err)
{
	FILE *const stream =
	        bytes > 0 ? fmemopen((void *)(uintptr_t)text, bytes, "r") : fopen("/dev/null", "r");
	assert_non_null(stream);
	const int r = sacct_read("x.txt", stream, campaign, problems, err);
	fclose(stream);
	return r;
}

static void add_figure(struct str *text, int64_t value, int64_t scale)
{
	if (value == RECORD_ABSENT)
		str_addf(text, " -");
	else
		str_addf(text, " %" PRId64, value / scale);
}

/* A line per task: type, state, start in s, wall and CPU in ms, max RSS in bytes, cores, attempt; !
 * where it was tried again. */
static void list(const struct campaign *campaign, struct str *text)
{
	for (size_t i = 0; i < campaign->task_count; i++) {
		const struct campaign_task *const task = &campaign->tasks[i];
		str_addf(text, "%s %s", campaign->types.items[task->type],
		         campaign_state_names[task->state]);
		add_figure(text, task->start_ns, 1000000000);
		add_figure(text, task->wall_ns, 1000000);
		add_figure(text, task->cpu_ns, 1000000);
		add_figure(text, task->max_rss_bytes, 1);
		str_addf(text, " %u %u%s\n", task->cores, task->attempt,
		         task->is_superseded ? "!" : "");
	}
}

static void read_good(const char *text, struct campaign *campaign)
{
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	if (read_bytes(text, strlen(text), campaign, &problems, &err) < 0)
		fail_msg("%s\n%s\nof\n%s", err.text, problems.count ? problems.items[0].text : "",
		         text);
}

static void check_listing(const char *text, const char *listing)
{
	cleanup_campaign struct campaign campaign = {0};
	cleanup_str struct str listed = {0};
	read_good(text, &campaign);
	list(&campaign, &listed);
	if (strcmp(str_text(&listed), listing) != 0)
		fail_msg("of\n%sis\n%snot\n%s", text, str_text(&listed), listing);
}

static bool has_remark(const struct campaign *campaign, const char *part)
{
	for (size_t i = 0; i < campaign->remarks.count; i++)
		if (strstr(campaign->remarks.items[i], part))
			return true;
	return false;
}

/* ---- Columns ------------------------------------------------------------------------------- */

static void tables(void **state)
{
	(void)state;
	static const char one[] = "isr done - 90500 1500 2048 4 1\n";
	static const struct {
		const char *text;
		const char *listing;
	} cases[] = {
	        {"JobID|JobName|State|Elapsed|TotalCPU|MaxRSS|AllocCPUS\n"
	         "7|isr|COMPLETED|00:01:30.5|00:01.500|2K|4\n",
	         one},
	        /* -p: a delimiter behind the last cell, too */
	        {"JobID|JobName|State|Elapsed|TotalCPU|MaxRSS|AllocCPUS|\n"
	         "7|isr|COMPLETED|00:01:30.5|00:01.500|2K|4|\n",
	         one},
	        {"JobID,JobName,State,Elapsed,TotalCPU,MaxRSS,AllocCPUS\r\n"
	         "7,isr,COMPLETED,00:01:30.5,00:01.500,2K,4\r\n",
	         one},
	        {"JobID\tState\tJobName\tMaxRSS\tAllocCPUS\tTotalCPU\tElapsed\n"
	         "7\tCOMPLETED\tisr\t2K\t4\t00:01.500\t00:01:30.5\n",
	         one},
	        {"JobID::JobName::State::Elapsed::TotalCPU::MaxRSS::AllocCPUS::\n"
	         "7::isr::COMPLETED::00:01:30.5::00:01.500::2K::4::\n",
	         one},
	        /* in any case of letters, with columns that are not used, NCPUS, ElapsedRaw, and
	         * CPU time in two parts */
	        {"jobid|exitcode|JOBNAME|state|elapsedraw|UserCPU|SystemCPU|MaxRSS|NCPUS\n"
	         "7|0:0|isr|COMPLETED|90|00:01|00:00.5|2K|4\n",
	         "isr done - 90000 1500 2048 4 1\n"},
	        /* of fixed width, aligned to the left and to the right */
	        {"JobID           JobName      State    Elapsed     MaxRSS\n"
	         "------------ ---------- ---------- ---------- ----------\n"
	         "7                   isr  COMPLETED   00:01:30         2K\n"
	         "8            make warps CANCELLED+   00:00:01           \n",
	         "isr done - 90000 - 2048 0 1\nmake warps lost - 1000 - - 0 1\n"},
	        {"               JobID    JobName                State\n"
	         "-------------------- ---------- --------------------\n"
	         "                   7        isr       CANCELLED by 0\n",
	         "isr lost - - - - 0 1\n"},
	        /* the only text of people may hold the delimiter, wherever it stands */
	        {"JobID|State|JobName|Elapsed\n7|FAILED|a|b||c|00:01:30\n",
	         "a|b||c failed - 90000 - - 0 1\n"},
	        {"JobName|JobID|State\nx|y|7|FAILED\n", "x|y failed - - - - 0 1\n"},
	        /* tables that were put together; empty lines; no names */
	        {"JobID|State\n7|FAILED\n\nJobID|State\n8|COMPLETED\n",
	         "job failed - - - - 0 1\njob done - - - - 0 1\n"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		check_listing(cases[i].text, cases[i].listing);
}

/* ---- States -------------------------------------------------------------------------------- */

static void states(void **state)
{
	(void)state;
	static const struct {
		const char *cell;
		enum campaign_state state;
	} cases[] = {
	        {"COMPLETED", CAMPAIGN_DONE},
	        {"FAILED", CAMPAIGN_FAILED},
	        {"TIMEOUT", CAMPAIGN_TIMED_OUT},
	        {"DEADLINE", CAMPAIGN_TIMED_OUT},
	        {"OUT_OF_MEMORY", CAMPAIGN_OUT_OF_MEMORY},
	        {"OUT_OF_ME+", CAMPAIGN_OUT_OF_MEMORY},
	        {"NODE_FAIL", CAMPAIGN_LOST},
	        {"BOOT_FAIL", CAMPAIGN_LOST},
	        {"PREEMPTED", CAMPAIGN_LOST},
	        {"REQUEUED", CAMPAIGN_LOST},
	        {"REVOKED", CAMPAIGN_LOST},
	        {"CANCELLED", CAMPAIGN_LOST},
	        {"CANCELLED by 1000", CAMPAIGN_LOST},
	        {"CANCELLED+", CAMPAIGN_LOST},
	        {"SPECIAL_EXIT", CAMPAIGN_FAILED},
	        {"PENDING", CAMPAIGN_UNFINISHED},
	        {"RUNNING", CAMPAIGN_UNFINISHED},
	        {"SUSPENDED", CAMPAIGN_UNFINISHED},
	        {"COMPLETING", CAMPAIGN_UNFINISHED},
	        {"COMPLETI+", CAMPAIGN_UNFINISHED},
	        {"REQUEUE_HOLD", CAMPAIGN_UNFINISHED},
	        {"RESIZING", CAMPAIGN_UNFINISHED},
	        {"COMP+", CAMPAIGN_UNKNOWN}, /* of COMPLETED or COMPLETING */
	        {"WONDERFUL", CAMPAIGN_UNKNOWN},
	        {"", CAMPAIGN_UNKNOWN},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		char text[200];
		cleanup_campaign struct campaign campaign = {0};
		snprintf(text, sizeof text, "JobID|State|Elapsed\n7|%s|00:00:09\n", cases[i].cell);
		read_good(text, &campaign);
		if (campaign.tasks[0].state != cases[i].state)
			fail_msg("\"%s\": %s", cases[i].cell,
			         campaign_state_names[campaign.tasks[0].state]);
		assert_int_equal(has_remark(&campaign, "in a state that is not known"),
		                 cases[i].state == CAMPAIGN_UNKNOWN && cases[i].cell[0] != '\0');
		assert_true(campaign.tasks[0].wall_ns ==
		            (cases[i].state == CAMPAIGN_UNFINISHED ? RECORD_ABSENT : 9000000000));
	}
}

/* ---- Jobs ---------------------------------------------------------------------------------- */

#define HEADER "JobID|JobName|State|Elapsed|TotalCPU|MaxRSS|AllocCPUS|Start\n"

static void steps(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *listing;
	} cases[] = {
	        /* the job's row has the CPU time of all steps; the largest step's max RSS counts */
	        {HEADER "7|isr|COMPLETED|00:00:09|00:06.000||8|1795228600\n"
	                "7.batch|batch|COMPLETED|00:00:09|00:01.000|10K|8|1795228600\n"
	                "7.extern|extern|COMPLETED|00:00:09|00:00:00|1K|8|1795228600\n"
	                "7.0|python|COMPLETED|00:00:04|00:02.000|3M|4|1795228600\n"
	                "7.1|python|COMPLETED|00:00:04|00:03.000|2M|4|1795228604\n",
	         "isr done 1795228600 9000 6000 3145728 8 1\n"},
	        /* ... and where it has none, their sum */
	        {HEADER "7|isr|COMPLETED|00:00:09|00:00:00||8|1795228600\n"
	                "7.batch|batch|COMPLETED|00:00:09|00:01.000|10K|8|1795228600\n"
	                "7.0|python|COMPLETED|00:00:04|00:02.000||4|1795228600\n",
	         "isr done 1795228600 9000 3000 10240 8 1\n"},
	        /* nothing was measured: absent, not 0 */
	        {HEADER "7|isr|NODE_FAIL|00:00:29|00:00:00||2|1795228600\n"
	                "7.batch|batch|CANCELLED|00:00:29|00:00:00|0|2|1795228600\n",
	         "isr lost 1795228600 29000 - - 2 1\n"},
	        /* tasks of an array, with steps, and those that wait */
	        {HEADER "7_1|isr|COMPLETED|00:00:09|00:01.000||1|1795228600\n"
	                "7_1.batch|batch|COMPLETED|00:00:09|00:01.000|1K|1|1795228600\n"
	                "7_2|isr|TIMEOUT|00:00:09|00:02.000||1|1795228600\n"
	                "7_2.batch|batch|CANCELLED|00:00:09|00:02.000|2K|1|1795228600\n"
	                "7_[3-9%2]|isr|PENDING|00:00:00|00:00:00||1|Unknown\n",
	         "isr done 1795228600 9000 1000 1024 1 1\n"
	         "isr timed-out 1795228600 9000 2000 2048 1 1\n"
	         "isr unfinished - - - - 1 1\n"},
	        /* jobs of several components */
	        {HEADER "7+0|isr|COMPLETED|00:00:09|00:01.000||1|1795228600\n"
	                "7+1|isr|COMPLETED|00:00:09|00:02.000||1|1795228600\n",
	         "isr done 1795228600 9000 1000 - 1 1\nisr done 1795228600 9000 2000 - 1 1\n"},
	        /* never began */
	        {HEADER "7|isr|CANCELLED by 1000|00:00:00|00:00:00||0|None\n",
	         "isr lost - - - - 0 1\n"},
	        /* the memory limit ended a step, and that the job */
	        {HEADER "7|isr|FAILED|00:00:09|00:01.000||1|1795228600\n"
	                "7.0|python|OUT_OF_MEMORY|00:00:09|00:01.000|4G|1|1795228600\n"
	                "8|isr|COMPLETED|00:00:09|00:01.000||1|1795228600\n"
	                "8.0|python|OUT_OF_MEMORY|00:00:09|00:01.000|4G|1|1795228600\n",
	         "isr out-of-memory 1795228600 9000 1000 4294967296 1 1\n"
	         "isr done 1795228600 9000 1000 4294967296 1 1\n"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		check_listing(cases[i].text, cases[i].listing);
}

static void attempts(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *listing;
	} cases[] = {
	        /* -D: requeued twice; steps are of the attempt above them */
	        {HEADER "7|isr|REQUEUED|00:00:09|00:01.000||1|1795228600\n"
	                "7.batch|batch|CANCELLED|00:00:09|00:01.000|1K|1|1795228600\n"
	                "8|isr|COMPLETED|00:00:01|00:01.000||1|1795228600\n"
	                "7|isr|NODE_FAIL|00:00:08|00:02.000||1|1795228700\n"
	                "7.batch|batch|CANCELLED|00:00:08|00:02.000|2K|1|1795228700\n"
	                "7|isr|COMPLETED|00:00:07|00:03.000||1|1795228800\n"
	                "7.batch|batch|COMPLETED|00:00:07|00:03.000|3K|1|1795228800\n",
	         "isr lost 1795228600 9000 1000 1024 1 1!\n"
	         "isr done 1795228600 1000 1000 - 1 1\n"
	         "isr lost 1795228700 8000 2000 2048 1 2!\n"
	         "isr done 1795228800 7000 3000 3072 1 3\n"},
	        /* the same job in two tables; as it runs, and as it ended */
	        {HEADER "7|isr|COMPLETED|00:00:09|00:00:00||1|1795228600\n"
	                "7.batch|batch|COMPLETED|00:00:09|00:01.000|1K|1|1795228600\n"
	                "8|isr|RUNNING|00:00:09|00:00:00||1|1795228600\n"
	                "8.batch|batch|RUNNING|00:00:09|00:00:00||1|1795228600\n" HEADER
	                "7|isr|COMPLETED|00:00:09|00:00:00||1|1795228600\n"
	                "7.batch|batch|COMPLETED|00:00:09|00:01.000|1K|1|1795228600\n"
	                "8|isr|COMPLETED|00:00:19|00:02.000||1|1795228600\n"
	                "8.batch|batch|COMPLETED|00:00:19|00:02.000|2K|1|1795228600\n",
	         "isr done 1795228600 9000 1000 1024 1 1\n"
	         "isr done 1795228600 19000 2000 2048 1 1\n"},
	        /* a number that was given again, and one of another cluster */
	        {"JobID|JobName|State|Cluster\n7|a|FAILED|x\n7|b|FAILED|x\n7|a|FAILED|y\n",
	         "a failed - - - - 0 1\nb failed - - - - 0 1\na failed - - - - 0 1\n"},
	        /* without -D the column Restarts knows */
	        {"JobID|JobName|State|Restarts\n7|a|COMPLETED|2\n8|a|COMPLETED|0\n",
	         "a done - - - - 0 3\na done - - - - 0 1\n"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		check_listing(cases[i].text, cases[i].listing);
}

static void names(void **state)
{
	(void)state;
	static const struct {
		const char *name; /* %d: from 1 to 12 */
		const char *type; /* of the first; NULL: there are 12 */
		bool is_many;
	} cases[] = {
	        {"coadd_0001", "coadd", false}, {"coadd-17_2024", "coadd", false},
	        {"coadd.001", "coadd", false},  {"coadd[123]", "coadd", false},
	        {"coadd001", "coadd", false},   {"step1", "step1", false},
	        {"sha256", "sha256", false},    {"12345", "12345", false},
	        {"a b", "a b", false},          {"coadd_%d", "coadd", true},
	        {"coadd%d", "coadd", true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_campaign struct campaign campaign = {0};
		cleanup_str struct str text = {0};
		str_addf(&text, "JobID|JobName|State\n");
		for (int job = 1; job <= (cases[i].is_many ? 12 : 1); job++) {
			const char *const mark = strchr(cases[i].name, '%');
			const size_t length =
			        mark ? (size_t)(mark - cases[i].name) : strlen(cases[i].name);
			str_addf(&text, "%d|%.*s", job, (int)length, cases[i].name);
			if (mark)
				str_addf(&text, "%d", job);
			str_addf(&text, "|COMPLETED\n");
		}
		read_good(str_text(&text), &campaign);
		assert_int_equal(campaign.types.count, 1);
		assert_string_equal(campaign.types.items[0], cases[i].type);
		assert_int_equal(has_remark(&campaign, "are one type"),
		                 strcmp(cases[i].name, cases[i].type) != 0);
	}
}

static double number(const struct campaign *campaign, const char *name, size_t task)
{
	for (size_t i = 0; i < campaign->covariate_count; i++)
		if (strcmp(campaign->covariates[i].name, name) == 0)
			return campaign->covariates[i].values[task];
	fail_msg("no covariate %s", name);
	return 0;
}

static void covariates(void **state)
{
	(void)state;
	cleanup_campaign struct campaign campaign = {0};
	read_good("JobID|State|AllocCPUS|NNodes|ReqMem|MaxDiskRead|Submit|Start|Partition\n"
	          "1|COMPLETED|8|2|4Gn||2026-11-21T02:00:00|2026-11-21T02:00:07|all\n"
	          "1.0|COMPLETED|8|2||1.5M|2026-11-21T02:00:00|2026-11-21T02:00:07|\n"
	          "1.1|COMPLETED|8|1||1M|2026-11-21T02:00:00|2026-11-21T02:00:07|\n"
	          "2|COMPLETED|8|2|1Gc||2026-11-21T02:00:00|2026-11-21T02:00:00|all\n"
	          "3|PENDING|8|2|1G||2026-11-21T02:00:00|Unknown|milan\n",
	          &campaign);
	assert_true(number(&campaign, "req_mem_bytes", 0) == 0x1p33);
	assert_true(number(&campaign, "req_mem_bytes", 1) == 0x1p33);
	assert_true(number(&campaign, "req_mem_bytes", 2) == 0x1p30);
	assert_true(number(&campaign, "max_disk_read_bytes", 0) == 1.5 * 0x1p20);
	assert_true(isnan(number(&campaign, "max_disk_read_bytes", 1)));
	assert_true(number(&campaign, "waited_s", 0) == 7);
	assert_true(number(&campaign, "waited_s", 1) == 0);
	assert_true(isnan(number(&campaign, "waited_s", 2)));
	assert_true(number(&campaign, "node_count", 0) == 2);
	assert_true(has_remark(&campaign, "no column JobName"));
	assert_true(has_remark(&campaign, "no column MaxRSS"));
}

/* ---- What is wrong ------------------------------------------------------------------------- */

static void damaged(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		const char *place;
		const char *part;
	} cases[] = {
	        {"", "x.txt:", "is missing: the file is empty"},
	        {"JobID|State\n", "x.txt:", "there is no job in the file"},
	        {"7|isr|COMPLETED\n", "x.txt:1:", "left out by -n"},
	        {"JobID|JobName\n7|isr\n", "x.txt:1:", "neither State nor Elapsed nor MaxRSS"},
	        {"JobID|State|Elapsed\n7|FAILED\n", "x.txt:2:", "has fewer cells than the header"},
	        {"JobID|State|Elapsed\n7|FAILED|00:00:01|x\n", "x.txt:2:", "more cells"},
	        {"JobID|JobName|WorkDir|State\n7|a|b|c|FAILED\n", "x.txt:2:", "more cells"},
	        {"JobID|State|Elapsed\n7|FAILED|00:00:01\n8|FAI", "x.txt:3:", "is cut off"},
	        {"JobID|State|Elapsed\n7|FAILED|90\n", "x.txt:2:", "Elapsed: is no time"},
	        {"JobID|State|MaxRSS\n7|FAILED|1.5 GB\n", "x.txt:2:", "MaxRSS: is no size"},
	        {"JobID|State|AllocCPUS\n7|FAILED|-2\n", "x.txt:2:", "AllocCPUS: is no count"},
	        {"JobID|State|Start\n7|FAILED|yesterday\n", "x.txt:2:", "Start: is no date"},
	        {"JobID|State|ReqMem\n7|FAILED|lots\n", "x.txt:2:", "ReqMem: is no size"},
	        {"JobID|State\nseven|FAILED\n", "x.txt:2:", "JobID: is no number of a job"},
	        {"JobID|State\n7.batch|FAILED\n", "x.txt:2:", "whose job does not stand above it"},
	        {"JobID           JobName      State\n"
	         "------------ ---------- ----------\n"
	         "7            assembleC+  COMPLETED\n",
	         "x.txt:3:", "is cut off to fit its column"},
	        {"JobID           JobName      State\n7\n", "x.txt:2:", "line of dashes"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct error err = {""};
		cleanup_campaign struct campaign campaign = {0};
		cleanup_problems struct problems problems = {0};
		const int r = read_bytes(cases[i].text, strlen(cases[i].text), &campaign, &problems,
		                         &err);
		assert_int_equal(r, -EINVAL);
		assert_int_equal(campaign.task_count, 0);
		assert_true(problems.count > 0);
		const char *const told = problems.items[0].text;
		if (strncmp(told, cases[i].place, strlen(cases[i].place)) != 0 ||
		    !strstr(told, cases[i].part))
			fail_msg("of\n%s\nis told: %s", cases[i].text, told);
	}
}

/* All that is wrong is told at once, each with its line. */
static void all_problems(void **state)
{
	(void)state;
	struct error err = {""};
	cleanup_campaign struct campaign campaign = {0};
	cleanup_problems struct problems problems = {0};
	static const char text[] = "JobID|State|Elapsed\n1|FAILED|x\n2|FAILED|00:00:01\nz|FAILED|"
	                           "00:00:01\n4|FAILED|y\n";
	assert_int_equal(read_bytes(text, strlen(text), &campaign, &problems, &err), -EINVAL);
	assert_int_equal(problems.count, 3);
	assert_non_null(strstr(problems.items[0].text, "x.txt:2:"));
	assert_non_null(strstr(problems.items[1].text, "x.txt:4:"));
	assert_non_null(strstr(problems.items[2].text, "x.txt:5:"));
}

/* A table cut at every byte, and with bytes changed: jobs, or a problem with a line and none. */
static void try_bytes(const char *text, size_t bytes)
{
	struct error err = {""};
	cleanup_campaign struct campaign campaign = {0};
	cleanup_problems struct problems problems = {0};
	char *const copy = malloc(bytes + 1); /* its end is the end of what may be looked at */
	assert_non_null(copy);
	memcpy(copy, text, bytes);
	copy[bytes] = '\0';
	sacct_is(copy, bytes);
	const int r = read_bytes(copy, bytes, &campaign, &problems, &err);
	free(copy);
	if (r == 0) {
		assert_true(campaign.task_count > 0);
		assert_int_equal(problems.count, 0);
		return;
	}
	assert_int_equal(r, -EINVAL);
	assert_int_equal(campaign.task_count, 0);
	assert_true(problems.count > 0);
	assert_memory_equal(problems.items[0].text, "x.txt:", 6);
}

static void hostile(void **state)
{
	(void)state;
	static const char *const texts[] = {
	        HEADER "7_1|isr_001|COMPLETED|1-00:00:09|00:06.000||8|1795228600\n"
	               "7_1.batch|batch|COMPLETED|00:00:09|00:01.000|10.5K|8|1795228600\n"
	               "7_[2-9]|isr_002|CANCELLED by 7|00:00:00|||0|None\n",
	        "JobID::JobName::State::Elapsed::\n7::a::b::FAILED::00:00:09::\n"
	        "JobID::JobName::State::Elapsed::\n7::a::b::FAILED::00:00:09::\n",
	        "JobID           JobName      State     MaxRSS\n"
	        "------------ ---------- ---------- ----------\n"
	        "7                   isr  COMPLETED         2K\n"
	        "7.batch           batch OUT_OF_ME+        30M\n",
	};
	struct rng rng;
	rng_init(&rng, 8, 0);
	for (size_t t = 0; t < ARRAY_LENGTH(texts); t++) {
		const size_t bytes = strlen(texts[t]);
		for (size_t cut = 0; cut <= bytes; cut++)
			try_bytes(texts[t], cut);
		for (int i = 0; i < 3000; i++) {
			char text[1024];
			memcpy(text, texts[t], bytes);
			for (int change = 0; change <= i % 4; change++)
				text[rng_next(&rng) % bytes] =
				        i % 2 ? "|:-+. \n\0[]_9A"[rng_next(&rng) % 13]
				              : (char)rng_next(&rng);
			try_bytes(text, bytes);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(tables),  cmocka_unit_test(states),
	        cmocka_unit_test(steps),   cmocka_unit_test(attempts),
	        cmocka_unit_test(names),   cmocka_unit_test(covariates),
	        cmocka_unit_test(damaged), cmocka_unit_test(all_problems),
	        cmocka_unit_test(hostile),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
