#include "report/json/row_json.h"

#include "core/error.h"
#include "report/json/json_value.h"

#include <errno.h>
#include <jansson.h>

/* A document that this program wrote, as a value; NULL with an error otherwise. */
static json_t *read(const char *text, struct error *err)
{
	json_error_t why;
	json_t *const value = json_loads(text, 0, &why);
	if (!value)
		error_set(err, EINVAL, "an answer is no JSON: %s", why.text);
	return value;
}

static json_t *results(struct json_writer *w, const char *const *documents, size_t count,
                       struct error *err)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *const document = read(documents[i], err);
		if (!document) {
			json_decref(array);
			return NULL;
		}
		json_append(w, array, document);
	}
	return array;
}

int row_json_write(const char *const *documents, size_t count, bool is_alone,
                   const char *acceptance, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	json_t *const answer = is_alone && count > 0 ? read(documents[0], err) : json_object();
	if (!answer)
		return -EINVAL;
	if (!is_alone || count == 0)
		json_set(&w, answer, "schema_version", json_integer(1));
	if (!is_alone) {
		json_t *const array = results(&w, documents, count, err);
		if (!array) {
			json_decref(answer);
			return -EINVAL;
		}
		json_set(&w, answer, "results", array);
	}
	if (acceptance) {
		json_t *const accepted = read(acceptance, err);
		if (!accepted) {
			json_decref(answer);
			return -EINVAL;
		}
		json_set(&w, answer, "acceptance", accepted);
	}
	return json_finish(&w, answer, ret_json, err);
}
