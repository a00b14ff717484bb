/* What other tools recorded of tasks, before it becomes a result: plain records with the place in a
 * file that each comes from. Made by the readers of single formats (perf_stat, gnu_time, task_csv,
 * level_csv); made into levels, trials and a result by commands/import. What is not in the files is
 * absent. */
#ifndef FORMATS_IMPORTED_H
#define FORMATS_IMPORTED_H

#include "formats/problems.h"
#include "model/record.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

struct imported_count {
	uint32_t event; /* index into imported.events */
	struct counter_value value;
};

/* One task. record holds what formats tell of it (user_ns, max_rss_bytes, ..., state, exit_status);
 * its start_ns and end_ns are calendar times, both RECORD_ABSENT where they are not known. */
struct imported_task {
	struct task_record record;
	int64_t wall_ns;     /* RECORD_ABSENT: not known, and then the task counts for nothing */
	int64_t concurrency; /* RECORD_ABSENT: the file does not say */
	int64_t repeat;      /* which repeat (block), from 0; RECORD_ABSENT likewise */
	char *file;          /* where it was read */
	size_t line;         /* from 1 */
	struct imported_count *counts;
	size_t count_count;
};

/* A figure of a level that was worked out by somebody else. */
struct imported_figure {
	int64_t concurrency;
	struct stated_figure figure; /* its level is filled in later */
};

struct imported {
	struct imported_task *tasks; /* in the order of files and lines */
	size_t task_count;
	size_t task_capacity;
	struct imported_figure *figures;
	size_t figure_count;
	size_t figure_capacity;
	/* Named as the file names them ("cycles:u"), user-only as their modifier says. */
	struct event_definition events[RECORD_MAX_EVENTS];
	size_t event_count;
	/* What the file says about the node and the source: host facts by name ("hostname",
	 * "processor"), "source", "command". */
	struct words facts;       /* names, */
	struct words fact_values; /* and their values, in the same order */
	/* What a person should be told: what was guessed, and what was passed over. */
	struct words remarks;
};

/* Appends an empty task of file:line (everything absent). Returns NULL with -ENOMEM in err. */
struct imported_task *imported_add_task(struct imported *imported, const char *file, size_t line,
                                        struct error *err);

/* The index of the event with this name, added where it is new; -E2BIG where there are too many
 * (err says which), -ENOMEM. */
int imported_event(struct imported *imported, const char *name, bool is_user_only,
                   uint32_t *ret_event, struct error *err);

/* Appends a count to a task; an event that the task has already is replaced by no other: -EEXIST.
 */
int imported_add_count(struct imported_task *task, uint32_t event,
                       const struct counter_value *value, struct error *err);

int imported_add_figure(struct imported *imported, int64_t concurrency,
                        const struct stated_figure *figure, struct error *err);

int imported_add_fact(struct imported *imported, const char *name, const char *value,
                      struct error *err);

void imported_release(struct imported *imported);

#define cleanup_imported __attribute__((cleanup(imported_release)))

#endif
