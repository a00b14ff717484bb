#include "model/io.h"

const char *const io_operation_names[IO_OPERATIONS] = {
        [IO_OPEN] = "open",         [IO_CREATE] = "create", [IO_CLOSE] = "close",
        [IO_READ] = "read",         [IO_WRITE] = "write",   [IO_SEEK] = "seek",
        [IO_TRUNCATE] = "truncate", [IO_SYNC] = "sync",     [IO_MMAP] = "mmap",
        [IO_LOCK] = "lock",         [IO_UNLOCK] = "unlock", [IO_STAT] = "stat",
        [IO_LIST] = "list",         [IO_RENAME] = "rename", [IO_UNLINK] = "unlink",
        [IO_OTHER] = "other",
};
