/* SPDX-License-Identifier: MIT */
/*
 * A guest of the watcher that sends any bytes, while edits are told and its queue is emptied now and then. What waits
 * for it is always whole frames that keep the rules, and an export's state comes before its records.
 *
 * The first byte says how many bytes go in at once, and how often the queue is emptied.
 */
#include "../../agent/stream/stream_path.h"
#include "../../agent/stream/stream_read.h"
#include "../../packer/events/hub.h"
#include "../../packer/events/watched.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { RECORDS = 700 };

static FILE *terminal;
static struct stream_record records[RECORDS];
static struct stream_buffer told;

static void must(bool so) {
    if (!so)
        abort();
}

/* The queue's frames, read as a guest would. */
static void drain(struct guest *guest, bool known[STREAM_EXPORTS_MAX]) {
    struct text waiting;

    guest_settle(guest);
    for (waiting = guest_waiting(guest); waiting.len > 0; waiting = guest_waiting(guest)) {
        size_t room, size;
        unsigned char *at = stream_buffer_room(&told, &room);
        struct stream_message message;
        struct text frame;

        size = room < waiting.len ? room : waiting.len;
        memcpy(at, waiting.at, size);
        stream_buffer_filled(&told, size);
        guest_taken(guest, size);
        guest_settle(guest);
        while (stream_buffer_next(&told, &frame) == STREAM_CUT_FRAME) {
            enum stream_fault fault = stream_read(frame, STREAM_WATCHER, &message);

            must(fault == STREAM_FINE || (fault == STREAM_BAD_VERSION && message.kind == STREAM_REFUSAL));
            if (message.kind == STREAM_EXPORT)
                known[message.export] = true;
            must(message.kind != STREAM_RECORDS || known[message.export]);
        }
    }
}

/* Names of every length. */
static void make_records(void) {
    static char names[RECORDS][300];

    for (size_t i = 0; i < RECORDS; i++) {
        int len = snprintf(names[i], sizeof names[i], "%c%zu/%0*zu", (char)('a' + i % 3), i % 5, (int)(1 + i % 250), i);
        records[i] = (struct stream_record){.flags = i % 7 ? 0 : STREAM_IS_GONE, .path = {names[i], (size_t)len}};
    }
}

int LLVMFuzzerInitialize(int *argc, char ***argv) {
    (void)argc;
    (void)argv;
    terminal = freopen("/dev/null", "w", stdout); /* the journal */
    must(terminal != NULL);
    make_records();
    return 0;
}

static void tell(struct guest *guest, uint8_t many) {
    for (size_t i = 0; i < guest->export_count; i++)
        if (guest->exports[i].watched)
            guest_tell(guest, i, records + many, many < 250 ? many / 8 : RECORDS - many);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct journal journal = {true};
    struct place place;
    struct exclude exclude = {2, {text_of("a1"), text_of("*/*1")}};
    struct hub hub = {.places = &place, .place_count = 1, .exclude = &exclude, .journal = &journal};
    struct guest *guest = hub_admit(&hub, -1, 0);
    size_t piece = size ? 1 + data[0] % 64u : 1;
    bool known[STREAM_EXPORTS_MAX] = {0};
    struct hub_end end = {0};

    must(guest && !place_read("/Users=/nowhere at all", &place));
    memset(&told, 0, sizeof told);
    for (size_t at = 1; at < size && !end.word; at += piece) {
        size_t room, len = size - at < piece ? size - at : piece;
        unsigned char *into = stream_buffer_room(&guest->in, &room);

        must(room >= len);
        memcpy(into, data + at, len);
        stream_buffer_filled(&guest->in, len);
        end = hub_hear(&hub, guest, at);
        tell(guest, data[at]);
        if (data[0] < 128 || data[at] % 4 == 0)
            drain(guest, known);
    }
    drain(guest, known);
    hub_dismiss(&hub, guest, (struct hub_end){"ends", "it ends"});
    for (size_t i = 0; i < HUB_FOLDERS; i++)
        must(hub.folders[i] == NULL);
    return 0;
}
