/* Drawing with programs that are not as gnuplot should be: missing, hanging, failing, silent. (The
 * real one is in tests/cli/plots.sh.) */
#include "report/plot/plot_gnuplot.h"

#include "core/array.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/str.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char *folder;

static int set_up(void **state)
{
	(void)state;
	struct error err;
	return file_make_temporary_folder(NULL, "plateau-test", &folder, &err);
}

static int tear_down(void **state)
{
	(void)state;
	struct error err;
	const int r = file_remove_tree(AT_FDCWD, folder, &err);
	free(folder);
	return r;
}

/* A program of this text in the folder; the caller frees its path. */
static char *make_program(const char *text)
{
	struct error err;
	char *path;
	assert_int_equal(file_join(folder, "gnuplot", &path, &err), 0);
	unlink(path);
	const int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);
	assert_true(fd >= 0);
	assert_int_equal(file_write_all(fd, text, strlen(text), &err), 0);
	close(fd);
	return path;
}

static void fill(struct plot *plot, const char *id)
{
	plot_init(plot, id, "t");
	plot_point(plot, plot_series(plot, PLOT_LINE, 0, "s"), 1, 1);
}

static const struct {
	const char *program; /* behind #!/bin/sh; NULL: none at all */
	double timeout_s;
	const char *why;
} bad[] = {
        {NULL, 10, "gnuplot-nox"},
        {"exec sleep 1000", 0.2, "did not end within 0.2 s"},
        {"trap '' TERM; while :; do sleep 1000; done", 0.2, "did not end within 0.2 s"},
        {"echo '         line 3: warning: odd' >&2; printf 'line 4: no \\033[31m\\n' >&2; exit 1",
         10, "gnuplot could not draw it: line 4: no ?[31m"},
        {"printf 'Fontconfig error: no file\\n\\n   line 7: unknown thing\\n' >&2", 10,
         "gnuplot could not draw it: line 7: unknown thing"},
        {"printf 'Fontconfig error: no file\\n' >&2", 10, "Fontconfig error: no file"},
        {"exit 0", 10, "it said nothing"},
        {"kill -SEGV $$", 10, "signal 11"},
        {"echo plateau-plot 0; echo plateau-place 1 2 3 4 5; echo '<svg>'", 10, "could not draw"},
        {"echo plateau-plot 0; echo '<svg></svg>'; echo plateau-plot 1; echo plateau-place 1 2 3 4 "
         "5",
         10, "could not draw"},
        {"echo plateau-plot 7", 10, "could not draw"},
};

static void test_programs_that_do_not_draw(void **state)
{
	(void)state;
	struct error err;
	cleanup_plot struct plot plot;
	fill(&plot, "p");
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		cleanup_str struct str text = {0};
		str_addf(&text, "#!/bin/sh\n%s\n", bad[i].program ? bad[i].program : "");
		char *const path = make_program(str_text(&text));
		if (!bad[i].program)
			unlink(path);
		const struct plot_program program = {path, (int64_t)(bad[i].timeout_s * NS_PER_S)};
		const struct plot *const plots[] = {&plot};
		struct plot_picture picture = {.svg = path};
		assert_int_equal(plot_draw_with(&program, plots, 1, &picture, &err), 0);
		assert_null(picture.svg);
		if (!strstr(picture.why.text, bad[i].why))
			fail_msg("case %zu: %s", i, picture.why.text);
		free(path);
	}
}

