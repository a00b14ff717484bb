/* What other tools recorded of tasks, before it becomes a result: plain records with the place in a
 * file that each comes from. Made by the readers of single formats (perf_stat, gnu_time, task_csv,
 * level_csv); made into levels, trials and a result by commands/import. What is not in the files is
 * absent.
 *
 * A reader appends what one file holds, all of it or nothing: it begins with imported_mark and goes
 * back there with imported_rewind when the file has a problem. */
#ifndef FORMATS_IMPORT_IMPORTED_H
#define FORMATS_IMPORT_IMPORTED_H

#include "formats/problems.h"
#include "model/record.h"
#include "model/words.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* More tasks than this are not imported: a campaign has a million. */
enum { IMPORTED_MOST_TASKS = 4000000 };

struct imported_count {
	uint32_t event; /* index into imported.events */
	struct counter_value value;
};

/* A number that the task printed. */
struct imported_number {
	uint32_t name; /* index into imported.number_names */
	double value;
};

/* One task. record holds what formats tell of it (user_ns, max_rss_bytes, ..., state, exit_status);
 * its start_ns and end_ns are calendar times, both RECORD_ABSENT where they are not known. */
struct imported_task {
	struct task_record record;
	int64_t wall_ns;     /* RECORD_ABSENT: not known, and then the task counts for nothing */
	int64_t concurrency; /* RECORD_ABSENT: the file does not say */
	int64_t repeat;      /* which repeat (block), from 0; RECORD_ABSENT likewise */
	const char *policy;  /* of placement, in imported.texts; NULL: the file does not say */
	const char *file;    /* where it was read, in imported.texts */
	size_t line;         /* from 1 */
	struct imported_count *counts;
	size_t count_count;
	struct imported_number *numbers;
	size_t number_count;
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
	/* Named as the file names them ("cycles:u"), user-only as their modifier says. Clocks
	 * (task-clock) count nanoseconds. */
	struct event_definition events[RECORD_MAX_EVENTS];
	size_t event_count;
	struct words number_names;
	/* What the file says about the node and the source: host facts by name ("hostname",
	 * "processor"), "source", "command". Each is there once: the first that was read. */
	struct words facts;       /* names, */
	struct words fact_values; /* and their values, in the same order */
	/* What a person should be told: what was guessed, and what was passed over. Each once. */
	struct words remarks;
	struct words texts; /* names of files and policies, that tasks point to */
};

/* The text in imported->texts, added where it is new; NULL with -ENOMEM in err. It stays where it
 * is until imported is released, or rewound to a mark before it. */
const char *imported_text(struct imported *imported, const char *text, struct error *err);

/* Appends an empty task of file:line (everything absent); file is of imported_text. Returns NULL
 * with -ENOMEM or -E2BIG (too many tasks) in err. The pointer holds until the next one. */
struct imported_task *imported_add_task(struct imported *imported, const char *file, size_t line,
                                        struct error *err);

/* Takes the last task away again. */
void imported_drop_task(struct imported *imported);

/* The index of the event with this name, added where it is new; -E2BIG where there are too many
 * (err says which), -ENOMEM. */
int imported_event(struct imported *imported, const char *name, bool is_user_only,
                   uint32_t *ret_event, struct error *err);

/* Appends a count to a task; an event that the task has already is replaced by no other: -EEXIST.
 */
int imported_add_count(struct imported_task *task, uint32_t event,
                       const struct counter_value *value, struct error *err);

/* Appends a number that the task printed. */
int imported_add_number(struct imported *imported, struct imported_task *task, const char *name,
                        double value, struct error *err);

int imported_add_figure(struct imported *imported, int64_t concurrency,
                        const struct stated_figure *figure, struct error *err);

/* Adds a fact, unless one of that name is there. */
int imported_add_fact(struct imported *imported, const char *name, const char *value,
                      struct error *err);

/* The value of a fact, or NULL; as a count, -1 where it is absent or none. */
const char *imported_fact(const struct imported *imported, const char *name);
int64_t imported_fact_count(const struct imported *imported, const char *name);

/* Adds the fact that a comment of a table says: "hostname: node001"; what is no "name: value" is
 * passed over. */
int imported_note(struct imported *imported, const char *text, struct error *err);

/* Adds a remark, unless the same is there. */
int imported_add_remark(struct imported *imported, struct error *err, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* Whether an event counts in user mode only, as the modifier at the end of its name says:
 * "cycles:u", "cpu/event=0x3c/u"; not "cycles", "cycles:uk", "sched:sched_switch". */
bool imported_is_user_only(const char *event);

/* How far imported is filled. */
struct imported_mark {
	size_t tasks;
	size_t figures;
	size_t events;
	size_t number_names;
	size_t facts;
	size_t remarks;
	size_t texts;
};

struct imported_mark imported_mark(const struct imported *imported);

/* Takes away all that was added since. */
void imported_rewind(struct imported *imported, const struct imported_mark *mark);

void imported_release(struct imported *imported);

#define cleanup_imported __attribute__((cleanup(imported_release)))

#endif
