#include "formats/yaml_bind.h"

#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum {
	/* Longer texts are no numbers. */
	NUMBER_MAX_LENGTH = 40,
	/* More keys than this in one mapping are not searched for twins. */
	MAPPING_MAX_KEYS = 512
};

void bind_path(const struct bind_place *place, char path[BIND_PATH_BYTES])
{
	path[0] = '\0';
	if (!place || (!place->parent && !place->key))
		return;
	bind_path(place->parent, path);
	const size_t length = strlen(path);
	if (place->key)
		snprintf(path + length, BIND_PATH_BYTES - length, "%s%s", length ? "." : "",
		         place->key);
	else
		snprintf(path + length, BIND_PATH_BYTES - length, "[%zu]", place->index);
}

static int tell(struct binder *binder, const struct bind_place *place, const yaml_node_t *node,
                const char *what)
{
	char path[BIND_PATH_BYTES];
	bind_path(place, path);
	return problems_add(binder->problems, binder->file, node->start_mark.line + 1,
	                    node->start_mark.column + 1, path[0] ? path : binder->what, binder->err,
	                    "%s", what);
}

int bind_problem(struct binder *binder, const struct bind_place *place, const yaml_node_t *node,
                 const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char what[ERROR_TEXT_BYTES];
	vsnprintf(what, sizeof what, format, args);
	va_end(args);
	return tell(binder, place, node, what);
}

bool bind_is_empty(const yaml_node_t *node)
{
	static const char *const nothing[] = {"", "~", "null", "Null", "NULL"};
	if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
		return false;
	for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
		if (strcmp((const char *)node->data.scalar.value, nothing[i]) == 0)
			return true;
	return false;
}

static const char *node_kind(const yaml_node_t *node)
{
	if (bind_is_empty(node))
		return "nothing";
	if (node->type == YAML_SEQUENCE_NODE)
		return "a list";
	return node->type == YAML_MAPPING_NODE ? "a mapping" : "a single value";
}

/* The key that an example is written for: entries of a list show the list's. */
static const char *example_name(const struct bind_key *key)
{
	return key && key->name ? key->name : "key";
}

/* Whether node is {word}: a template that was written without quotes is a mapping to YAML. */
static bool is_bare_template(const struct binder *binder, const yaml_node_t *node)
{
	if (node->type != YAML_MAPPING_NODE ||
	    node->data.mapping.style != YAML_FLOW_MAPPING_STYLE ||
	    node->data.mapping.pairs.top - node->data.mapping.pairs.start != 1)
		return false;
	return bind_is_empty(
	        yaml_document_get_node(binder->document, node->data.mapping.pairs.start->value));
}

int bind_wrong_kind(struct binder *binder, const struct bind_place *place,
                    const struct bind_key *key, const yaml_node_t *node)
{
	if (is_bare_template(binder, node))
		return bind_problem(binder, place, node,
		                    "%s is expected here, not a mapping; a word with braces needs "
		                    "quotes, so write for example %s: %s",
		                    key->type, example_name(key), key->example);
	return bind_problem(binder, place, node,
	                    "%s is expected here, not %s; write for example %s: %s", key->type,
	                    node_kind(node), example_name(key), key->example);
}

int bind_text(struct binder *binder, const struct bind_place *place, const struct bind_key *key,
              const yaml_node_t *node, bool may_be_empty, const char **ret_text)
{
	*ret_text = NULL;
	if (node->type != YAML_SCALAR_NODE || bind_is_empty(node))
		return bind_wrong_kind(binder, place, key, node);
	const char *const text = (const char *)node->data.scalar.value;
	if (strlen(text) != node->data.scalar.length)
		return bind_problem(binder, place, node, "holds a NUL (\\0); remove it");
	if (!*text && !may_be_empty)
		return bind_problem(binder, place, node, "an empty text; write for example %s: %s",
		                    example_name(key), key->example);
	*ret_text = text;
	return 0;
}

int bind_number_text(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, const char **ret_text)
{
	const int r = bind_text(binder, place, key, node, false, ret_text);
	if (r < 0 || !*ret_text || strlen(*ret_text) <= NUMBER_MAX_LENGTH)
		return r;
	*ret_text = NULL;
	return bind_problem(binder, place, node, "too long for %s; write for example %s: %s",
	                    key->type, example_name(key), key->example);
}

