/* SPDX-License-Identifier: MIT */
#include "note.h"

#include "../stream/stream_path.h"

#include <string.h>

void note_write(struct note *note, const struct stream_record *record, int64_t came_us) {
    *note = (struct note){
        .came_us = came_us,
        .inode = record->inode,
        .folder_inode = record->folder_inode,
        .size_bytes = record->size_bytes,
        .mtime_ns = record->mtime_ns,
        .flags = record->flags,
        .mode = record->mode,
    };
    text_copy(record->path, note->path, sizeof note->path);
}

size_t note_bytes(const struct note *note) {
    return NOTE_HEAD_BYTES + strlen(note->path);
}

bool note_read(struct note *note, size_t bytes) {
    if (bytes < NOTE_HEAD_BYTES || bytes >= sizeof *note || note->flags & ~(uint32_t)STREAM_FLAGS)
        return false;
    struct text path = {note->path, bytes - NOTE_HEAD_BYTES};
    note->path[path.len] = '\0';
    return path.len == 0 || stream_path_relative(path);
}
