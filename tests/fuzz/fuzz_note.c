/* SPDX-License-Identifier: MIT */
/*
 * A packet to the actor from any bytes, as a reader that was taken over might send it. What is accepted has a path that
 * stays below the mount, and is as long as the packet says.
 */
#include "../../agent/events/note.h"

#include "../../agent/stream/stream_path.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool so) {
    if (!so)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct note note;
    size_t room = sizeof note + 1; /* a packet that is one byte too long must not be cut into a good one */

    memset(&note, 0x5a, sizeof note); /* an earlier note's */
    memcpy(&note, data, size < sizeof note ? size : sizeof note);
    if (!note_read(&note, size < room ? size : room))
        return 0;
    must(size >= NOTE_HEAD_BYTES && size < sizeof note);
    must(note_bytes(&note) == size);
    must((note.flags & ~(uint32_t)STREAM_FLAGS) == 0);
    must(note.path[0] == '\0' || stream_path_relative(text_of(note.path)));
    return 0;
}
