#include "tasks/isr/background.h"

#include "core/error.h"
#include "tasks/isr/frame.h"

#include <math.h>

/* Hoare's selection: afterwards values[rank] is what a sort would put there. */
static float select_rank(float *values, size_t count, size_t rank)
{
	ptrdiff_t low = 0, high = (ptrdiff_t)count - 1;
	const ptrdiff_t wanted = (ptrdiff_t)rank;
	while (low < high) {
		const float pivot = values[low + (high - low) / 2];
		ptrdiff_t i = low, j = high;
		while (i <= j) {
			while (values[i] < pivot)
				i++;
			while (values[j] > pivot)
				j--;
			if (i > j)
				break;
			const float swap = values[i];
			values[i++] = values[j];
			values[j--] = swap;
		}
		if (wanted <= j)
			high = j;
		else if (wanted >= i)
			low = i;
		else
			break;
	}
	return values[rank];
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
	cleanup_free float *values = malloc(sizeof *values * BACKGROUND_MESH * BACKGROUND_MESH);
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
