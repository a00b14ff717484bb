/* The state of analyse/io/track: files and their names, openings, processes and their tables. */
#ifndef ANALYSE_IO_TRACK_PARTS_H
#define ANALYSE_IO_TRACK_PARTS_H

#include "analyse/io/track.h"
#include "core/index_map.h"
#include "core/str.h"

#define TRACK_NONE UINT32_MAX

/* A path that was seen. It names a file as long as both have the same life. */
struct track_name {
	char *path;
	uint32_t file; /* TRACK_NONE: none yet */
	uint32_t life;
	bool is_link; /* a symbolic link to the file: to delete it deletes no file */
};

/* What is kept of a file beside its struct io_file. */
struct track_file {
	uint32_t name;     /* that its path is */
	uint32_t life;     /* a name of another life is not its name any more */
	uint32_t openings; /* that are open */
	uint32_t other;    /* a name that link() gave it, TRACK_NONE */
	bool was_renamed;  /* -y may tell another path than the one that it was renamed to */
	bool is_absent;    /* a call has said that there is no such file */
};

/* Files that are known by no path: one of each. */
enum track_special {
	TRACK_PIPES,
	TRACK_SOCKETS,
	TRACK_NO_FILES,
	TRACK_STANDARD_INPUT,
	TRACK_STANDARD_OUTPUT,
	TRACK_STANDARD_ERROR,
	TRACK_UNKNOWN,
	TRACK_SPECIALS
};

/* An open file description. */
struct track_opening {
	uint32_t number;
	uint32_t file;
	uint32_t references; /* descriptors, in all tables */
	uint32_t next_free;
	int64_t position; /* IO_UNKNOWN */
	bool is_append;
	bool is_assumed; /* one of the streams that the first process begins with, not used yet */
};

struct track_descriptor {
	uint32_t opening; /* index + 1; 0: closed */
	bool is_cloexec;
};

/* A table of descriptors, which threads share. */
struct track_table {
	uint32_t references;
	size_t room;
	struct track_descriptor *descriptors;
};

/* A working folder, which threads share. */
struct track_folder {
	uint32_t references;
	char *path; /* NULL: not known */
};

struct track_process {
	int32_t pid;
	int32_t leader;
	int32_t parent;
	uint32_t command; /* the name that it executed last; TRACK_NONE */
	bool is_alive;
	struct track_table *table;
	struct track_folder *folder;
};

struct io_track {
	char *working_folder;
	io_operation_taker *take;
	void *context;
	size_t unknown;

	struct io_file *files;
	size_t file_room;
	struct track_file *states; /* as many as files */
	size_t state_room;
	size_t file_count;
	uint32_t special[TRACK_SPECIALS];

	struct track_name *names;
	size_t name_room;
	size_t name_count;
	struct index_map by_path;
	struct index_map folders; /* of paths that were seen, by their hash alone */

	struct track_opening *openings;
	size_t opening_room;
	size_t opening_count;
	uint32_t free_opening; /* index + 1 */
	uint32_t next_number;

	struct track_process *processes;
	size_t process_room;
	size_t process_count;
	struct index_map by_pid;

	struct str path;       /* the last that was resolved */
	struct str other_path; /* likewise */
};

/* ---- Files: track_files.c ---- */

/* The name of path, made where there is none. Returns 0 or -ENOMEM. */
int track_name_of(struct io_track *track, const char *path, uint32_t *ret_name, struct error *err);

/* The file that name names now; TRACK_NONE. */
uint32_t track_named(const struct io_track *track, uint32_t name);

/* The file at path, made where there is none. is_there: the call has shown that it exists. */
int track_file_at(struct io_track *track, const char *path, bool is_there, uint32_t *ret_file,
                  struct error *err);

/* The file at a path that strace tells of a descriptor: "/a", "pipe:[1]", "socket:[2]". */
int track_file_shown(struct io_track *track, const char *shown, uint32_t *ret_file,
                     struct error *err);

int track_special_file(struct io_track *track, enum track_special special, uint32_t *ret_file,
                       struct error *err);

