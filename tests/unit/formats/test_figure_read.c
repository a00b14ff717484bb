/* Numbers that tasks print: lines, JSON objects, and what is hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/array.h"
#include "core/error.h"
#include "formats/figure_read.h"

#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static char rate[] = "rate";
static char clock_hz[] = "clock_hz";
static char psf[] = "psf.fwhm";
static char *items[] = {rate, clock_hz, psf, NULL};
static const struct words names = {.items = items, .count = 3};

enum { RATE, CLOCK, PSF, NAMES };

static void read_bytes(const void *text, size_t bytes, struct figure_found found[NAMES])
{
	struct error err;
	struct figure_reader *reader;
	const int fd = memfd_create("stream", 0);
	assert_true(fd >= 0 && write(fd, text, bytes) == (ssize_t)bytes);
	assert_int_equal(figure_reader_new(&names, &reader, &err), 0);
	memset(found, 0x55, NAMES * sizeof *found);
	assert_int_equal(figure_read(reader, &(const struct log_place){fd, 0, -1}, found, &err), 0);
	figure_reader_free(reader);
	close(fd);
}

static void read_text(const char *text, struct figure_found found[NAMES])
{
	read_bytes(text, strlen(text), found);
}

/* A value, or NAN with what is said. */
static void test_lines(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double value; /* of rate */
		const char *said;
	} cases[] = {
	        {"rate 12.5\n", 12.5, NULL},
	        {"rate 12.5", 12.5, NULL},
	        {"rate 12.5\r\n", 12.5, NULL},
	        {"rate=12.5\n", 12.5, NULL},
	        {"rate = 12.5 /s\n", 12.5, NULL},
	        {"rate: 12.5 images per second\n", 12.5, NULL},
	        {"  rate\t:\t12.5\n", 12.5, NULL},
	        {"rate -3\nrate +4e2\n", 400, NULL},
	        {"\033[1mrate\033[0m 7\n", 7, NULL},
	        {"chatter\n\nrate 1\nrate_max 9\nrate.x 8\nrate 2\nrates 3\nmy rate 4\n", 2, NULL},
	        {"rate 0\n", 0, NULL},
	        /* the last one counts, also where it is none */
	        {"rate 1\nrate nan\n", NAN, "rate nan"},
	        {"rate nan\nrate 1\n", 1, NULL},
	        {"rate inf\n", NAN, "rate inf"},
	        {"rate 1e999\n", NAN, "rate 1e999"},
	        {"rate 0x10\n", NAN, "rate 0x10"},
	        {"rate 12,5\n", NAN, "rate 12,5"},
	        {"rate 1,234.5\n", NAN, "rate 1,234.5"},
	        {"rate 12.5GHz\n", NAN, "rate 12.5GHz"},
	        {"rate 12%\n", NAN, "rate 12%"},
	        {"rate is high\n", NAN, "rate is high"},
	        {"rate:\n", NAN, "rate:"},
	        {"rate\n", NAN, "rate"},
	        {"rate == 3\n", NAN, "rate == 3"},
	        {"rate 1\033]0;title\a\n", NAN, "rate 10;title?"},
	        {"rate 1\a2\n", NAN, "rate 1?2"},
	        /* not of it */
	        {"", NAN, ""},
	        {"\n\n", NAN, ""},
	        {"RATE 3\n", NAN, ""},
	        {"\"rate\": 3\n", NAN, ""},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct figure_found found[NAMES];
		print_message("# case %zu\n", i);
		read_text(cases[i].text, found);
		assert_int_equal(found[RATE].is_printed, !cases[i].said || cases[i].said[0] != 0);
		if (cases[i].said) {
			assert_true(isnan(found[RATE].value));
			assert_string_equal(found[RATE].said, cases[i].said);
		} else {
			assert_true(found[RATE].value == cases[i].value);
		}
		assert_false(found[CLOCK].is_printed);
		assert_true(isnan(found[PSF].value));
	}
}

static void test_units(void **state)
{
	(void)state;
	struct figure_found found[NAMES];
	read_text("clock_hz 3.2 GHz\nrate 3 kHz\n", found);
	assert_true(found[CLOCK].value == 3.2 * 1e9);
	assert_true(found[RATE].value == 3);
	read_text("clock_hz 1e290 GHz\n", found);
	assert_true(found[CLOCK].value == 1e290 * 1e9);
	read_text("clock_hz 1e305 GHz\n", found);
	assert_true(found[CLOCK].is_printed && isnan(found[CLOCK].value));
}

