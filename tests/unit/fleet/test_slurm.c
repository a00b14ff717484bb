/* Slurm's answers, as recorded from Slurm 22.05.8 (tests/fleet/recorded, made by record.sh there):
 * what they mean, and that hostile texts in them do no harm. */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "model/record.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SEPARATOR "|0123456789abcdef|"
#define S         SEPARATOR
#define NS        1000000000LL

static struct subprocess_end said(char *text)
{
	return (struct subprocess_end){.output = text, .output_bytes = strlen(text)};
}

static void read_recorded(const char *name, struct subprocess_end *ret_end)
{
	struct error err;
	cleanup_free char *path = NULL;
	assert_int_equal(
	        str_format(&path, &err, "%s/tests/fleet/recorded/%s", getenv("top_srcdir"), name),
	        0);
	assert_int_equal(file_read(path, 1 << 20, &ret_end->output, &ret_end->output_bytes, &err),
	                 0);
}

static void is_text(const char *got, const char *expected)
{
	if (expected)
		assert_string_equal(got ? got : "(NULL)", expected);
	else
		assert_null(got);
}

static void test_nodes(void **state)
{
	(void)state;
	static const struct {
		const char *name, *partitions;
		enum node_use use;
		const char *state_word, *reason, *reason_by, *features;
	} expected[] = {
	        {"milan01", "all,milan", NODE_IDLE, "idle", NULL, NULL, "milan,ib"},
	        {"milan02", "all,milan", NODE_UNUSABLE, "down*", "Not responding", "root",
	         "milan,ib"},
	        {"milan03", "all,milan", NODE_UNUSABLE, "draining", "later", "root", "milan,ib"},
	        {"milan04", "all,milan", NODE_BUSY, "maint", NULL, NULL, "milan,ib"},
	        {"rome01", "all", NODE_IDLE, "idle", NULL, NULL, "rome,ib"},
	        {"rome02", "all", NODE_IDLE, "idle", NULL, NULL, "rome,ib"},
	        {"rome03", "all", NODE_IDLE, "idle", NULL, NULL, "rome,ib"},
	        {"rome04", "all", NODE_UNUSABLE, "drained",
	         "NHC: a|b \"c\" 'd' $(touch x) %s \\ \001 <b>\nsecond line", "root", "rome,ib"},
	};
	cleanup_subprocess_end struct subprocess_end end = {0};
	read_recorded("sinfo.txt", &end);
	cleanup_batch_nodes struct batch_nodes nodes = {0};
	struct error err;
	assert_int_equal(nodes_parse(&end, SEPARATOR, &nodes, &err), 0);
	assert_int_equal(nodes.count, ARRAY_LENGTH(expected));
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
		const struct batch_node *const node = &nodes.items[i];
		is_text(node->name, expected[i].name);
		is_text(node->partitions, expected[i].partitions);
		assert_int_equal(node->use, expected[i].use);
		is_text(node->state_word, expected[i].state_word);
		is_text(node->reason, expected[i].reason);
		is_text(node->reason_by, expected[i].reason_by);
		is_text(node->features, expected[i].features);
	}
}

