#include "platform/filesystem.h"

#include "core/array.h"
#include "core/str.h"

#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

/* f_type of statfs: linux/magic.h, statfs(2), and the file systems' own sources. */
struct kind {
	uint32_t type;
	const char *name;
};

static const struct kind network_types[] = {
        {0x6969, "nfs"},          {0x0bd00bd0, "lustre"}, {0x47504653, "gpfs"},
        {0xff534d42, "cifs"},     {0xfe534d42, "smb2"},   {0x517b, "smb"},
        {0x19830326, "beegfs"},   {0x00c36400, "ceph"},   {0x65735546, "fuse"},
        {0x01021997, "9p"},       {0x5346414f, "afs"},    {0x6b414653, "afs"},
        {0x73757245, "coda"},     {0x7461636f, "ocfs2"},  {0x01161970, "gfs2"},
        {0x20030528, "orangefs"}, {0xaad7aaea, "panfs"},  {0x61636673, "acfs"},
        {0x564c, "ncp"},          {0xbacbacbc, "vmhgfs"}, {0x786f4256, "vboxsf"},
};

/* Kinds that are the node's own; ext2 and ext3 have the number of ext4. */
static const struct kind local_types[] = {
        {0xef53, "ext4"},          {0x58465342, "xfs"},      {0x9123683e, "btrfs"},
        {0x01021994, "tmpfs"},     {0x858458f6, "ramfs"},    {0x794c7630, "overlay"},
        {0x2fc12fc1, "zfs"},       {0xf2f52010, "f2fs"},     {0x73717368, "squashfs"},
        {0xe0f5e1e2, "erofs"},     {0xca451a4e, "bcachefs"}, {0x9fa0, "proc"},
        {0x62656572, "sysfs"},     {0x1cd1, "devpts"},       {0x4d44, "vfat"},
        {0x2011bab0, "exfat"},     {0x9660, "iso9660"},      {0x27e0eb, "cgroup"},
        {0x63677270, "cgroup2"},   {0x74726163, "tracefs"},  {0x64626720, "debugfs"},
        {0x958458f6, "hugetlbfs"}, {0x3153464a, "jfs"},      {0x52654973, "reiserfs"},
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

static const char *find(const struct kind *kinds, size_t count, uint32_t type)
{
	for (size_t i = 0; i < count; i++)
		if (kinds[i].type == type)
			return kinds[i].name;
	return NULL;
}

const char *filesystem_kind(const char *path, bool *ret_is_network)
{
	const char *const treated = getenv("PLATEAU_TREAT_AS_NETWORK");
	struct statfs status;
	*ret_is_network = treated && *treated && is_below(path, treated);
	if (*ret_is_network)
		return "test";
	if (statfs(path, &status) < 0)
		return NULL;
	const char *const name =
	        find(network_types, ARRAY_LENGTH(network_types), (uint32_t)status.f_type);
	*ret_is_network = name != NULL;
	return name ? name : find(local_types, ARRAY_LENGTH(local_types), (uint32_t)status.f_type);
}

bool filesystem_is_network(const char *folder, const char **ret_name)
{
	bool is_network;
	const char *const name = filesystem_kind(folder, &is_network);
	if (is_network)
		*ret_name = name;
	return is_network;
}
