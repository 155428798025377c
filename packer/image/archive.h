/* SPDX-License-Identifier: MIT */
/*
 * archive: the newc stream inside one segment, read by the kernel's state machine. Pure. It takes
 * bytes in pieces of any size, keeps nothing but the entry at hand, and hands entries to a sink.
 * Source: init/initramfs.c, the actions do_start() to do_reset().
 */
#ifndef PACKER_ARCHIVE_H
#define PACKER_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "newc.h"

/* One entry the kernel acts on. Everything is valid only during the call that hands it over. */
struct archive_entry {
    struct newc_header header;
    uint64_t offset;    /* of the header, in the archive's own (unpacked) bytes */
    const char *name;   /* up to the first NUL, as the kernel sees it */
    const char *target; /* symbolic links only, else NULL */
};

/* Where an archive's contents go. All functions must be set; context is handed to each. */
struct archive_sink {
    void *context;
    /* An entry other than a trailer. Returns true when the kernel would write a regular file's data. */
    bool (*entry)(void *context, const struct archive_entry *entry);
    /* Data of the file whose entry call returned true, in order, size > 0. */
    void (*data)(void *context, const unsigned char *bytes, size_t size);
    /* The end of that data, also when there was none. */
    void (*data_end)(void *context);
    /* A TRAILER!!!: links are not followed across it. */
    void (*trailer)(void *context);
    /* A fault at `offset` in the archive's own bytes. */
    void (*fault)(void *context, enum fault fault, uint64_t offset);
};

enum archive_state {
    ARCHIVE_HEADER, /* collecting a header */
    ARCHIVE_NAME,   /* collecting name (and link target) */
    ARCHIVE_DATA,
    ARCHIVE_SKIP,
    ARCHIVE_RESET, /* between two entries */
    ARCHIVE_STOPPED,
};

/* Set up by archive_start; the fields up to `entries` may be read by the owner. */
struct archive {
    enum archive_state state;
    uint64_t position; /* the next byte to be read, in the archive's own bytes */
    uint64_t entries;  /* handed over, skipped ones and trailers included */
    uint64_t trailers;
    const struct archive_sink *sink;
    uint64_t next_header;
    size_t have;
    size_t need;
    bool split;   /* the header came in more than one piece */
    bool written; /* what sink->entry returned */
    bool summed;  /* 070702 */
    uint32_t sum;
    uint64_t data_left;
    struct archive_entry entry;
    unsigned char header[NEWC_HEADER_BYTES];
    unsigned char text[NEWC_PATH_MAX + 2 + NEWC_PATH_MAX + 1];
};

/* Sets up *archive as at the start of the kernel's run: a header is expected. sink outlives it. */
void archive_start(struct archive *archive, const struct archive_sink *sink);

/* Says at which offset the next byte stands; a new segment starts at 0, a raw one at the file's. */
void archive_seek(struct archive *archive, uint64_t position);

/* Expects a header next. Only when the state is ARCHIVE_RESET or ARCHIVE_HEADER. */
void archive_expect_header(struct archive *archive);

/*
 * Reads up to size bytes, as write_buffer() does: up to the end of the padding behind the entry at
 * hand, or of the bytes. Returns how many were read. After a stopping fault it returns at once.
 */
size_t archive_feed(struct archive *archive, const unsigned char *bytes, size_t size);

/* How many bytes the entry at hand still lacks; 0 between entries. */
uint64_t archive_missing(const struct archive *archive);

#endif