static void test_node_states(void **state)
{
	(void)state;
	static const struct {
		const char *word;
		enum node_use use;
	} cases[] = {
	        {"idle", NODE_IDLE},         {"idle*", NODE_UNUSABLE},
	        {"idle~", NODE_BUSY},        {"idle#", NODE_BUSY},
	        {"idle$", NODE_BUSY},        {"idle-", NODE_BUSY},
	        {"mixed", NODE_BUSY},        {"mixed*", NODE_UNUSABLE},
	        {"allocated", NODE_BUSY},    {"allocated+", NODE_BUSY},
	        {"completing", NODE_BUSY},   {"reserved", NODE_BUSY},
	        {"planned", NODE_BUSY},      {"maint", NODE_BUSY},
	        {"draining", NODE_UNUSABLE}, {"draining@", NODE_UNUSABLE},
	        {"drained", NODE_UNUSABLE},  {"drained*", NODE_UNUSABLE},
	        {"DRAINED", NODE_UNUSABLE},  {"idle+drain", NODE_UNUSABLE},
	        {"down", NODE_UNUSABLE},     {"down$", NODE_UNUSABLE},
	        {"fail", NODE_UNUSABLE},     {"inval", NODE_UNUSABLE},
	        {"unknown", NODE_UNUSABLE},  {"future", NODE_UNUSABLE},
	        {"newword", NODE_BUSY},      {"", NODE_UNUSABLE},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		if (node_use_find(cases[i].word) != cases[i].use)
			fail_msg("%s: %d", cases[i].word, (int)node_use_find(cases[i].word));
}

struct expected_job {
	const char *id, *comment, *node;
	enum job_state state;
	const char *state_word, *reason;
	bool has_started, has_ended;
	int exit_code, signal;
};

/* By id. */
static const struct expected_job expected_jobs[] = {
        {"1", "plateau rome01 1", "rome01", JOB_DONE, "COMPLETED", NULL, true, true, 0, 0},
        {"2", "a|b \"c\"\nsecond %s", "rome02", JOB_FAILED, "FAILED", "NonZeroExitCode", true, true,
         3, 0},
        {"3", "plateau rome03 1", "rome03", JOB_CANCELLED, "CANCELLED", NULL, true, true, -1, 15},
        {"4", "plateau rome04 1", "rome04", JOB_HELD, "PENDING",
         "ReqNodeNotAvail, UnavailableNodes:rome04", false, false, -1, 0},
        {"5", "plateau milan01 1", "milan01", JOB_TIMEOUT, "TIMEOUT", "TimeLimit", true, true, -1,
         15},
        {"6", "plateau milan02 1", "milan02", JOB_NODE_FAIL, "NODE_FAIL", "NodeDown", true, true, 0,
         0},
        {"7", "plateau milan03 1", "milan03", JOB_RUNNING, "RUNNING", NULL, true, false, -1, 0},
        {"8", "plateau milan03 2", "milan03", JOB_HELD, "PENDING",
         "ReqNodeNotAvail, UnavailableNodes:milan03", false, false, -1, 0},
        {"9", "plateau milan03 3", "milan03", JOB_HELD, "PENDING", "JobHeldUser", false, false, -1,
         0},
        {"10", "plateau milan03 4", "milan03", JOB_CANCELLED, "CANCELLED",
         "ReqNodeNotAvail, UnavailableNodes:milan03", false, true, -1, 0},
        {"11", "plateau rome02 2", "rome02", JOB_FAILED, "FAILED", "JobLaunchFailure", true, true,
         -1, 9},
        {"12", "plateau rome02 3", "rome02", JOB_FAILED, "FAILED", "JobLaunchFailure", true, true,
         -1, 53},
        {"13", "plateau rome03 2", "rome03", JOB_HELD, "PENDING", "job requeued in held state",
         false, false, -1, 0},
};

static const struct batch_job *job_of(const struct batch_jobs *jobs, const char *id)
{
	for (size_t i = 0; i < jobs->count; i++)
		if (strcmp(jobs->items[i].id, id) == 0)
			return &jobs->items[i];
	fail_msg("no job %s", id);
	return NULL;
}

static void test_queue(void **state)
{
	(void)state;
	cleanup_subprocess_end struct subprocess_end end = {0};
	read_recorded("squeue.txt", &end);
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	struct error err;
	assert_int_equal(jobs_parse(&end, SEPARATOR, &jobs, &err), 0);
	assert_int_equal(jobs.count, ARRAY_LENGTH(expected_jobs));
	for (size_t i = 0; i < ARRAY_LENGTH(expected_jobs); i++) {
		const struct expected_job *const expected = &expected_jobs[i];
		const struct batch_job *const job = job_of(&jobs, expected->id);
		is_text(job->comment, expected->comment);
		is_text(job->node, expected->node);
		assert_string_equal(job_state_names[job->state], job_state_names[expected->state]);
		is_text(job->state_word, expected->state_word);
		is_text(job->reason, expected->reason);
		assert_int_equal(job->started_ns != RECORD_ABSENT, expected->has_started);
		assert_int_equal(job->ended_ns != RECORD_ABSENT, expected->has_ended);
		assert_int_equal(job->exit_code, expected->exit_code);
		assert_int_equal(job->signal, expected->signal);
		assert_int_equal(job->max_rss_bytes, RECORD_ABSENT);
		is_text(job->partition, "all");
	}
	assert_int_equal(job_of(&jobs, "5")->time_limit_ns, 60 * NS);
	assert_int_equal(job_of(&jobs, "1")->time_limit_ns, RECORD_ABSENT);
	assert_int_equal(job_of(&jobs, "1")->submitted_ns, 1795216279 * NS);
	assert_int_equal(job_of(&jobs, "1")->started_ns, 1795216282 * NS);
	assert_int_equal(job_of(&jobs, "1")->ended_ns, 1795216287 * NS);
}

/* The queue goes first; the accounts add memory and who cancelled. */
static void test_accounts(void **state)
{
	(void)state;
	struct error err;
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	cleanup_subprocess_end struct subprocess_end queue = {0};
	read_recorded("squeue.txt", &queue);
	assert_int_equal(jobs_parse(&queue, SEPARATOR, &jobs, &err), 0);
	cleanup_subprocess_end struct subprocess_end end = {0};
	read_recorded("sacct.txt", &end);
	assert_int_equal(accounts_parse(&end, SEPARATOR, "not sampled", &jobs, &err), 0);
	assert_int_equal(jobs.count, ARRAY_LENGTH(expected_jobs));
	assert_int_equal(job_of(&jobs, "1")->max_rss_bytes, 238723072);
	assert_int_equal(job_of(&jobs, "1")->ave_rss_bytes, 238723072);
	assert_null(job_of(&jobs, "1")->rss_reason);
	is_text(job_of(&jobs, "11")->rss_reason, "not sampled");
	assert_non_null(strstr(job_of(&jobs, "7")->rss_reason, "when the job is over"));
	is_text(job_of(&jobs, "3")->cancelled_by, "root");
	is_text(job_of(&jobs, "10")->cancelled_by, "root");
	assert_null(job_of(&jobs, "2")->cancelled_by);
	is_text(job_of(&jobs, "2")->comment, "a|b \"c\"\nsecond %s");
	/* What squeue says stands: held, and not the end of what ran before. */
	assert_int_equal(job_of(&jobs, "13")->state, JOB_HELD);
}

/* When the controller has forgotten all. */
static void test_accounts_alone(void **state)
{
	(void)state;
	struct error err;
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	cleanup_subprocess_end struct subprocess_end end = {0};
	read_recorded("sacct.txt", &end);
	assert_int_equal(accounts_parse(&end, SEPARATOR, "not sampled", &jobs, &err), 0);
	assert_int_equal(jobs.count, ARRAY_LENGTH(expected_jobs) - 1);
	static const struct {
		const char *id, *node;
		enum job_state state;
		int exit_code, signal;
		bool has_started, has_ended;
	} cases[] = {
	        {"1", "rome01", JOB_DONE, 0, 0, true, true},
	        {"2", "rome02", JOB_FAILED, 3, 0, true, true},
	        {"3", "rome03", JOB_CANCELLED, 0, 0, true, true},
	        {"4", NULL, JOB_PENDING, -1, 0, false, false},
	        {"5", "milan01", JOB_TIMEOUT, 0, 0, true, true},
	        {"6", "milan02", JOB_NODE_FAIL, 0, 0, true, true},
	        {"7", "milan03", JOB_RUNNING, -1, 0, true, false},
	        {"10", NULL, JOB_CANCELLED, -1, 0, false, true},
	        {"11", "rome02", JOB_FAILED, -1, 9, true, true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const struct batch_job *const job = job_of(&jobs, cases[i].id);
		is_text(job->node, cases[i].node);
		assert_int_equal(job->state, cases[i].state);
		assert_int_equal(job->exit_code, cases[i].exit_code);
		assert_int_equal(job->signal, cases[i].signal);
		assert_int_equal(job->started_ns != RECORD_ABSENT, cases[i].has_started);
		assert_int_equal(job->ended_ns != RECORD_ABSENT, cases[i].has_ended);
	}
	is_text(job_of(&jobs, "3")->cancelled_by, "root");
	assert_int_equal(job_of(&jobs, "5")->time_limit_ns, 60 * NS);
}

static void test_job_states(void **state)
{
	(void)state;
	static const struct {
		const char *word, *reason;
		enum job_state state;
	} cases[] = {
	        {"PENDING", NULL, JOB_PENDING},
	        {"PENDING", "Priority", JOB_PENDING},
	        {"PENDING", "ReqNodeNotAvail, Reserved for maintenance", JOB_PENDING},
	        {"PENDING", "AssocMaxJobsLimit", JOB_PENDING},
	        {"PENDING", "BeginTime", JOB_PENDING},
	        {"PENDING", "launch failed requeued held", JOB_HELD},
	        {"PENDING", "launch_failed_requeued_held", JOB_HELD},
	        {"PENDING", "JobHeldAdmin", JOB_HELD},
	        {"PENDING", "PartitionTimeLimit", JOB_HELD},
	        {"PENDING", "QOSMaxWallDurationPerJobLimit", JOB_HELD},
	        {"REQUEUE_HOLD", NULL, JOB_HELD},
	        {"SPECIAL_EXIT", NULL, JOB_HELD},
	        {"CONFIGURING", NULL, JOB_RUNNING},
	        {"COMPLETING", "JobHeldUser", JOB_RUNNING},
	        {"SUSPENDED", NULL, JOB_RUNNING},
	        {"CANCELLED by 1000", NULL, JOB_CANCELLED},
	        {"CANCELLED+", NULL, JOB_CANCELLED},
	        {"PREEMPTED", NULL, JOB_CANCELLED},
	        {"DEADLINE", NULL, JOB_CANCELLED},
	        {"BOOT_FAIL", NULL, JOB_NODE_FAIL},
	        {"OUT_OF_MEMORY", NULL, JOB_OUT_OF_MEMORY},
	        {"FAIL", NULL, JOB_UNKNOWN},
	        {"SOMETHING_NEW", NULL, JOB_UNKNOWN},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		if (job_state_find(cases[i].word, cases[i].reason) != cases[i].state)
			fail_msg("%s (%s)", cases[i].word,
			         cases[i].reason ? cases[i].reason : "no reason");
}

static void test_fields(void **state)
{
	(void)state;
	struct error err;
	static const struct {
		const char *text;
		int result;
		size_t records;
	} cases[] = {
	        {"", 0, 0},
	        {"\n", 0, 0},
	        {"a" S "b" S, 0, 1},
	        {"a" S "b" S "\n", 0, 1},
	        {"a" S "b" S "\nc" S "d" S "\n", 0, 2},
	        {"\n\n" S "\n" S "\n\n" S "\n" S "\n", 0, 2},
	        {"a" S, -EINVAL, 0},
	        {"a" S "b", -EINVAL, 0},
	        {"a" S "b" S "c" S "d" S, -EINVAL, 0}, /* no newline between records */
	        {"a" S "b" S "\nc" S "\n", -EINVAL, 0},
	        {"sinfo: warning: text\n", -EINVAL, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_free char *text = NULL;
		assert_int_equal(str_copy(cases[i].text, &text, &err), 0);
		const struct subprocess_end end = said(text);
		cleanup_fields struct fields fields = {0};
		if (fields_split("sinfo", &end, SEPARATOR, 2, &fields, &err) != cases[i].result)
			fail_msg("case %zu", i);
		assert_int_equal(fields.record_count, cases[i].records);
	}
	/* Another's separator in a text is text. */
	char forged[] = "a|0123456789abcdee|b" S "c" S "\n";
	const struct subprocess_end end = said(forged);
	cleanup_fields struct fields fields = {0};
	assert_int_equal(fields_split("sinfo", &end, SEPARATOR, 2, &fields, &err), 0);
	assert_string_equal(fields_at(&fields, 0, 0), "a|0123456789abcdee|b");
	char zero[] = "a\0b";
	const struct subprocess_end cut = {.output = zero, .output_bytes = 3};
	cleanup_fields struct fields none = {0};
	assert_int_equal(fields_split("sinfo", &cut, SEPARATOR, 1, &none, &err), -EINVAL);
}

static void test_values(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t bytes;
	} sizes[] = {
	        {"238723072", 238723072}, {"412160K", 412160 * 1024LL},
	        {"1.50G", 3LL << 29},     {"0", 0},
	        {"", RECORD_ABSENT},      {"16?", RECORD_ABSENT},
	        {"-1", RECORD_ABSENT},    {"1e300", RECORD_ABSENT},
	        {"nan", RECORD_ABSENT},   {"5Kn", RECORD_ABSENT},
	        {"2M", 2 << 20},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
		assert_int_equal(field_bytes(sizes[i].text), sizes[i].bytes);
	static const struct {
		const char *text;
		int64_t ns;
	} times[] = {
	        {"1795216279", 1795216279 * NS},
	        {"N/A", RECORD_ABSENT},
	        {"Unknown", RECORD_ABSENT},
	        {"NONE", RECORD_ABSENT},
	        {"0", RECORD_ABSENT},
	        {"2026-11-20T22:59:30", RECORD_ABSENT},
	        {"99999999999999999999", RECORD_ABSENT},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
		assert_int_equal(field_time_ns(times[i].text), times[i].ns);
	static const struct {
		const char *text;
		int64_t limit_s;
	} limits[] = {
	        {"1:00", 60},
	        {"30:00", 1800},
	        {"1:30:00", 5400},
	        {"2-00:00:00", 172800},
	        {"UNLIMITED", -1},
	        {"NOT_SET", -1},
	        {"", -1},
	        {"5", -1},
	        {"1:2:3:4", -1},
	        {"1-2-3:00", -1},
	        {"1:", -1},
	        {":1", -1},
	        {"Partition_Limit", -1},
	        {"1000000-00:00:00", -1},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(limits); i++)
		assert_int_equal(field_limit_ns(limits[i].text),
		                 limits[i].limit_s < 0 ? RECORD_ABSENT : limits[i].limit_s * NS);
	static const struct {
		const char *text;
		int code, signal;
	} exits[] = {
	        {"0", 0, 0},    {"768", 3, 0},    {"9", -1, 9},  {"3:0", 3, 0},
	        {"0:9", -1, 9}, {"", -1, 0},      {"x", -1, 0},  {"1:x", -1, 0},
	        {"1:", -1, 0},  {"70000", -1, 0}, {"-1", -1, 0}, {"0:0", 0, 0},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(exits); i++) {
		int32_t code;
		int32_t signal;
		field_exit(exits[i].text, &code, &signal);
		assert_int_equal(code, exits[i].code);
		assert_int_equal(signal, exits[i].signal);
	}
}

static void test_config(void **state)
{
	(void)state;
	struct error err;
	cleanup_subprocess_end struct subprocess_end end = {0};
	read_recorded("config.txt", &end);
	struct slurm slurm = {0};
	assert_int_equal(config_parse(end.output, &slurm, &err), 0);
	is_text(slurm.version, "22.05.8");
	assert_true(slurm.has_accounting);
	is_text(slurm.gathers, "jobacct_gather/linux");
	assert_int_equal(slurm.sampled_ns, NS);
	free(slurm.version);
	free(slurm.gathers);
	static const struct {
		const char *config;
		bool has_accounting;
		int64_t sampled_ns;
	} cases[] = {
	        {"", false, RECORD_ABSENT},
	        {"AccountingStorageType   = accounting_storage/none\n", false, RECORD_ABSENT},
	        {"AccountingStorageType = (null)\nJobAcctGatherFrequency  = 30\n", false, 30 * NS},
	        {"AccountingStorageType=accounting_storage/slurmdbd\n"
	         "JobAcctGatherFrequency = network=5,task=0",
	         true, 0},
	        {"JobAcctGatherFrequency = 9223372036854775\n", false, RECORD_ABSENT},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct slurm other = {0};
		assert_int_equal(config_parse(cases[i].config, &other, &err), 0);
		assert_int_equal(other.has_accounting, cases[i].has_accounting);
		assert_int_equal(other.sampled_ns, cases[i].sampled_ns);
		is_text(other.version, "unknown");
		free(other.version);
		free(other.gathers);
	}
}

static void parse(size_t which, const struct subprocess_end *end)
{
	struct error err;
	cleanup_batch_nodes struct batch_nodes nodes = {0};
	cleanup_batch_jobs struct batch_jobs jobs = {0};
	if (which == 0)
		(void)nodes_parse(end, SEPARATOR, &nodes, &err);
	else if (which == 1)
		(void)jobs_parse(end, SEPARATOR, &jobs, &err);
	else
		(void)accounts_parse(end, SEPARATOR, "not sampled", &jobs, &err);
}

/* Answers with bytes changed, moved and cut off are read or refused; the sanitizers and valgrind
 * see what else they do. */
static void test_damaged(void **state)
{
	(void)state;
	static const char *const names[] = {"sinfo.txt", "squeue.txt", "sacct.txt"};
	unsigned random = 1;
	for (size_t which = 0; which < ARRAY_LENGTH(names); which++) {
		cleanup_subprocess_end struct subprocess_end end = {0};
		read_recorded(names[which], &end);
		for (int i = 0; i < 300; i++) {
			cleanup_free char *text = NULL;
			struct error err;
			assert_int_equal(str_copy(end.output, &text, &err), 0);
			for (int change = 0; change < 4; change++) {
				random = random * 1103515245U + 12345U;
				const size_t at = random % end.output_bytes;
				const size_t from = (random >> 7) % end.output_bytes;
				const size_t length = (random >> 3) % 40;
				if (at + length < end.output_bytes &&
				    from + length < end.output_bytes)
					memmove(text + at, text + from, length);
				text[(random >> 5) % end.output_bytes] = (char)(random >> 9);
			}
			const struct subprocess_end damaged = said(text);
			parse(which, &damaged);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_nodes),          cmocka_unit_test(test_node_states),
	        cmocka_unit_test(test_queue),          cmocka_unit_test(test_accounts),
	        cmocka_unit_test(test_accounts_alone), cmocka_unit_test(test_job_states),
	        cmocka_unit_test(test_fields),         cmocka_unit_test(test_values),
	        cmocka_unit_test(test_config),         cmocka_unit_test(test_damaged),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
