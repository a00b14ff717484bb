#include "run/node_sampler.h"

#include "core/clock.h"
#include "core/error.h"
#include "core/helper_thread.h"
#include "model/cpuset.h"
#include "platform/sensor.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { RING_ROUNDS = 32, RING_LEAST = 4096 };

/* How fast a total grows is told of at least this time: CPU time is counted in steps of 10 ms. */
#define LEAST_NS (50 * NS_PER_MS)

/* Moments at which the engine wants everything read at once. */
enum mark { MARK_BEGIN = 1, MARK_OPEN = 2, MARK_CLOSE = 4, MARK_END = 8 };

struct waiting_sample {
	int64_t at_ns; /* monotonic */
	uint32_t trial;
	uint16_t kind;
	uint16_t figure;
	int32_t place;
	double value;
};

/* One reading of a total. */
struct moment {
	bool is_known;
	int64_t at_ns;
	uint32_t epoch;
	double value;
};

/* A total of one place, as far as the trial has come. */
struct total {
	uint16_t figure;
	int32_t place;
	struct moment base; /* from which on its growth has not been told yet */
	struct moment opened;
	struct moment closed;
};

struct watched_sensor {
	struct sensor sensor;
	struct total *totals; /* room for most_readings */
	size_t total_count;
};

struct node_sampler {
	int64_t interval_ns;
	int64_t origin_ns;
	struct cpuset cpus;
	struct watched_sensor sensors[SENSOR_KINDS];
	struct sensor_reading *readings; /* of one sensor */
	size_t most_readings;            /* of one sensor, */
	size_t round_readings;           /* and of all together */

	struct waiting_sample *ring; /* the thread writes at head, the engine reads at tail */
	size_t ring_size;            /* a power of two */
	atomic_size_t head;
	atomic_size_t tail;

	struct helper_thread thread;
	bool has_lock;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* for the thread */
	pthread_cond_t served;  /* for the engine */
	unsigned asked;         /* marks, under lock, as what follows */
	bool is_on;
	bool is_closing;
	uint32_t trial;
	atomic_int_fast64_t cpu_ns;
	atomic_uint_fast64_t lost_rounds;

	/* The engine's own. */
	bool has_opened;
	bool has_closed;
	int64_t cpu_before_ns;
	uint64_t lost_before;
};

/* ---- In the sampler's thread -------------------------------------------------------------- */

static bool has_room(const struct node_sampler *s)
{
	const size_t head = atomic_load_explicit(&s->head, memory_order_relaxed);
	const size_t tail = atomic_load_explicit(&s->tail, memory_order_acquire);
	return head - tail + s->round_readings <= s->ring_size;
}

/* The caller has seen to it that there is room. */
static void push(struct node_sampler *s, const struct waiting_sample *sample)
{
	const size_t head = atomic_load_explicit(&s->head, memory_order_relaxed);
	s->ring[head & (s->ring_size - 1)] = *sample;
	atomic_store_explicit(&s->head, head + 1, memory_order_release);
}

static struct total *find_total(struct watched_sensor *w, const struct sensor_reading *reading)
{
	for (size_t i = 0; i < w->total_count; i++)
		if (w->totals[i].figure == reading->figure && w->totals[i].place == reading->place)
			return &w->totals[i];
	if (w->total_count == w->sensor.most_readings)
		return NULL;
	struct total *const total = &w->totals[w->total_count++];
	*total = (struct total){.figure = (uint16_t)reading->figure, .place = reading->place};
	return total;
}

static bool is_comparable(const struct moment *before, const struct moment *after)
{
	return before->is_known && after->is_known && before->epoch == after->epoch &&
	       after->at_ns > before->at_ns && after->value >= before->value;
}

/* Growth per second since it was told last; false: not yet, or not known. */
static bool take_rate(struct total *total, const struct moment *now, double *ret_rate)
{
	const int64_t elapsed_ns = now->at_ns - total->base.at_ns;
	if (total->base.is_known && elapsed_ns < LEAST_NS)
		return false;
	const bool is_known = is_comparable(&total->base, now);
	if (is_known)
		*ret_rate = (now->value - total->base.value) / ((double)elapsed_ns / NS_PER_S);
	total->base = *now;
	return is_known;
}

