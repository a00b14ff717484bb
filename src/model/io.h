/* What a command does to files, call by call. Two pictures of it:
 *
 *   io_call       a system call as strace wrote it: process, descriptor, path, result
 *                 (made by formats/strace, from a log or a pipe)
 *   io_operation  what it did to which file, at which position
 *                 (made of calls by analyse/io/track, which follows descriptors)
 *
 * Both are handed on one at a time, in the order in which the calls returned, so that a log of any
 * length is read in little memory. What is not known is IO_UNKNOWN. */
#ifndef MODEL_IO_H
#define MODEL_IO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

#define IO_UNKNOWN (-1)

/* Kinds of system calls, as far as files are concerned; a call that is none of these is not handed
 * on. */
enum io_call_kind {
	IO_CALL_OPEN,     /* open, openat, openat2, creat: path, flags, result */
	IO_CALL_CLOSE,    /* fd; close_range: fd up to other_fd, flags; is_cloexec: marks only */
	IO_CALL_READ,     /* read, readv: fd, count, result */
	IO_CALL_PREAD,    /* pread64, preadv: fd, count, offset, result */
	IO_CALL_WRITE,    /* write, writev */
	IO_CALL_PWRITE,   /* pwrite64, pwritev */
	IO_CALL_SEEK,     /* lseek: fd, offset, whence, result */
	IO_CALL_COPY,     /* sendfile, copy_file_range, splice: from fd to other_fd, result */
	IO_CALL_TRUNCATE, /* ftruncate: fd, offset; truncate: path, offset */
	IO_CALL_ALLOCATE, /* fallocate */
	IO_CALL_SYNC,     /* fsync, fdatasync, sync_file_range: fd; sync, syncfs */
	IO_CALL_MMAP,     /* fd, count (length), offset, flags (is_write where it is shared and
	                   * writable) */
	IO_CALL_LOCK,     /* flock, fcntl(F_SETLK, ...): fd, is_unlock, is_write (exclusive) */
	IO_CALL_DUP,      /* dup, dup2, dup3, fcntl(F_DUPFD): fd, result (other_fd) */
	IO_CALL_CLOEXEC,  /* fcntl(F_SETFD): fd, is_cloexec */
	IO_CALL_PIPE,     /* pipe, pipe2, socketpair: fd, other_fd */
	IO_CALL_SOCKET, /* socket, accept, eventfd, epoll, ...: result is a descriptor of no file */
	IO_CALL_FORK,   /* clone, fork, vfork: result is the new process; is_thread, shares_files
	                 */
	IO_CALL_EXEC,   /* descriptors that are close-on-exec are closed; path */
	IO_CALL_EXIT,   /* the process or thread is over */
	IO_CALL_CHDIR,  /* chdir: path; fchdir: fd */
	IO_CALL_STAT,   /* stat, fstat, statx, access, readlink, getxattr, ...: path or fd; size
	                 * where the answer has one */
	IO_CALL_RENAME, /* path to other_path */
	IO_CALL_UNLINK, /* unlink, rmdir: path */
	IO_CALL_LINK,   /* link, symlink: path to other_path */
	IO_CALL_MAKE,   /* mkdir, mknod: path */
	IO_CALL_LIST,   /* getdents: fd, result */
	IO_CALL_CHANGE, /* chmod, chown, utime, setxattr: path or fd */
	IO_CALL_STATUS, /* fcntl(F_SETFL): fd, flags */
	IO_CALL_UNSHARE, /* a table of descriptors of its own from here on */
	IO_CALLS
};

enum io_file_kind {
	IO_REGULAR,
	IO_FOLDER,
	IO_PIPE,
	IO_SOCKET,
	IO_DEVICE,
	IO_NO_FILE,
	IO_FILE_KINDS
};

