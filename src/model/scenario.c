#include "model/scenario.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

const char *const placement_unit_names[] = {"pu", "core", "l3", "numa", "package", NULL};
const char *const smt_order_names[] = {"last", "first", NULL};
const char *const memory_policy_names[] = {"local", "interleave", "none", NULL};
const char *const memory_group_names[] = {"auto", "always", "never", NULL};
const char *const keep_output_names[] = {"failed", "none", "all", NULL};
const char *const phases_format_names[] = {"none", "lsst-log", "json-log", "pattern", NULL};
const char *const log_stream_names[] = {"stderr", "stdout", "file", NULL};
const char *const phases_zone_names[] = {"utc", "local", NULL};
const char *const sweep_order_names[] = {"shuffled", "ascending", NULL};
const char *const sweep_start_names[] = {"staggered", "together", NULL};
const char *const sweep_filler_names[] = {"kill", "finish", NULL};
const char *const counters_overflow_names[] = {"rotate", "multiplex", NULL};
const char *const inputs_kind_names[] = {"none", "list", "glob", "generate", NULL};

const char *const default_events[] = {
        "cycles",      "instructions",     "LLC-load-misses", "task-clock",
        "page-faults", "context-switches", "cpu-migrations",  NULL,
};

/* Loggers and messages of the LSST pipelines, which plateau-isr uses as well. */
static const char *const default_compute[] = {"lsst.*", "timer.lsst.*", "!lsst.ctrl.*",
                                              "!lsst.pipe.base.*", NULL};
static const char *const default_datastore[] = {
        "lsst.daf.butler.*",
        "timer.lsst.daf.butler.*",
        "lsst.resources.*",
        "timer.lsst.resources.*",
        "Butler get: *",
        "Butler put: *",
        "Reading bytes from *",
        "Deserializing *",
        "Successfully wrote python object to local file at *",
        NULL,
};

int scenario_phases_init(struct scenario_phases *phases, struct error *err)
{
	*phases = (struct scenario_phases){0};
	int r = 0;
	for (size_t i = 0; r == 0 && default_compute[i]; i++)
		r = words_add(&phases->compute, default_compute[i], err);
	for (size_t i = 0; r == 0 && default_datastore[i]; i++)
		r = words_add(&phases->datastore, default_datastore[i], err);
	return r;
}

void scenario_phases_release(struct scenario_phases *phases)
{
	if (!phases)
		return;
	free(phases->log.file);
	free(phases->pattern);
	free(phases->time_format);
	words_release(&phases->compute);
	words_release(&phases->datastore);
	words_release(&phases->fields);
	*phases = (struct scenario_phases){0};
}

void scenario_figures_release(struct scenario_figures *figures)
{
	if (!figures)
		return;
	free(figures->log.file);
	words_release(&figures->names);
	*figures = (struct scenario_figures){0};
}

static int add_default_placement(struct placements *placements, struct error *err)
{
	int r = array_reserve(&placements->items, &placements->capacity, 1,
	                      sizeof *placements->items, err);
	if (r < 0)
		return r;
	placements->items[0].policy = PLACEMENT_SPREAD;
	r = str_copy("spread", &placements->items[0].spelling, err);
	if (r == 0)
		placements->count = 1;
	return r;
}

int scenario_init(struct scenario *ret_scenario, struct error *err)
{
	struct scenario s = {0};
	s.task.threads = 1;
	s.task.memory_bytes = -1;
	s.sweep.repeats = 5;
	s.sweep.warmup.tasks = 1;
	s.sweep.measured.tasks = 4;
	s.placement.unit = UNIT_CORE;
	s.sampling.interval_ns = 1000000000;
	s.preflight.warn = (struct preflight_limits){0.02, 0.02, 0.02};
	s.preflight.refuse = (struct preflight_limits){-1, -1, -1};
	s.sampling.memory_interval_ns = INT64_C(20000000);
	int r = add_default_placement(&s.placement.policies, err);
	for (size_t i = 0; r == 0 && default_events[i]; i++)
		r = words_add(&s.events, default_events[i], err);
	if (r < 0) {
		scenario_release(&s);
		return r;
	}
	*ret_scenario = s;
	return 0;
}

void placement_release(struct placement *placement)
{
	if (!placement)
		return;
	free(placement->map);
	free(placement->spelling);
	*placement = (struct placement){0};
}

void placements_release(struct placements *placements)
{
	if (!placements)
		return;
	for (size_t i = 0; i < placements->count; i++)
		placement_release(&placements->items[i]);
	free(placements->items);
	*placements = (struct placements){0};
}

int scenario_fill_type(struct scenario *scenario, struct error *err)
{
	if (scenario->task.type)
		return 0;
	const char *const program = scenario->task.command.items[0];
	const char *const slash = strrchr(program, '/');
	return str_copy(slash && slash[1] ? slash + 1 : program, &scenario->task.type, err);
}

void scenario_release(struct scenario *scenario)
{
	if (!scenario)
		return;
	free(scenario->path);
	free(scenario->text);
	free(scenario->name);
	free(scenario->task.type);
	words_release(&scenario->task.command);
	words_release(&scenario->task.inputs.words);
	for (size_t i = 0; i < scenario->task.environment_count; i++) {
		free(scenario->task.environment[i].name);
		free(scenario->task.environment[i].value);
	}
	free(scenario->task.environment);
	scenario_phases_release(&scenario->task.phases);
	scenario_figures_release(&scenario->task.figures);
	level_specs_release(&scenario->sweep.levels);
	placements_release(&scenario->placement.policies);
	words_release(&scenario->events);
	criteria_release(&scenario->accept);
	*scenario = (struct scenario){0};
}
