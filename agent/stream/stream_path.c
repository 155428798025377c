/* SPDX-License-Identifier: MIT */
#include "stream_path.h"

#include <string.h>

bool stream_path_part(struct text name) {
    if (name.len == 0 || name.len > STREAM_PART_BYTES || text_is(name, ".") || text_is(name, ".."))
        return false;
    return !memchr(name.at, '\0', name.len) && !memchr(name.at, '/', name.len);
}

bool stream_path_relative(struct text path) {
    struct text rest = path;

    if (path.len == 0 || path.len > STREAM_PATH_BYTES)
        return false;
    do
        if (!stream_path_part(text_cut(&rest, '/')))
            return false;
    while (rest.at);
    return true;
}

bool stream_path_absolute(struct text path) {
    if (path.len == 0 || path.len > STREAM_EXPORT_BYTES || path.at[0] != '/')
        return false;
    return path.len == 1 || stream_path_relative(text_skip(path, 1));
}

struct text stream_path_folder(struct text path) {
    while (path.len > 0 && path.at[path.len - 1] != '/')
        path.len--;
    if (path.len > 0)
        path.len--;
    return path;
}

struct text stream_path_common(struct text a, struct text b) {
    while (!text_is_below(b, a))
        a = stream_path_folder(a);
    return a;
}
