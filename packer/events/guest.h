/* SPDX-License-Identifier: MIT */
/*
 * guest: the watcher's knowledge of one guest, and the frames that wait for it. It touches no socket.
 *
 * The queue of frames is bounded. Messages that must arrive (states, heard, pong) are noted and written when the queue
 * has room. Records that find no room are dropped, and one record for the whole export is noted instead.
 */
#ifndef PACKER_EVENTS_GUEST_H
#define PACKER_EVENTS_GUEST_H

#include "../../agent/stream/stream_frame.h"
#include "../../agent/stream/exclude.h"

#define GUEST_QUEUE_BYTES (256u << 10)
#define GUEST_ONE_BY_ONE 500u /* more records are announced first by the folder that holds them all */

struct guest_export {
    char name[STREAM_EXPORT_BYTES + 1];
    struct watched *watched; /* NULL: not served; the hub owns it */
    struct exclude exclude;
    unsigned char *folders; /* the frame that named them, or NULL; owned */
    struct text folder_items;
    uint32_t list;
    unsigned moment; /* of `watched`, as last reported */
    bool owes_state;
    bool owes_heard;
    bool owes_all; /* records were dropped */
};

struct guest {
    unsigned number; /* in the journal */
    int fd;
    bool is_greeted;
    bool was_refused; /* because of its version */
    bool owes_welcome;
    bool owes_refusal;
    bool owes_pong;
    uint64_t token;
    uint64_t heard_ns; /* when bytes last came from it */
    uint64_t moved_ns; /* when it last took bytes, or none waited */
    uint64_t told;     /* records sent */
    uint64_t overflows;
    size_t export_count;
    struct guest_export exports[STREAM_EXPORTS_MAX];
    struct stream_buffer in;
    size_t begin; /* of the waiting frames in queue */
    size_t end;
    unsigned char queue[GUEST_QUEUE_BYTES];
};

/* Whether the guest wants records of `path`, or with `is_below` of anything below it. */
bool guest_wants(const struct guest_export *export, struct text path, bool is_below);

/* Replaces the list of excluded folders that the guest still wants. False: no memory. */
bool guest_name_folders(struct guest *guest, const struct stream_message *message);

/* Queues one gathering's records for the export at `index`. */
void guest_tell(struct guest *guest, size_t index, const struct stream_record *records, size_t count);

/* Queues the messages that are owed, as far as there is room. */
void guest_settle(struct guest *guest);

/* The bytes to send, and a note that `size` of them were sent. */
struct text guest_waiting(const struct guest *guest);
void guest_taken(struct guest *guest, size_t size);

#endif
