/* Every file of tests/import cut at every byte, changed at random places (the seed is fixed), and
 * random bytes: readers take tasks, or tell of at least one problem with a line of the file and
 * take nothing. What is read of a beginning is what is read of the whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "core/file.h"
#include "core/rng.h"
#include "formats/import/gnu_time.h"
#include "formats/import/level_csv.h"
#include "formats/import/perf_stat.h"
#include "formats/import/task_csv.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_BYTES = 8192, CHANGED_PER_FILE = 300, RANDOM_TEXTS = 300, SEED = 6 };

static int read_csv(const char *name, FILE *stream, struct imported *imported,
                    struct problems *problems, struct error *err)
{
	return task_csv_read(name, stream, NULL, imported, problems, err);
}

static const struct format {
	const char *folder;
	int (*read)(const char *name, FILE *stream, struct imported *imported,
	            struct problems *problems, struct error *err);
} formats[] = {
        {"perf-stat", perf_stat_read},
        {"time", gnu_time_read},
        {"csv", read_csv},
        {"levels", level_csv_read},
};

/* Work done on one sample. */
typedef void try_function(const struct format *format, const char *text, size_t bytes);

static size_t count_lines(const char *text, size_t bytes)
{
	size_t lines = 1;
	for (size_t i = 0; i < bytes; i++)
		lines += text[i] == '\n';
	return lines;
}

static void check_refused(const struct problems *problems, const struct imported *imported,
                          const struct error *err, size_t lines)
{
	assert_true(problems->count > 0);
	assert_true(err->text[0] != '\0');
	for (size_t i = 0; i < problems->count; i++) {
		assert_in_range(problems->items[i].line, 1, lines);
		assert_memory_equal(problems->items[i].text, "x:", 2);
		const unsigned char *p = (const unsigned char *)problems->items[i].text;
		for (; *p; p++)
			assert_in_range(*p, 0x20, 0xff);
	}
	assert_int_equal(imported->task_count, 0);
	assert_int_equal(imported->figure_count, 0);
	assert_int_equal(imported->event_count, 0);
	assert_int_equal(imported->facts.count, 0);
	assert_int_equal(imported->remarks.count, 0);
	assert_int_equal(imported->texts.count, 0);
}

static void check_taken(const struct imported *imported, size_t lines)
{
	assert_true(imported->task_count + imported->figure_count > 0);
	assert_int_equal(imported->facts.count, imported->fact_values.count);
	for (size_t i = 0; i < imported->task_count; i++) {
		const struct imported_task *const task = &imported->tasks[i];
		assert_in_range(task->line, 1, lines);
		assert_true(task->wall_ns == RECORD_ABSENT || task->wall_ns >= 0);
		assert_true((task->record.start_ns == RECORD_ABSENT) ==
		            (task->record.end_ns == RECORD_ABSENT));
		assert_true(task->record.end_ns >= task->record.start_ns);
		for (size_t c = 0; c < task->count_count; c++) {
			const struct counter_value *const value = &task->counts[c].value;
			assert_in_range(task->counts[c].event, 0, imported->event_count - 1);
			if (value->state == COUNTER_OK || value->state == COUNTER_SCALED)
				assert_true(counter_scaled_value(value) >= 0);
		}
	}
	for (size_t i = 0; i < imported->figure_count; i++) {
		assert_true(imported->figures[i].concurrency >= 1);
		assert_true(isfinite(imported->figures[i].figure.value));
	}
}

/* Reads a copy of exactly so many bytes, so that ASan sees a read past them. */
static bool read_text(const struct format *format, const char *text, size_t bytes,
                      struct imported *imported)
{
	char *const copy = malloc(bytes ? bytes : 1);
	assert_non_null(copy);
	memcpy(copy, text, bytes);
	FILE *const stream = fmemopen(copy, bytes, "r");
	assert_non_null(stream);
	cleanup_problems struct problems problems = {0};
	struct error err = {""};
	const int r = format->read("x", stream, imported, &problems, &err);
	fclose(stream);
	if (r == 0) {
		assert_int_equal(problems.count, 0);
		check_taken(imported, count_lines(text, bytes));
	} else {
		assert_int_equal(r, -EINVAL);
		check_refused(&problems, imported, &err, count_lines(text, bytes));
	}
	free(copy);
	return r == 0;
}

static void for_each_sample(try_function *try)
{
	const char *const top = getenv("top_srcdir");
	assert_non_null(top);
	size_t samples = 0;
	for (size_t f = 0; f < ARRAY_LENGTH(formats); f++) {
		char path[4096];
		struct error err;
		snprintf(path, sizeof path, "%s/tests/import/%s", top, formats[f].folder);
		DIR *const folder = opendir(path);
		assert_non_null(folder);
		for (const struct dirent *entry; (entry = readdir(folder));) {
			char *text = NULL;
			size_t bytes = 0;
			if (entry->d_name[0] == '.')
				continue;
			snprintf(path, sizeof path, "%s/tests/import/%s/%s", top, formats[f].folder,
			         entry->d_name);
			assert_int_equal(file_read(path, MOST_BYTES, &text, &bytes, &err), 0);
			try(&formats[f], text, bytes);
			free(text);
			samples++;
		}
		closedir(folder);
	}
	assert_true(samples > 80);
}

