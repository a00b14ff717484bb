/* Operations on files made by hand, for tests of analyse/io and report/io: a file system of a few
 * files, whose sizes follow from what is done to them. */
#ifndef TESTS_USED_H
#define TESTS_USED_H

#include "analyse/io/findings.h"

enum { USED_FILES = 32 };

struct used {
	struct io_profile profile;
	struct io_file files[USED_FILES];
	size_t file_count;
	int64_t now_ns;
	int64_t step_ns; /* that a call takes; another one passes before the next */
	struct io_process process;
};

void used_init(struct used *used);
void used_release(struct used *used);

/* A regular file with this size, IO_UNKNOWN: it is not there yet. Returns its number. */
uint32_t used_file(struct used *used, const char *path, int64_t size_bytes);

void used_open(struct used *used, uint32_t file);
void used_make(struct used *used, uint32_t file);
void used_read(struct used *used, uint32_t file, int64_t position, int64_t bytes);
void used_write(struct used *used, uint32_t file, int64_t position, int64_t bytes);

/* Another operation, as often as that. */
void used_do(struct used *used, uint32_t file, enum io_operation_kind kind, size_t times);

/* Sweeps: a file with a head, to which pieces are appended, each after all that is in it
 * was read in calls of read_bytes. */
void used_sweep(struct used *used, uint32_t file, int64_t head_bytes, size_t pieces,
                int64_t piece_bytes, int64_t read_bytes);

/* Fails the test where it cannot be built. */
void used_find(const struct used *used, struct io_findings *ret_findings);

/* The pattern of that kind, NULL: it was not found. */
const struct io_pattern *used_pattern(const struct io_findings *findings,
                                      enum io_pattern_kind kind);

#endif
