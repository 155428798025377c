/* SPDX-License-Identifier: MIT */
/*
 * guest: what the watcher knows of one guest, and the frames that wait for it. It touches no socket.
 *
 * The frames have a bounded memory. What must be said (states, heard, pong) is noted and written when there is room;
 * records that have none are lost, and "all that lies below the export" is noted in their place.
 */
#ifndef PACKER_EVENTS_GUEST_H
#define PACKER_EVENTS_GUEST_H

#include "../../agent/stream/stream_frame.h"
#include "exclude.h"

#define GUEST_QUEUE_BYTES (256u << 10)
#define GUEST_ONE_BY_ONE 500u /* more records than these are announced by their common folder first */

struct guest_export {
    char name[STREAM_EXPORT_BYTES + 1];
    struct watched *watched; /* NULL: it is not served; not ours */
    struct exclude exclude;
    unsigned char *folders; /* the frame that named them, or NULL; ours */
    struct text folder_items;
    uint32_t list;
    unsigned moment; /* of watched, which was told last */
    bool owes_state;
    bool owes_heard;
    bool owes_all; /* records were lost */
};

struct guest {
    unsigned number; /* for the journal */
    int fd;
    bool is_greeted;
    bool was_refused; /* for its version */
    bool owes_welcome;
    bool owes_refusal;
    bool owes_pong;
    uint64_t token;
    uint64_t heard_ns; /* when it last sent something */
    uint64_t moved_ns; /* when it last took something, or there was nothing for it */
    uint64_t told;     /* records */
    uint64_t overflows;
    size_t export_count;
    struct guest_export exports[STREAM_EXPORTS_MAX];
    struct stream_buffer in;
    size_t begin; /* of the frames that wait, in queue */
    size_t end;
    unsigned char queue[GUEST_QUEUE_BYTES];
};

/* Whether the export's guest wants to be told of `path`; `is_below`: or of anything below it. */
bool guest_wants(const struct guest_export *export, struct text path, bool is_below);

/* The folders that a guest wants although they are excluded, in place of the earlier list. False: no memory. */
bool guest_name_folders(struct guest *guest, const struct stream_message *message);

/* Records of one gathering for the export with that index. */
void guest_tell(struct guest *guest, size_t index, const struct stream_record *records, size_t count);

/* Writes what is owed, as far as there is room. */
void guest_settle(struct guest *guest);

/* The bytes that wait, and that `size` of them were taken. */
struct text guest_waiting(const struct guest *guest);
void guest_taken(struct guest *guest, size_t size);

#endif
