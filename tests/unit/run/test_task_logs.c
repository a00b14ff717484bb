/* From a task's log to its phases: on the run's clock, from start to end, and faults told once.
 * Then the same through the engine, with tasks that write logs to every stream. */
#include "engine_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/str.h"
#include "formats/log/log_read.h"
#include "run/task_logs.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define BEGAN                                                                                      \
	1697695200000000000LL /* 2023-10-19T06:00:00Z: when the task of these logs started         \
	                       */

/* ---- One log ------------------------------------------------------------------------------ */

static int collect(void *self, const struct record *record, struct error *err)
{
	struct collected *const c = self;
	const int r = array_reserve(&c->items, &c->capacity, c->count + 1, sizeof *c->items, err);
	assert_int_equal(r, 0);
	c->items[c->count++] = *record;
	return 0;
}

static void release(struct collected *c)
{
	for (size_t i = 0; i < c->count; i++)
		record_release(&c->items[i]);
	free(c->items);
	*c = (struct collected){0};
}

struct reader {
	struct scenario_phases phases;
	struct task_logs *logs;
	struct collected collected;
	struct sink sink;
};

static void reader_open(struct reader *reader)
{
	struct error err;
	*reader = (struct reader){0};
	assert_int_equal(scenario_phases_init(&reader->phases, &err), 0);
	reader->phases.format = PHASES_LSST_LOG;
	assert_int_equal(task_logs_open(&reader->phases, &reader->logs, &err), 0);
	reader->sink = (struct sink){collect, &reader->collected};
}

static void reader_close(struct reader *reader)
{
	task_logs_close(reader->logs);
	scenario_phases_release(&reader->phases);
	release(&reader->collected);
}

/* Reads a log of task `index`, which ran from 100 s to 110 s of the run. */
static void read_log(struct reader *reader, uint32_t index, const char *text, size_t bytes,
                     int64_t set_ns)
{
	struct error err = {"untouched"};
	const struct task_log task = {
	        .trial = 1,
	        .index = index,
	        .start_ns = 100 * NS_PER_S,
	        .end_ns = 110 * NS_PER_S,
	        .start_offset_ns = BEGAN - 100 * NS_PER_S - set_ns,
	        .end_offset_ns = BEGAN - 100 * NS_PER_S,
	};
	const int fd = memfd_create("log", MFD_CLOEXEC);
	assert_int_equal(write(fd, text, bytes), bytes);
	assert_int_equal(task_logs_read(reader->logs, &task, &(const struct log_place){fd, 0, -1},
	                                "", &reader->sink, &err),
	                 0);
	close(fd);
	assert_string_equal(err.text, "untouched");
}

static void tell(struct reader *reader)
{
	struct error err;
	assert_int_equal(task_logs_tell(reader->logs, 7, &reader->sink, &err), 0);
}

#define LINE(time, logger, message)                                                                \
	"INFO 2023-10-19T06:00:" time "+00:00 " logger " ()(a.py:1) - " message "\n"

static const char good_log[] = LINE("00.500", "lsst.daf.butler.x", "Reading bytes from /a/b.fits")
        LINE("02.000", "lsst.isr", "Corrected overscan for amplifier C00") "and more\n" LINE(
                "02.250", "lsst.isr", "Corrected overscan for amplifier C01")
                LINE("09.999", "lsst.ctrl.mpexec", "Execution took 9.9 seconds");

static void test_phases_of_a_log(void **state)
{
	(void)state;
	static const struct {
		int64_t start_ns;
		enum phase_class class;
		const char *name;
	} expected[] = {
	        {100000, PHASE_OTHER, "(before the first stamp)"},
	        {100500, PHASE_DATASTORE, "Reading bytes from PATH"},
	        {102000, PHASE_COMPUTE, "Corrected overscan for amplifier C#"},
	        {102250, PHASE_COMPUTE, "Corrected overscan for amplifier C#"},
	        {109999, PHASE_OTHER, "Execution took # seconds"},
	};
	struct reader reader;
	reader_open(&reader);
	read_log(&reader, 5, good_log, strlen(good_log), 0);
	tell(&reader);
	assert_int_equal(reader.collected.count, 1);
	const struct phases_record *const phases = &reader.collected.items[0].phases;
	assert_int_equal(reader.collected.items[0].kind, RECORD_PHASES);
	assert_int_equal(phases->trial, 1);
	assert_int_equal(phases->index, 5);
	assert_int_equal(phases->count, ARRAY_LENGTH(expected));
	for (size_t i = 0; i < phases->count; i++) {
		assert_int_equal(phases->items[i].start_ns, expected[i].start_ns * NS_PER_MS);
		assert_int_equal(phases->items[i].end_ns, i + 1 < phases->count
		                                                  ? phases->items[i + 1].start_ns
		                                                  : 110 * NS_PER_S);
		assert_int_equal(phases->items[i].class, expected[i].class);
		assert_string_equal(phases->names + phases->items[i].name, expected[i].name);
	}
	reader_close(&reader);
}

