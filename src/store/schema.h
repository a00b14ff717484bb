/* The tables of a result file; docs/result-file.md describes them for people. */
#ifndef STORE_SCHEMA_H
#define STORE_SCHEMA_H

#include <stdbool.h>

enum {
	SCHEMA_APPLICATION_ID = 0x706c746f, /* "plto" */
	/* user_version of the files written. 2: what is needed to go on with a run (run.program_*,
	 * run.working_folder, input.bytes, input.mtime_ns). 3: of a task, where its time off the
	 * CPU went (run_delay_ns, block_delay_ns, page_in_delay_ns), and peak_pss_bytes and
	 * exceeded_memory_limit, which were rows of sample. 4: what an event was chosen from
	 * (counter_event.metric, choice, remedy, note), sets of events (event_set,
	 * trial.event_set), memory by more methods (task.peak_rss_bytes, cgroup_peak_bytes,
	 * rss_samples, pss_samples), numbers that tasks print (figure), and the CPU or package of a
	 * sample (sample.place). 5: what was not measured by plateau (run.imported, run.source,
	 * trial.durations_only, task.cpu_ns, and stated: figures of levels that others worked out).
	 * Files from 1 on are read; those from 2 on become the present version when a run goes on
	 * (store/upgrade). */
	SCHEMA_VERSION = 5
};

struct schema_entry {
	const char *name;
	bool is_table; /* else a view, for people: plateau itself reads tables only */
	const char *sql;
	int since; /* the version that brought it */
};

/* Every table, then every view, in the order in which they can be created; ends with name NULL. */
extern const struct schema_entry schema_entries[];

/* A kind of file: what tells it from others, and what it holds. */
struct schema {
	const char *words; /* "a plateau result file" */
	int application_id;
	int version; /* of the files written; those from 1 on are read */
	const struct schema_entry *entries;
};

extern const struct schema schema_result;

#endif
