/* What this plateau was built with, and what of it is loaded: `plateau --version --verbose`. Each
 * layer tells of the libraries that are its own. */
#ifndef CORE_LIBRARY_H
#define CORE_LIBRARY_H

enum { LIBRARY_VERSION_BYTES = 48 };

struct library {
	const char *name;
	char built[LIBRARY_VERSION_BYTES];  /* of its headers; "": they do not tell */
	char loaded[LIBRARY_VERSION_BYTES]; /* of what runs now; "": it does not tell */
};

/* A version as text, cut where it is longer than there is room for. NULL: not told. */
struct library library_of(const char *name, const char *built, const char *loaded);

/* Likewise from numbers; a part that is negative ends the version, a first one that is: not told.
 */
struct library library_numbered(const char *name, const int built[static 3],
                                const int loaded[static 3]);

struct library library_compiler(void);
struct library library_libc(void);
struct library library_nettle(void);

#endif
