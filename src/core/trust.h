/* What other users of a machine may have put in our way, or may exchange while we work with it.
 * Root and the members of a file's group are trusted with what they can change; everybody else is
 * not. */
#ifndef CORE_TRUST_H
#define CORE_TRUST_H

#include <stdbool.h>
#include <sys/stat.h>

struct error;

/* Whether folder, in which a private folder is to be made, keeps that where it is: in one that
 * every user may write to and that has no sticky bit, everybody can put another in its place.
 * Returns 0, -EPERM with the remedy, or -errno of looking. */
int trust_temporary_parent(const char *folder, struct error *err);

/* Whether a link or pipe at path (status: from lstat) may be written through. As the kernel does it
 * in sticky folders (fs.protected_symlinks, fs.protected_fifos), and here in every folder that
 * others may write to, it has to be ours, root's or that of the folder's owner. Returns 0 or
 * -EPERM. */
int trust_write_through(const char *path, const struct stat *status, struct error *err);

/* Whether what stands in the file or folder at path may be acted on: not where every user can
 * change it. What is not there is nobody's: 0. Returns 0, -EPERM with the remedy, or -errno. */
int trust_content(const char *path, struct error *err);

/* Whether the open file or folder is this user's own, and nobody else may write to it. */
bool trust_is_private(const struct stat *status);

#endif
