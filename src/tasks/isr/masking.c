#include "tasks/isr/masking.h"

#include "core/error.h"
#include "tasks/isr/calibration.h"
#include "tasks/isr/frame.h"
#include "tasks/isr/pixels.h"
#include "tasks/isr/raw_file.h"

#include <math.h>
#include <string.h>

void masking_saturation(struct frame *frame, const struct geometry *g, int amplifier,
                        const struct amplifier *facts)
{
	const size_t width = (size_t)geometry_raw_width(g);
	for (int row = 0; row < g->data_height; row++) {
		int step;
		int32_t *to = frame->mask + geometry_row_start(g, amplifier, row, &step);
		const int32_t *const from = facts->raw + (size_t)row * width + g->data_x;
		for (int x = 0; x < g->data_width; x++, to += step) {
			if (from[x] >= facts->saturation_adu)
				*to |= MASK_SAT;
		}
	}
}

size_t masking_nan(struct frame *frame)
{
	const size_t pixels = frame_pixels(frame);
	size_t count = 0;
	for (size_t i = 0; i < pixels; i++) {
		if (isfinite(frame->image[i]) && isfinite(frame->variance[i]))
			continue;
		frame->mask[i] |= MASK_NAN;
		count++;
	}
	return count;
}

/* Marks the box around column x, rows [low, high). */
static void mark_box(struct frame *frame, int x, int low, int high, int grow)
{
	const int left = x - grow < 0 ? 0 : x - grow;
	const int right = x + grow >= frame->width ? frame->width - 1 : x + grow;
	const int bottom = low - 1 < 0 ? 0 : low - 1;
	const int top = high >= frame->height ? frame->height - 1 : high;
	for (int row = bottom; row <= top; row++) {
		for (int column = left; column <= right; column++)
			frame->mask[(size_t)row * (size_t)frame->width + (size_t)column] |=
			        MASK_SAT;
	}
}

static int growth(int run_rows)
{
	const int grow = run_rows / TRAIL_ROWS;
	return grow < 1 ? 1 : grow > TRAIL_GROW_MOST ? TRAIL_GROW_MOST : grow;
}

/* The runs are found in row order, one open run per column, so that memory is read once. */
int masking_widen_saturation(struct frame *frame, struct error *err)
{
	const size_t pixels = frame_pixels(frame), width = (size_t)frame->width;
	cleanup_free unsigned char *saturated = pixels_new(pixels, 1);
	cleanup_free int *start = malloc(width * sizeof *start); /* -1: no open run */
	if (!saturated || !start)
		return error_memory(err);
	for (size_t i = 0; i < pixels; i++)
		saturated[i] = (frame->mask[i] & MASK_SAT) != 0;
	memset(start, -1, width * sizeof *start);
	for (int y = 0; y <= frame->height; y++) {
		const unsigned char *const row =
		        y < frame->height ? saturated + (size_t)y * width : NULL;
		for (int x = 0; x < frame->width; x++) {
			if (row && row[x]) {
				start[x] = start[x] < 0 ? y : start[x];
			} else if (start[x] >= 0) {
				mark_box(frame, x, start[x], y, growth(y - start[x]));
				start[x] = -1;
			}
		}
	}
	return 0;
}

void masking_defects(struct frame *frame, const struct defects *defects)
{
	for (size_t i = 0; i < defects->count; i++) {
		const struct defect *const d = &defects->items[i];
		for (int y = d->y; y < d->y + d->height; y++) {
			for (int x = d->x; x < d->x + d->width; x++)
				frame->mask[(size_t)y * (size_t)frame->width + (size_t)x] |=
				        MASK_BAD;
		}
	}
}
