#include "analyse/capacity/overlaps_summary.h"

#include "analyse/quantile.h"
#include "core/error.h"

#include <math.h>
#include <stdlib.h>

static const double radian = 180 / M_PI;

/* Figures of coadds, to be sorted. */
struct values {
	struct weighted_value *touching;
	struct weighted_value *depth;
	size_t count;
};

static void find_spread(struct weighted_value *values, size_t count, struct overlaps_spread *spread)
{
	static const double ps[] = {0.05, 0.5, 0.95};
	double quantiles[3];
	if (count == 0) {
		*spread = (struct overlaps_spread){NAN, NAN, NAN, NAN, NAN};
		return;
	}
	quantile_sort(values, count);
	quantiles_weighted(values, count, ps, 3, quantiles);
	*spread = (struct overlaps_spread){
	        .mean = quantile_weighted_mean(values, count),
	        .p5 = quantiles[0],
	        .median = quantiles[1],
	        .p95 = quantiles[2],
	        .max = values[count - 1].value,
	};
}

/* Appends the coadds of a band, and counts what is counted of them. */
static void take_band(const struct overlaps *overlaps, const struct overlaps_band *band,
                      struct overlaps_summary_band *summary, struct values *values)
{
	for (size_t i = 0; i < skymap_patch_count(overlaps->map); i++) {
		const uint32_t touching = band->touching[i];
		if (touching == 0 || !overlaps_is_counted(overlaps, i))
			continue;
		summary->coadds++;
		summary->warps += touching;
		values->touching[values->count] = (struct weighted_value){touching, 1};
		values->depth[values->count] = (struct weighted_value){overlaps_depth(band, i), 1};
		values->count++;
	}
}

static size_t count_coadds(const struct overlaps *overlaps)
{
	size_t count = 0;
	for (size_t b = 0; b < overlaps->band_count; b++)
		for (size_t i = 0; i < skymap_patch_count(overlaps->map); i++)
			count += overlaps->bands[b].touching[i] > 0 &&
			         overlaps_is_counted(overlaps, i);
	return count;
}

static int make_histogram(const struct values *values, struct overlaps_summary_band *band,
                          struct error *err)
{
	if (values->count == 0)
		return 0;
	band->histogram_count = (size_t)band->touching.max;
	band->histogram = calloc(band->histogram_count, sizeof *band->histogram);
	if (!band->histogram)
		return error_memory(err);
	for (size_t i = 0; i < values->count; i++)
		band->histogram[(size_t)values->touching[i].value - 1]++;
	return 0;
}

/* The sky that patches with visits call their own, and how much of it all visits cover. */
static void measure_sky(const struct overlaps *overlaps, struct overlaps_summary *summary)
{
	const struct skymap *const map = overlaps->map;
	for (size_t r = 0; r < map->ring_count; r++) {
		const size_t first = map->rings[r].first_tract * map->patches;
		const size_t count = (size_t)map->rings[r].tract_count * map->patches;
		for (size_t i = first; i < first + count; i++) {
			if (!overlaps_is_counted(overlaps, i))
				continue;
			const double deg2 = skymap_own_sr(map, r, (unsigned)(i % map->patches)) *
			                    radian * radian;
			bool is_seen = false;
			for (size_t b = 0; b < overlaps->band_count; b++) {
				const struct overlaps_band *const band = &overlaps->bands[b];
				is_seen = is_seen || band->touching[i] > 0;
				summary->covered_deg2 += overlaps_depth(band, i) * deg2;
			}
			summary->patches += is_seen;
			summary->sky_deg2 += is_seen ? deg2 : 0;
		}
	}
	summary->conserved =
	        overlaps->is_counted
	                ? NAN
	                : summary->covered_deg2 / (summary->field_deg2 * (double)overlaps->visits);
}

static int take_bands(const struct overlaps *overlaps, struct values *all,
                      struct overlaps_summary *summary, struct error *err)
{
	struct overlaps_summary_band *const total = &summary->bands[overlaps->band_count];
	for (size_t b = 0; b < overlaps->band_count; b++) {
		struct overlaps_summary_band *const band = &summary->bands[b];
		/* Its part of what is kept for the sums over all bands. */
		struct values values = {all->touching + all->count, all->depth + all->count, 0};
		summary->band_count++;
		band->name = overlaps->bands[b].name;
		band->visits = overlaps->bands[b].visits;
		take_band(overlaps, &overlaps->bands[b], band, &values);
		find_spread(values.touching, values.count, &band->touching);
		find_spread(values.depth, values.count, &band->depth);
		const int r = make_histogram(&values, band, err);
		if (r < 0)
			return r;
		all->count += values.count;
		total->visits += band->visits;
		total->coadds += band->coadds;
		total->warps += band->warps;
	}
	find_spread(all->touching, all->count, &total->touching);
	find_spread(all->depth, all->count, &total->depth);
	return 0;
}

int overlaps_summarise(const struct overlaps *overlaps, struct overlaps_summary *ret_summary,
                       struct error *err)
{
	cleanup_overlaps_summary struct overlaps_summary summary = {
	        .field_deg2 = overlaps_field_deg2(overlaps->radius_deg),
	};
	const size_t coadds = count_coadds(overlaps) + 1;
	struct values all = {0};
	int r = 0;
	all.touching = calloc(coadds, sizeof *all.touching);
	all.depth = calloc(coadds, sizeof *all.depth);
	summary.bands = calloc(overlaps->band_count + 1, sizeof *summary.bands);
	if (all.touching && all.depth && summary.bands)
		r = take_bands(overlaps, &all, &summary, err);
	else
		r = error_memory(err);
	free(all.touching);
	free(all.depth);
	if (r < 0)
		return r;
	measure_sky(overlaps, &summary);
	*ret_summary = summary;
	summary = (struct overlaps_summary){0};
	return 0;
}

void overlaps_summary_release(struct overlaps_summary *summary)
{
	if (!summary)
		return;
	for (size_t i = 0; i < summary->band_count; i++)
		free(summary->bands[i].histogram);
	free(summary->bands);
	*summary = (struct overlaps_summary){0};
}

double overlaps_depth_at(const struct overlaps *overlaps, double ra_deg, double dec_deg)
{
	size_t tract = 0;
	unsigned patch = 0;
	skymap_find(overlaps->map, ra_deg, dec_deg, &tract, &patch);
	const size_t place = tract * overlaps->map->patches + patch;
	double depth = 0;
	if (!overlaps_is_counted(overlaps, place))
		return NAN;
	for (size_t b = 0; b < overlaps->band_count; b++)
		depth += overlaps_depth(&overlaps->bands[b], place);
	return depth;
}
