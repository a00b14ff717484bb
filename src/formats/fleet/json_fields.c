#include "formats/fleet/json_fields.h"

#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SCHEMA_VERSION = 1 };

int json_fields_open(const char *text, size_t text_bytes, struct json_fields *ret_fields,
                     struct error *err)
{
	json_error_t wrong;
	json_t *const object = json_loadb(text, text_bytes, JSON_REJECT_DUPLICATES, &wrong);
	if (!object)
		return error_set(err, EINVAL, "line %d is no JSON: %.80s", wrong.line, wrong.text);
	const json_t *const version = json_object_get(object, "schema_version");
	const json_int_t number = json_integer_value(version);
	if (number != SCHEMA_VERSION) {
		json_decref(object);
		return number > SCHEMA_VERSION
		               ? error_set(err, ENOTSUP, "it was written by a later plateau")
		               : error_set(err, EINVAL, "it has no schema_version of %d",
		                           SCHEMA_VERSION);
	}
	*ret_fields = (struct json_fields){.object = object, .err = err};
	return 0;
}

void json_fields_release(struct json_fields *fields)
{
	if (!fields)
		return;
	json_decref(fields->object);
	*fields = (struct json_fields){0};
}

void json_fields_refuse(struct json_fields *fields, const char *key, const char *wanted)
{
	if (fields->result == 0)
		fields->result = error_set(fields->err, EINVAL, "%s is not %s", key, wanted);
}

/* NULL when it is absent or null, or when something was wrong before. */
static const json_t *value_of(const struct json_fields *fields, const char *key)
{
	const json_t *const value = json_object_get(fields->object, key);
	return fields->result < 0 || json_is_null(value) ? NULL : value;
}

/* ---- Texts -------------------------------------------------------------------------------- */

static int hex_value(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *const at = c ? strchr(digits, c) : NULL;
	return at ? (int)(at - digits) : -1;
}

static bool add_hex(struct str *s, const char *hex)
{
	for (; *hex; hex += 2) {
		const int high = hex_value(hex[0]);
		const int low = high < 0 ? -1 : hex_value(hex[1]);
		const char byte = (char)(high * 16 + low);
		if (low < 0 || byte == 0)
			return false;
		str_add_bytes(s, &byte, 1);
	}
	return true;
}

/* A text of a value; false: it is none. */
static bool add_text(struct str *s, const json_t *value)
{
	if (json_is_string(value)) {
		str_add(s, json_string_value(value));
		return true;
	}
	const char *const hex = json_string_value(json_object_get(value, "hex"));
	return hex && add_hex(s, hex);
}

void json_fields_text(struct json_fields *fields, const char *key, char **text)
{
	const json_t *const value = value_of(fields, key);
	cleanup_str struct str s = {0};
	if (!value)
		return;
	if (!add_text(&s, value)) {
		json_fields_refuse(fields, key, "a text");
		return;
	}
	free(*text);
	*text = NULL;
	fields->result = str_take(&s, text, fields->err);
}

void json_fields_needed(struct json_fields *fields, const char *key, char **text)
{
	json_fields_text(fields, key, text);
	if (fields->result == 0 && (!*text || !**text))
		json_fields_refuse(fields, key, "there");
}

void json_fields_words(struct json_fields *fields, const char *key, struct words *words)
{
	const json_t *const list = value_of(fields, key);
	if (list && !json_is_array(list))
		json_fields_refuse(fields, key, "a list");
	for (size_t i = 0; list && fields->result == 0 && i < json_array_size(list); i++) {
		cleanup_str struct str s = {0};
		if (!add_text(&s, json_array_get(list, i)))
			json_fields_refuse(fields, key, "a list of texts");
		else
			fields->result = words_add(words, str_text(&s), fields->err);
	}
}

/* ---- Numbers ------------------------------------------------------------------------------ */

int64_t json_fields_integer(struct json_fields *fields, const char *key, int64_t low, int64_t high,
                            int64_t absent)
{
	const json_t *const value = value_of(fields, key);
	if (!value)
		return absent;
	const int64_t number = json_integer_value(value);
	if (json_is_integer(value) && number >= low && number <= high)
		return number;
	json_fields_refuse(fields, key, "a number in its range");
	return absent;
}

bool json_fields_boolean(struct json_fields *fields, const char *key, bool absent)
{
	const json_t *const value = value_of(fields, key);
	if (value && !json_is_boolean(value))
		json_fields_refuse(fields, key, "true or false");
	return value ? json_is_true(value) : absent;
}

/* ---- Writing ------------------------------------------------------------------------------ */

json_t *json_fields_of_text(const char *text)
{
	if (!text)
		return json_null();
	json_t *const plain = json_string(text);
	if (plain)
		return plain;
	cleanup_str struct str s = {0};
	for (; *text; text++)
		str_addf(&s, "%02x", (unsigned)(unsigned char)*text);
	return s.failed ? NULL : json_pack("{s:s}", "hex", str_text(&s));
}

json_t *json_fields_of_integer(int64_t value, int64_t absent)
{
	return value == absent ? json_null() : json_integer(value);
}

json_t *json_fields_of_words(const struct words *words)
{
	json_t *const list = json_array();
	for (size_t i = 0; i < words->count; i++)
		if (json_array_append_new(list, json_fields_of_text(words->items[i])) < 0) {
			json_decref(list);
			return NULL;
		}
	return list;
}

void json_fields_set(struct json_fields_writer *w, const char *key, json_t *value)
{
	if (!w->object && !w->failed) {
		w->object = json_object();
		if (json_object_set_new(w->object, "schema_version", json_integer(SCHEMA_VERSION)) <
		    0)
			w->failed = true;
	}
	if (json_object_set_new(w->object, key, value) < 0)
		w->failed = true;
}

int json_fields_finish(struct json_fields_writer *w, char **ret_text, struct error *err)
{
	char *text = w->failed ? NULL : json_dumps(w->object, JSON_INDENT(1));
	json_decref(w->object);
	*w = (struct json_fields_writer){0};
	struct str s = {0};
	if (text) {
		str_add(&s, text);
		str_add(&s, "\n");
		free(text);
		return str_take(&s, ret_text, err);
	}
	return error_memory(err);
}
