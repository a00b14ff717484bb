/* The YAML of lsst.daf.base: a list of [name, type, value, comment], where the value of a
 * PropertySet is such a list again, and that of others a scalar or a list of scalars. */
#include "formats/campaign/lsst_metadata_parts.h"

#include "core/array.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

static const char tag_set[] = "!<lsst.daf.base.PropertySet>";
static const char tag_list[] = "!<lsst.daf.base.PropertyList>";

enum { MOST_DEPTH = 32, FIRST_BYTES = 256 };

struct reading {
	yaml_parser_t parser;
	yaml_event_t event;
	bool has_event;
	struct lsst_file *file;
	bool failed;
};

bool lsst_yaml_is(const char *text, size_t bytes)
{
	const size_t first = bytes < FIRST_BYTES ? bytes : FIRST_BYTES;
	return memmem(text, first, tag_set, sizeof tag_set - 1) ||
	       memmem(text, first, tag_list, sizeof tag_list - 1);
}

/* ---- Events ---------------------------------------------------------------------------------- */

static void refuse(struct reading *r, const char *what)
{
	if (!r->failed)
		lsst_file_refuse(r->file, r->event.start_mark.line + 1,
		                 r->event.start_mark.column + 1, "%s", what);
	r->failed = true;
}

/* The next event, whose type is returned; YAML_NO_EVENT behind what is wrong. */
static yaml_event_type_t next(struct reading *r)
{
	if (r->has_event)
		yaml_event_delete(&r->event);
	r->has_event = false;
	if (r->failed)
		return YAML_NO_EVENT;
	if (!yaml_parser_parse(&r->parser, &r->event)) {
		lsst_file_refuse(r->file, r->parser.problem_mark.line + 1,
		                 r->parser.problem_mark.column + 1, "is no whole YAML: %.100s",
		                 r->parser.problem ? r->parser.problem : "out of memory");
		r->failed = true;
		return YAML_NO_EVENT;
	}
	r->has_event = true;
	if (r->event.type == YAML_ALIAS_EVENT) {
		refuse(r, "has an alias, which such files have not");
		return YAML_NO_EVENT;
	}
	return r->event.type;
}

/* Passes over the rest of what the event began. */
static void skip(struct reading *r)
{
	size_t depth = 0;
	for (yaml_event_type_t type = r->event.type; !r->failed; type = next(r)) {
		depth += type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT;
		depth -= type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT;
		if (depth == 0 || type == YAML_NO_EVENT)
			return;
	}
}

/* ---- Values ---------------------------------------------------------------------------------- */

/* The scalar of the event; what stands for no number in Python is null. */
static json_t *scalar(const struct reading *r, bool is_number)
{
	const char *const text = (const char *)r->event.data.scalar.value;
	char *end = NULL;
	if (!is_number)
		return json_stringn(text, r->event.data.scalar.length);
	errno = 0;
	const double value = strtod(text, &end);
	json_t *const number = end != text && *end == '\0' ? json_real(value) : NULL;
	return number ? number : json_null();
}

static bool is_number_type(const char *type)
{
	static const char *const types[] = {
	        "Double", "Float", "Int", "Short", "Long", "LongLong", "Unsigned long long"};
	for (size_t i = 0; i < ARRAY_LENGTH(types); i++)
		if (strcmp(type, types[i]) == 0)
			return true;
	return false;
}

static void set(struct reading *r, json_t *node, const char *member, const char *name,
                json_t *value)
{
	if (json_object_set_new(json_object_get(node, member), name, value) < 0)
		refuse(r, "has a text that is not UTF-8");
}

static void take_list(struct reading *r, json_t *node, const char *name, bool is_number)
{
	json_t *const list = json_array();
	while (next(r) == YAML_SCALAR_EVENT)
		if (json_array_append_new(list, scalar(r, is_number)) < 0)
			refuse(r, "has a text that is not UTF-8");
	if (!r->failed && r->event.type != YAML_SEQUENCE_END_EVENT)
		refuse(r, "has a list within a list of values");
	set(r, node, "arrays", name, list);
}

