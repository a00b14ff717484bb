/* A recorder in a folder of its own, for the tests of what is recorded and loaded. Whatever does
 * not work out fails the test at once. */
#ifndef TESTS_RECORDED_H
#define TESTS_RECORDED_H

#include "fixture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEST(f) cmocka_unit_test_setup_teardown(f, recorded_set_up, recorded_tear_down)

int recorded_set_up(void **state);
int recorded_tear_down(void **state);

/* Puts one record, which has to be taken. */
void recorded_put(struct recorder *recorder, struct record record);

/* Closes the recorder, with a run that ended so. */
void recorded_close(struct recorder *recorder, enum run_state state);

/* What is in the file; the caller releases it. */
struct dataset recorded_load(const char *path);

/* Whether there is path with suffix behind it. */
bool recorded_exists(const char *path, const char *suffix);

/* How many entries the fixture's folder has. */
int recorded_entries(const struct fixture *fixture);

void recorded_write_file(const char *path, const void *data, size_t bytes);

/* A child that is killed while it writes leaves a file with its -wal. */
void recorded_leave_killed_run(const struct fixture *fixture, uint32_t tasks);

/* In a child process, as a lock of one's own cannot be seen. */
int recorded_in_child(int (*look)(const struct fixture *), const struct fixture *fixture);

#endif
