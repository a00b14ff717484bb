#include "platform/filesystem.h"

#include "core/array.h"
#include "core/str.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

/* f_type of statfs: linux/magic.h, statfs(2), and the file systems' own sources. */
static const struct {
	uint32_t type;
	const char *name;
} network_types[] = {
        {0x6969, "nfs"},          {0x0bd00bd0, "lustre"}, {0x47504653, "gpfs"},
        {0xff534d42, "cifs"},     {0xfe534d42, "smb2"},   {0x517b, "smb"},
        {0x19830326, "beegfs"},   {0x00c36400, "ceph"},   {0x65735546, "fuse"},
        {0x01021997, "9p"},       {0x5346414f, "afs"},    {0x6b414653, "afs"},
        {0x73757245, "coda"},     {0x7461636f, "ocfs2"},  {0x01161970, "gfs2"},
        {0x20030528, "orangefs"}, {0xaad7aaea, "panfs"},  {0x61636673, "acfs"},
        {0x564c, "ncp"},          {0xbacbacbc, "vmhgfs"}, {0x786f4256, "vboxsf"},
};

static bool is_below(const char *folder, const char *top)
{
	char real_folder[PATH_MAX];
	char real_top[PATH_MAX];
	if (!realpath(folder, real_folder) || !realpath(top, real_top))
		return false;
	const size_t length = strlen(real_top);
	return str_starts_with(real_folder, real_top) &&
	       (real_folder[length] == '\0' || real_folder[length] == '/');
}

bool filesystem_is_network(const char *folder, const char **ret_name)
{
	const char *const treated = getenv("PLATEAU_TREAT_AS_NETWORK");
	if (treated && *treated && is_below(folder, treated)) {
		*ret_name = "test";
		return true;
	}
	struct statfs status;
	if (statfs(folder, &status) < 0)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(network_types); i++) {
		if ((uint32_t)status.f_type == network_types[i].type) {
			*ret_name = network_types[i].name;
			return true;
		}
	}
	return false;
}
