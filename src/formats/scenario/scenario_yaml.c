#include "formats/scenario/scenario_yaml.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/str.h"
#include "formats/scenario/criteria_folder.h"
#include "formats/scenario/scenario_keys.h"
#include "formats/scenario/scenario_values.h"
#include "formats/yaml_text.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int bind_scenario(struct binder *binder, struct scenario_binding *binding)
{
	int r = scenario_init(&binding->scenario, binder->err);
	if (r == 0)
		r = bind_document(binder, scenario_keys, SCENARIO_KEYS, &binding->scenario);
	if (r == 0)
		r = scenario_check_inputs(binder);
	if (r == 0)
		r = scenario_check_accept(binder);
	if (r < 0)
		return r;
	problems_sort(binder->problems);
	return problems_result(binder->problems, binder->file, binder->err);
}

/* Keeps where the scenario came from. */
static int keep_source(struct scenario *scenario, const char *name, const char *text,
                       size_t text_bytes, struct error *err)
{
	scenario->text = strndup(text, text_bytes);
	if (!scenario->text)
		return error_memory(err);
	int r = str_copy(name, &scenario->path, err);
	if (r == 0)
		r = criteria_set_folder(&scenario->accept, name, err);
	return r < 0 ? r : scenario_fill_type(scenario, err);
}

static int refuse_size(const char *name, struct problems *problems, struct error *err)
{
	const int r =
	        problems_add(problems, name, 1, 1, "scenario", err,
	                     "larger than 1 MiB, so this is no scenario; write a long list of "
	                     "inputs as a pattern (\"/data/raw/*.fits\")");
	return r < 0 ? r : problems_result(problems, name, err);
}

int scenario_yaml_parse(const char *name, const char *text, size_t text_bytes,
                        struct scenario *ret_scenario, struct problems *ret_problems,
                        struct error *err)
{
	if (text_bytes > SCENARIO_MAX_BYTES)
		return refuse_size(name, ret_problems, err);
	yaml_document_t document;
	int r = yaml_text_load(name, text, text_bytes, &document, ret_problems, err);
	if (r < 0)
		return r;
	struct scenario_binding binding = {0};
	struct binder binder = {name, "scenario", &document, ret_problems, err, &binding};
	r = bind_scenario(&binder, &binding);
	if (r == 0)
		r = keep_source(&binding.scenario, name, text, text_bytes, err);
	yaml_document_delete(&document);
	if (r < 0) {
		scenario_release(&binding.scenario);
		return r;
	}
	*ret_scenario = binding.scenario;
	return 0;
}

int scenario_yaml_load(const char *path, struct scenario *ret_scenario,
                       struct problems *ret_problems, struct error *err)
{
	cleanup_free char *text = NULL;
	size_t text_bytes = 0;
	const int r = file_read(path, SCENARIO_MAX_BYTES, &text, &text_bytes, err);
	if (r == -EFBIG)
		return refuse_size(path, ret_problems, err);
	if (r < 0)
		return r;
	return scenario_yaml_parse(path, text, text_bytes, ret_scenario, ret_problems, err);
}
