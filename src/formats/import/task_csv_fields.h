/* What a column of a table of tasks can be, and the units that it can be in: of the table that
 * becomes a result (task_csv), and of the one that becomes a campaign (formats/campaign).
 */
#ifndef FORMATS_IMPORT_TASK_CSV_FIELDS_H
#define FORMATS_IMPORT_TASK_CSV_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

struct task_column;

enum task_kind {
	TASK_SECONDS, /* a duration: with a unit, or [D-]H:M:S */
	TASK_INSTANT, /* seconds of some clock, or a date */
	TASK_BYTES,
	TASK_COUNT,  /* a whole number, 0 or more */
	TASK_WORD,   /* one of a field's own words */
	TASK_TEXT,   /* as it stands */
	TASK_NUMBER, /* a number that the task printed */
	TASK_LABEL,  /* a text of which there are few different ones */
	TASK_OTHER,  /* a number or a label, as the cells show */
	TASK_EVENT,  /* a count */
	TASK_EVENT_STATE
};

/* Where a value of a task goes. */
enum task_place {
	PLACE_RECORD, /* an int64_t of the row's record, at offset */
	PLACE_WALL,
	PLACE_START,
	PLACE_END,
	PLACE_CONCURRENCY,
	PLACE_REPEAT,
	PLACE_POLICY,
	PLACE_STATE,
	PLACE_TRIAL_STATE,
	PLACE_ROLE,
	PLACE_EXIT_STATUS,
	PLACE_SIGNAL,
	PLACE_MEMORY_LIMIT,
	PLACE_HOST,
	PLACE_TYPE,
	PLACE_ID,
	PLACE_SUCCESS,
	PLACE_NUMBER, /* from here on: many columns can have the same */
	PLACE_EVENT,
	PLACE_EVENT_STATE
};

/* What a column can be to us. */
struct task_field {
	const char *name; /* as plateau export calls it, and as the map of columns does */
	enum task_kind kind;
	enum task_place place;
	size_t offset;       /* of PLACE_RECORD */
	const char *guesses; /* other names that it is known by, without joints and units: "maxrss
	                      * memory"; NULL: none */
};

/* All that the columns of a kind of table can be. */
struct task_vocabulary {
	const struct task_field *fields;
	size_t field_count;
	/* What a map calls by a name of its own, as "figure." and "counter.": ends with NULL. */
	const struct task_field *const *named;
	const char *words;         /* what can stand to the left of the = in a map, for a message */
	const char *const *silent; /* columns that are passed over without a word; ends with NULL */
	/* Settles a column that is none of the fields by its name alone; NULL: nothing more. */
	void (*recognise)(struct task_column *column);
	const struct task_field *other; /* of a column that nothing is known of; NULL: none */
	bool has_events;                /* NAME beside NAME_state, and names of events */
};

/* Of a result. */
extern const struct task_vocabulary task_vocabulary;

/* "figure.NAME" and "counter.NAME" of a map; "figure_NAME", and an event beside NAME_state, of an
 * export. */
extern const struct task_field task_number_field;
extern const struct task_field task_event_field;
extern const struct task_field task_event_state_field;

/* The field that is called so, NULL if there is none. */
const struct task_field *task_field_find(const struct task_vocabulary *vocabulary,
                                         const char *name);

/* Whether its values have units. */
bool task_kind_has_unit(enum task_kind kind);

/* A unit of a column. */
struct task_unit {
	const char *name; /* as written in a map, or at the end of a column's name */
	enum task_kind kind;
	double factor; /* to ns, or bytes */
};

/* The unit of this name and kind, NULL if there is none. */
const struct task_unit *task_unit_find(const char *name, enum task_kind kind);

#endif
