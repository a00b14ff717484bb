#include "formats/import/path_pattern.h"

#include "core/array.h"
#include "core/error.h"
#include "core/number.h"
#include "core/str.h"
#include "model/record.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* More copies of a task than this are no node's. */
#define MOST_CONCURRENCY INT64_C(1000000)
#define MOST_REPEAT      INT64_C(1000000)

static const struct {
	const char *name;
	const char *regex;
} fields[PATH_FIELDS] = {
        [PATH_CONCURRENCY] = {"concurrency", "([0-9]+)"},
        [PATH_REPEAT] = {"repeat", "([0-9]+)"},
        [PATH_POLICY] = {"policy", "([^/]+)"},
};

static int refuse_field(const char *text, size_t length, struct error *err)
{
	return error_set(err, EINVAL,
	                 "\"{%.*s}\" is not known in a path pattern: it knows {concurrency}, "
	                 "{repeat} and {policy}",
	                 (int)(length < 40 ? length : 40), text);
}

/* The field that begins behind the brace at *text, which is moved behind the closing one. */
static int add_field(struct path_pattern *pattern, const char **text, int *groups,
                     struct str *regex, struct error *err)
{
	const char *const name = *text + 1;
	const char *const end = strchr(name, '}');
	if (!end)
		return error_set(err, EINVAL,
		                 "a brace in the path pattern is not closed: \"%.60s\"", *text);
	const size_t length = (size_t)(end - name);
	size_t field = 0;
	while (field < PATH_FIELDS && (strlen(fields[field].name) != length ||
	                               strncmp(fields[field].name, name, length) != 0))
		field++;
	if (field == PATH_FIELDS)
		return refuse_field(name, length, err);
	if (pattern->groups[field] > 0)
		return error_set(err, EINVAL, "{%s} is in the path pattern twice",
		                 fields[field].name);
	pattern->groups[field] = ++*groups;
	str_add(regex, fields[field].regex);
	*text = end + 1;
	return 0;
}

static void add_letter(struct str *regex, char letter)
{
	if (letter == '*')
		str_add(regex, "[^/]*");
	else if (letter == '?')
		str_add(regex, "[^/]");
	else if (strchr(".[]{}()\\+^$|", letter))
		str_addf(regex, "\\%c", letter);
	else
		str_add_bytes(regex, &letter, 1);
}

int path_pattern_init(struct path_pattern *ret_pattern, const char *text, struct error *err)
{
	struct path_pattern pattern = {0};
	cleanup_str struct str regex = {0};
	int groups = 1;
	if (!text[0])
		return error_set(err, EINVAL, "the path pattern is empty");
	str_add(&regex, text[0] == '/' ? "(^)" : "(^|/)");
	while (*text) {
		if (*text != '{') {
			add_letter(&regex, *text++);
			continue;
		}
		const int r = add_field(&pattern, &text, &groups, &regex, err);
		if (r < 0)
			return r;
	}
	str_add(&regex, "$");
	if (regex.failed)
		return error_memory(err);
	const int code = regcomp(&pattern.regex, str_text(&regex), REG_EXTENDED);
	if (code != 0) {
		char why[80];
		regerror(code, &pattern.regex, why, sizeof why);
		return error_set(err, code == REG_ESPACE ? ENOMEM : EINVAL,
		                 "the path pattern cannot be used: %s", why);
	}
	pattern.is_compiled = true;
	*ret_pattern = pattern;
	return 0;
}

void path_pattern_release(struct path_pattern *pattern)
{
	if (pattern && pattern->is_compiled)
		regfree(&pattern->regex);
	if (pattern)
		*pattern = (struct path_pattern){0};
}

static bool number_in(const char *path, const regmatch_t *match, int64_t low, int64_t high,
                      int64_t *ret_value)
{
	char digits[24];
	struct error ignored;
	const size_t length = (size_t)(match->rm_eo - match->rm_so);
	if (length >= sizeof digits)
		return false;
	snprintf(digits, sizeof digits, "%.*s", (int)length, path + match->rm_so);
	return number_parse_integer(digits, low, high, ret_value, &ignored) == 0;
}

bool path_pattern_match(const struct path_pattern *pattern, const char *path,
                        struct path_facts *ret_facts)
{
	regmatch_t matches[PATH_FIELDS + 2];
	struct path_facts facts = {.concurrency = RECORD_ABSENT, .repeat = RECORD_ABSENT};
	if (regexec(&pattern->regex, path, ARRAY_LENGTH(matches), matches, 0) != 0)
		return false;
	const int *const groups = pattern->groups;
	if (groups[PATH_CONCURRENCY] > 0 && !number_in(path, &matches[groups[PATH_CONCURRENCY]], 1,
	                                               MOST_CONCURRENCY, &facts.concurrency))
		return false;
	if (groups[PATH_REPEAT] > 0 &&
	    !number_in(path, &matches[groups[PATH_REPEAT]], 0, MOST_REPEAT, &facts.repeat))
		return false;
	if (groups[PATH_POLICY] > 0) {
		const regmatch_t *const word = &matches[groups[PATH_POLICY]];
		const size_t length = (size_t)(word->rm_eo - word->rm_so);
		if (length >= sizeof facts.policy)
			return false;
		snprintf(facts.policy, sizeof facts.policy, "%.*s", (int)length,
		         path + word->rm_so);
	}
	*ret_facts = facts;
	return true;
}