/* path names the file too; is_link: by way of a symbolic link. */
int track_alias(struct io_track *track, const char *path, uint32_t file, bool is_link,
                struct error *err);

/* A file without a name (O_TMPFILE); path is for people. */
int track_nameless(struct io_track *track, const char *path, uint32_t *ret_file, struct error *err);

int track_rename(struct io_track *track, const char *from, const char *to, uint32_t file,
                 uint32_t *ret_replaced, struct error *err);
int track_exchange(struct io_track *track, const char *from, const char *to, struct error *err);
/* `to` names the file from here on, besides the name that it has. */
int track_link(struct io_track *track, const char *to, uint32_t file, struct error *err);
int track_unlink(struct io_track *track, const char *path, uint32_t file, struct error *err);

void track_files_release(struct io_track *track);

/* ---- Processes and descriptors: track_tables.c ---- */

struct track_process *track_process_of(struct io_track *track, int32_t pid, struct error *err);
int track_fork(struct io_track *track, const struct io_call *call, struct error *err);
int track_set_folder(struct track_process *process, const char *path, struct error *err);
int track_unshare(struct io_track *track, struct track_process *process, const struct io_call *call,
                  struct error *err);

/* A new opening of file, at the beginning; no descriptor has it yet. */
int track_open(struct io_track *track, uint32_t file, uint32_t *ret_opening, struct error *err);

/* Descriptor fd is the opening from here on; what it was is closed. */
int track_set(struct io_track *track, struct track_process *process, int32_t fd, uint32_t opening,
              bool is_cloexec, const struct io_call *call, struct error *err);

/* The descriptor, NULL where it is not open. */
struct track_descriptor *track_descriptor_of(const struct track_process *process, int32_t fd);

/* Closes it and tells the taker. */
int track_close(struct io_track *track, struct track_descriptor *descriptor,
                const struct io_call *call, bool is_implied, struct error *err);

/* The process gives up its table: what nobody else has open is closed. */
int track_leave(struct io_track *track, struct track_process *process, const struct io_call *call,
                struct error *err);

void track_tables_release(struct io_track *track);

/* ---- Calls: track.c, track_paths.c, track_bytes.c, track_names.c ---- */

/* Hands on what call did. opening: index, TRACK_NONE. */
struct io_operation track_operation(const struct io_track *track, const struct io_call *call,
                                    enum io_operation_kind kind, uint32_t file, uint32_t opening);
int track_tell(struct io_track *track, const struct io_operation *operation, struct error *err);

/* What a call of one kind does. */
typedef int track_handler(struct io_track *track, struct track_process *process,
                          const struct io_call *call, struct error *err);

/* The opening of the call's fd, made up where it was never seen opened. TRACK_NONE: the call failed
 * for want of it. */
int track_opening_of(struct io_track *track, struct track_process *process, int32_t fd,
                     const char *fd_path, const struct io_call *call, uint32_t *ret_opening,
                     struct error *err);

/* The path of the call, absolute where that can be told, in track->path; of the other one, in
 * track->other_path. */
int track_resolve(struct io_track *track, const struct track_process *process,
                  const struct io_call *call, struct error *err);
int track_resolve_other(struct io_track *track, const struct track_process *process,
                        const struct io_call *call, struct error *err);

/* The number of /dev/fd/3, /proc/self/fd/3, /dev/stdout; IO_UNKNOWN for another path. */
int32_t track_descriptor_in(const char *path);

track_handler track_take_open;
track_handler track_take_read;
track_handler track_take_pread;
track_handler track_take_write;
track_handler track_take_pwrite;
track_handler track_take_seek;
track_handler track_take_copy;
track_handler track_take_truncate;
track_handler track_take_allocate;
track_handler track_take_sync;
track_handler track_take_mmap;
track_handler track_take_lock;
track_handler track_take_stat;
track_handler track_take_list;
track_handler track_take_rename;
track_handler track_take_unlink;
track_handler track_take_link;
track_handler track_take_make;
track_handler track_take_change;
track_handler track_take_chdir;
track_handler track_take_exec;

#endif
