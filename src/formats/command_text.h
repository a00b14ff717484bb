/* Words as a shell takes them: an argument vector as one line for reading, from which nothing is
 * ever run, and single words for scripts. */
#ifndef FORMATS_COMMAND_TEXT_H
#define FORMATS_COMMAND_TEXT_H

#include "model/scenario.h"

struct error;
struct str;

/* plateau-isr '{input}' 'two words': words of letters, digits and %+,-./:=@_{} stay bare, others
 * are in single quotes; control characters and bytes that are not UTF-8 become $'\n' style. The
 * caller frees the text. Returns 0 or -ENOMEM. */
int command_text_write(const struct words *argv, char **ret_text, struct error *err);

/* A word for a script that is run by sh: nothing but the quote itself has a meaning within single
 * quotes, so that any text, control characters too, is the same word there. _add_word leaves one of
 * letters, digits and %+,-./:=@_ bare. */
void command_text_add_quoted(struct str *text, const char *word);
void command_text_add_word(struct str *text, const char *word);

#endif
