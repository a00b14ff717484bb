/* Result, fleet and campaign files that others have made, and all that is said of them. */
#include "targets.h"

#include "analyse/findings.h"
#include "analyse/fleet/history.h"
#include "analyse/fleet/rank.h"
#include "answers.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "database.h"
#include "report/fleet/fleet_document.h"
#include "report/json/fleet_json.h"
#include "report/json/show_json.h"
#include "report/section/sections.h"
#include "report/text_style.h"
#include "store/campaign_file.h"
#include "store/fleet_file.h"
#include "store/load.h"

#include <stdlib.h>

static const struct text_style plain = {.width = 100, .is_ascii = true};

/* Each answer takes as long as all the rest: an input gets one of them, by its length. */
enum answer { AS_JSON, AS_TEXT, AS_PAGE, ANSWERS };

static enum answer answer_of(size_t count)
{
	return (enum answer)(count % ANSWERS);
}

static void show(const struct dataset *dataset, enum answer answer)
{
	struct error err = {""};
	cleanup_findings struct findings findings = {0};
	if (findings_build(dataset, &findings, &err) < 0)
		return;
	cleanup_free char *json = NULL;
	cleanup_document struct document doc;
	document_init(&doc, "", &plain);
	if (answer == AS_JSON && show_json_write(&findings, &json, &err) == 0)
		answer_check_json(json);
	if (answer == AS_TEXT) {
		report_fill(&findings, READ_IN_TERMINAL, &doc);
		answer_check_terminal(&doc);
	}
	if (answer == AS_PAGE) {
		report_fill(&findings, READ_IN_PAGE, &doc);
		answer_check_page(&doc);
	}
}

static void load_result(const char *path, size_t count)
{
	struct error err = {""};
	cleanup_dataset struct dataset dataset = {0};
	const int r = load_dataset(path, &dataset, &err);
	fuzz_check_told(r, NULL, &err);
	if (r == 0)
		show(&dataset, answer_of(count));
}

static struct database_base result_base = {.name = "result"};

void fuzz_result_file(const char *bytes, const char *text, size_t count)
{
	(void)text;
	load_result(database_patched(&result_base, bytes, count), count);
}

void fuzz_result_edits(const char *bytes, const char *text, size_t count)
{
	(void)text;
	load_result(database_edited(&result_base, bytes, count), count);
}

/* The first letter says whether bytes (a) or the content (b) is changed. */
static const char *change(struct database_base *base, const char *bytes, size_t count)
{
	return fuzz_choose(&bytes, &count, 2) == 0 ? database_patched(base, bytes, count)
	                                           : database_edited(base, bytes, count);
}

static void rank(const struct fleet *fleet, enum answer answer)
{
	static const struct fleet_told told = {.source = "x"};
	struct error err = {""};
	cleanup_fleet_ranking struct fleet_ranking ranking = {0};
	if (fleet_rank(fleet, &ranking, &err) < 0)
		return;
	cleanup_free char *json = NULL;
	cleanup_document struct document doc;
	document_init(&doc, "", &plain);
	if (answer == AS_JSON &&
	    fleet_json_write(&ranking, fleet_overall(&ranking), NULL, &json, &err) == 0)
		answer_check_json(json);
	if (answer != AS_JSON)
		fleet_document(&ranking, &told, &doc);
	if (answer == AS_TEXT)
		answer_check_terminal(&doc);
	if (answer == AS_PAGE)
		answer_check_page(&doc);
	for (size_t i = 0; i < fleet->node_count; i++) {
		cleanup_fleet_history struct fleet_history history = {0};
		if (fleet_history_build(&fleet->nodes[i], &history, &err) < 0)
			return;
	}
}

void fuzz_fleet_file(const char *bytes, const char *text, size_t count)
{
	static struct database_base base = {.name = "fleet"};
	(void)text;
	struct error err = {""};
	cleanup_fleet struct fleet fleet = {0};
	const char *const path = change(&base, bytes, count);
	const int r = fleet_file_load(path, &fleet, &err);
	fuzz_check_told(r, NULL, &err);
	if (r == 0)
		rank(&fleet, answer_of(count));
}

void fuzz_campaign_file(const char *bytes, const char *text, size_t count)
{
	static struct database_base base = {.name = "campaign"};
	(void)text;
	struct error err = {""};
	cleanup_campaign struct campaign campaign = {0};
	const char *const path = change(&base, bytes, count);
	const int r = campaign_file_load(path, &campaign, &err);
	fuzz_check_told(r, NULL, &err);
	if (r == 0)
		fuzz_check_campaign(&campaign);
}
