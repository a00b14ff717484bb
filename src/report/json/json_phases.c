#include "report/json/json_phases.h"

static void set_level(struct json_writer *w, json_t *object, const struct summary *summary,
                      size_t level)
{
	const struct dataset_level *const of = summary->levels[level].level;
	json_set(w, object, "concurrency", json_integer(of->concurrency));
	json_set(w, object, "policy", json_text(of->policy));
}

static json_t *levels(struct json_writer *w, const struct summary *summary,
                      const struct phase_group *group)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < summary->level_count; i++) {
		json_t *const object = json_object();
		set_level(w, object, summary, i);
		json_set(w, object, "seconds", json_spread(w, &group->levels[i].seconds));
		json_set(w, object, "share", json_number(group->levels[i].share));
		json_set(w, object, "relative", json_estimate(w, &group->levels[i].relative));
		json_append(w, array, object);
	}
	return array;
}

static json_t *groups(struct json_writer *w, const struct summary *summary,
                      const struct phase_group *items, size_t count, bool is_named)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < count; i++) {
		json_t *const object = json_object();
		if (is_named)
			json_set(w, object, "name", json_text(items[i].name));
		json_set(w, object, "class", json_string(phase_class_names[items[i].class]));
		json_set(w, object, "levels", levels(w, summary, &items[i]));
		json_append(w, array, object);
	}
	return array;
}

static json_t *stamps(struct json_writer *w, const struct phase_line *line)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < line->count; i++) {
		json_t *const object = json_object();
		json_set(w, object, "at_s", json_number(line->stamps[i].at_s));
		json_set(w, object, "class", json_string(phase_class_names[line->stamps[i].class]));
		json_set(w, object, "name", json_text(line->stamps[i].name));
		json_append(w, array, object);
	}
	return array;
}

static json_t *lines(struct json_writer *w, const struct findings *findings)
{
	const struct dataset *const dataset = findings->dataset;
	json_t *const array = json_array();
	for (size_t i = 0; i < findings->phases.line_count; i++) {
		const struct phase_line *const line = &findings->phases.lines[i];
		const struct task_record *const task = &dataset->tasks[line->task];
		json_t *const object = json_object();
		set_level(w, object, &findings->summary, line->level);
		json_set(w, object, "trial", json_integer(task->trial));
		json_set(w, object, "task_index", json_integer(task->index));
		json_set(w, object, "input",
		         task->input >= 0 ? json_text(dataset->inputs.items[task->input])
		                          : json_null());
		json_set(w, object, "wall_s", json_number(line->end_s));
		json_set(w, object, "stamps", stamps(w, line));
		json_append(w, array, object);
	}
	return array;
}

json_t *json_phases(struct json_writer *w, const struct findings *findings)
{
	const struct phase_findings *const phases = &findings->phases;
	json_t *const object = json_object();
	json_set(w, object, "tasks", json_count(phases->tasks));
	json_set(w, object, "tasks_measured", json_count(phases->tasks_measured));
	json_set(w, object, "reason", json_text(phases->reason));
	json_set(w, object, "classes",
	         groups(w, &findings->summary, phases->classes, phases->class_count, false));
	json_set(w, object, "phases",
	         groups(w, &findings->summary, phases->phases, phases->phase_count, true));
	json_set(w, object, "lines", lines(w, findings));
	return object;
}
