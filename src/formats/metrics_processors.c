/* metrics.processors: the names of microarchitectures, and how they are known. */
#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/metrics_values.h"

#include <stdlib.h>
#include <string.h>

enum { MODEL_MAX = 65535 };

#define PROCESSOR(member) offsetof(struct metric_processor, member)
#define SIGN(member)      offsetof(struct processor_sign, member)

/* ---- Names --------------------------------------------------------------------------------- */

/* The mapping under `processors` of the document, or NULL. */
static const yaml_node_t *find_processors(const struct binder *binder)
{
	const yaml_node_t *const root = yaml_document_get_root_node(binder->document);
	for (const yaml_node_pair_t *p = root->data.mapping.pairs.start;
	     p < root->data.mapping.pairs.top; p++) {
		const yaml_node_t *const key = yaml_document_get_node(binder->document, p->key);
		const yaml_node_t *const value = yaml_document_get_node(binder->document, p->value);
		if (key->type == YAML_SCALAR_NODE && value->type == YAML_MAPPING_NODE &&
		    strcmp((const char *)key->data.scalar.value, "processors") == 0)
			return value;
	}
	return NULL;
}

int metrics_processor_names(const struct binder *binder, const struct metrics *known,
                            const char ***ret_names, size_t *ret_count)
{
	const yaml_node_t *const own = find_processors(binder);
	const size_t own_count =
	        own ? (size_t)(own->data.mapping.pairs.top - own->data.mapping.pairs.start) : 0;
	const size_t known_count = known ? known->processor_count : 0;
	const char **const names = calloc(own_count + known_count + 1, sizeof *names);
	if (!names)
		return error_memory(binder->err);
	size_t count = 0;
	names[count++] = metric_generic;
	for (size_t i = 0; i < known_count; i++)
		names[count++] = known->processors[i].name;
	for (size_t i = 0; i < own_count; i++) {
		const yaml_node_t *const key = yaml_document_get_node(
		        binder->document, own->data.mapping.pairs.start[i].key);
		if (key->type == YAML_SCALAR_NODE)
			names[count++] = (const char *)key->data.scalar.value;
	}
	*ret_names = names;
	*ret_count = count;
	return 0;
}

/* ---- One sign ------------------------------------------------------------------------------ */

/* A whole number, or a hexadecimal one as /proc/cpuinfo has them on arm64. */
static bool read_number(const char *text, size_t length, uint32_t *ret_number)
{
	char copy[16];
	struct error wrong;
	int64_t value;
	if (length == 0 || length >= sizeof copy)
		return false;
	memcpy(copy, text, length);
	copy[length] = '\0';
	if (strncmp(copy, "0x", 2) == 0) {
		if (!copy[2] || strspn(copy + 2, "0123456789abcdefABCDEF") != length - 2)
			return false;
		value = strtol(copy + 2, NULL, 16);
	} else if (number_parse_integer(copy, 0, MODEL_MAX, &value, &wrong) < 0) {
		return false;
	}
	*ret_number = (uint32_t)value;
	return value <= MODEL_MAX;
}

/* The target is the sign. */
static int bind_model(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct processor_sign *const sign = target;
	struct processor_models models = {0};
	const char *text;
	const int r = bind_number_text(binder, place, key, node, &text);
	if (r < 0 || !text)
		return r;
	const char *const dash = strchr(text, '-');
	const size_t length = dash ? (size_t)(dash - text) : strlen(text);
	bool is_fine = read_number(text, length, &models.first);
	models.last = models.first;
	if (is_fine && dash)
		is_fine = read_number(dash + 1, strlen(dash + 1), &models.last) &&
		          models.last >= models.first;
	if (!is_fine)
		return bind_problem(binder, place, node,
		                    "\"%.40s\" is neither a model nor a range of them; write for "
		                    "example 17, 48-63 or 0xd0c",
		                    text);
	struct processor_models *const grown =
	        realloc(sign->models, (sign->model_count + 1) * sizeof *sign->models);
	if (!grown)
		return error_memory(binder->err);
	sign->models = grown;
	grown[sign->model_count++] = models;
	return 0;
}

static const struct bind_key model_item = {
        .name = "models",
        .type = "a model, or a range of them",
        .example = "[17, 48-63, 0xd0c]",
        .bind = bind_model,
};

static int bind_models(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_list(binder, place, key, node, &model_item, target);
}

