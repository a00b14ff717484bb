/* A circle on the sky and a box in the picture of a tract: whether they touch, and how much of the
 * box is covered. Private to overlaps.c; a file of its own because it is geometry alone.
 *
 * With the tract's centre c, and E and N the directions east and north there, the point of the
 * picture at (e, n) is the direction c + e E + n N, and the circle of radius r about p is where
 *
 *     f(e, n) = p.c + e p.E + n p.N - cos(r) sqrt(1 + e^2 + n^2) >= 0.
 *
 * For r below 90 degrees f is concave: the circle is a convex figure in the plane, an ellipse where
 * it keeps away from the plane's horizon. */
#ifndef ANALYSE_CAPACITY_FIELD_BOX_H
#define ANALYSE_CAPACITY_FIELD_BOX_H

#include "analyse/capacity/skymap.h"

#include <stdbool.h>

/* A circle as a tract sees it. */
struct field {
	double at_centre; /* p.c */
	double east;      /* p.E */
	double north;     /* p.N */
	double cos_radius;
	double sin_radius;
};

/* The field about (ra, dec) seen from a tract whose centre has that declination and is d_ra before
 * it in right ascension; of the angles sines and cosines. */
struct field field_seen(double sin_dec, double cos_dec, double tract_sin_dec, double tract_cos_dec,
                        double d_ra, double cos_radius, double sin_radius);

/* Whether a point of the box is in the circle; exact. */
bool field_touches(const struct field *field, const struct skymap_box *box);

/* Whether all of the box is; exact. */
bool field_holds(const struct field *field, const struct skymap_box *box);

/* Which part of the box's area in the picture is in the circle, 0 to 1. The circle must keep away
 * from the plane's horizon (p.c > sin r). */
double field_coverage(const struct field *field, const struct skymap_box *box);

#endif
