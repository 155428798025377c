/* SPDX-License-Identifier: MIT */
/* Property lists and Docker's settings from any bytes, of which none lies behind the text. */
#include "../../packer/doctor/macfiles.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    struct macfiles_version version;
    char value[16] = "";

    if (macfiles_plist(text, size, "key", value, sizeof(value)) && strlen(value) >= sizeof(value))
        abort();
    macfiles_version(value, &version);
    if (macfiles_mounts(text, size, "/Users") < MACFILES_SHARED)
        abort();
    macfiles_settings(text, size, "/Users");
    return 0;
}
