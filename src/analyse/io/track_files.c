#include "analyse/io/track_parts.h"
#include "core/array.h"
#include "core/error.h"
#include "core/hash.h"

#include <stdlib.h>
#include <string.h>

/* ---- Names ------------------------------------------------------------------------------- */

static int add_name(struct io_track *track, const char *path, uint64_t key, uint32_t *ret_name,
                    struct error *err)
{
	int r = array_reserve(&track->names, &track->name_room, track->name_count + 1,
	                      sizeof *track->names, err);
	if (r < 0)
		return r;
	struct track_name name = {.file = TRACK_NONE};
	r = str_copy(path, &name.path, err);
	if (r < 0)
		return r;
	const uint32_t index = (uint32_t)track->name_count;
	r = index_map_put(&track->by_path, key, index, err);
	if (r < 0) {
		free(name.path);
		return r;
	}
	track->names[track->name_count++] = name;
	*ret_name = index;
	return 0;
}

/* Notes the folders that path is in, each by its hash alone: their names together would be as long
 * as the path for each of them. Where two share a hash, a renaming looks at the files in vain. */
static int note_folders(struct io_track *track, const char *path, struct error *err)
{
	uint64_t hash = HASH_FNV1A_BEGIN;
	int r = 0;
	for (size_t i = 0; path[i] != '\0' && r == 0; i++) {
		if (path[i] == '/' && i > 0)
			r = index_map_put(&track->folders, hash_fnv1a(hash, ""), 0, err);
		hash = hash_fnv1a_bytes(hash, path + i, 1);
	}
	return r;
}

/* Whether path is a folder of paths that were seen. */
static bool is_folder(const struct io_track *track, const char *path)
{
	uint32_t ignored;
	return index_map_find(&track->folders, hash_fnv1a(HASH_FNV1A_BEGIN, path), &ignored);
}

int track_name_of(struct io_track *track, const char *path, uint32_t *ret_name, struct error *err)
{
	uint64_t key = hash_fnv1a(HASH_FNV1A_BEGIN, path);
	uint32_t name = 0;
	while (index_map_find(&track->by_path, key, &name)) {
		if (strcmp(track->names[name].path, path) == 0) {
			*ret_name = name;
			return 0;
		}
		key++;
	}
	const int r = add_name(track, path, key, ret_name, err);
	return r < 0 ? r : note_folders(track, path, err);
}

uint32_t track_named(const struct io_track *track, uint32_t name)
{
	const struct track_name *const named = &track->names[name];
	if (named->file == TRACK_NONE || track->states[named->file].life != named->life)
		return TRACK_NONE;
	return named->file;
}

/* ---- Files ------------------------------------------------------------------------------- */

static enum io_file_kind kind_of(const char *path)
{
	const bool is_device =
	        str_starts_with(path, "/dev/") && !str_starts_with(path, "/dev/shm/");
	return is_device ? IO_DEVICE : IO_REGULAR;
}

static int add_file(struct io_track *track, const char *path, enum io_file_kind kind,
                    uint32_t *ret_file, struct error *err)
{
	int r = array_reserve(&track->files, &track->file_room, track->file_count + 1,
	                      sizeof *track->files, err);
	if (r == 0)
		r = array_reserve(&track->states, &track->state_room, track->file_count + 1,
		                  sizeof *track->states, err);
	struct io_file file = {.kind = kind, .size_bytes = IO_UNKNOWN, .lives = 1};
	if (r == 0)
		r = str_copy(path, &file.path, err);
	if (r < 0)
		return r;
	track->files[track->file_count] = file;
	track->states[track->file_count] =
	        (struct track_file){.name = TRACK_NONE, .life = 1, .other = TRACK_NONE};
	*ret_file = (uint32_t)track->file_count++;
	return 0;
}

/* The file's path is another than was thought. */
static int set_path(struct io_track *track, uint32_t file, const char *path, struct error *err)
{
	struct io_file *const there = &track->files[file];
	char *copy = NULL;
	const int r = str_copy(path, &copy, err);
	if (r < 0)
		return r;
	if (there->first_path)
		free(there->path);
	else
		there->first_path = there->path;
	there->path = copy;
	return 0;
}

static void give_name(struct io_track *track, uint32_t name, uint32_t file)
{
	track->names[name].file = file;
	track->names[name].life = track->states[file].life;
	track->names[name].is_link = false;
	track->states[file].name = name;
}