int bind_list(struct binder *binder, const struct bind_place *place, const struct bind_key *key,
              const yaml_node_t *node, const struct bind_key *item_key, void *target)
{
	if (node->type != YAML_SEQUENCE_NODE)
		return bind_wrong_kind(binder, place, key, node);
	const yaml_node_item_t *const start = node->data.sequence.items.start;
	const size_t count = (size_t)(node->data.sequence.items.top - start);
	int r = 0;
	for (size_t i = 0; r == 0 && i < count; i++) {
		const struct bind_place item = {place, NULL, i, NULL, NULL};
		const yaml_node_t *const entry = yaml_document_get_node(binder->document, start[i]);
		r = item_key->bind(binder, &item, item_key, entry, target);
	}
	return r;
}

static int bind_integer(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_number_text(binder, place, key, node, &text);
	if (r < 0 || !text)
		return r;
	int64_t value;
	struct error wrong;
	if (number_parse_integer(text, key->low, key->high, &value, &wrong) < 0)
		return tell(binder, place, node, wrong.text);
	*(uint32_t *)target = (uint32_t)value;
	return 0;
}

typedef int parse_quantity(const char *text, int64_t *ret_value, struct error *err);

static int bind_quantity(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target,
                         parse_quantity *parse)
{
	const char *text;
	const int r = bind_number_text(binder, place, key, node, &text);
	if (r < 0 || !text)
		return r;
	int64_t value;
	struct error wrong;
	if (parse(text, &value, &wrong) < 0)
		return tell(binder, place, node, wrong.text);
	if (value == 0 && !key->is_zero_allowed)
		return bind_problem(binder, place, node,
		                    "must be above 0; write for example %s: %s, or leave the key "
		                    "out",
		                    key->name, key->example);
	*(int64_t *)target = value;
	return 0;
}

static int bind_duration(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_quantity(binder, place, key, node, target, number_parse_duration);
}

static int bind_bytes(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_quantity(binder, place, key, node, target, number_parse_bytes);
}

static int bind_choice(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	cleanup_str struct str known = {0};
	unsigned count = 0;
	for (; key->choices[count]; count++) {
		if (strcmp(text, key->choices[count]) == 0) {
			/* Enums without negative values are unsigned int in gcc and clang. */
			memcpy(target, &count, sizeof count);
			return 0;
		}
		str_addf(&known, "%s%s", count ? ", " : "", key->choices[count]);
	}
	const char *const near = str_nearest(text, key->choices, count, sizeof key->choices[0]);
	return bind_problem(binder, place, node,
	                    "\"%.60s\" is unknown here; %s%s%swrite one of: %s", text,
	                    near ? "did you mean " : "", near ? near : "",
	                    near ? "? Otherwise " : "", str_text(&known));
}

static int bind_boolean(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	const bool value = strcmp(text, "true") == 0;
	if (!value && strcmp(text, "false") != 0)
		return bind_problem(
		        binder, place, node,
		        "\"%.60s\" is neither true nor false; write %s: true or %s: false", text,
		        key->name, key->name);
	*(bool *)target = value;
	return 0;
}

static int bind_submapping(struct binder *binder, const struct bind_place *place,
                           const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_mapping(binder, place, key, node, key->keys, key->key_count, target);
}

static bind_function *const bind_kinds[] = {
        [BIND_MAPPING] = bind_submapping, [BIND_INTEGER] = bind_integer,
        [BIND_DURATION] = bind_duration,  [BIND_BYTES] = bind_bytes,
        [BIND_CHOICE] = bind_choice,      [BIND_BOOLEAN] = bind_boolean,
};

static const struct bind_key *find_key(const struct bind_key *keys, size_t key_count,
                                       const char *name)
{
	for (size_t i = 0; i < key_count; i++)
		if (strcmp(keys[i].name, name) == 0)
			return &keys[i];
	return NULL;
}

/* The key of `keys` whose own mapping has a key called name, or NULL. */
static const struct bind_key *find_home(const struct bind_key *keys, size_t key_count,
                                        const char *name)
{
	for (size_t i = 0; i < key_count; i++)
		if (keys[i].kind == BIND_MAPPING && find_key(keys[i].keys, keys[i].key_count, name))
			return &keys[i];
	return NULL;
}

