#include "tasks/isr/convolve.h"

#include "core/error.h"
#include "tasks/isr/pixels.h"
#include "tasks/vector.h"

#include <string.h>

enum {
	FOLDS = KERNEL_RADIUS + 1,
	VECTORS = CONVOLVE_BLOCK / VECTOR_LANES,
	FOLD_STRIDE = CONVOLVE_CHUNK + 2 * CONVOLVE_PAD,
};

_Static_assert(VECTORS == 4, "the sums of a block are written out");

/* Room for the columns on both sides and for a last block that overhangs. */
static size_t padded_stride(int width)
{
	const size_t blocks = ((size_t)width + CONVOLVE_BLOCK - 1) / CONVOLVE_BLOCK;
	return blocks * CONVOLVE_BLOCK + (size_t)2 * CONVOLVE_PAD;
}

int plane_init(int width, int height, struct plane *ret, struct error *err)
{
	const size_t stride = padded_stride(width);
	double *const data = pixels_new(stride * (size_t)height, sizeof *data);
	if (!data)
		return error_memory(err);
	*ret = (struct plane){.width = width, .height = height, .stride = stride, .data = data};
	return 0;
}

void plane_release(struct plane *plane)
{
	if (!plane)
		return;
	free(plane->data);
	*plane = (struct plane){0};
}

double *plane_row(const struct plane *plane, int y)
{
	const int inside = y < 0 ? 0 : y >= plane->height ? plane->height - 1 : y;
	return plane->data + (size_t)inside * plane->stride + CONVOLVE_PAD;
}

void plane_pad_row(const struct plane *plane, int y)
{
	double *const row = plane_row(plane, y);
	const size_t end = plane->stride - CONVOLVE_PAD;
	for (int x = 1; x <= CONVOLVE_PAD; x++)
		row[-x] = row[0];
	for (size_t x = (size_t)plane->width; x < end; x++)
		row[x] = row[plane->width - 1];
}

static bool is_mirrored(const struct kernel *kernel)
{
	for (int i = 0; i < KERNEL_SIDE; i++) {
		for (int j = 0; j < KERNEL_SIDE; j++) {
			const double w = kernel->weight[i][j];
			if (w != kernel->weight[KERNEL_SIDE - 1 - i][j] ||
			    w != kernel->weight[i][KERNEL_SIDE - 1 - j])
				return false;
		}
	}
	return true;
}

int convolver_init(const struct kernel *kernel, int width, struct convolver *ret, struct error *err)
{
	const size_t stride = padded_stride(width), chunk = (size_t)FOLDS * FOLD_STRIDE;
	double *const folds = calloc(stride > chunk ? stride : chunk, sizeof *folds);
	if (!folds)
		return error_memory(err);
	*ret = (struct convolver){
	        .kernel = *kernel,
	        .folded = is_mirrored(kernel),
	        .stride = stride,
	        .folds = folds,
	};
	return 0;
}

void convolver_release(struct convolver *convolver)
{
	if (!convolver)
		return;
	free(convolver->folds);
	*convolver = (struct convolver){0};
}

MULTIVERSION static void fold_rows(const double *above, const double *below, size_t count,
                                   double *ret_fold)
{
	for (size_t i = 0; i < count; i += VECTOR_LANES)
		VECTOR_AT(ret_fold + i) = VECTOR_OF(above + i) + VECTOR_OF(below + i);
}

/* The row dot products of a mirrored kernel over rows that are folded already. The sums are four
 * variables: as an array gcc keeps them in memory at -O2, which takes twice as long. */
