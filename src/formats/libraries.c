#include "formats/libraries.h"

#include <archive.h>
#include <jansson.h>
#include <stddef.h>
#include <string.h>
#include <yaml.h>

struct library library_yaml(void)
{
	return library_of("libyaml", NULL, yaml_get_version_string());
}

struct library library_jansson(void)
{
#if JANSSON_VERSION_HEX >= 0x020d00
	return library_of("jansson", JANSSON_VERSION, jansson_version_str());
#else
	return library_of("jansson", JANSSON_VERSION, NULL);
#endif
}

struct library library_archive(void)
{
	const char *const loaded = archive_version_string(); /* "libarchive 3.6.2" */
	const char *const space = strchr(loaded, ' ');
	return library_of("libarchive", ARCHIVE_VERSION_ONLY_STRING, space ? space + 1 : loaded);
}
