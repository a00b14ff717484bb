#include "plot_samples.h"

#include "core/array.h"

#include <math.h>
#include <stdio.h>

static const double concurrencies[] = {1, 2, 4, 8, 16, 32, 64, 96, 128};

enum { LEVELS = ARRAY_LENGTH(concurrencies) };

/* Throughput by the Universal Scalability Law. */
static double scale(double n)
{
	return 12 * n / (1 + 0.01 * (n - 1) + 0.00008 * n * (n - 1));
}

static void set_levels(struct plot *plot)
{
	plot_axis(plot, &plot->x, "tasks at once (N)");
	plot->x.is_log = true;
	for (size_t i = 0; i < LEVELS; i++) {
		char label[16];
		snprintf(label, sizeof label, "%.0f", concurrencies[i]);
		plot_tick(plot, &plot->x, concurrencies[i], label);
	}
}

static void fill_throughput(struct plot *plot)
{
	set_levels(plot);
	plot_axis(plot, &plot->y, "throughput (tasks/h)");
	plot->y.from = 0;
	plot->y.to = 700;
	struct plot_series *s = plot_series(plot, PLOT_BAND, 2, "plateau, 95 %");
	plot_point(plot, s, 64, 0)->low = 0;
	s->points[0].high = 700;
	plot_point(plot, s, 100, 0)->low = 0;
	s->points[1].high = 700;
	s = plot_series(plot, PLOT_DOTTED, 6, "linear");
	for (size_t i = 0; i < LEVELS; i++)
		plot_point(plot, s, concurrencies[i], 12 * concurrencies[i]);
	s = plot_series(plot, PLOT_LINE, 1, "fit (usl)");
	for (double n = 1; n <= 128; n *= 1.05)
		plot_point(plot, s, n, scale(n));
	s = plot_series(plot, PLOT_POINTS, 0, "measured");
	for (size_t i = 0; i < LEVELS; i++) {
		const double y = scale(concurrencies[i]) * (1 + 0.02 * sin((double)i * 7));
		struct plot_point *const p = plot_point(plot, s, concurrencies[i], y);
		p->low = y * 0.95;
		p->high = y * 1.05;
		plot_tip(plot, p, "N = %.0f: %.1f tasks/h", concurrencies[i], y);
	}
	plot_reference(plot, true, 96, "recommended: 96");
	plot_words(plot, "Throughput rises to 64 tasks at once and stays there.");
}

static void fill_boxes(struct plot *plot)
{
	set_levels(plot);
	plot_axis(plot, &plot->y, "wall time (s)");
	struct plot_series *const s = plot_series(plot, PLOT_BOXES, 0, "");
	s->width = 0.5;
	for (size_t i = 0; i < LEVELS; i++) {
		const double y = 300 / scale(concurrencies[i]) * concurrencies[i];
		struct plot_point *const p = plot_point(plot, s, concurrencies[i], y);
		p->low = y * 0.9;
		p->q1 = y * 0.96;
		p->q3 = y * 1.08;
		p->high = y * 1.3;
		plot_tip(plot, p, "N = %.0f: median %.1f s", concurrencies[i], y);
	}
}

/* Boxes on their side, beside many long names, with a limit. */
static void fill_across(struct plot *plot)
{
	enum { TYPES = 30 };
	plot_axis(plot, &plot->x, "max RSS (GB)");
	plot_axis(plot, &plot->y, "");
	plot->height = 1.2;
	struct plot_series *const s = plot_series(plot, PLOT_ACROSS, 0, "");
	s->width = 0.55;
	for (size_t i = 0; i < TYPES; i++) {
		char name[32];
		const double x = 0.2 * (double)(i + 1);
		struct plot_point *const p = plot_point(plot, s, x, (double)i);
		p->low = x * 0.6;
		p->q1 = x * 0.9;
		p->q3 = x * 1.2;
		p->high = x * 1.5;
		plot_tip(plot, p, "type %zu: median %.1f GB", i, x);
		snprintf(name, sizeof name, "makeAnalysis..Plot%02zu", i);
		plot_tick(plot, &plot->y, (double)i, name);
	}
	plot_reference(plot, true, 4, "95 % of tasks");
	plot_reference(plot, true, 6, "limit 6 GB");
}

