/* Operations on their way out of a tracker. */
#include "analyse/io/track_parts.h"

struct io_operation track_operation(const struct io_track *track, const struct io_call *call,
                                    enum io_operation_kind kind, uint32_t file, uint32_t opening)
{
	return (struct io_operation){
	        .kind = kind,
	        .name = call->name,
	        .file = file,
	        .opening = opening == TRACK_NONE ? UINT32_MAX : track->openings[opening].number,
	        .pid = call->pid,
	        .at_ns = call->at_ns,
	        .duration_ns = call->duration_ns,
	        .position = IO_UNKNOWN,
	        .error = call->error,
	};
}

int track_tell(struct io_track *track, const struct io_operation *operation, struct error *err)
{
	return track->take(track->context, operation, err);
}
