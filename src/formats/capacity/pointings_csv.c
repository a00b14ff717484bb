#include "formats/capacity/pointings_csv.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/import/table_rows.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum what { WHAT_RA, WHAT_DEC, WHAT_BAND, FIELDS };

/* What a map calls them, how a header may (the likelier first), and what to say where one is
 * missing. */
static const struct field {
	const char *name;
	const char *guesses[16];
	const char *missing;
} fields[FIELDS] = {
        {"ra",
         {"ra", "ra_deg", "radeg", "ra_rad", "ra_hours", "fieldra", "field_ra", "s_ra",
          "boresight_ra", "boresightra", "visit_ra", "ra_center", "right_ascension", "raj2000"},
         "no column for the right ascension; call it ra, or name it (--columns ra=COLUMN)"},
        {"dec",
         {"dec", "dec_deg", "decdeg", "dedeg", "dec_rad", "fielddec", "field_dec", "s_dec",
          "boresight_dec", "boresightdec", "visit_dec", "dec_center", "declination", "decj2000",
          "dej2000"},
         "no column for the declination; call it dec, or name it (--columns dec=COLUMN)"},
        {"band",
         {"band", "filter", "filter_name", "filtername", "bandpass", "physical_filter"},
         "no column for the band; call it band, name it (--columns band=COLUMN), or count all "
         "visits together (--columns band=-)"},
};

/* Units of angles, in degrees. */
static const struct unit {
	const char *name;
	double degrees;
	bool is_of_ra_only;
} units[] = {
        {"deg", 1, false},
        {"degrees", 1, false},
        {"rad", 180 / M_PI, false},
        {"radians", 180 / M_PI, false},
        {"h", 15, true},
        {"hours", 15, true},
};

struct column {
	size_t index; /* SIZE_MAX: none */
	const struct unit *unit;
	bool is_assumed; /* nothing says that it is in degrees */
	bool is_guessed; /* not by our own name */
	bool is_mapped;
};

struct reading {
	struct table_rows rows;
	struct column columns[FIELDS];
	bool is_one_band; /* band=- */
	struct pointings *pointings;
	bool is_beyond_radians; /* an angle is too large for one in radians */
	struct error *err;
};

/* ---- The header ------------------------------------------------------------------------- */

static const struct unit *find_unit(const char *name, enum what what)
{
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
		if (strcasecmp(units[i].name, name) == 0 &&
		    (what == WHAT_RA || !units[i].is_of_ra_only))
			return &units[i];
	return NULL;
}

/* The unit that the end of a name says: "ra_rad". */
static void find_unit_in_name(struct column *column, const char *name, enum what what)
{
	const char *const end = strrchr(name, '_');
	const struct unit *const said = end ? find_unit(end + 1, what) : NULL;
	const size_t length = strlen(name);
	column->is_assumed = !said && !(length > 3 && strcasecmp(name + length - 3, "deg") == 0);
	column->unit = said ? said : &units[0];
}

static size_t find_column(const struct reading *r, const char *name)
{
	for (size_t i = 0; i < r->rows.columns; i++)
		if (strcmp(table_rows_cell(&r->rows, i), name) == 0)
			return i;
	return SIZE_MAX;
}

static void guess(struct reading *r, enum what what)
{
	struct column *const column = &r->columns[what];
	for (size_t g = 0; fields[what].guesses[g]; g++)
		for (size_t i = 0; i < r->rows.columns; i++) {
			const char *const name = table_rows_cell(&r->rows, i);
			if (strcasecmp(name, fields[what].guesses[g]) != 0)
				continue;
			column->index = i;
			column->is_guessed = strcmp(name, fields[what].name) != 0;
			find_unit_in_name(column, name, what);
			return;
		}
}

static int refuse_part(const char *part, struct error *err)
{
	return error_set(err, EINVAL,
	                 "columns: \"%s\" is none of ra=COLUMN, dec=COLUMN and band=COLUMN; of an "
	                 "angle :deg, :rad or, of ra, :h may stand behind it",
	                 part);
}

