#include "analyse/io/patterns.h"

#define TO_NODE                                                                                    \
	"put it into a folder of the node ($TMPDIR, a RAM disk) and copy it to its place when it " \
	"is whole"

const struct io_pattern_words io_pattern_words[IO_PATTERNS] = {
        [IO_PATTERN_SWEEPS] =
                {"whole-file-reread", "the whole file is read again before each small write",
                 "Have the program append without reading, or keep what it has written in memory. "
                 "Until it does, " TO_NODE ".",
                 false},
        [IO_PATTERN_READ_AGAIN] =
                {"read-again", "the same bytes are read many times over",
                 "Read the file once and keep what is needed, or open it for the whole run. Where "
                 "many tasks of a node read it, a copy on the node's own disk spares the shared "
                 "file system all but the first.",
                 false},
        [IO_PATTERN_WRITE_AGAIN] =
                {"written-again", "the same bytes are written many times over",
                 "Write when the content is final, or less often. Until the program does, " TO_NODE
                 ".",
                 false},
        [IO_PATTERN_BYTE_READS] =
                {"byte-reads", "read byte by byte",
                 "Read through a buffer (stdio, open() of Python with its default buffering). A "
                 "shell's `read` takes single bytes from a pipe: let awk or Python do the loop.",
                 false},
        [IO_PATTERN_SMALL_WRITES] =
                {"small-writes", "many small writes that begin or end within a page",
                 "Gather them in a buffer of 64 KiB or more (setvbuf, io.BufferedWriter). A local "
                 "file system hides them in its cache; on a shared one each may take and give "
                 "back a lock of the block.",
                 false},
        [IO_PATTERN_SYNCS] =
                {"sync-per-write", "synced after each write",
                 "Each sync waits for the disk or the file server. Sync once at the end; with "
                 "SQLite put many changes into one transaction (BEGIN ... COMMIT), or set PRAGMA "
                 "synchronous=NORMAL or OFF where the file can be made anew.",
                 false},
        [IO_PATTERN_LOCKS] =
                {"locks", "locked and unlocked again and again",
                 "A lock on a shared file system is agreed on with all nodes. Use one transaction "
                 "for many changes (SQLite: BEGIN ... COMMIT, PRAGMA locking_mode=EXCLUSIVE), "
                 "or " TO_NODE ".",
                 true},
        [IO_PATTERN_JOURNALS] =
                {"journals", "SQLite journals beside the database",
                 "A journal stands beside its database, whatever TMPDIR and SQLITE_TMPDIR say. "
                 "Make the database in a folder of the node ($TMPDIR) and move it to its place "
                 "when it is whole; or set PRAGMA journal_mode=MEMORY (or OFF) while it is filled. "
                 "No WAL on a shared file system: it needs memory that all its users share.",
                 true},
        [IO_PATTERN_TEMPORARY] =
                {"temporary-files", "temporary files",
                 "Have them made in a folder of the node: set TMPDIR, which mkstemp, Python's "
                 "tempfile and sort take; a program with a folder of its own has an option for "
                 "it (sort -T, PRAGMA temp_store=MEMORY).",
                 true},
        [IO_PATTERN_REOPENS] =
                {"reopened", "opened again and again by the same process",
                 "Open the file once and keep it open: each opening asks a shared file system's "
                 "metadata server.",
                 false},
        [IO_PATTERN_STORM] =
                {"metadata-storm", "far more look-ups than reads and writes",
                 "Where names are not found, shorten the search paths (PYTHONPATH, "
                 "LD_LIBRARY_PATH, PATH): each folder in them is asked for each name. Where "
                 "process after process opens the same files, start fewer of them. Put software "
                 "onto the node's disk or into one file "
                 "(a container image, squashfs, CVMFS), and have the program keep what it has "
                 "found out.",
                 false},
};
