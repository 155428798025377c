/* SPDX-License-Identifier: MIT */
/*
 * marked: our lines in somebody else's file, between two marker lines. Pure.
 *
 *     # usermount-pack: begin 1c2f93aa
 *     ...
 *     # usermount-pack: end
 *
 * The number is the CRC-32 of what is between: a block that was changed by hand is seen, and is nobody's to overwrite.
 * Words may follow it, for the way back: "new-file" (there was no file), "no-newline" (the last line had no end),
 * "backup-1" (the old file was kept, under the first of the names for it).
 */
#ifndef PACKER_DOCTOR_MARKED_H
#define PACKER_DOCTOR_MARKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum block_answer {
    BLOCK_ABSENT,
    BLOCK_FOUND,
    BLOCK_CHANGED,   /* by hand: what is between the markers is not what was written */
    BLOCK_BROKEN,    /* a marker without its other, or a second block */
    BLOCK_SWALLOWED, /* the line before it ends in a backslash, so that the block belongs to it */
    BLOCK_CONTINUED, /* there is no block, and the file's last line would swallow one */
};

struct block {
    enum block_answer answer;
    uint32_t line;         /* BLOCK_FOUND: of the first marker; the faults: of the line at fault; from 1 */
    size_t begin;          /* BLOCK_FOUND: the bytes from here */
    size_t end;            /* up to here are ours */
    bool is_new_file;      /* it is all that the file was made for */
    bool is_after_newline; /* the line feed before it is ours too */
    unsigned int backup;   /* the number of the backup that was made then; 0: none. Of a new block, the caller's */
};

/* Looks for the block in size bytes of text. */
struct block block_find(const char *text, size_t size);

/* The reason of one of the faults, as one clause. */
const char *block_fault_text(enum block_answer answer);

/*
 * The text with `lines` (each with its line feed) as the content of the block, where the block is or at the end; with
 * lines NULL, without the block, as it was before. block must be BLOCK_FOUND or BLOCK_ABSENT; is_new says that there
 * is no file yet. *out is allocated, with a NUL behind it; the caller frees. 0 or -ENOMEM.
 */
int block_write(const char *text, size_t size, const struct block *block, bool is_new, const char *lines, char **out,
                size_t *out_size);

#endif