static void take_reading(struct node_sampler *s, struct watched_sensor *w,
                         const struct sensor_reading *reading, unsigned marks,
                         struct waiting_sample *sample, bool is_kept)
{
	sample->figure = (uint16_t)reading->figure;
	sample->place = reading->place;
	sample->value = reading->value;
	if (!w->sensor.kind->figures[reading->figure].window) {
		if (is_kept)
			push(s, sample);
		return;
	}
	struct total *const total = find_total(w, reading);
	const struct moment now = {true, sample->at_ns, reading->epoch, reading->value};
	if (!total)
		return;
	if (marks & MARK_OPEN)
		total->opened = now;
	if (marks & MARK_CLOSE)
		total->closed = now;
	if (take_rate(total, &now, &sample->value) && is_kept)
		push(s, sample);
}

static void read_sensor(struct node_sampler *s, uint16_t kind, unsigned marks, uint32_t trial,
                        bool is_kept)
{
	struct watched_sensor *const w = &s->sensors[kind];
	if (marks & MARK_BEGIN)
		w->total_count = 0;
	struct waiting_sample sample = {
	        .at_ns = clock_now_ns(), .trial = trial, .kind = kind, .place = -1};
	const size_t count =
	        sensor_read(&w->sensor, sample.at_ns, s->readings, w->sensor.most_readings);
	for (size_t i = 0; i < count; i++)
		take_reading(s, w, &s->readings[i], marks, &sample, is_kept);
}

/* Reads everything once. Where the engine has not emptied the ring the round is not kept, but for
 * what it says of the window. */
static void read_all(struct node_sampler *s, unsigned marks, uint32_t trial)
{
	const bool is_kept = has_room(s);
	if (!is_kept)
		atomic_fetch_add(&s->lost_rounds, 1);
	for (int i = 0; i < SENSOR_KINDS; i++)
		if (s->sensors[i].sensor.is_available)
			read_sensor(s, (uint16_t)i, marks, trial, is_kept);
	struct timespec t;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	atomic_store(&s->cpu_ns, (int64_t)t.tv_sec * NS_PER_S + t.tv_nsec);
}

/* Waits until something is to be read. Returns false when the thread is to end; else *ret_marks
 * gets what the engine asked for (0: a round is due) and *ret_trial the trial. */
static bool wait_for_work(struct node_sampler *s, int64_t due_ns, unsigned *ret_marks,
                          uint32_t *ret_trial)
{
	const struct timespec due = {due_ns / NS_PER_S, due_ns % NS_PER_S};
	pthread_mutex_lock(&s->lock);
	while (!s->is_closing && !s->asked && !(s->is_on && clock_now_ns() >= due_ns)) {
		if (s->is_on)
			pthread_cond_timedwait(&s->changed, &s->lock, &due);
		else
			pthread_cond_wait(&s->changed, &s->lock);
	}
	*ret_marks = s->asked;
	*ret_trial = s->trial;
	const bool goes_on = !s->is_closing;
	pthread_mutex_unlock(&s->lock);
	return goes_on;
}

static void tell_served(struct node_sampler *s, unsigned marks)
{
	pthread_mutex_lock(&s->lock);
	s->asked &= ~marks;
	pthread_cond_signal(&s->served);
	pthread_mutex_unlock(&s->lock);
}

static void sampler_main(void *argument)
{
	struct node_sampler *const s = argument;
	unsigned marks;
	uint32_t trial;
	int64_t due_ns = 0;
	while (wait_for_work(s, due_ns, &marks, &trial)) {
		const int64_t now_ns = clock_now_ns();
		read_all(s, marks, trial);
		if (marks & MARK_BEGIN)
			due_ns = now_ns + s->interval_ns;
		/* A round that came late is not made up for. */
		while (due_ns <= now_ns)
			due_ns += s->interval_ns;
		if (marks)
			tell_served(s, marks);
	}
}

/* ---- In the engine's ---------------------------------------------------------------------- */

static void ask(struct node_sampler *s, enum mark mark)
{
	pthread_mutex_lock(&s->lock);
	s->asked |= mark;
	pthread_cond_signal(&s->changed);
	pthread_mutex_unlock(&s->lock);
}

pid_t node_sampler_thread_id(const struct node_sampler *sampler)
{
	return sampler ? sampler->thread.id : 0;
}

