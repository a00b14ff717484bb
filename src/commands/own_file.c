#include "commands/own_file.h"

#include "core/array.h"
#include "core/error.h"
#include "core/str.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

char *own_file(const char *name)
{
	static const struct {
		bool is_by_program; /* below the folder that the program is in */
		const char *path;
	} places[] = {
	        {true, "/"},
	        {false, PLATEAU_DATADIR "/"},
	        {true, "/../share/plateau/"},
	};
	struct error ignored;
	char folder[PATH_MAX];
	const ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
	folder[length > 0 ? length : 0] = '\0';
	char *const slash = strrchr(folder, '/');
	if (slash)
		*slash = '\0';
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
		char *path = NULL;
		if (places[i].is_by_program && !slash)
			continue;
		if (str_format(&path, &ignored, "%s%s%s", places[i].is_by_program ? folder : "",
		               places[i].path, name) == 0 &&
		    access(path, R_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}
