#include "platform/libraries.h"

#include <hwloc.h>
#include <perfmon/pfmlib.h>
#include <stdio.h>

/* What is loaded tells the version of its interface alone, which is that of the headers or worth a
 * word. */
struct library library_hwloc(void)
{
	const unsigned api = hwloc_get_api_version();
	char loaded[LIBRARY_VERSION_BYTES];
	snprintf(loaded, sizeof loaded, "of interface %u.%u.%u", api >> 16, api >> 8 & 0xff,
	         api & 0xff);
	return library_of("hwloc", HWLOC_VERSION, api == HWLOC_API_VERSION ? NULL : loaded);
}

struct library library_pfm(void)
{
	const int loaded = pfm_get_version();
	return library_numbered(
	        "libpfm4", (const int[3]){LIBPFM_VERSION >> 16, LIBPFM_VERSION & 0xffff, -1},
	        (const int[3]){loaded > 0 ? loaded >> 16 : -1, loaded & 0xffff, -1});
}
