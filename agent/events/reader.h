/* SPDX-License-Identifier: MIT */
/*
 * reader: speaks with the watcher on the Mac and hands its records on as notes. Edge, in a jailed child: it is the one
 * that reads the stream's bytes, and it can do nothing but read, write and wait.
 *
 * It keeps one frame. While the actor is behind, it stops reading; the watcher's queue is the one that grows, and its
 * overflow is a record of its own (docs/events.md).
 */
#ifndef USERMOUNT_EVENTS_READER_H
#define USERMOUNT_EVENTS_READER_H

#include "../common/text.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum reader_kind {
    READER_WATCHED, /* every edit from now on is told */
    READER_HEARD,   /* also of the folders that were named last */
    READER_ENDED,   /* the stream is over; `text` says why */
    READER_KINDS
};

/* What the daemon hears: one packet. */
struct reader_word {
    uint32_t kind;
    char text[156];
};

/* False: not such a packet. Ends its text. */
bool reader_word_check(struct reader_word *word, size_t bytes);

/* The most that the daemon sends in one packet: the folders to be told of, relative to the export, each with a NUL. */
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
