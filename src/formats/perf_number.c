#include "core/array.h"
#include "formats/perf_parts.h"
#include "model/record.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

const char perf_why_locale[] =
        "a number as another locale writes it: it could mean two things, so it is not read; run "
        "perf with LC_ALL=C, or write decimals with a point and thousands without anything";
const char perf_why_large[] = "a number that no counter reaches (2^64 or more)";
const char perf_why_interval[] =
        "intervals (perf stat -I) are no tasks; run perf stat without -I, once per task";
const char perf_why_repeat[] =
        "means over runs (perf stat -r) are no tasks; run perf stat once per task, each with -o";
const char perf_why_places[] =
        "counts by CPU, socket or thread (-A, --per-socket, --per-thread) are no tasks; run perf "
        "stat once per task, without them";

/* What locales put between groups of digits, where nothing else can be meant. */
static const char *const group_marks[] = {
        ",", "'", "\xe2\x80\x99", "\xe2\x80\xaf", "\xe2\x80\x89", "\xc2\xa0",
};

static size_t mark_length(const char *text, const char *end)
{
	for (size_t i = 0; i < ARRAY_LENGTH(group_marks); i++) {
		const size_t length = strlen(group_marks[i]);
		if ((size_t)(end - text) >= length && memcmp(text, group_marks[i], length) == 0)
			return length;
	}
	return 0;
}

/* Whether it is made of digits and marks alone: then it is meant to be a number. */
static bool is_numeric(const char *text, const char *end)
{
	if (text == end || !isdigit((unsigned char)*text))
		return false;
	while (text < end) {
		const size_t length = mark_length(text, end);
		if (length == 0 && !isdigit((unsigned char)*text) && *text != '.')
			return false;
		text += length ? length : 1;
	}
	return true;
}

/* Reads digits in groups up to a point. Groups are of three; of two before the last in India. */
static enum perf_reading read_whole(const char **text, const char *end, uint64_t *ret_whole)
{
	const char *p = *text;
	const char *mark = NULL;
	size_t mark_bytes = 0;
	size_t digits = 0; /* in this group */
	uint64_t whole = 0;
	for (; p < end && *p != '.';) {
		if (isdigit((unsigned char)*p)) {
			if (__builtin_mul_overflow(whole, 10, &whole) ||
			    __builtin_add_overflow(whole, (uint64_t)(*p - '0'), &whole))
				return PERF_TOO_LARGE;
			digits++;
			p++;
			continue;
		}
		const size_t length = mark_length(p, end);
		if (mark && (length != mark_bytes || memcmp(p, mark, length) != 0))
			return PERF_FOREIGN; /* two marks: one of them is a decimal mark */
		if (digits == 0 || digits > 3 || (mark ? digits < 2 : whole == 0))
			return PERF_FOREIGN;
		mark = p;
		mark_bytes = length;
		digits = 0;
		p += length;
	}
	if (mark && digits != 3)
		return PERF_FOREIGN;
	*text = p;
	*ret_whole = whole;
	return PERF_READ;
}

enum perf_reading perf_number_read(const char *text, size_t length, struct perf_number *ret_number)
{
	const char *const end = text + length;
	if (!is_numeric(text, end))
		return PERF_NO_NUMBER;
	struct perf_number number = {0};
	const enum perf_reading reading = read_whole(&text, end, &number.whole);
	if (reading != PERF_READ)
		return reading;
	number.has_fraction = text < end;
	uint32_t unit = 100000000;
	for (text += text < end; text < end; text++, unit /= 10) {
		if (!isdigit((unsigned char)*text))
			return PERF_FOREIGN;
		number.nano += unit * (uint32_t)(*text - '0');
	}
	if (number.has_fraction && end[-1] == '.')
		return PERF_FOREIGN;
	*ret_number = number;
	return PERF_READ;
}

bool perf_number_ns(const struct perf_number *number, int64_t per_second, int64_t *ret_ns)
{
	const int64_t factor = 1000000000 / per_second;
	int64_t ns = 0;
	if (number->whole > INT64_MAX ||
	    __builtin_mul_overflow((int64_t)number->whole, factor, &ns))
		return false;
	const int64_t nano = (int64_t)number->nano;
	return !__builtin_add_overflow(ns, (nano + per_second / 2) / per_second, ret_ns);
}

struct perf_row perf_row_empty(void)
{
	return (struct perf_row){
	        .percent_e2 = -1,
	        .running_ns = RECORD_ABSENT,
	        .cpus = NAN,
	        .cpus_error = NAN,
	};
}

void perf_row_set_unit(struct perf_row *row)
{
	static const char *const clocks[] = {"task-clock", "cpu-clock"};
	for (size_t i = 0; i < ARRAY_LENGTH(clocks) && row->unit[0] == '\0'; i++) {
		const size_t length = strlen(clocks[i]);
		if (strncmp(row->event, clocks[i], length) == 0 &&
		    (row->event[length] == '\0' || row->event[length] == ':'))
			memcpy(row->unit, "msec", sizeof "msec");
	}
}

bool perf_row_is_plain(const struct perf_row *row)
{
	if (row->state != PERF_VALUE)
		return true;
	if (strcmp(row->unit, "msec") == 0)
		return row->value.has_fraction;
	return !row->value.has_fraction || (row->unit[0] != '\0' && strcmp(row->unit, "ns") != 0);
}
