/* A list of texts, as the words of a command. */
#ifndef MODEL_WORDS_H
#define MODEL_WORDS_H

#include <stddef.h>

struct error;

struct words {
	char **items; /* NULL-terminated when count > 0, so that it serves as argv */
	size_t count;
	size_t capacity;
};

/* Appends a copy of text. Returns 0 or -ENOMEM. */
int words_add(struct words *words, const char *text, struct error *err);

/* The same of a text that is written by format. */
int words_addf(struct words *words, struct error *err, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

void words_release(struct words *words);

#define cleanup_words __attribute__((cleanup(words_release)))

#endif
