/* Commands as they stand in results and criteria: words with blanks between them. */
#ifndef MODEL_COMMAND_LINE_H
#define MODEL_COMMAND_LINE_H

#include <stdbool.h>

/* Whether two commands are the same but for the folders that files are in: the same task, installed
 * elsewhere or given files of another folder. */
bool command_line_is_same(const char *a, const char *b);

#endif
