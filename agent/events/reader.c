/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "reader.h"

#include "../system/clock.h"
#include "../stream/exclude.h"
#include "../stream/stream_frame.h"
#include "../stream/stream_read.h"
#include "../stream/stream_write.h"
#include "note.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>

#define US_PER_MS 1000

/* The reader's state; each process has one. */
static struct {
    const struct reader *reader;
    struct stream_buffer in;
    char out[STREAM_FRAME_BYTES];
    size_t out_bytes;
    struct text records;                /* of the current frame, for which the actor has no room yet */
    bool blocked;                       /* the actor's socket is full, */
    bool is_alone;                      /* or the actor has ended: the daemon gets the reason, and ends this process */
    struct exclude excluded;            /* what the watcher ignores, */
    char patterns[STREAM_FRAME_BYTES];  /* in this memory */
    char folders[READER_FOLDERS_BYTES]; /* the daemon's last packet */
    size_t folders_bytes;
    char named[READER_FOLDERS_BYTES]; /* the folders of the last list that the watcher got */
    size_t named_bytes;
    uint32_t list; /* that list's number; 0: none yet */
    int64_t sent_us;
    int64_t heard_us;
    const char *end; /* the reason for the end; NULL: it goes on */
    bool is_refused; /* the watcher refused, and `end` is its reason */
} r;

bool reader_word_check(struct reader_word *word, size_t bytes) {
    if (bytes != sizeof *word || word->kind >= READER_KINDS)
        return false;
    word->text[sizeof word->text - 1] = '\0';
    return true;
}

static void say(enum reader_kind kind, const char *text) {
    struct reader_word word = {.kind = kind};
    struct text_out out = text_out(word.text, sizeof word.text);

    text_put(&out, text);
    send(r.reader->daemon, &word, sizeof word, MSG_NOSIGNAL);
}

static struct stream_out room(void) {
    return stream_out(r.out + r.out_bytes, sizeof r.out - r.out_bytes);
}

static void put(const struct stream_message *message) {
    struct stream_out out = room();

    if (!stream_put(&out, message))
        r.end = "it stopped reading";
    r.out_bytes += out.len;
}

static void greet(void) {
    struct stream_out out = room();

    stream_begin(&out, &(struct stream_message){.kind = STREAM_HELLO, .version = STREAM_VERSION});
    stream_put_path(&out, text_of(r.reader->export));
    stream_end(&out);
    r.out_bytes += out.len;
}

/* Copies the daemon's folders that the watcher ignores to `named`, and returns their length in bytes. */
static size_t choose_folders(char named[READER_FOLDERS_BYTES]) {
    struct text rest = {r.folders, r.folders_bytes};
    size_t used = 0, count = 0;

    while (rest.len > 0 && count < STREAM_FOLDERS_MAX) {
        struct text folder = text_cut(&rest, '\0');
        if (folder.len == 0 || !exclude_is(&r.excluded, folder) || used + folder.len + 1 > READER_FOLDERS_BYTES)
            continue;
        memcpy(named + used, folder.at, folder.len);
        used += folder.len;
        named[used++] = '\0';
        count++;
    }
    return used;
}

/* Sends the list of these folders, unless the watcher has the same one. */
static void name_folders(void) {
    static char named[READER_FOLDERS_BYTES];
    size_t bytes = choose_folders(named);
    struct text rest = {r.named, bytes};
    struct stream_out out = room();

    if (bytes == r.named_bytes && memcmp(named, r.named, bytes) == 0)
        return;
    memcpy(r.named, named, bytes);
    r.named_bytes = bytes;
    bool fits = stream_begin(&out, &(struct stream_message){.kind = STREAM_FOLDERS, .list = ++r.list});
    while (fits && rest.len > 0)
        fits = stream_put_path(&out, text_cut(&rest, '\0'));
    if (!fits) {
        r.end = "it stopped reading";
        return;
    }
    stream_end(&out);
    r.out_bytes += out.len;
}

static void take_folders(void) {
    ssize_t n = recv(r.reader->daemon, r.folders, sizeof r.folders, MSG_DONTWAIT);

    if (n == 0)
        r.end = "the daemon has ended";
    if (n <= 0)
        return;
    r.folders[n - 1] = '\0'; /* ends the last name in any case */
    r.folders_bytes = (size_t)n;
    name_folders();
}

/* Passes records to the actor until its socket is full. */
static void pass_records(void) {
    static struct note note;
    struct stream_record record;
    struct text rest = r.records;

    r.blocked = false;
    while (stream_next_record(&rest, &record)) {
        note_write(&note, &record, clock_us());
        if (send(r.reader->notes, &note, note_bytes(&note), MSG_NOSIGNAL | MSG_DONTWAIT) < 0) {
            r.blocked = true;
            r.is_alone = errno != EAGAIN;
            return;
        }
        r.records = rest;
    }
    r.records = rest;
}

