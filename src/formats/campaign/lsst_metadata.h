/* Task metadata of the LSST Science Pipelines: what each quantum notes of its times, its peak
 * memory and its I/O. As JSON (since 2022; also wrapped in {"attempts": [...]}), or as the YAML of
 * a PropertySet (before); a file, a folder with any number of them, an archive (tar, zip,
 * compressed or not), or a compressed file.
 *
 * A task is a quantum, from its first look at its inputs (prep) to its end. Its type is the label
 * that the metadata has for it, else what stands before _metadata in the file's name; its band,
 * tract, patch, detector and so on are taken from the folders below TYPE_metadata, which the Butler
 * names by them. Counts and times that the metadata has beside are covariates. */
#ifndef FORMATS_CAMPAIGN_LSST_METADATA_H
#define FORMATS_CAMPAIGN_LSST_METADATA_H

#include "formats/problems.h"
#include "model/campaign.h"

#include <stdbool.h>
#include <stddef.h>

struct error;

/* A metadata file has some 5 to 100 kB. */
enum { LSST_METADATA_MOST_BYTES = 16 << 20 };

/* Appends what is at path to campaign, all of it or nothing. problems is the caller's to release
 * whatever comes back; it holds what is wrong with the files when -EINVAL is returned (or err alone
 * says it, as for a damaged archive). Other failures: -errno of reading, -E2BIG, -ENOMEM. */
int lsst_metadata_load(const char *path, struct campaign *campaign, struct problems *problems,
                       struct error *err);

/* The same of one file in memory; name stands for it, and its path is read from it. */
int lsst_metadata_parse(const char *name, const char *text, size_t text_bytes,
                        struct campaign *campaign, struct problems *problems, struct error *err);

/* Whether the first bytes of a file are those of task metadata. */
bool lsst_metadata_is(const char *text, size_t bytes);

#endif
