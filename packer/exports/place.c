/* SPDX-License-Identifier: MIT */
/* The two names of a path on the data volume of macOS 10.15 and later. */
#include "judge.h"

#include "../../agent/common/text.h"

#include <stdio.h>

/* The firmlinks of macOS 10.15 that a user may export. They lead to the data volume. Source: /usr/share/firmlinks. */
static const char *const firmlinks[] = {"/Users",   "/Applications", "/Library", "/opt",
                                        "/private", "/usr/local",    "/Volumes"};

bool exports_physical(const char *path, char *out, size_t size) {
    bool is_data = false;

    for (size_t i = 0; i < sizeof(firmlinks) / sizeof(firmlinks[0]); i++)
        is_data |= text_is_below(text_of(path), text_of(firmlinks[i]));
    return (size_t)snprintf(out, size, "%s%s", is_data ? EXPORTS_DATA_VOLUME : "", path) < size;
}

const char *exports_place(const struct exports_view *view, const char *path, char out[EXPORTS_PLACE_BYTES]) {
    return view->world->is_split && exports_physical(path, out, EXPORTS_PLACE_BYTES) ? out : path;
}
