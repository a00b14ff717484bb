/* Where a task writes what is read of it: the values of task.phases.stream and
 * task.figures.stream. */
#include "core/error.h"
#include "core/str.h"
#include "formats/scenario/scenario_values.h"
#include "model/template.h"

#include <string.h>

enum { FILE_MAX_LENGTH = 200 };

#define AT(member) offsetof(struct scenario_log, member)

/* What is wrong with the name of a log in the working folder, or NULL. */
static const char *file_fault(const char *name)
{
	enum { ALLOWED = 1 << TEMPLATE_INDEX | 1 << TEMPLATE_SLOT };
	unsigned used;
	struct error wrong;
	if (strlen(name) > FILE_MAX_LENGTH)
		return "longer than 200 bytes; shorten it";
	if (name[0] == '/' || strcmp(name, "..") == 0 || str_starts_with(name, "../") ||
	    strstr(name, "/../") ||
	    (strlen(name) >= 3 && strcmp(name + strlen(name) - 3, "/..") == 0))
		return "leads out of the working folder; name a file in it, for example "
		       "\"log-{index}.json\"";
	if (template_check(name, ALLOWED, &used, &wrong) < 0)
		return "only {index} and {slot} can be filled in here; write for example "
		       "\"log-{index}.json\"";
	if (!(used & 1u << TEMPLATE_INDEX))
		return "every task of a slot would write to the same file; put {index} into its "
		       "name, for example \"log-{index}.json\", and into the command";
	return NULL;
}

static int bind_file(struct binder *binder, const struct bind_place *place,
                     const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	const char *const fault = file_fault(text);
	if (fault)
		return bind_problem(binder, place, node, "%s", fault);
	return str_copy(text, (char **)target, binder->err);
}

const struct bind_key scenario_stream_keys[SCENARIO_STREAM_KEYS] = {
        {.name = "file",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = AT(file),
         .bind = bind_file,
         .type = "the name of a file",
         .default_text = "required",
         .example = "\"log-{index}.json\"",
         .help = "A file that the task writes in {workdir}; {index} and {slot} are "
                 "filled in."},
};

int scenario_bind_stream(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct scenario_log *const log = target;
	if (node->type == YAML_MAPPING_NODE) {
		log->stream = LOG_IN_FILE;
		return bind_mapping(binder, place, key, node, scenario_stream_keys,
		                    SCENARIO_STREAM_KEYS, log);
	}
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	for (unsigned i = 0; i < LOG_IN_FILE; i++) {
		if (strcmp(text, log_stream_names[i]) == 0) {
			log->stream = (enum log_stream)i;
			return 0;
		}
	}
	return bind_problem(binder, place, node,
	                    "\"%.64s\" is no stream; it must be stderr, stdout or for example "
	                    "{file: \"log-{index}.json\"}",
	                    text);
}
