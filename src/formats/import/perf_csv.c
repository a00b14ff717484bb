/* Rows of perf stat -x:
 *   0.96,msec,task-clock,960540,100.00,0.009,CPUs utilized
 * that is value, unit, event, ns that it was counted, percent of the time; with -r a variance
 * before the ns, with -I, -A and --per-... something before the value. */
#include "core/array.h"
#include "formats/import/perf_parts.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum {
	MOST_FIELDS = 16,
	FIELD_VALUE = 0,
	FIELD_UNIT,
	FIELD_EVENT,
	FIELD_RUNNING,
	FIELD_PERCENT,
	FIELD_METRIC,
	FIELD_METRIC_UNIT
};

struct field {
	const char *text;
	size_t length;
};

struct fields {
	struct field items[MOST_FIELDS];
	size_t count;
};

static void split(const char *line, const char *separator, struct fields *fields)
{
	const size_t step = strlen(separator);
	fields->count = 0;
	while (fields->count < MOST_FIELDS) {
		const char *const end = strstr(line, separator);
		const size_t length = end ? (size_t)(end - line) : strlen(line);
		fields->items[fields->count++] = (struct field){line, length};
		if (!end)
			return;
		line = end + step;
	}
}

static bool is_digits(struct field field)
{
	size_t i = 0;
	while (i < field.length && isdigit((unsigned char)field.text[i]))
		i++;
	return i > 0 && i == field.length;
}

/* "100.00", with this mark for the point: the hundredths, or -1. */
static int32_t read_percent(struct field field, char mark)
{
	if (field.length < 4 || field.length > 6 || field.text[field.length - 3] != mark)
		return -1;
	int32_t hundredths = 0;
	for (size_t i = 0; i < field.length; i++) {
		if (i == field.length - 3)
			continue;
		if (!isdigit((unsigned char)field.text[i]))
			return -1;
		hundredths = hundredths * 10 + (field.text[i] - '0');
	}
	return hundredths <= 10000 ? hundredths : -1;
}

static bool is_value(struct field field)
{
	static const char *const states[] = {"<not counted>", "<not supported>"};
	for (size_t i = 0; i < ARRAY_LENGTH(states); i++)
		if (field.length == strlen(states[i]) &&
		    memcmp(field.text, states[i], field.length) == 0)
			return true;
	struct written_number number;
	return written_number_read(field.text, field.length, &number) != WRITTEN_NO_NUMBER;
}

static bool is_name(struct field field)
{
	return field.length > 0 && isalpha((unsigned char)field.text[0]);
}

/* Whether a row's value is in field i, and the ns and the percentage are `skipped` further on than
 * they ought to be. */
static bool fits(const struct fields *fields, size_t i, size_t skipped)
{
	if (fields->count < i + skipped + FIELD_PERCENT + 1)
		return false;
	const struct field *const f = &fields->items[i];
	const struct field percent = f[FIELD_PERCENT + skipped];
	return is_value(f[FIELD_VALUE]) && is_name(f[FIELD_EVENT]) && !is_digits(f[FIELD_UNIT]) &&
	       is_digits(f[FIELD_RUNNING + skipped]) &&
	       (read_percent(percent, '.') >= 0 || read_percent(percent, ',') >= 0);
}

/* Whether decimals and the separator are both commas: the percentage is two fields then, and every
 * value with decimals too. */
static bool is_split_by_commas(const struct fields *fields)
{
	for (size_t i = 2; i + 3 < fields->count; i++) {
		const struct field *const f = &fields->items[i];
		const bool is_percent = is_digits(f[1]) && is_digits(f[2]) && is_digits(f[3]) &&
		                        f[2].length <= 3 && f[3].length == 2;
		if (is_name(f[0]) && is_percent && is_value(fields->items[0]))
			return true;
	}
	return false;
}

static bool is_percentage(const struct field *field)
{
	return field->length > 0 && field->text[field->length - 1] == '%';
}

/* What a row that is none of one task's is, or NULL. */
static const char *refuse_kind(const struct fields *fields)
{
	if (fits(fields, 0, 1) && is_percentage(&fields->items[3]))
		return perf_why_repeat;
	for (size_t i = 1; i <= 3; i++) {
		if (!fits(fields, i, 0) && !fits(fields, i, 1))
			continue;
		const struct field first = fields->items[0];
		const char *const begin = first.text + strspn(first.text, " ");
		return isdigit((unsigned char)*begin) ? perf_why_interval : perf_why_places;
	}
	return NULL;
}

