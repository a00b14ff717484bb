#include "store/libraries.h"

#include <sqlite3.h>

struct library library_sqlite(void)
{
	return library_of("SQLite", SQLITE_VERSION, sqlite3_libversion());
}
