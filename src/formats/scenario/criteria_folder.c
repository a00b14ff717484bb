#include "formats/scenario/criteria_folder.h"

#include "core/cleanup.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

int criteria_set_folder(struct criteria *criteria, const char *path, struct error *err)
{
	bool has_references = false;
	for (size_t i = 0; i < criteria->count; i++)
		has_references |= criteria->items[i].references.count > 0;
	if (!has_references)
		return 0;
	const char *const slash = strrchr(path, '/');
	cleanup_free char *folder = NULL;
	const int r = slash ? str_format(&folder, err, "%.*s/", (int)(slash - path), path)
	                    : str_copy(".", &folder, err);
	if (r < 0)
		return r;
	/* From memory the file may be nowhere; its folder is then taken as it is written. */
	char *const absolute = realpath(folder, NULL);
	free(criteria->folder);
	criteria->folder = absolute ? absolute : folder;
	if (!absolute)
		folder = NULL;
	return 0;
}