static void fill_stack(struct plot *plot)
{
	static const char *const names[] = {"instructions", "cycles per instruction", "clock",
	                                    "kernel", "off the CPU"};
	set_levels(plot);
	plot_axis(plot, &plot->y, "time against the baseline");
	plot->y.is_log = true;
	plot->y.from = 1;
	double bottom[LEVELS];
	for (size_t i = 0; i < LEVELS; i++)
		bottom[i] = 1;
	for (unsigned k = 0; k < ARRAY_LENGTH(names); k++) {
		struct plot_series *const s = plot_series(plot, PLOT_BARS, k, names[k]);
		s->width = 0.6;
		for (size_t i = 0; i < LEVELS; i++) {
			const double factor = exp((double)(k + 1) * (double)i * 0.006);
			struct plot_point *const p =
			        plot_point(plot, s, concurrencies[i], bottom[i] * factor);
			p->low = bottom[i];
			bottom[i] *= factor;
			plot_tip(plot, p, "%s: %.3f", names[k], factor);
		}
	}
}

static void fill_bars(struct plot *plot)
{
	plot_axis(plot, &plot->x, "core");
	plot_axis(plot, &plot->y, "relative wall time");
	struct plot_series *const s = plot_series(plot, PLOT_BARS, 1, "relative");
	s->width = 0.7;
	for (int i = 0; i < 6; i++) {
		char name[40];
		snprintf(name, sizeof name, "package %d core %d", i / 3, i);
		plot_tick(plot, &plot->x, i, name);
		plot_point(plot, s, i, i == 2 ? -0.3 : 1 + 0.1 * i);
	}
}

static void fill_steps(struct plot *plot)
{
	plot_axis(plot, &plot->x, "wall time (s)");
	plot_axis(plot, &plot->y, "share of tasks");
	for (unsigned k = 0; k < 8; k++) {
		char name[16];
		snprintf(name, sizeof name, "N = %d", 1 << k);
		struct plot_series *const s = plot_series(plot, PLOT_STEPS, k, name);
		for (int i = 0; i <= 100; i++)
			plot_point(plot, s, 20 + 3 * k + 5 * pow(i / 100.0, 2), i / 100.0);
	}
}

static void fill_timeline(struct plot *plot)
{
	static const char *const names[] = {"measured", "warm-up", "filler", "failed"};
	plot_axis(plot, &plot->x, "time since the trial began (s)");
	plot_axis(plot, &plot->y, "slot");
	for (unsigned k = 0; k < 4; k++) {
		struct plot_series *const s = plot_series(plot, PLOT_SEGMENTS, k, names[k]);
		s->width = 0.8;
		for (int slot = 0; slot < 16; slot++)
			for (int i = 0; i < 6; i++) {
				const bool is_failed = slot == 5 && i == 3;
				if ((is_failed ? 3u : i == 0 ? 1u : i == 5 ? 2u : 0u) != k)
					continue;
				const double from = i * 20 + slot * 1.2;
				plot_point(plot, s, from, slot)->high = from + 19;
			}
	}
	plot_reference(plot, true, 25, "window");
	plot_reference(plot, true, 105, "");
}

static void fill_cells(struct plot *plot)
{
	plot_axis(plot, &plot->x, "core");
	plot_axis(plot, &plot->y, "package");
	plot_scale(plot, "relative wall time");
	plot->height = 0.3;
	struct plot_series *const s = plot_series(plot, PLOT_CELLS, 0, "");
	for (int i = 0; i < 16; i++) {
		char label[16];
		snprintf(label, sizeof label, "%d", i % 8);
		plot_tick(plot, &plot->x, i % 8, label);
		plot_tick(plot, &plot->y, i / 8, i / 8 ? "1" : "0");
		struct plot_point *const p = plot_point(plot, s, i % 8, i / 8);
		p->q1 = i == 11 ? 1.3 : 1 + 0.02 * (i % 5);
		plot_tip(plot, p, "core %d: %.2f", i, p->q1);
	}
}

static void fill_scatter(struct plot *plot)
{
	plot_axis(plot, &plot->x, "LLC load misses (10^6)");
	plot_axis(plot, &plot->y, "cycles (10^9)");
	for (unsigned k = 0; k < 3; k++) {
		struct plot_series *const s = plot_series(plot, PLOT_POINTS, k,
		                                          k == 0   ? "a"
		                                          : k == 1 ? "b"
		                                                   : "c");
		for (int i = 0; i < 600; i++)
			plot_point(plot, s, 10 + k * 8 + 6 * sin(i * 12.9898),
			           40 + k * 9 + 5 * cos(i * 78.233) + sin(i * 12.9898));
	}
}

