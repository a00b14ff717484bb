#include "store/campaign_schema.h"

#include "store/schema_columns.h"

/* The tables stand as they are written into the file. */
/* clang-format off */

static const char campaign_sql[] =
        "CREATE TABLE campaign(\n"
        TEXT(label) NEXT
        TEXT(format) NEXT
        TEXT_OR(source) NEXT
        TEXT_OR(max_rss_of) NEXT
        TEXT_OR(cpu_of) NEXT
        INT_OR(imported_calendar_ns) NEXT
        TEXT_OR(plateau_version) NEXT
        NATURAL(tasks) "\n)";

static const char type_sql[] =
        "CREATE TABLE type(\n"
        NATURAL(type) NEXT
        TEXT(name) NEXT
        "  PRIMARY KEY(type)\n)";

static const char covariate_sql[] =
        "CREATE TABLE covariate(\n"
        NATURAL(covariate) NEXT
        TEXT(name) NEXT
        ONE_OF(kind, WORD("number") WORD("label")) NEXT
        "  PRIMARY KEY(covariate)\n)";

static const char label_sql[] =
        "CREATE TABLE label(\n"
        "  covariate INTEGER NOT NULL REFERENCES covariate" NEXT
        NATURAL(label) NEXT
        TEXT(name) NEXT
        "  PRIMARY KEY(covariate, label)\n) WITHOUT ROWID";

static const char remark_sql[] =
        "CREATE TABLE remark(\n"
        NATURAL(remark) NEXT
        TEXT(text) NEXT
        "  PRIMARY KEY(remark)\n)";

static const char task_begin_sql[] =
        "CREATE TABLE task(\n"
        "  task INTEGER PRIMARY KEY" NEXT
        "  type INTEGER NOT NULL REFERENCES type CHECK(typeof(type)='integer')" NEXT
        NATURAL_OR(attempt) NEXT
        ONE_OF(state,
               WORD("done") WORD("failed") WORD("timed-out") WORD("out-of-memory") WORD("lost")
               WORD("unfinished") WORD("unknown")) NEXT
        FLAG(superseded) NEXT
        NATURAL_OR(cores) NEXT
        INT_OR(start_calendar_ns) NEXT
        NATURAL_OR(wall_ns) NEXT
        NATURAL_OR(cpu_ns) NEXT
        NATURAL_OR(max_rss_bytes);

/* In seconds and GB, with words for numbers. */
static const char view_begin_sql[] =
        "CREATE VIEW task_wide AS SELECT\n"
        "  t.task, y.name AS type, t.attempt, t.state, t.superseded, t.cores,\n"
        "  datetime(t.start_calendar_ns/1000000000, 'unixepoch') AS start_utc,\n"
        "  t.wall_ns/1e9 AS wall_s, t.cpu_ns/1e9 AS cpu_s,\n"
        "  t.cpu_ns*1.0/t.wall_ns/coalesce(t.cores, 1) AS cpu_efficiency,\n"
        "  t.max_rss_bytes/1e9 AS max_rss_gb";
/* clang-format on */

static const struct schema_entry entries[] = {
        {"campaign", true, campaign_sql, 1},   {"type", true, type_sql, 1},
        {"covariate", true, covariate_sql, 1}, {"label", true, label_sql, 1},
        {"remark", true, remark_sql, 1},       {"task", true, NULL, 1},
        {"task_wide", false, NULL, 1},         {0},
};

const struct schema schema_campaign = {
        .words = "a plateau campaign file",
        .application_id = CAMPAIGN_APPLICATION_ID,
        .version = CAMPAIGN_VERSION,
        .entries = entries,
};

void campaign_schema_create(const struct campaign_covariate *covariates, size_t count,
                            struct str *sql)
{
	str_add(sql, task_begin_sql);
	for (size_t i = 1; i <= count; i++) {
		if (covariates[i - 1].is_label)
			str_addf(sql,
			         NEXT "  covariate_%zu INTEGER CHECK(covariate_%zu IS NULL OR "
			              "typeof(covariate_%zu)='integer' AND covariate_%zu>=0)",
			         i, i, i, i);
		else
			str_addf(sql,
			         NEXT "  covariate_%zu REAL CHECK(typeof(covariate_%zu) IN "
			              "('real','null'))",
			         i, i);
	}
	str_add(sql, "\n)");
}

void campaign_schema_view(const struct campaign_covariate *covariates, size_t count,
                          struct str *sql)
{
	str_add(sql, view_begin_sql);
	for (size_t i = 1; i <= count; i++) {
		if (covariates[i - 1].is_label)
			str_addf(sql,
			         NEXT "  (SELECT l.name FROM label l WHERE l.covariate=%zu AND "
			              "l.label=t.covariate_%zu) AS covariate_%zu",
			         i, i, i);
		else
			str_addf(sql, NEXT "  t.covariate_%zu", i);
	}
	str_add(sql, "\nFROM task t JOIN type y ON y.type=t.type");
}

static void add_columns(size_t covariate_count, struct str *sql)
{
	str_add(sql, "task, type, attempt, state, superseded, cores, start_calendar_ns, wall_ns, "
	             "cpu_ns, max_rss_bytes");
	for (size_t i = 1; i <= covariate_count; i++)
		str_addf(sql, ", covariate_%zu", i);
}

void campaign_schema_insert(size_t covariate_count, struct str *sql)
{
	str_add(sql, "INSERT INTO task(");
	add_columns(covariate_count, sql);
	str_add(sql, ") VALUES(?");
	for (size_t i = 1; i < CAMPAIGN_COLUMNS + covariate_count; i++)
		str_add(sql, ",?");
	str_add(sql, ")");
}

void campaign_schema_select(size_t covariate_count, struct str *sql)
{
	str_add(sql, "SELECT ");
	add_columns(covariate_count, sql);
	str_add(sql, " FROM task WHERE task>=?1 ORDER BY task");
}
