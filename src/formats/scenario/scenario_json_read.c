/* The way back from the effective scenario as JSON to the scenario. */
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "formats/levels_text.h"
#include "formats/log/log_read.h"
#include "formats/placement_text.h"
#include "formats/scenario/criteria_json.h"
#include "formats/scenario/scenario_json.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

DEFINE_CLEANUP(json, json_t *, json_decref);
#define cleanup_json __attribute__((cleanup(cleanup_json_function)))

enum { MOST_NUMBER = 1000000 };
static const double most_seconds = 9e9; /* below 2^63 ns */
static const double most_tasks = 1e6;

/* The first value that cannot be read is kept in err; later reads do nothing. */
struct reading {
	struct error *err;
	int result;
};

static void refuse(struct reading *reading, const char *key, const char *wanted)
{
	if (reading->result == 0)
		reading->result = error_set(reading->err, EINVAL, "%s is not %s", key, wanted);
}

static void keep(struct reading *reading, int result)
{
	if (reading->result == 0)
		reading->result = result;
}

/* The value of key, or NULL when it is null or absent, which leaves the default. */
static const json_t *value_of(const struct reading *reading, const json_t *object, const char *key)
{
	const json_t *const value = json_object_get(object, key);
	return reading->result < 0 || json_is_null(value) ? NULL : value;
}

static const json_t *object_of(struct reading *reading, const json_t *object, const char *key)
{
	const json_t *const value = value_of(reading, object, key);
	if (value && !json_is_object(value))
		refuse(reading, key, "an object");
	return value;
}

/* A copy of a text in *text, which may hold a default. */
static void read_text(struct reading *reading, const json_t *object, const char *key, char **text)
{
	const json_t *const value = value_of(reading, object, key);
	if (!value)
		return;
	if (!json_is_string(value)) {
		refuse(reading, key, "a text");
		return;
	}
	char *copy = NULL;
	keep(reading, str_copy(json_string_value(value), &copy, reading->err));
	if (!copy)
		return;
	free(*text);
	*text = copy;
}

static int64_t read_integer(struct reading *reading, const json_t *object, const char *key,
                            int64_t low, int64_t high, int64_t absent)
{
	const json_t *const value = value_of(reading, object, key);
	if (!value)
		return absent;
	const int64_t number = json_integer_value(value);
	if (json_is_integer(value) && number >= low && number <= high)
		return number;
	refuse(reading, key, "a number in its range");
	return absent;
}

static double read_real(struct reading *reading, const json_t *object, const char *key, double high,
                        double absent)
{
	const json_t *const value = value_of(reading, object, key);
	if (!value)
		return absent;
	const double number = json_number_value(value);
	if (json_is_number(value) && number >= 0 && number <= high)
		return number;
	refuse(reading, key, "a number in its range");
	return absent;
}

static int64_t read_seconds(struct reading *reading, const json_t *object, const char *key)
{
	return llround(read_real(reading, object, key, most_seconds, 0) * 1e9);
}

static unsigned read_choice(struct reading *reading, const json_t *object, const char *key,
                            const char *const *names, unsigned absent)
{
	const json_t *const value = value_of(reading, object, key);
	if (!value)
		return absent;
	const char *const text = json_string_value(value);
	for (unsigned i = 0; text && names[i]; i++)
		if (strcmp(names[i], text) == 0)
			return i;
	refuse(reading, key, "one of its words");
	return absent;
}

/* Calls add for every text of a list. */
static void read_list(struct reading *reading, const json_t *object, const char *key,
                      int (*add)(const char *text, void *target, struct error *err), void *target)
{
	const json_t *const list = value_of(reading, object, key);
	if (!list)
		return;
	if (!json_is_array(list))
		refuse(reading, key, "a list");
	for (size_t i = 0; reading->result == 0 && i < json_array_size(list); i++) {
		const char *const text = json_string_value(json_array_get(list, i));
		if (text)
			keep(reading, add(text, target, reading->err));
		else
			refuse(reading, key, "a list of texts");
	}
}

static int add_word(const char *text, void *target, struct error *err)
{
	return words_add(target, text, err);
}

