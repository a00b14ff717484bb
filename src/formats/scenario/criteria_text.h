/* Criteria as a file that criteria_load reads again: for `plateau accept --make-criteria`. */
#ifndef FORMATS_SCENARIO_CRITERIA_TEXT_H
#define FORMATS_SCENARIO_CRITERIA_TEXT_H

#include "model/criteria.h"
#include "model/words.h"

struct error;

/* Writes criteria as YAML, a key on a line, with notes (sentences, which may be none) as comment at
 * its beginning. Read again, they are the same but for where they stand: lines, and the folder of
 * relative references, which is that of the new file (the caller writes it there, or makes them
 * absolute). The caller frees the text, which ends with a line end. Returns 0, -EINVAL where a text
 * in them is not UTF-8, or -ENOMEM. */
int criteria_text_write(const struct criteria *criteria, const struct words *notes, char **ret_text,
                        struct error *err);

#endif
