/* SPDX-License-Identifier: MIT */
/*
 * marked: finds and writes the block of usermount-pack in a file of the system. Pure. Two marker lines enclose it:
 *
 *     # usermount-pack: begin 1c2f93aa
 *     ...
 *     # usermount-pack: end
 *
 * The number is the CRC-32 of the lines in hexadecimal. A block that was edited by hand no longer matches it, and is
 * never overwritten. Words may follow the number, in this order, for --unfix: "new-file" (there was no file),
 * "no-newline" (the file's last line had no newline), "backup-1" (the old file is backup number 1).
 */
#ifndef PACKER_DOCTOR_MARKED_H
#define PACKER_DOCTOR_MARKED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum block_answer {
    BLOCK_ABSENT,
    BLOCK_FOUND,
    BLOCK_CHANGED,   /* the block was edited by hand */
    BLOCK_BROKEN,    /* a marker is unpaired, or there are two blocks */
    BLOCK_SWALLOWED, /* the line before the block ends in a backslash, so the block continues that line */
    BLOCK_CONTINUED, /* there is no block, and a new one would continue the last line */
};

struct block {
    enum block_answer answer;
    uint32_t line;         /* BLOCK_FOUND: of the first marker; BLOCK_ABSENT: 0; else of the faulty line; from 1 */
    size_t begin;          /* BLOCK_FOUND: the offset of the first marker */
    size_t end;            /* BLOCK_FOUND: the offset behind the last marker */
    bool is_new_file;      /* the file was created for the block */
    bool is_after_newline; /* the newline before the block was added with it */
    unsigned int backup;   /* the number of the backup, 0 if there is none; the caller sets that of a new block */
};

/* Finds the block in size bytes of text. */
struct block block_find(const char *text, size_t size);

/* Returns the reason for a fault: one clause, a constant. */
const char *block_fault_text(enum block_answer answer);

/*
 * Returns a copy of the text with `lines` as the contents of the block, in its place or at the end. Each line ends with
 * a newline. If lines is NULL, removes the block and restores the text before it. block is from block_find: BLOCK_FOUND
 * or BLOCK_ABSENT. is_new: the file does not exist yet. The caller frees *out, which ends with a NUL that *out_size
 * does not count. Returns 0 or -ENOMEM.
 */
int block_write(const char *text, size_t size, const struct block *block, bool is_new, const char *lines, char **out,
                size_t *out_size);

#endif
