/* From the jobs of sacct to a campaign. */
#include "formats/campaign/sacct_jobs.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Above this many of them nodes are ids. */
enum { MOST_NODE_LISTS = 10000 };

static const char *const label_names[SACCT_LABELS] = {
        [SACCT_LABEL_PARTITION] = "partition",
        [SACCT_LABEL_QOS] = "qos",
        [SACCT_LABEL_ACCOUNT] = "account",
        [SACCT_LABEL_NODES] = "nodes",
};

static const char *const number_names[SACCT_NUMBERS] = {
        [SACCT_NUMBER_NODES] = "node_count",
        [SACCT_NUMBER_WAITED] = "waited_s",
        [SACCT_NUMBER_REQ_MEM] = "req_mem_bytes",
        [SACCT_NUMBER_DISK_READ] = "max_disk_read_bytes",
        [SACCT_NUMBER_DISK_WRITE] = "max_disk_write_bytes",
        [SACCT_NUMBER_PAGES] = "max_pages",
};

struct adding {
	const struct sacct_jobs *jobs;
	struct campaign *campaign;
	const uint32_t *type_of; /* of each name: index into types */
	const struct words *types;
	size_t labels[SACCT_LABELS]; /* covariates, SIZE_MAX: none */
	size_t numbers[SACCT_NUMBERS];
	struct error *err;
};

/* ---- Tasks ------------------------------------------------------------------------------------
 */

static int set_labels(struct adding *a, const struct sacct_job *job, size_t task)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < SACCT_LABELS; i++) {
		uint32_t label = 0;
		if (job->labels[i] == CAMPAIGN_NO_LABEL ||
		    a->jobs->labels[i].count > MOST_NODE_LISTS)
			continue;
		if (a->labels[i] == SIZE_MAX)
			r = campaign_covariate(a->campaign, label_names[i], true, &a->labels[i],
			                       a->err);
		if (r == 0)
			r = campaign_label(a->campaign, a->labels[i],
			                   a->jobs->labels[i].items[job->labels[i]], &label,
			                   a->err);
		if (r == 0)
			a->campaign->covariates[a->labels[i]].labels[task] = label;
	}
	return r;
}

static int set_numbers(struct adding *a, const struct sacct_job *job, size_t task)
{
	int r = 0;
	for (size_t i = 0; r == 0 && i < SACCT_NUMBERS; i++) {
		if (isnan(job->numbers[i]))
			continue;
		if (a->numbers[i] == SIZE_MAX)
			r = campaign_covariate(a->campaign, number_names[i], false, &a->numbers[i],
			                       a->err);
		if (r == 0)
			a->campaign->covariates[a->numbers[i]].values[task] = job->numbers[i];
	}
	return r;
}

/* The CPU time of the job's own row counts all steps; older ones leave it at 0. */
static int64_t cpu_of(const struct sacct_job *job)
{
	if (job->state == CAMPAIGN_UNFINISHED)
		return RECORD_ABSENT;
	return job->cpu_ns == RECORD_ABSENT || job->steps_cpu_ns > job->cpu_ns ? job->steps_cpu_ns
	                                                                       : job->cpu_ns;
}

static int add_job(struct adding *a, const struct sacct_job *job)
{
	uint32_t type = 0;
	int r = campaign_type(a->campaign, a->types->items[a->type_of[job->name]], &type, a->err);
	if (r < 0)
		return r;
	const struct campaign_task task = {
	        .start_ns = job->start_ns,
	        .wall_ns = job->wall_ns,
	        .cpu_ns = cpu_of(job),
	        .max_rss_bytes =
	                job->state == CAMPAIGN_UNFINISHED ? RECORD_ABSENT : job->max_rss_bytes,
	        .type = type,
	        .cores = job->cores,
	        .attempt = job->attempt,
	        .state = job->state,
	        .is_superseded = job->is_superseded,
	};
	r = campaign_add(a->campaign, &task, a->err);
	if (r == 0)
		r = set_labels(a, job, a->campaign->task_count - 1);
	return r == 0 ? set_numbers(a, job, a->campaign->task_count - 1) : r;
}

