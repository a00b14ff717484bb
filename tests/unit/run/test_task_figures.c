/* Numbers that tasks print, through the engine: from every stream, whatever is kept of the output,
 * and what is said of tasks that print none. */
#include "engine_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void ask_for_figures(struct fixture *f, enum log_stream stream, const char *first,
                            const char *second)
{
	struct error err;
	struct scenario_figures *const figures = &f->scenario.task.figures;
	figures->log.stream = stream;
	if (stream == LOG_IN_FILE)
		assert_int_equal(str_copy("figures-{index}", &figures->log.file, &err), 0);
	assert_int_equal(words_add(&figures->names, first, &err), 0);
	if (second)
		assert_int_equal(words_add(&figures->names, second, &err), 0);
}

/* Every task prints its own index, and nobody gets that of another. Returns of how many there are
 * figures. */
static size_t check_figures(const struct fixture *f)
{
	size_t count = 0;
	for (size_t i = 0; i < f->collected.count; i++) {
		const struct record *const record = &f->collected.items[i];
		if (record->kind != RECORD_FIGURES)
			continue;
		const struct task_record *const task =
		        fixture_task(f, record->figures.trial, record->figures.index);
		assert_int_equal(task->state, TASK_OK);
		assert_int_equal(record->figures.count, 2);
		assert_string_equal(record->figures.items[0].name, "index");
		assert_true(record->figures.items[0].value == record->figures.index);
		assert_string_equal(record->figures.items[1].name, "a.rate_per_s");
		assert_true(record->figures.items[1].value == 1.5);
		count += record->figures.trial > 0;
	}
	return count;
}

static size_t count_measured(const struct fixture *f)
{
	size_t count = 0;
	for (size_t i = 0; i < f->collected.count; i++) {
		const struct record *const record = &f->collected.items[i];
		count += record->kind == RECORD_TASK && record->task.role == ROLE_MEASURED &&
		         record->task.state == TASK_OK;
	}
	return count;
}

static size_t count_events(const struct fixture *f, const char *code, const char **ret_text)
{
	size_t count = 0;
	for (size_t i = 0; i < f->collected.count; i++) {
		const struct record *const record = &f->collected.items[i];
		if (record->kind != RECORD_EVENT || strcmp(record->event.code, code) != 0)
			continue;
		*ret_text = record->event.text;
		count++;
	}
	return count;
}

/* More than is kept of head and tail stands around the figures, and more than is spooled. */
#define SAY                                                                                        \
	"sleep 0.02; say() { echo index 7; seq 9999; echo \"index $1\"; echo "                     \
	"'{{\"a\":{{\"rate_per_s\":1.5}}}}'; "                                                     \
	"seq 60000; }; "

static void test_streams(void **state)
{
	(void)state;
	static const struct {
		const char *script;
		enum log_stream stream;
		enum keep_output keep;
		bool has_phases;
	} cases[] = {
	        {SAY "say $1", LOG_STDOUT, KEEP_NONE, false},
	        {SAY "say $1", LOG_STDOUT, KEEP_ALL, true},
	        {SAY "say $1 >&2", LOG_STDERR, KEEP_FAILED, false},
	        {SAY "say $1 >&2", LOG_STDERR, KEEP_NONE, true},
	        {SAY "say $1 >\"$0/figures-$1\"", LOG_IN_FILE, KEEP_NONE, false},
	        {SAY "say $1 >\"$0/figures-$1\"", LOG_IN_FILE, KEEP_ALL, true},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fixture f;
		struct trial_outcome outcome;
		print_message("# case %zu\n", i);
		fixture_init(&f,
		             (const char *const[]){"/bin/sh", "-c", cases[i].script, "{workdir}",
		                                   "{index}", NULL},
		             (const uint32_t[]){2, 0});
		f.scenario.task.keep = cases[i].keep;
		if (cases[i].has_phases)
			f.scenario.task.phases.format = PHASES_LSST_LOG;
		ask_for_figures(&f, cases[i].stream, "index", "a.rate_per_s");
		fixture_run(&f, &outcome);
		assert_int_equal(check_figures(&f), count_measured(&f));
		assert_true(count_measured(&f) >= 4);
		fixture_release(&f);
	}
}

