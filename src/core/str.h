/* A growing text. Appends never fail one by one: running out of memory is remembered and told
 * once, by str_take or str_failed, so that code which builds a text reads straight through.
 *
 *   struct str s = {0};
 *   str_add(&s, "N="); str_addf(&s, "%d", n);
 *   return str_take(&s, ret_text, err); */
#ifndef CORE_STR_H
#define CORE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct error;

struct str {
	char *text; /* NUL-terminated, or NULL while empty */
	size_t length;
	size_t capacity;
	bool failed;
};

void str_add(struct str *s, const char *text);
void str_add_bytes(struct str *s, const char *bytes, size_t length);
void str_addf(struct str *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Appends `count` times the character c. */
void str_add_repeat(struct str *s, char c, size_t count);

/* Hands the text over to the caller, who frees it, and empties s. An empty text is "", never
 * NULL. Returns 0, or -ENOMEM with err set; s is empty afterwards either way. */
int str_take(struct str *s, char **ret_text, struct error *err);

/* The text so far, "" when nothing was added; valid until the next call on s. */
const char *str_text(const struct str *s);

void str_release(struct str *s);

/* A copy of text that the caller frees. Returns 0 or -ENOMEM. */
int str_copy(const char *text, char **ret_copy, struct error *err);

/* Formats into a fresh text that the caller frees. Returns 0 or -ENOMEM. */
int str_format(char **ret_text, struct error *err, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

/* The bytes of text, at most most_bytes, that end with a whole letter of UTF-8: the precision of
 * "%.*s" for texts from outside, which "%.40s" may cut within a letter. */
int str_cut(const char *text, int most_bytes);

bool str_starts_with(const char *text, const char *prefix);

/* Of the `count` names, the one nearest to `text` by edit distance, for "did you mean"; NULL when
 * none is near enough (more than a third of its letters would have to change). stride_bytes is
 * the distance between two `const char *` in names, so that tables of structs serve as they are. */
const char *str_nearest(const char *text, const void *names, size_t count, size_t stride_bytes);

#define cleanup_str __attribute__((cleanup(str_release)))

#endif
