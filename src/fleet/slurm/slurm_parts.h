/* What the files of fleet/slurm share: how a command of Slurm's is called, and how its answers are
 * taken apart. Each parser takes the text of an answer, so that recorded ones test it. */
#ifndef FLEET_SLURM_SLURM_PARTS_H
#define FLEET_SLURM_SLURM_PARTS_H

#include "core/subprocess.h"
#include "fleet/slurm/slurm.h"

enum { SEPARATOR_BYTES = 32 };

struct slurm {
	char *version;
	bool has_accounting;
	char *gathers;      /* how memory is sampled: "jobacct_gather/linux"; NULL: not known */
	int64_t sampled_ns; /* how often; RECORD_ABSENT: not known, 0: at the end alone */
	uint64_t calls;
	bool (*is_unwanted)(void *context);
	void *context;
	/* Stands behind each field of an answer. Texts of others (a node's reason, a comment) come
	 * in these answers as they are, with whatever bytes they have; this one is of random digits
	 * and new in each process, so that nobody can have put it into such a text. */
	char separator[SEPARATOR_BYTES];
};

/* Runs a command with what is in the environment for Slurm's own output formats and job options
 * taken away, and times as seconds since 1970. input: its standard input, may be NULL. Returns 0
 * when its exit code is 0; -EHOSTUNREACH: the controller does not answer; -EAGAIN: it takes no more
 * jobs now; -EINVAL: it refused; err has Slurm's own words. Or another -errno. slurm may be NULL
 * where calls are not counted. */
int slurm_call(struct slurm *slurm, const struct words *argv, const char *input,
               struct subprocess_end *ret_end, struct error *err);

/* What a failed command said: the code of the error (above), and its words in one line, without
 * "sbatch: error: ", which the caller frees. Returns a positive errno. */
int slurm_complaint(const char *complaint, char **ret_words);

/* An answer as records of fields. */
struct fields {
	char *text;
	char **items; /* record by record */
	size_t item_capacity;
	size_t per_record;
	size_t record_count;
};

/* Takes an answer apart: records of per_record fields, each field with the separator behind it, a
 * newline between records. who: the command, for messages. Returns 0, -EINVAL or -ENOMEM. */
int fields_split(const char *who, const struct subprocess_end *end, const char *separator,
                 size_t per_record, struct fields *ret_fields, struct error *err);
/* Both in range; blanks that pad it are taken off. */
char *fields_at(const struct fields *fields, size_t record, size_t field);
void fields_release(struct fields *fields);

#define cleanup_fields __attribute__((cleanup(fields_release)))

/* A copy of a field; NULL where it is empty or one of Slurm's words for nothing ("(null)", "N/A",
 * "None", "Unknown", ...). Returns 0 or -ENOMEM. */
int field_copy(const char *field, char **ret_text, struct error *err);
/* Seconds since 1970 to ns; RECORD_ABSENT where it is none. */
int64_t field_time_ns(const char *field);
/* "30:00", "1:30:00", "2-00:00:00" to ns; RECORD_ABSENT where it is none ("UNLIMITED"). */
int64_t field_limit_ns(const char *field);
/* "422051840", "412160K", "1.50G" (powers of 1024) to bytes; RECORD_ABSENT where it is none. */
int64_t field_bytes(const char *field);
/* "1:0" (code and signal) or a wait status ("256"); -1 and 0 where it is none. */
void field_exit(const char *field, int32_t *ret_code, int32_t *ret_signal);

/* What `scontrol show config` says, into version, has_accounting, gathers and sampled_ns. */
int config_parse(const char *config, struct slurm *slurm, struct error *err);

/* The nodes of an answer of sinfo, each once, by name. */
int nodes_parse(const struct subprocess_end *end, const char *separator,
                struct batch_nodes *ret_nodes, struct error *err);
enum node_use node_use_find(const char *state_word);

/* The format that sinfo and squeue are given. */
int nodes_format(const char *separator, char **ret_format, struct error *err);
int jobs_format(const char *separator, char **ret_format, struct error *err);

/* Whether a node with these features ("rome,ib") is one that a constraint ("rome&ib", "rome|milan",
 * with parentheses) asks for. Returns 0, or -EINVAL where that cannot be told from one node's
 * features. */
int constraint_holds(const char *constraint, const char *features, bool *ret_holds,
                     struct error *err);

/* Appends the jobs of an answer of squeue. */
int jobs_parse(const struct subprocess_end *end, const char *separator, struct batch_jobs *jobs,
               struct error *err);
enum job_state job_state_find(const char *state_word, const char *reason);

/* Adds what sacct says to what squeue said. reason: why a memory figure is absent where sacct has
 * none. */
int accounts_parse(const struct subprocess_end *end, const char *separator, const char *reason,
                   struct batch_jobs *jobs, struct error *err);
extern const char accounts_fields[]; /* that sacct is asked for */
/* Why sacct has no memory of a job. The caller frees it. */
int accounts_rss_reason(const struct slurm *slurm, char **ret_reason, struct error *err);

#endif
