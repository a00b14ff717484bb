/* A ranked fleet as a JUnit file: one suite, one test for every node.
 *
 * A node that is slow, fails, hangs or goes away is a failure. One of which nothing is known yet
 * (inconclusive, no result, held, running, pending, not run) is an error: it must not be taken for
 * passed, as readers take a skipped test. docs/fleet.md, report/junit.h. */
#ifndef REPORT_JUNIT_FLEET_H
#define REPORT_JUNIT_FLEET_H

#include "analyse/fleet/rank.h"
#include "report/fleet/fleet_document.h"

struct error;

/* Writes it as text that the caller frees; it begins with junit_sign. A fleet without nodes is an
 * error of its own, and so is what could not be read where no node's
 * verdict tells of it. Returns 0 or -ENOMEM. */
int junit_fleet_write(const struct fleet_ranking *ranking, const struct fleet_told *told,
                      char **ret_xml, struct error *err);

#endif
