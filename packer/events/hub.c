/* SPDX-License-Identifier: MIT */
#include "hub.h"

#include "../../agent/stream/stream_read.h"
#include "watched.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MS_NS UINT64_C(1000000)

static const struct hub_end stays = {0};

/* -------------------------------------------------------------------------------------------------- folders */

/* Whether any guest wants to be told of `path` in the folder, or of anything below it. */
static bool is_wanted(void *context, const struct watched *watched, struct text path, bool is_below) {
    const struct hub *hub = context;

    for (size_t g = 0; g < HUB_GUESTS; g++)
        for (size_t i = 0; hub->guests[g] && i < hub->guests[g]->export_count; i++) {
            const struct guest_export *export = &hub->guests[g]->exports[i];

            if (export->watched == watched && guest_wants(export, path, is_below))
                return true;
        }
    return false;
}

/* Returns the folder with that name, and watches it if it is new. NULL: there are too many folders, or no memory. */
static struct watched *get_folder(struct hub *hub, const char *name) {
    struct watched **room = NULL;

    for (size_t i = 0; i < HUB_FOLDERS; i++)
        if (!hub->folders[i])
            room = room ? room : &hub->folders[i];
        else if (strcmp(hub->folders[i]->asked, name) == 0)
            return hub->folders[i];
    if (!room)
        return NULL;
    *room = watched_new(name);
    if (*room) {
        (*room)->wanted = is_wanted;
        (*room)->context = hub;
        watched_check(*room);
        journal_state(hub->journal, *room);
    }
    return *room;
}

static void put_folder(struct hub *hub, struct watched *watched) {
    if (!watched || --watched->users > 0)
        return;
    for (size_t i = 0; i < HUB_FOLDERS; i++)
        if (hub->folders[i] == watched)
            hub->folders[i] = NULL;
    watched_free(watched);
}

void hub_check(struct hub *hub, bool all) {
    for (size_t f = 0; f < HUB_FOLDERS; f++) {
        struct watched *watched = hub->folders[f];

        if (!watched || (!all && !watched->is_doubtful) || !watched_check(watched))
            continue;
        journal_state(hub->journal, watched);
        for (size_t g = 0; g < HUB_GUESTS; g++)
            for (size_t i = 0; hub->guests[g] && i < hub->guests[g]->export_count; i++)
                if (hub->guests[g]->exports[i].watched == watched)
                    hub->guests[g]->exports[i].owes_state = true;
    }
}

void hub_tell(struct hub *hub, uint64_t now_ns) {
    for (size_t f = 0; f < HUB_FOLDERS; f++) {
        struct watched *watched = hub->folders[f];
        const struct stream_record *records;
        size_t count;

        if (!watched || watched->due_ns == 0 || watched->due_ns > now_ns)
            continue;
        count = watched_take(watched, &records);
        for (size_t g = 0; g < HUB_GUESTS; g++)
            for (size_t i = 0; hub->guests[g] && i < hub->guests[g]->export_count; i++)
                if (hub->guests[g]->exports[i].watched == watched)
                    guest_tell(hub->guests[g], i, records, count);
    }
}

/* --------------------------------------------------------------------------------------------------- guests */

struct guest *hub_admit(struct hub *hub, int fd, uint64_t now_ns) {
    for (size_t i = 0; i < HUB_GUESTS; i++) {
        struct guest *guest;

        if (hub->guests[i])
            continue;
        guest = calloc(1, sizeof *guest);
        if (!guest)
            return NULL;
        guest->number = ++hub->guest_number;
        guest->fd = fd;
        guest->heard_ns = guest->moved_ns = now_ns;
        hub->guests[i] = guest;
        return guest;
    }
    return NULL;
}

void hub_dismiss(struct hub *hub, struct guest *guest, struct hub_end end) {
    journal_gone(hub->journal, guest, end.word, end.why);
    for (size_t i = 0; i < guest->export_count; i++) {
        put_folder(hub, guest->exports[i].watched);
        free(guest->exports[i].folders);
    }
    for (size_t i = 0; i < HUB_GUESTS; i++)
        if (hub->guests[i] == guest)
            hub->guests[i] = NULL;
    free(guest);
}

