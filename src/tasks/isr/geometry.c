#include "tasks/isr/geometry.h"

#include "core/error.h"

#include <errno.h>
#include <math.h>

static const char *const amplifier_names[AMPLIFIERS] = {
        "C10", "C11", "C12", "C13", "C14", "C15", "C16", "C17",
        "C07", "C06", "C05", "C04", "C03", "C02", "C01", "C00",
};

int geometry_init(double size, struct geometry *ret, struct error *err)
{
	if (!(size >= 0.1 && size <= 1))
		return error_set(err, EINVAL, "size %g is not between 0.1 and 1", size);
	*ret = (struct geometry){
	        .data_x = 3,
	        .data_width = (int)lround(509 * size),
	        .data_height = (int)lround(2000 * size),
	        .overscan_width = 32,
	        .parallel_overscan = 48,
	};
	return 0;
}

int geometry_raw_width(const struct geometry *g)
{
	return g->data_x + g->data_width + g->overscan_width;
}

int geometry_raw_height(const struct geometry *g)
{
	return g->data_height + g->parallel_overscan;
}

int geometry_ccd_width(const struct geometry *g)
{
	return g->data_width * AMPLIFIER_COLUMNS;
}

int geometry_ccd_height(const struct geometry *g)
{
	return g->data_height * (AMPLIFIERS / AMPLIFIER_COLUMNS);
}

size_t geometry_ccd_pixels(const struct geometry *g)
{
	return (size_t)geometry_ccd_width(g) * (size_t)geometry_ccd_height(g);
}

size_t geometry_raw_pixels(const struct geometry *g)
{
	return (size_t)geometry_raw_width(g) * (size_t)geometry_raw_height(g);
}

const char *geometry_amplifier_name(int amplifier)
{
	return amplifier_names[amplifier];
}

struct amplifier_place geometry_place(const struct geometry *g, int amplifier)
{
	const bool upper = amplifier < AMPLIFIER_COLUMNS;
	const int column = upper ? amplifier : AMPLIFIERS - 1 - amplifier;
	return (struct amplifier_place){
	        .x = column * g->data_width,
	        .y = upper ? g->data_height : 0,
	        .flip_x = !upper,
	        .flip_y = upper,
	};
}

int geometry_amplifier_at(const struct geometry *g, int x, int y)
{
	const int column = x / g->data_width;
	return y >= g->data_height ? column : AMPLIFIERS - 1 - column;
}

size_t geometry_row_start(const struct geometry *g, int amplifier, int row, int *ret_step)
{
	const struct amplifier_place place = geometry_place(g, amplifier);
	const int y = place.flip_y ? place.y + g->data_height - 1 - row : place.y + row;
	const int x = place.flip_x ? place.x + g->data_width - 1 : place.x;
	*ret_step = place.flip_x ? -1 : 1;
	return (size_t)y * (size_t)geometry_ccd_width(g) + (size_t)x;
}

void geometry_get_row(const struct geometry *g, int amplifier, int row, const float *plane,
                      float *ret_row)
{
	int step;
	const float *from = plane + geometry_row_start(g, amplifier, row, &step);
	for (int i = 0; i < g->data_width; i++, from += step)
		ret_row[i] = *from;
}

void geometry_put_row(const struct geometry *g, int amplifier, int row, const float *values,
                      float *plane)
{
	int step;
	float *to = plane + geometry_row_start(g, amplifier, row, &step);
	for (int i = 0; i < g->data_width; i++, to += step)
		*to = values[i];
}
