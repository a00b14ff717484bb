/* The values of task: command, inputs and environment. */
#include "core/array.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/scenario/scenario_values.h"
#include "model/template.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { LABEL_MAX_LENGTH = 64, COMMAND_MAX_WORDS = 4096, VARIABLES_MAX = 512, INPUTS_MAX = 65536 };

static struct scenario_binding *binding_of(const struct binder *binder)
{
	return binder->context;
}

/* What is wrong with a name that goes into file names and tables, or NULL. */
static const char *label_fault(const char *text)
{
	if (strlen(text) > LABEL_MAX_LENGTH)
		return "longer than 64 bytes; shorten it";
	if (text[0] == '.' || text[0] == '-')
		return "begins with a point or a dash; begin with a letter or a digit";
	if (strchr(text, '/'))
		return "holds a '/'; it becomes part of file names, so use '-' instead";
	for (const char *p = text; *p; p++)
		if (iscntrl((unsigned char)*p))
			return "holds a control character; use letters, digits, '-' and '_'";
	return NULL;
}

int scenario_bind_label(struct binder *binder, const struct bind_place *place,
                        const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	const char *const fault = label_fault(text);
	if (fault)
		return bind_problem(binder, place, node, "\"%.64s\" %s", text, fault);
	return str_copy(text, (char **)target, binder->err);
}

/* Checks the templates of a text of the task, and remembers where {input} is used first. */
static int check_task_text(struct binder *binder, const struct bind_place *place,
                           const yaml_node_t *node, const char *text, bool *ret_is_fine)
{
	struct scenario_binding *const binding = binding_of(binder);
	unsigned used;
	struct error wrong;
	*ret_is_fine = template_check(text, TEMPLATE_TASK, &used, &wrong) == 0;
	if (!*ret_is_fine)
		return bind_problem(binder, place, node, "%s", wrong.text);
	if (used & 1u << TEMPLATE_INPUT && !binding->input_use) {
		binding->input_use = node;
		bind_path(place, binding->input_use_path);
	}
	return 0;
}

static int bind_command_word(struct binder *binder, const struct bind_place *place,
                             const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct words *const words = target;
	const char *text;
	int r = bind_text(binder, place, key, node, place->index > 0, &text);
	if (r < 0 || !text)
		return r;
	if (place->index == 0 && strpbrk(text, "{}"))
		return bind_problem(binder, place, node,
		                    "the program itself cannot be a template; name it, for example "
		                    "[plateau-isr, \"{input}\"]");
	bool is_fine;
	r = check_task_text(binder, place, node, text, &is_fine);
	if (r < 0 || !is_fine)
		return r;
	return words_add(words, text, binder->err);
}

static const struct bind_key command_word = {
        .name = "command",
        .type = "a word",
        .example = "[plateau-isr, \"{input}\"]",
        .bind = bind_command_word,
};

/* Writes a command line as the list that was meant: its words, or a shell where it needs one. */
static void add_list_form(struct str *list, const char *text)
{
	if (strpbrk(text, "|&;<>()$`\\\"'*?\n")) {
		str_add(list, "[sh, -c, \"...\"] for a shell, or [program, \"argument\"]");
		return;
	}
	const char *p = text + strspn(text, " \t");
	for (size_t count = 0; *p; count++) {
		const size_t length = strcspn(p, " \t");
		str_addf(list, count ? ", \"%.*s\"" : "[%.*s", (int)length, p);
		p += length;
		p += strspn(p, " \t");
	}
	str_add(list, "]");
}

static int refuse_command_line(struct binder *binder, const struct bind_place *place,
                               const yaml_node_t *node)
{
	cleanup_str struct str list = {0};
	add_list_form(&list, (const char *)node->data.scalar.value);
	return bind_problem(binder, place, node,
	                    "a list of words is expected here, as no shell is run; write %.300s",
	                    str_text(&list));
}

