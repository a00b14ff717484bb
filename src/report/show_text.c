#include "report/show_text.h"

#include "report/document_text.h"
#include "report/section/sections.h"

int show_text_write(const struct findings *findings, const struct text_style *style,
                    char **ret_text, struct error *err)
{
	cleanup_document struct document doc;
	document_init(&doc, "", style);
	report_fill(findings, READ_IN_TERMINAL, &doc);
	return document_text_write(&doc, ret_text, err);
}
