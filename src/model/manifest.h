/* What a fleet is, as its folder keeps it (fleet/folder.h): the manifest, written once, and the
 * batch system's answer to each job. Texts are owned; NULL is not said. Times are calendar times
 * in ns, RECORD_ABSENT where they are not known. */
#ifndef MODEL_MANIFEST_H
#define MODEL_MANIFEST_H

#include "model/words.h"

#include <stdbool.h>
#include <stdint.h>

/* Stays as it is when the fleet is submitted again, but for `expected`, which grows, and what a
 * later submit was told anew. */
struct manifest {
	char *id; /* 32 hexadecimal digits */
	char *name;
	char *plateau_version;
	char *plateau_path;    /* the program that jobs run, absolute */
	char *scenario_path;   /* where scenario.yaml was copied from, absolute */
	char *scenario_sha256; /* of scenario.yaml */
	char *working_folder;  /* absolute: jobs start there */
	int64_t created_ns;
	int64_t uid;           /* of who submitted it; -1: not known. Only that user's jobs count */
	bool is_accepting;     /* jobs run with --accept (blocks are added while inconclusive) */
	int64_t time_limit_ns; /* RECORD_ABSENT: the site's default */
	/* As submit was told; kept for --retry, which may be told anew. */
	char *nodes, *partition, *constraint, *account, *qos, *reservation;
	struct words options;
	struct words expected; /* names of all nodes that were ever asked for */
};

/* The batch system's answer to one job. */
struct submission {
	char *node;
	uint32_t attempt;
	char *job;     /* its id there; NULL: it was refused */
	char *refused; /* why; NULL: it was taken */
	int64_t submitted_ns;
};

void manifest_release(struct manifest *manifest);
void submission_release(struct submission *submission);

#define cleanup_manifest   __attribute__((cleanup(manifest_release)))
#define cleanup_submission __attribute__((cleanup(submission_release)))

#endif
