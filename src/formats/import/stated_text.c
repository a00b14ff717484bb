#include "formats/import/stated_text.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

bool stated_statistic_read(const char *text, struct stated_figure *figure)
{
	static const struct {
		const char *word;
		enum stated_statistic statistic;
		double quantile;
	} words[] = {
	        {"mean", STATED_MEAN, NAN},       {"sd", STATED_SD, NAN},
	        {"median", STATED_QUANTILE, 0.5}, {"min", STATED_QUANTILE, 0},
	        {"max", STATED_QUANTILE, 1},
	};
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
		if (strcmp(words[i].word, text) != 0)
			continue;
		figure->statistic = words[i].statistic;
		figure->quantile = words[i].quantile;
		return true;
	}
	double percent = 0;
	struct error why;
	if (text[0] != 'p' || !isdigit((unsigned char)text[1]) ||
	    number_parse_real(text + 1, &percent, &why) < 0 || percent > 100)
		return false;
	figure->statistic = STATED_QUANTILE;
	figure->quantile = percent / 100;
	return true;
}

bool stated_error_read(const char *text, enum stated_error *ret_kind)
{
	for (size_t i = STATED_READING; i < STATED_ERRORS; i++) {
		if (strcmp(stated_error_names[i], text) != 0)
			continue;
		*ret_kind = (enum stated_error)i;
		return true;
	}
	return false;
}

enum measure_id stated_measure_find(const char *text, char name[RECORD_FIGURE_NAME_BYTES])
{
	enum measure_id id = measure_find(text, NULL);
	for (size_t i = 0; id == MEASURES && i < MEASURE_COUNTER; i++) {
		if (strcmp(measures[i].key, text) != 0)
			continue;
		id = (enum measure_id)i;
		text = measures[i].name;
	}
	if (id == MEASURES || strlen(text) >= RECORD_FIGURE_NAME_BYTES)
		return MEASURES;
	memcpy(name, text, strlen(text) + 1);
	return id;
}
