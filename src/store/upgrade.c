#include "store/upgrade.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"
#include "store/schema.h"
#include "store/store.h"

#define SAMPLE_OF_TASK(name)                                                                       \
	"SELECT value FROM sample s WHERE s.name='" name "' AND s.slot=task.slot"                  \
	" AND s.at_ns=task.end_ns AND s.trial IS task.trial AND s.attempt IS task.attempt"

/* To version 3: what was known of some tasks only, and therefore kept as samples, becomes columns.
 * The index is for this once: without it every task would look through all samples. */
static const char to_3_sql[] =
        "ALTER TABLE task ADD COLUMN run_delay_ns INTEGER"
        " CHECK(typeof(run_delay_ns) IN ('integer','null'));"
        "ALTER TABLE task ADD COLUMN block_delay_ns INTEGER"
        " CHECK(typeof(block_delay_ns) IN ('integer','null'));"
        "ALTER TABLE task ADD COLUMN page_in_delay_ns INTEGER"
        " CHECK(typeof(page_in_delay_ns) IN ('integer','null'));"
        "ALTER TABLE task ADD COLUMN peak_pss_bytes INTEGER CHECK(peak_pss_bytes IS NULL"
        " OR typeof(peak_pss_bytes)='integer' AND peak_pss_bytes>=0);"
        "ALTER TABLE task ADD COLUMN exceeded_memory_limit INTEGER NOT NULL DEFAULT 0"
        " CHECK(exceeded_memory_limit IN (0,1) AND typeof(exceeded_memory_limit)='integer');"
        "CREATE INDEX sample_of_task ON sample(name, slot, at_ns);"
        "UPDATE task SET"
        " peak_pss_bytes=CAST((" SAMPLE_OF_TASK(
                "peak_pss_bytes") ") AS INTEGER),"
                                  " exceeded_memory_limit=EXISTS(" SAMPLE_OF_TASK(
                                          "exceeded_memory_limit") ");"
                                                                   "DROP INDEX sample_of_task;"
                                                                   "DELETE FROM sample WHERE name "
                                                                   "IN ('peak_pss_bytes', "
                                                                   "'exceeded_memory_limit');";

#define NATURAL_COLUMN(table, c)                                                                   \
	"ALTER TABLE " table " ADD COLUMN " c " INTEGER CHECK(" c " IS NULL"                       \
	" OR typeof(" c ")='integer' AND " c ">=0);"
#define TEXT_COLUMN(table, c)                                                                      \
	"ALTER TABLE " table " ADD COLUMN " c " TEXT CHECK(typeof(" c ") IN ('text','null'));"

/* To version 4: new columns, and the new tables, which are created as in a new file. */
static const char to_4_sql[] = TEXT_COLUMN("counter_event", "metric")
        NATURAL_COLUMN("counter_event", "choice") TEXT_COLUMN("counter_event", "remedy")
                TEXT_COLUMN("counter_event", "note") NATURAL_COLUMN("trial", "event_set")
                        NATURAL_COLUMN("task", "peak_rss_bytes")
                                NATURAL_COLUMN("task", "cgroup_peak_bytes")
                                        NATURAL_COLUMN("task", "rss_samples")
                                                NATURAL_COLUMN("task", "pss_samples")
                                                        NATURAL_COLUMN("sample", "place");

/* To version 5. The views of tasks and trials are created as in a new file. */
static const char to_5_sql[] = TEXT_COLUMN("run", "imported") TEXT_COLUMN(
        "run", "source") "ALTER TABLE trial ADD COLUMN durations_only INTEGER NOT NULL DEFAULT 0"
                         " CHECK(durations_only IN (0,1) AND "
                         "typeof(durations_only)='integer');" NATURAL_COLUMN(
                                 "task", "cpu_ns") "DROP VIEW IF EXISTS trial_summary;"
                                                   "DROP VIEW IF EXISTS task_wide;";

/* steps[i] leads from version UPGRADE_FIRST + i to the next one. */
static const char *const steps[] = {to_3_sql, to_4_sql, to_5_sql};

_Static_assert(ARRAY_LENGTH(steps) == SCHEMA_VERSION - UPGRADE_FIRST, "a step for every version");

int upgrade_tables(sqlite3 *db, int version, const char *what, struct error *err)
{
	int r = 0;
	for (size_t i = (size_t)(version - UPGRADE_FIRST); r == 0 && i < ARRAY_LENGTH(steps); i++)
		r = store_execute(db, steps[i], err, what);
	for (const struct schema_entry *e = schema_entries; r == 0 && e->name; e++)
		if (e->since > version)
			r = store_execute(db, e->sql, err, what);
	cleanup_free char *mark = NULL;
	if (r == 0)
		r = str_format(&mark, err, "PRAGMA user_version=%d", SCHEMA_VERSION);
	return r < 0 ? r : store_execute(db, mark, err, what);
}
