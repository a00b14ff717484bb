/* The tables of a campaign file; docs/campaign-file.md describes them for people. The table of
 * tasks has a column for each covariate, which is called by its number: names from outside are
 * values, never SQL. */
#ifndef STORE_CAMPAIGN_SCHEMA_H
#define STORE_CAMPAIGN_SCHEMA_H

#include "core/str.h"
#include "model/campaign.h"
#include "store/schema.h"

#include <stdbool.h>
#include <stddef.h>

enum {
	CAMPAIGN_APPLICATION_ID = 0x706c636d, /* "plcm" */
	/* user_version of the files written. A further word of a list (a state) is a new version,
	 * too. */
	CAMPAIGN_VERSION = 1
};

/* The entries of task and task_wide have no SQL: it depends on the covariates. */
extern const struct schema schema_campaign;

/* Columns of the table task, before those of the covariates. */
enum campaign_column {
	CAMPAIGN_COLUMN_TASK,
	CAMPAIGN_COLUMN_TYPE,
	CAMPAIGN_COLUMN_ATTEMPT,
	CAMPAIGN_COLUMN_STATE,
	CAMPAIGN_COLUMN_SUPERSEDED,
	CAMPAIGN_COLUMN_CORES,
	CAMPAIGN_COLUMN_START,
	CAMPAIGN_COLUMN_WALL,
	CAMPAIGN_COLUMN_CPU,
	CAMPAIGN_COLUMN_MAX_RSS,
	CAMPAIGN_COLUMNS
};

/* "CREATE TABLE task(...)", "CREATE VIEW task_wide ...", "INSERT INTO task ...", "SELECT ... ORDER
 * BY task" from the row ?1 on. */
void campaign_schema_create(const struct campaign_covariate *covariates, size_t count,
                            struct str *sql);
void campaign_schema_view(const struct campaign_covariate *covariates, size_t count,
                          struct str *sql);
void campaign_schema_insert(size_t covariate_count, struct str *sql);
void campaign_schema_select(size_t covariate_count, struct str *sql);

#endif
