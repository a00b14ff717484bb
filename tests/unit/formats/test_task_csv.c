/* Tables of tasks: columns that are named, guessed and passed over, and their units. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/import/task_csv.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int read_text(const char *text, const char *columns, struct imported *imported,
                     struct problems *problems, struct error *err)
{
	FILE *const stream = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	assert_non_null(stream);
	const int r = task_csv_read("x.csv", stream, columns, imported, problems, err);
	fclose(stream);
	return r;
}

/* What one row becomes. */
static void columns(void **state)
{
	(void)state;
	static const int64_t none = RECORD_ABSENT;
	static const struct {
		const char *text;
		const char *columns;
		int64_t wall_ns;
		int64_t user_ns;
		int64_t max_rss_bytes;
		int64_t concurrency;
	} cases[] = {
	        {"wall_s\n31.512345678\n", NULL, 31512345678, none, none, none},
	        {"wall_s,user_s,max_rss_bytes,concurrency\n1,2,3,4\n", NULL, 1000000000, 2000000000,
	         3, 4},
	        {"walltime,utime,maxRSS_kb,nproc\n1,2,3,4\n", NULL, 1000000000, 2000000000, 3000,
	         4},
	        {"Wall Time [ms],user-time (min),Max RSS (GiB),N\n1,2,3,4\n", NULL, 1000000,
	         120000000000, 3LL << 30, 4},
	        {"elapsed\n01:02:03.5\n", NULL, 3723500000000, none, none, none},
	        {"elapsed\n2-00:00:01\n", NULL, 172801000000000, none, none, none},
	        {"run_time\n31.5\n", "wall_s=run_time", 31500000000, none, none, none},
	        {"run_time,mem\n31.5,2\n", "wall_s=run_time:ms,max_rss_bytes=mem:MiB", 31500000,
	         none, 2 << 20, none},
	        {"a,b,c\n1,2,3\n", "wall_s=#3:h,concurrency=#1", 10800000000000, none, none, 1},
	        {"a:b,c\n1,2\n", "wall_s=a:b:ms", 1000000, none, none, none},
	        {"wall_s,wall\n1,2\n", NULL, 1000000000, none, none, none},
	        {"wall,wall_s\n2,1\n", NULL, 1000000000, none, none, none},
	        {"wall_s,user\n1,2\n", "user_s=-", 1000000000, none, none, none},
	        {"wall_s,memory\n1,2\n", NULL, 1000000000, none, none, none},
	        {"wall_s,memory\n1,2K\n", NULL, 1000000000, none, 2048, none},
	        {"wall_s,user_s\n1,NA\n", NULL, 1000000000, none, none, none},
	        {"wall_s,concurrency\n1,16.0\n", NULL, 1000000000, none, none, 16},
	        {"wall_s,cpu_time\n3,2\n", NULL, 3000000000, none, none, none},
	        {"wall_s,cpu_time,user_s\n3,2,1\n", NULL, 3000000000, 1000000000, none, none},
	        {"start_s,end_s\n2.5,4\n", NULL, 1500000000, none, none, none},
	        {"start,end\n2023-10-19T06:00:01,2023-10-19T06:00:03.25Z\n", NULL, 2250000000, none,
	         none, none},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_imported struct imported imported = {0};
		cleanup_problems struct problems problems = {0};
		struct error err = {""};
		print_message("# case %zu\n", i);
		const int r =
		        read_text(cases[i].text, cases[i].columns, &imported, &problems, &err);
		if (problems.count > 0)
			print_message("# %s\n", problems.items[0].text);
		assert_int_equal(r, 0);
		assert_int_equal(imported.task_count, 1);
		const struct imported_task *const task = imported.tasks;
		assert_true(task->wall_ns == cases[i].wall_ns);
		assert_true(task->record.user_ns == cases[i].user_ns);
		assert_true(task->record.max_rss_bytes == cases[i].max_rss_bytes);
		assert_true(task->concurrency == cases[i].concurrency);
	}
}

/* CPU time whose split is not said stays whole: no part of it is user time. */
static void cpu_time_alone(void **state)
{
	(void)state;
	static const int64_t none = RECORD_ABSENT;
	static const struct {
		const char *text;
		int64_t user_ns;
		int64_t system_ns;
		int64_t cpu_ns;
		int64_t on_cpu_ns; /* what task_cpu_ns makes of them */
	} cases[] = {
	        {"wall_s,cpu_time\n3,2\n", none, none, 2000000000, 2000000000},
	        {"wall_s,cpu_s\n3,0\n", none, none, 0, 0},
	        {"wall_s,cpu_s\n3,\n", none, none, none, none},
	        {"wall_s,cpu_s,user_s\n3,2,1\n", 1000000000, none, 2000000000, 2000000000},
	        {"wall_s,cpu_s,system_s\n3,2,1\n", none, 1000000000, 2000000000, 2000000000},
	        {"wall_s,cpu_s,user_s,system_s\n3,2,1,0.5\n", 1000000000, 500000000, none,
	         1500000000},
	        {"wall_s,cpu_s,user_s,system_s\n3,2,,\n", none, none, 2000000000, 2000000000},
	        {"wall_s,user_s\n3,1\n", 1000000000, none, none, none},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_imported struct imported imported = {0};
		cleanup_problems struct problems problems = {0};
		struct error err = {""};
		print_message("# case %zu\n", i);
		if (read_text(cases[i].text, NULL, &imported, &problems, &err) < 0)
			fail_msg("%s", err.text);
		const struct task_record *const record = &imported.tasks[0].record;
		assert_true(record->user_ns == cases[i].user_ns);
		assert_true(record->system_ns == cases[i].system_ns);
		assert_true(record->cpu_ns == cases[i].cpu_ns);
		assert_true(task_cpu_ns(record) == cases[i].on_cpu_ns);
		bool is_said = false;
		for (size_t k = 0; k < imported.remarks.count; k++)
			is_said = is_said || strstr(imported.remarks.items[k], "is not parted");
		assert_int_equal(is_said, record->cpu_ns != none);
	}
}