static void test_json(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		double rate;
		double psf;
	} cases[] = {
	        {"{\"rate\": 2, \"psf\": {\"fwhm\": 0.7}}\n", 2, 0.7},
	        {"{\"psf.fwhm\": 0.7}", NAN, 0.7},
	        {"start\n{\n  \"psf\": {\n    \"fwhm\": 0.7\n  },\n  \"rate\": 2\n}\nend\n", 2,
	         0.7},
	        {"{\"rate\": 2}\nrate 3\n", 3, NAN},
	        {"rate 3\n{\"rate\": 2}\n", 2, NAN},
	        {"{\"rate\": 2, \"text\": \"}\\\"{\\n\"}\n", 2, NAN},
	        {"{\"rate\": 1}{\"rate\": 2}\n", 1, NAN},
	        {"{\"rate\": 1}\n{\"rate\": 2}\n", 2, NAN},
	        /* a broken one swallows no other */
	        {"{ \"rate\": 1, \"x\": [\n{\"rate\": 2}\n", 2, NAN},
	        {"{\"rate\": NaN}\n{\"rate\": 2}\n", 2, NAN},
	        {"{\"psf\": 3, \"rate\": 2}\n", 2, NAN},
	        {"{\"psf\": {\"fwhm\": {\"x\": 1}}}\n", NAN, NAN},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		struct figure_found found[NAMES];
		print_message("# case %zu\n", i);
		read_text(cases[i].text, found);
		assert_true(isnan(cases[i].rate) ? isnan(found[RATE].value)
		                                 : found[RATE].value == cases[i].rate);
		assert_true(isnan(cases[i].psf) ? isnan(found[PSF].value)
		                                : found[PSF].value == cases[i].psf);
	}
	struct figure_found found[NAMES];
	read_text("{\"rate\": \"12\\u001b[31m\"}\n", found);
	assert_true(found[RATE].is_printed && isnan(found[RATE].value));
	assert_string_equal(found[RATE].said, "rate: \"12\\u001B[31m\"");
	read_text("{\"rate\": NaN}\n", found);
	assert_false(found[RATE].is_printed);
	assert_memory_equal(found[RATE].said, "JSON: ", 6);
}

/* Longer than any line or object that is kept, and across the chunks in which it is read. */
static void test_long(void **state)
{
	(void)state;
	enum { BYTES = 3 << 20 };
	static const char *const ends[] = {"", "\nrate 5\n", "\n{\"rate\": 5}\n"};
	struct figure_found found[NAMES];
	char *const text = malloc(BYTES + 64);
	for (size_t i = 0; i < 3 * ARRAY_LENGTH(ends); i++) {
		const char *const end = ends[i % 3];
		memset(text, i < 3 ? 'x' : i < 6 ? '{' : '\0', BYTES);
		memcpy(text + BYTES, end, strlen(end));
		read_bytes(text, BYTES + strlen(end), found);
		assert_true(*end ? found[RATE].value == 5 : !found[RATE].is_printed);
	}
	/* a value at every place around the end of a chunk */
	for (size_t at = (64 << 10) - 12; at < (64 << 10) + 2; at++) {
		memset(text, '\n', at);
		memcpy(text + at, "rate 12.25\nx", 12);
		read_bytes(text, at + 12, found);
		assert_true(found[RATE].value == 12.25);
	}
	/* the number is cut off with the line: no number is made of what is left */
	memset(text, ' ', 8192);
	memcpy(text, "rate", 4);
	memcpy(text + 4094, "1234\n", 5);
	read_bytes(text, 4099, found);
	assert_true(isnan(found[RATE].value) && found[RATE].is_printed);
	free(text);
}

static void test_binary(void **state)
{
	(void)state;
	enum { BYTES = 1 << 16 };
	static unsigned char noise[BYTES];
	struct figure_found found[NAMES];
	uint64_t x = 88172645463325252ULL;
	for (size_t i = 0; i < BYTES; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		noise[i] = (unsigned char)(i % 97 == 0 ? '\n' : i % 97 == 1 ? '{' : x);
	}
	read_bytes(noise, BYTES, found);
	for (size_t i = 0; i < NAMES; i++)
		assert_true(isnan(found[i].value));
	read_bytes("rate 1\0002\n", 9, found);
	assert_true(isnan(found[RATE].value));
	assert_string_equal(found[RATE].said, "rate 1?2");
}

/* The decimal mark is a point, whatever the locale of the program is. */
static void test_locale(void **state)
{
	(void)state;
	struct figure_found found[NAMES];
	if (!setlocale(LC_ALL, "de_DE.UTF-8"))
		print_message("# no German locale here: tried in the C locale alone\n");
	read_text("rate 12.5\nclock_hz 12,5\n", found);
	assert_true(found[RATE].value == 12.5);
	assert_true(isnan(found[CLOCK].value));
	setlocale(LC_ALL, "C");
}

static void test_place(void **state)
{
	(void)state;
	static const char text[] = "rate 1\nrate 2\nrate 3\n";
	struct error err;
	struct figure_reader *reader;
	struct figure_found found[NAMES];
	const int fd = memfd_create("stream", 0);
	assert_true(write(fd, text, sizeof text - 1) == sizeof text - 1);
	assert_int_equal(figure_reader_new(&names, &reader, &err), 0);
	assert_int_equal(figure_read(reader, &(const struct log_place){fd, 7, 7}, found, &err), 0);
	assert_true(found[RATE].value == 2);
	close(fd);
	memset(found, 0x55, sizeof found);
	const struct figure_found before = found[RATE];
	assert_true(figure_read(reader, &(const struct log_place){-1, 0, -1}, found, &err) < 0);
	assert_memory_equal(&before, &found[RATE], sizeof before);
	figure_reader_free(reader);
	figure_reader_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test(test_lines),  cmocka_unit_test(test_units),
	        cmocka_unit_test(test_json),   cmocka_unit_test(test_long),
	        cmocka_unit_test(test_binary), cmocka_unit_test(test_locale),
	        cmocka_unit_test(test_place),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
