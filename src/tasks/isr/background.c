#include "tasks/isr/background.h"

#include "core/error.h"
#include "tasks/isr/frame.h"

#include <math.h>

enum { SAMPLE = 96, SAMPLE_MARGIN = 8 }; /* margin: somewhat more than a standard deviation */

/* Moves the values below the pivot to the front; returns how many. Values of a cell are noise: a
 * branch on them would be guessed wrong half of the time, so there is none. */
static size_t bring_below(float *values, size_t count, float pivot)
{
	size_t below = 0;
	for (size_t i = 0; i < count; i++) {
		const float value = values[i];
		values[i] = values[below];
		values[below] = value;
		below += value < pivot;
	}
	return below;
}

static size_t bring_equal(float *values, size_t count, float pivot)
{
	size_t equal = 0;
	for (size_t i = 0; i < count; i++) {
		const float value = values[i];
		values[i] = values[equal];
		values[equal] = value;
		equal += value == pivot;
	}
	return equal;
}

/* A value that lies a little beyond the rank on the side where more values are, so that those are
 * rid of at once: from an evenly spaced sample. */
static float choose_pivot(const float *values, size_t count, size_t rank)
{
	if (count <= (size_t)2 * SAMPLE)
		return values[rank];
	float sample[SAMPLE] = {0};
	for (size_t i = 0; i < SAMPLE; i++) {
		const float value = values[i * count / SAMPLE];
		size_t j = i;
		for (; j > 0 && sample[j - 1] > value; j--)
			sample[j] = sample[j - 1];
		sample[j] = value;
	}
	const size_t at = rank * SAMPLE / count;
	if (rank < count / 2)
		return sample[at + SAMPLE_MARGIN < SAMPLE ? at + SAMPLE_MARGIN : SAMPLE - 1];
	return sample[at > SAMPLE_MARGIN ? at - SAMPLE_MARGIN : 0];
}

/* The value that a sort would put at rank. Afterwards it is there, none before it is larger and
 * none behind it smaller. */
static float select_rank(float *values, size_t count, size_t rank)
{
	for (;;) {
		const float pivot = choose_pivot(values, count, rank);
		size_t passed = bring_below(values, count, pivot);
		if (rank < passed) {
			count = passed;
			continue;
		}
		if (passed == 0) {
			/* The pivot is the smallest: it and its equals are in place. */
			passed = bring_equal(values, count, pivot);
			if (rank < passed || passed == 0)
				return pivot;
		}
		values += passed;
		count -= passed;
		rank -= passed;
	}
}

void background_clipped(float *values, size_t count, double *ret_mean, double *ret_sigma)
{
	/* The median parts the values, so that each quartile is sought in its own half. */
	const size_t half = count / 2;
	double mean = (double)select_rank(values, count, half);
	const double lower = (double)select_rank(values, half + 1, count / 4);
	const double upper = (double)select_rank(values + half, count - half, count * 3 / 4 - half);
	double sigma = 0.741 * (upper - lower);
	for (int clip = 0; clip < BACKGROUND_CLIPS; clip++) {
		double sum = 0, squares = 0, kept = 0;
		for (size_t i = 0; i < count; i++) {
			const double off = (double)values[i] - mean;
			if (fabs(off) > BACKGROUND_CLIP_SIGMA * sigma)
				continue;
			sum += off;
			squares += off * off;
			kept++;
		}
		if (kept == 0)
			break;
		mean += sum / kept;
		sigma = sqrt(fmax(squares / kept - sum / kept * (sum / kept), 0));
	}
	*ret_mean = mean;
	*ret_sigma = sigma;
}

static size_t collect_cell(const struct frame *frame, int left, int bottom, float *ret_values)
{
	const int right =
	        left + BACKGROUND_MESH < frame->width ? left + BACKGROUND_MESH : frame->width;
	const int top =
	        bottom + BACKGROUND_MESH < frame->height ? bottom + BACKGROUND_MESH : frame->height;
	size_t count = 0;
	for (int y = bottom; y < top; y++) {
		const size_t row = (size_t)y * (size_t)frame->width;
		for (size_t i = row + (size_t)left; i < row + (size_t)right; i++) {
			if (frame->mask[i] == 0)
				ret_values[count++] = frame->image[i];
		}
	}
	return count;
}

static void summarise(float *means, float *sigmas, size_t used, struct background *ret)
{
	if (used == 0)
		return;
	ret->level = (double)select_rank(means, used, used / 2);
	ret->sigma = (double)select_rank(sigmas, used, used / 2);
	ret->flatness = (double)(select_rank(means, used, used - 1) - select_rank(means, used, 0)) /
	                ret->level;
}

int background_measure(const struct frame *frame, struct background *ret, struct error *err)
{
	struct background b = {
	        .level = (double)NAN,
	        .sigma = (double)NAN,
	        .flatness = (double)NAN,
	        .cells_x = (frame->width + BACKGROUND_MESH - 1) / BACKGROUND_MESH,
	        .cells_y = (frame->height + BACKGROUND_MESH - 1) / BACKGROUND_MESH,
	};
	const size_t cells = (size_t)b.cells_x * (size_t)b.cells_y;
	cleanup_free float *values =
	        calloc((size_t)BACKGROUND_MESH * BACKGROUND_MESH, sizeof *values);
	cleanup_free float *means = malloc(sizeof *means * cells);
	cleanup_free float *sigmas = malloc(sizeof *sigmas * cells);
	if (!values || !means || !sigmas)
		return error_memory(err);
	size_t used = 0;
	for (size_t cell = 0; cell < cells; cell++) {
		const int left = (int)(cell % (size_t)b.cells_x) * BACKGROUND_MESH;
		const int bottom = (int)(cell / (size_t)b.cells_x) * BACKGROUND_MESH;
		const size_t count = collect_cell(frame, left, bottom, values);
		if (count == 0)
			continue;
		double mean, sigma;
		background_clipped(values, count, &mean, &sigma);
		means[used] = (float)mean;
		sigmas[used++] = (float)sigma;
	}
	summarise(means, sigmas, used, &b);
	b.cells_used = (int)used;
	*ret = b;
	return 0;
}
