#include "commands/versions.h"

#include "analyse/libraries.h"
#include "core/array.h"
#include "core/library.h"
#include "formats/libraries.h"
#include "platform/libraries.h"
#include "store/libraries.h"

#include <stdio.h>
#include <string.h>

static struct library (*const libraries[])(void) = {
        library_compiler, library_libc, library_hwloc,   library_pfm,     library_gsl,
        library_sqlite,   library_yaml, library_jansson, library_archive, library_nettle,
};

static void print_library(const struct library *library)
{
	printf("%-11s %s", library->name, library->built[0] ? library->built : library->loaded);
	if (library->built[0] && library->loaded[0] && strcmp(library->built, library->loaded) != 0)
		printf(" (loaded is %s)", library->loaded);
	printf("\n");
}

void versions_print(bool is_verbose)
{
	printf("plateau %s\n"
	       "Licence GPL-3.0-or-later: GNU GPL version 3 or later. There is no warranty.\n",
	       PACKAGE_VERSION);
	if (!is_verbose)
		return;
	printf("\n");
	for (size_t i = 0; i < ARRAY_LENGTH(libraries); i++) {
		const struct library library = libraries[i]();
		print_library(&library);
	}
	printf("%-11s %s\n%-11s %s\n", "own files", PLATEAU_DATADIR, "a site's",
	       PLATEAU_SYSCONFDIR "/plateau");
}
