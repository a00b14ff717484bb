/* plateau --version: which plateau this is, and by whose libraries it works. */
#ifndef COMMANDS_VERSIONS_H
#define COMMANDS_VERSIONS_H

#include <stdbool.h>

/* Prints to stdout; is_verbose: also what it was built with, what of that is loaded, and where its
 * own files and a site's are looked for. */
void versions_print(bool is_verbose);

#endif
