#include "analyse/io/slices.h"

#include "core/array.h"

#include <string.h>

/* Of the mean of a slice: with less than this a slice is quiet. */
static const double QUIET_PART = 0.02;

/* Of 1 for all bytes, 1 for all calls and 1 for all the time: less is no phase of its own. */
static const double SLIGHT_WEIGHT = 0.06;

/* So many times the other: reading or writing prevails. */
static const double PREVAILS = 4;

/* So many look-ups for each read or write: they prevail. */
static const double LOOKS_PER_DATA = 4;

const char *const io_phase_names[IO_PHASE_KINDS] = {
        [IO_PHASE_QUIET] = "quiet",
        [IO_PHASE_LOOKING] = "looking up",
        [IO_PHASE_READING] = "reading",
        [IO_PHASE_WRITING] = "writing",
        [IO_PHASE_BOTH] = "reading and writing",
};

static void add_up(struct io_slice *sum, const struct io_slice *other)
{
	sum->read_bytes += other->read_bytes;
	sum->written_bytes += other->written_bytes;
	sum->data_calls += other->data_calls;
	sum->meta_calls += other->meta_calls;
	sum->duration_ns += other->duration_ns;
}

static void halve(struct io_slices *slices)
{
	for (size_t i = 0; 2 * i < slices->count; i++) {
		struct io_slice sum = slices->items[2 * i];
		if (2 * i + 1 < slices->count)
			add_up(&sum, &slices->items[2 * i + 1]);
		slices->items[i] = sum;
	}
	const size_t count = (slices->count + 1) / 2;
	memset(&slices->items[count], 0, (slices->count - count) * sizeof *slices->items);
	slices->count = count;
	slices->width *= 2;
}

void io_slices_add(struct io_slices *slices, int64_t at, const struct io_operation *operation)
{
	if (slices->width == 0) {
		slices->origin = at;
		slices->width = 1;
	}
	/* What began before the first that returned counts to the first. */
	const int64_t since = at > slices->origin ? at - slices->origin : 0;
	while (since / slices->width >= SLICES_MOST)
		halve(slices);
	const size_t index = (size_t)(since / slices->width);
	if (index >= slices->count)
		slices->count = index + 1;
	struct io_slice *const slice = &slices->items[index];
	const bool is_data = operation->kind == IO_READ || operation->kind == IO_WRITE;
	slice->data_calls += is_data;
	slice->meta_calls += !is_data && !operation->is_implied;
	if (operation->kind == IO_READ)
		slice->read_bytes += operation->bytes;
	if (operation->kind == IO_WRITE)
		slice->written_bytes += operation->bytes;
	if (operation->duration_ns > 0)
		slice->duration_ns += operation->duration_ns;
}

/* ---- Phases --------------------------------------------------------------------------------- */

static double bytes_of(const struct io_slice *slice)
{
	return (double)slice->read_bytes + (double)slice->written_bytes;
}

static double calls_of(const struct io_slice *slice)
{
	return (double)slice->data_calls + (double)slice->meta_calls;
}

/* mean: of all slices; slices: how many `sum` is of. */
static enum io_phase_kind kind_of(const struct io_slice *sum, double slices,
                                  const struct io_slice *total, double total_slices)
{
	const double quiet = QUIET_PART * slices / total_slices;
	const bool has_bytes = bytes_of(sum) > quiet * bytes_of(total);
	if (!has_bytes && calls_of(sum) <= quiet * calls_of(total))
		return IO_PHASE_QUIET;
	if (!has_bytes && (double)sum->meta_calls >= LOOKS_PER_DATA * (double)sum->data_calls)
		return IO_PHASE_LOOKING;
	if ((double)sum->read_bytes >= PREVAILS * (double)sum->written_bytes)
		return IO_PHASE_READING;
	if ((double)sum->written_bytes >= PREVAILS * (double)sum->read_bytes)
		return IO_PHASE_WRITING;
	return IO_PHASE_BOTH;
}

struct phase_row {
	struct io_phase items[SLICES_MOST];
	size_t count;
	struct io_slice total;
	int64_t width;
	double slices;
};

static void classify(const struct phase_row *row, struct io_phase *phase)
{
	phase->kind = kind_of(&phase->sum, (double)(phase->to - phase->from) / (double)row->width,
	                      &row->total, row->slices);
}

static void merge(struct phase_row *row, size_t at)
{
	row->items[at].to = row->items[at + 1].to;
	add_up(&row->items[at].sum, &row->items[at + 1].sum);
	memmove(&row->items[at + 1], &row->items[at + 2],
	        (row->count - at - 2) * sizeof *row->items);
	row->count--;
	classify(row, &row->items[at]);
}

static void merge_equals(struct phase_row *row)
{
	for (size_t i = 0; i + 1 < row->count;) {
		if (row->items[i].kind != row->items[i + 1].kind)
			i++;
		else {
			merge(row, i);
			i = i > 0 ? i - 1 : 0;
		}
	}
}

/* How much a phase is of everything: of the bytes, the calls and the time. */
static double weight_of(const struct phase_row *row, const struct io_phase *phase)
{
	double weight = (double)(phase->to - phase->from) / (double)row->width / row->slices;
	if (bytes_of(&row->total) > 0)
		weight += bytes_of(&phase->sum) / bytes_of(&row->total);
	return weight + calls_of(&phase->sum) / calls_of(&row->total);
}

/* Whether a phase is hardly anything: a gap between two writes, say. */
static bool has_slight(const struct phase_row *row)
{
	for (size_t i = 0; i < row->count; i++)
		if (weight_of(row, &row->items[i]) < SLIGHT_WEIGHT)
			return true;
	return false;
}

static void merge_least(struct phase_row *row)
{
	size_t least = 0;
	for (size_t i = 1; i < row->count; i++)
		if (weight_of(row, &row->items[i]) < weight_of(row, &row->items[least]))
			least = i;
	/* To the neighbour that it changes less: the greater one. */
	const bool is_left = least + 1 == row->count ||
	                     (least > 0 && weight_of(row, &row->items[least - 1]) >
	                                           weight_of(row, &row->items[least + 1]));
	merge(row, is_left ? least - 1 : least);
	merge_equals(row);
}

size_t io_phases_find(const struct io_slices *slices, struct io_phase ret_phases[PHASES_MOST])
{
	struct phase_row row = {.width = slices->width, .slices = (double)slices->count};
	if (slices->count == 0)
		return 0;
	for (size_t i = 0; i < slices->count; i++)
		add_up(&row.total, &slices->items[i]);
	for (size_t i = 0; i < slices->count; i++) {
		struct io_phase *const phase = &row.items[row.count++];
		phase->from = slices->origin + (int64_t)i * slices->width;
		phase->to = phase->from + slices->width;
		phase->sum = slices->items[i];
		classify(&row, phase);
	}
	merge_equals(&row);
	while (row.count > PHASES_MOST || (row.count > 1 && has_slight(&row)))
		merge_least(&row);
	memcpy(ret_phases, row.items, row.count * sizeof *row.items);
	return row.count;
}
