/* SPDX-License-Identifier: MIT */
#include "guest.h"

#include "../../agent/stream/stream_path.h"
#include "../../agent/stream/stream_read.h"
#include "../../agent/stream/stream_write.h"
#include "watched.h"

#include <stdlib.h>
#include <string.h>

bool guest_wants(const struct guest_export *export, struct text path, bool is_below) {
    struct text items = export->folder_items, folder;

    if (!exclude_is(&export->exclude, path))
        return true;
    while (stream_next_path(&items, &folder))
        if (text_is_below(path, folder) || (is_below && text_is_below(folder, path)))
            return true;
    return false;
}

bool guest_name_folders(struct guest *guest, const struct stream_message *message) {
    struct guest_export *export = &guest->exports[message->export];
    unsigned char *copy = NULL;

    if (message->items.len > 0) {
        copy = malloc(message->items.len);
        if (!copy)
            return false;
        memcpy(copy, message->items.at, message->items.len);
    }
    free(export->folders);
    export->folders = copy;
    export->folder_items = (struct text){(char *)copy, message->items.len};
    export->list = message->list;
    export->owes_heard = true;
    return true;
}

/* ---------------------------------------------------------------------------------------------------- frames */

struct text guest_waiting(const struct guest *guest) {
    return (struct text){(const char *)guest->queue + guest->begin, guest->end - guest->begin};
}

void guest_taken(struct guest *guest, size_t size) {
    guest->begin += size;
    if (guest->begin == guest->end)
        guest->begin = guest->end = 0;
}

/* Moves the waiting bytes to the front of the queue, and returns the free space behind them. */
static struct stream_out open_queue(struct guest *guest) {
    struct stream_out out = stream_out(guest->queue, sizeof guest->queue);

    memmove(guest->queue, guest->queue + guest->begin, guest->end - guest->begin);
    guest->end -= guest->begin;
    guest->begin = 0;
    out.len = guest->end;
    return out;
}

static bool put(struct guest *guest, const struct stream_message *message) {
    struct stream_out out = open_queue(guest);
    bool done = stream_put(&out, message);

    guest->end = out.len;
    return done;
}

static bool put_state(struct guest *guest, uint8_t index) {
    struct guest_export *export = &guest->exports[index];
    const struct watched *watched = export->watched;
    enum stream_state state = watched ? watched->state : STREAM_UNKNOWN;
    struct stream_out out = open_queue(guest);
    size_t count = watched ? export->exclude.count : 0, i = 0;

    if (!stream_begin(&out, &(struct stream_message){.kind = STREAM_EXPORT,
                                                     .export = index,
                                                     .state = state,
                                                     .inode = state == STREAM_WATCHED ? watched->inode : 0}))
        return false;
    while (i < count && stream_put_path(&out, export->exclude.patterns[i]))
        i++;
    if (i < count)
        return false;
    stream_end(&out);
    guest->end = out.len;
    export->moment = watched ? watched->moment : 0;
    return true;
}

/* Queues one record for everything below the export, instead of the dropped ones. Waits until half of the queue is
 * free.
 */
static bool put_all(struct guest *guest, uint8_t index) {
    struct stream_out out = open_queue(guest);

    if (out.len > sizeof guest->queue / 2)
        return false;
    if (!stream_begin(&out, &(struct stream_message){.kind = STREAM_RECORDS, .export = index}) ||
        !stream_put_record(&out, &(struct stream_record){.flags = STREAM_IS_BELOW, .path = text_of("")}))
        return false;
    stream_end(&out);
    guest->end = out.len;
    guest->told++;
    return true;
}

/* After a state the guest forgets what it knew, so records that were dropped before no longer matter. */
static void settle_export(struct guest *guest, uint8_t index) {
    struct guest_export *export = &guest->exports[index];
    struct stream_message heard = {.kind = STREAM_HEARD, .export = index, .list = export->list};

    if (export->owes_state && put_state(guest, index))
        export->owes_state = export->owes_all = false;
    if (export->owes_state)
        return;
    if (export->owes_heard)
        export->owes_heard = !put(guest, &heard);
    if (export->owes_all)
        export->owes_all = !put_all(guest, index);
}

void guest_settle(struct guest *guest) {
    struct stream_message welcome = {.kind = STREAM_WELCOME, .version = STREAM_VERSION};
    struct stream_message pong = {.kind = STREAM_PONG, .token = guest->token};
    struct stream_message refusal = {.kind = STREAM_REFUSAL, .oldest = STREAM_VERSION, .version = STREAM_VERSION};

    if (guest->owes_refusal)
        guest->owes_refusal = !put(guest, &refusal);
    if (guest->owes_welcome)
        guest->owes_welcome = !put(guest, &welcome);
    if (guest->owes_refusal || guest->owes_welcome)
        return;
    for (size_t i = 0; i < guest->export_count; i++)
        settle_export(guest, (uint8_t)i);
    if (guest->owes_pong)
        guest->owes_pong = !put(guest, &pong);
}

/* --------------------------------------------------------------------------------------------------- records */

/* Adds a record to the open frame, or to a new one if that is full. */
static bool put_record(struct stream_out *out, size_t index, struct stream_record record, uint16_t flags) {
    struct stream_message message = {.kind = STREAM_RECORDS, .export = (uint8_t)index};

    record.flags |= flags;
    if (stream_put_record(out, &record))
        return true;
    stream_end(out);
    return stream_begin(out, &message) && stream_put_record(out, &record);
}

/* Returns the number of records that the guest wants. Sets *common to the deepest folder that contains them. */
static size_t survey(const struct guest_export *export, const struct stream_record *records, size_t count,
                     struct text *common) {
    size_t wanted = 0;

    for (size_t i = 0; i < count; i++) {
        if (!guest_wants(export, records[i].path, records[i].flags & STREAM_IS_BELOW))
            continue;
        if (wanted++ == 0)
            *common = stream_path_folder(records[i].path);
        else
            *common = stream_path_common(*common, records[i].path);
    }
    return wanted;
}

static bool put_records(struct stream_out *out, const struct guest_export *export, size_t index,
                        const struct stream_record *records, size_t count, uint16_t flags) {
    for (size_t i = 0; i < count; i++)
        if (guest_wants(export, records[i].path, records[i].flags & STREAM_IS_BELOW) &&
            !put_record(out, index, records[i], flags))
            return false;
    return true;
}

void guest_tell(struct guest *guest, size_t index, const struct stream_record *records, size_t count) {
    struct guest_export *export = &guest->exports[index];
    struct stream_record listed = {.flags = STREAM_IS_BELOW | STREAM_IS_LISTED};
    struct stream_out out = open_queue(guest);
    size_t wanted = survey(export, records, count, &listed.path);
    bool many = wanted > GUEST_ONE_BY_ONE, whole;

    if (wanted == 0 || export->owes_state || export->owes_all)
        return;
    whole = stream_begin(&out, &(struct stream_message){.kind = STREAM_RECORDS, .export = (uint8_t)index});
    if (whole) {
        whole = (!many || stream_put_record(&out, &listed)) &&
                put_records(&out, export, index, records, count, many ? STREAM_IS_LISTED : 0);
        stream_end(&out);
        guest->end = out.len;
    }
    guest->told += wanted;
    export->owes_all = !whole;
    guest->overflows += !whole;
}