/* A map of columns that is wrong by itself, and one that the file has no columns for. */
static void wrong_maps(void **state)
{
	(void)state;
	static const struct {
		const char *columns;
		size_t problems;
		const char *says;
	} cases[] = {
	        {"wall_s", 0, "\"wall_s\" is not WHAT=COLUMN or WHAT=COLUMN:UNIT"},
	        {"=a", 0, "is not WHAT=COLUMN"},
	        {"wall_s=", 0, "is not WHAT=COLUMN"},
	        {"wal_s=a", 0, "did you mean wall_s?"},
	        {"zebra=a", 0, "known are wall_s, user_s"},
	        {"wall_s=a:kB", 0, "the unit of wall_s is none that is known"},
	        {"concurrency=a:s", 0, "the unit of concurrency is none that is known"},
	        {"wall_s=b", 1, "x.csv:1:1: header: no column \"b\", which was named for wall_s"},
	        {"wall_s=#2", 1, "x.csv:1:1: header: no column \"#2\""},
	        {"user_s=a", 1, "x.csv:1:1: header: no column for the wall time"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		cleanup_imported struct imported imported = {0};
		cleanup_problems struct problems problems = {0};
		struct error err = {""};
		print_message("# %s\n", cases[i].columns);
		assert_int_equal(read_text("a\n1\n", cases[i].columns, &imported, &problems, &err),
		                 -EINVAL);
		assert_true((problems.count > 0) == (cases[i].problems > 0));
		const char *const said = problems.count ? problems.items[0].text : err.text;
		if (!strstr(said, cases[i].says))
			fail_msg("%s", said);
		assert_int_equal(imported.task_count, 0);
	}
}

/* An event beside its state, as plateau export writes them, and numbers that tasks printed. */
static void events(void **state)
{
	(void)state;
	static const char text[] =
	        "wall_s,task-clock_ns,task-clock_state,cycles:u,cycles:u_state,LLC-loads,LLC-loads_"
	        "state,figure_rate,cycles\n"
	        "1,5000,ok,1234.5,scaled,,not-supported,2.5,17\n";
	cleanup_imported struct imported imported = {0};
	cleanup_problems struct problems problems = {0};
	struct error err = {""};
	assert_int_equal(read_text(text, NULL, &imported, &problems, &err), 0);
	static const struct {
		const char *name;
		enum counter_state state;
		uint64_t raw;
		bool is_user_only;
	} expected[] = {
	        {"task-clock", COUNTER_OK, 5000, false},
	        {"cycles:u", COUNTER_SCALED, 1235, true},
	        {"LLC-loads", COUNTER_NOT_SUPPORTED, 0, false},
	        {"cycles", COUNTER_OK, 17, false},
	};
	const struct imported_task *const task = imported.tasks;
	assert_int_equal(task->count_count, ARRAY_LENGTH(expected));
	for (size_t i = 0; i < ARRAY_LENGTH(expected); i++) {
		const struct event_definition *const event =
		        &imported.events[task->counts[i].event];
		assert_string_equal(event->name, expected[i].name);
		assert_int_equal(event->is_user_only, expected[i].is_user_only);
		assert_int_equal(task->counts[i].value.state, expected[i].state);
		assert_true(task->counts[i].value.raw == expected[i].raw);
	}
	assert_int_equal(task->number_count, 1);
	assert_string_equal(imported.number_names.items[0], "rate");
	assert_true(task->numbers[0].value == 2.5);
}

/* A hundred wrong rows are told as the first twenty. */
static void many_problems(void **state)
{
	(void)state;
	char text[2000] = "wall_s\n";
	for (size_t i = 0; i < 100; i++)
		strcat(text, "x\n");
	cleanup_imported struct imported imported = {0};
	cleanup_problems struct problems problems = {0};
	struct error err = {""};
	assert_int_equal(read_text(text, NULL, &imported, &problems, &err), -EINVAL);
	assert_int_equal(problems.count, 20);
	assert_int_equal(problems.items[19].line, 21);
	assert_int_equal(imported.task_count, 0);
	assert_int_equal(imported.texts.count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(columns),       cmocka_unit_test(cpu_time_alone),
	        cmocka_unit_test(wrong_maps),    cmocka_unit_test(events),
	        cmocka_unit_test(many_problems),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