static void take_patterns(struct text items) {
    struct text rest = {r.patterns, items.len};

    memcpy(r.patterns, items.at, items.len); /* one frame's items fit */
    r.excluded.count = 0;
    while (r.excluded.count < STREAM_PATTERNS_MAX && stream_next_path(&rest, &r.excluded.patterns[r.excluded.count]))
        r.excluded.count++;
}

static void refuse(const char *why) {
    r.end = why;
    r.is_refused = true;
}

static void take_export(const struct stream_message *message) {
    static const char *const ends[STREAM_STATES] = {
        [STREAM_MISSING] = "the folder is missing on the Mac",
        [STREAM_UNKNOWN] = "it does not watch this export",
        [STREAM_FAILED] = "it cannot watch this export",
    };

    if (message->state != STREAM_WATCHED) {
        refuse(ends[message->state]);
        return;
    }
    take_patterns(message->items);
    name_folders();
    say(READER_WATCHED, "");
}

static void take(const struct stream_message *message) {
    if (message->kind == STREAM_EXPORT)
        take_export(message);
    else if (message->kind == STREAM_RECORDS)
        r.records = message->items;
    else if (message->kind == STREAM_HEARD && message->list == r.list)
        say(READER_HEARD, "");
    else if (message->kind == STREAM_REFUSAL)
        refuse("it speaks another version of the protocol: install the same release on the Mac and in the image");
}

/* Takes the complete frames. After one with records, it waits until the actor has them all. */
static void take_frames(void) {
    struct stream_message message;
    struct text frame;

    while (!r.end && r.records.len == 0) {
        enum stream_cut cut = stream_buffer_next(&r.in, &frame);
        if (cut == STREAM_CUT_MORE)
            return;
        enum stream_fault fault =
            cut == STREAM_CUT_BAD ? STREAM_BAD_LENGTH : stream_read(frame, STREAM_WATCHER, &message);
        if (fault == STREAM_FINE && message.export != 0) /* the hello named one */
            fault = STREAM_BAD_EXPORT;
        if (fault != STREAM_FINE) {
            r.end = stream_fault_text(fault);
            return;
        }
        take(&message);
        pass_records();
    }
}

static void receive(void) {
    size_t size;
    unsigned char *at = stream_buffer_room(&r.in, &size);
    ssize_t n = recv(r.reader->stream, at, size, MSG_DONTWAIT);

    if (n == 0)
        r.end = "it hung up";
    else if (n < 0 && errno != EAGAIN)
        r.end = strerror(errno);
    if (n <= 0)
        return;
    r.heard_us = clock_us();
    stream_buffer_filled(&r.in, (size_t)n);
    take_frames();
}

static void transmit(void) {
    ssize_t n = send(r.reader->stream, r.out, r.out_bytes, MSG_NOSIGNAL | MSG_DONTWAIT);

    if (n < 0 && errno != EAGAIN)
        r.end = strerror(errno);
    if (n <= 0)
        return;
    r.sent_us = clock_us();
    memmove(r.out, r.out + n, r.out_bytes - (size_t)n);
    r.out_bytes -= (size_t)n;
}

/* While the actor is behind, the reader does not read, and the watcher does not count as silent. */
static void keep_time(void) {
    int64_t now_us = clock_us();

    if (r.blocked)
        r.heard_us = now_us;
    if (now_us - r.heard_us >= STREAM_SILENCE_MS * US_PER_MS)
        r.end = "it has been silent for 10 s";
    if (now_us - r.sent_us >= STREAM_PING_MS * US_PER_MS && r.out_bytes == 0)
        put(&(struct stream_message){.kind = STREAM_PING});
}

void reader_run(const struct reader *reader) {
    r.reader = reader;
    r.sent_us = r.heard_us = clock_us();
    greet();
    while (!r.end) {
        struct pollfd fds[] = {
            {.fd = r.blocked && r.out_bytes == 0 ? -1 : reader->stream, /* poll(2) would report a hang-up endlessly */
             .events = (short)((r.blocked ? 0 : POLLIN) | (r.out_bytes > 0 ? POLLOUT : 0))},
            {.fd = r.is_alone ? -1 : reader->notes, .events = r.blocked ? POLLOUT : 0},
            {.fd = reader->daemon, .events = POLLIN},
        };
        if (poll(fds, 3, (int)STREAM_PING_MS) < 0 && errno != EINTR)
            break;
        if (fds[0].revents & POLLOUT)
            transmit();
        if (fds[0].revents & (POLLIN | POLLHUP | POLLERR) && !r.blocked && !r.end)
            receive();
        if (fds[1].revents & (POLLHUP | POLLERR))
            r.is_alone = r.blocked = true;
        else if (fds[1].revents && !r.end) {
            pass_records();
            take_frames();
        }
        if (fds[2].revents && !r.end)
            take_folders();
        if (!r.end)
            keep_time();
    }
    say(r.is_refused ? READER_REFUSED : READER_ENDED, r.end ? r.end : "poll(2) failed");
}
