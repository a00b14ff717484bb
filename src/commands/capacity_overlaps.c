/* plateau capacity overlaps: how many visits each patch of a sky map has. */
#include "analyse/capacity/overlaps_summary.h"
#include "commands/command.h"
#include "commands/outputs.h"
#include "commands/page_file.h"
#include "commands/talk.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "core/number.h"
#include "core/str.h"
#include "formats/capacity/pointings_csv.h"
#include "report/capacity/overlaps_csv.h"
#include "report/capacity/overlaps_document.h"
#include "report/document_text.h"
#include "report/json/overlaps_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What is asked for. */
struct asked {
	struct skymap_settings map;
	double radius_deg;
	struct overlaps_region region;
};

/* ---- Options -------------------------------------------------------------------------------- */

static int parse_field(const struct arguments *arguments, struct asked *asked, struct error *err)
{
	const char *const radius = arguments_get(arguments, "radius");
	const char *const area = arguments_get(arguments, "area");
	double deg2 = 0;
	asked->radius_deg = OVERLAPS_RADIUS_DEG;
	if (radius && area)
		return error_set(err, EINVAL,
		                 "--radius and --area both say how large a field is; "
		                 "give one of them");
	if (area) {
		const int r = number_parse_solid_angle(area, &deg2, err);
		if (r < 0)
			return error_context(err, r, "--area");
		/* More than the sky has no radius; it is refused as one of 180 degrees is. */
		asked->radius_deg =
		        deg2 < overlaps_field_deg2(180) ? overlaps_radius_of(deg2) : 180;
	} else if (radius) {
		const int r = number_parse_angle(radius, &asked->radius_deg, err);
		if (r < 0)
			return error_context(err, r, "--radius");
	}
	if (asked->radius_deg >= OVERLAPS_LEAST_RADIUS_DEG &&
	    asked->radius_deg <= OVERLAPS_MOST_RADIUS_DEG)
		return 0;
	return error_set(
	        err, EINVAL,
	        "--%s: %s is a field of %g deg around its centre; give one of %g to %g deg",
	        area ? "area" : "radius", area ? area : radius, asked->radius_deg,
	        OVERLAPS_LEAST_RADIUS_DEG, OVERLAPS_MOST_RADIUS_DEG);
}

/* An angle of --within, with its sign and without a unit. */
static int parse_end(const char *text, double low, double high, double *ret_deg, struct error *err)
{
	const int r = number_parse_real(text, ret_deg, err);
	if (r < 0)
		return r;
	if (*ret_deg >= low && *ret_deg <= high)
		return 0;
	return error_set(err, EINVAL, "%s is not from %g to %g deg", text, low, high);
}

/* "dec=-62..2" */
static int parse_range(char *part, struct overlaps_region *region, struct error *err)
{
	char *const equals = strchr(part, '=');
	char *const dots = equals ? strstr(equals, "..") : NULL;
	const bool is_ra = strncmp(part, "ra=", 3) == 0;
	if (!dots || (!is_ra && strncmp(part, "dec=", 4) != 0))
		return error_set(
		        err, EINVAL,
		        "\"%s\" is neither dec=FROM..TO nor ra=FROM..TO; write for example "
		        "dec=-62..2 or ra=300..60,dec=-62..2",
		        part);
	double *const from = is_ra ? &region->ra_from : &region->dec_from;
	double *const to = is_ra ? &region->ra_to : &region->dec_to;
	*dots = '\0';
	int r = parse_end(equals + 1, is_ra ? 0 : -90, is_ra ? 360 : 90, from, err);
	if (r == 0)
		r = parse_end(dots + 2, is_ra ? 0 : -90, is_ra ? 360 : 90, to, err);
	if (r < 0)
		return r;
	if (!is_ra && *from > *to)
		return error_set(err, EINVAL, "dec=%g..%g ends below where it begins", *from, *to);
	*(is_ra ? &region->has_ra : &region->has_dec) = true;
	return 0;
}

static int parse_region(const struct arguments *arguments, struct overlaps_region *region,
                        struct error *err)
{
	const char *const text = arguments_get(arguments, "within");
	cleanup_free char *copy = NULL;
	char *rest = NULL;
	if (!text)
		return 0;
	int r = str_copy(text, &copy, err);
	if (r < 0)
		return r;
	for (char *part = strtok_r(copy, ",", &rest); part && r == 0;
	     part = strtok_r(NULL, ",", &rest))
		r = parse_range(part, region, err);
	if (r == 0 && !region->has_ra && !region->has_dec)
		r = error_set(err, EINVAL, "it is empty; write for example dec=-62..2");
	return r < 0 ? error_context(err, r, "--within") : 0;
}

/* A whole number that an option gives; missing: as it was. */
static int parse_count(const struct arguments *arguments, const char *name, uint32_t low,
                       uint32_t high, uint32_t *count, struct error *err)
{
	const char *const text = arguments_get(arguments, name);
	int64_t value = 0;
	if (!text)
		return 0;
	const int r = number_parse_integer(text, low, high, &value, err);
	if (r < 0)
		return error_context(err, r, "--%s", name);
	*count = (uint32_t)value;
	return 0;
}

