/* Files that are written in one piece and never changed then, as those of fleets and campaigns: how
 * they are known and opened to be read. */
#ifndef STORE_ONE_PIECE_H
#define STORE_ONE_PIECE_H

#include "store/row.h"

struct schema;

/* Whether the first bytes of the file at path say that it has this schema. */
bool one_piece_is(const char *path, const struct schema *schema);

/* Opens the file at path, whose tables are then read through ret_reading; what it can hold at the
 * most is set in it. path must outlive it, and the caller closes *ret_db behind it. Returns 0,
 * -ENOENT, -EINVAL or -errno. */
int one_piece_open(const char *path, const struct schema *schema, sqlite3 **ret_db,
                   struct reading *ret_reading, struct error *err);

#endif
