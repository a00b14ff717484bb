#include "report/idle_clock_fact.h"

#include "analyse/idle_clock.h"
#include "core/error.h"
#include "report/document.h"

/* No range is told that would begin and end with the same figure. */
static const double same_hz = 5e6;

bool idle_clock_fact(const struct dataset *dataset, const char *word, struct document *doc)
{
	struct error err;
	struct idle_clock clock;
	if (idle_clock_find(dataset, &clock, &err) < 0) {
		doc->failed = true;
		return false;
	}
	if (clock.asked == 0)
		return false;
	if (clock.counted == 0)
		document_fact(doc, word,
		              "not known: a timed chain cannot tell it here; `plateau node` says "
		              "why");
	else if (clock.counted == 1)
		document_fact(doc, word,
		              "%.2f\u00A0GHz on PU\u00A0%d without tasks, by a timed chain",
		              clock.median_hz * 1e-9, (int)clock.pu);
	else if (clock.most_hz - clock.least_hz < same_hz)
		document_fact(doc, word,
		              "%.2f\u00A0GHz on PU\u00A0%d without tasks, by timed chains before "
		              "%zu blocks",
		              clock.median_hz * 1e-9, (int)clock.pu, clock.counted);
	else
		document_fact(
		        doc, word,
		        "%.2f\u00A0GHz on PU\u00A0%d without tasks, by timed chains before %zu "
		        "blocks (%.2f to %.2f\u00A0GHz)",
		        clock.median_hz * 1e-9, (int)clock.pu, clock.counted, clock.least_hz * 1e-9,
		        clock.most_hz * 1e-9);
	return true;
}
