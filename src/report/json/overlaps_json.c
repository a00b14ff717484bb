#include "report/json/overlaps_json.h"

#include "report/json/json_value.h"

#include <math.h>

static json_t *spread_object(struct json_writer *w, const struct overlaps_spread *spread)
{
	json_t *const object = json_object();
	json_set(w, object, "mean", json_number(spread->mean));
	json_set(w, object, "p5", json_number(spread->p5));
	json_set(w, object, "median", json_number(spread->median));
	json_set(w, object, "p95", json_number(spread->p95));
	json_set(w, object, "max", json_number(spread->max));
	if (isnan(spread->mean))
		json_set(w, object, "reason", json_string("no visit touches a patch"));
	return object;
}

static json_t *histogram_array(struct json_writer *w, const struct overlaps_summary_band *band)
{
	json_t *const array = json_array();
	for (size_t n = 1; n <= band->histogram_count; n++) {
		if (band->histogram[n - 1] == 0)
			continue;
		json_t *const object = json_object();
		json_set(w, object, "visits", json_count(n));
		json_set(w, object, "coadds", json_count(band->histogram[n - 1]));
		json_append(w, array, object);
	}
	return array;
}

static json_t *band_object(struct json_writer *w, const struct overlaps_summary_band *band)
{
	json_t *const object = json_object();
	if (band->name)
		json_set(w, object, "band", json_text(band->name));
	json_set(w, object, "visits", json_count(band->visits));
	json_set(w, object, "coadds", json_count(band->coadds));
	json_set(w, object, "warps", json_count(band->warps));
	json_set(w, object, "visits_per_patch", spread_object(w, &band->touching));
	json_set(w, object, "depth", spread_object(w, &band->depth));
	if (band->name)
		json_set(w, object, "histogram", histogram_array(w, band));
	return object;
}

static json_t *map_object(struct json_writer *w, const struct skymap *map)
{
	json_t *const object = json_object();
	json_set(w, object, "rings", json_integer(map->settings.rings));
	json_set(w, object, "ra_start_deg", json_number(map->settings.ra_start_deg));
	json_set(w, object, "overlap_deg", json_number(map->settings.overlap_deg));
	json_set(w, object, "pixel_arcsec", json_number(map->settings.pixel_arcsec));
	json_set(w, object, "patch_pixels", json_integer(map->settings.patch_pixels));
	json_set(w, object, "border_pixels", json_integer(map->settings.border_pixels));
	json_set(w, object, "tracts", json_count(map->tract_count));
	json_set(w, object, "patches_per_tract", json_integer(map->patches));
	json_set(w, object, "patches", json_count(skymap_patch_count(map)));
	return object;
}

static json_t *region_object(struct json_writer *w, const struct overlaps_region *region)
{
	if (!region->has_ra && !region->has_dec)
		return json_null();
	json_t *const object = json_object();
	json_set(w, object, "ra_deg",
	         region->has_ra ? json_interval(region->ra_from, region->ra_to) : json_null());
	json_set(w, object, "dec_deg",
	         region->has_dec ? json_interval(region->dec_from, region->dec_to) : json_null());
	return object;
}

static json_t *words_array(struct json_writer *w, const struct words *words)
{
	json_t *const array = json_array();
	for (size_t i = 0; i < words->count; i++)
		json_append(w, array, json_text(words->items[i]));
	return array;
}

int overlaps_json_write(const struct overlaps_told *told, char **ret_json, struct error *err)
{
	struct json_writer w = {false};
	const struct overlaps_summary *const summary = told->summary;
	json_t *const answer = json_object();
	json_t *const field = json_object();
	json_t *const bands = json_array();
	json_set(&w, field, "radius_deg", json_number(told->overlaps->radius_deg));
	json_set(&w, field, "area_deg2", json_number(summary->field_deg2));
	for (size_t i = 0; i < summary->band_count; i++)
		json_append(&w, bands, band_object(&w, &summary->bands[i]));
	json_set(&w, answer, "schema_version", json_integer(1));
	json_set(&w, answer, "pointings", json_text(told->path));
	json_set(&w, answer, "field", field);
	json_set(&w, answer, "sky_map", map_object(&w, told->overlaps->map));
	json_set(&w, answer, "within", region_object(&w, &told->overlaps->region));
	json_set(&w, answer, "patches", json_count(summary->patches));
	json_set(&w, answer, "sky_deg2", json_number(summary->sky_deg2));
	json_set(&w, answer, "bands", bands);
	json_set(&w, answer, "all_bands", band_object(&w, &summary->bands[summary->band_count]));
	json_set(&w, answer, "covered_deg2", json_number(summary->covered_deg2));
	json_set_or_reason(&w, answer, "covered_of_expected", json_number(summary->conserved),
	                   "visits have a part outside of the region");
	json_set(&w, answer, "remarks", words_array(&w, &told->pointings->remarks));
	json_set(&w, answer, "warnings", words_array(&w, &told->pointings->warnings));
	return json_finish(&w, answer, ret_json, err);
}
