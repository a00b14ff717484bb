#include "commands/fleet_digest.h"

#include "analyse/fleet/profile_build.h"
#include "commands/judging.h"
#include "commands/loaded.h"
#include "commands/talk.h"
#include "commands/ticker.h"
#include "core/array.h"
#include "core/cleanup.h"
#include "core/clock.h"
#include "core/file.h"
#include "core/hash.h"
#include "core/parallel.h"
#include "core/str.h"
#include "fleet/noted.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* In memory a result takes several times its size: above this one at a time. */
#define LARGE_BYTES ((int64_t)64 << 20)

/* The line of progress is written anew at most this often. */
#define PROGRESS_NS (200 * NS_PER_MS)

/* What the threads share. */
struct team {
	struct digests *digests;
	const size_t *order; /* indexes of those that are read now */
	const struct fleet *before;
	struct judging *judging;
	pthread_mutex_t judging_lock; /* judging loads references for all */
	pthread_mutex_t progress_lock;
	bool has_progress;
	size_t done;
	int64_t shown_ns;
};

int digests_add(struct digests *digests, const char *path, struct fleet_attempt *attempt,
                const struct fleet_attempt *known, struct error *err)
{
	int r = array_reserve(&digests->items, &digests->capacity, digests->count + 1,
	                      sizeof *digests->items, err);
	char *copy = NULL;
	if (r == 0)
		r = str_copy(path, &copy, err);
	if (r < 0)
		return r;
	digests->items[digests->count++] = (struct digest){
	        .path = copy,
	        .attempt = attempt,
	        .known = known,
	        .found = {.result_bytes = RECORD_ABSENT, .result_mtime_ns = RECORD_ABSENT},
	};
	return 0;
}

void digests_release(struct digests *digests)
{
	for (size_t i = 0; i < digests->count; i++) {
		fleet_attempt_release(&digests->items[i].found);
		free(digests->items[i].path);
	}
	free(digests->items);
	*digests = (struct digests){0};
}

static bool has_hash(const struct fleet_attempt *attempt, const char *sha256)
{
	return attempt && attempt->has_profile && attempt->result_sha256 &&
	       strcmp(attempt->result_sha256, sha256) == 0;
}

/* An attempt has its own result; one from elsewhere may be any that was collected. */
static bool is_hash_known(const struct digest *digest, const struct fleet *fleet,
                          const char *sha256)
{
	if (has_hash(digest->known, sha256))
		return true;
	if (digest->attempt)
		return false;
	for (size_t i = 0; fleet && i < fleet->node_count; i++)
		for (size_t k = 0; k < fleet->nodes[i].attempt_count; k++)
			if (has_hash(&fleet->nodes[i].attempts[k], sha256))
				return true;
	return false;
}

/* Judgements to the attempt that is found. */
static int take_judgements(const struct accepted *accepted, void *data, struct error *err)
{
	struct fleet_attempt *const found = data;
	const struct acceptance *const acceptance = accepted->acceptance;
	found->judgements = calloc(acceptance->count, sizeof *found->judgements);
	if (!found->judgements && acceptance->count > 0)
		return error_memory(err);
	for (size_t i = 0; i < acceptance->count; i++) {
		const struct judgement *const from = &acceptance->items[i];
		struct fleet_judgement *const to = &found->judgements[found->judgement_count++];
		*to = (struct fleet_judgement){.verdict = from->verdict,
		                               .value = from->value.value,
		                               .bound = from->bound,
		                               .limit = from->limit};
		int r = str_copy(from->label, &to->label, err);
		if (r == 0)
			r = str_copy(from->criterion->spelling, &to->measure, err);
		if (r == 0)
			r = str_copy(from->reason, &to->reason, err);
		if (r < 0)
			return r;
	}
	found->criteria_verdict = acceptance->verdict;
	return 0;
}

/* What was asked of the node is not known: that is no pass. */
static int take_unknown(const struct error *why, struct fleet_attempt *found, struct error *err)
{
	found->judgements = calloc(1, sizeof *found->judgements);
	if (!found->judgements)
		return error_memory(err);
	found->judgement_count = 1;
	found->criteria_verdict = VERDICT_INCONCLUSIVE;
	found->judgements[0] = (struct fleet_judgement){
	        .verdict = VERDICT_INCONCLUSIVE, .value = NAN, .bound = NAN, .limit = NAN};
	const int r = str_copy("criteria", &found->judgements[0].label, err);
	return r < 0 ? r : str_copy(why->text, &found->judgements[0].reason, err);
}

static int judge(struct team *team, struct loaded_result *result, struct fleet_attempt *found,
                 struct error *err)
{
	struct error why;
	found->criteria_verdict = VERDICT_SKIPPED;
	pthread_mutex_lock(&team->judging_lock);
	const int r = judging_once(team->judging, result, take_judgements, found, &why);
	pthread_mutex_unlock(&team->judging_lock);
	if (r == -EINVAL && found->judgement_count == 0)
		return take_unknown(&why, found, err);
	if (r < 0)
		*err = why;
	return r;
}

