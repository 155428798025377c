/* SPDX-License-Identifier: MIT */
/* /etc/nfs.conf from any bytes: a value is within its bounds and of a line that there is; a line behind all wins. */
#include "../../packer/doctor/nfsconf.h"

#include <stdlib.h>
#include <string.h>

#define KEY "nfs.server.mount.require_resv_port"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char ours[] = "\n" KEY " = 0x2a # it\n";
    struct nfsconf_value value = nfsconf_get((const char *)data, size, KEY);
    char *more = malloc(size + sizeof(ours));
    uint32_t lines = 1;

    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    if (value.number > INT32_MAX || value.number < -INT64_C(2147483648) || value.line > lines ||
        value.is_set != (value.line != 0))
        abort();
    if (!more)
        return 0;
    if (size)
        memcpy(more, data, size);
    memcpy(more + size, ours, sizeof(ours));
    value = nfsconf_get(more, size + sizeof(ours) - 1, KEY);
    if (size && data[size - 1] != '\\' && (value.number != 42 || value.line != lines + 1))
        abort();
    free(more);
    return 0;
}
