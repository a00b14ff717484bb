/* The lock that keeps two submits of one fleet apart: the file DIR/lock, made by link(2), which is
 * atomic on local disks, NFS, Lustre and GPFS alike (flock and fcntl locks are not kept between
 * nodes everywhere, O_EXCL was not on old NFS). It says who holds it, and its holder touches it
 * while it is at work.
 *
 * A lock whose holder died is taken over: at once where the holder was a process of this machine
 * that is gone; elsewhere after LOCK_STALE_S without a touch, by the clock of the file system. */
#ifndef FLEET_LOCK_H
#define FLEET_LOCK_H

#include <stdbool.h>
#include <stdint.h>

struct error;
struct lock;

enum {
	LOCK_TOUCH_S = 10,  /* the holder touches it no more often than that */
	LOCK_STALE_S = 600, /* longer than any single call of a batch system's command takes */
};

/* Returns 0; -EBUSY (somebody holds it, and err says who, where and since when; or what has its
 * name is no lock, and is left alone where it is no plain file); or -errno. */
int lock_take(const char *dir, struct lock **ret_lock, struct error *err);

/* Whether somebody holds the lock of dir, as far as can be told without writing anything there:
 * that its process is gone is known on its machine alone, elsewhere the lock's age tells, by the
 * clock of this one. */
bool lock_is_held(const char *dir);

/* Whether it is still ours; touches it when it is time. Before every job. Returns 0; -ESTALE
 * (somebody took it over, or removed it); or -errno. */
int lock_keep(struct lock *lock, struct error *err);

/* Removes it, if it is still ours. NULL is allowed. */
void lock_free(struct lock *lock);

#endif