/* Stamps cut to a second may lie before the start, and lines of threads may be out of order: phases
 * are in the order of time, never of negative length. */
static void test_small_disorder(void **state)
{
	(void)state;
	struct reader reader;
	reader_open(&reader);
	static const char text[] =
	        "INFO 2023-10-19T05:59:59+00:00 a ()(a.py:1) - 1\n" LINE("05.400", "a", "third")
	                LINE("05.000", "a", "second") LINE("10.900", "a", "fourth");
	read_log(&reader, 0, text, strlen(text), 0);
	tell(&reader);
	assert_int_equal(reader.collected.count, 1);
	const struct phases_record *const phases = &reader.collected.items[0].phases;
	assert_int_equal(phases->count, 5);
	int64_t at_ns = 100 * NS_PER_S;
	for (size_t i = 0; i < phases->count; i++) {
		assert_int_equal(phases->items[i].start_ns, at_ns);
		assert_true(phases->items[i].end_ns >= at_ns);
		at_ns = phases->items[i].end_ns;
	}
	assert_int_equal(at_ns, 110 * NS_PER_S);
	assert_string_equal(phases->names + phases->items[0].name, "(before the first stamp)");
	assert_string_equal(phases->names + phases->items[1].name, "#");
	assert_string_equal(phases->names + phases->items[2].name, "second");
	assert_string_equal(phases->names + phases->items[3].name, "third");
	reader_close(&reader);
}

static void test_faults(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		int64_t set_ns;
		const char *code;
		const char *said;
		bool has_phases;
	} cases[] = {
	        {"", 0, "log-without-stamps", "the log is empty", false},
	        {"lsst.isr INFO: x\n", 0, "log-without-stamps", "--long-log", false},
	        {"INFO 2023-10-19T05:00:00.000+00:00 a ()(a.py:1) - x\n", 0, "log-outside-of-task",
	         "3600.0 s before the start", false},
	        {"INFO 2023-10-19T08:00:10.000+00:00 a ()(a.py:1) - x\n", 0, "log-outside-of-task",
	         "7200.0 s behind the end", false},
	        {"INFO 1970-01-01T00:00:00.000+00:00 a ()(a.py:1) - x\n", 0, "log-outside-of-task",
	         "before the start", false},
	        {"INFO 2261-12-31T23:59:59.000+00:00 a ()(a.py:1) - x\n", 0, "log-outside-of-task",
	         "behind the end", false},
	        {LINE("05.000", "a", "1") LINE("03.500", "a", "2"), 0, "log-clock-backwards",
	         "back by 1.500 s at line 2", false},
	        {LINE("05.000", "a", "1"), 20 * NS_PER_MS, "log-clock-set", "by 0.020 s", false},
	        {LINE("05.000", "a", "1") LINE("99.000", "a", "2"), 0, "log-lines-unreadable",
	         "1 of its 2 lines cannot be read, the first is line 2: INFO 2023", true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct reader reader;
		reader_open(&reader);
		for (uint32_t task = 3; task < 6; task++)
			read_log(&reader, task, cases[i].text, strlen(cases[i].text),
			         cases[i].set_ns);
		tell(&reader);
		/* once, and not again in a later trial */
		read_log(&reader, 6, cases[i].text, strlen(cases[i].text), cases[i].set_ns);
		tell(&reader);
		size_t events = 0;
		for (size_t k = 0; k < reader.collected.count; k++) {
			const struct record *const record = &reader.collected.items[k];
			assert_true(record->kind == RECORD_EVENT ||
			            (record->kind == RECORD_PHASES && cases[i].has_phases));
			if (record->kind != RECORD_EVENT)
				continue;
			events++;
			print_message("# %s\n", record->event.text);
			assert_string_equal(record->event.code, cases[i].code);
			assert_int_equal(record->event.trial, 1);
			assert_non_null(strstr(record->event.text, cases[i].said));
			assert_non_null(strstr(record->event.text, "the log of task 3: "));
			assert_non_null(
			        strstr(record->event.text, "likewise 2 more in this trial"));
		}
		assert_int_equal(events, 1);
		reader_close(&reader);
	}
}

