#include "model/printed_unit.h"

#include "core/array.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

/* Longer ones come before those that they end with. */
static const struct printed_unit units[] = {
        {"bytes_per_s", "B/s", true, true},
        {"bytes_per_second", "B/s", true, true},
        {"flop_per_s", "flop/s", true, true},
        {"flops", "flop/s", true, true},
        {"per_s", "/s", true, true},
        {"per_second", "/s", true, true},
        {"hz", "Hz", false, true},
        {"bytes", "B", false, true},
        {"joules", "J", false, true},
        {"watts", "W", false, true},
        {"seconds", "s", false, false},
        {"ns", "ns", false, false},
        {"us", "us", false, false},
        {"ms", "ms", false, false},
        {"s", "s", false, false},
        {"celsius", "°C", false, false},
        {"percent", "%", false, false},
};
static const struct printed_unit bare = {"", "", false, true};

static bool is_joint(char c)
{
	return c == '_' || c == '.' || c == '-';
}

/* Whether the part is p50, p99.9, mean, ...: which of a task's own values the figure is. */
static bool is_statistic(const char *part, size_t length)
{
	static const char *const words[] = {"mean", "median", "min", "max", "avg", "best", "worst"};
	if (length >= 2 && part[0] == 'p' && isdigit((unsigned char)part[1]))
		return strspn(part + 1, "0123456789") == length - 1;
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strlen(words[i]) == length && strncasecmp(part, words[i], length) == 0)
			return true;
	return false;
}

/* The length of the name without statistics at its end. */
static size_t without_statistics(const char *name)
{
	size_t length = strlen(name);
	for (size_t start = length; start > 0; start--) {
		if (!is_joint(name[start - 1]))
			continue;
		if (!is_statistic(name + start, length - start))
			break;
		length = start - 1;
	}
	return length;
}

/* Whether the name ends with the suffix, as parts of its own; joints are all alike. */
static bool ends_with(const char *name, size_t length, const char *suffix)
{
	const size_t bytes = strlen(suffix);
	if (length < bytes || (length > bytes && !is_joint(name[length - bytes - 1])))
		return false;
	for (size_t i = 0; i < bytes; i++) {
		const char c = name[length - bytes + i];
		if (suffix[i] != (is_joint(c) ? '_' : (char)tolower((unsigned char)c)))
			return false;
	}
	return true;
}

const struct printed_unit *printed_unit_of(const char *name)
{
	const size_t length = without_statistics(name);
	for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
		if (ends_with(name, length, units[i].suffix))
			return &units[i];
	return &bare;
}

/* Nanoseconds of a unit of time; 0: it is none. */
static double time_ns(const char *text)
{
	static const struct {
		const char *name;
		double ns;
	} times[] = {{"ns", 1},    {"us", 1e3},   {"ms", 1e6},   {"s", 1e9},
	             {"sec", 1e9}, {"min", 60e9}, {"h", 3600e9}, {"d", 86400e9}};
	for (size_t i = 0; i < ARRAY_LENGTH(times); i++)
		if (strcmp(text, times[i].name) == 0)
			return times[i].ns;
	return 0;
}

double printed_unit_factor(const struct printed_unit *unit, const char *text)
{
	static const struct {
		const char *prefix;
		double factor;
	} prefixes[] = {
	        {"k", 1e3},     {"K", 1e3},     {"M", 1e6},     {"G", 1e9},
	        {"T", 1e12},    {"Ki", 0x1p10}, {"Mi", 0x1p20}, {"Gi", 0x1p30},
	        {"Ti", 0x1p40}, {"m", 1e-3},    {"u", 1e-6},    {"n", 1e-9},
	};
	const double own_ns = time_ns(unit->symbol);
	const double text_ns = time_ns(text);
	if (own_ns > 0 && text_ns > 0)
		return text_ns / own_ns;
	for (size_t i = 0; unit->symbol[0] && i < ARRAY_LENGTH(prefixes); i++) {
		const size_t bytes = strlen(prefixes[i].prefix);
		if (strncmp(text, prefixes[i].prefix, bytes) == 0 &&
		    strcmp(text + bytes, unit->symbol) == 0)
			return prefixes[i].factor;
	}
	return 1;
}
