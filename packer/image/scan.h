/* SPDX-License-Identifier: MIT */
/*
 * scan: walks over an image once, builds its tree, and records faults and notes. Pure.
 */
#ifndef PACKER_SCAN_H
#define PACKER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "segment.h"
#include "tree.h"

/*
 * The limits, which bound the time of a run (tests/cli/test_pack_bounds.py). An image that boots stays far below them.
 * The texts in fault.c repeat the numbers.
 */
#define SCAN_IMAGE_MAX_BYTES UINT64_C(0x7fffffff) /* the same as PLAN_IMAGE_MAX_BYTES */
#define SCAN_UNPACKED_MAX_BYTES (UINT64_C(5) << 30)
#define SCAN_STEPS_MAX UINT64_C(100000000)
#define SCAN_TREE_MAX_BYTES ((size_t)512 << 20)
#define SCAN_SEGMENTS_MAX 4096u
#define SCAN_FAULTS_MAX 64u
#define SCAN_NOTES_MAX 4096u

struct scan_segment {
    struct segment segment;
    uint64_t overrides; /* entries that changed a file of an earlier segment */
    uint64_t drops;     /* entries that changed nothing */
};

/* An entry that changed a file of an earlier segment, or that changed nothing. */
struct scan_note {
    char *path; /* owned by the scan */
    enum tree_effect effect;
    enum tree_error error;
    unsigned int segment;
    unsigned int before; /* the earlier segment; 0 for the kernel's own files, and if there was none */
};

struct scan {
    struct tree *tree;
    struct scan_segment *segments;
    size_t segment_count;
    struct segment_fault faults[SCAN_FAULTS_MAX]; /* their paths are owned by the scan */
    size_t fault_count;                           /* in faults, at most SCAN_FAULTS_MAX */
    uint64_t faults_seen;                         /* all of them */
    uint64_t quirks_seen;                         /* FAULT_LINK_EXISTS and FAULT_LINK_REPEATED among them */
    struct scan_note *notes;
    size_t note_count;   /* in notes, at most SCAN_NOTES_MAX */
    uint64_t notes_seen; /* all of them */
    uint64_t entries;    /* without trailers */
    uint64_t unpacked_bytes;
    enum fault stopped; /* FAULT_NONE: the kernel would reach the end */
    bool is_out_of_memory;
    bool is_cancelled;
};

struct scan_options {
    bool with_crc;                                        /* see struct tree_options */
    bool with_notes;                                      /* record notes, not only their number */
    bool as_linux_4;                                      /* see struct tree_options */
    uint64_t key[2];                                      /* see struct tree_options */
    void (*progress)(void *context, uint64_t bytes_done); /* may be NULL */
    void *context;
};

/*
 * Scans size bytes. Returns 0 or -ENOMEM. A damaged image is not an error: its faults are in scan->faults. The caller
 * calls scan_free in either case.
 */
int scan_run(struct scan *scan, const unsigned char *bytes, uint64_t size, const struct scan_options *options);
void scan_free(struct scan *scan);

#endif
