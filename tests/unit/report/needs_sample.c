#include "needs_sample.h"

#include "core/error.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[NEEDS_SAMPLE_TYPES] = {
        "isr",
        "characterizeImage",
        "calibrateImage",
        "makeAnalysisSingleVisitStarAssociationWholeSkyPlot",
        "makeAnalysisSingleVisitStarAssociationMetricTable",
        "analyzeSingleVisitStarAssociation",
        "makeDirectWarp",
        "makePsfMatchedWarp",
        "assembleDeepCoadd",
        "detectCoaddPeaks",
        "measureObjectUnforced",
        "measureObjectForced",
        "deblendCoaddFootprints",
        "forcedPhotCoadd",
        "standardizeSingleVisitStar",
        "standardizeObjectTable",
        "consolidateVisitSummary",
        "computeReliability",
        "fitDeblendedObjectsSersic",
        "fitDeepCoaddPsfGaussians",
        "gbdesAstrometricFit",
        "fgcmFitCycle",
        "fgcmOutputProducts",
        "associateSolarSystemDirectSource",
        "subtractImages",
        "detectAndMeasureDiaSource",
        "filterDiaSourceCatalog",
        "makeHealSparsePropertyMaps",
        "splitPrimaryObject",
        "writeObjectTable",
};

static const char *const hostile_names[] = {
        "<script>alert(1)</script>", "\x1b[31mred\x1b[0m", "a'b\"c&d<e>",
        "`touch evil`; $(id)",       "not \xff\xfe utf-8", "%s%n %d {x} ^_\\n",
};

/* The same every time (Numerical Recipes' generator), in [0, 1). */
static double draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (double)(*state >> 11) / 9007199254740992.0;
}

static double draw_normal(uint64_t *state)
{
	const double u = draw(state);
	return sqrt(-2 * log(1 - u)) * cos(6.283185307179586 * draw(state));
}

/* How a task ends: some types fail, one is ended by its memory. */
static enum campaign_state end_of(const struct needs_sample *sample, size_t type, size_t task)
{
	if (sample->is_whole)
		return CAMPAIGN_DONE;
	if (type % 5 == 1 && task % 40 == 7)
		return CAMPAIGN_FAILED;
	if (type % 7 == 3 && task % 50 == 9)
		return CAMPAIGN_OUT_OF_MEMORY;
	return type == 4 && task % 100 == 1 ? CAMPAIGN_TIMED_OUT : CAMPAIGN_DONE;
}

static struct campaign_task make_task(const struct needs_sample *sample, size_t type, size_t i,
                                      double visits, uint64_t *state)
{
	struct campaign_task task = campaign_task_empty();
	const double size = 0.2 + 0.12 * (double)type;
	const bool grows = type % 3 == 2;
	double rss = size * exp(0.1 * draw_normal(state)) + (grows ? 0.02 * visits : 0);
	if (type == 5 && i % 97 == 3)
		rss = 6.5 + draw(state) * 4;
	const double wall = 3 * pow(1.32, (double)type) * exp(0.3 * draw_normal(state));
	task.type = (uint32_t)type;
	task.start_ns = 1790000000000000000 + (int64_t)i * 60000000000;
	task.wall_ns = (int64_t)(wall * 1e9);
	task.cpu_ns = (int64_t)(wall * (0.7 + 0.25 * draw(state)) * 1e9);
	task.cores = 1;
	task.attempt = 1;
	task.state = (uint8_t)end_of(sample, type, i);
	task.is_superseded = task.state == CAMPAIGN_FAILED;
	if (sample->has_memory)
		task.max_rss_bytes = (int64_t)(rss * sample->scale * 1e9);
	return task;
}

static void check(int result)
{
	if (result == 0)
		return;
	fputs("needs_sample: no memory\n", stderr);
	abort();
}

void needs_sample_fill(const struct needs_sample *sample, const char *label,
                       struct campaign *campaign)
{
	static const char *const bands[] = {"u", "g", "r", "i", "z", "y"};
	struct error err;
	uint64_t state = 20261120;
	size_t visits;
	size_t band;
	campaign->label = strdup(label);
	campaign->format = strdup("csv");
	campaign->source = strdup("made up");
	campaign->max_rss_of = strdup("the process, which may run several tasks");
	campaign->imported_ns = 1790000000000000000;
	check(campaign_covariate(campaign, sample->is_hostile ? "visits <b>\x1b[1m" : "visits",
	                         false, &visits, &err));
	check(campaign_covariate(campaign, "band", true, &band, &err));
	for (size_t k = 0; k < sample->figures; k++) {
		char name[40];
		size_t index;
		snprintf(name, sizeof name, "counter_%zu", k);
		check(campaign_covariate(campaign, name, false, &index, &err));
	}
	for (size_t t = 0; t < sample->types; t++) {
		uint32_t type;
		const size_t odd = sizeof hostile_names / sizeof hostile_names[0];
		const char *const name =
		        sample->is_hostile && t < odd ? hostile_names[t] : names[t];
		check(campaign_type(campaign, name, &type, &err));
		for (size_t i = 0; i < sample->tasks; i++) {
			uint32_t label_index;
			const double x = 1 + floor(54 * draw(&state));
			const struct campaign_task task = make_task(sample, t, i, x, &state);
			check(campaign_add(campaign, &task, &err));
			check(campaign_label(campaign, band, bands[i % 6], &label_index, &err));
			campaign->covariates[visits].values[campaign->task_count - 1] = x;
			campaign->covariates[band].labels[campaign->task_count - 1] = label_index;
			for (size_t k = 0; k < sample->figures; k++)
				campaign->covariates[band + 1 + k]
				        .values[campaign->task_count - 1] =
				        (double)(i * (k + 7) % 101);
		}
	}
}