static void test_faults(void **state)
{
	(void)state;
	static const struct {
		const char *script;
		enum log_stream stream;
		const char *code;
		const char *text;
	} cases[] = {
	        {"exit 0", LOG_STDOUT, "figure-not-printed",
	         "the probe did not print rate_per_s to stdout, which task.figures names: it has "
	         "no such figure"},
	        {"echo rate_per_s 3", LOG_STDERR, "figure-not-printed", "to stderr"},
	        {"printf 'rate_per_s 3\\nrate_per_s nan\\n'", LOG_STDOUT, "figure-not-a-number",
	         "the probe printed no finite number as rate_per_s, but \"rate_per_s nan\": it has "
	         "no such figure"},
	        {"printf 'rate_per_s \\033[31m1e999\\n'", LOG_STDOUT, "figure-not-a-number",
	         "but \"rate_per_s 1e999\""},
	        {"echo '{\"rate_per_s\": NaN}'", LOG_STDOUT, "figure-not-printed",
	         "a JSON object of it cannot be read (JSON: invalid token near 'NaN')"},
	        {"head -c 1000000 /dev/urandom", LOG_STDOUT, "figure-not-printed", ""},
	        {"exit 0", LOG_IN_FILE, "figures-unreadable",
	         "the probe has no figures: figures-0: No such file or directory"},
	        {"ln -s /etc/passwd \"$0/figures-$1\"", LOG_IN_FILE, "figures-unreadable",
	         "a symbolic link"},
	        {"mkfifo \"$0/figures-$1\"", LOG_IN_FILE, "figures-unreadable", "is a pipe"},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct fixture f;
		struct trial_outcome outcomes[2];
		const char *text = "";
		print_message("# %s\n", cases[i].script);
		fixture_init(&f,
		             (const char *const[]){"/bin/sh", "-c", cases[i].script, "{workdir}",
		                                   "{index}", NULL},
		             (const uint32_t[]){1, 2, 0});
		f.scenario.sweep.measured.tasks = 1;
		f.scenario.sweep.warmup.tasks = 0;
		ask_for_figures(&f, cases[i].stream, "rate_per_s", NULL);
		fixture_run(&f, outcomes);
		assert_int_equal(outcomes[1].record.state, TRIAL_DONE);
		assert_int_equal(count_events(&f, cases[i].code, &text), 1);
		print_message("# %s\n", text);
		assert_non_null(strstr(text, cases[i].text));
		for (size_t k = 0; k < f.collected.count; k++)
			assert_int_not_equal(f.collected.items[k].kind, RECORD_FIGURES);
		fixture_release(&f);
	}
}

/* Some tasks have a figure and some have not: each keeps what it has. */
static void test_some(void **state)
{
	(void)state;
	struct fixture f;
	struct trial_outcome outcome;
	const char *text = "";
	fixture_init(&f,
	             (const char *const[]){"/bin/sh", "-c",
	                                   "echo a 1; [ $0 -ge 3 ] || echo b $0; exit 0", "{index}",
	                                   NULL},
	             (const uint32_t[]){2, 0});
	ask_for_figures(&f, LOG_STDOUT, "a", "b");
	fixture_run(&f, &outcome);
	size_t both = 0;
	size_t one = 0;
	for (size_t i = 0; i < f.collected.count; i++) {
		const struct figures_record *const figures = &f.collected.items[i].figures;
		if (f.collected.items[i].kind != RECORD_FIGURES)
			continue;
		const bool has_b = figures->index < 3;
		assert_int_equal(figures->count, has_b ? 2 : 1);
		assert_string_equal(figures->items[0].name, "a");
		both += has_b;
		one += !has_b;
	}
	assert_true(both > 0 && one > 0);
	assert_int_equal(count_events(&f, "figure-not-printed", &text), 1);
	print_message("# %s\n", text);
	assert_non_null(strstr(text, "did not print b"));
	assert_non_null(strstr(text, "more in this trial"));
	fixture_release(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_streams),
	        cmocka_unit_test(test_faults),
	        cmocka_unit_test(test_some),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