static void test_pictures_are_told_apart(void **state)
{
	(void)state;
	struct error err;
	cleanup_plot struct plot first;
	cleanup_plot struct plot empty;
	cleanup_plot struct plot last;
	fill(&first, "first");
	plot_init(&empty, "empty", "t");
	fill(&last, "last");
	/* The text that looks like a line of ours does not begin a line. */
	char *const path = make_program(
	        "#!/bin/sh\ncat >/dev/null\n"
	        "draw() { printf 'plateau-plot %s\\n<svg><g id=\"gnuplot_canvas\"></defs>"
	        "<g transform=\"translate(1,2)\"><text>text %s plateau-plot 9</text></g></svg>\\n"
	        "plateau-place 1 2 3 4 5\\n' \"$1\" \"$1\"; }\n"
	        "draw 0; draw 2\n");
	const struct plot_program program = {path, 20 * NS_PER_S};
	const struct plot *const plots[] = {&first, &empty, &last};
	struct plot_picture pictures[3];
	assert_int_equal(plot_draw_with(&program, plots, 3, pictures, &err), 0);
	assert_non_null(strstr(pictures[0].svg, "first-title"));
	assert_non_null(strstr(pictures[0].svg, "text 0"));
	assert_null(pictures[1].svg);
	assert_string_equal(pictures[1].why.text, "there is nothing to be drawn");
	assert_non_null(strstr(pictures[2].svg, "last-title"));
	assert_non_null(strstr(pictures[2].svg, "text 2"));
	free(pictures[0].svg);
	free(pictures[2].svg);
	free(path);
}

static bool is_there(const char *name)
{
	struct error err;
	struct stat status;
	char *path;
	assert_int_equal(file_join(folder, name, &path, &err), 0);
	const bool result = lstat(path, &status) == 0 && S_ISREG(status.st_mode);
	free(path);
	return result;
}

/* Figures and scripts are written without gnuplot, too; names stay in the folder. */
static void test_files_without_gnuplot(void **state)
{
	(void)state;
	static const struct text_style style = {.width = 80};
	struct error err;
	size_t count = 77;
	const struct plot_program program = {"/no/such/gnuplot", NS_PER_S};
	cleanup_document struct document doc;
	document_init(&doc, "d", &style);
	static const char *const ids[] = {"same", "same", "../../x y", "", "same-2"};
	for (size_t i = 0; i < ARRAY_LENGTH(ids); i++) {
		struct plot *const plot = document_plot(&doc, ids[i], "t");
		plot_point(plot, plot_series(plot, PLOT_LINE, 0, "s"), 1, 1);
	}
	document_plot(&doc, "empty", "t");
	char *const link = make_program("kept");
	char *place;
	assert_int_equal(file_join(folder, "same.dat", &place, &err), 0);
	assert_int_equal(symlink(link, place), 0);
	free(place);
	assert_int_equal(plots_write_files(&doc, 1, folder, &program, &count, &err), -ENOENT);
	assert_non_null(strstr(err.text, "gnuplot-nox"));
	assert_int_equal(count, 77);
	static const char *const names[] = {"same.dat",     "same.gp", "same-2.dat", "same-2.gp",
	                                    "------x-y.gp", "plot.gp", "same-2-2.gp"};
	for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
		if (!is_there(names[i]))
			fail_msg("there is no %s", names[i]);
	assert_false(is_there("empty.gp"));
	/* What a link pointed to is as it was. */
	char *text;
	size_t bytes;
	assert_int_equal(file_read(link, 100, &text, &bytes, &err), 0);
	assert_string_equal(text, "kept");
	free(text);
	free(link);
}

static void test_folders_that_cannot_be(void **state)
{
	(void)state;
	static const struct text_style style = {.width = 80};
	struct error err;
	size_t count = 0;
	cleanup_document struct document doc;
	document_init(&doc, "d", &style);
	assert_int_equal(plots_write_files(&doc, 1, "/no/such/folder", NULL, &count, &err),
	                 -ENOENT);
	assert_non_null(strstr(err.text, "/no/such/folder"));
	assert_int_equal(plots_write_files(&doc, 1, "/dev/null", NULL, &count, &err), -ENOTDIR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	        cmocka_unit_test_setup_teardown(test_programs_that_do_not_draw, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_pictures_are_told_apart, set_up, tear_down),
	        cmocka_unit_test_setup_teardown(test_files_without_gnuplot, set_up, tear_down),
	        cmocka_unit_test(test_folders_that_cannot_be),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
