#include "tasks/isr/interpolate.h"

#include "tasks/isr/frame.h"

#include <string.h>

/* Columns [first, end) of one row, between the good pixels at first - 1 and end. */
static void fill_run(float *row, int first, int end, int width)
{
	const float left = first > 0 ? row[first - 1] : row[end];
	const float right = end < width ? row[end] : left;
	const float step = (right - left) / (float)(end - first + 1);
	for (int x = first; x < end; x++)
		row[x] = left + step * (float)(x - first + 1);
}

static void blank_row(struct frame *frame, size_t start)
{
	const size_t width = (size_t)frame->width;
	memset(frame->image + start, 0, width * sizeof *frame->image);
	memset(frame->variance + start, 0, width * sizeof *frame->variance);
	for (size_t x = 0; x < width; x++)
		frame->mask[start + x] |= MASK_NO_DATA;
}

static size_t interpolate_row(struct frame *frame, size_t start, int32_t bits)
{
	const int width = frame->width;
	int32_t *const mask = frame->mask + start;
	size_t replaced = 0;
	for (int x = 0; x < width; x++) {
		if (!(mask[x] & bits))
			continue;
		int end = x;
		while (end < width && (mask[end] & bits))
			end++;
		if (x == 0 && end == width) {
			blank_row(frame, start);
			return 0;
		}
		fill_run(frame->image + start, x, end, width);
		fill_run(frame->variance + start, x, end, width);
		replaced += (size_t)(end - x);
		for (; x < end; x++)
			mask[x] |= MASK_INTRP;
	}
	return replaced;
}

size_t interpolate_rows(struct frame *frame, int32_t bits)
{
	size_t replaced = 0;
	for (int y = 0; y < frame->height; y++)
		replaced += interpolate_row(frame, (size_t)y * (size_t)frame->width, bits);
	return replaced;
}
