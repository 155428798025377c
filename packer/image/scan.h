/* SPDX-License-Identifier: MIT */
/*
 * scan: one walk over an image that fills a tree and remembers what is worth telling. Pure.
 */
#ifndef PACKER_SCAN_H
#define PACKER_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "segment.h"
#include "tree.h"

/*
 * Our limits: those of an image that boots are far below. They are what bounds a run in time, whatever the image: see
 * tests/cli/test_pack_bounds.py. The texts of fault.c tell them.
 */
#define SCAN_IMAGE_MAX_BYTES UINT64_C(0x7fffffff) /* as PLAN_IMAGE_MAX_BYTES */
#define SCAN_UNPACKED_MAX_BYTES (UINT64_C(5) << 30)
#define SCAN_STEPS_MAX UINT64_C(100000000)
#define SCAN_TREE_MAX_BYTES ((size_t)512 << 20)
#define SCAN_SEGMENTS_MAX 4096u
#define SCAN_FAULTS_MAX 64u
#define SCAN_NOTES_MAX 4096u

/* A segment, and how many of its entries met something that an earlier segment had put there. */
struct scan_segment {
    struct segment segment;
    uint64_t overrides;
    uint64_t drops; /* entries that changed nothing */
};

/* An entry that changed what an earlier segment had put there, or that changed nothing. */
struct scan_note {
    char *path; /* owned by the scan */
    enum tree_effect effect;
    enum tree_error error;
    unsigned int segment;
    unsigned int before; /* the earlier segment; 0: the kernel's own, or nothing */
};

struct scan {
    struct tree *tree;
    struct scan_segment *segments;
    size_t segment_count;
    struct segment_fault faults[SCAN_FAULTS_MAX]; /* their paths are owned by the scan */
    size_t fault_count;                           /* of those kept */
    uint64_t faults_seen;
    uint64_t quirks_seen; /* those among them that FAULT_LINK_EXISTS and FAULT_LINK_REPEATED are */
    struct scan_note *notes;
    size_t note_count; /* of those kept */
    uint64_t notes_seen;
    uint64_t entries;
    uint64_t unpacked_bytes;
    enum fault stopped; /* FAULT_NONE: the kernel would have come to the end */
    bool is_out_of_memory;
    bool is_cancelled;
};

struct scan_options {
    bool with_crc;
    bool with_notes;
    bool as_linux_4;                                      /* see tree_options */
    uint64_t key[2];                                      /* see tree_options */
    void (*progress)(void *context, uint64_t bytes_done); /* may be NULL */
    void *context;
};

/*
 * Walks the size bytes at bytes. 0 or -ENOMEM; damage in the image is no error but in
 * scan->faults. The caller calls scan_free in either case.
 */
int scan_run(struct scan *scan, const unsigned char *bytes, uint64_t size, const struct scan_options *options);
void scan_free(struct scan *scan);

#endif
