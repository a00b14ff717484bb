/* The jobs of sacct's rows: steps joined to their job, rows of one job to attempts. Private to
 * sacct*.c. */
#ifndef FORMATS_CAMPAIGN_SACCT_JOBS_H
#define FORMATS_CAMPAIGN_SACCT_JOBS_H

#include "formats/campaign/sacct_parts.h"

enum sacct_label {
	SACCT_LABEL_PARTITION,
	SACCT_LABEL_QOS,
	SACCT_LABEL_ACCOUNT,
	SACCT_LABEL_NODES,
	SACCT_LABELS
};

enum sacct_number {
	SACCT_NUMBER_NODES,
	SACCT_NUMBER_WAITED,
	SACCT_NUMBER_REQ_MEM,
	SACCT_NUMBER_DISK_READ,
	SACCT_NUMBER_DISK_WRITE,
	SACCT_NUMBER_PAGES,
	SACCT_NUMBERS
};

struct sacct_job {
	int64_t start_ns; /* this and the others RECORD_ABSENT where absent */
	int64_t wall_ns;
	int64_t cpu_ns;       /* of the job's own row */
	int64_t steps_cpu_ns; /* of all steps */
	int64_t max_rss_bytes;
	double numbers[SACCT_NUMBERS];
	size_t before;                 /* the job before it of its number; SIZE_MAX: none */
	uint32_t labels[SACCT_LABELS]; /* index into words, CAMPAIGN_NO_LABEL: absent */
	uint32_t id;                   /* index into ids */
	uint32_t name;
	uint32_t cores;
	uint16_t attempt; /* from 1 */
	uint8_t state;
	bool is_superseded;
};

struct sacct_jobs {
	struct sacct_job *items; /* in the order of the file */
	size_t count;
	size_t capacity;
	struct words ids; /* with the cluster in front where there is one */
	struct words_index id_index;
	size_t *last; /* of each id: the last job that is of it */
	size_t last_capacity;
	struct words names;
	struct words_index name_index;
	struct words labels[SACCT_LABELS];
	struct words_index label_index[SACCT_LABELS];
	bool is_passed_over; /* the last job is there already, or wrong: its steps count for nothing
	                      */
	/* For remarks. */
	size_t twice;
	size_t unknown_states;
	size_t steps;
	size_t zero_rss;
	size_t pending_arrays;
};

/* Takes a row. What is wrong with it goes to *ret_column and *ret_wrong, which stays NULL where
 * all is well. Returns 0, -E2BIG or -ENOMEM. */
int sacct_jobs_take(struct sacct_jobs *jobs, const struct sacct_columns *columns,
                    char *const *cells, const char **ret_column, const char **ret_wrong,
                    struct error *err);

/* Appends the jobs to the campaign, with remarks. Returns 0 or -errno. */
int sacct_jobs_add(const struct sacct_jobs *jobs, const struct sacct_columns *columns,
                   struct campaign *campaign, struct error *err);

void sacct_jobs_release(struct sacct_jobs *jobs);

#endif
