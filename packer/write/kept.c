/* SPDX-License-Identifier: MIT */
#include "kept.h"

#include "plan.h"
#include "../output/say.h"
#include "payload_read.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int kept_read(const struct image *image, const struct packed *packed, struct kept *kept) {
    struct unpacked_file file;
    struct unpacked unpacked;
    int rc;

    *kept = (struct kept){0};
    if (packed->state != PACKED_OURS)
        return SAY_DONE;
    rc = unpacked_open(&unpacked, image->bytes + packed->payload_offset, packed->payload_bytes);
    if (rc == 0) {
        kept->is_gzip = unpacked.is_gzip;
        if (unpacked_find(&unpacked, PLAN_CONFIG_PATH, &file)) {
            kept->config = malloc(file.size + 1);
            if (kept->config) {
                memcpy(kept->config, file.bytes, file.size);
                kept->config[file.size] = '\0';
                kept->config_bytes = file.size;
            } else {
                rc = -ENOMEM;
            }
        }
        unpacked_close(&unpacked);
    }
    return rc == -ENOMEM ? say_error(SAY_SYSTEM, "read", image->path, "out of memory") : SAY_DONE;
}
