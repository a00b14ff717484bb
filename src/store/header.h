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

#endif
