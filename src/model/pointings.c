#include "model/pointings.h"

#include "core/array.h"
#include "core/error.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int pointings_band(struct pointings *pointings, const char *name, uint32_t *ret_band,
                   struct error *err)
{
	struct words *const bands = &pointings->bands;
	for (size_t i = 0; i < bands->count; i++) {
		if (strcmp(bands->items[i], name) != 0)
			continue;
		*ret_band = (uint32_t)i;
		return 0;
	}
	if (bands->count >= POINTINGS_MOST_BANDS)
		return error_set(err, E2BIG, "more than %d bands", POINTINGS_MOST_BANDS);
	const int r = words_add(bands, name, err);
	if (r == 0)
		*ret_band = (uint32_t)(bands->count - 1);
	return r;
}

int pointings_add(struct pointings *pointings, double ra_deg, double dec_deg, uint32_t band,
                  struct error *err)
{
	if (pointings->count >= POINTINGS_MOST)
		return error_set(err, E2BIG, "more than %d visits", POINTINGS_MOST);
	const int r = array_reserve(&pointings->items, &pointings->capacity, pointings->count + 1,
	                            sizeof *pointings->items, err);
	if (r < 0)
		return r;
	double ra = fmod(ra_deg, 360);
	if (ra < 0)
		ra += 360;
	/* The sum with a tiny angle below 0 is 360 itself. */
	if (ra >= 360)
		ra = 0;
	pointings->items[pointings->count++] =
	        (struct pointing){.ra_deg = ra, .dec_deg = dec_deg, .band = band};
	return 0;
}

/* Bands by wavelength; one that is not among them comes behind. */
static size_t rank_of(const char *band)
{
	static const char order[] = "ugrizy";
	const char *const found = band[0] ? strchr(order, band[0]) : NULL;
	return found && band[1] == '\0' ? (size_t)(found - order) : sizeof order;
}

static int by_wavelength(const void *a, const void *b)
{
	const char *const x = *(char *const *)a;
	const char *const y = *(char *const *)b;
	const size_t rank_x = rank_of(x);
	const size_t rank_y = rank_of(y);
	if (rank_x != rank_y)
		return rank_x < rank_y ? -1 : 1;
	return strcmp(x, y);
}

void pointings_sort_bands(struct pointings *pointings)
{
	struct words *const bands = &pointings->bands;
	uint32_t places[POINTINGS_MOST_BANDS] = {0};
	char *before[POINTINGS_MOST_BANDS];
	if (bands->count < 2)
		return;
	memcpy(before, bands->items, bands->count * sizeof *before);
	qsort(bands->items, bands->count, sizeof *bands->items, by_wavelength);
	for (size_t i = 0; i < bands->count; i++)
		for (size_t k = 0; k < bands->count; k++)
			if (before[i] == bands->items[k])
				places[i] = (uint32_t)k;
	for (size_t i = 0; i < pointings->count; i++)
		pointings->items[i].band = places[pointings->items[i].band];
}

void pointings_release(struct pointings *pointings)
{
	if (!pointings)
		return;
	words_release(&pointings->bands);
	words_release(&pointings->remarks);
	words_release(&pointings->warnings);
	free(pointings->items);
	*pointings = (struct pointings){0};
}
