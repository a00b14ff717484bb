#include "report/plot/plot_gnuplot.h"

#include "report/plot/plot_frame.h"
#include "report/plot/plot_gnuplot_parts.h"
#include "report/plot/plot_script.h"
#include "report/plot/plot_svg.h"

#include "core/clock.h"
#include "core/str.h"
#include "core/subprocess.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_SVG_BYTES = 256 << 20, ID_BYTES = 64 };

/* Most plots take some milliseconds; the rest is for a busy machine. */
static const struct plot_program usual = {"gnuplot", 60 * NS_PER_S};
static const int64_t more_per_plot_ns = 2 * NS_PER_S;

/* The line in front of each picture in gnuplot's output, and the one behind it. No line of a
 * picture begins so: texts have no line ends. */
static const char begin_line[] = "plateau-plot ";
static const char place_line[] = "plateau-place ";

/* Copies the line that begins at *text, without its indent, and moves behind it. */
static void take_line(const char **text, struct str *line)
{
	*text += strspn(*text, " \t^");
	const size_t length = strcspn(*text, "\n");
	str_add_bytes(line, *text, length);
	*text += length + ((*text)[length] == '\n');
}

/* Of what was complained of the line that says most: the first that names a line of the script and
 * is no warning, else the first one. (Other libraries complain, too, of fonts for instance.) */
static void find_complaint(const char *complaint, struct str *out)
{
	const struct text_style style = {0};
	for (int is_any = 0; is_any < 2; is_any++)
		for (const char *at = complaint; *at;) {
			cleanup_str struct str line = {0};
			take_line(&at, &line);
			const char *const text = str_text(&line);
			const bool is_error = strstr(text, "line ") && !strstr(text, "warning");
			if (!*text || strncmp(text, "gnuplot>", 8) == 0 || (!is_error && !is_any))
				continue;
			text_add_cut(out, &style, 160, text);
			return;
		}
	str_add(out, "it said nothing");
}

int gnuplot_run(const struct plot_program *program, size_t count, const char *folder,
                const char *script, struct subprocess_end *ret_end, struct error *err)
{
	const struct plot_program *const which = program ? program : &usual;
	/* -d: nobody's own settings. */
	const char *const argv[] = {which->name, "-d", "-", NULL};
	const struct subprocess what = {.argv = argv,
	                                .folder = folder,
	                                .input = script,
	                                .input_bytes = strlen(script),
	                                .max_output_bytes = MOST_SVG_BYTES,
	                                .timeout_ns =
	                                        which->timeout_ns +
	                                        (program ? 0 : (int64_t)count * more_per_plot_ns)};
	const int r = subprocess_run(&what, ret_end, err);
	if (r == -ENOENT || r == -EACCES)
		return error_set(err, -r,
		                 "%s was not found; install it (Debian and Ubuntu: gnuplot-nox; "
		                 "elsewhere: gnuplot) to have plots",
		                 which->name);
	return r;
}

int gnuplot_failure(const struct subprocess_end *end, struct error *err)
{
	cleanup_str struct str said = {0};
	find_complaint(end->complaint, &said);
	if (end->signal)
		return error_set(err, EINVAL, "gnuplot was ended by signal %d (%s)", end->signal,
		                 strsignal(end->signal));
	return error_set(err, EINVAL, "gnuplot could not draw it: %s", str_text(&said));
}

static int add_script(const struct plot *plot, size_t index, struct str *out, struct error *err)
{
	const struct plot_frame frame = plot_frame(plot);
	str_addf(out,
	         "reset\n"
	         "set datafile separator \"\\t\"\n"
	         "set datafile missing 'NaN'\n"
	         "print '%s%zu'\n"
	         "$data << EOD\n",
	         begin_line, index);
	plot_script_data(plot, false, out);
	str_addf(out,
	         "EOD\n"
	         "set terminal svg noenhanced size %d,%g font 'sans-serif,%d'\n"
	         "set output\n",
	         PLOT_WIDTH, plot_height(plot), PLOT_FONT);
	const int r = plot_script_draw(plot, &frame, "$data", out, err);
	str_addf(out,
	         "set output\n"
	         "print sprintf('%s%%.2f %%.2f %%.2f %%.2f %%.2f', GPVAL_TERM_XMIN, "
	         "GPVAL_TERM_XMAX, GPVAL_TERM_YMIN, GPVAL_TERM_YMAX, GPVAL_TERM_XSIZE)\n",
	         place_line);
	return r;
}

