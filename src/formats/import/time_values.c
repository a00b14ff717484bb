#include "formats/import/time_values.h"

#include "core/array.h"
#include "formats/import/written_number.h"

#include <ctype.h>
#include <string.h>

bool time_value_decimal(const char *text, size_t length, int64_t scale, int64_t *ret_nano)
{
	struct written_number number;
	for (size_t i = 0; i < length; i++)
		if (!isdigit((unsigned char)text[i]) && text[i] != '.')
			return false;
	int64_t nano = 0;
	if (written_number_read(text, length, &number) != WRITTEN_READ ||
	    !written_number_ns(&number, 1, &nano))
		return false;
	return !__builtin_mul_overflow(nano, scale, ret_nano);
}

bool time_value_count(const char *text, size_t length, int64_t factor, int64_t *ret_value)
{
	struct written_number number;
	for (size_t i = 0; i < length; i++)
		if (!isdigit((unsigned char)text[i]))
			return false;
	if (written_number_read(text, length, &number) != WRITTEN_READ || number.whole > INT64_MAX)
		return false;
	return !__builtin_mul_overflow((int64_t)number.whole, factor, ret_value);
}

bool time_value_clock(const char *text, size_t length, int64_t *ret_ns)
{
	static const int64_t scales[] = {60, 3600};
	const char *const end = text + length;
	const char *parts[3] = {text};
	size_t count = 1;
	for (const char *p = text; p < end; p++) {
		if (*p != ':')
			continue;
		if (count == ARRAY_LENGTH(parts))
			return false;
		parts[count++] = p + 1;
	}
	int64_t total = 0;
	if (count < 2 ||
	    !time_value_decimal(parts[count - 1], (size_t)(end - parts[count - 1]), 1, &total))
		return false;
	for (size_t i = 0; i + 1 < count; i++) {
		int64_t part = 0;
		const size_t bytes = (size_t)(parts[i + 1] - 1 - parts[i]);
		if (!time_value_count(parts[i], bytes, 1, &part) ||
		    !time_value_decimal(parts[i], bytes, scales[count - 2 - i], &part) ||
		    __builtin_add_overflow(total, part, &total))
			return false;
	}
	*ret_ns = total;
	return true;
}

bool time_value_shell(const char *text, size_t length, int64_t *ret_ns)
{
	static const struct {
		char unit;
		int64_t seconds;
	} units[] = {{'h', 3600}, {'m', 60}, {'s', 1}};
	const char *const end = text + length;
	int64_t total = 0;
	if (time_value_decimal(text, length, 1, ret_ns))
		return true;
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
		const char *const mark = memchr(text, units[i].unit, (size_t)(end - text));
		int64_t part = 0;
		if (!mark)
			continue;
		if (!time_value_decimal(text, (size_t)(mark - text), units[i].seconds, &part) ||
		    __builtin_add_overflow(total, part, &total))
			return false;
		text = mark + 1;
	}
	if (length == 0 || text != end)
		return false;
	*ret_ns = total;
	return true;
}