/* An angle that an option gives, in units of which a degree has `units`. */
static int parse_angle(const struct arguments *arguments, const char *name, double units,
                       double *angle, struct error *err)
{
	const char *const text = arguments_get(arguments, name);
	double deg = 0;
	if (!text)
		return 0;
	const int r = number_parse_angle(text, &deg, err);
	if (r < 0)
		return error_context(err, r, "--%s", name);
	*angle = deg * units;
	return 0;
}

static int parse_asked(const struct arguments *arguments, struct asked *asked, struct error *err)
{
	enum { MOST_PATCH = 1000000 };
	struct skymap_settings *const map = &asked->map;
	*asked = (struct asked){.map = skymap_dc2};
	int r = parse_count(arguments, "rings", 1, SKYMAP_MOST_RINGS, &map->rings, err);
	if (r == 0)
		r = parse_count(arguments, "patch", 1, MOST_PATCH, &map->patch_pixels, err);
	/* A border as wide as the patch is the widest. */
	if (map->border_pixels > map->patch_pixels)
		map->border_pixels = map->patch_pixels;
	if (r == 0)
		r = parse_count(arguments, "border", 0, map->patch_pixels, &map->border_pixels,
		                err);
	if (r == 0)
		r = parse_angle(arguments, "pixel", 3600, &map->pixel_arcsec, err);
	if (r == 0)
		r = parse_angle(arguments, "overlap", 1, &map->overlap_deg, err);
	if (r == 0)
		r = parse_angle(arguments, "ra-start", 1, &map->ra_start_deg, err);
	if (r == 0)
		r = parse_field(arguments, asked, err);
	return r < 0 ? r : parse_region(arguments, &asked->region, err);
}

/* ---- Answers -------------------------------------------------------------------------------- */

static int write_text(const struct arguments *arguments, const struct overlaps_told *told,
                      char **ret_text, struct error *err)
{
	const struct text_style style = talk_style(arguments);
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	overlaps_document(told, READ_IN_TERMINAL, &doc);
	return document_text_write(&doc, ret_text, err);
}

/* The page with its plots, or the plots alone. */
static enum exit_code write_page(const struct overlaps_told *told, const struct page_file *page)
{
	cleanup_document struct document doc;
	document_init(&doc, "", &page_style);
	overlaps_document(told, READ_IN_PAGE, &doc);
	return page_file_write(page, &doc, 1, doc.title);
}

static int write_rows(const void *content, FILE *stream, struct error *err)
{
	return overlaps_csv_write(content, stream, err);
}