static void test_too_many_stamps(void **state)
{
	(void)state;
	struct reader reader;
	reader_open(&reader);
	cleanup_str struct str text = {0};
	for (int i = 0; i <= TASK_LOGS_MOST_STAMPS; i++)
		str_add(&text, LINE("05.000", "a", "1"));
	read_log(&reader, 0, str_text(&text), text.length, 0);
	tell(&reader);
	assert_int_equal(reader.collected.count, 1);
	assert_string_equal(reader.collected.items[0].event.code, "log-too-many-stamps");
	reader_close(&reader);
}

static void test_no_file(void **state)
{
	(void)state;
	struct reader reader;
	struct error err;
	reader_open(&reader);
	const struct task_log task = {.trial = 0, .index = 0, .end_ns = 1};
	assert_int_equal(task_logs_read(reader.logs, &task, &(const struct log_place){-1, 0, -1},
	                                "x.log is a folder", &reader.sink, &err),
	                 0);
	tell(&reader);
	assert_int_equal(reader.collected.count, 1);
	assert_non_null(
	        strstr(reader.collected.items[0].event.text, "the probe's log: x.log is a folder"));
	reader_close(&reader);
}

static void test_sink_fails(void **state)
{
	(void)state;
	struct error err;
	struct scenario_phases none = {.format = PHASES_NONE};
	struct task_logs *logs = NULL;
	assert_int_equal(task_logs_open(&none, &logs, &err), -EINVAL);
	task_logs_close(NULL);
}

/* ---- Through the engine --------------------------------------------------------------------- */

/* Writes three stamps with 50 ms between them to descriptor $0, or to the file $0. */
#define LOGGER                                                                                     \
	"say() { date -u \"+INFO %Y-%m-%dT%H:%M:%S.%N+00:00 my.$1 ()(a.sh:1) - $2\"; }\n"          \
	"run() { say disk 'reading 1'; sleep 0.05; say work 'step 2'; sleep 0.05; say x end; }\n"  \
	"echo chatter; "

static void ask_for_phases(struct fixture *f, enum log_stream stream)
{
	struct error err;
	struct scenario_phases *const phases = &f->scenario.task.phases;
	phases->format = PHASES_LSST_LOG;
	phases->log.stream = stream;
	assert_int_equal(words_add(&phases->compute, "my.work", &err), 0);
	assert_int_equal(words_add(&phases->datastore, "my.disk", &err), 0);
}

static void check_phases(const struct fixture *f, const struct phases_record *phases)
{
	static const enum phase_class classes[] = {PHASE_OTHER, PHASE_DATASTORE, PHASE_COMPUTE,
	                                           PHASE_OTHER};
	const struct task_record *const task = fixture_task(f, phases->trial, phases->index);
	assert_int_equal(task->state, TASK_OK);
	assert_int_equal(phases->count, 4);
	assert_int_equal(phases->items[0].start_ns, task->start_ns);
	assert_int_equal(phases->items[3].end_ns, task->end_ns);
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(phases->items[i].class, classes[i]);
	assert_string_equal(phases->names + phases->items[1].name, "reading #");
	assert_string_equal(phases->names + phases->items[2].name, "step #");
	/* a sleep lasts at least what was asked for; the clocks agree within a few ms */
	assert_true(phases->items[1].end_ns - phases->items[1].start_ns >= 45 * NS_PER_MS);
	assert_true(phases->items[2].end_ns - phases->items[2].start_ns >= 45 * NS_PER_MS);
}

