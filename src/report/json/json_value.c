#include "report/json/json_value.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/letter.h"
#include "core/str.h"
#include "report/text_style.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

void json_set(struct json_writer *w, json_t *object, const char *key, json_t *value)
{
	/* jansson takes NULL, for a value that could not be made, as a failure too. */
	if (json_object_set_new(object, key, value) < 0)
		w->failed = true;
}

void json_append(struct json_writer *w, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value) < 0)
		w->failed = true;
}

json_t *json_number(double value)
{
	return isfinite(value) ? json_real(value) : json_null();
}

json_t *json_count(size_t value)
{
	return json_integer((json_int_t)value);
}

json_t *json_text(const char *value)
{
	if (!value)
		return json_null();
	json_t *const string = json_string(value);
	if (string)
		return string;
	static const struct text_style style = {.width = 80};
	cleanup_str struct str clean = {0};
	text_clean(&clean, &style, value);
	return json_string(str_text(&clean));
}

json_t *json_calendar(int64_t calendar_ns)
{
	char utc[CLOCK_TEXT_BYTES];
	if (calendar_ns <= 0)
		return json_null();
	clock_format_utc(calendar_ns, utc);
	return json_string(utc);
}

json_t *json_interval(double low, double high)
{
	return isfinite(low) && isfinite(high) ? json_pack("[f, f]", low, high) : json_null();
}

json_t *json_estimate(struct json_writer *w, const struct estimate *e)
{
	json_t *const object = json_object();
	json_set(w, object, "value", json_number(e->value));
	/* How well a figure was read is no confidence interval. */
	const bool is_read = e->error_kind == STATED_READING;
	json_set(w, object, "ci95", is_read ? json_null() : json_interval(e->low, e->high));
	if (is_read)
		json_set(w, object, "read_within", json_interval(e->low, e->high));
	json_set(w, object, "n", json_count(e->n));
	if (e->reason)
		json_set(w, object, "reason", json_text(e->reason));
	return object;
}

json_t *json_spread(struct json_writer *w, const struct spread *s)
{
	json_t *const object = json_object();
	json_set(w, object, "mean", json_number(s->mean));
	json_set(w, object, "median", json_number(s->median));
	json_set(w, object, "p95", json_number(s->p95));
	json_set(w, object, "max", json_number(s->max));
	if (s->reason)
		json_set(w, object, "reason", json_text(s->reason));
	return object;
}

void json_add_escaped(struct str *out, const char *json)
{
	const char *plain = json;
	const char *p = json;
	while (*p) {
		uint32_t letter = 0;
		const size_t length = letter_decode(p, &letter);
		if (letter < 0x7f || !letter_is_control(letter)) {
			p += length ? length : 1;
			continue;
		}
		str_add_bytes(out, plain, (size_t)(p - plain));
		if (letter > 0xffff)
			str_addf(out, "\\u%04x\\u%04x", 0xd7c0 + (letter >> 10),
			         0xdc00 + (letter & 0x3ff));
		else
			str_addf(out, "\\u%04x", letter);
		p += length;
		plain = p;
	}
	str_add(out, plain);
}

int json_finish(const struct json_writer *w, json_t *answer, char **ret_json, struct error *err)
{
	/* 12 digits: more than any figure bears, and no 0.1000000000000000055. */
	char *const json =
	        w->failed ? NULL : json_dumps(answer, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
	json_decref(answer);
	if (!json)
		return error_memory(err);
	cleanup_str struct str out = {0};
	json_add_escaped(&out, json);
	str_add(&out, "\n");
	free(json);
	return str_take(&out, ret_json, err);
}

void json_set_or_reason(struct json_writer *w, json_t *object, const char *key, json_t *value,
                        const char *reason)
{
	char name[64];
	const bool is_absent = json_is_null(value);
	json_set(w, object, key, value);
	if (!is_absent)
		return;
	snprintf(name, sizeof name, "%s_reason", key);
	json_set(w, object, name, json_text(reason));
}
