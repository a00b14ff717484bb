/* Records to rows: the prepared statements with which the writer fills a result file. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "model/dataset.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct rows;

/* Prepares statements on db, which must outlive them. trial_count is the plan's; counters of the
 * events that are not OK are not stored, their event says why, nor are those of events that are not
 * in the set of the task's trial. path is for messages. Returns 0 or -errno. */
int rows_new(sqlite3 *db, const char *path, size_t trial_count,
             const struct event_definition *events, size_t event_count,
             const struct event_sets *event_sets, struct rows **ret_rows, struct error *err);
void rows_free(struct rows *rows);

/* How many trials the plan has, and that it has more by now. Returns 0 or -ENOMEM. */
size_t rows_trial_count(const struct rows *rows);
int rows_grow(struct rows *rows, size_t trial_count, struct error *err);

int rows_begin(struct rows *rows, struct error *err);
int rows_commit(struct rows *rows, struct error *err);
void rows_rollback(struct rows *rows);

/* Writes one record inside a transaction. Returns 0 or -errno. */
int rows_put(struct rows *rows, const struct record *record, struct error *err);

#endif
