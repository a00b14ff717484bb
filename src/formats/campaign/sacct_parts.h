/* The parts of the reader of sacct: columns, cells, names. Private to sacct*.c. */
#ifndef FORMATS_CAMPAIGN_SACCT_PARTS_H
#define FORMATS_CAMPAIGN_SACCT_PARTS_H

#include "model/campaign.h"
#include "model/words.h"
#include "model/words_index.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum sacct_field {
	SACCT_JOB_ID,
	SACCT_JOB_NAME,
	SACCT_CLUSTER,
	SACCT_STATE,
	SACCT_ELAPSED,
	SACCT_ELAPSED_RAW,
	SACCT_TOTAL_CPU,
	SACCT_USER_CPU,
	SACCT_SYSTEM_CPU,
	SACCT_MAX_RSS,
	SACCT_ALLOC_CPUS,
	SACCT_N_CPUS,
	SACCT_START,
	SACCT_SUBMIT,
	SACCT_RESTARTS,
	SACCT_PARTITION,
	SACCT_QOS,
	SACCT_ACCOUNT,
	SACCT_NODE_LIST,
	SACCT_N_NODES,
	SACCT_REQ_MEM,
	SACCT_MAX_DISK_READ,
	SACCT_MAX_DISK_WRITE,
	SACCT_MAX_PAGES,
	SACCT_FIELDS
};

/* As sacct calls them. */
extern const char *const sacct_field_names[SACCT_FIELDS];

enum {
	SACCT_MOST_COLUMNS = 200,
	SACCT_DELIMITER_BYTES = 16,
	SACCT_OTHER = SACCT_FIELDS, /* a column that is not used */
	SACCT_FREE                  /* not used, and people write what they like into it */
};

/* ---- Columns -------------------------------------------------------------------------------- */

struct sacct_columns {
	char delimiter[SACCT_DELIMITER_BYTES]; /* "": columns of fixed width */
	bool has_last;                         /* the delimiter stands behind the last cell too */
	size_t count;
	size_t free_count; /* columns with texts of people: only one may hold delimiters */
	size_t free_column;
	uint8_t fields[SACCT_MOST_COLUMNS]; /* enum sacct_field, or SACCT_OTHER, SACCT_FREE */
	size_t begins[SACCT_MOST_COLUMNS];  /* of fixed width: where they stand, in bytes */
	size_t lengths[SACCT_MOST_COLUMNS];
	size_t of[SACCT_FIELDS]; /* the column of a field, SIZE_MAX: there is none */
};

enum sacct_header { SACCT_HEADER_READ, SACCT_HEADER_NONE, SACCT_HEADER_TOO_MANY };

/* Reads the header; a table of fixed width gets its columns from the line of dashes below
 * (sacct_columns_rule). */
enum sacct_header sacct_columns_read(struct sacct_columns *columns, const char *header);

/* The line of dashes. false: it is none, or not that of the header. */
bool sacct_columns_rule(struct sacct_columns *columns, const char *header, const char *rule);

/* Takes a row apart in place: cells[i] is column i. Returns how many cells it has; more or fewer
 * than columns->count: the row is wrong. */
size_t sacct_columns_split(const struct sacct_columns *columns, char *row,
                           char *cells[SACCT_MOST_COLUMNS + 1]);

/* ---- Cells ---------------------------------------------------------------------------------- */

/* [D-]H:M:S[.f] or M:S[.f] to ns. Returns 0; 1: it says that there is none ("", INVALID,
 * UNLIMITED); -1: it is nothing of the kind. Likewise the others. */
int sacct_time(const char *cell, int64_t *ret_ns);
/* "1234K", "0.05M", "4Gn", with powers of 1024, to bytes; *ret_per is 'n' (per node), 'c' (per
 * core) or NUL. */
int sacct_size(const char *cell, double *ret_bytes, char *ret_per);
int sacct_count(const char *cell, int64_t *ret_count);
/* A date (of this machine's time zone) or seconds since 1970. */
int sacct_date(const char *cell, int64_t *ret_ns);
/* "COMPLETED", "CANCELLED by 1000", "OUT_OF_ME+". -1: a word that is not known, or that was cut
 * where it could still become several. */
int sacct_state(const char *cell, enum campaign_state *ret_state);

/* ---- Names ---------------------------------------------------------------------------------- */

/* Finds out which type each of names is: names that differ in a number behind them alone are one.
 * types gets their names, *ret_type_of the index for each of names (the caller frees it),
 * *ret_merged how many types have more than one name; *ret_example is such a name, NULL where none
 * is. */
int sacct_types(const struct words *names, struct words *types, uint32_t **ret_type_of,
                size_t *ret_merged, const char **ret_example, struct error *err);

#endif
