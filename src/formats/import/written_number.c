#include "formats/import/written_number.h"

#include "core/array.h"

#include <ctype.h>
#include <string.h>

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
		const bool is_plain = isdigit((unsigned char)*text) || *text == '.';
		const size_t length = is_plain ? 0 : mark_length(text, end);
		if (length == 0 && !is_plain)
			return false;
		text += length ? length : 1;
	}
	return true;
}

/* Reads digits in groups up to a point. Groups are of three; of two before the last in India. */
static enum written_reading read_whole(const char **text, const char *end, uint64_t *ret_whole)
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
				return WRITTEN_TOO_LARGE;
			digits++;
			p++;
			continue;
		}
		const size_t length = mark_length(p, end);
		if (mark && (length != mark_bytes || memcmp(p, mark, length) != 0))
			return WRITTEN_FOREIGN; /* two marks: one of them is a decimal mark */
		if (digits == 0 || digits > 3 || (mark ? digits < 2 : whole == 0))
			return WRITTEN_FOREIGN;
		mark = p;
		mark_bytes = length;
		digits = 0;
		p += length;
	}
	if (mark && digits != 3)
		return WRITTEN_FOREIGN;
	*text = p;
	*ret_whole = whole;
	return WRITTEN_READ;
}

enum written_reading written_number_read(const char *text, size_t length,
                                         struct written_number *ret_number)
{
	const char *const end = text + length;
	if (!is_numeric(text, end))
		return WRITTEN_NO_NUMBER;
	struct written_number number = {0};
	const enum written_reading reading = read_whole(&text, end, &number.whole);
	if (reading != WRITTEN_READ)
		return reading;
	number.has_fraction = text < end;
	uint32_t unit = 100000000;
	for (text += text < end; text < end; text++, unit /= 10) {
		if (!isdigit((unsigned char)*text))
			return WRITTEN_FOREIGN;
		number.nano += unit * (uint32_t)(*text - '0');
	}
	if (number.has_fraction && end[-1] == '.')
		return WRITTEN_FOREIGN;
	*ret_number = number;
	return WRITTEN_READ;
}

bool written_number_ns(const struct written_number *number, int64_t per_second, int64_t *ret_ns)
{
	const int64_t factor = 1000000000 / per_second;
	int64_t ns = 0;
	if (number->whole > INT64_MAX ||
	    __builtin_mul_overflow((int64_t)number->whole, factor, &ns))
		return false;
	const int64_t nano = (int64_t)number->nano;
	return !__builtin_add_overflow(ns, (nano + per_second / 2) / per_second, ret_ns);
}
