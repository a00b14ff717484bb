/* How far the result can be trusted, in a table. */
#include "core/array.h"
#include "report/quality.h"
#include "report/section/section.h"

void section_quality(const struct findings *findings, struct document *doc)
{
	static const struct table_column columns[] = {
	        {"", NULL, TABLE_LEFT, 0},
	        {"judgement", NULL, TABLE_LEFT, 1},
	        {"found", NULL, TABLE_LEFT, 1},
	};
	static const struct {
		const char *word;
		enum text_role role;
	} verdicts[QUALITY_VERDICTS] = {
	        [QUALITY_GOOD] = {"good", TEXT_GOOD},
	        [QUALITY_LOOK] = {"look at it", TEXT_WARN},
	        [QUALITY_BAD] = {"bad", TEXT_BAD},
	        [QUALITY_UNKNOWN] = {"not known", TEXT_DIM},
	};
	struct quality quality;
	quality_judge(findings, &quality);
	if (quality.count == 0)
		return;
	document_section(doc, "quality", "Data quality", "");
	struct table *const table = document_table(doc, "", columns, ARRAY_LENGTH(columns));
	for (size_t i = 0; i < quality.count; i++) {
		const struct quality_item *const item = &quality.items[i];
		table_row(table);
		table_cell(table, TEXT_PLAIN, "%s", item->name);
		table_cell(table, verdicts[item->verdict].role, "%s", verdicts[item->verdict].word);
		table_cell(table, TEXT_PLAIN, "%s", item->found);
	}
}
