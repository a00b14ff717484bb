/* Where the references of criteria lie. */
#ifndef FORMATS_SCENARIO_CRITERIA_FOLDER_H
#define FORMATS_SCENARIO_CRITERIA_FOLDER_H

#include "model/criteria.h"

struct error;

/* Sets criteria->folder, where it has references, to the folder that the file at path is in.
 * Returns 0 or -ENOMEM. */
int criteria_set_folder(struct criteria *criteria, const char *path, struct error *err);

#endif
