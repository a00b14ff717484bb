#include "report/measure_text.h"

#include "core/array.h"
#include "model/printed_unit.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* Units of the same quantity, the largest first. */
struct step {
	const char *unit;
	double factor;
};

static struct measure_scale choose(const struct step *steps, size_t count, double typical,
                                   double least)
{
	struct measure_scale scale = {1, ""};
	size_t i = 0;
	while (i + 1 < count && !(fabs(typical) * steps[i].factor >= least))
		i++;
	scale.factor = steps[i].factor;
	snprintf(scale.unit, sizeof scale.unit, "%s", steps[i].unit);
	return scale;
}

static struct measure_scale from_unit(struct figure_unit unit, const char *before)
{
	struct measure_scale scale = {unit.factor, ""};
	snprintf(scale.unit, sizeof scale.unit, "%s%s", before, unit.name);
	return scale;
}

/* A number that tasks print: in the unit that its name says. */
static struct measure_scale scale_of_printed(const char *detail, double typical)
{
	static const struct step prefixes[] = {
	        {"T", 1e-12}, {"G", 1e-9}, {"M", 1e-6}, {"k", 1e-3}, {"", 1}};
	const struct printed_unit *const unit = printed_unit_of(detail ? detail : "");
	if (strcmp(unit->symbol, "s") == 0)
		return from_unit(figure_unit_of_time(typical), "");
	if (!unit->has_prefixes) {
		struct measure_scale plain = {1, ""};
		snprintf(plain.unit, sizeof plain.unit, "%s", unit->symbol);
		return plain;
	}
	struct measure_scale scale = choose(prefixes, ARRAY_LENGTH(prefixes), typical, 1);
	char prefix[4];
	snprintf(prefix, sizeof prefix, "%.3s", scale.unit);
	snprintf(scale.unit, sizeof scale.unit, "%s%s", prefix, unit->symbol);
	return scale;
}

struct measure_scale measure_scale_of(enum measure_id id, const char *detail, double typical,
                                      const struct text_style *style)
{
	static const struct step frequencies[] = {{"GHz", 1e-9}, {"MHz", 1e-6}};
	static const struct step energies[] = {
	        {"GJ", 1e-9}, {"MJ", 1e-6}, {"kJ", 1e-3}, {"J", 1}, {"mJ", 1e3}};
	struct measure_scale scale = {1, ""};
	switch (measures[id].unit) {
	case MEASURE_PER_SECOND:
		return from_unit(figure_unit_of_rate(typical), "tasks");
	case MEASURE_SECONDS:
		return from_unit(figure_unit_of_time(fabs(typical)), "");
	case MEASURE_BYTES:
		return from_unit(figure_unit_of_size(typical), "");
	case MEASURE_HERTZ:
		return choose(frequencies, ARRAY_LENGTH(frequencies), typical, 0.1);
	case MEASURE_JOULES:
		return choose(energies, ARRAY_LENGTH(energies), typical, 1);
	case MEASURE_WATTS:
		snprintf(scale.unit, sizeof scale.unit, "W");
		return scale;
	case MEASURE_CELSIUS:
		snprintf(scale.unit, sizeof scale.unit, "%s", style->is_ascii ? "C" : "°C");
		return scale;
	case MEASURE_AS_NAMED:
		return scale_of_printed(detail, typical);
	default:
		/* Counts of events are long; factors are not. */
		return fabs(typical) >= 1e4 ? from_unit(figure_unit_of_count(typical), "") : scale;
	}
}

void measure_write(enum measure_id id, const char *detail, double value,
                   const struct estimate *bears, const struct text_style *style,
                   char text[FIGURE_BYTES])
{
	const struct measure_scale scale = measure_scale_of(id, detail, value, style);
	const double shown = value * scale.factor;
	char number[FIGURE_BYTES];
	int decimals = figure_decimals(shown);
	if (bears && estimate_has_interval(bears))
		decimals = figure_estimate_decimals(bears, scale.factor, 3, 4);
	/* A count is a whole number. */
	if (id == MEASURE_FAILURES && floor(shown) == shown)
		decimals = 0;
	figure_write(shown, decimals, style, number);
	if (isfinite(value) && scale.unit[0])
		snprintf(text, FIGURE_BYTES, "%.36s %s", number, scale.unit);
	else
		snprintf(text, FIGURE_BYTES, "%.36s", number);
}

bool measure_is_cause(enum measure_id id)
{
	return id >= MEASURE_FACTOR_INSTRUCTIONS && id <= MEASURE_FACTOR_OFF_CPU;
}

const char *measure_title(enum measure_id id, const char *detail, char text[96])
{
	if (detail && detail[0]) {
		snprintf(text, 96, "%.80s%s", detail, id == MEASURE_COUNTER ? " per task" : "");
		return text;
	}
	/* Causes are called by what they are parts of: "time off the CPU" is a time as well. */
	snprintf(text, 96, "%s%s", measure_is_cause(id) ? "slowdown from " : "",
	         measures[id].words);
	text[0] = (char)toupper((unsigned char)text[0]);
	return text;
}
