/* SPDX-License-Identifier: MIT */
/*
 * packed: from an image's last bytes to what it is. Pure.
 */
#ifndef PACKER_PACKED_H
#define PACKER_PACKED_H

#include <stdint.h>

#include "manifest.h"
#include "../image/segment.h"

enum packed_state {
    PACKED_STOCK,      /* no manifest at the end: all of it is the base */
    PACKED_OURS,       /* base, payload and manifest, by its sizes; the hashes are not looked at */
    PACKED_NEWER,      /* by a packer with a later manifest format */
    PACKED_DAMAGED,    /* a manifest that no packer wrote, or whose sizes cannot be */
    PACKED_BURIED,     /* something was put behind the manifest */
    PACKED_COMPRESSED, /* by something else than gzip: some kernels read it, Docker for Mac's and we do not */
    PACKED_FOREIGN,    /* not an initramfs at all */
};

struct packed {
    enum packed_state state;
    struct manifest manifest; /* for PACKED_OURS; format and version for PACKED_NEWER */
    uint64_t base_bytes;      /* the whole size where there is no manifest */
    uint64_t payload_offset;  /* for PACKED_OURS */
    uint64_t payload_bytes;   /* for PACKED_OURS */
    uint64_t behind_bytes;    /* for PACKED_BURIED: how many bytes follow the manifest */
    enum segment_kind kind;   /* for PACKED_COMPRESSED */
    const char *foreign;      /* for PACKED_FOREIGN: "an ISO 9660 image"; NULL: unknown */
};

/*
 * Looks at the ends of the size bytes at bytes: the first MiB and the last one at most, and the headers of a few raw
 * entries at the beginning, such as a processor's microcode. It takes no longer for a large image than for a small one.
 */
struct packed packed_look(const unsigned char *bytes, uint64_t size);

#endif
