/* SPDX-License-Identifier: MIT */
/*
 * Mount options from any words, and the address that a probe tells: what is built fits, is one line of options, and
 * holds the address as its last one.
 */

#include "../../agent/settings/config.h"
#include "../../agent/engine/evidence.h"
#include "../../agent/settings/options.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static size_t take(const uint8_t *data, size_t size, char *text, size_t room) {
    size_t len = strnlen((const char *)data, size < room - 1 ? size : room - 1);

    memcpy(text, data, len);
    text[len] = '\0';
    return len < size ? len + 1 : len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct evidence evidence;
    static struct options options;
    char common[CONFIG_OPTIONS_SIZE], own[CONFIG_OPTIONS_SIZE];
    size_t used = take(data, size, common, sizeof common);

    used += take(data + used, size - used, own, sizeof own);
    memset(&evidence, 0, sizeof evidence);
    take(data + used, size - used, evidence.address, sizeof evidence.address);
    const struct options_found found = {evidence.address, 2049, 20048, false};
    if (!evidence_check(&evidence) || options_check(common) != CONFIG_OK || options_check(own) != CONFIG_OK)
        return 0;
    if (options_build(common, own, &found, &options) != CONFIG_OK)
        return 0;
    if (strlen(options.data) >= sizeof options.data || strpbrk(options.data, " \t\n\""))
        abort();
    const char *last = strrchr(options.data, ',');
    if (!last || strncmp(last, ",addr=", 6) != 0 || strcmp(last + 6, evidence.address) != 0)
        abort();
    return 0;
}