void node_sampler_begin(struct node_sampler *sampler, uint32_t trial)
{
	if (!sampler)
		return;
	sampler->has_opened = sampler->has_closed = false;
	sampler->cpu_before_ns = atomic_load(&sampler->cpu_ns);
	sampler->lost_before = atomic_load(&sampler->lost_rounds);
	pthread_mutex_lock(&sampler->lock);
	sampler->trial = trial;
	sampler->is_on = true;
	pthread_mutex_unlock(&sampler->lock);
	ask(sampler, MARK_BEGIN);
}

void node_sampler_watch(struct node_sampler *sampler, const struct protocol *protocol)
{
	if (!sampler)
		return;
	if (!sampler->has_opened && protocol->phase == PHASE_WINDOW) {
		sampler->has_opened = true;
		ask(sampler, MARK_OPEN);
	} else if (sampler->has_opened && !sampler->has_closed && protocol->phase == PHASE_DRAIN) {
		sampler->has_closed = true;
		ask(sampler, MARK_CLOSE);
	}
}

static int put(const struct node_sampler *s, const struct waiting_sample *waiting, const char *name,
               const struct sink *sink, struct error *err)
{
	struct record record = {.kind = RECORD_SAMPLE,
	                        .sample = {.at_ns = waiting->at_ns - s->origin_ns,
	                                   .trial = waiting->trial,
	                                   .slot = -1,
	                                   .place = waiting->place,
	                                   .value = waiting->value}};
	snprintf(record.sample.name, sizeof record.sample.name, "%s", name);
	return sink_put(sink, &record, err);
}

int node_sampler_drain(struct node_sampler *sampler, const struct sink *sink, struct error *err)
{
	int r = 0;
	if (!sampler)
		return 0;
	size_t tail = atomic_load_explicit(&sampler->tail, memory_order_relaxed);
	const size_t head = atomic_load_explicit(&sampler->head, memory_order_acquire);
	for (; r == 0 && tail != head; tail++) {
		const struct waiting_sample *const w =
		        &sampler->ring[tail & (sampler->ring_size - 1)];
		const struct sensor_kind *const kind = sampler->sensors[w->kind].sensor.kind;
		r = put(sampler, w, kind->figures[w->figure].name, sink, err);
	}
	atomic_store_explicit(&sampler->tail, tail, memory_order_release);
	return r;
}

/* What the totals of one sensor grew by in the window, and over which time that was. */
static int put_window(const struct node_sampler *s, const struct watched_sensor *w, uint32_t trial,
                      const struct sink *sink, struct error *err)
{
	const struct sensor_kind *const kind = w->sensor.kind;
	struct waiting_sample elapsed = {.trial = trial, .place = -1, .value = -1};
	int r = 0;
	for (size_t i = 0; r == 0 && i < w->total_count; i++) {
		const struct total *const total = &w->totals[i];
		const char *const name = kind->figures[total->figure].window;
		if (!*name || !is_comparable(&total->opened, &total->closed))
			continue;
		const struct waiting_sample grown = {
		        .at_ns = total->closed.at_ns,
		        .trial = trial,
		        .place = total->place,
		        .value = total->closed.value - total->opened.value,
		};
		r = put(s, &grown, name, sink, err);
		elapsed.at_ns = grown.at_ns;
		elapsed.value = (double)(total->closed.at_ns - total->opened.at_ns) / NS_PER_S;
	}
	if (r < 0 || elapsed.value < 0 || !kind->elapsed)
		return r;
	return put(s, &elapsed, kind->elapsed, sink, err);
}

/* As a share of one core. */
static int put_cost(const struct node_sampler *s, const struct trial_record *trial,
                    const struct sink *sink, struct error *err)
{
	const int64_t cost_ns = atomic_load(&s->cpu_ns) - s->cpu_before_ns;
	const int64_t elapsed_ns = trial->end_ns - trial->start_ns;
	const struct waiting_sample share = {
	        .at_ns = trial->end_ns + s->origin_ns,
	        .trial = trial->trial,
	        .place = -1,
	        .value = elapsed_ns > 0 ? (double)cost_ns / (double)elapsed_ns : 0,
	};
	return put(s, &share, "node_sampler_cpu_share", sink, err);
}

static int put_lost(const struct node_sampler *s, const struct trial_record *trial,
                    const struct sink *sink, struct error *err)
{
	const uint64_t lost = atomic_load(&s->lost_rounds) - s->lost_before;
	struct record record = {
	        .kind = RECORD_EVENT,
	        .event = {.at_ns = trial->end_ns, .trial = trial->trial, .slot = -1}};
	if (lost == 0)
		return 0;
	snprintf(record.event.code, sizeof record.event.code, "samples-lost");
	snprintf(record.event.text, sizeof record.event.text,
	         "%llu rounds of samples of the node were not kept: plateau was too busy to take "
	         "them",
	         (unsigned long long)lost);
	return sink_put(sink, &record, err);
}

