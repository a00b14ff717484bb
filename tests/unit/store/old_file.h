/* A result file of an earlier version. Whatever does not work out fails the
 * test at once. */
#ifndef TESTS_OLD_FILE_H
#define TESTS_OLD_FILE_H

#include "fixture.h"
#include "store/load.h"

#include <stdint.h>

#define TEST(f) cmocka_unit_test_setup_teardown(f, old_file_set_up, old_file_tear_down)

int old_file_set_up(void **state);

int old_file_tear_down(void **state);

void old_file_load(const struct fixture *fixture, struct dataset *dataset);

const struct task_record *old_file_task(const struct dataset *dataset, uint32_t trial,
                                        uint32_t index);

/* What make_result of that time put: odd tasks had a peak, one went beyond its limit. */
void old_file_check(const struct dataset *dataset);

/* SQL that damages a file, and SQL that mends it again. */
struct damage {
	const char *bad;
	const char *undo;
};

/* The file is refused as damaged, and read when it is mended. */
void old_file_refuses(const struct fixture *fixture, const struct damage *damage);

int old_file_go_on(const struct fixture *fixture, struct recorder **ret_recorder,
                   struct error *err);

#endif