/* One part of a map: "ra=fieldRA:deg". */
static int take_part(struct reading *r, const char *part)
{
	const char *const equals = strchr(part, '=');
	enum what what = FIELDS;
	for (size_t i = 0; equals && i < FIELDS; i++)
		if (strlen(fields[i].name) == (size_t)(equals - part) &&
		    strncmp(fields[i].name, part, (size_t)(equals - part)) == 0)
			what = (enum what)i;
	if (what == FIELDS || equals[1] == '\0')
		return refuse_part(part, r->err);
	struct column *const column = &r->columns[what];
	cleanup_free char *name = NULL;
	const int result = str_copy(equals + 1, &name, r->err);
	if (result < 0)
		return result;
	column->is_mapped = true;
	if (what == WHAT_BAND && strcmp(name, "-") == 0) {
		r->is_one_band = true;
		return 0;
	}
	/* The column's own name may have colons. */
	char *const colon = strrchr(name, ':');
	const struct unit *unit = NULL;
	column->index = find_column(r, name);
	if (column->index == SIZE_MAX && colon && what != WHAT_BAND) {
		unit = find_unit(colon + 1, what);
		if (!unit)
			return refuse_part(part, r->err);
		*colon = '\0';
		column->index = find_column(r, name);
	}
	if (column->index == SIZE_MAX) {
		r->rows.lines.is_refused = true;
		return table_rows_complain(&r->rows, "header", r->err,
		                           "no column \"%s\", which was named for %s", name,
		                           fields[what].name);
	}
	find_unit_in_name(column, name, what);
	if (unit) {
		column->unit = unit;
		column->is_assumed = false;
	}
	return 0;
}

static int take_map(struct reading *r, const char *map)
{
	cleanup_free char *copy = NULL;
	int result = str_copy(map, &copy, r->err);
	char *rest = NULL;
	char *part = result == 0 ? strtok_r(copy, ",", &rest) : NULL;
	for (; part && result == 0; part = strtok_r(NULL, ",", &rest))
		result = take_part(r, part);
	return result;
}

/* Says what was guessed, since a wrong column would give a wrong answer and no error. */
static int tell_guess(struct reading *r, enum what what)
{
	const struct column *const column = &r->columns[what];
	if (column->is_mapped || !column->is_guessed)
		return 0;
	return words_addf(&r->pointings->remarks, r->err, "column %s is taken for %s%s%s",
	                  table_rows_cell(&r->rows, column->index), fields[what].name,
	                  what == WHAT_BAND ? "" : " in ",
	                  what == WHAT_BAND ? "" : column->unit->name);
}

static int read_header(struct reading *r, const char *map)
{
	int result = table_rows_header(
	        &r->rows, "write a header (ra,dec,band) and a row for every visit", r->err);
	if (result <= 0)
		return result;
	result = map ? take_map(r, map) : 0;
	for (size_t i = 0; result == 0 && i < FIELDS; i++) {
		if (r->columns[i].is_mapped)
			continue;
		guess(r, (enum what)i);
		if (r->columns[i].index != SIZE_MAX) {
			result = tell_guess(r, (enum what)i);
			continue;
		}
		r->rows.lines.is_refused = true;
		result = table_rows_complain(&r->rows, "header", r->err, "%s", fields[i].missing);
	}
	return result < 0 ? result : 1;
}

/* ---- Rows -------------------------------------------------------------------------------- */

/* An angle in degrees; NAN after a problem. */
static int read_angle(struct reading *r, enum what what, double *ret_deg)
{
	const struct column *const column = &r->columns[what];
	const char *const cell = table_rows_cell(&r->rows, column->index);
	struct error why;
	double value = 0;
	*ret_deg = NAN;
	if (number_parse_real(cell, &value, &why) < 0)
		return table_rows_complain(&r->rows, fields[what].name, r->err, "%s%s", why.text,
		                           strchr(cell, ':')
		                                   ? "; hours or degrees with minutes are to "
		                                     "be made one number first"
		                                   : "");
	r->is_beyond_radians = r->is_beyond_radians || fabs(value) > 2 * M_PI;
	const double degrees = value * column->unit->degrees;
	const double most = what == WHAT_RA ? 360 : 90;
	if (fabs(degrees) > most * (1 + 1e-9))
		return table_rows_complain(&r->rows, fields[what].name, r->err,
		                           "%s %s is beyond %s%g deg; is the unit right, or is "
		                           "this another column?",
		                           cell, column->unit->name, what == WHAT_RA ? "" : "+-",
		                           most);
	*ret_deg = fmin(fmax(degrees, -most), most);
	return 0;
}

