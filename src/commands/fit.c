/* plateau fit: how a curve scales, of a result or from elsewhere. */
#include "analyse/findings.h"
#include "analyse/scaling.h"
#include "commands/command.h"
#include "commands/talk.h"
#include "core/cleanup.h"
#include "core/error.h"
#include "formats/curve_csv.h"
#include "report/fit_text.h"
#include "report/json/json_scaling.h"
#include "store/load.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The seed of the bootstrap: the same file gives the same answer. */
enum { FIT_SEED = 1 };

static int build_curve(const struct curve_rows *rows, struct curve *curve, struct error *err)
{
	curve_init(curve);
	for (size_t i = 0; i < rows->count; i++) {
		const struct curve_point point = {
		        .concurrency = rows->items[i].concurrency,
		        .throughput_per_s = rows->items[i].throughput,
		        .se = rows->items[i].se,
		        .trials = 1,
		};
		const int r = curve_add(curve, &point, err);
		if (r < 0)
			return r;
	}
	curve_finish(curve);
	return 0;
}

/* Whether the file is a database of SQLite, by how such files begin, whatever it is called. A pipe
 * is none, and is not read here. */
static bool is_result(const char *path)
{
	static const char magic[16] = "SQLite format 3";
	char begin[sizeof magic];
	struct stat status;
	if (stat(path, &status) < 0 || !S_ISREG(status.st_mode))
		return false;
	cleanup_file FILE *stream = fopen(path, "re");
	return stream && fread(begin, 1, sizeof begin, stream) == sizeof begin &&
	       memcmp(begin, magic, sizeof magic) == 0;
}

static int write_result(const struct arguments *arguments, const char *path, char **ret_text,
                        struct error *err)
{
	const struct text_style style = talk_style(arguments);
	cleanup_dataset struct dataset dataset = {0};
	cleanup_findings struct findings findings = {0};
	int r = load_dataset(path, &dataset, err);
	if (r < 0)
		return r; /* it names the file */
	r = findings_build(&dataset, &findings, err);
	if (r == 0 && arguments_has(arguments, "json"))
		r = fit_json_write_result(&findings, path, ret_text, err);
	else if (r == 0)
		r = fit_text_write_result(&findings, &style, ret_text, err);
	return r < 0 ? error_context(err, r, "%s", path) : 0;
}

static enum exit_code fit_result(const struct arguments *arguments, const char *path)
{
	cleanup_free char *text = NULL;
	struct error err;
	const int r = write_result(arguments, path, &text, &err);
	if (r < 0)
		return talk_fail(exit_for_file(r), &err);
	fputs(text, stdout);
	return EXIT_DONE;
}

static enum exit_code fit_curve(const struct arguments *arguments, const char *path)
{
	const struct text_style style = talk_style(arguments);
	const struct scaling_limits limits = {.seed = FIT_SEED};
	cleanup_problems struct problems problems = {0};
	cleanup_curve_rows struct curve_rows rows = {0};
	cleanup_curve struct curve curve = {0};
	cleanup_scaling struct scaling scaling = {0};
	cleanup_free char *text = NULL;
	struct error err;
	int r = curve_csv_load(path, &rows, &problems, &err);
	if (problems.count > 0)
		return talk_problems(&problems, &err);
	if (r < 0)
		return talk_fail(r == -ENOMEM ? EXIT_SOMETHING_FAILED : EXIT_USAGE, &err);
	r = build_curve(&rows, &curve, &err);
	if (r == 0)
		r = scaling_build(&curve, &limits, &scaling, &err);
	if (r == 0 && arguments_has(arguments, "json"))
		r = fit_json_write(&scaling, path, &text, &err);
	else if (r == 0)
		r = fit_text_write(&scaling, path, &style, &text, &err);
	if (r < 0)
		return talk_fail(EXIT_SOMETHING_FAILED, &err);
	fputs(text, stdout);
	return EXIT_DONE;
}

static enum exit_code run_fit(const struct arguments *arguments)
{
	const char *const path = arguments->operands.items[0];
	return is_result(path) ? fit_result(arguments, path) : fit_curve(arguments, path);
}

const struct command command_fit = {
        .name = "fit",
        .operands = "RESULT | CURVE.csv",
        .summary = "fit scalability models to a result, or to a curve from elsewhere",
        .details = "Takes throughput against concurrency from a result, measured or imported, or "
                   "from a CSV file, and says how it scales: linear scaling, Amdahl's law and the "
                   "Universal Scalability Law with intervals, "
                   "which of them is adequate, the residuals, where the plateau begins, and how "
                   "many tasks to run at once.\n\n"
                   "Of a result every placement policy has an answer of its own, the same as in "
                   "plateau show, with the residuals of every model.\n\n"
                   "A CSV file has a header line, a column concurrency (or load, processors, N), a "
                   "column throughput, and where it is known a column se with the standard error "
                   "of the throughput; other columns are passed over. Points with standard errors "
                   "weigh by their inverse variance, others all the same. Without repeats nothing "
                   "says how large the noise is: it is then taken from the residuals, and no model "
                   "is called adequate.\n\n"
                   "With --json the same as numbers; docs/json.md has the schema. docs/method.md "
                   "says how each figure is worked out.",
        .least_operands = 1,
        .most_operands = 1,
        .exits =
                {
                        {EXIT_USAGE, "the file cannot be read, or a line of it is wrong"},
                },
        .examples =
                {
                        {"plateau fit results/my-task.db", "of a result"},
                        {"plateau fit published.csv --json",
                         "of a curve from elsewhere, as numbers"},
                },
        .see_also = "show, import",
        .run = run_fit,
};
