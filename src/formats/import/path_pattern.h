/* What the name of a file says about the tasks in it: `n{concurrency}/r{repeat}/job?.txt`. The
 * pattern is compared with the end of a path, folder by folder. {concurrency} and {repeat} stand
 * for a number, {policy} for letters, * for any letters and ? for one, none of them for a slash;
 * everything else stands for itself. */
#ifndef FORMATS_IMPORT_PATH_PATTERN_H
#define FORMATS_IMPORT_PATH_PATTERN_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

/* The longest policy in a path, with its NUL. */
enum { PATH_PATTERN_WORD_BYTES = 64 };

enum path_field { PATH_CONCURRENCY, PATH_REPEAT, PATH_POLICY, PATH_FIELDS };

struct path_pattern {
	regex_t regex;
	bool is_compiled;
	int groups[PATH_FIELDS]; /* number of the group in regex, 0: the pattern does not have it */
};

/* What a path says; RECORD_ABSENT and "" where the pattern does not ask. */
struct path_facts {
	int64_t concurrency; /* 1 and more */
	int64_t repeat;      /* 0 and more */
	char policy[PATH_PATTERN_WORD_BYTES];
};

/* Returns 0; -EINVAL: an unknown or repeated field, or a brace that is not closed; -ENOMEM. */
int path_pattern_init(struct path_pattern *ret_pattern, const char *text, struct error *err);
void path_pattern_release(struct path_pattern *pattern);

/* Whether the path matches, and what it says then. Numbers that are too large do not match. */
bool path_pattern_match(const struct path_pattern *pattern, const char *path,
                        struct path_facts *ret_facts);

#define cleanup_path_pattern __attribute__((cleanup(path_pattern_release)))

#endif
