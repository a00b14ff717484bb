/* The first bytes of a SQLite file, which say what it is before SQLite is asked ("Database File
 * Format" of SQLite, section 1.3). */
#ifndef STORE_HEADER_H
#define STORE_HEADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;
struct schema;

enum { HEADER_BYTES = 100 };

struct header {
	bool has_log; /* write-ahead logging was on */
	uint64_t database_bytes;
};

/* Takes the first byte_count bytes of the file at path (at most HEADER_BYTES; fewer where it is
 * shorter). Returns 0, or -EINVAL saying what the file is instead. */
int header_parse(const char *path, const unsigned char *bytes, size_t byte_count,
                 const struct schema *schema, struct header *ret_header, struct error *err);

/* The same of the file at path; ret_bytes gets its size. Returns 0, -ENOENT, -EINVAL or -errno. */
int header_read(const char *path, const struct schema *schema, struct header *ret_header,
                uint64_t *ret_bytes, struct error *err);

/* Refuses a file that has a log of its own beside it, or is shorter than its header says. Of files
 * that plateau writes in one piece. Returns 0 or -EINVAL. */
int header_check(const char *path, const struct header *header, uint64_t file_bytes,
                 struct error *err);

#endif
