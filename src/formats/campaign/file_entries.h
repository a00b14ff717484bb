/* The files below a folder or in an archive (tar, zip; plain or compressed), one after another, as
 * texts in memory: nothing is unpacked to disk. Symbolic links and devices are passed over and
 * counted; archives that are bombs are refused. */
#ifndef FORMATS_CAMPAIGN_FILE_ENTRIES_H
#define FORMATS_CAMPAIGN_FILE_ENTRIES_H

#include <stdbool.h>
#include <stddef.h>

struct error;

enum { FILE_ENTRIES_MOST = 20000000 };

/* Takes one: name is its path (in an archive, the archive's path, a colon and the name there), text
 * is NUL-terminated behind its bytes and the taker's to free, NULL where it has more than
 * most_bytes. Returns 0 or -errno. */
typedef int file_entry_taker(void *context, const char *name, char *text, size_t bytes,
                             struct error *err);

struct file_entries {
	/* Whether a file of this name is to be read. */
	bool (*is_wanted)(const char *name);
	size_t most_bytes; /* of a file */
	file_entry_taker *take;
	void *context;
};

struct file_entries_passed {
	size_t links;
	size_t specials; /* devices, pipes, sockets */
	size_t not_wanted;
};

/* In the order of their names. Returns 0 or -errno. */
int file_entries_of_folder(const char *path, const struct file_entries *entries,
                           struct file_entries_passed *ret_passed, struct error *err);

/* In the order of the archive; a compressed file that is no archive is its one entry. Returns 0;
 * -EINVAL: no archive that is known, damaged, or a bomb; or -errno. */
int file_entries_of_archive(const char *path, const struct file_entries *entries,
                            struct file_entries_passed *ret_passed, struct error *err);

#endif
