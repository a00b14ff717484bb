/* Results read for a fleet: each is loaded, judged by the criteria of its scenario, made into a
 * profile (analyse/fleet/profile_build) and let go again, a few at a time.
 *
 *   digests_add ...  ->  digests_read  ->  items  ->  digests_release */
#ifndef COMMANDS_FLEET_DIGEST_H
#define COMMANDS_FLEET_DIGEST_H

#include "core/error.h"
#include "model/fleet.h"

#include <stdbool.h>
#include <stddef.h>

struct arguments;
struct judging;

enum digest_outcome {
	DIGEST_NEW,
	DIGEST_CHANGED,   /* it was known otherwise */
	DIGEST_KNOWN,     /* as it is: nothing was loaded */
	DIGEST_UNREADABLE /* why says why */
};

struct digest {
	char *path;
	struct fleet_attempt *attempt; /* that it is the result of; NULL: it comes from elsewhere */
	const struct fleet_attempt *known; /* the same attempt as it was collected before, or NULL
	                                    */
	enum digest_outcome outcome;
	struct error why;
	/* New or changed: path, hash, size, time, profile and judgements. */
	struct fleet_attempt found;
};

struct digests {
	struct digest *items;
	size_t count;
	size_t capacity;
};

/* path is copied; attempt and known are borrowed, and may be NULL. Returns 0 or -ENOMEM. */
int digests_add(struct digests *digests, const char *path, struct fleet_attempt *attempt,
                const struct fleet_attempt *known, struct error *err);

/* Reads all of them, by a few threads; large ones one after the other. before (NULL: nothing) is
 * what was collected so far: a result that is in it, by its hash, is known. arguments say whether
 * progress is shown. Failures are told item by item. */
void digests_read(struct digests *digests, const struct fleet *before, struct judging *judging,
                  const struct arguments *arguments);

void digests_release(struct digests *digests);

#define cleanup_digests __attribute__((cleanup(digests_release)))

#endif