static int bind_family(struct binder *binder, const struct bind_place *place,
                       const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	uint32_t family;
	const int r = bind_number_text(binder, place, key, node, &text);
	if (r < 0 || !text)
		return r;
	if (!read_number(text, strlen(text), &family))
		return bind_problem(binder, place, node,
		                    "\"%.40s\" is no family; write for example family: 25", text);
	*(int64_t *)target = family;
	return 0;
}

static const struct bind_key sign_keys[] = {
        {.name = "vendor",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = SIGN(vendor),
         .bind = metrics_bind_text,
         .type = "a word of /proc/cpuinfo",
         .example = "AuthenticAMD"},
        {.name = "family",
         .kind = BIND_CUSTOM,
         .offset = SIGN(family),
         .bind = bind_family,
         .type = "a whole number",
         .example = "25"},
        {.name = "models",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_models,
         .type = "a list of models",
         .example = "[17, 48-63]"},
};

/* The target is the processor. */
static int bind_sign(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct metric_processor *const processor = target;
	struct processor_sign *const grown =
	        realloc(processor->signs, (processor->sign_count + 1) * sizeof *processor->signs);
	if (!grown)
		return error_memory(binder->err);
	processor->signs = grown;
	struct processor_sign *const sign = &grown[processor->sign_count++];
	*sign = (struct processor_sign){.family = -1};
	return bind_mapping(binder, place, key, node, sign_keys, ARRAY_LENGTH(sign_keys), sign);
}

static const struct bind_key sign_item = {
        .name = "cpus",
        .type = "a mapping of vendor, family and models",
        .example = "[{vendor: AuthenticAMD, family: 25, models: [17]}]",
        .bind = bind_sign,
};

static int bind_signs(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_list(binder, place, key, node, &sign_item, target);
}

/* ---- Processors ---------------------------------------------------------------------------- */

static int bind_pmu(struct binder *binder, const struct bind_place *place,
                    const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	const char *const fault = metrics_name_fault(text);
	if (fault)
		return bind_problem(binder, place, node, "\"%.64s\" %s", text, fault);
	return words_add(target, text, binder->err);
}

static const struct bind_key pmu_item = {
        .name = "pmus",
        .type = "the name of a PMU, as libpfm4 has it",
        .example = "[amd64_fam17h_zen2]",
        .bind = bind_pmu,
};

static int bind_pmus(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_list(binder, place, key, node, &pmu_item, target);
}

static const struct bind_key processor_keys[] = {
        {.name = "pmus",
         .kind = BIND_CUSTOM,
         .offset = PROCESSOR(pmus),
         .bind = bind_pmus,
         .type = "a list of libpfm4's names",
         .example = "[amd64_fam17h_zen2]"},
        {.name = "cpus",
         .kind = BIND_CUSTOM,
         .offset = 0,
         .bind = bind_signs,
         .type = "a list of mappings",
         .example = "[{vendor: AuthenticAMD, family: 25, models: [17]}]"},
};

static int bind_processor(struct binder *binder, const struct bind_place *place,
                          const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct metrics *const metrics = target;
	const char *const fault = metrics_name_fault(place->key);
	if (fault || strcmp(place->key, metric_generic) == 0)
		return bind_problem(binder, place, place->key_node, "the name %s",
		                    fault ? fault : "stands for all the others; take another");
	struct metric_processor *const grown = realloc(
	        metrics->processors, (metrics->processor_count + 1) * sizeof *metrics->processors);
	if (!grown)
		return error_memory(binder->err);
	metrics->processors = grown;
	struct metric_processor *const processor = &grown[metrics->processor_count++];
	*processor = (struct metric_processor){0};
	int r = str_copy(place->key, &processor->name, binder->err);
	if (r == 0)
		r = str_copy(binder->file, &processor->file, binder->err);
	return r < 0 ? r
	             : bind_mapping(binder, place, key, node, processor_keys,
	                            ARRAY_LENGTH(processor_keys), processor);
}

static const struct bind_key processor_item = {
        .name = "zen2",
        .type = "a mapping of pmus and cpus",
        .example = "{pmus: [amd64_fam17h_zen2]}",
        .bind = bind_processor,
};

int metrics_bind_processors(struct binder *binder, const struct bind_place *place,
                            const struct bind_key *key, const yaml_node_t *node, void *target)
{
	return bind_entries(binder, place, key, node, &processor_item, target);
}
