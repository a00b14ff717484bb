#include "core/library.h"

#include <nettle/version.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void copy(const char *text, char ret_version[static LIBRARY_VERSION_BYTES])
{
	snprintf(ret_version, LIBRARY_VERSION_BYTES, "%s", text ? text : "");
}

struct library library_of(const char *name, const char *built, const char *loaded)
{
	struct library library = {.name = name};
	copy(built, library.built);
	copy(loaded, library.loaded);
	return library;
}

static void join(const int parts[static 3], char ret_version[static LIBRARY_VERSION_BYTES])
{
	ret_version[0] = '\0';
	for (size_t i = 0; i < 3 && parts[i] >= 0; i++) {
		const size_t length = strlen(ret_version);
		snprintf(ret_version + length, LIBRARY_VERSION_BYTES - length, "%s%d", i ? "." : "",
		         parts[i]);
	}
}

struct library library_numbered(const char *name, const int built[static 3],
                                const int loaded[static 3])
{
	struct library library = {.name = name};
	join(built, library.built);
	join(loaded, library.loaded);
	return library;
}

struct library library_compiler(void)
{
#ifdef __clang__
	return library_of("compiler", __VERSION__, NULL);
#else
	return library_of("compiler", "gcc " __VERSION__, NULL);
#endif
}

struct library library_libc(void)
{
	const char *built = NULL;
	char loaded[LIBRARY_VERSION_BYTES] = "";
#ifdef __GLIBC__
	char headers[LIBRARY_VERSION_BYTES];
	snprintf(headers, sizeof headers, "glibc %d.%d", __GLIBC__, __GLIBC_MINOR__);
	built = headers;
	confstr(_CS_GNU_LIBC_VERSION, loaded, sizeof loaded);
#endif
	return library_of("C library", built, loaded);
}

struct library library_nettle(void)
{
	return library_numbered("nettle",
	                        (const int[3]){NETTLE_VERSION_MAJOR, NETTLE_VERSION_MINOR, -1},
	                        (const int[3]){nettle_version_major(), nettle_version_minor(), -1});
}