static void test_engine(void **state)
{
	(void)state;
	static const struct {
		const char *script;
		enum log_stream stream;
		enum keep_output keep;
		size_t outputs; /* per task */
	} cases[] = {
	        {LOGGER "run >&2", LOG_STDERR, KEEP_NONE, 0},
	        {LOGGER "run >&2", LOG_STDERR, KEEP_FAILED, 0},
	        {LOGGER "run", LOG_STDOUT, KEEP_ALL, 1},
	        {LOGGER "run > \"$0/log-$1.txt\"", LOG_IN_FILE, KEEP_ALL, 1},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fixture f;
		struct trial_outcome outcome;
		struct error err;
		fixture_init(&f,
		             (const char *const[]){"/bin/sh", "-c", cases[i].script, "{workdir}",
		                                   "{index}", NULL},
		             (const uint32_t[]){2, 0});
		f.scenario.task.keep = cases[i].keep;
		ask_for_phases(&f, cases[i].stream);
		if (cases[i].stream == LOG_IN_FILE)
			assert_int_equal(
			        str_copy("log-{index}.txt", &f.scenario.task.phases.log.file, &err),
			        0);
		fixture_run(&f, &outcome);
		size_t with_phases = 0;
		size_t measured = 0;
		size_t outputs = 0;
		size_t tasks = 0;
		for (size_t k = 0; k < f.collected.count; k++) {
			const struct record *const record = &f.collected.items[k];
			if (record->kind == RECORD_PHASES) {
				check_phases(&f, &record->phases);
				with_phases += record->phases.trial > 0;
			}
			if (record->kind == RECORD_EVENT)
				print_message("# %s\n", record->event.text);
			if (record->kind != RECORD_TASK || record->task.trial == 0) {
				outputs +=
				        record->kind == RECORD_OUTPUT && record->output.trial > 0;
				continue;
			}
			tasks += record->task.state == TASK_OK;
			measured +=
			        record->task.role == ROLE_MEASURED && record->task.state == TASK_OK;
		}
		assert_int_equal(with_phases, measured);
		/* The window is as long as warm-up let expect: how many fit into it is the
		 * machine's load; but each of the two slots has one at its beginning. */
		assert_true(measured >= 2);
		assert_true(outputs >= cases[i].outputs * tasks);
		assert_true(cases[i].outputs > 0 || outputs == 0);
		fixture_release(&f);
	}
}

static size_t count_kind(const struct fixture *f, enum record_kind kind, const char *code)
{
	size_t count = 0;
	for (size_t i = 0; i < f->collected.count; i++)
		count += f->collected.items[i].kind == kind &&
		         (!code || strcmp(f->collected.items[i].event.code, code) == 0);
	return count;
}

/* Logs that cannot be used: the run goes on, and says so once. */
static void test_engine_faults(void **state)
{
	(void)state;
	static const struct {
		const char *script;
		enum log_stream stream;
		const char *code;
	} cases[] = {
	        {"exit 0", LOG_STDERR, "log-without-stamps"},
	        {"echo lsst.isr INFO: x >&2", LOG_STDERR, "log-without-stamps"},
	        {"head -c 1000000 /dev/urandom >&2", LOG_STDERR, "log-without-stamps"},
	        {"head -c 1000000 /dev/zero >&2", LOG_STDERR, "log-without-stamps"},
	        {"ln -s /etc/passwd \"$0/log-$1\"", LOG_IN_FILE, "log-without-stamps"},
	        {"mkfifo \"$0/log-$1\"", LOG_IN_FILE, "log-without-stamps"},
	        {"mkdir \"$0/log-$1\"", LOG_IN_FILE, "log-without-stamps"},
	        {"exit 0", LOG_IN_FILE, "log-without-stamps"},
	        {"truncate -s 1T \"$0/log-$1\" 2>/dev/null || exit 0", LOG_IN_FILE,
	         "log-without-stamps"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fixture f;
		struct trial_outcome outcomes[2];
		struct error err;
		fixture_init(&f,
		             (const char *const[]){"/bin/sh", "-c", cases[i].script, "{workdir}",
		                                   "{index}", NULL},
		             (const uint32_t[]){1, 2, 0});
		f.scenario.sweep.measured.tasks = 1;
		f.scenario.sweep.warmup.tasks = 0;
		ask_for_phases(&f, cases[i].stream);
		if (cases[i].stream == LOG_IN_FILE)
			assert_int_equal(
			        str_copy("log-{index}", &f.scenario.task.phases.log.file, &err), 0);
		fixture_run(&f, outcomes);
		print_message("# %s\n", cases[i].script);
		assert_int_equal(outcomes[1].record.state, TRIAL_DONE);
		assert_int_equal(count_kind(&f, RECORD_PHASES, NULL), 0);
		assert_int_equal(count_kind(&f, RECORD_EVENT, cases[i].code), 1);
		fixture_release(&f);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_phases_of_a_log), cmocka_unit_test(test_small_disorder),
	        cmocka_unit_test(test_faults),          cmocka_unit_test(test_too_many_stamps),
	        cmocka_unit_test(test_no_file),         cmocka_unit_test(test_sink_fails),
	        cmocka_unit_test(test_engine),          cmocka_unit_test(test_engine_faults),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
