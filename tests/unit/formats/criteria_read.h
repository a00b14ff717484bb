/* Criteria read from a text that has to be right. Whatever does not work out fails the
 * test at once. */
#ifndef TESTS_CRITERIA_READ_H
#define TESTS_CRITERIA_READ_H

#include "formats/scenario/criteria_text.h"
#include "formats/scenario/criteria_yaml.h"

/* A scenario but for what it asks of a node. */
#define CRITERIA_READ_HEAD "name: x\ntask: {command: [a]}\nsweep: {levels: [1]}\n"

/* name stands for the file. */
void criteria_read_as(const char *name, const char *text, struct criteria *ret_criteria);

void criteria_read(const char *text, struct criteria *ret_criteria);

#endif
