/* Rows of perf stat -j: an object a line,
 *   {"counter-value" : "0.915235", "unit" : "msec", "event" : "task-clock",
 *    "event-runtime" : 915235, "pcnt-running" : 100.00, "metric-value" : 0.009152,
 *    "metric-unit" : "CPUs utilized"} */
#include "core/array.h"
#include "formats/import/perf_parts.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Keys of what is not one task. */
static const struct foreign_key {
	const char *key;
	const char *why;
} foreign_keys[] = {
        {"interval", perf_why_interval},
        {"variance", perf_why_repeat},
        {"cpu", perf_why_places},
        {"core", perf_why_places},
        {"die", perf_why_places},
        {"cluster", perf_why_places},
        {"cache", perf_why_places},
        {"socket", perf_why_places},
        {"node", perf_why_places},
        {"thread", perf_why_places},
        {"aggregate-number", perf_why_places},
        {"aggregate-counters", perf_why_places},
};

static const char bad_object[] =
        "not a whole object of perf stat -j: cut off, or written by several at once; give each "
        "job a file of its own with -o";

static const char *text_of(const json_t *object, const char *key)
{
	const char *const text = json_string_value(json_object_get(object, key));
	return text ? text : "";
}

/* A number that may be a text, as newer ones write metrics. NAN: none. */
static double real_of(const json_t *object, const char *key)
{
	const json_t *const value = json_object_get(object, key);
	if (json_is_number(value))
		return json_number_value(value);
	struct written_number number;
	const char *const text = json_string_value(value);
	if (!text || written_number_read(text, strlen(text), &number) != WRITTEN_READ)
		return NAN;
	return (double)number.whole + 1e-9 * (double)number.nano;
}

static enum perf_line read_value(const json_t *object, struct perf_row *row, const char **ret_why)
{
	const char *const value = text_of(object, "counter-value");
	if (strcmp(value, "<not counted>") == 0 || strcmp(value, "<not supported>") == 0) {
		row->state = value[5] == 'c' ? PERF_NOT_COUNTED : PERF_NOT_SUPPORTED;
		return PERF_ROW;
	}
	const size_t length = strlen(value);
	const enum written_reading reading = written_number_read(value, length, &row->value);
	*ret_why = reading == WRITTEN_TOO_LARGE ? perf_why_large : perf_why_locale;
	if (reading != WRITTEN_READ || strspn(value, "0123456789.") < length)
		return PERF_REFUSED;
	/* Counts come with six zeros behind the point. */
	perf_row_set_unit(row);
	if (strcmp(row->unit, "msec") != 0 && row->value.nano == 0)
		row->value.has_fraction = false;
	*ret_why = perf_why_repeat;
	return perf_row_is_plain(row) ? PERF_ROW : PERF_REFUSED;
}

static enum perf_line read_object(const json_t *object, struct perf_row *row, const char **ret_why)
{
	for (size_t i = 0; i < ARRAY_LENGTH(foreign_keys); i++) {
		if (json_object_get(object, foreign_keys[i].key)) {
			*ret_why = foreign_keys[i].why;
			return PERF_REFUSED;
		}
	}
	const json_t *const running = json_object_get(object, "event-runtime");
	const double percent = real_of(object, "pcnt-running");
	if (text_of(object, "event")[0] == '\0' || text_of(object, "counter-value")[0] == '\0') {
		*ret_why = bad_object;
		return PERF_REFUSED;
	}
	snprintf(row->event, sizeof row->event, "%s", text_of(object, "event"));
	snprintf(row->unit, sizeof row->unit, "%s", text_of(object, "unit"));
	if (json_is_integer(running) && json_integer_value(running) >= 0)
		row->running_ns = json_integer_value(running);
	if (percent >= 0 && percent <= 100)
		row->percent_e2 = (int32_t)lround(100 * percent);
	if (strcmp(text_of(object, "metric-unit"), "CPUs utilized") == 0) {
		row->cpus = real_of(object, "metric-value");
		row->cpus_error = 0.5e-6;
	}
	return read_value(object, row, ret_why);
}

enum perf_line perf_json_row(const char *line, size_t length, struct perf_row *ret_row,
                             const char **ret_why)
{
	const size_t blanks = strspn(line, " \t");
	if (line[blanks] != '{')
		return PERF_OTHER;
	if (!strstr(line, "\"counter-value\""))
		return strstr(line, "\"metric-value\"") ? PERF_REMARK : PERF_OTHER;
	json_error_t error;
	json_t *const object = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
	if (!object) {
		/* "pcnt-running" : 100,00 is no JSON. */
		const char *const percent = strstr(line, "\"pcnt-running\" : ");
		const size_t digits = percent ? strspn(percent + 17, "0123456789") : 0;
		*ret_why = digits > 0 && percent[17 + digits] == ',' && percent[18 + digits] != ' '
		                   ? perf_why_locale
		                   : bad_object;
		return PERF_REFUSED;
	}
	struct perf_row row = perf_row_empty();
	const enum perf_line kind =
	        json_is_object(object) ? read_object(object, &row, ret_why) : PERF_OTHER;
	json_decref(object);
	if (kind == PERF_ROW)
		*ret_row = row;
	return kind;
}
