/* SPDX-License-Identifier: MIT */
/*
 * reader: speaks with the watcher on the Mac and passes its records on as notes. Edge, in a jailed child: it alone
 * reads the stream's bytes, and it can only read, write and wait.
 *
 * It keeps one frame. While the actor is behind, the reader stops reading, and the watcher's queue grows. The overflow
 * of that queue is a record of its own (docs/events.md).
 */
#ifndef USERMOUNT_EVENTS_READER_H
#define USERMOUNT_EVENTS_READER_H

#include "../common/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reader_kind {
    READER_WATCHED, /* the watcher reports every edit from now on */
    READER_HEARD,   /* also in the folders that were named last */
    READER_ENDED,   /* the stream has ended; `text` says why */
    READER_REFUSED, /* the same, after a refusal by the watcher */
    READER_KINDS
};

/* One packet to the daemon. */
struct reader_word {
    uint32_t kind;
    char text[156];
};

/* Checks a packet of `bytes` bytes and ends its text. */
bool reader_word_check(struct reader_word *word, size_t bytes);

/* The longest packet from the daemon: the bound folders, relative to the export, each with a NUL. */
#define READER_FOLDERS_BYTES 16384u

struct reader {
    int stream; /* connected, non-blocking */
    int notes;  /* to the actor */
    int daemon; /* words out, folders in */
    const char *export;
};

/* Runs until the stream ends; the last word says why. */
void reader_run(const struct reader *reader);

#endif