static enum exit_code answer(const struct overlaps_told *told, const struct page_file *page)
{
	const struct arguments *const arguments = page->arguments;
	const char *const table = arguments_get(arguments, "output");
	const bool is_table_out = output_is_stdout(table);
	const bool is_page_out = output_is_stdout(page->path);
	struct error err;
	cleanup_free char *text = NULL;
	int r = 0;
	if (is_table_out)
		r = overlaps_csv_write(told->overlaps, stdout, &err);
	else if (table)
		r = file_replace_by(table, write_rows, told->overlaps, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	if (table && !is_table_out)
		talk_note(arguments, "written: %s", table);
	if (!is_table_out && !is_page_out) {
		r = arguments_has(arguments, "json") ? overlaps_json_write(told, &text, &err)
		                                     : write_text(arguments, told, &text, &err);
		if (r < 0)
			return talk_fail(EXIT_SOMETHING_FAILED, &err);
		/* What does not go out is found and told by main. */
		fputs(text, stdout);
	}
	if (!(page->path || page->plots))
		return EXIT_DONE;
	const enum exit_code code = write_page(told, page);
	if (code == EXIT_DONE)
		page_file_note(page);
	return code;
}

/* Before anything is worked out: that nothing of somebody else's is lost, and that stdout is asked
 * for once. */
static int check_outputs(const struct page_file *page, struct error *err)
{
	const struct arguments *const arguments = page->arguments;
	const char *const table = arguments_get(arguments, "output");
	cleanup_taken_files struct taken_files taken = {0};
	int r = taken_files_add(&taken, arguments->operands.items[0], "the table of pointings",
	                        err);
	if (r == 0 && output_is_stdout(table) &&
	    (arguments_has(arguments, "json") || output_is_stdout(page->path)))
		r = error_set(err, EINVAL, "-o - wants stdout for the table: name a file for it");
	const struct output output = {
	        .path = table,
	        .option = "-o",
	        .kind = OUTPUT_OVERLAPS,
	        .is_forced = arguments_has(arguments, "force"),
	};
	if (r == 0 && table)
		r = output_check(&output, &taken, err);
	if (r == 0 && table)
		r = taken_files_add(&taken, table, "the table of visits per patch", err);
	return r < 0 || !page->path ? r : page_file_check(page, &taken, err);
}

static enum exit_code count(const struct asked *asked, const struct pointings *pointings,
                            const struct page_file *page)
{
	struct error err;
	cleanup_skymap struct skymap map = {0};
	cleanup_overlaps struct overlaps overlaps = {0};
	cleanup_overlaps_summary struct overlaps_summary summary = {0};
	int r = skymap_init(&map, &asked->map, &err);
	if (r == 0)
		r = overlaps_count(&map, pointings, asked->radius_deg, &asked->region, &overlaps,
		                   &err);
	if (r < 0)
		return talk_fail(r == -ENOMEM ? EXIT_SOMETHING_FAILED : EXIT_USAGE, &err);
	r = overlaps_summarise(&overlaps, &summary, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	const struct overlaps_told told = {
	        .path = page->arguments->operands.items[0],
	        .pointings = pointings,
	        .overlaps = &overlaps,
	        .summary = &summary,
	};
	return answer(&told, page);
}

static enum exit_code run_capacity_overlaps(const struct arguments *arguments)
{
	struct error err;
	struct asked asked;
	cleanup_problems struct problems problems = {0};
	cleanup_pointings struct pointings pointings = {0};
	const struct page_file page = {
	        .arguments = arguments,
	        .option = "--page",
	        .path = arguments_get(arguments, "page"),
	        .plots = arguments_get(arguments, "plots"),
	        .results = &arguments->operands,
	        .is_forced = arguments_has(arguments, "force"),
	        .is_aside = true,
	};
	int r = parse_asked(arguments, &asked, &err);
	if (r == 0)
		r = check_outputs(&page, &err);
	if (r < 0)
		return talk_fail(exit_for_file(r), &err);
	r = pointings_csv_load(arguments->operands.items[0], arguments_get(arguments, "columns"),
	                       &pointings, &problems, &err);
	if (problems.count > 0)
		return talk_problems(&problems, &err);
	if (r < 0)
		return talk_fail(exit_for_file(r), &err);
	return count(&asked, &pointings, &page);
}

static const struct option_entry overlaps_options[] = {
        {0, "columns", "MAP", "which columns are what: ra=COLUMN:UNIT,dec=COLUMN,band=COLUMN"},
        {0, "radius", "ANGLE", "of the field of view around its centre (1.75deg)"},
        {0, "area", "ANGLE", "of the field of view, instead of its radius: 9.6deg2"},
        {0, "within", "RANGES", "count patches in there only: dec=-62..2, ra=300..60,dec=-62..2"},
        {0, "rings", "N", "rings of the sky map (120)"},
        {0, "patch", "PIXELS", "along a side of a patch (4000)"},
        {0, "border", "PIXELS", "of a patch, beyond them (100)"},
        {0, "pixel", "ANGLE", "of the sky map (0.2arcsec)"},
        {0, "overlap", "ANGLE", "of neighbouring tracts, from each (1arcmin)"},
        {0, "ra-start", "ANGLE", "where the first tract of every ring is (0deg)"},
        {'o', "output", "FILE", "write the visits of each patch as CSV; - for stdout"},
        {0, "page", "FILE", "write a page too, with plots; - for stdout"},
        {0, "plots", "DIR", "write every plot there as SVG, PDF and PNG, with data and script"},
        {0, "force", NULL, "replace FILE even if plateau did not write it"},
};

const struct command command_capacity_overlaps = {
        .name = "capacity overlaps",
        .operands = "POINTINGS.csv",
        .summary = "count how many visits each patch of the sky has",
        .details =
                "Lays the visits of a survey over a ring sky map, as the coadds of LSST are made "
                "on, and counts for each patch and band the visits that touch it, and their mean "
                "depth over it. What a coadd costs grows with its visits: `plateau capacity` "
                "takes the table that -o writes.\n\n"
                "POINTINGS.csv has a header and a row for each visit: columns ra and dec in "
                "degrees, and band. Other usual names are known (fieldRA, s_ra, filter, ...), and "
                "it is told what was taken for what; --columns names them. A unit may stand behind "
                "an angle: ra=fieldRA:rad; band=- counts all visits together. Other columns are "
                "passed over.\n\n"
                "The field of view is a circle. The sky map is that of DC2 (120 rings: 18,938 "
                "tracts of 7 x 7 patches) unless options say otherwise. --within counts patches "
                "whose middle is in there, in degrees; ra=300..60 goes through 0.\n\n"
                "docs/capacity.md has an example, docs/method.md how it is worked out, "
                "docs/json.md what --json answers.",
        .options = overlaps_options,
        .option_count = ARRAY_LENGTH(overlaps_options),
        .least_operands = 1,
        .most_operands = 1,
        .exits =
                {
                        {EXIT_USAGE, "the table or an option is wrong"},
                        {EXIT_NODE_CANNOT, "gnuplot, which draws the plots, is missing or failed; "
                                           "the page has their figures as tables"},
                },
        .examples =
                {
                        {"plateau capacity overlaps year1.csv -o visits.csv --page visits.html",
                         "the visits of a year, for capacity and as a page"},
                        {"plateau capacity overlaps year1.csv --radius 2deg --within dec=-62..2",
                         "a wider view, and a part of the sky"},
                },
        .run = run_capacity_overlaps,
};
