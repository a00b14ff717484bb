#include "analyse/campaign/campaign_of.h"
#include "core/error.h"
#include "core/str.h"
#include "model/window.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum campaign_state campaign_state_of(const struct task_record *task)
{
	if (task->exceeded_memory_limit)
		return CAMPAIGN_OUT_OF_MEMORY;
	switch (task->state) {
	case TASK_OK:
		return CAMPAIGN_DONE;
	case TASK_TIMEOUT:
		return CAMPAIGN_TIMED_OUT;
	case TASK_ENDED:
		return CAMPAIGN_LOST;
	default:
		return CAMPAIGN_FAILED;
	}
}

struct making {
	const struct dataset *dataset;
	struct campaign *campaign;
	struct error *err;
	size_t concurrency;    /* covariates */
	size_t placement;      /* SIZE_MAX: one for all */
	size_t first_figure;   /* the rest follow in the order of figure_names */
	size_t figures_passed; /* of dataset.figures */
	size_t figures_kept;   /* names: there may be too many */
};

static bool has_several_policies(const struct dataset *dataset)
{
	for (size_t i = 1; i < dataset->level_count; i++) {
		const char *const a = dataset->levels[0].policy;
		const char *const b = dataset->levels[i].policy;
		if (strcmp(a ? a : "", b ? b : "") != 0)
			return true;
	}
	return false;
}

/* A number that tasks print may be called as one of ours. */
static int figure_covariate(struct making *making, const char *name, size_t *ret_covariate)
{
	char text[RECORD_FIGURE_NAME_BYTES + 16];
	const bool is_ours = strcmp(name, "concurrency") == 0 || strcmp(name, "placement") == 0;
	snprintf(text, sizeof text, "%s%s", is_ours ? "figure_" : "", name);
	return campaign_covariate(making->campaign, text, false, ret_covariate, making->err);
}

static int make_covariates(struct making *making)
{
	const struct dataset *const dataset = making->dataset;
	struct campaign *const campaign = making->campaign;
	making->placement = SIZE_MAX;
	int r = campaign_covariate(campaign, "concurrency", false, &making->concurrency,
	                           making->err);
	if (r == 0 && has_several_policies(dataset))
		r = campaign_covariate(campaign, "placement", true, &making->placement,
		                       making->err);
	making->first_figure = campaign->covariate_count;
	for (size_t i = 0; r == 0 && i < dataset->figure_names.count; i++) {
		size_t covariate;
		if (campaign->covariate_count == CAMPAIGN_MOST_COVARIATES)
			break;
		r = figure_covariate(making, dataset->figure_names.items[i], &covariate);
		making->figures_kept++;
	}
	if (r == 0 && making->figures_kept < dataset->figure_names.count)
		r = campaign_remark(campaign, making->err,
		                    "of %zu numbers that tasks print the first %zu are covariates",
		                    dataset->figure_names.count, making->figures_kept);
	return r;
}

/* The numbers that the task with this index printed. Tasks come in their order. */
static void take_figures(struct making *making, size_t task)
{
	const struct dataset *const dataset = making->dataset;
	struct campaign *const campaign = making->campaign;
	while (making->figures_passed < dataset->figure_count &&
	       dataset->figures[making->figures_passed].task < task)
		making->figures_passed++;
	for (; making->figures_passed < dataset->figure_count &&
	       dataset->figures[making->figures_passed].task == task;
	     making->figures_passed++) {
		const struct dataset_figure *const figure =
		        &dataset->figures[making->figures_passed];
		if (figure->name < making->figures_kept)
			campaign->covariates[making->first_figure + figure->name]
			        .values[campaign->task_count - 1] = figure->value;
	}
}

