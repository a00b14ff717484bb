/* Levels as people write them: 4, 8-64, 8-64/8, 50%, cores, pus. */
#ifndef FORMATS_LEVELS_TEXT_H
#define FORMATS_LEVELS_TEXT_H

#include "model/scenario.h"

struct error;

/* No level is higher than this: more tasks than any machine holds are a slip of the pen. */
enum { LEVEL_MAX = 65536 };

/* Appends one level. White space around it is allowed. Returns 0, -EINVAL with what would be
 * right, or -ENOMEM; *specs is as it was on failure. */
int levels_text_add(const char *text, struct level_specs *specs, struct error *err);

/* Appends a list with commas, "1,2,4-16/4,50%,cores,pus" (the option --levels). Returns as
 * levels_text_add. */
int levels_text_parse(const char *text, struct level_specs *specs, struct error *err);

#endif
