#include "formats/fleet/manifest_json.h"

#include "core/array.h"
#include "core/error.h"
#include "formats/fleet/json_fields.h"
#include "model/record.h"

#include <stddef.h>
#include <string.h>

enum { ID_DIGITS = 32 };

/* Texts of a manifest, in the order in which they are written. */
static const struct text_member {
	const char *key;
	size_t offset;
	bool is_needed;
	bool is_path; /* an absolute one */
} manifest_texts[] = {
        {"id", offsetof(struct manifest, id), true, false},
        {"name", offsetof(struct manifest, name), true, false},
        {"plateau_version", offsetof(struct manifest, plateau_version), true, false},
        {"plateau_path", offsetof(struct manifest, plateau_path), true, true},
        {"scenario_path", offsetof(struct manifest, scenario_path), false, true},
        {"scenario_sha256", offsetof(struct manifest, scenario_sha256), true, false},
        {"working_folder", offsetof(struct manifest, working_folder), true, true},
        {"nodes", offsetof(struct manifest, nodes), false, false},
        {"partition", offsetof(struct manifest, partition), false, false},
        {"constraint", offsetof(struct manifest, constraint), false, false},
        {"account", offsetof(struct manifest, account), false, false},
        {"qos", offsetof(struct manifest, qos), false, false},
        {"reservation", offsetof(struct manifest, reservation), false, false},
};

static char **text_at(struct manifest *manifest, const struct text_member *member)
{
	return (char **)((char *)manifest + member->offset);
}

static const char *text_of(const struct manifest *manifest, const struct text_member *member)
{
	return *(char *const *)((const char *)manifest + member->offset);
}

static void check(struct json_fields *fields, const struct manifest *manifest)
{
	if (fields->result < 0)
		return;
	if (strlen(manifest->id) != ID_DIGITS ||
	    strspn(manifest->id, "0123456789abcdef") != ID_DIGITS)
		json_fields_refuse(fields, "id", "32 hexadecimal digits");
	for (size_t i = 0; i < manifest->expected.count; i++)
		if (!*manifest->expected.items[i])
			json_fields_refuse(fields, "expected", "a list of names");
}

int manifest_json_read(const char *text, size_t text_bytes, struct manifest *ret_manifest,
                       struct error *err)
{
	cleanup_json_fields struct json_fields fields = {0};
	const int r = json_fields_open(text, text_bytes, &fields, err);
	if (r < 0)
		return r;
	cleanup_manifest struct manifest manifest = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(manifest_texts); i++) {
		const struct text_member *const member = &manifest_texts[i];
		char **const at = text_at(&manifest, member);
		if (member->is_needed)
			json_fields_needed(&fields, member->key, at);
		else
			json_fields_text(&fields, member->key, at);
		if (member->is_path && *at && **at != '/')
			json_fields_refuse(&fields, member->key, "an absolute path");
	}
	manifest.created_ns =
	        json_fields_integer(&fields, "created_ns", 0, INT64_MAX, RECORD_ABSENT);
	manifest.uid = json_fields_integer(&fields, "uid", 0, UINT32_MAX, -1);
	manifest.is_accepting = json_fields_boolean(&fields, "accept", false);
	manifest.time_limit_ns =
	        json_fields_integer(&fields, "time_limit_ns", 1, INT64_MAX, RECORD_ABSENT);
	json_fields_words(&fields, "options", &manifest.options);
	json_fields_words(&fields, "expected", &manifest.expected);
	check(&fields, &manifest);
	if (fields.result < 0)
		return fields.result;
	*ret_manifest = manifest;
	manifest = (struct manifest){0};
	return 0;
}

int manifest_json_write(const struct manifest *manifest, char **ret_text, struct error *err)
{
	struct json_fields_writer w = {0};
	for (size_t i = 0; i < ARRAY_LENGTH(manifest_texts); i++)
		json_fields_set(&w, manifest_texts[i].key,
		                json_fields_of_text(text_of(manifest, &manifest_texts[i])));
	json_fields_set(&w, "created_ns",
	                json_fields_of_integer(manifest->created_ns, RECORD_ABSENT));
	json_fields_set(&w, "uid", json_fields_of_integer(manifest->uid, -1));
	json_fields_set(&w, "accept", json_boolean(manifest->is_accepting));
	json_fields_set(&w, "time_limit_ns",
	                json_fields_of_integer(manifest->time_limit_ns, RECORD_ABSENT));
	json_fields_set(&w, "options", json_fields_of_words(&manifest->options));
	json_fields_set(&w, "expected", json_fields_of_words(&manifest->expected));
	return json_fields_finish(&w, ret_text, err);
}

int submission_json_read(const char *text, size_t text_bytes, struct submission *ret_submission,
                         struct error *err)
{
	cleanup_json_fields struct json_fields fields = {0};
	const int r = json_fields_open(text, text_bytes, &fields, err);
	if (r < 0)
		return r;
	cleanup_submission struct submission submission = {0};
	json_fields_needed(&fields, "node", &submission.node);
	submission.attempt = (uint32_t)json_fields_integer(&fields, "attempt", 1, UINT32_MAX, 0);
	json_fields_text(&fields, "job", &submission.job);
	json_fields_text(&fields, "refused", &submission.refused);
	submission.submitted_ns =
	        json_fields_integer(&fields, "submitted_ns", 0, INT64_MAX, RECORD_ABSENT);
	if (fields.result == 0 &&
	    (submission.attempt == 0 || !submission.job == !submission.refused))
		json_fields_refuse(&fields, "it", "the answer to a job");
	if (fields.result < 0)
		return fields.result;
	*ret_submission = submission;
	submission = (struct submission){0};
	return 0;
}

int submission_json_write(const struct submission *submission, char **ret_text, struct error *err)
{
	struct json_fields_writer w = {0};
	json_fields_set(&w, "node", json_fields_of_text(submission->node));
	json_fields_set(&w, "attempt", json_integer(submission->attempt));
	json_fields_set(&w, "job", json_fields_of_text(submission->job));
	json_fields_set(&w, "refused", json_fields_of_text(submission->refused));
	json_fields_set(&w, "submitted_ns",
	                json_fields_of_integer(submission->submitted_ns, RECORD_ABSENT));
	return json_fields_finish(&w, ret_text, err);
}