/* A part that was read is what the whole has there, or it is absent. */
static void check_part(int64_t part, int64_t whole)
{
	if (part != RECORD_ABSENT)
		assert_true(part == whole);
}

static void check_beginning(const struct imported *part, const struct imported *whole)
{
	assert_in_range(part->task_count, 0, whole->task_count);
	for (size_t i = 0; i < part->task_count; i++) {
		const struct imported_task *const a = &part->tasks[i];
		const struct imported_task *const b = &whole->tasks[i];
		assert_int_equal(a->line, b->line);
		check_part(a->record.user_ns, b->record.user_ns);
		check_part(a->record.system_ns, b->record.system_ns);
		check_part(a->record.max_rss_bytes, b->record.max_rss_bytes);
		check_part(a->concurrency, b->concurrency);
		/* Without its last rows a job of -x has its wall time from a clock. */
		if (a->wall_ns != RECORD_ABSENT)
			assert_true(fabs((double)(a->wall_ns - b->wall_ns)) <=
			            0.004 * (double)b->wall_ns);
		assert_in_range(a->count_count, 0, b->count_count);
		for (size_t c = 0; c < a->count_count; c++) {
			assert_int_equal(a->counts[c].value.state, b->counts[c].value.state);
			assert_true(a->counts[c].value.raw == b->counts[c].value.raw ||
			            b->counts[c].value.state == COUNTER_SCALED);
		}
	}
	assert_in_range(part->figure_count, 0, whole->figure_count);
	for (size_t i = 0; i < part->figure_count; i++)
		assert_true(part->figures[i].figure.value == whole->figures[i].figure.value);
}

static void try_beginnings(const struct format *format, const char *text, size_t bytes)
{
	cleanup_imported struct imported whole = {0};
	if (!read_text(format, text, bytes, &whole))
		return;
	size_t refused = 0;
	for (size_t length = 0; length < bytes; length++) {
		cleanup_imported struct imported part = {0};
		if (read_text(format, text, length, &part))
			check_beginning(&part, &whole);
		else
			refused++;
	}
	assert_true(refused > bytes / 4);
}

static void beginnings(void **state)
{
	(void)state;
	for_each_sample(try_beginnings);
}

static uint32_t below(struct rng *rng, uint32_t limit)
{
	return (uint32_t)rng_below(rng, limit);
}

/* One byte changed, taken out or put in, or a stretch doubled. */
static size_t change(struct rng *rng, char *text, size_t bytes, size_t room)
{
	static const char bytes_of_use[] = "\t\n\r \",;.:|#<>(){}[]'%+-=019aeknsu\x7f\xff\xe2\x80";
	const size_t at = below(rng, (uint32_t)bytes + 1);
	const size_t pick = below(rng, sizeof bytes_of_use);
	size_t length;
	switch (below(rng, 4)) {
	case 0:
		if (at < bytes)
			text[at] = bytes_of_use[pick];
		return bytes;
	case 1:
		if (at == bytes)
			return bytes;
		memmove(text + at, text + at + 1, bytes - at - 1);
		return bytes - 1;
	case 2:
		if (bytes == room)
			return bytes;
		memmove(text + at + 1, text + at, bytes - at);
		text[at] = bytes_of_use[pick];
		return bytes + 1;
	default:
		length = below(rng, (uint32_t)(bytes - at) + 1);
		if (length > room - bytes)
			return bytes;
		memmove(text + at + length, text + at, bytes - at);
		return bytes + length;
	}
}

static void try_changes(const struct format *format, const char *text, size_t bytes)
{
	static char changed[2 * MOST_BYTES];
	struct rng rng;
	rng_init(&rng, SEED, 0);
	for (size_t i = 0; i < CHANGED_PER_FILE; i++) {
		cleanup_imported struct imported imported = {0};
		memcpy(changed, text, bytes);
		size_t length = bytes;
		for (uint32_t j = below(&rng, 6) + 1; j > 0; j--)
			length = change(&rng, changed, length, sizeof changed);
		read_text(format, changed, length, &imported);
	}
}

static void changes(void **state)
{
	(void)state;
	for_each_sample(try_changes);
}

/* Random bytes, of all kinds and of those that numbers and tables are made of. */
static void random_texts(void **state)
{
	(void)state;
	static const char likely[] = "0123456789.,;:|\"\n\r\t #<>()'-+%";
	static char text[4096];
	struct rng rng;
	rng_init(&rng, SEED, 0);
	for (size_t f = 0; f < ARRAY_LENGTH(formats); f++) {
		for (size_t i = 0; i < RANDOM_TEXTS; i++) {
			cleanup_imported struct imported imported = {0};
			const size_t bytes = below(&rng, sizeof text);
			for (size_t b = 0; b < bytes; b++)
				text[b] = i % 2 ? (char)below(&rng, 256)
				                : likely[below(&rng, sizeof likely - 1)];
			read_text(&formats[f], text, bytes, &imported);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(beginnings),
	        cmocka_unit_test(changes),
	        cmocka_unit_test(random_texts),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
