#include "analyse/capacity/field_box.h"

#include "core/array.h"

#include <math.h>
#include <stddef.h>

struct field field_seen(double sin_dec, double cos_dec, double tract_sin_dec, double tract_cos_dec,
                        double d_ra, double cos_radius, double sin_radius)
{
	const double x = cos_dec * cos(d_ra);
	return (struct field){
	        .at_centre = x * tract_cos_dec + sin_dec * tract_sin_dec,
	        .east = cos_dec * sin(d_ra),
	        .north = sin_dec * tract_cos_dec - x * tract_sin_dec,
	        .cos_radius = cos_radius,
	        .sin_radius = sin_radius,
	};
}

static double clamp(double value, double low, double high)
{
	return value < low ? low : value > high ? high : value;
}

/* f at a point. */
static double height(const struct field *field, double east, double north)
{
	return field->at_centre + east * field->east + north * field->north -
	       field->cos_radius * sqrt(1 + east * east + north * north);
}

/* Where f is largest along a line at the distance `across` from the centre, on which f rises with
 * `slope` (field->north or field->east) and which is looked at from low to high. */
static double highest_along(const struct field *field, double across, double slope, double low,
                            double high)
{
	const double t = slope / field->cos_radius;
	if (t >= 1)
		return high;
	if (t <= -1)
		return low;
	return clamp(t * sqrt((1 + across * across) / (1 - t * t)), low, high);
}

bool field_touches(const struct field *field, const struct skymap_box *box)
{
	const double slope2 = (field->east * field->east + field->north * field->north) /
	                      (field->cos_radius * field->cos_radius);
	/* The highest point, if there is one, in the box. */
	if (slope2 < 1) {
		const double scale = 1 / (field->cos_radius * sqrt(1 - slope2));
		const double e = field->east * scale;
		const double n = field->north * scale;
		if (e >= box->east_from && e <= box->east_to && n >= box->north_from &&
		    n <= box->north_to)
			return height(field, e, n) >= 0;
	}
	/* Else the highest of the box is on its edges. */
	const double easts[] = {box->east_from, box->east_to};
	const double norths[] = {box->north_from, box->north_to};
	for (size_t i = 0; i < 2; i++) {
		const double n = highest_along(field, easts[i], field->north, box->north_from,
		                               box->north_to);
		const double e =
		        highest_along(field, norths[i], field->east, box->east_from, box->east_to);
		if (height(field, easts[i], n) >= 0 || height(field, e, norths[i]) >= 0)
			return true;
	}
	return false;
}

bool field_holds(const struct field *field, const struct skymap_box *box)
{
	return height(field, box->east_from, box->north_from) >= 0 &&
	       height(field, box->east_to, box->north_from) >= 0 &&
	       height(field, box->east_from, box->north_to) >= 0 &&
	       height(field, box->east_to, box->north_to) >= 0;
}

/* The stretch of a line of the plane. */
struct stretch {
	double from;
	double to;
};

/* The chord of the circle at the distance `across` from the centre: f = 0, squared, is a quadratic
 * equation along it. across_slope is p's component across, along_slope along. False: there is none.
 */
static bool find_chord(const struct field *field, double across, double across_slope,
                       double along_slope, struct stretch *ret_chord)
{
	const double cos2 = field->cos_radius * field->cos_radius;
	const double a = cos2 - along_slope * along_slope;
	const double b = field->at_centre + across * across_slope;
	const double root2 = b * b - a * (1 + across * across);
	if (root2 <= 0)
		return false;
	const double root = field->cos_radius * sqrt(root2);
	*ret_chord = (struct stretch){(b * along_slope - root) / a, (b * along_slope + root) / a};
	return true;
}

/* How far the circle reaches to the north and south: where a plane through the eye and a line of
 * constant n touches its cone. */
static struct stretch find_reach(const struct field *field)
{
	const double c = field->at_centre;
	const double s = field->sin_radius;
	const double a = c * c - s * s;
	const double root2 = c * c + field->north * field->north - s * s;
	const double root = root2 > 0 ? s * sqrt(root2) : 0;
	return (struct stretch){(c * field->north - root) / a, (c * field->north + root) / a};
}

/* The area of the part of the box between two norths, over which the figure has no corner. At its
 * ends the circle may close, as a root of the distance: with north = from + (to - from) u^2 (3 -
 * 2u) there is none in u, and six points of Gauss and Legendre do. */
static double sum_strip(const struct field *field, const struct skymap_box *box, double from,
                        double to)
{
	static const double nodes[] = {0.2386191860831969, 0.6612093864662645, 0.9324695142031521};
	static const double weights[] = {0.4679139345726910, 0.3607615730481386,
	                                 0.1713244923791704};
	double sum = 0;
	for (size_t i = 0; i < 2 * ARRAY_LENGTH(nodes); i++) {
		const double u = (1 + (i % 2 ? nodes[i / 2] : -nodes[i / 2])) / 2;
		const double north = from + (to - from) * u * u * (3 - 2 * u);
		struct stretch chord;
		if (!find_chord(field, north, field->north, field->east, &chord))
			continue;
		const double length =
		        fmin(chord.to, box->east_to) - fmax(chord.from, box->east_from);
		if (length > 0)
			sum += weights[i / 2] * 6 * u * (1 - u) * length;
	}
	return sum * (to - from) / 2;
}

/* Puts a place between others that ascend, unless it is outside of them. */
static size_t add_cut(double *cuts, size_t count, double at)
{
	if (!(at > cuts[0]) || !(at < cuts[count - 1]))
		return count;
	size_t i = count;
	for (; cuts[i - 1] > at; i--)
		cuts[i] = cuts[i - 1];
	cuts[i] = at;
	return count + 1;
}

double field_coverage(const struct field *field, const struct skymap_box *box)
{
	const struct stretch reach = find_reach(field);
	const double from = fmax(reach.from, box->north_from);
	const double to = fmin(reach.to, box->north_to);
	if (!(to > from))
		return 0;
	/* The figure has corners where the circle crosses the sides of the box. */
	double cuts[6] = {from, to};
	size_t count = 2;
	const double sides[] = {box->east_from, box->east_to};
	for (size_t i = 0; i < ARRAY_LENGTH(sides); i++) {
		struct stretch chord;
		if (!find_chord(field, sides[i], field->east, field->north, &chord))
			continue;
		count = add_cut(cuts, count, chord.from);
		count = add_cut(cuts, count, chord.to);
	}
	double sum = 0;
	for (size_t i = 1; i < count; i++)
		sum += sum_strip(field, box, cuts[i - 1], cuts[i]);
	const double area = (box->east_to - box->east_from) * (box->north_to - box->north_from);
	return clamp(sum / area, 0, 1);
}
