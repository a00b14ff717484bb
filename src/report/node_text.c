#include "report/node_text.h"

#include "report/document_text.h"
#include "report/node_sections.h"

static void (*const sections[])(const struct node_view *view, struct document *doc) = {
        node_section_processor, node_section_memory, node_section_frequency,
        node_section_kernel,    node_section_limits, node_section_capabilities,
        node_section_findings,
};

int node_text_write(const struct node_view *view, const struct text_style *style, bool is_full,
                    char **ret_text, struct error *err)
{
	cleanup_document struct document doc;
	const char *const host = host_facts_get(view->facts, "hostname");
	cleanup_str struct str title = {0};
	str_addf(&title, "The node%s%s", host ? " " : "", host ? host : "");
	document_init(&doc, str_text(&title), style);
	doc.failed |= title.failed;
	if (view->scenario && node_remarks_refuse(&view->fit))
		document_state(&doc, TEXT_BAD, "the scenario cannot be measured here");
	else if (view->scenario)
		document_state(&doc, TEXT_GOOD, "the scenario can be measured here");
	node_section_fit(view, &doc);
	for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++)
		sections[i](view, &doc);
	node_section_clock(view, is_full, &doc);
	return document_text_write(&doc, ret_text, err);
}