void hub_close(struct hub *hub, struct hub_end end) {
    for (size_t i = 0; i < HUB_GUESTS; i++)
        if (hub->guests[i]) {
            int fd = hub->guests[i]->fd;

            hub_dismiss(hub, hub->guests[i], end);
            close(fd);
        }
}

/* Finds the folder of an export, and the patterns that apply below it. */
static void open_export(struct hub *hub, struct guest_export *export) {
    char folder[2 * STREAM_PATH_BYTES];
    struct text_out out = text_out(folder, sizeof folder);
    struct text below;
    const struct place *place = place_find(hub->places, hub->place_count, text_of(export->name), &below);

    export->owes_state = true;
    if (!place)
        return;
    text_put_text(&out, place->folder);
    if (below.len > 0)
        text_put_char(&out, '/');
    text_put_text(&out, below);
    if (out.cut)
        return;
    if (hub->exclude_root.len > 0)
        place_inside(hub->exclude_root, text_of(export->name), &below);
    export->exclude = exclude_below(hub->exclude, below);
    export->watched = get_folder(hub, folder);
    if (export->watched) {
        export->watched->users++;
        watched_forget(export->watched);
    }
}

static struct hub_end greet(struct hub *hub, struct guest *guest, struct stream_message *message) {
    struct text path;

    if (guest->is_greeted)
        return (struct hub_end){"protocol", "it said hello twice"};
    if (message->version != STREAM_VERSION) {
        if (!guest->was_refused)
            journal_refused(hub->journal, message->version);
        guest->was_refused = guest->owes_refusal = true;
        return stays;
    }
    guest->is_greeted = guest->owes_welcome = true;
    while (stream_next_path(&message->items, &path)) {
        struct guest_export *export = &guest->exports[guest->export_count];

        text_copy(path, export->name, sizeof export->name);
        open_export(hub, export);
        guest->export_count++; /* last: is_wanted() reads the exports up to it */
    }
    journal_greeted(hub->journal, guest);
    return stays;
}

static struct hub_end answer(struct hub *hub, struct guest *guest, struct stream_message *message) {
    if (message->kind == STREAM_HELLO)
        return greet(hub, guest, message);
    if (!guest->is_greeted)
        return (struct hub_end){"protocol", "it did not say hello"};
    if (message->kind == STREAM_PING) {
        guest->token = message->token;
        guest->owes_pong = true;
    } else if (message->export >= guest->export_count) {
        return (struct hub_end){"protocol", stream_fault_text(STREAM_BAD_EXPORT)};
    } else if (!guest_name_folders(guest, message)) {
        return (struct hub_end){"memory", "no memory is left for its folders"};
    }
    return stays;
}

struct hub_end hub_hear(struct hub *hub, struct guest *guest, uint64_t now_ns) {
    struct hub_end end = stays;
    enum stream_cut cut = STREAM_CUT_MORE;
    struct stream_message message;
    struct text frame;

    while (!end.word && (cut = stream_buffer_next(&guest->in, &frame)) == STREAM_CUT_FRAME) {
        enum stream_fault fault = stream_read(frame, STREAM_GUEST, &message);

        /* Only a complete frame is a sign of life. A second hello with a wrong version is none. */
        if (!guest->was_refused || guest->is_greeted)
            guest->heard_ns = now_ns;
        end = fault == STREAM_FINE ? answer(hub, guest, &message)
                                   : (struct hub_end){"protocol", stream_fault_text(fault)};
    }
    if (cut == STREAM_CUT_BAD)
        end = (struct hub_end){"protocol", stream_fault_text(STREAM_BAD_LENGTH)};
    return end;
}

struct hub_end hub_judge(const struct guest *guest, uint64_t now_ns) {
    if (now_ns - guest->heard_ns >= STREAM_SILENCE_MS * MS_NS)
        return (struct hub_end){"silent", "it was silent for 10 s"};
    if (guest->end > guest->begin && now_ns - guest->moved_ns >= STREAM_SILENCE_MS * MS_NS)
        return (struct hub_end){"deaf", "it took nothing for 10 s"};
    return stays;
}
