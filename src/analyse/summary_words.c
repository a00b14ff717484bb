/* What the parts of a summary say in words: the name of a level, a warning. */
#include "analyse/summary.h"
#include "analyse/summary_parts.h"
#include "core/array.h"

#include <stdio.h>
#include <string.h>

ptrdiff_t summary_baseline(const struct summary *summary, const char *policy)
{
	for (size_t i = 0; i < summary->level_count; i++)
		if (summary->levels[i].is_baseline &&
		    strcmp(summary->levels[i].level->policy, policy) == 0)
			return (ptrdiff_t)i;
	return -1;
}

const char *summary_level_name(const struct summary *summary, size_t level, char text[64])
{
	const struct dataset_level *const l = summary->levels[level].level;
	if (summary->policy_count > 1)
		snprintf(text, 64, "N=%u %.40s", l->concurrency, l->policy);
	else
		snprintf(text, 64, "N=%u", l->concurrency);
	return text;
}

/* Copies text into a buffer, cut before a UTF-8 letter that does not fit, and marked as cut. */
static void copy_cut(char *buffer, size_t buffer_bytes, const char *text)
{
	size_t length = strlen(text);
	if (length < buffer_bytes) {
		snprintf(buffer, buffer_bytes, "%s", text);
		return;
	}
	length = buffer_bytes - sizeof "...";
	while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
		length--;
	snprintf(buffer, buffer_bytes, "%.*s...", (int)length, text);
}

int summary_warn(struct summary *summary, const char *code, const char *text, struct error *err)
{
	int r = array_reserve(&summary->warnings, &summary->warning_capacity,
	                      summary->warning_count + 1, sizeof *summary->warnings, err);
	if (r < 0)
		return r;
	struct warning *const warning = &summary->warnings[summary->warning_count++];
	copy_cut(warning->code, sizeof warning->code, code);
	copy_cut(warning->text, sizeof warning->text, text);
	return 0;
}
