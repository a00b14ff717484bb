/* Columns of tables, as SQL: with a check that they hold what they say. */
#ifndef STORE_SCHEMA_COLUMNS_H
#define STORE_SCHEMA_COLUMNS_H

/* clang-format off */

/* Columns that hold what they say: a type name alone would let SQLite store anything. (STRICT
 * tables would do, but the sqlite3 shells of older systems refuse to open them.) */
#define INT(c)     "  " #c " INTEGER NOT NULL CHECK(typeof(" #c ")='integer')"
#define INT_OR(c)  "  " #c " INTEGER CHECK(typeof(" #c ") IN ('integer','null'))"
#define NATURAL(c) "  " #c " INTEGER NOT NULL CHECK(typeof(" #c ")='integer' AND " #c ">=0)"
#define NATURAL_OR(c)                                                                              \
	"  " #c " INTEGER CHECK(" #c " IS NULL OR typeof(" #c ")='integer' AND " #c ">=0)"
#define TEXT(c)      "  " #c " TEXT NOT NULL CHECK(typeof(" #c ")='text')"
#define TEXT_OR(c)   "  " #c " TEXT CHECK(typeof(" #c ") IN ('text','null'))"
#define BLOB_OR(c)   "  " #c " BLOB CHECK(typeof(" #c ") IN ('blob','null'))"
#define FLAG(c)      "  " #c " INTEGER NOT NULL CHECK(" #c " IN (0,1) AND typeof(" #c ")='integer')"
#define FLAG_OR_0(c)                                                                               \
	"  " #c " INTEGER NOT NULL DEFAULT 0 CHECK(" #c " IN (0,1) AND typeof(" #c ")='integer')"
#define REAL(c)    "  " #c " REAL NOT NULL CHECK(typeof(" #c ")='real')"
#define REAL_OR(c) "  " #c " REAL CHECK(typeof(" #c ") IN ('real','null'))"
/* CASE, not IN: for a list of three and more SQLite would build a table of it for every row. */
#define WORD(w)      " WHEN '" w "' THEN 1"
#define ONE_OF(c, l) "  " #c " TEXT NOT NULL CHECK(CASE " #c l " ELSE 0 END)"
#define NEXT         ",\n"

/* clang-format on */

#endif
