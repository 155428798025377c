/* SPDX-License-Identifier: MIT */
/* A payload from any bytes: what is found lies inside it. */
#include "../../packer/write/payload_read.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char *const paths[] = {"etc/usermount.conf", "one", "TRAILER!!!", ""};
    struct unpacked unpacked;
    struct unpacked_file file;

    if (unpacked_open(&unpacked, data, size) < 0)
        return 0;
    for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
        if (unpacked_find(&unpacked, paths[i], &file) &&
            (file.bytes < unpacked.bytes || file.bytes + file.size > unpacked.bytes + unpacked.size))
            abort();
    unpacked_close(&unpacked);
    return 0;
}
