/* The system calls that are made to fail, by name. */
#ifndef TESTS_FAULTS_CALLS_H
#define TESTS_FAULTS_CALLS_H

/* The call's number here; -1: no such call. */
int call_number(const char *name);

const char *call_name(int number); /* "?" where it is not in the table */

/* An error's number by its name ("ENOSPC"); -1: no such error. */
int call_error(const char *name);

#endif