static int add_level(const char *text, void *target, struct error *err)
{
	return levels_text_add(text, target, err);
}

static int add_policy(const char *text, void *target, struct error *err)
{
	return placement_text_add(text, target, err);
}

static void read_variable(struct reading *reading, const char *name, const json_t *value,
                          struct scenario *s)
{
	if (!json_is_string(value)) {
		refuse(reading, "environment", "an object of texts");
		return;
	}
	keep(reading, array_reserve(&s->task.environment, &s->task.environment_capacity,
	                            s->task.environment_count + 1, sizeof *s->task.environment,
	                            reading->err));
	if (reading->result < 0)
		return;
	/* Counted first, so that half a variable is released with the scenario. */
	struct scenario_variable *const variable =
	        &s->task.environment[s->task.environment_count++];
	*variable = (struct scenario_variable){0};
	keep(reading, str_copy(name, &variable->name, reading->err));
	if (reading->result == 0)
		keep(reading, str_copy(json_string_value(value), &variable->value, reading->err));
}

static void read_environment(struct reading *reading, const json_t *task, struct scenario *s)
{
	const json_t *const variables = object_of(reading, task, "environment");
	/* jansson's iterators take objects that are not const, and do not change them. */
	json_t *const object = (json_t *)(uintptr_t)variables;
	for (void *i = json_object_iter(object); i && reading->result == 0;
	     i = json_object_iter_next(object, i))
		read_variable(reading, json_object_iter_key(i), json_object_iter_value(i), s);
}

static void read_inputs(struct reading *reading, const json_t *task, struct scenario_inputs *inputs)
{
	const json_t *const object = object_of(reading, task, "inputs");
	if (!object)
		return;
	inputs->kind = (enum inputs_kind)read_choice(reading, object, "kind", inputs_kind_names,
	                                             INPUTS_NONE);
	read_list(reading, object, "words", add_word, &inputs->words);
	inputs->count = (uint32_t)read_integer(reading, object, "count", 1, MOST_NUMBER, 0);
	if (reading->result == 0 && inputs->kind != INPUTS_NONE && inputs->words.count == 0)
		refuse(reading, "inputs", "complete");
}

static void read_log(struct reading *reading, const json_t *object, enum log_stream otherwise,
                     struct scenario_log *log)
{
	log->stream = (enum log_stream)read_choice(reading, object, "stream", log_stream_names,
	                                           otherwise);
	read_text(reading, object, "file", &log->file);
	if (reading->result == 0 && (log->stream == LOG_IN_FILE) != (log->file != NULL))
		refuse(reading, "stream", "complete");
}

static void read_phases(struct reading *reading, const json_t *task, struct scenario_phases *phases)
{
	const json_t *const object = object_of(reading, task, "phases");
	if (!object)
		return;
	scenario_phases_release(phases);
	phases->format = (enum phases_format)read_choice(reading, object, "format",
	                                                 phases_format_names, PHASES_NONE);
	read_log(reading, object, LOG_STDERR, &phases->log);
	phases->zone = (enum phases_zone)read_choice(reading, object, "time_zone",
	                                             phases_zone_names, PHASES_UTC);
	read_text(reading, object, "pattern", &phases->pattern);
	read_text(reading, object, "time_format", &phases->time_format);
	read_list(reading, object, "compute", add_word, &phases->compute);
	read_list(reading, object, "datastore", add_word, &phases->datastore);
	read_list(reading, object, "fields", add_word, &phases->fields);
	const bool is_pattern = phases->format == PHASES_PATTERN;
	if (reading->result == 0 && is_pattern != (phases->pattern && phases->time_format))
		refuse(reading, "phases", "complete");
	if (reading->result == 0)
		keep(reading, log_format_check(phases, reading->err));
}

static void read_figures(struct reading *reading, const json_t *task,
                         struct scenario_figures *figures)
{
	const json_t *const object = object_of(reading, task, "figures");
	if (!object)
		return;
	read_log(reading, object, LOG_STDOUT, &figures->log);
	read_list(reading, object, "names", add_word, &figures->names);
	if (reading->result == 0 &&
	    (figures->names.count == 0 || figures->names.count > FIGURES_MAX))
		refuse(reading, "figures", "complete");
}

