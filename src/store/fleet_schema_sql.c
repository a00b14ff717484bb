/* The SQL of a fleet file's tables, made of their columns. */
#include "store/fleet_schema.h"

#include <inttypes.h>
#include <string.h>

const char *fleet_column_word(const struct fleet_column *column, size_t index)
{
	return *(const char *const *)(const void *)((const char *)column->words +
	                                            index * column->word_stride);
}

static const char *const keys_of[][2] = {
        [SHAPE_FLEET] = {NULL, NULL},          [SHAPE_NODE] = {"node", NULL},
        [SHAPE_ATTEMPT] = {"attempt", "node"}, [SHAPE_ALWAYS] = {"attempt", NULL},
        [SHAPE_ONE] = {"attempt", NULL},       [SHAPE_MANY] = {"attempt", "item"},
};

int fleet_table_since(const struct fleet_table *table)
{
	const struct schema_entry *entry = schema_fleet.entries;
	while (entry->name && strcmp(entry->name, table->name) != 0)
		entry++;
	return entry->name ? entry->since : 1;
}

size_t fleet_table_keys(const struct fleet_table *table, const char *ret_names[2])
{
	size_t count = 0;
	while (count < 2 && keys_of[table->shape][count]) {
		ret_names[count] = keys_of[table->shape][count];
		count++;
	}
	return count;
}

static const char *const key_sql[] = {
        [SHAPE_FLEET] = "",
        [SHAPE_NODE] = "  node INTEGER PRIMARY KEY,\n",
        [SHAPE_ATTEMPT] = "  attempt INTEGER PRIMARY KEY,\n"
                          "  node INTEGER NOT NULL REFERENCES node,\n",
        [SHAPE_ALWAYS] = "  attempt INTEGER PRIMARY KEY REFERENCES attempt,\n",
        [SHAPE_ONE] = "  attempt INTEGER PRIMARY KEY REFERENCES attempt,\n",
        [SHAPE_MANY] = "  attempt INTEGER NOT NULL REFERENCES attempt,\n"
                       "  item INTEGER NOT NULL CHECK(typeof(item)='integer' AND item>=0),\n",
};

static const char *const end_sql[] = {
        [SHAPE_FLEET] = "\n)",
        [SHAPE_NODE] = ",\n  UNIQUE(name)\n)",
        [SHAPE_ATTEMPT] = ",\n  UNIQUE(node, number)\n)",
        [SHAPE_ALWAYS] = "\n)",
        [SHAPE_ONE] = "\n)",
        [SHAPE_MANY] = ",\n  PRIMARY KEY(attempt, item)\n) WITHOUT ROWID",
};

static void add_words(const struct fleet_column *column, struct str *sql)
{
	str_addf(sql, "TEXT NOT NULL CHECK(CASE %s", column->name);
	for (size_t i = 0; i < column->most; i++)
		str_addf(sql, " WHEN '%s' THEN 1", fleet_column_word(column, i));
	str_add(sql, " ELSE 0 END)");
}

static void add_column(const struct fleet_column *column, struct str *sql)
{
	const char *const name = column->name;
	str_addf(sql, "  %s ", name);
	switch (column->kind) {
	case COLUMN_TEXT:
	case COLUMN_BUFFER:
		str_addf(sql, "TEXT NOT NULL CHECK(typeof(%s)='text')", name);
		break;
	case COLUMN_TEXT_OR:
		str_addf(sql, "TEXT CHECK(typeof(%s) IN ('text','null'))", name);
		break;
	case COLUMN_UINT32:
	case COLUMN_INT32:
	case COLUMN_UINT64:
		str_addf(sql, "INTEGER NOT NULL CHECK(typeof(%s)='integer' AND %s>=%" PRId64 ")",
		         name, name, column->low);
		break;
	case COLUMN_TIME:
		str_addf(sql, "INTEGER CHECK(typeof(%s) IN ('integer','null'))", name);
		break;
	case COLUMN_BYTES:
		str_addf(sql, "INTEGER CHECK(%s IS NULL OR typeof(%s)='integer' AND %s>=0)", name,
		         name, name);
		break;
	case COLUMN_REAL:
		str_addf(sql, "REAL CHECK(typeof(%s) IN ('real','null'))", name);
		break;
	case COLUMN_FLAG:
		str_addf(sql, "INTEGER NOT NULL CHECK(%s IN (0,1) AND typeof(%s)='integer')", name,
		         name);
		break;
	case COLUMN_WORD:
		add_words(column, sql);
		break;
	}
}

void fleet_schema_create(const struct fleet_table *table, struct str *sql)
{
	str_addf(sql, "CREATE TABLE %s(\n%s", table->name, key_sql[table->shape]);
	for (const struct fleet_column *c = table->columns; c->name; c++) {
		if (c > table->columns)
			str_add(sql, ",\n");
		add_column(c, sql);
	}
	str_add(sql, end_sql[table->shape]);
}

/* "attempt, item, name, value", and NULL for those that the version has not; returns how many there
 * are. */
static size_t add_names(const struct fleet_table *table, int version, struct str *sql)
{
	const char *keys[2];
	size_t count = fleet_table_keys(table, keys);
	for (size_t i = 0; i < count; i++)
		str_addf(sql, "%s%s", i > 0 ? ", " : "", keys[i]);
	for (const struct fleet_column *c = table->columns; c->name; c++, count++)
		str_addf(sql, "%s%s%s", count > 0 ? ", " : "", c->since > version ? "NULL AS " : "",
		         c->name);
	return count;
}

void fleet_schema_insert(const struct fleet_table *table, struct str *sql)
{
	str_addf(sql, "INSERT INTO %s(", table->name);
	const size_t count = add_names(table, FLEET_VERSION, sql);
	str_add(sql, ") VALUES(");
	for (size_t i = 0; i < count; i++)
		str_add(sql, i > 0 ? ",?" : "?");
	str_add(sql, ")");
}

void fleet_schema_select(const struct fleet_table *table, int version, struct str *sql)
{
	const char *keys[2];
	const size_t count = fleet_table_keys(table, keys);
	str_add(sql, "SELECT ");
	add_names(table, version, sql);
	str_addf(sql, " FROM %s", table->name);
	for (size_t i = 0; i < count && !(table->shape == SHAPE_ATTEMPT && i > 0); i++)
		str_addf(sql, "%s%s", i > 0 ? ", " : " ORDER BY ", keys[i]);
}