int scenario_bind_command(struct binder *binder, const struct bind_place *place,
                          const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct words *const words = target;
	const size_t before = binder->problems->count + binder->problems->left_out;
	int r;
	if (node->type == YAML_SCALAR_NODE && !bind_is_empty(node))
		r = refuse_command_line(binder, place, node);
	else
		r = bind_list(binder, place, key, node, &command_word, words);
	const bool is_fine = binder->problems->count + binder->problems->left_out == before;
	if (r == 0 && is_fine && words->count == 0)
		r = bind_problem(binder, place, node, "the command is empty; write for example %s",
		                 key->example);
	if (r == 0 && words->count > COMMAND_MAX_WORDS)
		r = bind_problem(binder, place, node, "more than %d words; let a script hold them",
		                 COMMAND_MAX_WORDS);
	if (binder->problems->count + binder->problems->left_out != before)
		binding_of(binder)->is_command_faulty = true;
	return r;
}

static int bind_input(struct binder *binder, const struct bind_place *place,
                      const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, false, &text);
	if (r < 0 || !text)
		return r;
	return words_add(target, text, binder->err);
}

static const struct bind_key input_item = {
        .name = "inputs",
        .type = "the path of a file",
        .example = "[a.fits, b.fits]",
        .bind = bind_input,
};

static int bind_generate_word(struct binder *binder, const struct bind_place *place,
                              const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *text;
	const int r = bind_text(binder, place, key, node, place->index > 0, &text);
	if (r < 0 || !text)
		return r;
	unsigned used;
	struct error wrong;
	if (template_check(text, TEMPLATE_GENERATE, &used, &wrong) < 0)
		return bind_problem(binder, place, node, "%s", wrong.text);
	return words_add(target, text, binder->err);
}

static const struct bind_key generate_word = {
        .name = "generate",
        .type = "a word",
        .example = "[plateau-isr, --synthesize, \"{count}\", \"{dir}\"]",
        .bind = bind_generate_word,
};

static bool uses_folder(const struct words *words)
{
	unsigned all = 0;
	for (size_t i = 0; i < words->count; i++) {
		unsigned used = 0;
		struct error wrong;
		if (template_check(words->items[i], TEMPLATE_GENERATE, &used, &wrong) == 0)
			all |= used;
	}
	return all & 1u << TEMPLATE_DIR;
}

static int bind_generate(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct words *const words = target;
	const size_t before = binder->problems->count;
	int r;
	if (node->type == YAML_SCALAR_NODE && !bind_is_empty(node))
		r = refuse_command_line(binder, place, node);
	else
		r = bind_list(binder, place, key, node, &generate_word, words);
	if (r < 0 || binder->problems->count > before)
		return r;
	if (words->count == 0)
		return bind_problem(binder, place, node,
		                    "the command is empty; write for example %s", key->example);
	if (!uses_folder(words))
		return bind_problem(
		        binder, place, node,
		        "no word holds {dir}, the folder to put the inputs into; write for "
		        "example %s",
		        key->example);
	return 0;
}

const struct bind_key scenario_inputs_keys[SCENARIO_INPUTS_KEYS] = {
        {.name = "generate",
         .kind = BIND_CUSTOM,
         .is_required = true,
         .offset = offsetof(struct scenario_inputs, words),
         .bind = bind_generate,
         .type = "a list of words",
         .default_text = "required",
         .example = "[plateau-isr, --synthesize, \"{count}\", \"{dir}\"]",
         .help = "A command that makes the inputs before anything is measured: every regular "
                 "file that it leaves in {dir}, in the order of their names; {count} is how many "
                 "are wanted."},
        {.name = "count",
         .kind = BIND_INTEGER,
         .offset = offsetof(struct scenario_inputs, count),
         .low = 1,
         .high = INPUTS_MAX,
         .type = "a whole number",
         .default_text = "the largest level",
         .example = "8",
         .help = "How many inputs to make."},
};

