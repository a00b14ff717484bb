/* The tables of a fleet file: which there are, whose rows they hold, and for every column where its
 * value is in memory. Writing, reading and the SQL that makes the tables all follow from this one
 * list; docs/fleet-file.md describes it for people. */
#ifndef STORE_FLEET_SCHEMA_H
#define STORE_FLEET_SCHEMA_H

#include "core/str.h"
#include "store/schema.h"

#include <stddef.h>
#include <stdint.h>

enum {
	FLEET_APPLICATION_ID = 0x706c666c, /* "plfl" */
	/* user_version of the files written. A word that is new in one of the lists (a verdict, a
	 * measure) is a new version, too: an older plateau does not know what to make of it. 2:
	 * judgement.measure. 3: the table ranked, report.result_bytes and report.result_sha256.
	 * Files from 1 on are read. */
	FLEET_VERSION = 3
};

/* How a value stands in memory, and what its column may hold. */
enum fleet_column_kind {
	COLUMN_TEXT,    /* char *, owned; never NULL */
	COLUMN_TEXT_OR, /* NULL: NULL */
	COLUMN_BUFFER,  /* char[most] */
	COLUMN_UINT32,  /* from low on */
	COLUMN_INT32,
	COLUMN_UINT64,
	COLUMN_TIME,  /* int64_t, calendar, ns; RECORD_ABSENT: NULL */
	COLUMN_BYTES, /* int64_t; RECORD_ABSENT: NULL */
	COLUMN_REAL,  /* double; NAN: NULL */
	COLUMN_FLAG,  /* bool */
	COLUMN_WORD   /* enum, one of `words` */
};

struct fleet_column {
	const char *name; /* of the last: NULL */
	enum fleet_column_kind kind;
	size_t offset;     /* in the struct whose rows the table holds */
	int64_t low;       /* of integers: the least that there can be */
	size_t most;       /* bytes of a buffer; how many words there are */
	const void *words; /* the first of `most` pointers to a name, word_stride bytes apart */
	size_t word_stride;
	int since; /* the version that brought it; 0: the first. NULL in files before it */
};

enum fleet_shape {
	SHAPE_FLEET,   /* one row: struct fleet */
	SHAPE_NODE,    /* struct fleet_node; key: node, from 0, in their order */
	SHAPE_ATTEMPT, /* struct fleet_attempt; key: attempt, from 0, by node and number; node */
	SHAPE_ALWAYS,  /* a struct in every attempt; key: attempt */
	SHAPE_ONE,     /* a struct in an attempt, if it is there; key: attempt */
	SHAPE_MANY     /* a list in an attempt; key: attempt, item (from 0) */
};

struct fleet_table {
	const char *name; /* of the last: NULL */
	enum fleet_shape shape;
	size_t offset;       /* in struct fleet_attempt: of the struct, or of the list's pointer */
	size_t count_offset; /* of the bool that says whether it is there, or of the list's size_t
	                      */
	size_t item_bytes;   /* of a list */
	const struct fleet_column *columns;
};

/* In the order in which they can be filled. */
extern const struct fleet_table fleet_tables[];

/* The entries of the tables have no SQL, fleet_schema_sql makes it; those of views have. */
extern const struct schema schema_fleet;

/* The name at index of a column's words. */
const char *fleet_column_word(const struct fleet_column *column, size_t index);

/* The version that brought a table. */
int fleet_table_since(const struct fleet_table *table);

/* How many key columns stand before a table's own, and their names. */
size_t fleet_table_keys(const struct fleet_table *table, const char *ret_names[2]);

/* "CREATE TABLE ...", "INSERT INTO ...", "SELECT ... ORDER BY (keys)" from a file of this version.
 */
void fleet_schema_create(const struct fleet_table *table, struct str *sql);
void fleet_schema_insert(const struct fleet_table *table, struct str *sql);
void fleet_schema_select(const struct fleet_table *table, int version, struct str *sql);

#endif
