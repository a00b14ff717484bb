#include "tasks/isr/expose.h"

#include "core/error.h"
#include "core/rng.h"
#include "tasks/isr/brighter_fatter.h"
#include "tasks/isr/calibrate.h"
#include "tasks/isr/pixels.h"
#include "tasks/isr/scene.h"

#include <math.h>
#include <string.h>

enum { WIDEST = 8192, LARGEST_ADU = 65535 };

/* Light to collected charge, row by row: response, dark current, photon noise (normal: no pixel
 * expects fewer than hundreds of electrons). */
static void collect(const struct detector *d, int64_t index, const struct expose_options *options,
                    float *plane)
{
	const struct geometry *const g = &d->geometry;
	const int width = geometry_ccd_width(g), height = geometry_ccd_height(g);
	struct rng rng;
	scene_stream_init(&rng, d->seed, index, STREAM_PHOTONS);
	float deviates[WIDEST] = {0}, to_response[AMPLIFIERS], gain[AMPLIFIERS];
	for (int i = 0; i < AMPLIFIERS; i++) {
		gain[i] = (float)d->amplifiers[i].gain_e_per_adu;
		to_response[i] = gain[i] / (float)d->mean_gain;
	}
	for (int y = 0; y < height; y++) {
		const size_t start = (size_t)y * (size_t)width;
		if (!options->without_noise)
			noise_fill(&d->noise, &rng, (size_t)width, deviates);
		for (int x = 0; x < width; x++) {
			const size_t i = start + (size_t)x;
			const int a = geometry_amplifier_at(g, x, y);
			const float mean = plane[i] * d->truth.flat[i] * to_response[a] +
			                   d->truth.dark[i] * gain[a] * (float)EXPOSE_SECONDS;
			plane[i] = mean + sqrtf(mean) * deviates[x];
		}
	}
}

static void apply_flaws(const struct detector *d, float *plane)
{
	const size_t width = (size_t)geometry_ccd_width(&d->geometry);
	for (size_t i = 0; i < d->truth.defects.count; i++) {
		const struct defect *const at = &d->truth.defects.items[i];
		for (int y = at->y; y < at->y + at->height; y++) {
			for (int x = at->x; x < at->x + at->width; x++) {
				float *const charge = plane + (size_t)y * width + (size_t)x;
				*charge = *charge * d->flaws[i].response + d->flaws[i].glow_e;
			}
		}
	}
}

static void spill(float *column, int count, int from, int step, float charge, float full_well_e)
{
	for (int i = from + step; i >= 0 && i < count && charge > 0; i += step) {
		const float room = full_well_e - column[i];
		if (room <= 0)
			continue;
		const float taken = charge < room ? charge : room;
		column[i] += taken;
		charge -= taken;
	}
}

void expose_bleed_column(float *column, int count, float full_well_e)
{
	for (int i = 0; i < count; i++) {
		const float excess = column[i] - full_well_e;
		if (excess <= 0)
			continue;
		column[i] = full_well_e;
		spill(column, count, i, 1, excess / 2, full_well_e);
		spill(column, count, i, -1, excess / 2, full_well_e);
	}
}

/* Columns with a pixel too full are few: only they are taken out and put back. */
static int bleed(const struct geometry *g, float *plane, struct error *err)
{
	const size_t width = (size_t)geometry_ccd_width(g);
	const int rows = g->data_height;
	cleanup_free unsigned char *over = malloc(width);
	cleanup_free float *column = malloc((size_t)rows * sizeof *column);
	if (!over || !column)
		return error_memory(err);
	for (int half = 0; half < 2; half++) {
		float *const from = plane + (size_t)half * (size_t)rows * width;
		memset(over, 0, width);
		for (size_t i = 0; i < (size_t)rows * width; i++) {
			if (from[i] > DETECTOR_FULL_WELL_E)
				over[i % width] = 1;
		}
		for (size_t x = 0; x < width; x++) {
			if (!over[x])
				continue;
			for (int y = 0; y < rows; y++)
				column[y] = from[(size_t)y * width + x];
			expose_bleed_column(column, rows, DETECTOR_FULL_WELL_E);
			for (int y = 0; y < rows; y++)
				from[(size_t)y * width + x] = column[y];
		}
	}
	return 0;
}

