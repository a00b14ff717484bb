/* Logs of a form that the user describes: a POSIX extended regular expression whose groups are time
 * stamp, logger and message, and a time format. */
#include "core/error.h"
#include "formats/log/log_parts.h"
#include "formats/log/log_time.h"

#include <errno.h>
#include <string.h>

enum {
	PATTERN_LINE_BYTES = 4096, /* of a line are matched: what matching costs is bounded */
	TIME_BYTES = 128
};

/* What the groups are where the scenario does not say, by their number. */
static const char *const default_fields[][3] = {
        {"time"}, {"time", "message"}, {"time", "logger", "message"}};

static int set_group(struct log_groups *groups, const char *field, int group, struct error *err)
{
	int *const place = strcmp(field, "time") == 0      ? &groups->time
	                   : strcmp(field, "logger") == 0  ? &groups->logger
	                   : strcmp(field, "message") == 0 ? &groups->message
	                                                   : NULL;
	if (!place && strcmp(field, "-") != 0)
		return error_set(err, EINVAL,
		                 "\"%.40s\" is no meaning of a group; write time, logger, message "
		                 "or - for each",
		                 field);
	if (place && *place >= 0)
		return error_set(err, EINVAL, "two groups are the %s; write - for one", field);
	if (place)
		*place = group;
	return 0;
}

static int name_groups(const struct scenario_phases *phases, size_t count,
                       struct log_groups *groups, struct error *err)
{
	const struct words *const fields = &phases->fields;
	if (fields->count > count)
		return error_set(err, EINVAL,
		                 "%zu groups are named, and the pattern has %zu; put parentheses "
		                 "round what each is to be",
		                 fields->count, count);
	const size_t named = fields->count ? fields->count : count < 3 ? count : 3;
	int r = 0;
	for (size_t i = 0; r == 0 && i < named; i++)
		r = set_group(groups,
		              fields->count ? fields->items[i] : default_fields[named - 1][i],
		              (int)i + 1, err);
	if (r == 0 && groups->time < 0)
		r = error_set(err, EINVAL,
		              "no group is the time stamp; put parentheses round it, for example "
		              "\"^([0-9-]+ [0-9:.]+) (.*)$\"");
	return r;
}

int pattern_log_compile(const struct scenario_phases *phases, regex_t *ret_regex,
                        struct log_groups *ret_groups, struct error *err)
{
	regex_t regex;
	int r = pattern_log_check(phases->pattern, err);
	if (r < 0)
		return r;
	const int code = regcomp(&regex, phases->pattern, REG_EXTENDED);
	if (code != 0) {
		char why[128];
		regerror(code, &regex, why, sizeof why);
		return error_set(err, EINVAL,
		                 "it is no POSIX extended regular expression (%s); write for "
		                 "example \"^([0-9-]+ [0-9:.]+) (.*)$\"",
		                 why);
	}
	struct log_groups groups = {-1, -1, -1};
	r = name_groups(phases, regex.re_nsub, &groups, err);
	if (r < 0) {
		regfree(&regex);
		return r;
	}
	*ret_regex = regex;
	*ret_groups = groups;
	return 0;
}

static void copy_group(char *to, size_t to_bytes, const char *text, const regmatch_t *matches,
                       int group)
{
	to[0] = '\0';
	if (group < 0 || matches[group].rm_so < 0)
		return;
	log_copy(to, to_bytes, text + matches[group].rm_so,
	         (size_t)(matches[group].rm_eo - matches[group].rm_so));
}

static enum log_line parse(const struct log_format *format, const char *text, size_t bytes,
                           struct log_stamp *ret_stamp)
{
	const struct log_groups *const groups = &format->groups;
	char line[PATTERN_LINE_BYTES];
	log_copy(line, sizeof line, text, bytes);
	regmatch_t matches[LOG_MOST_GROUPS];
	if (regexec(&format->regex, line, LOG_MOST_GROUPS, matches, 0) != 0)
		return LINE_OTHER;
	char time[TIME_BYTES];
	copy_group(time, sizeof time, line, matches, groups->time);
	if (!log_time_read(time, format->phases->time_format, format->phases->zone,
	                   &ret_stamp->calendar_ns))
		return LINE_UNREADABLE;
	copy_group(ret_stamp->logger, sizeof ret_stamp->logger, line, matches, groups->logger);
	if (groups->message >= 0)
		copy_group(ret_stamp->message, sizeof ret_stamp->message, line, matches,
		           groups->message);
	else
		log_copy(ret_stamp->message, sizeof ret_stamp->message, line + matches[0].rm_eo,
		         strlen(line + matches[0].rm_eo));
	return LINE_STAMP;
}

const struct log_parser pattern_log_parser = {.parse = parse};