/* ---- Remarks ----------------------------------------------------------------------------------
 */

static int remark_counts(const struct sacct_jobs *jobs, struct campaign *campaign,
                         struct error *err)
{
	int r = 0;
	if (jobs->twice > 0)
		r = campaign_remark(
		        campaign, err,
		        "%zu jobs stand in the file more than once; the last row of each counts",
		        jobs->twice);
	if (r == 0 && jobs->unknown_states > 0)
		r = campaign_remark(
		        campaign, err,
		        "%zu jobs are in a state that is not known; it is taken as unknown",
		        jobs->unknown_states);
	if (r == 0 && jobs->zero_rss > 0)
		r = campaign_remark(
		        campaign, err,
		        "MaxRSS is 0 in %zu rows: they ended before Slurm looked, or --units "
		        "rounded it away; it is taken as absent",
		        jobs->zero_rss);
	if (r == 0 && jobs->pending_arrays > 0)
		r = campaign_remark(campaign, err, "arrays that wait count as one task each (%zu)",
		                    jobs->pending_arrays);
	return r;
}

static int remark_columns(const struct sacct_jobs *jobs, const struct sacct_columns *columns,
                          struct campaign *campaign, struct error *err)
{
	int r = 0;
	if (columns->of[SACCT_JOB_NAME] == SIZE_MAX)
		r = campaign_remark(campaign, err,
		                    "there is no column JobName: all jobs are of one type, job");
	if (r == 0 && columns->of[SACCT_MAX_RSS] == SIZE_MAX)
		r = campaign_remark(campaign, err, "there is no column MaxRSS: memory is absent");
	else if (r == 0 && jobs->steps == 0)
		r = campaign_remark(campaign, err,
		                    "there are no steps (sacct -X leaves them out): MaxRSS is in "
		                    "them");
	if (r == 0 && columns->of[SACCT_START] != SIZE_MAX)
		r = campaign_remark(campaign, err,
		                    "start times are read in the time zone of this machine: sacct "
		                    "does not write theirs");
	return r;
}

static int describe(struct campaign *campaign, struct error *err)
{
	int r = 0;
	if (!campaign->format)
		r = str_copy("sacct", &campaign->format, err);
	if (r == 0 && !campaign->max_rss_of)
		r = str_copy(
		        "the largest task of the job's largest step, as Slurm sampled it: a short "
		        "peak is missed, and tasks that run at once are not added up",
		        &campaign->max_rss_of, err);
	if (r == 0 && !campaign->cpu_of)
		r = str_copy("all processes of all steps of the job", &campaign->cpu_of, err);
	return r;
}

/* ---- Frame ------------------------------------------------------------------------------------
 */

int sacct_jobs_add(const struct sacct_jobs *jobs, const struct sacct_columns *columns,
                   struct campaign *campaign, struct error *err)
{
	cleanup_words struct words types = {0};
	cleanup_free uint32_t *type_of = NULL;
	struct adding adding = {.jobs = jobs, .campaign = campaign, .types = &types, .err = err};
	size_t merged = 0;
	const char *example = NULL;
	for (size_t i = 0; i < SACCT_LABELS; i++)
		adding.labels[i] = SIZE_MAX;
	for (size_t i = 0; i < SACCT_NUMBERS; i++)
		adding.numbers[i] = SIZE_MAX;
	int r = sacct_types(&jobs->names, &types, &type_of, &merged, &example, err);
	adding.type_of = type_of;
	for (size_t i = 0; r == 0 && i < jobs->count; i++)
		r = add_job(&adding, &jobs->items[i]);
	if (r == 0 && merged > 0)
		r = campaign_remark(campaign, err,
		                    "names that differ in a number behind them alone are one type "
		                    "(%zu %s, such as that of %.*s)",
		                    merged, number_noun(merged, "type", "types"),
		                    str_cut(example, 60), example);
	if (r == 0)
		r = remark_counts(jobs, campaign, err);
	if (r == 0)
		r = remark_columns(jobs, columns, campaign, err);
	return r == 0 ? describe(campaign, err) : r;
}
