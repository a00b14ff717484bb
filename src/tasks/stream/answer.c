#include "tasks/stream/answer.h"

#include "core/array.h"
#include "core/clock.h"
#include "tasks/stream/kernels.h"
#include "tasks/stream/measure.h"

#include <math.h>

struct figure {
	const char *name;
	double value; /* NaN: not known */
};

enum { FIGURES = 11 };

static double or_nan(int64_t value, int64_t least)
{
	return value >= least ? (double)value : NAN;
}

static void figures_of(const struct stream_answer *answer, struct figure figures[FIGURES])
{
	const struct stream_result *const result = answer->result;
	const double wall_s = (double)result->wall_ns / (double)NS_PER_S;
	const double element_bytes = (double)kernel_bytes(answer->kernel);
	/* A line of c is read before a usual store writes to it. */
	const double traffic_bytes = element_bytes + (answer->is_direct ? 0 : sizeof(double));
	const double mean = result->bytes / wall_s;
	const struct figure all[FIGURES] = {
	        {"bandwidth_bytes_per_s", mean},
	        {"bandwidth_bytes_per_s_p50", result->p50_bytes_per_s},
	        {"bandwidth_bytes_per_s_max", result->max_bytes_per_s},
	        {"traffic_bytes_per_s", mean * traffic_bytes / element_bytes},
	        {"bytes_per_element", element_bytes},
	        {"moved_bytes", result->bytes},
	        {"working_set_bytes", (double)answer->working_set_bytes},
	        {"cache_bytes", or_nan(answer->cache_bytes, 1)},
	        {"huge_page_bytes", or_nan(answer->huge_page_bytes, 0)},
	        {"chunks", (double)result->chunk_count},
	        {"wall_s", wall_s},
	};
	for (size_t i = 0; i < FIGURES; i++)
		figures[i] = all[i];
}

void stream_answer_print_lines(const struct stream_answer *answer, FILE *stream)
{
	struct figure figures[FIGURES];
	figures_of(answer, figures);
	for (size_t i = 0; i < FIGURES; i++) {
		if (!isnan(figures[i].value))
			fprintf(stream, "%s %.9g\n", figures[i].name, figures[i].value);
	}
}

void stream_answer_print_json(const struct stream_answer *answer, FILE *stream)
{
	struct figure figures[FIGURES];
	figures_of(answer, figures);
	fprintf(stream, "{\n  \"kernel\": \"%s\",\n  \"formula\": \"%s\",\n", answer->kernel->name,
	        answer->kernel->formula);
	fprintf(stream, "  \"non_temporal\": %s", answer->is_direct ? "true" : "false");
	for (size_t i = 0; i < FIGURES; i++) {
		if (isnan(figures[i].value))
			fprintf(stream, ",\n  \"%s\": null", figures[i].name);
		else
			fprintf(stream, ",\n  \"%s\": %.12g", figures[i].name, figures[i].value);
	}
	fputs("\n}\n", stream);
}
