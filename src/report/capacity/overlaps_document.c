#include "report/capacity/overlaps_document.h"

#include "core/array.h"
#include "core/number.h"
#include "core/str.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

static void add_map(const struct overlaps_told *told, struct document *doc)
{
	const struct skymap *const map = told->overlaps->map;
	const struct skymap_settings *const s = &map->settings;
	document_fact(doc, "sky map", "%u rings, %zu tracts of %u x %u patches: %zu", s->rings,
	              map->tract_count, map->side, map->side, skymap_patch_count(map));
	document_fact(doc, "a patch", "%u x %u pixels of %g arcsec and a border of %u",
	              s->patch_pixels, s->patch_pixels, s->pixel_arcsec, s->border_pixels);
}

static void add_region(const struct overlaps_region *region, struct document *doc)
{
	cleanup_str struct str text = {0};
	if (region->has_ra)
		str_addf(&text, "ra %g to %g deg", region->ra_from, region->ra_to);
	if (region->has_dec)
		str_addf(&text, "%sdec %g to %g deg", region->has_ra ? ", " : "", region->dec_from,
		         region->dec_to);
	doc->failed |= text.failed;
	if (text.length > 0)
		document_fact(doc, "within", "%s: patches whose middle is there", str_text(&text));
}

static void add_head(const struct overlaps_told *told, struct document *doc)
{
	const struct overlaps_summary *const summary = told->summary;
	const struct overlaps_summary_band *const all = &summary->bands[summary->band_count];
	document_title(doc, "Visits per patch");
	document_file(doc, told->path);
	document_section(doc, "overlaps", "", "");
	document_fact(doc, "visits", "%zu in %zu %s", all->visits, summary->band_count,
	              number_noun(summary->band_count, "band", "bands"));
	document_fact(doc, "from", "%s", told->path);
	document_fact(doc, "field", "%.3g deg around its centre: %.4g deg2",
	              told->overlaps->radius_deg, summary->field_deg2);
	add_map(told, doc);
	add_region(&told->overlaps->region, doc);
	for (size_t i = 0; i < told->pointings->remarks.count; i++)
		document_item(doc, TEXT_DIM, "-", "%s", told->pointings->remarks.items[i]);
}

static void add_sums(const struct overlaps_told *told, struct document *doc)
{
	const struct overlaps_summary *const summary = told->summary;
	const struct overlaps_summary_band *const all = &summary->bands[summary->band_count];
	char text[64];
	char small[128];
	document_section(doc, "sums", "What there is to process", "");
	snprintf(text, sizeof text, "%zu", summary->patches);
	snprintf(small, sizeof small, "with a visit in some band: %.0f deg2 of sky",
	         summary->sky_deg2);
	document_figure(doc, TEXT_PLAIN, "patches", small, "%s", text);
	document_figure(doc, TEXT_PLAIN, "coadds", "a patch in a band with a visit", "%zu",
	                all->coadds);
	snprintf(small, sizeof small, "a visit in a patch, %.1f of each visit",
	         (double)all->warps / (double)all->visits);
	document_figure(doc, TEXT_PLAIN, "warps", small, "%" PRIu64, all->warps);
	if (isfinite(summary->conserved))
		document_fact(doc, "check",
		              "depth times sky, over all patches, is %.3f %% of visits times field",
		              100 * summary->conserved);
}

static void spread_cells(struct table *table, const struct overlaps_spread *spread, int decimals)
{
	const double figures[] = {spread->mean, spread->p5, spread->median, spread->p95,
	                          spread->max};
	for (size_t i = 0; i < ARRAY_LENGTH(figures); i++)
		if (isnan(figures[i]))
			table_cell(table, TEXT_DIM, "none");
		else
			table_cell(table, TEXT_PLAIN, "%.*f", i == 0 ? 2 : decimals, figures[i]);
}

/* The row of a band, begun. */
static void name_row(struct table *table, const struct overlaps_summary_band *band)
{
	table_row(table);
	if (band->name)
		table_cell(table, TEXT_PLAIN, "%s", band->name);
	else
		table_cell(table, TEXT_HEAD, "all");
}

/* With one band the row of all of them says the same. */
static size_t row_count(const struct overlaps_summary *summary)
{
	return summary->band_count > 1 ? summary->band_count + 1 : summary->band_count;
}

static void add_touching(const struct overlaps_summary *summary, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"band", NULL, TABLE_LEFT, 0},      {"visits", NULL, TABLE_RIGHT, 1},
	        {"coadds", NULL, TABLE_RIGHT, 1},   {"warps", NULL, TABLE_RIGHT, 1},
	        {"mean", "visits", TABLE_POINT, 1}, {"p5", NULL, TABLE_POINT, 1},
	        {"median", NULL, TABLE_POINT, 1},   {"p95", NULL, TABLE_POINT, 1},
	        {"max", NULL, TABLE_POINT, 1},
	};
	document_section(doc, "visits", "Visits per patch",
	                 "that touch it, over patches with a visit in the band");
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < row_count(summary); i++) {
		const struct overlaps_summary_band *const band = &summary->bands[i];
		name_row(table, band);
		table_cell(table, TEXT_PLAIN, "%zu", band->visits);
		table_cell(table, TEXT_PLAIN, "%zu", band->coadds);
		table_cell(table, TEXT_PLAIN, "%" PRIu64, band->warps);
		spread_cells(table, &band->touching, 0);
	}
}

static void add_depth(const struct overlaps_summary *summary, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"band", NULL, TABLE_LEFT, 0}, {"mean", "visits", TABLE_POINT, 1},
	        {"p5", NULL, TABLE_POINT, 1},  {"median", NULL, TABLE_POINT, 1},
	        {"p95", NULL, TABLE_POINT, 1}, {"max", NULL, TABLE_POINT, 1},
	};
	document_section(doc, "depth", "Depth",
	                 "visits that cover a pixel, the mean over each patch");
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < row_count(summary); i++) {
		name_row(table, &summary->bands[i]);
		spread_cells(table, &summary->bands[i].depth, 2);
	}
}

/* What is doubtful; a band whose visits are all elsewhere is not passed over in silence. */
static void add_warnings(const struct overlaps_told *told, struct document *doc)
{
	const struct overlaps_summary *const summary = told->summary;
	const struct words *const warnings = &told->pointings->warnings;
	for (size_t i = 0; i < warnings->count; i++)
		document_item(doc, TEXT_WARN, "!", "%s", warnings->items[i]);
	for (size_t i = 0; i < summary->band_count; i++)
		if (summary->bands[i].coadds == 0)
			document_item(doc, TEXT_WARN, "!",
			              "no visit of band %s touches a patch of the region",
			              summary->bands[i].name);
}

void overlaps_document(const struct overlaps_told *told, enum block_reader reader,
                       struct document *doc)
{
	add_head(told, doc);
	add_sums(told, doc);
	add_warnings(told, doc);
	add_touching(told->summary, doc);
	if (reader == READ_IN_PAGE)
		overlaps_add_histogram(told, doc);
	add_depth(told->summary, doc);
	if (reader == READ_IN_PAGE)
		overlaps_add_sky(told, doc);
}