static int tell_unknown(struct binder *binder, const struct bind_place *place,
                        const yaml_node_t *node, const struct bind_key *keys, size_t key_count)
{
	const struct bind_key *const home = find_home(keys, key_count, place->key);
	if (home)
		return bind_problem(binder, place, node, "unknown key here; it belongs under %s",
		                    home->name);
	const char *const near = str_nearest(place->key, keys, key_count, sizeof keys[0]);
	if (near)
		return bind_problem(binder, place, node, "unknown key; did you mean %s?", near);
	cleanup_str struct str known = {0};
	for (size_t i = 0; i < key_count; i++)
		str_addf(&known, "%s%s", i ? ", " : "", keys[i].name);
	return bind_problem(binder, place, node, "unknown key; known here are %s",
	                    str_text(&known));
}

/* The earlier pair of the mapping with the same key, or NULL. */
static const yaml_node_t *find_twin(const struct binder *binder, const yaml_node_t *mapping,
                                    const yaml_node_pair_t *pair)
{
	const yaml_node_t *const key = yaml_document_get_node(binder->document, pair->key);
	for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start; p < pair; p++) {
		const yaml_node_t *const other = yaml_document_get_node(binder->document, p->key);
		if (other->type == YAML_SCALAR_NODE &&
		    other->data.scalar.length == key->data.scalar.length &&
		    memcmp(other->data.scalar.value, key->data.scalar.value,
		           key->data.scalar.length) == 0)
			return other;
	}
	return NULL;
}

static int bind_pair_name(struct binder *binder, const struct bind_place *place,
                          const yaml_node_t *mapping, const yaml_node_pair_t *pair,
                          const char **ret_name)
{
	*ret_name = NULL;
	const yaml_node_t *const key = yaml_document_get_node(binder->document, pair->key);
	if (key->type != YAML_SCALAR_NODE)
		return bind_problem(binder, place, key,
		                    "a key must be a single word, not %s; write key: value",
		                    node_kind(key));
	const char *const name = (const char *)key->data.scalar.value;
	if (!*name || strlen(name) != key->data.scalar.length)
		return bind_problem(binder, place, key,
		                    "a key must be a single word, not empty or with a NUL in it; "
		                    "write key: value");
	const yaml_node_t *const twin = find_twin(binder, mapping, pair);
	if (twin) {
		const struct bind_place here = {place, name, 0, mapping, key};
		return bind_problem(binder, &here, key,
		                    "the key is there twice (first on line %zu); keep one of them",
		                    twin->start_mark.line + 1);
	}
	*ret_name = name;
	return 0;
}

bool bind_has_key(const struct binder *binder, const yaml_node_t *mapping, const char *name)
{
	for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start;
	     p < mapping->data.mapping.pairs.top; p++) {
		const yaml_node_t *const key = yaml_document_get_node(binder->document, p->key);
		if (key->type == YAML_SCALAR_NODE &&
		    strcmp((const char *)key->data.scalar.value, name) == 0)
			return true;
	}
	return false;
}

/* Whether one of owner's keys is in the mapping beside it, where `keys` has no such key: it was
 * meant for owner, and told as such. */
static bool has_stray(const struct binder *binder, const yaml_node_t *mapping,
                      const struct bind_key *keys, size_t key_count, const struct bind_key *owner)
{
	for (size_t i = 0; i < owner->key_count; i++)
		if (!find_key(keys, key_count, owner->keys[i].name) &&
		    bind_has_key(binder, mapping, owner->keys[i].name))
			return true;
	return false;
}

static int bind_pair(struct binder *binder, const struct bind_place *place,
                     const yaml_node_t *mapping, const yaml_node_pair_t *pair,
                     const struct bind_key *keys, size_t key_count, void *target)
{
	const char *name;
	const int r = bind_pair_name(binder, place, mapping, pair, &name);
	if (r < 0 || !name)
		return r;
	const yaml_node_t *const key_node = yaml_document_get_node(binder->document, pair->key);
	const struct bind_place here = {place, name, 0, mapping, key_node};
	const struct bind_key *const key = find_key(keys, key_count, name);
	const yaml_node_t *const value = yaml_document_get_node(binder->document, pair->value);
	if (!key)
		return tell_unknown(binder, &here, key_node, keys, key_count);
	if (key->kind == BIND_MAPPING && bind_is_empty(value) &&
	    has_stray(binder, mapping, keys, key_count, key))
		return 0;
	bind_function *const bind = key->bind ? key->bind : bind_kinds[key->kind];
	return bind(binder, &here, key, value, (char *)target + key->offset);
}