static void take_set(struct reading *r, json_t *node, size_t depth);

static json_t *new_node(void)
{
	return json_pack("{s:{}, s:{}, s:{}}", "scalars", "arrays", "metadata");
}

static void take_value(struct reading *r, json_t *node, const char *name, const char *type,
                       size_t depth)
{
	const bool is_set = strcmp(type, "PropertySet") == 0 || strcmp(type, "PropertyList") == 0;
	const bool is_number = is_number_type(type);
	const yaml_event_type_t event = next(r);
	if (is_set && event == YAML_SEQUENCE_START_EVENT) {
		json_t *const inner = new_node();
		take_set(r, inner, depth + 1);
		set(r, node, "metadata", name, inner);
	} else if (event == YAML_SEQUENCE_START_EVENT) {
		take_list(r, node, name, is_number);
	} else if (event == YAML_SCALAR_EVENT) {
		set(r, node, "scalars", name, scalar(r, is_number));
	} else {
		refuse(r, "has no value where one should be");
	}
}

/* [name, type, value, comment]; the event is its beginning. */
static void take_item(struct reading *r, json_t *node, size_t depth)
{
	char texts[2][256];
	for (size_t i = 0; i < 2; i++) {
		if (next(r) != YAML_SCALAR_EVENT ||
		    r->event.data.scalar.length >= sizeof texts[i] ||
		    strlen((const char *)r->event.data.scalar.value) !=
		            r->event.data.scalar.length) {
			refuse(r, "is no [name, type, value, comment]");
			return;
		}
		memcpy(texts[i], r->event.data.scalar.value, r->event.data.scalar.length + 1);
	}
	take_value(r, node, texts[0], texts[1], depth);
	while (!r->failed && next(r) != YAML_SEQUENCE_END_EVENT)
		skip(r);
}

/* The items up to the end of the list; the event is its beginning. */
static void take_set(struct reading *r, json_t *node, size_t depth)
{
	if (depth > MOST_DEPTH)
		refuse(r, "is nested deeper than such files are");
	for (;;) {
		const yaml_event_type_t type = next(r);
		if (type == YAML_SEQUENCE_END_EVENT || type == YAML_NO_EVENT)
			return;
		if (type == YAML_SEQUENCE_START_EVENT)
			take_item(r, node, depth);
		else
			refuse(r, "is no list of [name, type, value, comment]");
	}
}

static bool begins_with_list(struct reading *r)
{
	static const yaml_event_type_t opening[] = {
	        YAML_STREAM_START_EVENT, YAML_DOCUMENT_START_EVENT, YAML_SEQUENCE_START_EVENT};
	for (size_t i = 0; i < ARRAY_LENGTH(opening); i++)
		if (next(r) != opening[i])
			return false;
	return true;
}

json_t *lsst_yaml_parse(const char *text, size_t bytes, struct lsst_file *file)
{
	struct reading reading = {.file = file};
	json_t *node = new_node();
	if (!node || !yaml_parser_initialize(&reading.parser)) {
		json_decref(node);
		lsst_file_refuse(file, 1, 1, "out of memory");
		return NULL;
	}
	yaml_parser_set_input_string(&reading.parser, (const unsigned char *)text, bytes);
	if (begins_with_list(&reading))
		take_set(&reading, node, 0);
	else
		refuse(&reading, "is no list of [name, type, value, comment]");
	if (!reading.failed && next(&reading) != YAML_DOCUMENT_END_EVENT)
		refuse(&reading, "goes on behind its end");
	if (reading.has_event)
		yaml_event_delete(&reading.event);
	yaml_parser_delete(&reading.parser);
	if (reading.failed) {
		json_decref(node);
		return NULL;
	}
	return node;
}
