#include "formats/fleet/job_report_json.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

DEFINE_CLEANUP(json, json_t *, json_decref);
#define cleanup_json __attribute__((cleanup(cleanup_json_function)))

static const char format_name[] = "plateau job state";
enum { FORMAT_VERSION = 1 };

enum field_kind {
	FIELD_TEXT,
	FIELD_COUNT,  /* uint32_t */
	FIELD_NUMBER, /* int32_t */
	FIELD_LARGE,  /* int64_t, null where it is RECORD_ABSENT */
};

struct field {
	const char *key;
	size_t offset;
	int64_t least; /* of a number */
	enum field_kind kind;
	bool is_added; /* older versions did not write it */
};

#define FIELD(name, kind, least)                                                                   \
	{                                                                                          \
#name, offsetof(struct job_report, name), least, kind, false                       \
	}
#define FIELD_ADDED(name, kind, least)                                                             \
	{                                                                                          \
#name, offsetof(struct job_report, name), least, kind, true                        \
	}

static const struct field fields[] = {
        FIELD(node, FIELD_TEXT, 0),
        FIELD(attempt, FIELD_COUNT, 1),
        FIELD(found_node, FIELD_TEXT, 0),
        FIELD(host, FIELD_TEXT, 0),
        FIELD(job, FIELD_TEXT, 0),
        FIELD(exit_code, FIELD_NUMBER, -1),
        FIELD(signal, FIELD_NUMBER, 0),
        FIELD(reason, FIELD_TEXT, 0),
        FIELD(cpus, FIELD_TEXT, 0),
        FIELD(cpu_count, FIELD_COUNT, 0),
        FIELD(granted_cpu_count, FIELD_COUNT, 0),
        FIELD(memory_bytes, FIELD_LARGE, 0),
        FIELD(started_ns, FIELD_LARGE, 0),
        FIELD(updated_ns, FIELD_LARGE, 0),
        FIELD(ended_ns, FIELD_LARGE, 0),
        FIELD(result, FIELD_TEXT, 0),
        FIELD_ADDED(result_bytes, FIELD_LARGE, 0),
        FIELD_ADDED(result_sha256, FIELD_TEXT, 0),
        FIELD(trials_done, FIELD_COUNT, 0),
        FIELD(trials_planned, FIELD_COUNT, 0),
};

/* ---- Writing ------------------------------------------------------------------------------- */

static json_t *text_value(const char *text)
{
	if (!text)
		return json_null();
	json_t *const value = json_string(text);
	if (value)
		return value;
	struct error ignored;
	cleanup_free char *clean = NULL;
	if (str_copy(text, &clean, &ignored) < 0)
		return NULL;
	for (char *p = clean; *p; p++)
		if ((unsigned char)*p >= 0x80)
			*p = '?';
	return json_string(clean);
}

static json_t *value_of(const struct field *field, const struct job_report *report)
{
	const void *const at = (const char *)report + field->offset;
	switch (field->kind) {
	case FIELD_TEXT:
		return text_value(*(char *const *)at);
	case FIELD_COUNT:
		return json_integer(*(const uint32_t *)at);
	case FIELD_NUMBER:
		return json_integer(*(const int32_t *)at);
	case FIELD_LARGE:
		break;
	}
	const int64_t value = *(const int64_t *)at;
	return value == RECORD_ABSENT ? json_null() : json_integer(value);
}

/* For people who look at the file; it is not read back. */
static json_t *utc(int64_t calendar_ns)
{
	char text[CLOCK_TEXT_BYTES];
	if (calendar_ns == RECORD_ABSENT)
		return json_null();
	clock_format_utc(calendar_ns, text);
	return json_string(text);
}

int job_report_json_write(const struct job_report *report, char **ret_json, struct error *err)
{
	cleanup_json json_t *object = json_object();
	int failed = json_object_set_new(object, "format", json_string(format_name));
	failed |= json_object_set_new(object, "schema_version", json_integer(FORMAT_VERSION));
	failed |= json_object_set_new(object, "stage", json_string(job_stage_names[report->stage]));
	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
		failed |= json_object_set_new(object, fields[i].key, value_of(&fields[i], report));
	failed |= json_object_set_new(object, "is_partial", json_boolean(report->is_partial));
	failed |= json_object_set_new(object, "updated", utc(report->updated_ns));
	char *const text = failed ? NULL : json_dumps(object, JSON_INDENT(1));
	if (!text)
		return error_memory(err);
	const int r = str_format(ret_json, err, "%s\n", text);
	free(text);
	return r;
}

