/* Where a telescope pointed: one exposure of the whole field (a visit) each, in a band. Read by
 * formats/capacity/pointings_csv, laid over a sky map by analyse/capacity/overlaps. */
#ifndef MODEL_POINTINGS_H
#define MODEL_POINTINGS_H

#include "model/words.h"

#include <stddef.h>
#include <stdint.h>

struct error;

enum {
	POINTINGS_MOST = 4000000,  /* more are not taken: twice what a survey of ten years has */
	POINTINGS_MOST_BANDS = 64, /* more are no bands */
	POINTINGS_BAND_BYTES = 64, /* of a band's name */
};

struct pointing {
	double ra_deg;  /* 0 or more, below 360 */
	double dec_deg; /* -90 to 90 */
	uint32_t band;  /* index into bands */
};

struct pointings {
	struct words bands; /* in the order in which they come; pointings_sort_bands: as they are
	                     * shown */
	struct pointing *items;
	size_t count;
	size_t capacity;
	struct words remarks;  /* what a person should know: guesses */
	struct words warnings; /* what makes an answer doubtful */
};

/* The index of a band, added where it is new. Returns 0, -E2BIG (POINTINGS_MOST_BANDS), -ENOMEM. */
int pointings_band(struct pointings *pointings, const char *name, uint32_t *ret_band,
                   struct error *err);

/* Appends a visit. Angles must be finite and dec_deg within -90 to 90; ra_deg is put into [0, 360).
 * Returns 0, -E2BIG (POINTINGS_MOST), -ENOMEM. */
int pointings_add(struct pointings *pointings, double ra_deg, double dec_deg, uint32_t band,
                  struct error *err);

/* Puts the bands into the order of their wavelengths (u g r i z y; the others behind, by name), so
 * that an answer does not depend on which visit came first. */
void pointings_sort_bands(struct pointings *pointings);

void pointings_release(struct pointings *pointings);

#define cleanup_pointings __attribute__((cleanup(pointings_release)))

#endif
