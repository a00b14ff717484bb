/* The values of a scenario file that are more than one word or number: bind functions for the
 * table in scenario_keys. The binder's context is a struct scenario_binding, the target the place
 * in its scenario. */
#ifndef FORMATS_SCENARIO_SCENARIO_VALUES_H
#define FORMATS_SCENARIO_SCENARIO_VALUES_H

#include "formats/yaml_bind.h"
#include "model/scenario.h"

/* What is learnt while binding, for checks that need several keys. */
struct scenario_binding {
	struct scenario scenario;
	const yaml_node_t *inputs;    /* the value of task.inputs, or NULL */
	const yaml_node_t *input_use; /* the first text with {input} in it, or NULL */
	char input_use_path[BIND_PATH_BYTES];
	bool is_command_faulty;    /* some text that may hold {input} could not be read */
	const yaml_node_t *accept; /* the value of accept, or NULL */
};

bind_function scenario_bind_label;       /* char *: a short name */
bind_function scenario_bind_command;     /* struct words */
bind_function scenario_bind_inputs;      /* struct scenario_inputs */
bind_function scenario_bind_environment; /* struct scenario: task.environment */
bind_function scenario_bind_phases;      /* struct scenario_phases */
bind_function scenario_bind_figures;     /* struct scenario_figures */
bind_function scenario_bind_stream;      /* struct scenario_log */
bind_function scenario_bind_levels;      /* struct level_specs */
bind_function scenario_bind_warmup;      /* struct scenario_extent, may be nothing */
bind_function scenario_bind_measured;    /* struct scenario_extent, at least something */
bind_function scenario_bind_policies;    /* struct placements */
bind_function scenario_bind_events;      /* struct words */
bind_function scenario_bind_share;       /* double: 0 to 1, or never */
bind_function scenario_bind_interval;    /* int64_t ns: 0 for off */
bind_function scenario_bind_seed;        /* struct scenario: seed */
bind_function scenario_bind_accept;      /* struct criteria */

/* The keys of mappings that may also be written as one value, or need a look as a whole. */
enum {
	SCENARIO_INPUTS_KEYS = 2,
	SCENARIO_EXTENT_KEYS = 2,
	SCENARIO_PHASES_KEYS = 8,
	SCENARIO_FIGURES_KEYS = 2,
	SCENARIO_STREAM_KEYS = 1
};
extern const struct bind_key scenario_inputs_keys[SCENARIO_INPUTS_KEYS];
extern const struct bind_key scenario_extent_keys[SCENARIO_EXTENT_KEYS];
extern const struct bind_key scenario_phases_keys[SCENARIO_PHASES_KEYS];
extern const struct bind_key scenario_figures_keys[SCENARIO_FIGURES_KEYS];
extern const struct bind_key scenario_stream_keys[SCENARIO_STREAM_KEYS]; /* of their stream */

/* The checks that need several keys, after the document was bound. Returns 0 or -ENOMEM. */
int scenario_check_inputs(struct binder *binder);
int scenario_check_accept(struct binder *binder);

#endif
