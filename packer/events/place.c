/* SPDX-License-Identifier: MIT */
#include "place.h"

#include "../../agent/stream/stream_path.h"

/* Returns `path` without `prefix` if it lies in that folder, else `path`. */
static struct text without(struct text path, const char *prefix) {
    struct text folder = text_of(prefix);

    return path.len > folder.len && text_is_below(path, folder) ? text_skip(path, folder.len) : path;
}

struct text place_plain(struct text path) {
    static const char *const linked[] = {"/private/tmp", "/private/var", "/private/etc"};

    path = without(path, "/System/Volumes/Data");
    for (size_t i = 0; i < sizeof linked / sizeof linked[0]; i++)
        if (text_is_below(path, text_of(linked[i])))
            return without(path, "/private");
    return path;
}

bool place_inside(struct text root, struct text path, struct text *below) {
    root = place_plain(root);
    path = place_plain(path);
    if (root.len == 1) /* "/" */
        root.len = 0;
    while (path.len > 1 && path.at[path.len - 1] == '/') /* FSEvents adds a slash to some folders */
        path.len--;
    if (!text_is_below(path, root))
        return false;
    *below = text_skip(path, root.len);
    text_take(below, "/");
    return true;
}

const char *place_read(const char *word, struct place *place) {
    struct text rest = text_of(word);

    place->export = text_cut(&rest, '=');
    place->folder = rest.at ? rest : place->export;
    if (!stream_path_absolute(place->export))
        return "an EXPORT is a path such as /Users, without . or .. in it and without a slash at its end";
    if (place->folder.len == 0 || place->folder.at[0] != '/')
        return "the FOLDER of EXPORT=FOLDER is a path that begins with a slash";
    return NULL;
}

const struct place *place_find(const struct place *places, size_t count, struct text export, struct text *below) {
    const struct place *found = NULL;

    for (size_t i = 0; i < count; i++) {
        struct text rest;

        if (place_inside(places[i].export, export, &rest) && (!found || rest.len < below->len)) {
            found = &places[i];
            *below = rest;
        }
    }
    return found;
}
