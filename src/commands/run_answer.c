/* What a row answers: tables, the verdict over all, or one JSON document. */
#include "commands/judging.h"
#include "commands/run_row.h"
#include "commands/show.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "report/json/accept_json.h"
#include "report/json/row_json.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Of several results that are judged the verdict matters, and is not to be looked for behind their
 * tables. */
static bool is_short(const struct row *row)
{
	return row->count > 1 && arguments_has(row->arguments, "accept") &&
	       !arguments_has(row->arguments, "verbose");
}

void row_print(const struct row *row, struct row_entry *entry)
{
	struct error err;
	if (!entry->result)
		return;
	const bool is_json = arguments_has(row->arguments, "json");
	cleanup_free char *text = NULL;
	const int r = show_write(entry->result, row->arguments, is_short(row),
	                         is_json ? &entry->json : &text, &err);
	if (r < 0) {
		entry->code = exit_worse(entry->code, talk_fail(EXIT_SOMETHING_FAILED, &err));
		return;
	}
	if (!text)
		return;
	if (entry > row->entries)
		putchar('\n');
	fputs(text, stdout);
	fflush(stdout);
}

/* A scenario that has no result is missing from the verdict, which is then no pass. */
static enum exit_code miss(struct judging *judging, const struct row_entry *entry)
{
	struct error err;
	const char *const name = entry->name ? entry->name : entry->run.scenario.name;
	error_set(&err, EIO, "%s has no result, so the verdict is without it", name);
	const enum exit_code code = judging_miss(judging, name, -EIO, &err);
	return entry->code != EXIT_DONE ? entry->code : code;
}

/* Holds every result against its criteria. */
static enum exit_code judge_all(const struct row *row, struct judging *judging)
{
	enum exit_code code = EXIT_DONE;
	for (size_t i = 0; i < row->count; i++) {
		const struct row_entry *const entry = &row->entries[i];
		if (entry->result)
			code = exit_worse(code, judging_result(judging, entry->result, NULL));
		else
			code = exit_worse(code, miss(judging, entry));
	}
	return code;
}

enum exit_code row_accept(const struct row *row, struct judging **ret_judging)
{
	const struct judging_settings settings = {.arguments = row->arguments};
	const char *const junit = arguments_get(row->arguments, "junit");
	enum exit_code code = judging_open(&settings, ret_judging);
	if (code != EXIT_DONE)
		return code;
	struct judging *const judging = *ret_judging;
	code = judge_all(row, judging);
	struct accepted_all all;
	judging_all(judging, &all);
	if (all.count == 0)
		return code;
	if (!arguments_has(row->arguments, "json")) {
		putchar('\n');
		code = exit_worse(code, judging_print(judging));
	}
	if (junit)
		code = exit_worse(code, judging_write_junit(judging, junit));
	return exit_worse(code, judging_exit(judging));
}

enum exit_code row_print_json(const struct row *row, const struct judging *judging)
{
	struct error err;
	cleanup_free char *json = NULL;
	cleanup_free char *acceptance = NULL;
	struct accepted_all all;
	if (judging) {
		judging_all(judging, &all);
		if (accept_json_write(&all, &acceptance, &err) < 0)
			return talk_fail(EXIT_SOMETHING_FAILED, &err);
	}
	size_t count = 0;
	cleanup_free const char **documents = calloc(row->count, sizeof *documents);
	for (size_t i = 0; documents && i < row->count; i++)
		if (row->entries[i].json)
			documents[count++] = row->entries[i].json;
	if (row->count == 1 && count == 0)
		return EXIT_DONE;
	const int r = documents ? row_json_write(documents, count, row->count == 1, acceptance,
	                                         &json, &err)
	                        : error_memory(&err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(json, stdout);
	return EXIT_DONE;
}