/* One system call that has returned. Texts hold until the next call. */
struct io_call {
	enum io_call_kind kind;
	const char *name; /* of the system call */
	int32_t pid;      /* process or thread; 0: the log names none */
	int64_t at_ns;    /* when it began: calendar time, or since the log's beginning; IO_UNKNOWN
	                   */
	int64_t duration_ns;
	int64_t result; /* -1 on failure, and error is above 0 */
	int32_t error;  /* errno, 0: it succeeded */
	int32_t fd;     /* IO_UNKNOWN: none */
	int32_t other_fd;
	int32_t folder_fd; /* that path is relative to; IO_UNKNOWN: the working folder */
	int32_t other_folder_fd;
	int64_t count;        /* bytes asked for */
	int64_t offset;       /* IO_UNKNOWN: at the position of the descriptor */
	int64_t other_offset; /* COPY: of other_fd, likewise */
	int64_t size;         /* of the file, where the call tells it */
	int32_t file_kind;    /* an io_file_kind where the call tells it, IO_UNKNOWN */
	uint64_t flags; /* of open: O_ flags as numbers of Linux on x86-64; renameat2 likewise */
	int32_t whence; /* SEEK_SET, SEEK_CUR, SEEK_END */
	bool is_cloexec;
	bool is_write;
	bool is_unlock;
	bool is_thread;
	bool shares_files;
	bool shares_folder;     /* the working folder */
	const char *path;       /* NULL: none; as written, unescaped */
	const char *other_path; /* likewise */
	const char *fd_path;    /* of fd (OPEN: of the result), where strace says it (-y); NULL */
	const char *other_fd_path;     /* of other_fd, likewise */
	const char *folder_path;       /* of folder_fd or of the working folder, likewise */
	const char *other_folder_path; /* likewise */
	size_t line;                   /* of the log, from 1; 0: none */
};

enum io_operation_kind {
	IO_OPEN,
	IO_CREATE, /* an open that made the file, or emptied it */
	IO_CLOSE,
	IO_READ,
	IO_WRITE,
	IO_SEEK,
	IO_TRUNCATE,
	IO_SYNC,
	IO_MMAP,
	IO_LOCK,
	IO_UNLOCK,
	IO_STAT,
	IO_LIST,
	IO_RENAME,
	IO_UNLINK,
	IO_OTHER, /* of metadata: link, mkdir, chmod, ... */
	IO_OPERATIONS
};

extern const char *const io_operation_names[IO_OPERATIONS];

/* A file, however often it is opened. A renamed file stays one file. A file that is made again
 * under the name that it was deleted or replaced from stays one as well (a journal of a database):
 * `lives` counts. All pipes are one file, and so are all sockets, and all that is no file. */
struct io_file {
	char *path;       /* absolute where the working folder is known; the last it had */
	char *first_path; /* that it was first seen by; NULL: the same */
	enum io_file_kind kind;
	bool is_unlinked;
	bool is_made;       /* by the command */
	int64_t size_bytes; /* the last that is known, IO_UNKNOWN */
	uint32_t lives;     /* 1 and up */
};

/* What one call did to one file. */
struct io_operation {
	enum io_operation_kind kind;
	const char *name; /* of the system call */
	uint32_t file;    /* index of the tracker's files */
	uint32_t opening; /* number of the open file description, from 0; UINT32_MAX: none */
	int32_t pid;
	int64_t at_ns;
	int64_t duration_ns;
	int64_t position; /* where a read or write began, or where a seek went to; IO_UNKNOWN */
	int64_t asked;    /* bytes */
	int64_t bytes;    /* that were read, written, mapped; 0 on failure */
	int32_t error;    /* errno, 0: it succeeded */
	bool is_write;    /* MMAP: shared and writable; LOCK: exclusive */
	bool is_last;     /* CLOSE: of its opening's descriptors */
	bool is_implied;  /* CLOSE: by an exit, exec, dup2 or close_range, not by a call for it; a
	                   * second operation of one call (the writing half of sendfile), which has
	                   * duration 0 */
};

/* Take one; return 0 or -errno, which ends the reading. */
typedef int io_call_taker(void *context, const struct io_call *call, struct error *err);
typedef int io_operation_taker(void *context, const struct io_operation *operation,
                               struct error *err);

#endif
