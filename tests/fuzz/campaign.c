/* What a production left behind: tables of tasks, LSST metadata, sacct, and files of gen3_workflow;
 * and what is said of it. */
#include "targets.h"

#include "analyse/campaign/requirements.h"
#include "answers.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "formats/campaign/campaign_csv.h"
#include "formats/campaign/lsst_metadata.h"
#include "formats/campaign/resource_params_json.h"
#include "formats/campaign/sacct.h"
#include "report/campaign/needs_document.h"
#include "report/text_style.h"

#include <math.h>
#include <stdlib.h>

void fuzz_check_campaign(const struct campaign *campaign)
{
	static const struct text_style style = {.width = 100, .is_ascii = true};
	struct error err = {""};
	cleanup_requirements struct requirements needs = {0};
	const struct requirements_options options = {.limit_bytes = 4e9};
	if (requirements_build(campaign, &options, &needs, &err) < 0)
		return;
	const struct needs_told told = {.name = "x", .path = "x"};
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	needs_document(&needs, &told, READ_IN_TERMINAL, &doc);
	answer_check_terminal(&doc);
	answer_check_page(&doc);
}

static void check(int r, const struct campaign *campaign, const struct problems *problems,
                  const struct error *err)
{
	fuzz_check_told(r, problems, err);
	if (r == 0)
		fuzz_check_campaign(campaign);
}

/* A first line "map ..." is the map of columns. */
void fuzz_campaign_csv(const char *bytes, const char *text, size_t count)
{
	(void)text;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_campaign struct campaign campaign = {0};
	const char *at = bytes;
	cleanup_free char *map = fuzz_take_map(&at, bytes + count);
	cleanup_file FILE *stream = fuzz_stream(at, (size_t)(bytes + count - at));
	const struct campaign_csv_settings settings = {.columns = map};
	const int r = campaign_csv_read("x", stream, &settings, &campaign, &problems, &err);
	check(r, &campaign, &problems, &err);
}

void fuzz_lsst_metadata(const char *bytes, const char *text, size_t count)
{
	(void)bytes;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_campaign struct campaign campaign = {0};
	const int r = lsst_metadata_parse("isr_metadata/20230101/r/x/isr_metadata_r_1.json", text,
	                                  count, &campaign, &problems, &err);
	check(r, &campaign, &problems, &err);
	lsst_metadata_is(bytes, count);
}

/* tar, zip and compressed files with metadata in them. */
void fuzz_archive(const char *bytes, const char *text, size_t count)
{
	(void)text;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_campaign struct campaign campaign = {0};
	const int r =
	        lsst_metadata_load(fuzz_file("x.zip", bytes, count), &campaign, &problems, &err);
	check(r, &campaign, &problems, &err);
}

void fuzz_sacct(const char *bytes, const char *text, size_t count)
{
	(void)text;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_campaign struct campaign campaign = {0};
	cleanup_file FILE *stream = fuzz_stream(bytes, count);
	sacct_is(bytes, count);
	const int r = sacct_read("x", stream, &campaign, &problems, &err);
	check(r, &campaign, &problems, &err);
}

void fuzz_resource_params(const char *bytes, const char *text, size_t count)
{
	(void)bytes;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_resource_params struct resource_params params = {0};
	const int r = resource_params_parse("x", text, count, &params, &problems, &err);
	fuzz_check_told(r, &problems, &err);
	fuzz_promise(r < 0 || params.count > 0);
}

void fuzz_product_sizes(const char *bytes, const char *text, size_t count)
{
	(void)bytes;
	struct error err = {""};
	cleanup_problems struct problems problems = {0};
	cleanup_product_sizes struct product_sizes sizes = {0};
	const int r = product_sizes_parse("x", text, count, &sizes, &problems, &err);
	fuzz_check_told(r, &problems, &err);
	for (size_t i = 0; i < sizes.count; i++)
		fuzz_promise(isnan(sizes.items[i].mean_bytes) || sizes.items[i].mean_bytes >= 0);
}