/* Whether some unknown key of the mapping is told as a slip of the pen for the key called name. */
static bool has_misspelt(const struct binder *binder, const yaml_node_t *mapping,
                         const struct bind_key *keys, size_t key_count, const char *name)
{
	for (const yaml_node_pair_t *p = mapping->data.mapping.pairs.start;
	     p < mapping->data.mapping.pairs.top; p++) {
		const yaml_node_t *const key = yaml_document_get_node(binder->document, p->key);
		if (key->type != YAML_SCALAR_NODE)
			continue;
		const char *const word = (const char *)key->data.scalar.value;
		if (find_key(keys, key_count, word) || find_home(keys, key_count, word))
			continue;
		const char *const near = str_nearest(word, keys, key_count, sizeof keys[0]);
		if (near && strcmp(near, name) == 0)
			return true;
	}
	return false;
}

/* Tells every required key that is not there, unless a problem elsewhere says where it went. */
static int tell_missing(struct binder *binder, const struct bind_place *place,
                        const yaml_node_t *mapping, const struct bind_key *keys, size_t key_count)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < key_count; i++) {
		const struct bind_key *const key = &keys[i];
		if (!key->is_required || bind_has_key(binder, mapping, key->name) ||
		    has_misspelt(binder, mapping, keys, key_count, key->name) ||
		    has_stray(binder, mapping, keys, key_count, key) ||
		    (place->mapping && bind_has_key(binder, place->mapping, key->name)))
			continue;
		const struct bind_place here = {place, key->name, 0, mapping, NULL};
		r = bind_problem(binder, &here, mapping, "missing; write for example %s: %s",
		                 key->name, key->example);
	}
	return r;
}

static int check_size(struct binder *binder, const struct bind_place *place,
                      const yaml_node_t *mapping, bool *ret_is_fine)
{
	const size_t count =
	        (size_t)(mapping->data.mapping.pairs.top - mapping->data.mapping.pairs.start);
	*ret_is_fine = count <= MAPPING_MAX_KEYS;
	if (*ret_is_fine)
		return 0;
	return bind_problem(binder, place, mapping, "more than %d keys; write fewer",
	                    MAPPING_MAX_KEYS);
}

int bind_mapping(struct binder *binder, const struct bind_place *place,
                 const struct bind_key *owner, const yaml_node_t *node, const struct bind_key *keys,
                 size_t key_count, void *target)
{
	if (node->type != YAML_MAPPING_NODE)
		return bind_wrong_kind(binder, place, owner, node);
	bool is_fine;
	int r = check_size(binder, place, node, &is_fine);
	if (r < 0 || !is_fine)
		return r;
	r = tell_missing(binder, place, node, keys, key_count);
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     r == 0 && p < node->data.mapping.pairs.top; p++)
		r = bind_pair(binder, place, node, p, keys, key_count, target);
	return r;
}

int bind_entries(struct binder *binder, const struct bind_place *place, const struct bind_key *key,
                 const yaml_node_t *node, const struct bind_key *item_key, void *target)
{
	if (node->type != YAML_MAPPING_NODE)
		return bind_wrong_kind(binder, place, key, node);
	bool is_fine;
	int r = check_size(binder, place, node, &is_fine);
	if (r < 0 || !is_fine)
		return r;
	for (const yaml_node_pair_t *p = node->data.mapping.pairs.start;
	     r == 0 && p < node->data.mapping.pairs.top; p++) {
		const char *name;
		r = bind_pair_name(binder, place, node, p, &name);
		if (r < 0 || !name)
			continue;
		const struct bind_place here = {place, name, 0, node,
		                                yaml_document_get_node(binder->document, p->key)};
		r = item_key->bind(binder, &here, item_key,
		                   yaml_document_get_node(binder->document, p->value), target);
	}
	return r;
}

int bind_document(struct binder *binder, const struct bind_key *keys, size_t key_count,
                  void *target)
{
	static const struct bind_place root = {NULL, NULL, 0, NULL, NULL};
	const yaml_node_t *const node = yaml_document_get_root_node(binder->document);
	if (!node)
		return problems_add(binder->problems, binder->file, 1, 1, binder->what, binder->err,
		                    "the file is empty; begin with %s: %s", keys[0].name,
		                    keys[0].example);
	if (node->type != YAML_MAPPING_NODE)
		return bind_problem(binder, &root, node,
		                    "keys are expected here, not %s; begin with %s: %s",
		                    node_kind(node), keys[0].name, keys[0].example);
	return bind_mapping(binder, &root, NULL, node, keys, key_count, target);
}
