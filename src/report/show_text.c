#include "report/show_text.h"

#include "report/document_text.h"
#include "report/section/sections.h"

int show_text_write(const struct findings *findings, const struct text_style *style, bool is_short,
                    char **ret_text, struct error *err)
{
	cleanup_document struct document doc;
	document_init(&doc, "", style);
	if (is_short)
		report_fill_short(findings, &doc);
	else
		report_fill(findings, READ_IN_TERMINAL, &doc);
	return document_text_write(&doc, ret_text, err);
}