/* ---- Reading ------------------------------------------------------------------------------- */

static int refuse(const char *key, struct error *err)
{
	return error_set(err, EINVAL, "the state file is damaged: %s is not what it should be",
	                 key);
}

static int read_text(const json_t *value, const char *key, char **ret_text, struct error *err)
{
	if (!value || json_is_null(value))
		return 0;
	return json_is_string(value) ? str_copy(json_string_value(value), ret_text, err)
	                             : refuse(key, err);
}

static int64_t most_of(enum field_kind kind)
{
	return kind == FIELD_COUNT ? UINT32_MAX : kind == FIELD_NUMBER ? INT32_MAX : INT64_MAX;
}

static int read_number(const struct field *field, const json_t *value, void *at, struct error *err)
{
	if (field->kind == FIELD_LARGE && (json_is_null(value) || (!value && field->is_added))) {
		*(int64_t *)at = RECORD_ABSENT;
		return 0;
	}
	const int64_t number = json_integer_value(value);
	if (!json_is_integer(value) || number < field->least || number > most_of(field->kind))
		return refuse(field->key, err);
	if (field->kind == FIELD_LARGE)
		*(int64_t *)at = number;
	else if (field->kind == FIELD_NUMBER)
		*(int32_t *)at = (int32_t)number;
	else
		*(uint32_t *)at = (uint32_t)number;
	return 0;
}

static int read_stage(const json_t *object, enum job_stage *ret_stage, struct error *err)
{
	const char *const name = json_string_value(json_object_get(object, "stage"));
	for (unsigned i = 0; name && i < JOB_STAGES; i++) {
		if (strcmp(job_stage_names[i], name) == 0) {
			*ret_stage = (enum job_stage)i;
			return 0;
		}
	}
	return refuse("stage", err);
}

static int check_head(const json_t *object, struct error *err)
{
	const char *const name = json_string_value(json_object_get(object, "format"));
	if (!name || strcmp(name, format_name) != 0)
		return error_set(err, EINVAL, "it is no state file of plateau");
	const json_int_t version = json_integer_value(json_object_get(object, "schema_version"));
	if (version != FORMAT_VERSION)
		return error_set(err, EINVAL,
		                 "its version is %lld, and this plateau reads version %d",
		                 (long long)version, FORMAT_VERSION);
	return 0;
}

static bool is_plain_name(const char *name)
{
	return *name && *name != '.' && !strchr(name, '/');
}

static int read_fields(const json_t *object, struct job_report *report, struct error *err)
{
	int r = read_stage(object, &report->stage, err);
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(fields); i++) {
		const struct field *const field = &fields[i];
		const json_t *const value = json_object_get(object, field->key);
		void *const at = (char *)report + field->offset;
		r = field->kind == FIELD_TEXT ? read_text(value, field->key, at, err)
		                              : read_number(field, value, at, err);
	}
	const json_t *const is_partial = json_object_get(object, "is_partial");
	if (r == 0 && !json_is_boolean(is_partial))
		r = refuse("is_partial", err);
	if (r == 0 && !report->node)
		r = refuse("node", err);
	if (r == 0 && report->result && !is_plain_name(report->result))
		r = refuse("result", err);
	report->is_partial = json_is_true(is_partial);
	return r;
}

int job_report_json_read(const char *text, size_t text_bytes, struct job_report *ret_report,
                         struct error *err)
{
	json_error_t problem;
	cleanup_json json_t *object =
	        json_loadb(text, text_bytes, JSON_REJECT_DUPLICATES, &problem);
	if (!object)
		return error_set(err, EINVAL, "the state file is damaged: line %d: %s",
		                 problem.line, problem.text);
	if (!json_is_object(object))
		return error_set(err, EINVAL, "it is no state file of plateau");
	int r = check_head(object, err);
	if (r < 0)
		return r;
	struct job_report report = {0};
	r = read_fields(object, &report, err);
	if (r < 0) {
		job_report_release(&report);
		return r;
	}
	*ret_report = report;
	return 0;
}