static void fill_hues(struct plot *plot)
{
	plot_axis(plot, &plot->x, "x");
	plot_axis(plot, &plot->y, "y");
	for (unsigned k = 0; k < PLOT_HUES; k++) {
		char name[16];
		snprintf(name, sizeof name, "line %u", k);
		struct plot_series *s = plot_series(plot, PLOT_LINE, k, name);
		for (int i = 0; i <= 10; i++)
			plot_point(plot, s, i, (k + 1) * i);
		s = plot_series(plot, PLOT_POINTS, k, "");
		for (int i = 0; i <= 10; i += 2) {
			struct plot_point *const p = plot_point(plot, s, i, (k + 1) * i);
			p->low = p->y - 2;
			p->high = p->y + 2;
		}
	}
}

static void fill_many_levels(struct plot *plot)
{
	plot_axis(plot, &plot->x, "tasks at once (N)");
	plot_axis(plot, &plot->y, "throughput (tasks/h)");
	struct plot_series *const s = plot_series(plot, PLOT_POINTS, 0, "measured");
	for (int n = 1; n <= 128; n++) {
		char label[16];
		snprintf(label, sizeof label, "%d", n);
		plot_tick(plot, &plot->x, n, label);
		struct plot_point *const p = plot_point(plot, s, n, scale(n));
		p->low = p->y * 0.97;
		p->high = p->y * 1.03;
	}
}

static void fill_one_point(struct plot *plot)
{
	plot_axis(plot, &plot->x, "tasks at once (N)");
	plot_axis(plot, &plot->y, "throughput (tasks/h)");
	plot_tick(plot, &plot->x, 4, "4");
	struct plot_series *const s = plot_series(plot, PLOT_POINTS, 0, "measured");
	plot_tip(plot, plot_point(plot, s, 4, 12), "the only one");
}

static void fill_gaps(struct plot *plot)
{
	static const double ys[] = {0, -1, NAN, 2, INFINITY, 4, 1e-320, 1e300};
	plot_axis(plot, &plot->x, "x");
	plot_axis(plot, &plot->y, "y");
	plot->y.is_log = true;
	plot_series(plot, PLOT_LINE, 3, "empty");
	struct plot_series *s = plot_series(plot, PLOT_BOXES, 4, "all absent");
	plot_point(plot, s, 3, 3);
	s = plot_series(plot, PLOT_LINE, 0, "gaps");
	for (size_t i = 0; i < ARRAY_LENGTH(ys); i++)
		plot_tip(plot, plot_point(plot, s, (double)i, ys[i]), "%g", ys[i]);
	plot->y.to = 100;
	plot->y.from = 0.1;
}

static void fill_hostile(struct plot *plot)
{
	plot_axis(plot, &plot->x, plot_hostile_texts[0]);
	plot_axis(plot, &plot->y, plot_hostile_texts[1]);
	plot_words(plot, "%s", plot_hostile_texts[2]);
	for (size_t i = 0; i < plot_hostile_count; i++) {
		struct plot_series *const s =
		        plot_series(plot, PLOT_POINTS, (unsigned)i, plot_hostile_texts[i]);
		plot_tip(plot, plot_point(plot, s, (double)i, (double)i), "%s",
		         plot_hostile_texts[i]);
		plot_tick(plot, &plot->x, (double)i, plot_hostile_texts[i]);
		plot_tick(plot, &plot->y, (double)i, plot_hostile_texts[i]);
		plot_reference(plot, i % 2, (double)i, plot_hostile_texts[i]);
	}
}

const struct plot_sample plot_samples[] = {
        {"throughput", fill_throughput},
        {"boxes", fill_boxes},
        {"across", fill_across},
        {"stack", fill_stack},
        {"bars", fill_bars},
        {"steps", fill_steps},
        {"timeline", fill_timeline},
        {"cells", fill_cells},
        {"scatter", fill_scatter},
        {"hues", fill_hues},
        {"many-levels", fill_many_levels},
        {"one-point", fill_one_point},
        {"gaps", fill_gaps},
        {"hostile", fill_hostile},
};
const size_t plot_sample_count = ARRAY_LENGTH(plot_samples);

const char *const plot_hostile_texts[] = {
        "'\n!touch plateau-was-here\n'end",
        "it's ' \" \\ end",
        "`touch plateau-was-here`end",
        "$(touch plateau-was-here)end",
        "'.system('touch plateau-was-here').'end",
        "\"; system(\"touch plateau-was-here\") end",
        "@macro @ARGV end",
        "\nEOD\nsystem('touch plateau-was-here')\nend",
        "<script>alert(1)</script><!-- ]]> &lt;b&gt; &amp; & end",
        "\x1b[31m\r\a\x7f\xff\xc3 \xe2\x80\xae end",
        "{/*9 huge} _{sub} ^x %d %s %n %% %g %1$s end",
        "größe 温度 🚀 end",
        "end \\",
};
const size_t plot_hostile_count = ARRAY_LENGTH(plot_hostile_texts);