/* Tries what stands behind the value as separator, the shortest first. */
static bool find_separator(const char *line, char separator[PERF_SEPARATOR_BYTES],
                           struct fields *fields)
{
	const char *p = line + strspn(line, " ");
	if (*p == '<') {
		p = strchr(p, '>');
		if (!p)
			return false;
		p++;
	} else if (isalpha((unsigned char)*p)) {
		p += strcspn(p, ",;|\t: ");
	} else {
		p += strspn(p, "0123456789.");
		/* With decimals by a comma and another separator. */
		const size_t more = *p == ',' ? strspn(p + 1, "0123456789") : 0;
		if (more > 0 && p[1 + more] && !strchr(",.", p[1 + more]))
			p += 1 + more;
	}
	for (size_t length = 1; length < PERF_SEPARATOR_BYTES && p[length - 1]; length++) {
		if (isalnum((unsigned char)p[length - 1]))
			return false;
		memcpy(separator, p, length);
		separator[length] = '\0';
		split(line, separator, fields);
		if (fits(fields, 0, 0) || refuse_kind(fields) || is_split_by_commas(fields))
			return true;
	}
	return false;
}

static void copy(char *to, size_t room, struct field from)
{
	const size_t length = from.length < room - 1 ? from.length : room - 1;
	memcpy(to, from.text, length);
	to[length] = '\0';
}

/* "0.009,CPUs utilized" behind a clock. */
static void read_cpus(const struct fields *fields, struct perf_row *row)
{
	static const char words[] = "CPUs utilized";
	if (fields->count <= FIELD_METRIC_UNIT)
		return;
	const struct field metric = fields->items[FIELD_METRIC];
	const struct field unit = fields->items[FIELD_METRIC_UNIT];
	const char *const point = memchr(metric.text, '.', metric.length);
	struct written_number number;
	if (unit.length != sizeof words - 1 || memcmp(unit.text, words, unit.length) != 0 ||
	    !point || written_number_read(metric.text, metric.length, &number) != WRITTEN_READ)
		return;
	row->cpus = (double)number.whole + 1e-9 * (double)number.nano;
	row->cpus_error = 0.5 * pow(10, -(double)(metric.text + metric.length - point - 1));
}

static enum perf_line read_fields(const struct fields *fields, struct perf_row *row,
                                  const char **ret_why)
{
	const struct field *const f = fields->items;
	copy(row->event, sizeof row->event, f[FIELD_EVENT]);
	copy(row->unit, sizeof row->unit, f[FIELD_UNIT]);
	row->percent_e2 = read_percent(f[FIELD_PERCENT], '.');
	struct written_number running;
	enum written_reading reading =
	        written_number_read(f[FIELD_RUNNING].text, f[FIELD_RUNNING].length, &running);
	if (reading == WRITTEN_READ && running.whole <= INT64_MAX)
		row->running_ns = (int64_t)running.whole;
	else
		reading = WRITTEN_TOO_LARGE;
	const bool is_state = f[FIELD_VALUE].text[0] == '<';
	if (is_state)
		row->state = f[FIELD_VALUE].text[5] == 'c' ? PERF_NOT_COUNTED : PERF_NOT_SUPPORTED;
	else if (reading == WRITTEN_READ)
		reading = written_number_read(f[FIELD_VALUE].text, f[FIELD_VALUE].length,
		                              &row->value);
	*ret_why = reading == WRITTEN_TOO_LARGE ? perf_why_large : perf_why_locale;
	if (row->percent_e2 < 0 || reading != WRITTEN_READ)
		return PERF_REFUSED;
	/* perf groups no digits here, so that what looks like a group is a decimal. */
	if (!is_state && strspn(f[FIELD_VALUE].text, "0123456789.") < f[FIELD_VALUE].length)
		return PERF_REFUSED;
	perf_row_set_unit(row);
	read_cpus(fields, row);
	return perf_row_is_plain(row) ? PERF_ROW : PERF_REFUSED;
}

enum perf_line perf_csv_row(const char *line, char separator[PERF_SEPARATOR_BYTES],
                            struct perf_row *ret_row, const char **ret_why)
{
	struct fields fields;
	const char *const begin = line + strspn(line, " ");
	if (separator[0] && strncmp(line, separator, strlen(separator)) == 0)
		return PERF_REMARK;
	if (!isalnum((unsigned char)*begin) && *begin != '<')
		return PERF_OTHER;
	char found[PERF_SEPARATOR_BYTES] = "";
	if (separator[0])
		split(line, separator, &fields);
	if (!separator[0] || !(fits(&fields, 0, 0) || refuse_kind(&fields))) {
		if (!find_separator(line, found, &fields))
			return PERF_OTHER;
		memcpy(separator, found, sizeof found);
	}
	if (!fits(&fields, 0, 0)) {
		const char *const why = refuse_kind(&fields);
		*ret_why = why ? why : perf_why_locale;
		return PERF_REFUSED;
	}
	struct perf_row row = perf_row_empty();
	const enum perf_line kind = read_fields(&fields, &row, ret_why);
	if (kind == PERF_ROW)
		*ret_row = row;
	return kind;
}
