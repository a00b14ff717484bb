/* A fleet with a value of its own in every field, and a folder for its file, for the tests of fleet
 * files. */
#ifndef TESTS_FILED_FLEET_H
#define TESTS_FILED_FLEET_H

#include "model/fleet.h"

/* The state of a test. */
struct filed {
	char *folder;
	char path[128]; /* of a fleet file in it that is not there yet */
};

int filed_set_up(void **state);
int filed_tear_down(void **state);

#define FILED_TEST(name) cmocka_unit_test_setup_teardown(name, filed_set_up, filed_tear_down)

/* Five nodes with 0 to 4 attempts; lists of different lengths. Every seventh value that may be
 * absent is. fleet is {0}. */
void filed_fleet(struct fleet *fleet);

#endif
