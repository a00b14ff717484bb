/* Makes a result file with all that is known before the first trial, under a temporary name, and
 * gives it its own name only when it is whole. */
#ifndef STORE_CREATE_H
#define STORE_CREATE_H

#include "model/dataset.h"
#include "model/plan.h"

#include <sqlite3.h>
#include <stddef.h>

struct error;
struct place;

struct create_content {
	const struct run_facts *run;
	const struct host_facts *host;
	const struct scenario *scenario;
	const struct plan *plan;
	const struct event_definition *events;
	size_t event_count;
	const struct words *inputs; /* NULL: none */
	/* Puts further rows into the file before anybody sees it; NULL: none. Returns 0 or -errno.
	 */
	int (*fill)(sqlite3 *db, const struct create_content *content, const char *path,
	            struct error *err);
	void *fill_data; /* for fill */
};

/* Fills a new database, which nobody else sees; path is its own name to be, what says what was
 * tried ("cannot write x.db"). Returns 0 or -errno. */
typedef int create_write(sqlite3 *db, const char *path, const void *data, const char *what,
                         struct error *err);

/* Makes a database at place_work(place), whole before it has its name. Returns 0, or -errno with
 * nothing left behind. */
int create_database(struct place *place, create_write *write, const void *data, struct error *err);

/* The same of a result file. */
int create_file(struct place *place, const struct create_content *content, struct error *err);

#endif