MULTIVERSION static void sum_folded(const struct kernel *kernel, const double *folds, size_t count,
                                    double *ret_row)
{
	for (size_t x = 0; x < count; x += CONVOLVE_BLOCK) {
		vector a = {0}, b = {0}, c = {0}, d = {0};
		for (int k = 0; k < FOLDS; k++) {
			const double *const at = folds + (size_t)k * FOLD_STRIDE + CONVOLVE_PAD + x;
			const double *const weight =
			        kernel->weight[KERNEL_RADIUS + k] + KERNEL_RADIUS;
			a += VECTOR_OF(at) * weight[0];
			b += VECTOR_OF(at + VECTOR_LANES) * weight[0];
			c += VECTOR_OF(at + 2 * VECTOR_LANES) * weight[0];
			d += VECTOR_OF(at + 3 * VECTOR_LANES) * weight[0];
			for (int j = 1; j <= KERNEL_RADIUS; j++) {
				const double *const left = at - j, *const right = at + j;
				a += (VECTOR_OF(left) + VECTOR_OF(right)) * weight[j];
				b += (VECTOR_OF(left + VECTOR_LANES) +
				      VECTOR_OF(right + VECTOR_LANES)) *
				     weight[j];
				c += (VECTOR_OF(left + 2 * VECTOR_LANES) +
				      VECTOR_OF(right + 2 * VECTOR_LANES)) *
				     weight[j];
				d += (VECTOR_OF(left + 3 * VECTOR_LANES) +
				      VECTOR_OF(right + 3 * VECTOR_LANES)) *
				     weight[j];
			}
		}
		VECTOR_AT(ret_row + x) = a;
		VECTOR_AT(ret_row + x + VECTOR_LANES) = b;
		VECTOR_AT(ret_row + x + 2 * VECTOR_LANES) = c;
		VECTOR_AT(ret_row + x + 3 * VECTOR_LANES) = d;
	}
}

/* One row of a kernel of any shape over one row of the plane, added to ret_row. */
MULTIVERSION static void add_row(const double *weight, const double *row, size_t count,
                                 double *ret_row)
{
	for (size_t x = 0; x < count; x += CONVOLVE_BLOCK) {
		vector a = VECTOR_OF(ret_row + x);
		vector b = VECTOR_OF(ret_row + x + VECTOR_LANES);
		vector c = VECTOR_OF(ret_row + x + 2 * VECTOR_LANES);
		vector d = VECTOR_OF(ret_row + x + 3 * VECTOR_LANES);
		for (int j = 0; j < KERNEL_SIDE; j++) {
			const double *const at = row + x - j + KERNEL_RADIUS;
			a += VECTOR_OF(at) * weight[j];
			b += VECTOR_OF(at + VECTOR_LANES) * weight[j];
			c += VECTOR_OF(at + 2 * VECTOR_LANES) * weight[j];
			d += VECTOR_OF(at + 3 * VECTOR_LANES) * weight[j];
		}
		VECTOR_AT(ret_row + x) = a;
		VECTOR_AT(ret_row + x + VECTOR_LANES) = b;
		VECTOR_AT(ret_row + x + 2 * VECTOR_LANES) = c;
		VECTOR_AT(ret_row + x + 3 * VECTOR_LANES) = d;
	}
}

/* Columns [x, x + count) of row y by folds. */
static void sum_chunk(const struct convolver *convolver, const struct plane *plane, int y, size_t x,
                      size_t count, double *ret_row)
{
	const size_t columns = count + (size_t)2 * CONVOLVE_PAD;
	double *const folds = convolver->folds;
	memcpy(folds, plane_row(plane, y) - CONVOLVE_PAD + x, columns * sizeof *folds);
	for (int k = 1; k < FOLDS; k++)
		fold_rows(plane_row(plane, y - k) - CONVOLVE_PAD + x,
		          plane_row(plane, y + k) - CONVOLVE_PAD + x, columns,
		          folds + (size_t)k * FOLD_STRIDE);
	sum_folded(&convolver->kernel, folds, count, ret_row + x);
}

void convolver_row(const struct convolver *convolver, const struct plane *plane, int y,
                   double *ret_row)
{
	const size_t count = convolver->stride - (size_t)2 * CONVOLVE_PAD;
	if (!convolver->folded) {
		for (size_t x = 0; x < count; x++)
			ret_row[x] = 0;
		for (int i = 0; i < KERNEL_SIDE; i++)
			add_row(convolver->kernel.weight[i],
			        plane_row(plane, y - (i - KERNEL_RADIUS)), count, ret_row);
		return;
	}
	for (size_t x = 0; x < count; x += CONVOLVE_CHUNK)
		sum_chunk(convolver, plane, y, x,
		          count - x < CONVOLVE_CHUNK ? count - x : CONVOLVE_CHUNK, ret_row);
}