/* The id as it may stand in ids and names of files. */
static void clean_id(const char *id, char clean[ID_BYTES])
{
	size_t length = 0;
	for (; id && *id && length + 1 < ID_BYTES; id++)
		clean[length++] =
		        (*id >= 'a' && *id <= 'z') || (*id >= '0' && *id <= '9') ? *id : '-';
	clean[length] = '\0';
	if (length == 0)
		snprintf(clean, ID_BYTES, "plot");
}

/* The next line that begins so, or NULL. */
static const char *find_line(const char *from, const char *beginning)
{
	for (const char *at = from; (at = strstr(at, beginning)); at++)
		if (at == from || at[-1] == '\n')
			return at;
	return NULL;
}

/* The place is in pixels, or in the terminal's own units before gnuplot 5.4; the width of the
 * picture is in those with every version. */
static bool read_place(const char *text, struct plot_place *ret_place)
{
	double width;
	struct plot_place p;
	if (sscanf(text, "%lf %lf %lf %lf %lf", &p.left, &p.right, &p.bottom, &p.top, &width) != 5)
		return false;
	const double scale = p.right > PLOT_WIDTH && width > 0 ? PLOT_WIDTH / width : 1;
	*ret_place = (struct plot_place){p.left * scale, p.right * scale, p.bottom * scale,
	                                 p.top * scale};
	return true;
}

/* Takes a picture out of what stands between two lines of gnuplot's output. */
static int take_picture(const struct plot *plot, const char *from, struct str *out,
                        struct error *err)
{
	static const char tail[] = "</svg>";
	char name[ID_BYTES];
	struct plot_place place;
	const struct plot_frame frame = plot_frame(plot);
	const char *const next = find_line(from, begin_line);
	const char *const line = find_line(from, place_line);
	if (!line || (next && next < line) || !read_place(line + sizeof place_line - 1, &place))
		return error_set(err, EINVAL, "it drew nothing");
	const char *const svg = memmem(from, (size_t)(line - from), "<svg", 4);
	const char *const end =
	        svg ? memmem(svg, (size_t)(line - svg), tail, sizeof tail - 1) : NULL;
	if (!end)
		return error_set(err, EINVAL, "it drew nothing");
	clean_id(plot->id, name);
	return plot_svg_rewrite(plot, &frame, &place, name, svg, (size_t)(end - svg), out, err);
}

/* Where the output of plot `index` begins, or NULL. */
static const char *find_output(const char *output, size_t index)
{
	char line[64];
	snprintf(line, sizeof line, "%s%zu\n", begin_line, index);
	const char *const found = find_line(output, line);
	return found ? found + strlen(line) : NULL;
}

static int take_pictures(const struct plot *const *plots, size_t count,
                         const struct subprocess_end *end, struct plot_picture *pictures,
                         struct error *err)
{
	const char *at = end->output;
	for (size_t i = 0; i < count; i++) {
		cleanup_str struct str svg = {0};
		if (plots[i]->failed || plot_is_empty(plots[i])) {
			error_set(&pictures[i].why, EINVAL, "there is nothing to be drawn");
			continue;
		}
		const char *const from = find_output(at, i);
		if (!from || take_picture(plots[i], from, &svg, &pictures[i].why) < 0) {
			gnuplot_failure(end, &pictures[i].why);
			continue;
		}
		at = from;
		if (str_take(&svg, &pictures[i].svg, err) < 0)
			return -ENOMEM;
	}
	return 0;
}

int plot_draw_with(const struct plot_program *program, const struct plot *const *plots,
                   size_t count, struct plot_picture *ret_pictures, struct error *err)
{
	cleanup_str struct str script = {0};
	str_add(&script, "set encoding utf8\nset print '-'\n");
	for (size_t i = 0; i < count; i++)
		if (!plots[i]->failed && !plot_is_empty(plots[i]) &&
		    add_script(plots[i], i, &script, err) < 0)
			return -ENOMEM;
	if (script.failed)
		return error_memory(err);
	for (size_t i = 0; i < count; i++)
		ret_pictures[i] = (struct plot_picture){.svg = NULL};
	struct error why;
	cleanup_subprocess_end struct subprocess_end end = {0};
	if (gnuplot_run(program, count, NULL, str_text(&script), &end, &why) < 0) {
		for (size_t i = 0; i < count; i++)
			ret_pictures[i].why = why;
		return 0;
	}
	const int r = take_pictures(plots, count, &end, ret_pictures, err);
	for (size_t i = 0; r < 0 && i < count; i++) {
		free(ret_pictures[i].svg);
		ret_pictures[i].svg = NULL;
	}
	return r;
}

int plot_draw(const struct plot *const *plots, size_t count, struct plot_picture *ret_pictures,
              struct error *err)
{
	return plot_draw_with(NULL, plots, count, ret_pictures, err);
}
