/* Names of nodes, many of them in few letters: "rome[01-08,11], milan03". */
#ifndef REPORT_FLEET_NAME_LIST_H
#define REPORT_FLEET_NAME_LIST_H

#include <stddef.h>

struct str;

/* Appends the list. Names that stand beside each other and differ in one number alone, written with
 * as many digits, are folded into one; what a shell or a list could misread is not folded. Names
 * should come as people count (fleet_sort). */
void name_list_add(struct str *out, const char *const names[], size_t count);

#endif
