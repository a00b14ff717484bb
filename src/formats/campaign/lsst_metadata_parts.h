/* One metadata file, taken apart without the campaign that it goes into, so that many are read at
 * the same time. Private to lsst_metadata*.c. */
#ifndef FORMATS_CAMPAIGN_LSST_METADATA_PARTS_H
#define FORMATS_CAMPAIGN_LSST_METADATA_PARTS_H

#include "model/campaign.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

enum { LSST_NUMBERS = 15, LSST_WRONG_BYTES = 200, LSST_WORD_BYTES = 96 };

/* The covariates that numbers of an attempt become. */
extern const char *const lsst_number_names[LSST_NUMBERS];

struct lsst_attempt {
	int64_t start_ns; /* calendar time; this and the others RECORD_ABSENT where absent */
	int64_t wall_ns;
	int64_t cpu_ns;
	int64_t max_rss_bytes;
	double numbers[LSST_NUMBERS]; /* NAN: absent */
	char node[LSST_WORD_BYTES];   /* "": absent */
	enum campaign_state state;
	bool is_superseded;
	bool is_old;         /* its memory is in KiB, because it has no __version__ */
	bool is_peak_before; /* its process had its peak before the task began */
	bool is_odd;         /* a time or count went backwards, and was left out */
};

enum lsst_file_kind {
	LSST_FILE_READ,
	LSST_FILE_OTHER, /* something else than task metadata */
	LSST_FILE_WRONG  /* see wrong */
};

struct lsst_file {
	enum lsst_file_kind kind;
	char type[LSST_WORD_BYTES]; /* "": the metadata does not say */
	struct lsst_attempt *attempts;
	size_t count;
	bool has_attempts; /* it says which attempt each is */
	size_t line;
	size_t column;
	char wrong[LSST_WRONG_BYTES];
};

/* Takes a text apart; what is wrong is in ret_file. Out of memory is LSST_FILE_WRONG too. */
void lsst_file_parse(const char *text, size_t bytes, struct lsst_file *ret_file);
void lsst_file_release(struct lsst_file *file);

/* Makes the YAML of a PropertySet into what the JSON would be. NULL with *ret_file's kind, place
 * and wrong set: it cannot be read. */
json_t *lsst_yaml_parse(const char *text, size_t bytes, struct lsst_file *file);

/* Whether the text is the YAML of a PropertySet or PropertyList. */
bool lsst_yaml_is(const char *text, size_t bytes);

void lsst_file_refuse(struct lsst_file *file, size_t line, size_t column, const char *format, ...)
        __attribute__((format(printf, 4, 5)));

/* What the path of a file says of its task. */
enum lsst_dimension {
	LSST_INSTRUMENT,
	LSST_TRACT,
	LSST_PATCH,
	LSST_DAY_OBS,
	LSST_BAND,
	LSST_PHYSICAL_FILTER,
	LSST_DETECTOR,
	LSST_DIMENSIONS
};

/* "instrument", "tract", ...: the covariates that they become. */
extern const char *const lsst_dimension_names[LSST_DIMENSIONS];

struct lsst_path {
	char type[LSST_WORD_BYTES]; /* "": the path does not say; likewise the others */
	char values[LSST_DIMENSIONS][LSST_WORD_BYTES];
	bool has_visit; /* it names a visit or an exposure, which is not kept */
};

struct lsst_path lsst_path_read(const char *path);

#endif
