/* What the recorder is made of, for store/recorder*.c. */
#ifndef STORE_RECORDER_PARTS_H
#define STORE_RECORDER_PARTS_H

#include "core/error.h"
#include "core/helper_thread.h"
#include "model/sink.h"
#include "store/recorder.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>

struct place;
struct ring;
struct rows;

struct recorder {
	sqlite3 *db;
	struct rows *rows;
	struct ring *ring;
	struct sink sink;
	struct place *place;
	char *path; /* of the file that is written */
	struct helper_thread writer;
	int failure_fd;
	int64_t origin_calendar_ns;
	atomic_uint_fast64_t stored;
	/* The writer's first error: failure_code is set last, and never again. */
	struct error failure;
	atomic_int failure_code; /* -errno, or 0 */
	/* The writer's own. */
	uint32_t trial;        /* of the last record that named one */
	uint32_t waited_trial; /* for which store-slow was recorded */
	uint64_t waits_told;
	/* The writer ends without finishing the file: set by recorder_rest before it closes the
	 * ring. */
	bool is_resting;
	/* Set by recorder_close before it closes the ring. */
	enum run_state final_state;
	int64_t finished_calendar_ns;
};

/* The writer's first error, or 0. */
int recorder_failure(struct recorder *recorder, struct error *err);

/* Starts the thread that writes. Returns 0 or -errno. */
int recorder_start_writer(struct recorder *recorder, struct error *err);

/* Removes the journal that SQLite leaves beside a closed result when it cannot sync or remove it
 * itself. Returns 0 (none is there any more), or -errno: it cannot be removed, or belongs to the
 * result. */
int recorder_remove_journal(const char *path, struct error *err);

/* Says behind an error that the log beside the result belongs to it, where there is one. */
void recorder_tell_log(const char *path, struct error *err);

#endif