int scenario_bind_inputs(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	struct scenario_inputs *const inputs = target;
	binding_of(binder)->inputs = node;
	if (bind_is_empty(node))
		return bind_wrong_kind(binder, place, key, node);
	if (node->type == YAML_SCALAR_NODE) {
		inputs->kind = INPUTS_GLOB;
		return bind_input(binder, place, key, node, &inputs->words);
	}
	if (node->type == YAML_MAPPING_NODE) {
		inputs->kind = INPUTS_GENERATE;
		return bind_mapping(binder, place, key, node, scenario_inputs_keys,
		                    SCENARIO_INPUTS_KEYS, inputs);
	}
	if (node->data.sequence.items.start == node->data.sequence.items.top)
		return bind_problem(
		        binder, place, node,
		        "the list of inputs is empty; name at least one file, or leave the "
		        "key out");
	inputs->kind = INPUTS_LIST;
	return bind_list(binder, place, key, node, &input_item, &inputs->words);
}

/* What is wrong with the name of an environment variable, or NULL. */
static const char *variable_fault(const char *name)
{
	if (str_starts_with(name, "PLATEAU_"))
		return "plateau sets the PLATEAU_ variables itself; choose another name";
	if (isdigit((unsigned char)name[0]))
		return "a variable's name begins with a letter or '_'; write for example "
		       "OMP_NUM_THREADS";
	for (const char *p = name; *p; p++)
		if (!isascii((unsigned char)*p) || (!isalnum((unsigned char)*p) && *p != '_'))
			return "a variable's name is made of letters, digits and '_'; write for "
			       "example OMP_NUM_THREADS";
	return NULL;
}

static int add_variable(struct scenario *scenario, const char *name, const char *value,
                        struct error *err)
{
	int r = array_reserve(&scenario->task.environment, &scenario->task.environment_capacity,
	                      scenario->task.environment_count + 1,
	                      sizeof *scenario->task.environment, err);
	if (r < 0)
		return r;
	struct scenario_variable variable = {0};
	r = str_copy(name, &variable.name, err);
	if (r == 0)
		r = str_copy(value, &variable.value, err);
	if (r < 0) {
		free(variable.name);
		return r;
	}
	scenario->task.environment[scenario->task.environment_count++] = variable;
	return 0;
}

static int bind_variable(struct binder *binder, const struct bind_place *place,
                         const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const char *const fault = variable_fault(place->key);
	if (fault)
		return bind_problem(binder, place, place->key_node, "%s", fault);
	const char *text;
	int r = bind_text(binder, place, key, node, true, &text);
	if (r < 0 || !text)
		return r;
	bool is_fine;
	r = check_task_text(binder, place, node, text, &is_fine);
	if (r < 0 || !is_fine)
		return r;
	return add_variable(target, place->key, text, binder->err);
}

static const struct bind_key variable_item = {
        .name = "environment",
        .type = "a text",
        .example = "{OMP_NUM_THREADS: \"1\"}",
        .bind = bind_variable,
};

int scenario_bind_environment(struct binder *binder, const struct bind_place *place,
                              const struct bind_key *key, const yaml_node_t *node, void *target)
{
	const size_t before = binder->problems->count;
	const int r = bind_entries(binder, place, key, node, &variable_item, target);
	if (binder->problems->count != before)
		binding_of(binder)->is_command_faulty = true;
	return r;
}

int scenario_check_inputs(struct binder *binder)
{
	const struct scenario_binding *const binding = binding_of(binder);
	static const struct bind_place root = {NULL, NULL, 0, NULL, NULL};
	static const struct bind_place task = {&root, "task", 0, NULL, NULL};
	static const struct bind_place inputs = {&task, "inputs", 0, NULL, NULL};
	if (binding->input_use && !binding->inputs) {
		const yaml_mark_t *const mark = &binding->input_use->start_mark;
		return problems_add(
		        binder->problems, binder->file, mark->line + 1, mark->column + 1,
		        binding->input_use_path, binder->err,
		        "{input} is used, but there are no inputs; add task.inputs, for "
		        "example inputs: \"/data/raw/*.fits\"");
	}
	if (binding->inputs && !binding->input_use && !binding->is_command_faulty &&
	    binding->scenario.task.command.count > 0)
		return bind_problem(binder, &inputs, binding->inputs,
		                    "inputs are given, but no task gets one; write \"{input}\" in "
		                    "task.command, or leave inputs out");
	return 0;
}