static int read_band(struct reading *r, uint32_t *ret_band)
{
	const char *const cell =
	        r->is_one_band ? "all" : table_rows_cell(&r->rows, r->columns[WHAT_BAND].index);
	if (cell[0] == '\0')
		return table_rows_complain(&r->rows, "band", r->err,
		                           "empty; write the band of the visit, or leave it out");
	if (strlen(cell) >= POINTINGS_BAND_BYTES)
		return table_rows_complain(&r->rows, "band", r->err,
		                           "longer than %d bytes: this is no band",
		                           POINTINGS_BAND_BYTES - 1);
	for (const char *c = cell; *c; c++)
		if (iscntrl((unsigned char)*c))
			return table_rows_complain(&r->rows, "band", r->err,
			                           "has a control character: this is no band");
	const int result = pointings_band(r->pointings, cell, ret_band, r->err);
	if (result != -E2BIG)
		return result;
	r->rows.lines.is_refused = true;
	return table_rows_complain(&r->rows, "band", r->err,
	                           "more than %d bands; is this the column of bands? "
	                           "(--columns band=COLUMN)",
	                           POINTINGS_MOST_BANDS);
}

static int take_row(void *context)
{
	struct reading *const r = context;
	double ra = NAN;
	double dec = NAN;
	uint32_t band = 0;
	int result = read_angle(r, WHAT_RA, &ra);
	if (result == 0)
		result = read_angle(r, WHAT_DEC, &dec);
	if (result == 0)
		result = read_band(r, &band);
	if (result < 0 || isnan(ra) || isnan(dec) || r->rows.lines.is_refused)
		return result;
	result = pointings_add(r->pointings, ra, dec, band, r->err);
	if (result != -E2BIG)
		return result;
	r->rows.lines.is_refused = true;
	return table_rows_complain(&r->rows, "row", r->err,
	                           "more than %d visits; give a part of them", POINTINGS_MOST);
}

/* Angles that would all do as radians are nothing that a survey has in degrees. */
static int check_unit(struct reading *r)
{
	enum { MANY = 100 };
	if (r->is_beyond_radians || r->pointings->count < MANY || !r->columns[WHAT_RA].is_assumed ||
	    !r->columns[WHAT_DEC].is_assumed)
		return 0;
	return words_addf(&r->pointings->warnings, r->err,
	                  "no angle is above 2 pi, and nothing says that they are in degrees: if "
	                  "they are in radians, say so (--columns ra=COLUMN:rad,dec=COLUMN:rad)");
}

static int read_table(struct reading *r, const char *map)
{
	int result = read_header(r, map);
	if (result > 0)
		result = table_rows_each(&r->rows, take_row, r, r->err);
	if (result <= 0)
		return result;
	if (r->pointings->count == 0)
		return table_rows_complain(&r->rows, "header", r->err,
		                           "no visit behind the header; write a row for each");
	pointings_sort_bands(r->pointings);
	return check_unit(r);
}

int pointings_csv_read(const char *name, FILE *stream, const char *columns,
                       struct pointings *ret_pointings, struct problems *problems,
                       struct error *err)
{
	cleanup_pointings struct pointings pointings = {0};
	struct reading reading = {.pointings = &pointings, .err = err};
	for (size_t i = 0; i < FIELDS; i++)
		reading.columns[i].index = SIZE_MAX;
	const size_t before = text_lines_problems(problems);
	int r = table_rows_init(&reading.rows, name, stream, problems, err);
	if (r == 0)
		r = read_table(&reading, columns);
	table_rows_release(&reading.rows);
	if (r == 0)
		r = text_lines_result(problems, before, name, err);
	if (r < 0)
		return r;
	*ret_pointings = pointings;
	pointings = (struct pointings){0};
	return 0;
}

int pointings_csv_load(const char *path, const char *columns, struct pointings *ret_pointings,
                       struct problems *problems, struct error *err)
{
	cleanup_file FILE *stream = NULL;
	const int r = text_lines_open(path, &stream, err);
	return r < 0 ? r : pointings_csv_read(path, stream, columns, ret_pointings, problems, err);
}
