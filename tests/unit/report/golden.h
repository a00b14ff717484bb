/* Texts that are kept as they should be, in tests/unit/report/golden. */
#ifndef TESTS_GOLDEN_H
#define TESTS_GOLDEN_H

/* Fails the test where text is not what the file called name holds. With UPDATE_GOLDEN in the
 * environment the file is written instead, for somebody to look at. */
void assert_golden(const char *name, const char *text);

#endif
