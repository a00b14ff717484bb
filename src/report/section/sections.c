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

void report_fill_judged(const struct accepted *accepted, enum block_reader reader,
                        struct document *doc)
{
	fill(accepted->findings, accepted, reader, doc);
}

const struct report_section report_sections[] = {
        {"head", READ_BY_ALL, section_head},
        {"machine", READ_IN_PAGE, section_machine},
        {"overview", READ_IN_PAGE, section_overview},
        {"overview plots", READ_IN_PAGE, section_overview_plots},
        {"quality", READ_IN_PAGE, section_quality},
        {"throughput", READ_BY_ALL, section_throughput},
        {"stated", READ_BY_ALL, section_stated},
        {"scaling", READ_BY_ALL, section_scaling},
        {"causes", READ_BY_ALL, section_causes},
        {"phases", READ_BY_ALL, section_phases},
        {"figures", READ_BY_ALL, section_printed},
        {"frequency", READ_BY_ALL, section_frequency},
        {"per task", READ_BY_ALL, section_per_task},
        {"memory", READ_BY_ALL, section_memory},
        {"outliers", READ_BY_ALL, section_outliers},
        {"places", READ_BY_ALL, section_places},
        {"timeline", READ_IN_PAGE, section_timeline},
        {"distributions", READ_IN_PAGE, section_distributions},
        {"node", READ_BY_ALL, section_node},
        {"counters", READ_BY_ALL, section_counters},
        {"correlation", READ_BY_ALL, section_correlation},
        {"events", READ_BY_ALL, section_events},
        {"limits", READ_BY_ALL, section_limits},
        {"warnings", READ_BY_ALL, section_warnings},
        {"failures", READ_BY_ALL, section_failures},
        {"harness", READ_BY_ALL, section_harness},
        {"provenance", READ_IN_PAGE, section_provenance},
        {"host facts", READ_IN_PAGE, section_host_facts},
        {NULL, READ_BY_ALL, NULL},
};
