/* SPDX-License-Identifier: MIT */
/* The settings of a packed image from any bytes: what is kept of them stays the same however often it is packed. */
#include "../../packer/write/conf.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(char *text, size_t size, const struct settings_parts *first) {
    struct settings_parts again;
    size_t added = first->base_size && text[first->base_size - 1] != '\n';
    char *joined;
    size_t joined_size;

    if (first->base_size > size)
        abort();
    if (settings_join(text, first->base_size, first->is_own, first->sets, first->set_count, true, &joined,
                      &joined_size) < 0)
        return;
    settings_split(joined, joined_size, &again);
    if (again.base_size != first->base_size + added || again.is_own != first->is_own ||
        again.set_count != first->set_count || memcmp(joined, text, first->base_size) != 0)
        abort();
    for (size_t i = 0; i < first->set_count; i++)
        if (strcmp(first->sets[i], again.sets[i]) != 0)
            abort();
    free(joined);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct settings_parts parts;
    char *text = malloc(size + 1);

    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    settings_split(text, size, &parts);
    check(text, size, &parts);
    free(text);
    return 0;
}