static void read_task(struct reading *reading, const json_t *root, struct scenario *s)
{
	const json_t *const task = object_of(reading, root, "task");
	read_text(reading, task, "type", &s->task.type);
	read_list(reading, task, "command", add_word, &s->task.command);
	read_inputs(reading, task, &s->task.inputs);
	read_environment(reading, task, s);
	s->task.threads = (uint32_t)read_integer(reading, task, "threads", 1, MOST_NUMBER, 1);
	s->task.timeout_ns = read_seconds(reading, task, "timeout_s");
	s->task.memory_bytes = read_integer(reading, task, "memory_bytes", 0, INT64_MAX, -1);
	s->task.memory_limit_bytes =
	        read_integer(reading, task, "memory_limit_bytes", 1, INT64_MAX, 0);
	s->task.keep = (enum keep_output)read_choice(reading, task, "keep", keep_output_names,
	                                             s->task.keep);
	read_phases(reading, task, &s->task.phases);
	read_figures(reading, task, &s->task.figures);
}

static void read_extent(struct reading *reading, const json_t *sweep, const char *key,
                        struct scenario_extent *extent)
{
	const json_t *const object = object_of(reading, sweep, key);
	extent->tasks = read_real(reading, object, "tasks", most_tasks, extent->tasks);
	extent->at_least_ns = read_seconds(reading, object, "at_least_s");
}

static void read_sweep(struct reading *reading, const json_t *root, struct scenario *s)
{
	const json_t *const sweep = object_of(reading, root, "sweep");
	read_list(reading, sweep, "levels", add_level, &s->sweep.levels);
	s->sweep.repeats =
	        (uint32_t)read_integer(reading, sweep, "repeats", 1, MOST_NUMBER, s->sweep.repeats);
	read_extent(reading, sweep, "warmup", &s->sweep.warmup);
	read_extent(reading, sweep, "measured", &s->sweep.measured);
	s->sweep.order = (enum sweep_order)read_choice(reading, sweep, "order", sweep_order_names,
	                                               s->sweep.order);
	s->sweep.start = (enum sweep_start)read_choice(reading, sweep, "start", sweep_start_names,
	                                               s->sweep.start);
	s->sweep.filler = (enum sweep_filler)read_choice(reading, sweep, "filler",
	                                                 sweep_filler_names, s->sweep.filler);
	s->sweep.baseline = (uint32_t)read_integer(reading, sweep, "baseline", 1, MOST_NUMBER, 0);
	s->sweep.budget_ns = read_seconds(reading, sweep, "budget_s");
}

static void read_placement(struct reading *reading, const json_t *root, struct scenario *s)
{
	const json_t *const placement = object_of(reading, root, "placement");
	if (value_of(reading, placement, "policy"))
		placements_release(&s->placement.policies);
	read_list(reading, placement, "policy", add_policy, &s->placement.policies);
	s->placement.unit = (enum placement_unit)read_choice(
	        reading, placement, "unit", placement_unit_names, s->placement.unit);
	s->placement.smt = (enum smt_order)read_choice(reading, placement, "smt", smt_order_names,
	                                               s->placement.smt);
	s->placement.memory = (enum memory_policy)read_choice(
	        reading, placement, "memory", memory_policy_names, s->placement.memory);
}

/* A limit that is null is none; a text from before there were limits has their defaults. */
static void read_limits(struct reading *reading, const json_t *preflight, const char *key,
                        struct preflight_limits *limits)
{
	const json_t *const object = object_of(reading, preflight, key);
	if (!object)
		return;
	limits->load = read_real(reading, object, "load", 1, -1);
	limits->psi = read_real(reading, object, "psi", 1, -1);
	limits->steal = read_real(reading, object, "steal", 1, -1);
}

/* A text from before there was sampling has no object, and one from before memory's could be set
 * has the defaults. An interval that is null is off. */
