/* Plots as files: what a paper needs. The scripts that draw them here are those that are left for
 * whoever wants to change a picture. */
#include "report/plot/plot_frame.h"
#include "report/plot/plot_gnuplot.h"
#include "report/plot/plot_gnuplot_parts.h"
#include "report/plot/plot_script.h"

#include "core/array.h"
#include "core/cleanup.h"
#include "core/file.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAME_BYTES = 96 };

static const char *const pictures[] = {".svg", ".pdf", ".png"};

/* The names of the plots that are written. */
struct names {
	char (*items)[NAME_BYTES];
	size_t count;
	size_t capacity;
};

static void names_release(struct names *names)
{
	free(names->items);
}

static bool has_name(const struct names *names, const char *name)
{
	for (size_t i = 0; i < names->count; i++)
		if (strcmp(names->items[i], name) == 0)
			return true;
	return false;
}

/* Makes the name of a plot's files: of letters that mean nothing to a shell or a file system, and
 * no other plot's. document: its number, 0 where there is one only. */
static int add_name(struct names *names, const char *id, size_t document, struct error *err)
{
	char name[NAME_BYTES];
	size_t length = 0;
	if (document > 0)
		length = (size_t)snprintf(name, sizeof name, "%zu-", document);
	const size_t first = length;
	for (; id && *id && length < 64; id++)
		name[length++] = strchr("abcdefghijklmnopqrstuvwxyz0123456789", *id) ? *id : '-';
	if (length == first)
		length += (size_t)snprintf(name + length, sizeof name - length, "plot");
	name[length] = '\0';
	for (size_t n = 2; has_name(names, name); n++)
		snprintf(name + length, sizeof name - length, "-%zu", n);
	if (array_reserve(&names->items, &names->capacity, names->count + 1, sizeof *names->items,
	                  err) < 0)
		return -ENOMEM;
	memcpy(names->items[names->count++], name, sizeof name);
	return 0;
}

/* Replaces a file whole: what is there already may be a link to somewhere else. */
static int write_file(int folder, const char *name, const char *ending, const struct str *text,
                      struct error *err)
{
	char path[NAME_BYTES + 8];
	snprintf(path, sizeof path, "%s%s", name, ending);
	if (text->failed)
		return error_memory(err);
	unlinkat(folder, path, 0);
	cleanup_close const int fd =
	        openat(folder, path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0)
		return error_system(err, errno, "cannot write %s", path);
	const int r = file_write_all(fd, str_text(text), text->length, err);
	if (r == 0)
		return 0;
	unlinkat(folder, path, 0); /* half of it would look like all */
	return error_context(err, r, "writing %s", path);
}

static void add_terminals(const struct plot *plot, const char *name, struct str *out)
{
	const double height = plot_height(plot);
	str_addf(out,
	         "set terminal svg noenhanced size %d,%g font 'sans-serif,%d' background "
	         "'#ffffff'\n"
	         "set output '%s.svg'\n",
	         PLOT_WIDTH, height, PLOT_FONT, name);
}

/* The same drawing on the terminals that not every gnuplot has. */
static void add_more_terminals(const struct plot *plot, const char *name, struct str *out)
{
	static const double cm_per_pixel = 15.0 / PLOT_WIDTH;
	const double height = plot_height(plot);
	str_addf(out,
	         "set output\n"
	         "if (strstrt(GPVAL_TERMINALS, 'pdfcairo')) {\n"
	         "\tset terminal pdfcairo noenhanced size %.2fcm,%.2fcm font 'sans-serif,%d' "
	         "fontscale 0.7 linewidth 1.3 pointscale 1\n"
	         "\tset output '%s.pdf'\n"
	         "\treplot\n"
	         "\tset output\n"
	         "}\n",
	         PLOT_WIDTH * cm_per_pixel, height * cm_per_pixel, PLOT_FONT, name);
	str_addf(out,
	         "if (strstrt(GPVAL_TERMINALS, 'pngcairo')) {\n"
	         "\tset terminal pngcairo noenhanced size %d,%.0f font 'sans-serif,%d' "
	         "fontscale 2.2 linewidth 3 pointscale 3\n"
	         "\tset output '%s.png'\n"
	         "\treplot\n"
	         "\tset output\n"
	         "}\n",
	         3 * PLOT_WIDTH, 3 * height, PLOT_FONT, name);
}

