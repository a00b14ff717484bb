#include "tasks/isr/calibrate.h"

#include "tasks/isr/frame.h"
#include "tasks/isr/geometry.h"
#include "tasks/isr/raw_file.h"

void calibrate_bias(struct frame *frame, const float *bias)
{
	const size_t pixels = frame_pixels(frame);
	for (size_t i = 0; i < pixels; i++)
		frame->image[i] -= bias[i];
}

void calibrate_variance(struct frame *frame, const struct geometry *g, int amplifier,
                        const struct amplifier *facts)
{
	const struct amplifier_place place = geometry_place(g, amplifier);
	const double noise_adu = facts->read_noise_e / facts->gain_e_per_adu;
	const float floor_adu2 = (float)(noise_adu * noise_adu);
	const float per_gain = (float)(1 / facts->gain_e_per_adu);
	for (int y = place.y; y < place.y + g->data_height; y++) {
		const size_t start = (size_t)y * (size_t)frame->width + (size_t)place.x;
		for (size_t i = start; i < start + (size_t)g->data_width; i++) {
			const float signal = frame->image[i] > 0 ? frame->image[i] : 0;
			frame->variance[i] = signal * per_gain + floor_adu2;
		}
	}
}

void calibrate_scale(const struct geometry *g, int amplifier, float factor, float *image)
{
	const struct amplifier_place place = geometry_place(g, amplifier);
	for (int y = place.y; y < place.y + g->data_height; y++) {
		float *const row =
		        image + (size_t)y * (size_t)geometry_ccd_width(g) + (size_t)place.x;
		for (int x = 0; x < g->data_width; x++)
			row[x] *= factor;
	}
}

void calibrate_dark(struct frame *frame, const float *dark, double exposure_s)
{
	const size_t pixels = frame_pixels(frame);
	const float seconds = (float)exposure_s;
	for (size_t i = 0; i < pixels; i++)
		frame->image[i] -= dark[i] * seconds;
}

void calibrate_flat(struct frame *frame, const float *flat)
{
	const size_t pixels = frame_pixels(frame);
	for (size_t i = 0; i < pixels; i++) {
		if (!(flat[i] > 0)) {
			frame->mask[i] |= MASK_BAD;
			continue;
		}
		const float inverse = 1 / flat[i];
		frame->image[i] *= inverse;
		frame->variance[i] *= inverse * inverse;
	}
}
