#include "report/plot/plot_look.h"

#include "core/str.h"

#include <math.h>

const struct plot_hue plot_hues[PLOT_HUES] = {
        {"#0072b2", "#56b4e9", 7, "solid", 0},           {"#c05400", "#f58f4a", 5, "(10,4)", 4},
        {"#008260", "#3fcba3", 9, "(10,3,2,3)", 5},      {"#ad4d85", "#e39cc6", 13, "(5,3)", 1},
        {"#8f6500", "#f0bc42", 11, "(14,3,2,3,2,3)", 6}, {"#187d9d", "#8fd8ef", 6, "(2,2)", 7},
        {"#6b6b6b", "#b0b0b0", 4, "(7,7)", 2},           {"#7a2355", "#d984b0", 8, "(3,3,10,3)", 3},
};

const struct plot_ink_color plot_inks[PLOT_INKS] = {
        [PLOT_INK] = {"ink", "#333333", "#dcdcdc"},
        [PLOT_AXIS] = {"axis", "#777777", "#8c8c8c"},
        [PLOT_GRID] = {"grid", "#e0e0e0", "#3a3a3a"},
        [PLOT_PAPER] = {"paper", "#ffffff", "#11161c"},
        [PLOT_DARK_CELL] = {"on-dark", PLOT_ON_DARK, PLOT_ON_LIGHT},
        [PLOT_LIGHT_CELL] = {"on-light", PLOT_ON_LIGHT, PLOT_ON_DARK},
};

const char plot_palette[] =
        "0 '#f0f4f9', 0.25 '#bdd3e8', 0.5 '#6ba3d0', 0.75 '#2569a8', 1 '#08306b'";

/* The same stops, for pages: on white, and on black. */
enum { STOPS = 5 };
static const long stops[STOPS] = {0xf0f4f9, 0xbdd3e8, 0x6ba3d0, 0x2569a8, 0x08306b};
static const long dark_stops[STOPS] = {0x1c3450, 0x255a8c, 0x3f8ac4, 0x8dbfe6, 0xf0f6fc};

static double channel(long color, unsigned shift)
{
	return (double)(color >> shift & 0xff);
}

/* The colour of a share from 0 to 1 of the way along the stops. */
static long color_at(const long along[STOPS], double share)
{
	const size_t at = share < 1 ? (size_t)(share * (STOPS - 1)) : STOPS - 2;
	const double rest = share * (STOPS - 1) - (double)at;
	long color = 0;
	for (unsigned shift = 0; shift < 24; shift += 8) {
		const double from = channel(along[at], shift);
		color |= lround(from + rest * (channel(along[at + 1], shift) - from)) << shift;
	}
	return color;
}

int plot_shade(long color)
{
	static const double near = 3; /* gnuplot rounds in its own way */
	for (int i = 0; i < PLOT_SHADES; i++) {
		const long shade = color_at(stops, (double)i / (PLOT_SHADES - 1));
		bool is_it = true;
		for (unsigned shift = 0; shift < 24; shift += 8)
			is_it &= fabs(channel(shade, shift) - channel(color, shift)) <= near;
		if (is_it)
			return i;
	}
	return -1;
}

static void add_variables(struct str *out, bool is_dark)
{
	for (size_t i = 0; i < PLOT_INKS; i++)
		str_addf(out, "--plot-%s:%s;", plot_inks[i].name,
		         is_dark ? plot_inks[i].dark : plot_inks[i].color);
	for (size_t i = 0; i < PLOT_HUES; i++)
		str_addf(out, "--plot-%zu:%s;", i,
		         is_dark ? plot_hues[i].dark : plot_hues[i].color);
	for (int i = 0; i < PLOT_SHADES; i++)
		str_addf(out, "--plot-m%d:#%06lx;", i,
		         color_at(is_dark ? dark_stops : stops, (double)i / (PLOT_SHADES - 1)));
}

static void add_classes(struct str *out)
{
	for (size_t i = 0; i < PLOT_INKS; i++)
		str_addf(out,
		         "svg.plot .s-%s{stroke:var(--plot-%s)}svg.plot .f-%s{fill:var(--plot-%s)}",
		         plot_inks[i].name, plot_inks[i].name, plot_inks[i].name,
		         plot_inks[i].name);
	for (size_t i = 0; i < PLOT_HUES; i++)
		str_addf(out,
		         "svg.plot .s-%zu{stroke:var(--plot-%zu)}"
		         "svg.plot .f-%zu{fill:var(--plot-%zu)}",
		         i, i, i, i);
	for (int i = 0; i < PLOT_SHADES; i++)
		str_addf(out, "svg.plot .f-m%d{fill:var(--plot-m%d);shape-rendering:crispEdges}", i,
		         i);
	str_add(out, "svg.plot text.f-on-dark,svg.plot text.f-on-light{stroke:none}");
	str_add(out, "\n");
}

void plot_css(struct str *out)
{
	str_add(out, ":root{");
	add_variables(out, false);
	str_add(out, "}\n@media screen and (prefers-color-scheme:dark)"
	             "{:root:not([data-theme=\"light\"]){");
	add_variables(out, true);
	str_add(out, "}}\n@media screen{:root[data-theme=\"dark\"]{");
	add_variables(out, true);
	str_add(out,
	        "}}\n"
	        "svg.plot{display:block;width:100%;height:auto;max-width:38rem;font-family:inherit}"
	        "\n"
	        "svg.plot text[class]{paint-order:stroke;stroke:var(--plot-paper);stroke-width:3px;"
	        "stroke-linejoin:round}\n"
	        "svg.plot .tip{fill:transparent;stroke:none;pointer-events:all}\n"
	        "svg.plot .tip:hover{fill:var(--plot-ink);fill-opacity:.14}\n");
	add_classes(out);
}
