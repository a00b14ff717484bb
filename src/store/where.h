/* NAME.where, the text beside the place of a result that is being written elsewhere (store/place):
 * in which file, and on which host. Whoever writes there holds a lock (flock) of that file's folder
 * from before the text appears until after it is gone. */
#ifndef STORE_WHERE_H
#define STORE_WHERE_H

#include <stdbool.h>

struct error;

/* How the names of the private folders begin in which results are written. */
#define PLACE_FOLDER_PREFIX "plateau-result"

/* "path.where", the caller frees it. Returns 0 or -ENOMEM. */
int where_name(const char *path, char **ret_name, struct error *err);

/* Writes the text, whole or not at all. kept_from is the kind of network file system. Returns 0;
 * -EEXIST: there is one already; or -errno. */
int where_write(const char *path, const char *work, const char *kept_from, struct error *err);

/* Whether a text that is there stands against a new result at path: of a run that writes (-EBUSY),
 * or, without force, of one that was killed (-EEXIST). Returns 0, -errno as said, or another.
 * *ret_work stays NULL where there is no text, else it is for where_remove. */
int where_check(const char *path, bool force, char **ret_work, struct error *err);

/* Removes the text, if it is there and tells of work. Returns 0; -EBUSY: it tells of another, and
 * stays; or -errno. */
int where_remove(const char *path, const char *work, struct error *err);

/* Whether the text tells of work on this host. */
bool where_tells(const char *path, const char *work);

/* Whether a running plateau, or one on another host, writes the result elsewhere. */
bool where_is_live(const char *path);

/* place_find. */
int where_find(const char *path, char **ret_found, struct error *err);

#endif