static int write_plot(int folder, const struct plot *plot, const char *name, struct error *err)
{
	cleanup_str struct str data = {0};
	cleanup_str struct str script = {0};
	char source[NAME_BYTES + 8];
	const struct plot_frame frame = plot_frame(plot);
	plot_script_data(plot, true, &data);
	str_addf(&script,
	         "# Makes %s.svg, %s.pdf and %s.png of %s.dat:\n"
	         "#   gnuplot %s.gp\n"
	         "reset\n"
	         "set encoding utf8\n"
	         "set datafile separator \"\\t\"\n"
	         "set datafile missing 'NaN'\n",
	         name, name, name, name, name);
	add_terminals(plot, name, &script);
	snprintf(source, sizeof source, "'%s.dat'", name);
	int r = plot_script_draw(plot, &frame, source, &script, err);
	add_more_terminals(plot, name, &script);
	for (size_t i = 0; r == 0 && i < ARRAY_LENGTH(pictures); i++) {
		/* A picture of an earlier report is not taken for one of this. */
		char path[NAME_BYTES + 8];
		snprintf(path, sizeof path, "%s%s", name, pictures[i]);
		unlinkat(folder, path, 0);
	}
	if (r == 0)
		r = write_file(folder, name, ".dat", &data, err);
	return r < 0 ? r : write_file(folder, name, ".gp", &script, err);
}

static int write_documents(int folder, const struct document *docs, size_t count,
                           struct names *names, struct error *err)
{
	for (size_t d = 0; d < count; d++)
		for (size_t s = 0; s < docs[d].section_count; s++) {
			const struct document_section *const section = &docs[d].sections[s];
			for (size_t b = 0; b < section->block_count; b++) {
				const struct plot *const plot = section->blocks[b].plot;
				if (!plot || plot->failed || plot_is_empty(plot))
					continue;
				int r = add_name(names, plot->id, count > 1 ? d + 1 : 0, err);
				if (r == 0)
					r = write_plot(folder, plot, names->items[names->count - 1],
					               err);
				if (r < 0)
					return r;
			}
		}
	return 0;
}

/* Every picture is there, and has something in it. */
static int check_pictures(int folder, const struct names *names, const struct subprocess_end *end,
                          struct error *err)
{
	for (size_t i = 0; i < names->count; i++)
		for (size_t k = 0; k < ARRAY_LENGTH(pictures); k++) {
			struct stat status;
			char path[NAME_BYTES + 8];
			snprintf(path, sizeof path, "%s%s", names->items[i], pictures[k]);
			if (fstatat(folder, path, &status, 0) == 0 && status.st_size > 0)
				continue;
			const int r = gnuplot_failure(end, err);
			return error_context(err, r, "%s is missing", path);
		}
	return 0;
}

static int draw_files(int folder, const char *path, const struct names *names,
                      const struct plot_program *program, struct error *err)
{
	cleanup_str struct str script = {0};
	cleanup_subprocess_end struct subprocess_end end = {0};
	for (size_t i = 0; i < names->count; i++)
		str_addf(&script, "load '%s.gp'\n", names->items[i]);
	if (script.failed)
		return error_memory(err);
	const int r = gnuplot_run(program, names->count, path, str_text(&script), &end, err);
	return r < 0 ? r : check_pictures(folder, names, &end, err);
}

int plots_write_files(const struct document *docs, size_t count, const char *folder,
                      const struct plot_program *program, size_t *ret_count, struct error *err)
{
	if (mkdir(folder, 0777) < 0 && errno != EEXIST)
		return error_system(err, errno, "cannot make the folder '%s'", folder);
	cleanup_close const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return error_system(err, errno, "cannot write plots to '%s'", folder);
	struct names names = {0};
	int r = write_documents(fd, docs, count, &names, err);
	if (r == 0 && names.count > 0)
		r = draw_files(fd, folder, &names, program, err);
	if (r == 0)
		*ret_count = names.count;
	names_release(&names);
	return r < 0 ? error_context(err, r, "writing plots to '%s'", folder) : 0;
}