/* A file that is gone comes again under a name that it had: one file to people. */
static int revive(struct io_track *track, uint32_t name, uint32_t file, struct error *err)
{
	const char *const path = track->names[name].path;
	if (strcmp(track->files[file].path, path) != 0) {
		const int r = set_path(track, file, path, err);
		if (r < 0)
			return r;
	}
	track->files[file].is_unlinked = false;
	track->files[file].size_bytes = IO_UNKNOWN;
	track->files[file].lives++;
	track->states[file].life++;
	track->states[file].was_renamed = false;
	track->states[file].other = TRACK_NONE;
	give_name(track, name, file);
	return 0;
}

int track_file_at(struct io_track *track, const char *path, bool is_there, uint32_t *ret_file,
                  struct error *err)
{
	uint32_t name = 0;
	int r = track_name_of(track, path, &name, err);
	if (r < 0)
		return r;
	uint32_t file = track_named(track, name);
	if (file == TRACK_NONE) {
		const uint32_t old = track->names[name].file;
		const bool is_gone = old != TRACK_NONE && track->files[old].is_unlinked &&
		                     track->states[old].openings == 0;
		/* Asked for in vain, what is gone stays gone. */
		if (is_gone && !is_there) {
			*ret_file = old;
			return 0;
		}
		file = old;
		r = is_gone ? revive(track, name, old, err)
		            : add_file(track, path, is_there ? kind_of(path) : IO_NO_FILE, &file,
		                       err);
		if (r < 0)
			return r;
		give_name(track, name, file);
	}
	struct io_file *const found = &track->files[file];
	if (is_there && found->kind == IO_NO_FILE)
		found->kind = kind_of(path);
	if (is_there)
		track->states[file].is_absent = false;
	*ret_file = file;
	return 0;
}

int track_special_file(struct io_track *track, enum track_special special, uint32_t *ret_file,
                       struct error *err)
{
	static const struct {
		const char *path;
		enum io_file_kind kind;
	} specials[TRACK_SPECIALS] = {
	        [TRACK_PIPES] = {"(pipes)", IO_PIPE},
	        [TRACK_SOCKETS] = {"(sockets)", IO_SOCKET},
	        [TRACK_NO_FILES] = {"(descriptors of no file)", IO_NO_FILE},
	        [TRACK_STANDARD_INPUT] = {"(standard input)", IO_NO_FILE},
	        [TRACK_STANDARD_OUTPUT] = {"(standard output)", IO_NO_FILE},
	        [TRACK_STANDARD_ERROR] = {"(standard error)", IO_NO_FILE},
	        [TRACK_UNKNOWN] = {"(opened before the log begins)", IO_NO_FILE},
	};
	if (track->special[special] == TRACK_NONE) {
		const int r = add_file(track, specials[special].path, specials[special].kind,
		                       &track->special[special], err);
		if (r < 0)
			return r;
	}
	*ret_file = track->special[special];
	return 0;
}

int track_file_shown(struct io_track *track, const char *shown, uint32_t *ret_file,
                     struct error *err)
{
	static const char *const sockets[] = {"socket:", "TCP", "UDP", "UNIX", "NETLINK", "RAW"};
	if (*shown == '/' && !str_starts_with(shown, "/memfd:"))
		return track_file_at(track, shown, true, ret_file, err);
	enum track_special special = TRACK_NO_FILES;
	if (str_starts_with(shown, "pipe:"))
		special = TRACK_PIPES;
	for (size_t i = 0; i < ARRAY_LENGTH(sockets); i++) {
		if (str_starts_with(shown, sockets[i]))
			special = TRACK_SOCKETS;
	}
	return track_special_file(track, special, ret_file, err);
}

int track_alias(struct io_track *track, const char *path, uint32_t file, bool is_link,
                struct error *err)
{
	uint32_t name = 0;
	const int r = track_name_of(track, path, &name, err);
	if (r < 0)
		return r;
	track->names[name].file = file;
	track->names[name].life = track->states[file].life;
	track->names[name].is_link = is_link;
	return 0;
}

int track_nameless(struct io_track *track, const char *path, uint32_t *ret_file, struct error *err)
{
	const int r = add_file(track, path, IO_REGULAR, ret_file, err);
	if (r == 0)
		track->files[*ret_file].is_unlinked = true;
	return r;
}

/* ---- Renaming and deleting --------------------------------------------------------------- */

/* All names that the file has had are its names no more. */
static void lose_names(struct io_track *track, uint32_t file)
{
	track->states[file].life++;
	track->states[file].name = TRACK_NONE;
}

int track_link(struct io_track *track, const char *to, uint32_t file, struct error *err)
{
	uint32_t name = 0;
	const int r = track_name_of(track, to, &name, err);
	if (r < 0)
		return r;
	struct track_file *const state = &track->states[file];
	if (state->name != TRACK_NONE) {
		track->names[name] = (struct track_name){
		        .path = track->names[name].path, .file = file, .life = state->life};
		state->other = name;
		return 0;
	}
	/* It had none: O_TMPFILE. */
	give_name(track, name, file);
	track->files[file].is_unlinked = false;
	return set_path(track, file, to, err);
}

