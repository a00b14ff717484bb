/* An argument vector as one line for reading, quoted as a shell would need it. For display only:
 * nothing is ever run from it. */
#ifndef FORMATS_COMMAND_TEXT_H
#define FORMATS_COMMAND_TEXT_H

#include "model/scenario.h"

struct error;

/* plateau-isr '{input}' 'two words': words of letters, digits and %+,-./:=@_{} stay bare, others
 * are in single quotes; control characters and bytes that are not UTF-8 become $'\n' style. The
 * caller frees the text. Returns 0 or -ENOMEM. */
int command_text_write(const struct words *argv, char **ret_text, struct error *err);

#endif
