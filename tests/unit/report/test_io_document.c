#include "../analyse/used.h"
#include "core/array.h"
#include "core/error.h"
#include "report/document_html.h"
#include "report/document_text.h"
#include "report/io/io_document.h"
#include "report/json/io_json.h"

#include <errno.h>
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { WIDTH = 80 };

static const struct text_style ascii = {.width = WIDTH, .is_ascii = true};

static char program[] = "./sweeps";
static char operand[] = "SRC.fits";
static char *line[] = {program, operand};
static const struct words command = {.items = line, .count = 2};

/* A file that is read again and again, a database with its journal, names that would do harm. */
static void make(struct used *used)
{
	used_init(used);
	const uint32_t src = used_file(used, "/home/u/runs/out/SRC-0038080-023.fits", IO_UNKNOWN);
	const uint32_t db = used_file(used, "/home/u/runs/data/registry.sqlite3", IO_UNKNOWN);
	const uint32_t journal =
	        used_file(used, "/home/u/runs/data/registry.sqlite3-journal", IO_UNKNOWN);
	const uint32_t hostile = used_file(
	        used, "/home/u/<script>alert(1)</script>/\033[31mred\033[0m\"'&.\xff\xfe", 40);
	const uint32_t missing = used_file(used, "/opt/lib/python/numpy.so", IO_UNKNOWN);
	used_sweep(used, src, 11520, 300, 2880, 65536);
	used_make(used, db);
	for (int64_t i = 0; i < 120; i++) {
		used_do(used, db, IO_LOCK, 1);
		used_make(used, journal);
		used_write(used, journal, 0, 512);
		used_write(used, db, i * 4096, 4096);
		used_do(used, db, IO_SYNC, 1);
		used_do(used, journal, IO_UNLINK, 1);
		used_do(used, db, IO_UNLOCK, 1);
	}
	used->files[journal].is_unlinked = true;
	used->files[journal].lives = 120;
	used_open(used, hostile);
	used_read(used, hostile, 0, 40);
	used_do(used, missing, IO_STAT, 4);
}

struct shown {
	struct used used;
	struct io_findings findings;
	struct strace_report report;
	struct io_told told;
	const struct io_seen *chosen[2];
};

static void show(struct shown *shown)
{
	make(&shown->used);
	used_find(&shown->used, &shown->findings);
	shown->report = (struct strace_report){.lines = 100,
	                                       .unreadable = 2,
	                                       .first_unreadable = 17,
	                                       .unreadable_said = "what is this"};
	shown->told = (struct io_told){.command = &command,
	                               .folder = "/home/u/runs",
	                               .report = &shown->report,
	                               .unknown = 3,
	                               .wall_ns = IO_UNKNOWN,
	                               .most_rows = 15,
	                               .chosen = shown->chosen};
	shown->told.chosen_count = io_document_choose(&shown->findings, shown->chosen, 2);
}

static void release(struct shown *shown)
{
	io_findings_release(&shown->findings);
	used_release(&shown->used);
}

static char *text_of(const struct shown *shown, const struct text_style *style)
{
	struct document doc;
	struct error err;
	char *text;
	document_init(&doc, "", style);
	io_document(&shown->findings, &shown->told, &doc);
	assert_return_code(document_text_write(&doc, &text, &err), 0);
	document_release(&doc);
	return text;
}

static void test_a_terminal_is_told(void **state)
{
	static const char *const said[] = {
	        "./sweeps SRC.fits",
	        "out/SRC-0038080-023.fits: the whole file is read again before each small write",
	        "before 300 of its 301 writes it was read from the start",
	        "registry.sqlite3-journal",
	        "made 120 times",
	        "It matters where this is on a shared file system.",
	        "synced after each write",
	        "the first is line 17: what is this",
	        "3 calls are of descriptors that were open before the log began",
	        "file system",
	};
	struct shown shown;
	(void)state;
	show(&shown);
	char *const text = text_of(&shown, &ascii);
	if (getenv("PLATEAU_SHOW"))
		puts(text);
	/* Blanks and line ends are one here: it is wrapped. */
	char *flat = strdup(text);
	size_t length = 0;
	for (size_t i = 0; flat[i]; i++) {
		const char c = flat[i] == '\n' ? ' ' : flat[i];
		if (c != ' ' || length == 0 || flat[length - 1] != ' ')
			flat[length++] = c;
	}
	flat[length] = '\0';
	for (size_t i = 0; i < ARRAY_LENGTH(said); i++)
		if (!strstr(flat, said[i]))
			fail_msg("not said: %s\n%s", said[i], text);
	free(flat);
	for (const char *at = text; *at; at++) {
		const size_t columns = strcspn(at, "\n");
		assert_true(columns <= WIDTH);
		at += columns;
	}
	for (const char *at = text; *at; at++)
		assert_true(*at == '\n' || (*at >= ' ' && *at <= '~'));
	free(text);
	release(&shown);
}