int track_unlink(struct io_track *track, const char *path, uint32_t file, struct error *err)
{
	uint32_t name = 0;
	const int r = track_name_of(track, path, &name, err);
	if (r < 0)
		return r;
	struct track_file *const state = &track->states[file];
	if (track->names[name].is_link) {
		track->names[name].file = TRACK_NONE;
		return 0;
	}
	const uint32_t other = state->other;
	if (other != TRACK_NONE && track_named(track, other) == file) {
		/* link() gave it a second name, and one of the two is left. */
		const uint32_t left = other == name ? state->name : other;
		state->other = TRACK_NONE;
		lose_names(track, file);
		if (left == TRACK_NONE || left == name)
			return 0;
		give_name(track, left, file);
		return set_path(track, file, track->names[left].path, err);
	}
	lose_names(track, file);
	track->files[file].is_unlinked = true;
	return 0;
}

/* The files below a folder go with it. */
static int rename_below(struct io_track *track, const char *from, const char *to, struct error *err)
{
	const size_t length = strlen(from);
	for (size_t i = 0; i < track->file_count; i++) {
		const char *const path = track->files[i].path;
		if (track->states[i].name == TRACK_NONE || strncmp(path, from, length) != 0 ||
		    path[length] != '/')
			continue;
		cleanup_str struct str moved = {0};
		str_addf(&moved, "%s%s", to, path + length);
		if (moved.failed)
			return error_memory(err);
		lose_names(track, (uint32_t)i);
		uint32_t name = 0;
		int r = track_name_of(track, moved.text, &name, err);
		if (r == 0)
			r = set_path(track, (uint32_t)i, moved.text, err);
		if (r < 0)
			return r;
		give_name(track, name, (uint32_t)i);
		track->states[i].was_renamed = true;
	}
	return 0;
}

int track_rename(struct io_track *track, const char *from, const char *to, uint32_t file,
                 uint32_t *ret_replaced, struct error *err)
{
	uint32_t old_name = 0;
	uint32_t new_name = 0;
	int r = track_name_of(track, from, &old_name, err);
	if (r == 0)
		r = track_name_of(track, to, &new_name, err);
	if (r < 0)
		return r;
	*ret_replaced = TRACK_NONE;
	if (track->names[old_name].is_link) {
		track->names[old_name].file = TRACK_NONE;
		return track_alias(track, to, file, true, err);
	}
	const uint32_t replaced = track_named(track, new_name);
	if (replaced == file)
		return 0;
	const bool was_there = replaced != TRACK_NONE && track->files[replaced].kind != IO_NO_FILE;
	if (replaced != TRACK_NONE) {
		lose_names(track, replaced);
		track->files[replaced].is_unlinked = true;
		/* The next file of the old name is this one again, so that a file that is replaced
		 * a thousand times is two files to us and not a thousand. */
		track->names[old_name].file = replaced;
		track->names[old_name].life = track->states[replaced].life - 1;
	}
	lose_names(track, file);
	give_name(track, new_name, file);
	r = set_path(track, file, to, err);
	if (r < 0)
		return r;
	track->states[file].was_renamed = true;
	if (was_there)
		*ret_replaced = replaced;
	return is_folder(track, from) ? rename_below(track, from, to, err) : 0;
}

int track_exchange(struct io_track *track, const char *from, const char *to, struct error *err)
{
	uint32_t names[2] = {0};
	int r = track_name_of(track, from, &names[0], err);
	if (r == 0)
		r = track_name_of(track, to, &names[1], err);
	if (r < 0)
		return r;
	const uint32_t files[2] = {track_named(track, names[0]), track_named(track, names[1])};
	for (int i = 0; i < 2; i++) {
		track->names[names[i]].file = TRACK_NONE;
		if (files[i] != TRACK_NONE)
			lose_names(track, files[i]);
	}
	for (int i = 0; i < 2 && r == 0; i++) {
		if (files[i] == TRACK_NONE)
			continue;
		give_name(track, names[1 - i], files[i]);
		track->states[files[i]].was_renamed = true;
		r = set_path(track, files[i], track->names[names[1 - i]].path, err);
	}
	return r;
}

void track_files_release(struct io_track *track)
{
	for (size_t i = 0; i < track->file_count; i++) {
		free(track->files[i].path);
		free(track->files[i].first_path);
	}
	for (size_t i = 0; i < track->name_count; i++)
		free(track->names[i].path);
	free(track->files);
	free(track->states);
	free(track->names);
	index_map_release(&track->by_path);
	index_map_release(&track->folders);
}
