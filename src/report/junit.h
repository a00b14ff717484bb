/* Verdicts as a JUnit file, for what reads test results: Jenkins, GitLab, dashboards. One suite for
 * every result, one test for every criterion at every level; what the node is as properties.
 *
 * A criterion that fails is a failure. One that is inconclusive is an error: it was not decided,
 * and must not be taken for passed, as readers take a skipped test. One that is skipped, because
 * this node has no such thing and the criterion says that it may, is skipped.
 *
 * There is no one schema. What is written is what the two common ones have in common: that of Ant
 * (JUnit.xsd) and that of Jenkins' xUnit plugin (junit-10.xsd). docs/acceptance.md. */
#ifndef REPORT_JUNIT_H
#define REPORT_JUNIT_H

#include "report/accepted.h"

struct error;

/* The first bytes of every file that is written here, by which an earlier one is known again. */
extern const char junit_sign[];

/* Writes it as text that the caller frees. Returns 0 or -ENOMEM. */
int junit_write(const struct accepted_all *all, char **ret_xml, struct error *err);

#endif
