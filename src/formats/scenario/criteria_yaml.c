#include "formats/scenario/criteria_yaml.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/file.h"
#include "formats/scenario/criteria_folder.h"
#include "formats/scenario/criteria_keys.h"
#include "formats/scenario/scenario_yaml.h"
#include "formats/yaml_text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static int refuse_size(const char *name, struct problems *problems, struct error *err)
{
	const int r = problems_add(problems, name, 1, 1, "criteria", err,
	                           "larger than 1 MiB, so these are no criteria; name the file "
	                           "that holds them");
	return r < 0 ? r : problems_result(problems, name, err);
}

/* Whether the document is a mapping with one of these keys. */
static bool has_key(yaml_document_t *document, const char *const *names, size_t count)
{
	const yaml_node_t *const root = yaml_document_get_root_node(document);
	if (!root || root->type != YAML_MAPPING_NODE)
		return false;
	for (const yaml_node_pair_t *p = root->data.mapping.pairs.start;
	     p < root->data.mapping.pairs.top; p++) {
		const yaml_node_t *const key = yaml_document_get_node(document, p->key);
		for (size_t i = 0; key->type == YAML_SCALAR_NODE && i < count; i++)
			if (strcmp((const char *)key->data.scalar.value, names[i]) == 0)
				return true;
	}
	return false;
}

/* A scenario has criteria of its own under accept. */
static bool is_scenario(yaml_document_t *document)
{
	static const char *const names[] = {"name", "task", "sweep"};
	return has_key(document, names, ARRAY_LENGTH(names));
}

/* The part of a scenario that is called accept, by itself. */
static bool is_accept(yaml_document_t *document)
{
	static const char *const names[] = {"accept"};
	return has_key(document, names, ARRAY_LENGTH(names));
}

static const struct bind_key accept_keys[] = {
        {.name = "accept",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .bind = criteria_bind,
         .type = "a mapping",
         .default_text = "required",
         .example = "{criteria: [{metric: failures, at_most: 0}]}",
         .help = "What the node must be."},
};

static int refuse_result(const char *name, struct problems *problems, struct error *err)
{
	const int r = problems_add(problems, name, 1, 1, "criteria", err,
	                           "this is a result (a SQLite file), and no criteria: results of "
	                           "a good node are named with --reference, and --make-criteria "
	                           "makes criteria from them");
	return r < 0 ? r : problems_result(problems, name, err);
}

static int take_from_scenario(const char *name, const char *text, size_t text_bytes,
                              struct criteria *ret_criteria, struct problems *ret_problems,
                              struct error *err)
{
	cleanup_scenario struct scenario scenario = {0};
	int r = scenario_yaml_parse(name, text, text_bytes, &scenario, ret_problems, err);
	if (r < 0)
		return r;
	if (scenario.accept.count == 0) {
		r = problems_add(ret_problems, name, 1, 1, "accept", err,
		                 "missing: this scenario asks nothing of a node; write for example "
		                 "accept: {criteria: [{metric: failures, at_most: 0}]}");
		return r < 0 ? r : problems_result(ret_problems, name, err);
	}
	*ret_criteria = scenario.accept;
	scenario.accept = (struct criteria){0};
	return 0;
}

static int bind_all(struct binder *binder, struct criteria *criteria)
{
	const bool is_below = is_accept(binder->document);
	const int r = is_below ? bind_document(binder, accept_keys, 1, criteria)
	                       : bind_document(binder, criteria_keys, CRITERIA_KEYS, criteria);
	if (r < 0)
		return r;
	problems_sort(binder->problems);
	return problems_result(binder->problems, binder->file, binder->err);
}

int criteria_parse(const char *name, const char *text, size_t text_bytes,
                   struct criteria *ret_criteria, struct problems *ret_problems, struct error *err)
{
	if (text_bytes > CRITERIA_MAX_BYTES)
		return refuse_size(name, ret_problems, err);
	static const char result[] = "SQLite format 3";
	if (text_bytes > sizeof result && memcmp(text, result, sizeof result) == 0)
		return refuse_result(name, ret_problems, err);
	yaml_document_t document;
	int r = yaml_text_load(name, text, text_bytes, &document, ret_problems, err);
	if (r < 0)
		return r;
	if (is_scenario(&document)) {
		yaml_document_delete(&document);
		return take_from_scenario(name, text, text_bytes, ret_criteria, ret_problems, err);
	}
	struct criteria criteria = {0};
	struct binder binder = {name, "criteria", &document, ret_problems, err, NULL};
	r = bind_all(&binder, &criteria);
	yaml_document_delete(&document);
	if (r == 0)
		r = criteria_set_folder(&criteria, name, err);
	if (r < 0) {
		criteria_release(&criteria);
		return r;
	}
	*ret_criteria = criteria;
	return 0;
}

static bool is_result(const char *path)
{
	char begin[sizeof "SQLite format 3"] = "";
	cleanup_file FILE *stream = fopen(path, "re");
	return stream && fread(begin, 1, sizeof begin, stream) == sizeof begin &&
	       memcmp(begin, "SQLite format 3", sizeof begin) == 0;
}

int criteria_load(const char *path, struct criteria *ret_criteria, struct problems *ret_problems,
                  struct error *err)
{
	cleanup_free char *text = NULL;
	size_t text_bytes = 0;
	const int r = file_read(path, CRITERIA_MAX_BYTES, &text, &text_bytes, err);
	if (r == -EFBIG && is_result(path))
		return refuse_result(path, ret_problems, err);
	if (r == -EFBIG)
		return refuse_size(path, ret_problems, err);
	if (r < 0)
		return r;
	return criteria_parse(path, text, text_bytes, ret_criteria, ret_problems, err);
}
