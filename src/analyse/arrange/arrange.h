/* Makes levels and trials of what other tools recorded of tasks: which tasks were one level's,
 * which of them one repeat's, and the window in which all copies ran. Pure; docs/import.md says
 * how, and docs/method.md why so. */
#ifndef ANALYSE_ARRANGE_ARRANGE_H
#define ANALYSE_ARRANGE_ARRANGE_H

#include "analyse/arrange/arrangement.h"
#include "formats/import/imported.h"

/* Arranges tasks and figures. Tasks whose concurrency is absent get it from when they ran: how many
 * ran at once, for most of the time between two moments in which none did. Returns 0; -EINVAL (err
 * names the file and line): a task's concurrency cannot be known, or its times are none; -ENOMEM.
 */
int arrange_imported(const struct imported *imported, struct arrangement *ret_arrangement,
                     struct error *err);

#endif
