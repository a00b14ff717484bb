#include "tasks/isr/scene.h"

#include "core/array.h"
#include "core/rng.h"
#include "tasks/isr/geometry.h"

#include <math.h>

enum {
	STARS_PER_MEGAPIXEL = 130,
	COSMIC_RAYS_PER_MEGAPIXEL = 14,
	STAR_REACH = 20,    /* pixels from the middle of a star to where it is cut off */
	TRACK_LONGEST = 40, /* pixels */
};

#define STAR_FAINTEST_E  600.0
#define STAR_BRIGHTEST_E 2e6
#define STAR_SLOPE       0.8
#define SEEING_SIGMA     1.75 /* pixels; 0.82 arc seconds FWHM at 0.2 per pixel */
#define HALO_FRACTION    0.1
#define HALO_SIGMA       4.5

/* In every exposure, whatever its size, electrons: two that fill their wells, three that do not. */
static const double bright_stars_e[] = {6e6, 3e6, 1.2e6, 7e5, 3e5};

void scene_stream_init(struct rng *rng, uint64_t seed, int64_t index, enum scene_stream stream)
{
	rng_init(rng, seed, (uint64_t)(index + 1) * STREAMS + stream);
}

static void render_sky(const struct geometry *g, float *plane)
{
	const int width = geometry_ccd_width(g), height = geometry_ccd_height(g);
	for (int y = 0; y < height; y++) {
		const double up = (double)y / height - 0.5;
		for (int x = 0; x < width; x++) {
			const double along = (double)x / width - 0.5;
			plane[(size_t)y * (size_t)width + (size_t)x] =
			        (float)(SCENE_SKY_E *
			                (1 + SCENE_SKY_SLOPE * (0.6 * along + 0.4 * up)));
		}
	}
}

/* The part of a Gaussian in every pixel around `centre`, along one axis. */
static void fill_profile(double centre, int first, double sigma, double profile[2 * STAR_REACH])
{
	double edge = erf((first - 0.5 - centre) / (sigma * M_SQRT2));
	for (int i = 0; i < 2 * STAR_REACH; i++) {
		const double next = erf((first + i + 0.5 - centre) / (sigma * M_SQRT2));
		profile[i] = 0.5 * (next - edge);
		edge = next;
	}
}

static void add_star(const struct geometry *g, double x, double y, double flux_e, float *plane)
{
	const int width = geometry_ccd_width(g), height = geometry_ccd_height(g);
	const int left = (int)floor(x) - STAR_REACH + 1, bottom = (int)floor(y) - STAR_REACH + 1;
	double core_x[2 * STAR_REACH], core_y[2 * STAR_REACH];
	double halo_x[2 * STAR_REACH], halo_y[2 * STAR_REACH];
	fill_profile(x, left, SEEING_SIGMA, core_x);
	fill_profile(y, bottom, SEEING_SIGMA, core_y);
	fill_profile(x, left, HALO_SIGMA, halo_x);
	fill_profile(y, bottom, HALO_SIGMA, halo_y);
	for (int j = 0; j < 2 * STAR_REACH; j++) {
		if (bottom + j < 0 || bottom + j >= height)
			continue;
		float *const row = plane + (size_t)(bottom + j) * (size_t)width;
		const double core = flux_e * (1 - HALO_FRACTION) * core_y[j];
		const double halo = flux_e * HALO_FRACTION * halo_y[j];
		for (int i = 0; i < 2 * STAR_REACH; i++) {
			if (left + i >= 0 && left + i < width)
				row[left + i] += (float)(core * core_x[i] + halo * halo_x[i]);
		}
	}
}

static size_t per_area(const struct geometry *g, int per_megapixel)
{
	return (size_t)ceil((double)geometry_ccd_pixels(g) * 1e-6 * per_megapixel);
}

void scene_render(const struct geometry *g, uint64_t seed, int64_t index, float *plane)
{
	struct rng rng;
	scene_stream_init(&rng, seed, index, STREAM_STARS);
	render_sky(g, plane);
	for (size_t i = 0; i < ARRAY_LENGTH(bright_stars_e); i++) {
		const double x = rng_uniform(&rng) * geometry_ccd_width(g);
		const double y = rng_uniform(&rng) * geometry_ccd_height(g);
		add_star(g, x, y, bright_stars_e[i], plane);
	}
	/* One star from each of equal parts of the distribution: exposures differ in where their
	 * stars are more than in how many there are. */
	const size_t stars = per_area(g, STARS_PER_MEGAPIXEL);
	for (size_t i = 0; i < stars; i++) {
		const double x = rng_uniform(&rng) * geometry_ccd_width(g);
		const double y = rng_uniform(&rng) * geometry_ccd_height(g);
		const double u = ((double)i + rng_uniform(&rng)) / (double)stars;
		const double flux_e = STAR_FAINTEST_E * pow(1 - u, -1 / STAR_SLOPE);
		add_star(g, x, y, fmin(flux_e, STAR_BRIGHTEST_E), plane);
	}
}

void scene_add_cosmic_rays(const struct geometry *g, uint64_t seed, int64_t index, float *plane,
                           unsigned char *marks)
{
	struct rng rng;
	scene_stream_init(&rng, seed, index, STREAM_COSMIC_RAYS);
	const int width = geometry_ccd_width(g), height = geometry_ccd_height(g);
	const size_t rays = per_area(g, COSMIC_RAYS_PER_MEGAPIXEL);
	for (size_t i = 0; i < rays; i++) {
		double x = rng_uniform(&rng) * width, y = rng_uniform(&rng) * height;
		const double angle = 2 * M_PI * rng_uniform(&rng);
		const int length = 1 + (int)(TRACK_LONGEST * pow(rng_uniform(&rng), 3));
		const double charge_e = 800 * pow(1 - rng_uniform(&rng), -0.7);
		for (int step = 0; step < length; step++, x += cos(angle), y += sin(angle)) {
			if (x < 0 || x >= width || y < 0 || y >= height)
				break;
			const size_t at = (size_t)y * (size_t)width + (size_t)x;
			plane[at] += (float)fmin(charge_e, 40000);
			if (marks)
				marks[at] = 1;
		}
	}
}
