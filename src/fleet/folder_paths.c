/* Names of nodes as names of folders. A node is called what its site likes; a folder is called
 * nothing that a shell, a glob or a path would read as more than a name. */
#include "fleet/folder.h"

#include "core/cleanup.h"
#include "core/error.h"
#include "core/str.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static bool is_plain(const char *name, size_t at)
{
	const char c = name[at];
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || (c == '-' && at > 0) || (c == '.' && at > 0);
}

int folder_escape(const char *node, char **ret_name, struct error *err)
{
	if (!*node)
		return error_set(err, EINVAL, "a node without a name");
	struct str s = {0};
	for (size_t i = 0; node[i]; i++)
		if (is_plain(node, i))
			str_add_bytes(&s, &node[i], 1);
		else
			str_addf(&s, "%%%02X", (unsigned)(unsigned char)node[i]);
	return str_take(&s, ret_name, err);
}

static int hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

int folder_unescape(const char *name, char **ret_node, struct error *err)
{
	cleanup_str struct str s = {0};
	for (size_t i = 0; name[i]; i++) {
		if (name[i] != '%') {
			str_add_bytes(&s, &name[i], 1);
			continue;
		}
		const int high = hex_value(name[i + 1]);
		const int low = high < 0 ? -1 : hex_value(name[i + 2]);
		const char byte = (char)(high * 16 + low);
		if (low < 0 || byte == 0)
			return error_set(err, EINVAL, "no folder of a node: '%s'", name);
		str_add_bytes(&s, &byte, 1);
		i += 2;
	}
	cleanup_free char *node = NULL;
	int r = str_take(&s, &node, err);
	if (r < 0)
		return r;
	/* One node has one folder: what was not written by folder_escape is none. */
	cleanup_free char *again = NULL;
	r = folder_escape(node, &again, err);
	if (r == 0 && strcmp(again, name) != 0)
		r = error_set(err, EINVAL, "no folder of a node: '%s'", name);
	if (r == 0) {
		*ret_node = node;
		node = NULL;
	}
	return r;
}

int folder_path(const char *dir, const char *node, uint32_t attempt, const char *file,
                char **ret_path, struct error *err)
{
	cleanup_free char *name = NULL;
	const int r = folder_escape(node, &name, err);
	if (r < 0)
		return r;
	return str_format(ret_path, err, "%s/nodes/%s/attempt-%u%s%s", dir, name, (unsigned)attempt,
	                  file ? "/" : "", file ? file : "");
}
