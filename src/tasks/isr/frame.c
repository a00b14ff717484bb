#include "tasks/isr/frame.h"

#include "core/error.h"
#include "tasks/isr/geometry.h"
#include "tasks/isr/pixels.h"

int frame_init(const struct geometry *g, struct frame *ret, struct error *err)
{
	const size_t pixels = geometry_ccd_pixels(g);
	struct frame frame = {
	        .width = geometry_ccd_width(g),
	        .height = geometry_ccd_height(g),
	        .image = pixels_new(pixels, sizeof(float)),
	        .variance = pixels_new(pixels, sizeof(float)),
	        .mask = pixels_new(pixels, sizeof(int32_t)),
	};
	if (!frame.image || !frame.variance || !frame.mask) {
		frame_release(&frame);
		return error_memory(err);
	}
	*ret = frame;
	return 0;
}

void frame_release(struct frame *frame)
{
	if (!frame)
		return;
	free(frame->image);
	free(frame->variance);
	free(frame->mask);
	*frame = (struct frame){0};
}

size_t frame_pixels(const struct frame *frame)
{
	return (size_t)frame->width * (size_t)frame->height;
}

size_t frame_count_masked(const struct frame *frame, int32_t bits)
{
	const size_t pixels = frame_pixels(frame);
	size_t count = 0;
	for (size_t i = 0; i < pixels; i++)
		count += (frame->mask[i] & bits) != 0;
	return count;
}
