/* Pointings made by hand, and the sky map that they are counted on. Whatever does not work out
 * fails the test at once. */
#ifndef TESTS_POINTED_H
#define TESTS_POINTED_H

#include "analyse/capacity/overlaps.h"

/* The map of DC2, made before a group of tests and released behind it. */
extern struct skymap pointed_map;

int pointed_make_map(void **state);
int pointed_release_map(void **state);

/* Right ascension and declination in degrees. */
void pointed_add(struct pointings *pointings, double ra, double dec, const char *band);

/* Over the whole sky; the radius of the field in degrees. */
void pointed_count(const struct skymap *map, const struct pointings *pointings, double radius,
                   struct overlaps *ret_overlaps);

#endif