static int load(struct team *team, struct digest *digest, struct error *err)
{
	struct fleet_attempt *const found = &digest->found;
	struct loaded_result *result = NULL;
	int r = loaded_read(digest->path, &result, err);
	if (r < 0)
		return r;
	r = judge(team, result, found, err);
	if (r == 0)
		r = profile_build(&result->findings, &found->profile, err);
	if (r == 0)
		found->has_profile = true;
	loaded_result_free(result);
	return r;
}

/* Whether it is as it was when it was collected, by size and time; hashing would read all of it. */
static bool is_as_known(const struct digest *digest, const struct stat *status)
{
	const struct fleet_attempt *const known = digest->known;
	return known && known->has_profile && known->result_sha256 &&
	       known->result_bytes == status->st_size &&
	       known->result_mtime_ns == file_mtime_ns(status);
}

/* An attempt of a fleet's folder has a job that noted what its result is. */
static int check_noted(const struct digest *digest, int64_t bytes, const char *sha256,
                       struct error *err)
{
	return digest->attempt
	               ? noted_check(&digest->attempt->report, digest->path, bytes, sha256, err)
	               : 0;
}

static int digest_one(struct team *team, struct digest *digest, struct error *err)
{
	struct stat status;
	char sha256[HASH_TEXT_BYTES];
	if (stat(digest->path, &status) < 0)
		return error_system(err, errno, "cannot read %s", digest->path);
	if (is_as_known(digest, &status)) {
		digest->outcome = DIGEST_KNOWN;
		return check_noted(digest, status.st_size, digest->known->result_sha256, err);
	}
	if (!S_ISREG(status.st_mode))
		return error_set(err, EINVAL, "%s is not a plain file", digest->path);
	int r = hash_sha256_file(digest->path, sha256, err);
	if (r < 0)
		return r;
	if (is_hash_known(digest, team->before, sha256)) {
		digest->outcome = DIGEST_KNOWN;
		return check_noted(digest, status.st_size, sha256, err);
	}
	digest->outcome = digest->known && digest->known->has_profile ? DIGEST_CHANGED : DIGEST_NEW;
	digest->found.result_bytes = status.st_size;
	digest->found.result_mtime_ns = file_mtime_ns(&status);
	r = str_copy(sha256, &digest->found.result_sha256, err);
	if (r == 0)
		r = str_copy(digest->path, &digest->found.result_path, err);
	if (r == 0)
		r = load(team, digest, err);
	return r == 0 ? check_noted(digest, status.st_size, sha256, err) : r;
}

static void show_progress(struct team *team)
{
	pthread_mutex_lock(&team->progress_lock);
	const int64_t now_ns = clock_now_ns();
	team->done++;
	if (team->has_progress && now_ns - team->shown_ns >= PROGRESS_NS) {
		team->shown_ns = now_ns;
		fprintf(stderr, "\rplateau: %zu of %zu results\033[K", team->done,
		        team->digests->count);
	}
	pthread_mutex_unlock(&team->progress_lock);
}

static void work(void *context, size_t index, size_t worker)
{
	struct team *const team = context;
	struct digest *const digest = &team->digests->items[team->order[index]];
	(void)worker;
	if (digest_one(team, digest, &digest->why) < 0) {
		digest->outcome = DIGEST_UNREADABLE;
		fleet_attempt_release(&digest->found);
	}
	show_progress(team);
}

static bool is_large(const char *path)
{
	struct stat status;
	return stat(path, &status) == 0 && status.st_size > LARGE_BYTES;
}

static size_t worker_count(void)
{
	const long online = sysconf(_SC_NPROCESSORS_ONLN);
	return online < 1 ? 1 : online > PARALLEL_MOST ? PARALLEL_MOST : (size_t)online;
}

void digests_read(struct digests *digests, const struct fleet *before, struct judging *judging,
                  const struct arguments *arguments)
{
	struct team team = {
	        .digests = digests,
	        .before = before,
	        .judging = judging,
	        .judging_lock = PTHREAD_MUTEX_INITIALIZER,
	        .progress_lock = PTHREAD_MUTEX_INITIALIZER,
	        .has_progress = talk_has_progress(arguments) && ticker_is_possible(),
	        .shown_ns = clock_now_ns(),
	};
	cleanup_free size_t *order = calloc(digests->count + 1, sizeof *order);
	for (size_t i = 0; !order && i < digests->count; i++) {
		digests->items[i].outcome = DIGEST_UNREADABLE;
		error_memory(&digests->items[i].why);
	}
	if (!order)
		return;
	team.order = order;
	for (int large = 0; large < 2; large++) {
		size_t count = 0;
		for (size_t i = 0; i < digests->count; i++)
			if (is_large(digests->items[i].path) == (large == 1))
				order[count++] = i;
		parallel_for(count, large ? 1 : worker_count(), work, &team);
	}
	if (team.has_progress)
		fputs("\r\033[K", stderr);
}
