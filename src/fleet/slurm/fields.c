/* Answers of Slurm's commands, taken apart, and what stands in their fields. */
#include "fleet/slurm/slurm_parts.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"
#include "model/record.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/wait.h>

/* The end of each field becomes its terminating NUL. */
static int cut(const char *who, struct fields *fields, const char *separator, struct error *err)
{
	size_t count = 0;
	char *at = fields->text;
	while (*at && strcmp(at, "\n") != 0) {
		/* A newline belongs to a text, but the one between records. */
		if (count > 0 && count % fields->per_record == 0 && *at++ != '\n')
			return error_set(err, EINVAL, "%s: record %zu of its answer has no end",
			                 who, count / fields->per_record);
		char *const end = strstr(at, separator);
		if (!end)
			return error_set(err, EINVAL, "%s: its answer ends within record %zu", who,
			                 count / fields->per_record + 1);
		const int r = array_reserve(&fields->items, &fields->item_capacity, count + 1,
		                            sizeof *fields->items, err);
		if (r < 0)
			return r;
		*end = '\0';
		fields->items[count++] = at;
		at = end + strlen(separator);
	}
	if (count % fields->per_record != 0)
		return error_set(err, EINVAL, "%s: its answer ends within record %zu", who,
		                 count / fields->per_record + 1);
	fields->record_count = count / fields->per_record;
	return 0;
}

int fields_split(const char *who, const struct subprocess_end *end, const char *separator,
                 size_t per_record, struct fields *ret_fields, struct error *err)
{
	cleanup_fields struct fields fields = {.per_record = per_record};
	const char *const output = end->output ? end->output : "";
	if (strlen(output) != end->output_bytes)
		return error_set(err, EINVAL, "%s: a zero byte in its answer", who);
	int r = str_copy(output, &fields.text, err);
	if (r == 0)
		r = cut(who, &fields, separator, err);
	if (r < 0)
		return r;
	*ret_fields = fields;
	fields = (struct fields){0};
	return 0;
}

char *fields_at(const struct fields *fields, size_t record, size_t field)
{
	char *text = fields->items[record * fields->per_record + field];
	text += strspn(text, " ");
	size_t length = strlen(text);
	while (length > 0 && text[length - 1] == ' ')
		text[--length] = '\0';
	return text;
}

void fields_release(struct fields *fields)
{
	free(fields->text);
	free(fields->items);
	*fields = (struct fields){0};
}

static bool is_nothing(const char *field)
{
	static const char *const words[] = {"",     "(null)",  "N/A",           "None",
	                                    "none", "Unknown", "None assigned", "NONE"};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strcmp(field, words[i]) == 0)
			return true;
	return false;
}

int field_copy(const char *field, char **ret_text, struct error *err)
{
	if (is_nothing(field)) {
		*ret_text = NULL;
		return 0;
	}
	return str_copy(field, ret_text, err);
}

int64_t field_time_ns(const char *field)
{
	char *end;
	errno = 0;
	const long long seconds = strtoll(field, &end, 10);
	if (end == field || *end || errno != 0 || seconds <= 0 || seconds >= INT64_MAX / NS_PER_S)
		return RECORD_ABSENT;
	return seconds * NS_PER_S;
}

int64_t field_limit_ns(const char *field)
{
	/* Days, then hours, minutes and seconds, of which the first may be missing. */
	int64_t days = 0;
	int64_t seconds = 0;
	int parts = 0;
	const char *at = field;
	for (;;) {
		char *end;
		const long number = strtol(at, &end, 10);
		if (end == at || number < 0 || number > 1000000 || parts == 3)
			return RECORD_ABSENT;
		at = end + (*end != '\0');
		if (*end == '-' && parts == 0 && days == 0) {
			days = number;
			continue;
		}
		seconds = seconds * 60 + number;
		parts++;
		if (*end == '\0')
			break;
		if (*end != ':')
			return RECORD_ABSENT;
	}
	seconds += days * 86400;
	return parts < 2 || seconds > INT64_MAX / NS_PER_S ? RECORD_ABSENT : seconds * NS_PER_S;
}

int64_t field_bytes(const char *field)
{
	static const char units[] = "KMGTP";
	char *end;
	const double value = strtod(field, &end);
	if (end == field || !isfinite(value) || value < 0)
		return RECORD_ABSENT;
	double factor = 1;
	if (*end) {
		const char *const unit = strchr(units, *end);
		if (!unit || end[1])
			return RECORD_ABSENT;
		factor = ldexp(1, 10 * (int)(unit - units + 1));
	}
	/* 2^60: more than there is, and well within the type. */
	return value * factor < 0x1p60 ? (int64_t)llround(value * factor) : RECORD_ABSENT;
}

void field_exit(const char *field, int32_t *ret_code, int32_t *ret_signal)
{
	*ret_code = -1;
	*ret_signal = 0;
	char *end;
	const long first = strtol(field, &end, 10);
	if (end == field || first < 0 || first > 0xffff)
		return;
	if (*end == '\0') {
		const int status = (int)first;
		if (WIFEXITED(status))
			*ret_code = WEXITSTATUS(status);
		else if (WIFSIGNALED(status))
			*ret_signal = WTERMSIG(status);
		return;
	}
	if (*end != ':')
		return;
	const char *const rest = end + 1;
	const long second = strtol(rest, &end, 10);
	if (end == rest || *end || second < 0 || second > 127 || first > 255)
		return;
	*ret_signal = (int32_t)second;
	if (second == 0)
		*ret_code = (int32_t)first;
}
