#include "tasks/isr/detector.h"

#include "core/array.h"
#include "core/error.h"
#include "core/rng.h"
#include "tasks/isr/pixels.h"
#include "tasks/isr/scene.h"

#include <math.h>

enum { DUST_RINGS = 12, CALIBRATION_EXPOSURES = 20 };

#define PIXEL_RESPONSE_SIGMA   0.007
#define FLAT_CALIBRATION_SIGMA 0.001
#define DARK_E_PER_S           0.06
#define GLOW_E_PER_S           0.8
#define DARK_CALIBRATION_S     300.0

void detector_fill_crosstalk(uint64_t seed, struct crosstalk *ret)
{
	/* By distance along the half of the CCD; beyond the last, and between the halves, -5e-6. */
	static const double by_distance[] = {0, 2.2e-4, 4e-5, 1.2e-5};
	struct rng rng;
	scene_stream_init(&rng, seed, -1, STREAM_DETECTOR);
	for (int i = 0; i < AMPLIFIERS; i++) {
		for (int j = 0; j < AMPLIFIERS; j++) {
			const int distance = i < j ? j - i : i - j;
			const bool same_half = i / AMPLIFIER_COLUMNS == j / AMPLIFIER_COLUMNS;
			const double mean = same_half && distance < (int)ARRAY_LENGTH(by_distance)
			                            ? by_distance[distance]
			                            : -5e-6;
			const double spread = 0.75 + 0.5 * rng_uniform(&rng);
			ret->coefficient[i][j] = i == j ? 0 : mean * spread;
		}
	}
}

void detector_fill_kernel(struct kernel *ret)
{
	for (int i = 0; i < KERNEL_SIDE; i++) {
		for (int j = 0; j < KERNEL_SIDE; j++) {
			const double dy = i - KERNEL_RADIUS, dx = j - KERNEL_RADIUS;
			const double stretched = 1.25 * dx * dx + 0.8 * dy * dy;
			ret->weight[i][j] = -3.9e-7 * pow(1 + stretched / 0.25, -0.84) *
			                    exp(-(dx * dx + dy * dy) / 25);
		}
	}
}

static void fill_amplifiers(struct detector *d, struct rng *rng)
{
	double gains = 0;
	for (int i = 0; i < AMPLIFIERS; i++) {
		struct amplifier *const a = &d->amplifiers[i];
		a->gain_e_per_adu = 1.68 + 0.06 * (2 * rng_uniform(rng) - 1);
		a->read_noise_e = 5.5 + rng_uniform(rng);
		d->offsets_adu[i] = 1000 + 200 * rng_uniform(rng);
		a->saturation_adu = floor(d->offsets_adu[i] +
		                          0.98 * (double)DETECTOR_FULL_WELL_E / a->gain_e_per_adu);
		gains += a->gain_e_per_adu;
	}
	d->mean_gain = gains / AMPLIFIERS;
}

/* Bias structure: a ramp behind the first columns read, and a pattern of columns. */
static void fill_bias(struct detector *d, struct rng *rng)
{
	const struct geometry *const g = &d->geometry;
	for (int i = 0; i < AMPLIFIERS; i++) {
		float pattern[1024];
		for (int x = 0; x < g->data_width; x++)
			pattern[x] = (float)(8 * exp(-x / 40.0) + 0.8 * rng_normal(rng));
		for (int row = 0; row < g->data_height; row++)
			geometry_put_row(g, i, row, pattern, d->truth.bias);
	}
}

/* Dark current: even, with a glow in two corners. ADU per second. */
static void fill_dark(struct detector *d)
{
	const struct geometry *const g = &d->geometry;
	const int width = geometry_ccd_width(g), height = geometry_ccd_height(g);
	for (int y = 0; y < height; y++) {
		for (int x = 0; x < width; x++) {
			const double u = (double)x / width, v = (double)y / height;
			const double near = exp(-30 * (u * u + v * v)) +
			                    exp(-30 * ((1 - u) * (1 - u) + (1 - v) * (1 - v)));
			const int amplifier = geometry_amplifier_at(g, x, y);
			d->truth.dark[(size_t)y * (size_t)width + (size_t)x] =
			        (float)((DARK_E_PER_S + GLOW_E_PER_S * near) /
			                d->amplifiers[amplifier].gain_e_per_adu);
		}
	}
}

/* The shadow of a grain of dust out of focus: a ring 3 % deep. */
static void add_dust(struct detector *d, double x, double y, double radius)
{
	const int width = geometry_ccd_width(&d->geometry);
	const int height = geometry_ccd_height(&d->geometry);
	const int reach = (int)radius + 1;
	for (int row = (int)y - reach; row <= (int)y + reach; row++) {
		for (int column = (int)x - reach; column <= (int)x + reach; column++) {
			if (row < 0 || row >= height || column < 0 || column >= width)
				continue;
			const double r = hypot(column - x, row - y) / radius;
			if (r > 0.4 && r < 1)
				d->truth.flat[(size_t)row * (size_t)width + (size_t)column] *=
				        0.97f;
		}
	}
}

