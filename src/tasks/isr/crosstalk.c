#include "tasks/isr/crosstalk.h"

#include "tasks/isr/frame.h"
#include "tasks/vector.h"

#include <stdint.h>

typedef float floats __attribute__((vector_size(64), aligned(4), may_alias));

enum { CHUNK = 128, LANES = 16 }; /* columns worked on at a time; floats in a vector */

/* One chunk of one readout row of all amplifiers. */
struct chunk {
	float values[AMPLIFIERS][CHUNK];
};

struct mix {
	float coefficient[AMPLIFIERS][AMPLIFIERS];
};

/* received[i] = sent[i] + sum over j of coefficient[i][j] * sent[j]. */
MULTIVERSION static void mix_chunk(const struct mix *mix, const struct chunk *sent,
                                   struct chunk *received)
{
	for (int x = 0; x < CHUNK; x += LANES) {
		for (int i = 0; i < AMPLIFIERS; i++) {
			floats sum = {0};
			for (int j = 0; j < AMPLIFIERS; j++)
				sum += *(const floats *)(sent->values[j] + x) *
				       mix->coefficient[i][j];
			*(floats *)(received->values[i] + x) =
			        *(const floats *)(sent->values[i] + x) + sum;
		}
	}
}

/* Columns [x, x + count) of one readout row: out of the image, mixed, and back. */
static void mix_columns(const struct geometry *g, const struct mix *mix, int row, int x, int count,
                        float *image)
{
	struct chunk sent = {{{0}}}, received;
	float *from[AMPLIFIERS];
	int step[AMPLIFIERS];
	for (int i = 0; i < AMPLIFIERS; i++) {
		from[i] = image + geometry_row_start(g, i, row, &step[i]);
		from[i] += (ptrdiff_t)x * step[i];
		for (int k = 0; k < count; k++)
			sent.values[i][k] = from[i][(ptrdiff_t)k * step[i]];
	}
	mix_chunk(mix, &sent, &received);
	for (int i = 0; i < AMPLIFIERS; i++) {
		for (int k = 0; k < count; k++)
			from[i][(ptrdiff_t)k * step[i]] = received.values[i][k];
	}
}

void crosstalk_add(const struct geometry *g, const struct crosstalk *crosstalk, float sign,
                   float *image)
{
	struct mix mix;
	for (int i = 0; i < AMPLIFIERS; i++) {
		for (int j = 0; j < AMPLIFIERS; j++)
			mix.coefficient[i][j] = sign * (float)crosstalk->coefficient[i][j];
	}
	for (int row = 0; row < g->data_height; row++) {
		for (int x = 0; x < g->data_width; x += CHUNK) {
			const int left = g->data_width - x;
			mix_columns(g, &mix, row, x, left < CHUNK ? left : CHUNK, image);
		}
	}
}

/* Marks the pixels of all receivers of amplifier `sender` that are read with pixel (column, row)
 * of it. */
static void mark_receivers(const struct geometry *g, const struct crosstalk *crosstalk, int sender,
                           int row, int column, int32_t *mask)
{
	for (int i = 0; i < AMPLIFIERS; i++) {
		int step;
		const size_t start = geometry_row_start(g, i, row, &step);
		if (crosstalk->coefficient[i][sender] != 0)
			mask[start + (size_t)((ptrdiff_t)column * step)] |= MASK_CROSSTALK;
	}
}

void crosstalk_mask(const struct geometry *g, const struct crosstalk *crosstalk,
                    struct frame *frame)
{
	for (int sender = 0; sender < AMPLIFIERS; sender++) {
		for (int row = 0; row < g->data_height; row++) {
			int step;
			const float *at = frame->image + geometry_row_start(g, sender, row, &step);
			for (int column = 0; column < g->data_width; column++, at += step) {
				if (*at > CROSSTALK_MASK_ADU)
					mark_receivers(g, crosstalk, sender, row, column,
					               frame->mask);
			}
		}
	}
}
