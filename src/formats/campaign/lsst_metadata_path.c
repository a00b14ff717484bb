/* The Butler's default template, with parts that are absent left out:
 *
 *   RUN/TYPE_metadata/TRACT/PATCH/DAY_OBS/BAND/SUBFILTER/PHYSICAL_FILTER/VISIT/
 *       TYPE_metadata_INSTRUMENT_TRACT_PATCH_BAND_PHYSICAL_FILTER_VISIT_DETECTOR_SKYMAP_RUN.json
 *
 * The folders are taken, because a value may have an underscore in it; the detector is in the
 * file's name alone. */
#include "formats/campaign/lsst_metadata_parts.h"

#include "core/array.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char suffix[] = "_metadata";
enum { SUFFIX_LENGTH = sizeof suffix - 1 };

const char *const lsst_dimension_names[LSST_DIMENSIONS] = {
        [LSST_INSTRUMENT] = "instrument",
        [LSST_TRACT] = "tract",
        [LSST_PATCH] = "patch",
        [LSST_DAY_OBS] = "day_obs",
        [LSST_BAND] = "band",
        [LSST_PHYSICAL_FILTER] = "physical_filter",
        [LSST_DETECTOR] = "detector",
};

static const char *const instruments[] = {
        "LSSTCam-imSim", "LSSTCam-PhoSim", "LSSTComCamSim", "LSSTComCam", "LSSTCam", "LATISS",
        "HSC",           "DECam",          "MegaPrime",
};

static void copy(char to[LSST_WORD_BYTES], const char *text, size_t length)
{
	if (length < LSST_WORD_BYTES)
		snprintf(to, LSST_WORD_BYTES, "%.*s", (int)length, text);
}

static bool is_number(const char *text, size_t length)
{
	size_t i = 0;
	while (i < length && isdigit((unsigned char)text[i]))
		i++;
	return length > 0 && i == length;
}

static bool is_band(const char *text, size_t length)
{
	return (length == 1 && strchr("ugrizy", text[0])) ||
	       (length == 5 && memcmp(text, "white", 5) == 0);
}

/* 20231019 */
static bool is_day(const char *text, size_t length)
{
	return length == 8 && is_number(text, length) &&
	       (memcmp(text, "19", 2) == 0 || memcmp(text, "20", 2) == 0) &&
	       memcmp(text + 4, "01", 2) >= 0 && memcmp(text + 4, "12", 2) <= 0;
}

/* A folder below TYPE_metadata. Numbers before the day and the band are of the sky map, those
 * behind it of visits. */
static void take_folder(struct lsst_path *path, const char *text, size_t length)
{
	const bool is_behind = path->values[LSST_DAY_OBS][0] || path->values[LSST_BAND][0];
	if (is_band(text, length))
		copy(path->values[LSST_BAND], text, length);
	else if (is_day(text, length))
		copy(path->values[LSST_DAY_OBS], text, length);
	else if (!is_number(text, length) && path->values[LSST_BAND][0] &&
	         !path->values[LSST_PHYSICAL_FILTER][0])
		copy(path->values[LSST_PHYSICAL_FILTER], text, length);
	else if (is_number(text, length) && !is_behind && !path->values[LSST_TRACT][0])
		copy(path->values[LSST_TRACT], text, length);
	else if (is_number(text, length) && !is_behind && !path->values[LSST_PATCH][0])
		copy(path->values[LSST_PATCH], text, length);
	else
		path->has_visit = true;
}

/* "R22_S11" in a file's name, of the wave front sensors R00_SW1. */
static void find_detector(struct lsst_path *path, const char *name)
{
	for (const char *p = strchr(name, '_'); p; p = strchr(p + 1, '_'))
		if (p[1] == 'R' && is_number(p + 2, 2) && p[4] == '_' && p[5] == 'S' &&
		    isalnum((unsigned char)p[6]) && isdigit((unsigned char)p[7]) &&
		    (p[8] == '_' || p[8] == '.')) {
			copy(path->values[LSST_DETECTOR], p + 1, 7);
			return;
		}
}

static void find_instrument(struct lsst_path *path, const char *rest)
{
	for (size_t i = 0; i < ARRAY_LENGTH(instruments); i++) {
		const size_t length = strlen(instruments[i]);
		if (strncmp(rest, instruments[i], length) == 0 && rest[length] == '_') {
			copy(path->values[LSST_INSTRUMENT], rest, length);
			return;
		}
	}
}

/* A band between underscores, where there were no folders to have it. */
static void find_band(struct lsst_path *path, const char *rest)
{
	size_t found = 0;
	const char *band = NULL;
	for (const char *p = rest; *p; p++)
		if ((p == rest || p[-1] == '_') && is_band(p, 1) && p[1] == '_') {
			found++;
			band = p;
		}
	if (found == 1)
		copy(path->values[LSST_BAND], band, 1);
}

static void take_name(struct lsst_path *path, const char *name, bool has_folders)
{
	const char *const at = strstr(name, suffix);
	if (!at || at == name)
		return;
	if (!path->type[0])
		copy(path->type, name, (size_t)(at - name));
	const char *const rest = at + SUFFIX_LENGTH + (at[SUFFIX_LENGTH] == '_');
	find_instrument(path, rest);
	find_detector(path, at);
	if (!has_folders)
		find_band(path, rest);
}

/* The last folder called TYPE_metadata, or NULL; *ret_length is that of TYPE. */
static const char *find_type_folder(const char *path, const char *name, size_t *ret_length)
{
	const char *found = NULL;
	for (const char *p = path; p < name;) {
		const char *const end = strchr(p, '/');
		const size_t length = (size_t)(end - p);
		if (length > SUFFIX_LENGTH &&
		    memcmp(end - SUFFIX_LENGTH, suffix, SUFFIX_LENGTH) == 0) {
			found = p;
			*ret_length = length - SUFFIX_LENGTH;
		}
		p = end + 1;
	}
	return found;
}

struct lsst_path lsst_path_read(const char *path)
{
	struct lsst_path result = {0};
	const char *const slash = strrchr(path, '/');
	const char *const name = slash ? slash + 1 : path;
	size_t length = 0;
	const char *const folder = find_type_folder(path, name, &length);
	if (folder) {
		copy(result.type, folder, length);
		for (const char *p = folder + length + SUFFIX_LENGTH + 1; p < name;) {
			const char *const end = strchr(p, '/');
			take_folder(&result, p, (size_t)(end - p));
			p = end + 1;
		}
	}
	take_name(&result, name, folder != NULL);
	return result;
}
