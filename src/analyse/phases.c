#include "analyse/phases.h"

#include "analyse/phases_parts.h"
#include "core/error.h"

#include <stdlib.h>
#include <string.h>

static int work_out(const struct summary *summary, const struct phase_tasks *tasks,
                    struct phase_findings *findings, struct error *err)
{
	struct phase_groups groups = {0};
	struct phase_sums sums = {0};
	int r = phase_groups_find(summary, tasks, &groups, err);
	if (r == 0)
		r = phase_groups_make(summary, &groups, findings, err);
	if (r == 0)
		r = phase_levels_measure(summary, tasks, &groups, findings, &sums, err);
	if (r == 0)
		r = phase_relative_fill(summary, &sums, findings, err);
	phase_groups_release(&groups);
	phase_sums_release(&sums);
	if (r < 0)
		return r;
	phase_groups_drop_empty(summary, findings);
	return phase_lines_make(summary, tasks, -1, findings, err);
}

/* Why no task has phases. */
static const char *absence(const struct dataset *dataset)
{
	const char *const scenario = dataset->run.scenario_json;
	if (scenario && strstr(scenario, ",\"phases\":{"))
		return "no log of a measured task could be used: see the warnings";
	return "the scenario does not say how the tasks' log is read (task.phases)";
}

int phases_build(const struct summary *summary, struct phase_findings *ret_findings,
                 struct error *err)
{
	struct phase_findings findings = {.line_input = -1};
	struct phase_tasks tasks = {0};
	int r = phase_tasks_find(summary, &tasks, &findings.tasks_measured, err);
	findings.tasks = tasks.count;
	if (r == 0 && findings.tasks > 0)
		r = work_out(summary, &tasks, &findings, err);
	else if (r == 0)
		findings.reason = absence(summary->dataset);
	free(tasks.items);
	if (r < 0) {
		phases_release(&findings);
		return error_context(err, r, "working out phases");
	}
	*ret_findings = findings;
	return 0;
}

void phases_release(struct phase_findings *findings)
{
	if (!findings)
		return;
	for (size_t i = 0; i < findings->class_count; i++)
		phase_group_release(&findings->classes[i]);
	for (size_t i = 0; i < findings->phase_count; i++)
		phase_group_release(&findings->phases[i]);
	free(findings->classes);
	free(findings->phases);
	phase_lines_release(findings);
	*findings = (struct phase_findings){0};
}