static int draw_nothing(const struct plot *const *plots, size_t count,
                        struct plot_picture *ret_pictures, struct error *err)
{
	(void)plots;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		ret_pictures[i].svg = NULL;
		error_set(&ret_pictures[i].why, ENOENT, "nobody draws here");
	}
	return 0;
}

static void test_a_page_holds_names_off(void **state)
{
	struct shown shown;
	struct document doc;
	struct undrawn undrawn = {0};
	struct error err;
	char *html;
	(void)state;
	show(&shown);
	document_init(&doc, "", &ascii);
	io_document(&shown.findings, &shown.told, &doc);
	assert_return_code(
	        document_html_write(&doc, 1, "page", draw_nothing, &html, &undrawn, &err), 0);
	assert_null(strstr(html, "<script>alert"));
	assert_null(strchr(html, '\033'));
	assert_non_null(strstr(html, "&lt;script&gt;alert(1)"));
	free(html);
	document_release(&doc);
	release(&shown);
}

static void test_positions_are_plotted(void **state)
{
	struct shown shown;
	struct document doc;
	size_t bars = 0;
	(void)state;
	show(&shown);
	document_init(&doc, "", &ascii);
	io_document(&shown.findings, &shown.told, &doc);
	for (size_t s = 0; s < doc.section_count; s++) {
		for (size_t b = 0; b < doc.sections[s].block_count; b++) {
			const struct plot *const plot = doc.sections[s].blocks[b].plot;
			if (!plot || strcmp(plot->id, "position-1") != 0)
				continue;
			assert_string_equal(plot->series[0].name, "read");
			bars += plot->series[0].count;
			/* Each sweep begins at 0 and goes as far as the file was then. */
			const double first = plot->series[0].points[0].y;
			const double last = plot->series[0].points[bars - 1].y;
			assert_true(last > 50 * first);
		}
	}
	assert_true(bars >= 300);
	document_release(&doc);
	release(&shown);
}

static void test_json(void **state)
{
	struct shown shown;
	struct error err;
	json_error_t why;
	char *text;
	(void)state;
	show(&shown);
	assert_return_code(io_json_write(&shown.findings, &shown.told, true, &text, &err), 0);
	json_t *const answer = json_loads(text, 0, &why);
	assert_non_null(answer);
	const json_t *const file = json_array_get(json_object_get(answer, "files"), 0);
	const double read = json_number_value(json_object_get(file, "read_bytes"));
	const double size = json_number_value(json_object_get(file, "size_bytes"));
	assert_float_equal(read, 11520.0 * 300 + 2880.0 * 300 * 299 / 2, 1e-9);
	assert_float_equal(json_number_value(json_object_get(file, "reread_factor")), read / size,
	                   1e-9);
	assert_true(json_is_true(json_object_get(answer, "is_failed")));
	assert_true(json_is_null(json_object_get(file, "is_shared")));
	assert_int_equal(json_array_size(json_object_get(answer, "patterns")),
	                 shown.findings.pattern_count);
	json_decref(answer);
	free(text);
	release(&shown);
}

/* Nothing was done: nothing is divided by it. */
static void test_nothing_at_all(void **state)
{
	struct shown shown = {0};
	struct error err;
	char *json;
	(void)state;
	used_init(&shown.used);
	used_find(&shown.used, &shown.findings);
	shown.told = (struct io_told){.log = "empty.log", .wall_ns = IO_UNKNOWN, .most_rows = 5};
	char *const text = text_of(&shown, &ascii);
	assert_non_null(strstr(text, "No file was read or written."));
	assert_null(strstr(text, "nan"));
	assert_return_code(io_json_write(&shown.findings, &shown.told, false, &json, &err), 0);
	assert_null(strstr(json, "NaN"));
	free(json);
	free(text);
	release(&shown);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_a_terminal_is_told),
	        cmocka_unit_test(test_a_page_holds_names_off),
	        cmocka_unit_test(test_positions_are_plotted),
	        cmocka_unit_test(test_json),
	        cmocka_unit_test(test_nothing_at_all),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
