#include "report/section/sections.h"

#include "report/accept/accept_document.h"
#include "report/section/section.h"

static void fill(const struct findings *findings, const struct accepted *accepted,
                 enum block_reader reader, struct document *doc)
{
	for (const struct report_section *s = report_sections; s->name; s++) {
		if (s->reader == READ_BY_ALL || s->reader == reader)
			s->fill(findings, doc);
		if (s == report_sections && accepted)
			accept_sections(accepted, doc);
	}
}

void report_fill(const struct findings *findings, enum block_reader reader, struct document *doc)
{
	fill(findings, NULL, reader, doc);
}

void report_fill_short(const struct findings *findings, struct document *doc)
{
	for (const struct report_section *s = report_sections; s->name; s++)
		if (s->is_in_short)
			s->fill(findings, doc);
	document_section(doc, "rest", "", "");
	document_say(doc, TEXT_DIM, "All tables: plateau show %s",
	             findings->dataset->path ? findings->dataset->path : "RESULT");
}

void report_fill_judged(const struct accepted *accepted, enum block_reader reader,
                        struct document *doc)
{
	fill(accepted->findings, accepted, reader, doc);
}

const struct report_section report_sections[] = {
        {"head", READ_BY_ALL, true, section_head},
        {"machine", READ_IN_PAGE, false, section_machine},
        {"overview", READ_IN_PAGE, false, section_overview},
        {"overview plots", READ_IN_PAGE, false, section_overview_plots},
        {"quality", READ_IN_PAGE, false, section_quality},
        {"throughput", READ_BY_ALL, true, section_throughput},
        {"stated", READ_BY_ALL, false, section_stated},
        {"scaling", READ_BY_ALL, false, section_scaling},
        {"causes", READ_BY_ALL, false, section_causes},
        {"phases", READ_BY_ALL, false, section_phases},
        {"figures", READ_BY_ALL, false, section_printed},
        {"frequency", READ_BY_ALL, false, section_frequency},
        {"per task", READ_BY_ALL, false, section_per_task},
        {"memory", READ_BY_ALL, false, section_memory},
        {"outliers", READ_BY_ALL, false, section_outliers},
        {"places", READ_BY_ALL, false, section_places},
        {"timeline", READ_IN_PAGE, false, section_timeline},
        {"distributions", READ_IN_PAGE, false, section_distributions},
        {"node", READ_BY_ALL, false, section_node},
        {"counters", READ_BY_ALL, false, section_counters},
        {"correlation", READ_BY_ALL, false, section_correlation},
        {"events", READ_BY_ALL, false, section_events},
        {"limits", READ_BY_ALL, false, section_limits},
        {"warnings", READ_BY_ALL, true, section_warnings},
        {"failures", READ_BY_ALL, true, section_failures},
        {"harness", READ_BY_ALL, false, section_harness},
        {"provenance", READ_IN_PAGE, false, section_provenance},
        {"host facts", READ_IN_PAGE, false, section_host_facts},
        {NULL, READ_BY_ALL, false, NULL},
};
