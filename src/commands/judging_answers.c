/* What is written of results that were judged. */
#include "commands/judging_parts.h"
#include "commands/outputs.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"
#include "report/accept/accept_document.h"
#include "report/document_text.h"
#include "report/json/accept_json.h"
#include "report/junit.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int write_text(const struct judging *judging, const struct accepted_all *all,
                      char **ret_text, struct error *err)
{
	const struct arguments *const arguments = judging->settings.arguments;
	const struct text_style style = talk_style(arguments);
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	accept_fill(all, READ_IN_TERMINAL, &doc);
	return document_text_write(&doc, ret_text, err);
}

enum exit_code judging_print(const struct judging *judging)
{
	struct accepted_all all;
	struct error err;
	cleanup_free char *text = NULL;
	judging_all(judging, &all);
	const bool is_json = arguments_has(judging->settings.arguments, "json");
	const int r = is_json ? accept_json_write(&all, &text, &err)
	                      : write_text(judging, &all, &text, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	/* What does not go out is found and told by main. */
	fputs(text, stdout);
	return EXIT_DONE;
}

enum exit_code judging_clear_junit(const struct arguments *arguments)
{
	struct error err;
	const char *const path = arguments_get(arguments, "junit");
	const struct output output = {.path = path, .option = "--junit", .kind = OUTPUT_JUNIT};
	return path && output_clear(&output, &err) < 0 ? talk_fail(EXIT_USAGE, &err) : EXIT_DONE;
}

enum exit_code judging_write_junit(const struct judging *judging, const char *path)
{
	struct accepted_all all;
	struct error err;
	cleanup_free char *xml = NULL;
	judging_all(judging, &all);
	int r = junit_write(&all, &xml, &err);
	if (r == 0 && strcmp(path, "-") == 0)
		fputs(xml, stdout);
	else if (r == 0)
		r = file_replace(path, xml, strlen(xml), &err);
	return r < 0 ? talk_fail(EXIT_SOMETHING_FAILED, &err) : EXIT_DONE;
}
