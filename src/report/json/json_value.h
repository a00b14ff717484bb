/* Values of an answer in JSON: what is absent is null, nothing is NaN, and every text is UTF-8. For
 * report/json_*.c and show_json.c.
 *
 * The makers return new references, NULL where memory ran out; json_set and json_append take them
 * over, and remember a failure in the writer, so that a whole answer is built first and asked once:
 *
 *   struct json_writer w = {false};
 *   json_t *const answer = json_object();
 *   json_set(&w, answer, "seconds", json_number(seconds));
 *   return json_finish(&w, answer, ret_json, err); */
#ifndef REPORT_JSON_VALUE_H
#define REPORT_JSON_VALUE_H

#include "analyse/summary.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct str;

struct json_writer {
	bool failed;
};

/* Appends JSON that jansson has written. Of what would steer a terminal, jansson writes C0 in
 * JSON's own escapes; DEL, C1 and marks that turn the direction of writing follow here. They stand
 * in texts only, and mean the same. */
void json_add_escaped(struct str *out, const char *json);

void json_set(struct json_writer *w, json_t *object, const char *key, json_t *value);
void json_append(struct json_writer *w, json_t *array, json_t *value);

/* A number, or null for one that is absent (NAN). */
json_t *json_number(double value);
json_t *json_count(size_t value);

/* A text, or null for NULL; bytes that are not UTF-8 become '?', since JSON cannot hold them. */
json_t *json_text(const char *value);

/* A value, or null with the reason beside it as NAME_reason. Takes over value. */
void json_set_or_reason(struct json_writer *w, json_t *object, const char *key, json_t *value,
                        const char *reason);

/* A calendar time in UTC ("2026-11-20T22:51:07.125Z"), or null where it is not known
 * (RECORD_ABSENT, or not above 0). */
json_t *json_calendar(int64_t calendar_ns);

/* [low, high], or null where one of both is absent. */
json_t *json_interval(double low, double high);

/* {"value", "ci95", "n"}, with "reason" where something of it is absent. */
json_t *json_estimate(struct json_writer *w, const struct estimate *e);

/* {"mean", "median", "p95", "max"}, with "reason" likewise. */
json_t *json_spread(struct json_writer *w, const struct spread *s);

/* Takes the answer over and writes it as a text with a line end behind, which the caller frees.
 * Returns 0 or -ENOMEM. */
int json_finish(const struct json_writer *w, json_t *answer, char **ret_json, struct error *err);

#endif
