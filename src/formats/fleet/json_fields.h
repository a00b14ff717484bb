/* Members of the JSON files in a fleet's folder, read and written one by one. What is wrong is
 * remembered, so that a whole object is read straight through and asked once. A text that is not
 * UTF-8 (a path may be anything) is kept as {"hex": "..."}. */
#ifndef FORMATS_FLEET_JSON_FIELDS_H
#define FORMATS_FLEET_JSON_FIELDS_H

#include "model/words.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

struct json_fields {
	json_t *object;
	struct error *err;
	int result; /* 0, or the first -errno: later reads do nothing */
};

/* Parses a text as one JSON object with a "schema_version" of 1. Returns 0, -EINVAL (it is no
 * such), -ENOTSUP (a later plateau wrote it). json_fields_release frees it. */
int json_fields_open(const char *text, size_t text_bytes, struct json_fields *ret_fields,
                     struct error *err);
void json_fields_release(struct json_fields *fields);

#define cleanup_json_fields __attribute__((cleanup(json_fields_release)))

/* A copy of a text in *text, which the caller frees; absent or null: *text stays NULL. */
void json_fields_text(struct json_fields *fields, const char *key, char **text);
/* The same of one that has to be there and not empty. */
void json_fields_needed(struct json_fields *fields, const char *key, char **text);
/* An integer from low to high; absent or null: `absent`. */
int64_t json_fields_integer(struct json_fields *fields, const char *key, int64_t low, int64_t high,
                            int64_t absent);
bool json_fields_boolean(struct json_fields *fields, const char *key, bool absent);
void json_fields_words(struct json_fields *fields, const char *key, struct words *words);
/* What is wrong with a member, unless something was wrong before. */
void json_fields_refuse(struct json_fields *fields, const char *key, const char *wanted);

/* Values for writing; json_fields_set takes them over and remembers where memory ran out. */
json_t *json_fields_of_text(const char *text);                 /* NULL: null */
json_t *json_fields_of_integer(int64_t value, int64_t absent); /* value == absent: null */
json_t *json_fields_of_words(const struct words *words);

struct json_fields_writer {
	json_t *object;
	bool failed;
};
void json_fields_set(struct json_fields_writer *w, const char *key, json_t *value);
/* Writes the object with a line end behind and releases it; the caller frees the text. Returns 0
 * or -ENOMEM. */
int json_fields_finish(struct json_fields_writer *w, char **ret_text, struct error *err);

#endif
