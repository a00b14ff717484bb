/* What every page carries: its look and its few lines of script, as lines of text that end with
 * NULL. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

extern const char *const page_css[];
extern const char *const page_js[];

#endif