static int take_task(struct making *making, const struct trial_record *trial, size_t index)
{
	const struct dataset *const dataset = making->dataset;
	struct campaign *const campaign = making->campaign;
	const struct task_record *const from = &dataset->tasks[index];
	struct campaign_task task = campaign_task_empty();
	if (!trial->has_durations_only)
		task.start_ns = dataset->run.origin_calendar_ns + from->start_ns;
	task.wall_ns = from->end_ns - from->start_ns;
	task.cpu_ns = task_cpu_ns(from);
	task.max_rss_bytes = from->max_rss_bytes;
	task.cores = dataset->run.threads;
	task.state = (uint8_t)campaign_state_of(from);
	int r = campaign_add(campaign, &task, making->err);
	if (r < 0)
		return r;
	const struct dataset_level *const level = &dataset->levels[trial->level];
	const size_t at = campaign->task_count - 1;
	campaign->covariates[making->concurrency].values[at] = level->concurrency;
	take_figures(making, index);
	if (making->placement == SIZE_MAX || !level->policy)
		return 0;
	uint32_t label = CAMPAIGN_NO_LABEL;
	r = campaign_label(campaign, making->placement, level->policy, &label, making->err);
	campaign->covariates[making->placement].labels[at] = label;
	return r;
}

static bool is_counted(const struct trial_record *trial)
{
	return trial->state == TRIAL_DONE || trial->state == TRIAL_CENSORED;
}

/* Tasks stand by trial, as trials do. */
static int take_tasks(struct making *making)
{
	const struct dataset *const dataset = making->dataset;
	size_t at = 0;
	for (size_t i = 0; i < dataset->task_count; i++) {
		const struct task_record *const task = &dataset->tasks[i];
		while (at < dataset->trial_count && dataset->trials[at].trial < task->trial)
			at++;
		if (at == dataset->trial_count)
			break;
		const struct trial_record *const trial = &dataset->trials[at];
		if (trial->trial != task->trial || !is_counted(trial) ||
		    !window_is_measured(trial, task))
			continue;
		const int r = take_task(making, trial, i);
		if (r < 0)
			return r;
	}
	return 0;
}

static int tell_source(const struct dataset *dataset, struct campaign *campaign, struct error *err)
{
	const char *const host = host_facts_get(&dataset->host, "hostname");
	const struct run_facts *const run = &dataset->run;
	int r = str_copy(run->name ? run->name : "", &campaign->label, err);
	if (r == 0)
		r = str_copy("result", &campaign->format, err);
	if (r == 0)
		r = str_format(&campaign->source, err, "%s, %s%s%s",
		               dataset->path ? dataset->path : "a result",
		               run->imported ? "imported" : "measured by plateau",
		               host ? " on " : "", host ? host : "");
	if (r == 0 && !run->imported)
		r = str_copy("the largest process of a task", &campaign->max_rss_of, err);
	if (r == 0 && !run->imported)
		r = str_copy("all processes of a task that it waited for", &campaign->cpu_of, err);
	campaign->imported_ns = run->origin_calendar_ns;
	return r;
}

static int check_tasks(const struct dataset *dataset, const struct campaign *campaign,
                       struct error *err)
{
	if (campaign->task_count > 0)
		return 0;
	if (dataset->stated_count > 0)
		return error_set(err, EINVAL,
		                 "%s holds figures of levels that others worked out, and no single "
		                 "tasks: a campaign is of tasks",
		                 dataset->path);
	return error_set(err, EINVAL,
	                 "%s holds no measured task of a trial that was done: let the run go on "
	                 "(plateau run --resume)",
	                 dataset->path);
}

int campaign_of_result(const struct dataset *dataset, struct campaign *ret_campaign,
                       struct error *err)
{
	cleanup_campaign struct campaign campaign = {0};
	struct making making = {.dataset = dataset, .campaign = &campaign, .err = err};
	const char *const name = dataset->run.task_type ? dataset->run.task_type : "task";
	uint32_t type = 0;
	int r = tell_source(dataset, &campaign, err);
	if (r == 0)
		r = campaign_type(&campaign, name, &type, err);
	if (r == 0)
		r = make_covariates(&making);
	if (r == 0)
		r = take_tasks(&making);
	if (r == 0)
		r = check_tasks(dataset, &campaign, err);
	if (r < 0)
		return r;
	*ret_campaign = campaign;
	campaign = (struct campaign){0};
	return 0;
}