int node_sampler_end(struct node_sampler *sampler, const struct trial_record *trial,
                     const struct sink *sink, struct error *err)
{
	if (!sampler)
		return 0;
	/* Off first: from the answer on the thread touches nothing. */
	pthread_mutex_lock(&sampler->lock);
	sampler->is_on = false;
	sampler->asked |= MARK_END;
	pthread_cond_signal(&sampler->changed);
	while (sampler->asked)
		pthread_cond_wait(&sampler->served, &sampler->lock);
	pthread_mutex_unlock(&sampler->lock);
	int r = node_sampler_drain(sampler, sink, err);
	for (int i = 0; r == 0 && sampler->has_closed && i < SENSOR_KINDS; i++)
		if (sampler->sensors[i].sensor.is_available)
			r = put_window(sampler, &sampler->sensors[i], trial->trial, sink, err);
	if (r == 0)
		r = put_cost(sampler, trial, sink, err);
	return r < 0 ? r : put_lost(sampler, trial, sink, err);
}

/* ---- Opening ------------------------------------------------------------------------------ */

static int open_sensors(struct node_sampler *s, const char *sysroot, struct error *err)
{
	const struct sensor_settings settings = {sysroot, &s->cpus};
	int r = 0;
	for (int i = 0; r == 0 && i < SENSOR_KINDS; i++) {
		struct watched_sensor *const w = &s->sensors[i];
		r = sensor_open(sensor_kinds[i], &settings, &w->sensor, err);
		if (r < 0 || !w->sensor.is_available)
			continue;
		const size_t most = w->sensor.most_readings;
		s->round_readings += most;
		if (s->most_readings < most)
			s->most_readings = most;
		w->totals = calloc(most + 1, sizeof *w->totals);
		if (!w->totals)
			r = error_memory(err);
	}
	return r;
}

static int make_ring(struct node_sampler *s, struct error *err)
{
	s->ring_size = RING_LEAST;
	while (s->ring_size < RING_ROUNDS * s->round_readings)
		s->ring_size *= 2;
	s->ring = calloc(s->ring_size, sizeof *s->ring);
	s->readings = calloc(s->most_readings + 1, sizeof *s->readings);
	return s->ring && s->readings ? 0 : error_memory(err);
}

static int start_thread(struct node_sampler *s, struct error *err)
{
	pthread_mutex_init(&s->lock, NULL);
	helper_condition_init(&s->changed);
	helper_condition_init(&s->served);
	s->has_lock = true;
	return helper_thread_start(&s->thread, "plateau-node", "samples the node", sampler_main, s,
	                           err);
}

int node_sampler_open(const struct node_sampler_settings *settings,
                      struct node_sampler **ret_sampler, struct error *err)
{
	if (settings->interval_ns <= 0) {
		*ret_sampler = NULL;
		return 0;
	}
	struct node_sampler *const s = calloc(1, sizeof *s);
	if (!s)
		return error_memory(err);
	s->interval_ns = settings->interval_ns;
	s->origin_ns = settings->origin_ns;
	s->cpus = *settings->cpus;
	int r = open_sensors(s, settings->sysroot, err);
	if (r == 0)
		r = make_ring(s, err);
	if (r == 0)
		r = start_thread(s, err);
	if (r < 0) {
		node_sampler_close(s);
		return r;
	}
	*ret_sampler = s;
	return 0;
}

void node_sampler_close(struct node_sampler *sampler)
{
	if (!sampler)
		return;
	if (sampler->has_lock) {
		pthread_mutex_lock(&sampler->lock);
		sampler->is_closing = true;
		pthread_cond_signal(&sampler->changed);
		pthread_mutex_unlock(&sampler->lock);
		helper_thread_join(&sampler->thread);
		pthread_cond_destroy(&sampler->changed);
		pthread_cond_destroy(&sampler->served);
		pthread_mutex_destroy(&sampler->lock);
	}
	for (int i = 0; i < SENSOR_KINDS; i++) {
		sensor_close(&sampler->sensors[i].sensor);
		free(sampler->sensors[i].totals);
	}
	free(sampler->ring);
	free(sampler->readings);
	free(sampler);
}
