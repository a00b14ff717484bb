/* Draws the sample plots, for tests/cli/plots.sh and for looking at:
 *   plot_draw page FILE.html [PROGRAM SECONDS]   all of them in one page
 *   plot_draw files FOLDER [PROGRAM SECONDS]     as files
 * What could not be drawn is said on stderr, and ends it with 1. */
#include "plot_samples.h"
#include "report/markup.h"
#include "report/plot/plot_gnuplot.h"
#include "report/plot/plot_look.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/str.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fill(struct document *doc)
{
	static const struct text_style style = {.width = 80};
	document_init(doc, "Plots", &style);
	document_section(doc, "plots", "Plots", "");
	for (size_t i = 0; i < plot_sample_count; i++)
		plot_samples[i].fill(document_plot(doc, plot_samples[i].id, plot_samples[i].id));
}

static int write_page(const struct document *doc, const char *path,
                      const struct plot_program *program)
{
	const struct document_section *const section = &doc->sections[0];
	const struct plot *plots[64];
	struct plot_picture pictures[64];
	struct error err = {{0}};
	int status = 0;
	for (size_t i = 0; i < section->block_count; i++)
		plots[i] = section->blocks[i].plot;
	cleanup_markup struct markup m = {0};
	cleanup_str struct str css = {0};
	plot_css(&css);
	str_add(&css, "body{font-family:sans-serif;max-width:700px}"
	              "@media(prefers-color-scheme:dark){body{background:#11161c;color:#eee}}");
	if (plot_draw_with(program, plots, section->block_count, pictures, &err) < 0)
		return 1;
	markup_doctype(&m);
	markup_open(&m, "html", MARKUP("lang", "en"));
	markup_open(&m, "head", NULL);
	markup_void(&m, "meta", MARKUP("charset", "utf-8"));
	markup_code(&m, "style", str_text(&css));
	markup_close(&m);
	markup_open(&m, "body", NULL);
	for (size_t i = 0; i < section->block_count; i++) {
		const char *why = pictures[i].why.text;
		markup_element(&m, "h3", NULL, plots[i]->title);
		if (pictures[i].svg &&
		    markup_svg(&m, pictures[i].svg, "t-", plots[i]->title, &err) < 0)
			why = err.text;
		if (!pictures[i].svg || why == err.text) {
			fprintf(stderr, "%s: %s\n", plots[i]->id, why);
			status = 1;
		}
		free(pictures[i].svg);
	}
	markup_close(&m);
	markup_close(&m);
	FILE *const file = fopen(path, "w");
	if (!file || m.out.failed)
		return 1;
	fputs(str_text(&m.out), file);
	fclose(file);
	return status;
}

int main(int argc, char **argv)
{
	struct document doc;
	struct error err = {{0}};
	size_t count = 0;
	if (argc < 3)
		return 2;
	const struct plot_program program = {argc > 4 ? argv[3] : NULL,
	                                     argc > 4 ? (int64_t)(atof(argv[4]) * 1e9) : 0};
	const struct plot_program *const which = argc > 4 ? &program : NULL;
	int status = 1;
	fill(&doc);
	if (strcmp(argv[1], "page") == 0)
		status = write_page(&doc, argv[2], which);
	else if (plots_write_files(&doc, 1, argv[2], which, &count, &err) < 0)
		fprintf(stderr, "%s\n", err.text);
	else
		status = 0;
	document_release(&doc);
	return status;
}