static void read_sampling(struct reading *reading, const json_t *root, struct scenario *s)
{
	const json_t *const object = object_of(reading, root, "sampling");
	if (object)
		s->sampling.interval_ns = read_seconds(reading, object, "interval_s");
	if (value_of(reading, object, "memory_interval_s"))
		s->sampling.memory_interval_ns = read_seconds(reading, object, "memory_interval_s");
	s->sampling.memory_group = (enum memory_group)read_choice(
	        reading, object, "memory_group", memory_group_names, s->sampling.memory_group);
}

static void read_rest(struct reading *reading, const json_t *root, struct scenario *s)
{
	const json_t *const counters = object_of(reading, root, "counters");
	if (value_of(reading, counters, "events"))
		words_release(&s->events);
	read_list(reading, counters, "events", add_word, &s->events);
	s->overflow = (enum counters_overflow)read_choice(reading, counters, "overflow",
	                                                  counters_overflow_names, s->overflow);
	const json_t *const preflight = object_of(reading, root, "preflight");
	read_limits(reading, preflight, "warn", &s->preflight.warn);
	read_limits(reading, preflight, "refuse", &s->preflight.refuse);
	read_sampling(reading, root, s);
	const int64_t seed = read_integer(reading, root, "seed", 0, INT64_MAX, -1);
	s->has_seed = seed >= 0;
	s->seed = seed >= 0 ? (uint64_t)seed : 0;
	const json_t *const accept = object_of(reading, root, "accept");
	if (accept && reading->result == 0)
		keep(reading, criteria_json_read(accept, &s->accept, reading->err));
}

static int read_all(const json_t *root, struct scenario *s, struct error *err)
{
	struct reading reading = {.err = err};
	if (!json_is_object(root))
		refuse(&reading, "the whole", "an object");
	read_text(&reading, root, "name", &s->name);
	read_task(&reading, root, s);
	read_sweep(&reading, root, s);
	read_placement(&reading, root, s);
	read_rest(&reading, root, s);
	if (!s->name || !s->task.type || s->task.command.count == 0 || s->sweep.levels.count == 0 ||
	    s->placement.policies.count == 0)
		refuse(&reading, "the whole", "complete");
	return reading.result;
}

/* The first key of `written` that `known` has not, or has otherwise; NULL: there is none. Keys
 * that only `known` has are younger than the text, and have their defaults. */
static const char *first_difference(const json_t *written, const json_t *known)
{
	json_t *const object = (json_t *)(uintptr_t)written;
	for (void *i = json_object_iter(object); i; i = json_object_iter_next(object, i)) {
		const char *const key = json_object_iter_key(i);
		const json_t *const a = json_object_iter_value(i);
		const json_t *const b = json_object_get(known, key);
		if (json_is_object(a) && json_is_object(b)) {
			const char *const inner = first_difference(a, b);
			if (inner)
				return inner;
		} else if (!json_equal(a, b)) {
			return key;
		}
	}
	return NULL;
}

/* What was read must say what was written: nothing in it may have been passed over. */
static int check_round_trip(const json_t *written, const struct scenario *s, struct error *err)
{
	cleanup_free char *text = NULL;
	const int r = scenario_json_write(s, &text, err);
	if (r < 0)
		return r;
	cleanup_json json_t *known = json_loads(text, 0, NULL);
	if (!known)
		return error_memory(err);
	const char *const key = first_difference(written, known);
	return key ? error_set(err, EINVAL, "%.100s is not known to this plateau, or not so", key)
	           : 0;
}

int scenario_json_read(const char *json, struct scenario *ret_scenario, struct error *err)
{
	json_error_t where;
	cleanup_json json_t *root = json_loads(json, JSON_REJECT_DUPLICATES, &where);
	if (!root)
		return error_set(err, EINVAL, "it is not JSON: %s", where.text);
	cleanup_scenario struct scenario scenario = {0};
	int r = scenario_init(&scenario, err);
	if (r == 0)
		r = read_all(root, &scenario, err);
	if (r == 0)
		r = check_round_trip(root, &scenario, err);
	if (r < 0)
		return r;
	*ret_scenario = scenario;
	scenario = (struct scenario){0};
	return 0;
}
