/* What falls on the detector: sky, stars and cosmic rays, in electrons, from a seed. */
#ifndef TASKS_ISR_SCENE_H
#define TASKS_ISR_SCENE_H

#include <stdint.h>

struct geometry;

/* Electrons of sky per pixel in the middle of the CCD; it changes by SCENE_SKY_SLOPE of that from
 * edge to edge. */
#define SCENE_SKY_E     900.0
#define SCENE_SKY_SLOPE 0.02

/* Fills plane (CCD, electrons) with the expected light of exposure `index`: sky with a slope, and
 * stars with a profile of two Gaussians, whose number falls with flux^-0.8. Their number goes
 * with the area of the CCD; five bright ones are always there. */
void scene_render(const struct geometry *g, uint64_t seed, int64_t index, float *plane);

/* Adds the charge of cosmic rays to plane: straight tracks. Where marks is not NULL, the pixels
 * that were hit are set to 1. */
void scene_add_cosmic_rays(const struct geometry *g, uint64_t seed, int64_t index, float *plane,
                           unsigned char *marks);

/* The stream of random numbers of one purpose in one exposure (index -1: calibrations). */
enum scene_stream {
	STREAM_STARS,
	STREAM_COSMIC_RAYS,
	STREAM_PHOTONS,
	STREAM_READOUT,
	STREAM_DETECTOR,
	STREAM_BIAS,
	STREAM_DARK,
	STREAM_FLAT,
	STREAMS,
};

struct rng;
void scene_stream_init(struct rng *rng, uint64_t seed, int64_t index, enum scene_stream stream);

#endif
