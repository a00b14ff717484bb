/* Reads files as a campaign and prints what came of them, a line per task: for tests of formats on
 * files and for a look at one. usage: read_campaign FORMAT FILE... */
#include "core/array.h"
#include "core/error.h"
#include "formats/campaign/lsst_metadata.h"
#include "formats/campaign/sacct.h"
#include "formats/problems.h"
#include "model/campaign.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef int reader(const char *path, struct campaign *campaign, struct problems *problems,
                   struct error *err);

static const struct {
	const char *name;
	reader *read;
} formats[] = {
        {"lsst-metadata", lsst_metadata_load},
        {"sacct", sacct_load},
};

static void print_figure(const char *name, int64_t value, double scale)
{
	if (value == RECORD_ABSENT)
		printf(" %s=-", name);
	else
		printf(" %s=%.10g", name, (double)value / scale);
}

static void print_covariate(const struct campaign_covariate *covariate, size_t task)
{
	if (covariate->is_label && covariate->labels[task] != CAMPAIGN_NO_LABEL)
		printf(" %s='%s'", covariate->name,
		       covariate->words.items[covariate->labels[task]]);
	else if (!covariate->is_label && !isnan(covariate->values[task]))
		printf(" %s=%.10g", covariate->name, covariate->values[task]);
}

static void print_task(const struct campaign *campaign, size_t i)
{
	const struct campaign_task *const task = &campaign->tasks[i];
	printf("%s %s", campaign->types.items[task->type], campaign_state_names[task->state]);
	print_figure("start", task->start_ns, 1e9);
	print_figure("wall", task->wall_ns, 1e9);
	print_figure("cpu", task->cpu_ns, 1e9);
	print_figure("rss", task->max_rss_bytes, 1);
	printf(" cores=%u attempt=%u superseded=%d", task->cores, task->attempt,
	       task->is_superseded);
	for (size_t c = 0; c < campaign->covariate_count; c++)
		print_covariate(&campaign->covariates[c], i);
	printf("\n");
}

static void print_campaign(const struct campaign *campaign)
{
	for (size_t i = 0; i < campaign->task_count; i++)
		print_task(campaign, i);
	printf("max RSS of: %s\ncpu of: %s\n", campaign->max_rss_of ? campaign->max_rss_of : "-",
	       campaign->cpu_of ? campaign->cpu_of : "-");
	for (size_t i = 0; i < campaign->remarks.count; i++)
		printf("remark: %s\n", campaign->remarks.items[i]);
}

static int fail(const struct problems *problems, const struct error *err)
{
	for (size_t i = 0; i < problems->count; i++)
		fprintf(stderr, "%s\n", problems->items[i].text);
	fprintf(stderr, "%s\n", err->text);
	return 1;
}

int main(int argc, char *argv[])
{
	struct error err;
	cleanup_campaign struct campaign campaign = {0};
	cleanup_problems struct problems problems = {0};
	reader *read = NULL;
	for (size_t i = 0; argc > 2 && i < ARRAY_LENGTH(formats); i++)
		if (strcmp(formats[i].name, argv[1]) == 0)
			read = formats[i].read;
	if (!read)
		return 2;
	for (int i = 2; i < argc; i++)
		if (read(argv[i], &campaign, &problems, &err) < 0)
			return fail(&problems, &err);
	print_campaign(&campaign);
	return 0;
}