/* The flat: what a uniformly lit image in ADU shows, so with the gains in it. */
static void fill_flat(struct detector *d, struct rng *rng)
{
	const struct geometry *const g = &d->geometry;
	const int width = geometry_ccd_width(g), height = geometry_ccd_height(g);
	for (int y = 0; y < height; y++) {
		float *const row = d->truth.flat + (size_t)y * (size_t)width;
		noise_fill(&d->noise, rng, (size_t)width, row);
		const double v = 2.0 * y / height - 1;
		for (int x = 0; x < width; x++) {
			const double u = 2.0 * x / width - 1;
			const double light = 1.02 - 0.03 * (u * u + v * v);
			const int amplifier = geometry_amplifier_at(g, x, y);
			row[x] = (float)((1 + PIXEL_RESPONSE_SIGMA * (double)row[x]) * light *
			                 d->mean_gain / d->amplifiers[amplifier].gain_e_per_adu);
		}
	}
	for (int i = 0; i < DUST_RINGS; i++) {
		const double x = rng_uniform(rng) * width, y = rng_uniform(rng) * height;
		add_dust(d, x, y, 10 + 0.01 * width * rng_uniform(rng));
	}
}

static int add_flaw(struct detector *d, size_t *capacity, struct defect defect,
                    struct detector_flaw flaw, struct error *err)
{
	struct defects *const defects = &d->truth.defects;
	const size_t count = defects->count + 1;
	int r = array_reserve(&defects->items, &defects->capacity, count, sizeof *defects->items,
	                      err);
	if (r == 0)
		r = array_reserve(&d->flaws, capacity, count, sizeof *d->flaws, err);
	if (r < 0)
		return r;
	d->flaws[defects->count] = flaw;
	defects->items[defects->count++] = defect;
	return 0;
}

/* Dead columns, hot columns (both from somewhere up to the middle of the CCD) and hot spots. */
static int fill_defects(struct detector *d, struct rng *rng, struct error *err)
{
	const struct geometry *const g = &d->geometry;
	const double side = sqrt((double)geometry_ccd_pixels(g) / (4072.0 * 4000.0));
	const int dead = 3 + (int)(9 * side), hot = dead + 2 + (int)(6 * side);
	const int all = hot + 5 + (int)(75 * side * side);
	size_t capacity = 0;
	int r = 0;
	for (int i = 0; r == 0 && i < all; i++) {
		const bool spot = i >= hot, upper = rng_below(rng, 2) == 1;
		const int half = g->data_height;
		const int height =
		        spot ? 2 : half / 4 + (int)rng_below(rng, (uint64_t)half * 3 / 4);
		const int from_middle = spot ? (int)rng_below(rng, (uint64_t)(half - height)) : 0;
		const struct defect defect = {
		        .x = 4 + (int)rng_below(rng, (uint64_t)geometry_ccd_width(g) - 8),
		        .y = upper ? half + from_middle : half - from_middle - height,
		        .width = spot ? 2 : 1,
		        .height = height,
		};
		const struct detector_flaw flaw = {
		        .response = i < dead ? 0.1f : 1.0f,
		        .glow_e = i < dead ? 0 : (float)(3000 + 9000 * rng_uniform(rng)),
		};
		r = add_flaw(d, &capacity, defect, flaw, err);
	}
	return r;
}

int detector_init(uint64_t seed, double size, struct detector *ret, struct error *err)
{
	struct detector d = {.seed = seed};
	int r = geometry_init(size, &d.geometry, err);
	if (r < 0)
		return r;
	const size_t pixels = geometry_ccd_pixels(&d.geometry);
	d.truth.bias = pixels_new(pixels, sizeof(float));
	d.truth.dark = pixels_new(pixels, sizeof(float));
	d.truth.flat = pixels_new(pixels, sizeof(float));
	struct rng rng;
	scene_stream_init(&rng, seed, -1, STREAM_BIAS);
	if (!d.truth.bias || !d.truth.dark || !d.truth.flat)
		r = error_memory(err);
	if (r == 0)
		r = fill_defects(&d, &rng, err);
	if (r < 0) {
		detector_release(&d);
		return r;
	}
	noise_init(&d.noise);
	fill_amplifiers(&d, &rng);
	fill_bias(&d, &rng);
	fill_dark(&d);
	fill_flat(&d, &rng);
	detector_fill_crosstalk(seed, &d.truth.crosstalk);
	detector_fill_kernel(&d.truth.kernel);
	*ret = d;
	return 0;
}

void detector_release(struct detector *detector)
{
	if (!detector)
		return;
	calibration_release(&detector->truth);
	free(detector->flaws);
	*detector = (struct detector){0};
}

void detector_add_calibration_noise(struct detector *detector)
{
	const struct geometry *const g = &detector->geometry;
	const int width = geometry_ccd_width(g), height = geometry_ccd_height(g);
	const float read_adu =
	        (float)(6 / detector->mean_gain / sqrt((double)CALIBRATION_EXPOSURES));
	const struct {
		float *plane;
		float sigma;
		enum scene_stream stream;
	} planes[] = {
	        {detector->truth.bias, read_adu, STREAM_BIAS},
	        {detector->truth.dark, read_adu / (float)DARK_CALIBRATION_S, STREAM_DARK},
	        {detector->truth.flat, (float)FLAT_CALIBRATION_SIGMA, STREAM_FLAT},
	};
	float deviates[8192];
	for (size_t i = 0; i < ARRAY_LENGTH(planes); i++) {
		struct rng rng;
		scene_stream_init(&rng, ~detector->seed, -1, planes[i].stream);
		for (int y = 0; y < height; y++) {
			float *const row = planes[i].plane + (size_t)y * (size_t)width;
			noise_fill(&detector->noise, &rng, (size_t)width, deviates);
			for (int x = 0; x < width; x++)
				row[x] += planes[i].sigma * deviates[x];
		}
	}
}
