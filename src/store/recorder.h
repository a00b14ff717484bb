/* Writes a result file while a run goes on: a sink whose records travel through a bounded ring to
 * a writer thread, which puts them into the file and commits at least every 100 ms.
 *
 * Order of calls: recorder_create, which makes the file with everything that is known before the
 * first trial, or recorder_open, which goes on with one; sink_put from one thread; recorder_close.
 * Between the last two any thread may ask recorder_stored. The file appears under its name complete
 * with run, host, scenario and plan, and from then on opens at any moment, however the process
 * ends. */
#ifndef STORE_RECORDER_H
#define STORE_RECORDER_H

#include "model/dataset.h"
#include "model/plan.h"
#include "model/sink.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct error;
struct recorder;

/* The host fact with the SHA-256 of run.scenario_json, if the caller of recorder_create gives it:
 * whoever goes on with a result believes that scenario, and must see that it was not edited.
 * recorder_open keeps it up to date. */
#define RECORDER_SEAL "scenario_json_sha256"

/* Creates the result file at path and starts the writer. The plan's trials are stored as pending;
 * the trial with index i has the id i + 1. topology XML is taken from host. Nothing is kept of
 * the arguments. An existing file is never overwritten without force, and one that a running
 * plateau writes never at all.
 *   events  event_count of them (at most RECORD_MAX_EVENTS), the order of the counters
 *   inputs  the paths that input indexes speak of, NULL: none
 * Returns 0, -EEXIST (the file, or the -wal or -journal of an earlier one, is there), -EBUSY (it
 * is being written), -EINVAL, or -errno of what the file system said; nothing is left behind then.
 */
int recorder_create(const char *path, bool force, const struct run_facts *run,
                    const struct host_facts *host, const struct scenario *scenario,
                    const struct plan *plan, const struct event_definition *events,
                    size_t event_count, const struct words *inputs, struct recorder **ret_recorder,
                    struct error *err);

/* Whether recorder_create would refuse path as things stand now, for telling so before a run is
 * prepared. Returns 0, -EEXIST, -EBUSY or -errno as there. */
int recorder_check(const char *path, bool force, struct error *err);

/* Goes on with the result of a run that has ended, in whatever way. The result belongs to path;
 * before is what load_dataset gave for it, and before->path where it is (store/place). plan must
 * begin as the one in the file: its further trials are added as pending. scenario_json is the
 * effective scenario from now on. A trial that was cut off gets the state interrupted; its
 * repetition is a further attempt. Returns 0; -EBUSY (it is being written, or was gone on with
 * since it was loaded); or -errno. The file is as it was then, but for its log, which may have
 * been rolled in. */
int recorder_open(const char *path, const struct dataset *before, const struct plan *plan,
                  const char *scenario_json, struct recorder **ret_recorder, struct error *err);

/* The file that is written. *ret_kept_from gets the kind of network file system because of which
 * that is not the result's own place, or NULL; it is static. */
const char *recorder_work(const struct recorder *recorder, const char **ret_kept_from);

/* The sink, valid until recorder_close. Its put allocates nothing and makes no system call unless
 * the writer is to be woken or the ring is full; then it waits, and the wait is recorded as the
 * warning store-slow. */
const struct sink *recorder_sink(struct recorder *recorder);

/* An eventfd that becomes readable when the writer has failed; put and close return the error. */
int recorder_failure_fd(const struct recorder *recorder);

/* How many tasks are in committed transactions, those of earlier parts of the run too. */
uint64_t recorder_stored(const struct recorder *recorder);

/* The writer's thread id, for binding it away from the tasks' PUs with sched_setaffinity. */
pid_t recorder_thread_id(const struct recorder *recorder);

/* A run that grows while it goes on: between two of its parts the recorder rests, and the file is
 * still held against everybody else.
 *
 * recorder_rest waits until everything that was put is in the file. Nothing may be put and the
 * writer has no thread until recorder_go_on; recorder_close may come instead. Returns 0, or -errno
 * of the writer's first error, or of starting the thread. */
int recorder_rest(struct recorder *recorder, struct error *err);
int recorder_go_on(struct recorder *recorder, struct error *err);

/* While it rests: makes a copy at path, where nothing may be, which reads as the result of a run
 * that has ended. Returns 0 or -errno; what was made then is removed. */
int recorder_copy(const struct recorder *recorder, const char *path, struct error *err);

/* While it rests: the plan has further trials behind those that it had, which are stored as
 * pending; scenario_json is the effective scenario from now on. Returns 0, or -errno with the file
 * as it was. */
int recorder_extend(struct recorder *recorder, const struct plan *plan, const char *scenario_json,
                    struct error *err);

/* Waits until everything is written, stores how the run ended, turns the file into a single one
 * without a log beside it, moves it to its place where it was written elsewhere, and frees the
 * recorder, whatever is returned. finished_calendar_ns may
 * be RECORD_ABSENT. NULL is allowed. Returns 0, or -errno of the writer's first error; err says
 * where the file is when that is not its place. */
int recorder_close(struct recorder *recorder, enum run_state state, int64_t finished_calendar_ns,
                   struct error *err);

#endif
