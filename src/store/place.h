/* Where a result file belongs, and where it is while it is written. Usually that is one place. On
 * a network file system (platform/filesystem) a database cannot rely on locks and on the order of
 * writes: there the result is written in a private folder below $TMPDIR, a text beside its place
 * (NAME.where) says so, and it is moved when it is whole.
 *
 *   place_new or place_again  ->  place_take, writing  ->  place_settle or place_abandon
 *   ->  place_free */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct place;

/* The place of a new result at path, which must be free; with force a plain file there, which
 * nobody writes, may be replaced. Returns 0; -EEXIST (the file, an old log or a NAME.where is
 * there); -EBUSY (it is being written); -EINVAL, -EISDIR; or -errno. */
int place_new(const char *path, bool force, struct place **ret_place, struct error *err);

/* Whether place_new would refuse path as things stand now. Changes nothing. Returns as it does. */
int place_check(const char *path, bool force, struct error *err);

/* The place of a result that is gone on with: it belongs to path and was found at `found`
 * (place_find). It is held from here on. A file on a network file system is copied into a private
 * folder with its log, and takes the original's place in the end. Returns 0, -EBUSY (it is being
 * written) or -errno. */
int place_again(const char *path, const char *found, struct place **ret_place, struct error *err);

/* The file to write. */
const char *place_work(const struct place *place);

/* The kind of file system that it is kept away from while it is written; NULL: none. */
const char *place_kept_from(const struct place *place);

/* Holds the file that is to become the result, just made and open for writing: from here on it
 * counts as being written. Takes fd over, which is closed by place_free: not before SQLite has
 * closed the file, whose own locks would be lost with it. */
void place_hold(struct place *place, int fd);

/* Whether the file that is held still has its name. Returns 0, or -ESTALE with a sentence. */
int place_check_own(const struct place *place, struct error *err);

/* Gives the file at `temporary`, which is in the folder of place_work and held, that name. Never
 * replaces anything without force, and never what is being written. Returns 0 or -errno. */
int place_take(struct place *place, const char *temporary, struct error *err);

/* Moves a whole file to where it belongs: a copy beside its place, on the disk before it gets its
 * name, which is never somebody else's. On failure the file stays where it was written, NAME.where
 * too, and err says where. Nothing to do where work and place are one. Returns 0 or -errno. */
int place_settle(struct place *place, struct error *err);

/* After a failure to begin: removes what was made, and the file with it. A result that was there
 * before, or has been put there by somebody else, stays. */
void place_abandon(struct place *place);

void place_free(struct place *place);

/* Whether the result that belongs to path is being written elsewhere (NAME.where), on this host or
 * perhaps on another. */
bool place_is_live(const char *path);

/* Whether a log is beside the result at path, which belongs to it. */
bool place_has_log(const char *path);

/* Whether a change that was cut off is beside it (NAME-journal), as a kill leaves it that comes
 * while the log is rolled in: who may only read the result cannot read it until it is taken back.
 */
bool place_has_journal(const char *path);

/* Removes the unfinished files beside path that a killed run has left: those that nobody holds. */
void place_clear(const char *path);

/* Where the result that belongs to path is now: there, or where its NAME.where says. A
 * symbolic link stands for the file itself. The caller frees *ret_found. Returns 0; -ENOENT;
 * -EREMOTE (on another host); or -errno. */
int place_find(const char *path, char **ret_found, struct error *err);

#endif
