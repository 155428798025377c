/* SPDX-License-Identifier: MIT */
/*
 * archive: reads a newc stream with the kernel's state machine, and passes the entries to a sink. Pure. It accepts
 * pieces of any size and keeps only the current entry. Source: init/initramfs.c, do_start() to do_reset().
 */
#ifndef PACKER_ARCHIVE_H
#define PACKER_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fault.h"
#include "newc.h"

/* One entry that the kernel would create. All of it is valid only during the call. */
struct archive_entry {
    struct newc_header header;
    uint64_t offset;    /* of the header, in the unpacked archive */
    const char *name;   /* the kernel reads it up to the first NUL */
    const char *target; /* of a symbolic link, else NULL */
};

/* Receives the contents of an archive. All functions must be set, and each gets `context`. */
struct archive_sink {
    void *context;
    /* An entry other than a trailer. Returns true if the kernel would write the data of this regular file. */
    bool (*entry)(void *context, const struct archive_entry *entry);
    /* The next data of that file; size > 0. */
    void (*data)(void *context, const unsigned char *bytes, size_t size);
    /* The end of the data. Called also if the file has none. */
    void (*data_end)(void *context);
    /* A TRAILER!!!: the kernel forgets the inode numbers of hard links. */
    void (*trailer)(void *context);
};

/* Receives a fault at `offset` in the unpacked archive. */
typedef void archive_fault(void *context, enum fault fault, uint64_t offset);

enum archive_state {
    ARCHIVE_HEADER, /* collects a header */
    ARCHIVE_NAME,   /* collects a name, and the target of a symbolic link */
    ARCHIVE_DATA,
    ARCHIVE_SKIP,
    ARCHIVE_RESET, /* is between two entries */
    ARCHIVE_STOPPED,
};

/* archive_start sets it up. The owner may read the fields up to `next_header`. */
struct archive {
    enum archive_state state;
    uint64_t position; /* of the next byte, in the unpacked archive */
    uint64_t entries;  /* so far, with skipped ones and trailers */
    uint64_t trailers;
    const struct archive_sink *sink;
    archive_fault *fault;
    void *fault_context;
    uint64_t next_header; /* its offset */
    size_t have;          /* bytes of the header or the name that are collected */
    size_t need;          /* bytes that it has */
    bool split;           /* the header came in more than one piece */
    bool written;         /* the return value of sink->entry */
    bool summed;          /* the format is 070702 */
    uint32_t sum;
    uint64_t data_left;
    struct archive_entry entry;
    unsigned char header[NEWC_HEADER_BYTES];
    unsigned char text[NEWC_PATH_MAX + 2 + NEWC_PATH_MAX + 1];
};

/* Sets up *archive to expect a header at position 0. sink must outlive it. `fault` gets `context`. */
void archive_start(struct archive *archive, const struct archive_sink *sink, archive_fault *fault, void *context);

/* Sets the position of the next byte: 0 for a compressed segment, the offset in the image for a raw one. */
void archive_seek(struct archive *archive, uint64_t position);

/* Expects a header next. The state must be ARCHIVE_RESET or ARCHIVE_HEADER. */
void archive_expect_header(struct archive *archive);

/*
 * Reads up to the end of the bytes, or up to the end of the padding behind the current entry. Returns the number of
 * bytes read, 0 after a stopping fault. Source: write_buffer().
 */
size_t archive_feed(struct archive *archive, const unsigned char *bytes, size_t size);

/* Returns the number of bytes that the current entry still lacks, with its padding; 0 between entries. */
uint64_t archive_missing(const struct archive *archive);

#endif
