/* What there is to say of a profile: files in the order of their traffic, totals by folder and by
 * phase, and patterns that cost more than they need (analyse/io/patterns.h). Borrows the profile
 * and the tracker's files. */
#ifndef ANALYSE_IO_FINDINGS_H
#define ANALYSE_IO_FINDINGS_H

#include "analyse/io/patterns.h"
#include "analyse/io/profile.h"

struct error;

/* Whether other nodes see a file system. */
enum io_sharing { IO_SHARING_UNKNOWN, IO_LOCAL, IO_SHARED };

/* A file with what was done to it. */
struct io_seen {
	const struct io_file *file;
	const struct io_use *use;
	const char *file_system; /* "ext4"; NULL: not known */
	enum io_sharing sharing;
	int64_t size_bytes; /* at its end, or when it was removed; IO_UNKNOWN */
	size_t folder;      /* of io_findings.folders */
};

struct io_folder {
	char *path;
	const char *file_system; /* as of a file */
	enum io_sharing sharing;
	size_t files;
	uint64_t data_calls;
	uint64_t meta_calls;
	uint64_t failed;
	uint64_t missing; /* of them because there is no such file */
	int64_t read_bytes;
	int64_t written_bytes;
	int64_t duration_ns;
};

/* Sums over all that are no files: pipes, sockets, devices. */
struct io_other {
	size_t count;
	uint64_t data_calls;
	int64_t read_bytes;
	int64_t written_bytes;
	int64_t duration_ns;
};

struct io_findings {
	const struct io_profile *profile;
	struct io_seen *seen; /* regular files and folders, the most traffic first */
	size_t seen_count;
	size_t pipe_count;         /* behind them in `seen`: pipes, for patterns */
	size_t used_count;         /* of them: there, and more was done to them than a look */
	struct io_folder *folders; /* likewise */
	size_t folder_count;
	struct io_other others[IO_FILE_KINDS];
	struct io_phase phases[PHASES_MOST];
	size_t phase_count;
	struct io_pattern *patterns; /* the costliest first */
	size_t pattern_count;
	struct io_folder total; /* of the regular files and folders */
};

/* Asks what kind of file system a path is on: its name (static), or NULL. */
typedef const char *io_file_system_asker(void *context, const char *path,
                                         enum io_sharing *ret_sharing);

/* Works everything out. ask NULL: the files are not on this node (a log). Returns 0 or -ENOMEM. */
int io_findings_build(const struct io_profile *profile, const struct io_file *files,
                      size_t file_count, io_file_system_asker *ask, void *context,
                      struct io_findings *ret_findings, struct error *err);

void io_findings_release(struct io_findings *findings);

/* Bytes that were read for each byte of the file, and that were written; NAN where its size is not
 * known, or 0. */
double io_seen_reread(const struct io_seen *seen);
double io_seen_rewrite(const struct io_seen *seen);

/* The file called path (as a whole, or its last parts behind a '/'), the one with the most traffic;
 * NULL: there is none. */
const struct io_seen *io_findings_file(const struct io_findings *findings, const char *path);

#define cleanup_io_findings __attribute__((cleanup(io_findings_release)))

#endif
