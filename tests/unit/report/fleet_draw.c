/* Writes what is said of a fleet that was made by hand, for tests/browser and for looking at:
 *   fleet_draw KIND NODES text [WIDTH]   faults, healthy, systemic or hostile, as in a terminal
 *   fleet_draw KIND NODES junit|drain    for other programs
 *   fleet_draw KIND NODES FILE.html      as a page
 *   fleet_draw KIND NODES FILE.db        as a fleet file, which is to be ranked still
 * What could not be drawn is said on stderr, and ends it with 1. */
#include "fleet_sample.h"
#include "report/document_html.h"
#include "report/document_text.h"
#include "report/fleet/drain_text.h"
#include "report/fleet/fleet_document.h"
#include "report/junit_fleet.h"
#include "store/fleet_file.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "core/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int write_text(const struct fleet_ranking *ranking, const char *width)
{
	const struct text_style style = {.width = width ? strtoul(width, NULL, 10) : 80};
	struct error err;
	cleanup_free char *text = NULL;
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	fleet_document(ranking, NULL, &doc);
	if (document_text_write(&doc, &text, &err) < 0)
		return 1;
	fputs(text, stdout);
	return 0;
}

static int write_page(const struct fleet_ranking *ranking, const char *path)
{
	static const struct text_style style = {.width = 100};
	struct undrawn undrawn = {0};
	struct error err;
	cleanup_free char *html = NULL;
	cleanup_document struct document doc;
	document_init(&doc, "", &style);
	fleet_document(ranking, NULL, &doc);
	if (document_html_write(&doc, 1, doc.title, plot_draw, &html, &undrawn, &err) < 0 ||
	    file_replace(path, html, strlen(html), &err) < 0) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	if (undrawn.plots > 0)
		fprintf(stderr, "%zu plots are not drawn: %s\n", undrawn.plots, undrawn.why.text);
	return undrawn.plots > 0;
}

static int write_junit(const struct fleet_ranking *ranking, char **ret_xml, struct error *err)
{
	return junit_fleet_write(ranking, NULL, ret_xml, err);
}

/* What programs read, as one of these writes it. */
static int write_other(const struct fleet_ranking *ranking,
                       int (*write)(const struct fleet_ranking *, char **, struct error *))
{
	struct error err;
	cleanup_free char *text = NULL;
	if (write(ranking, &text, &err) < 0)
		return 1;
	fputs(text, stdout);
	return 0;
}

static int write_as(const struct fleet_ranking *ranking, const char *how, const char *width)
{
	if (strcmp(how, "text") == 0)
		return write_text(ranking, width);
	if (strcmp(how, "junit") == 0)
		return write_other(ranking, write_junit);
	if (strcmp(how, "drain") == 0)
		return write_other(ranking, drain_text_write);
	const size_t length = strlen(how);
	if (length > 3 && strcmp(how + length - 3, ".db") == 0) {
		struct error err;
		return fleet_file_write(how, ranking->fleet, &err) < 0;
	}
	return write_page(ranking, how);
}

int main(int argc, char **argv)
{
	static const char *const kinds[] = {"faults", "healthy", "systemic", "hostile"};
	size_t kind = 0;
	while (argc >= 4 && kind < ARRAY_LENGTH(kinds) && strcmp(kinds[kind], argv[1]) != 0)
		kind++;
	const size_t nodes = argc >= 4 ? strtoul(argv[2], NULL, 10) : 0;
	if (argc < 4 || kind == ARRAY_LENGTH(kinds) || nodes == 0) {
		fprintf(stderr, "usage: fleet_draw KIND NODES text [WIDTH] | junit | drain | "
		                "FILE.html | FILE.db\n");
		return 2;
	}
	struct fleet_sample sample;
	fleet_sample_make(&sample, (enum fleet_sample_kind)kind, nodes);
	const int status = write_as(&sample.ranking, argv[3], argc > 4 ? argv[4] : NULL);
	fleet_sample_release(&sample);
	return status;
}
