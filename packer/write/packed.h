/* SPDX-License-Identifier: MIT */
/*
 * packed: tells from its beginning and its end whether an image is packed. Pure.
 */
#ifndef PACKER_PACKED_H
#define PACKER_PACKED_H

#include <stdint.h>

#include "manifest.h"
#include "../image/segment.h"

enum packed_state {
    PACKED_STOCK,      /* it has no manifest; all of it is the base */
    PACKED_OURS,       /* it has base, payload and manifest, and their sizes are plausible; hashes are not checked */
    PACKED_NEWER,      /* a packer with a later manifest format packed it */
    PACKED_DAMAGED,    /* the manifest is damaged, or its sizes are impossible */
    PACKED_BURIED,     /* bytes were appended behind the manifest */
    PACKED_COMPRESSED, /* not with gzip: some kernels read it, Docker for Mac's kernels and this packer do not */
    PACKED_FOREIGN,    /* it is no initramfs */
};

struct packed {
    enum packed_state state;
    struct manifest manifest; /* for PACKED_OURS; PACKED_NEWER has only format and version */
    uint64_t base_bytes;      /* for PACKED_OURS; else the size of the image */
    uint64_t payload_offset;  /* for PACKED_OURS */
    uint64_t payload_bytes;   /* for PACKED_OURS */
    uint64_t behind_bytes;    /* for PACKED_BURIED: the number of bytes behind the manifest */
    enum segment_kind kind;   /* for PACKED_COMPRESSED */
    const char *foreign;      /* for PACKED_FOREIGN: "an ISO 9660 image", a constant; NULL if unknown */
};

/*
 * Reads at most the first and the last MiB of the size bytes, and the headers of up to 256 raw entries at the
 * beginning, such as microcode. The time does not depend on the size of the image. Source: init/initramfs.c,
 * unpack_to_rootfs().
 */
struct packed packed_look(const unsigned char *bytes, uint64_t size);

#endif
