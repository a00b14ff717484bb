/* What Slurm's sacct prints, with a header: parsable (-P, -p, any --delimiter) with any columns in
 * any order, or its own layout of fixed width where nothing is cut off in it. Recommended:
 *
 *   sacct -P -D -o JobID,JobName,State,Elapsed,TotalCPU,MaxRSS,AllocCPUS,Start,NodeList ...
 *
 * A task is a job; its steps (.batch, .extern, .0) belong to it: its max RSS is that of the largest
 * step, its CPU time that of all. Rows of one job again (-D: it was requeued) are attempts. Its
 * type is its name; names that differ in a number behind them alone are one type. */
#ifndef FORMATS_CAMPAIGN_SACCT_H
#define FORMATS_CAMPAIGN_SACCT_H

#include "formats/problems.h"
#include "model/campaign.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct error;

/* Appends the jobs of the file at path to campaign, all of them or nothing. problems is the
 * caller's to release whatever comes back; it holds what is wrong when -EINVAL is returned. Other
 * failures: -errno of reading, -E2BIG, -ENOMEM. */
int sacct_load(const char *path, struct campaign *campaign, struct problems *problems,
               struct error *err);

/* The same from a stream; name stands for it. */
int sacct_read(const char *name, FILE *stream, struct campaign *campaign, struct problems *problems,
               struct error *err);

/* Whether the first bytes of a file are what sacct prints: a header with JobID, and State, Elapsed
 * or TotalCPU among its columns, and times in the first row as sacct writes them. */
bool sacct_is(const char *text, size_t bytes);

#endif