/* One amplifier to whole numbers. The offset drifts slowly from row to row. */
static void digitise(const struct detector *d, int index, struct rng *rng, bool without_noise,
                     const float *plane, struct amplifier *amplifier)
{
	const struct geometry *const g = &d->geometry;
	const int width = geometry_raw_width(g), height = geometry_raw_height(g);
	const float noise_adu = (float)(amplifier->read_noise_e / amplifier->gain_e_per_adu);
	const double phase = 2 * M_PI * rng_uniform(rng);
	float row[WIDEST], signal[WIDEST], structure[WIDEST], deviates[WIDEST] = {0};
	for (int y = 0; y < height; y++) {
		const double drift = 2 * sin(phase + y * 0.004) + 0.8 * sin(3 * phase + y * 0.05);
		for (int x = 0; x < width; x++)
			row[x] = (float)(d->offsets_adu[index] + drift);
		if (y < g->data_height) {
			geometry_get_row(g, index, y, plane, signal);
			geometry_get_row(g, index, y, d->truth.bias, structure);
			for (int x = 0; x < g->data_width; x++)
				row[g->data_x + x] += signal[x] + structure[x];
		}
		if (!without_noise)
			noise_fill(&d->noise, rng, (size_t)width, deviates);
		int32_t *const to = amplifier->raw + (size_t)y * (size_t)width;
		for (int x = 0; x < width; x++) {
			const float value = row[x] + noise_adu * deviates[x] + 0.5f;
			to[x] = value <= 0             ? 0
			        : value >= LARGEST_ADU ? LARGEST_ADU
			                               : (int32_t)value;
		}
	}
}

static int read_out(const struct detector *d, int64_t index, const struct expose_options *options,
                    float *plane, struct raw *ret, struct error *err)
{
	const struct geometry *const g = &d->geometry;
	struct raw raw = {
	        .geometry = *g,
	        .instrument = "PlateauITL",
	        .calibration_folder = "calib",
	        .exposure = index,
	        .exposure_s = EXPOSE_SECONDS,
	};
	memcpy(raw.amplifiers, d->amplifiers, sizeof raw.amplifiers);
	const int r = raw_init_pixels(&raw, err);
	if (r < 0)
		return r;
	struct rng rng;
	scene_stream_init(&rng, d->seed, index, STREAM_READOUT);
	for (int i = 0; i < AMPLIFIERS; i++)
		calibrate_scale(g, i, (float)(1 / d->amplifiers[i].gain_e_per_adu), plane);
	crosstalk_add(g, &d->truth.crosstalk, 1, plane);
	for (int i = 0; i < AMPLIFIERS; i++)
		digitise(d, i, &rng, options->without_noise, plane, &raw.amplifiers[i]);
	*ret = raw;
	return 0;
}

static void note_full(size_t pixels, const float *plane, unsigned char *ret_full)
{
	for (size_t i = 0; ret_full && i < pixels; i++)
		ret_full[i] = plane[i] >= 0.999f * DETECTOR_FULL_WELL_E;
}

/* Wells fill while light comes in: no pixel pushes with more than a full one. So what
 * brighter-fatter moves is found on charge that has bled, and moved before bleeding. */
static int push_and_bleed(const struct detector *d, float *plane, struct error *err)
{
	const struct geometry *const g = &d->geometry;
	const size_t pixels = geometry_ccd_pixels(g);
	cleanup_free float *filled = pixels_new(pixels, sizeof *filled);
	if (!filled)
		return error_memory(err);
	memcpy(filled, plane, pixels * sizeof *filled);
	int r = bleed(g, filled, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < pixels; i++)
		plane[i] -= filled[i];
	r = brighter_fatter_apply(&d->truth.kernel, geometry_ccd_width(g), geometry_ccd_height(g),
	                          filled, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < pixels; i++)
		plane[i] += filled[i];
	return bleed(g, plane, err);
}

int expose(const struct detector *detector, int64_t index, const struct expose_options *options,
           const struct truth *ret_truth, struct raw *ret, struct error *err)
{
	const struct geometry *const g = &detector->geometry;
	const size_t pixels = geometry_ccd_pixels(g);
	cleanup_free float *plane = pixels_new(pixels, sizeof *plane);
	if (!plane)
		return error_memory(err);
	scene_render(g, detector->seed, index, plane);
	if (ret_truth->light_e)
		memcpy(ret_truth->light_e, plane, pixels * sizeof *plane);
	collect(detector, index, options, plane);
	scene_add_cosmic_rays(g, detector->seed, index, plane, ret_truth->cosmic_ray);
	apply_flaws(detector, plane);
	const int r = push_and_bleed(detector, plane, err);
	if (r < 0)
		return r;
	note_full(pixels, plane, ret_truth->full);
	return read_out(detector, index, options, plane, ret, err);
}
