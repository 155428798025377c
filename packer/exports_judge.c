/* SPDX-License-Identifier: MIT */
#include "exports_judge.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The firmlinks of macOS 10.15 (/usr/share/firmlinks) that one would export: they lead to the data volume. */
static const char *const firmlinks[] = {"/Users",   "/Applications", "/Library", "/opt",
                                        "/private", "/usr/local",    "/Volumes"};

static bool has_prefix(const char *path, const char *prefix) {
    size_t length = strlen(prefix);

    return strncmp(path, prefix, length) == 0 && (path[length] == '\0' || path[length] == '/');
}

static bool is_on_data(const char *path) {
    for (size_t i = 0; i < sizeof(firmlinks) / sizeof(firmlinks[0]); i++)
        if (has_prefix(path, firmlinks[i]))
            return true;
    return false;
}

bool exports_physical(const char *path, char *out, size_t size) {
    bool is_data = is_on_data(path) && !has_prefix(path, "/Volumes"); /* what is in there are volumes of their own */

    return (size_t)snprintf(out, size, "%s%s", is_data ? EXPORTS_DATA_VOLUME : "", path) < size;
}

/* A volume and the path on it. Which volume /Volumes/NAME is, only its name can tell here. */
struct place {
    const char *volume;
    size_t volume_length;
    const char *path; /* "" for the volume itself */
};

static struct place place_of(const char *path, bool is_split) {
    struct place place = {"", 0, path};

    if (is_split && has_prefix(path, EXPORTS_DATA_VOLUME))
        place = (struct place){EXPORTS_DATA_VOLUME, strlen(EXPORTS_DATA_VOLUME), path + strlen(EXPORTS_DATA_VOLUME)};
    else if (is_split && is_on_data(path))
        place = (struct place){EXPORTS_DATA_VOLUME, strlen(EXPORTS_DATA_VOLUME), path};
    if (strncmp(place.path, "/Volumes/", 9) == 0) {
        size_t length = 9 + strcspn(place.path + 9, "/");

        place = (struct place){place.path, length, place.path + length};
    }
    if (strcmp(place.path, "/") == 0)
        place.path = "";
    return place;
}

int exports_below(const char *outer, const char *inner, bool is_split) {
    struct place left = place_of(outer, is_split);
    struct place right = place_of(inner, is_split);
    size_t length = strlen(left.path);

    if (left.volume_length != right.volume_length || memcmp(left.volume, right.volume, left.volume_length) != 0 ||
        strncmp(left.path, right.path, length) != 0)
        return -1;
    if (right.path[length] == '\0')
        return 0;
    return right.path[length] == '/' ? 1 : -1;
}

static const char *word(const struct exports_mac *file, size_t index) {
    return file->words[index];
}

static bool is_default(const struct exports_entry *entry) {
    return entry->host_count == 0 && !(entry->options & EXPORTS_NETWORK);
}

/* Whether it names localhost, or a network that localhost is in. */
static bool is_for_loopback(const struct exports_mac *file, const struct exports_entry *entry) {
    if (entry->is_ipv4 && (0x7f000001 & entry->mask) == (entry->network & entry->mask))
        return true;
    for (size_t i = 0; i < entry->host_count; i++)
        if (exports_host_kind(word(file, entry->first_host + i)) == EXPORTS_HOST_LOOPBACK)
            return true;
    return false;
}

/* A host of one is a host of the other, by name: addresses of names are not known here. */
static bool share_a_host(const struct exports_mac *file, const struct exports_entry *a, const struct exports_entry *b) {
    for (size_t i = 0; i < a->host_count; i++) {
        const char *left = word(file, a->first_host + i);

        for (size_t j = 0; j < b->host_count; j++) {
            const char *right = word(file, b->first_host + j);

            if (strcasecmp(left, right) == 0 ||
                (exports_host_kind(left) == EXPORTS_HOST_LOOPBACK && exports_host_kind(right) == EXPORTS_HOST_LOOPBACK))
                return true;
        }
    }
    return a->is_ipv4 && b->is_ipv4 && (a->network & a->mask) == (b->network & b->mask);
}

static bool same_text(const char *a, const char *b) {
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_options(const struct exports_entry *a, const struct exports_entry *b) {
    const unsigned int counted =
        EXPORTS_RO | EXPORTS_ALLDIRS | EXPORTS_MAPALL | EXPORTS_MAPROOT | EXPORTS_OFFLINE | EXPORTS_SEC;

    return (a->options & counted) == (b->options & counted) && same_text(a->mapall, b->mapall) &&
           same_text(a->maproot, b->maproot) && same_text(a->sec, b->sec);
}

/* Whether dir of entry b cannot stand beside the share; in *clash why. */
static bool clashes(const struct exports_view *view, const struct exports_share *share, const char *dir,
                    const struct exports_entry *b, enum exports_clash *clash) {
    const struct exports_entry *a = &view->file->entries[share->entry];
    bool both_default = is_default(a) && is_default(b);

    *clash = EXPORTS_NESTED;
    if (exports_below(share->top, dir, view->is_split) == 1 || exports_below(dir, share->top, view->is_split) == 1)
        return true;
    if (exports_below(share->top, dir, view->is_split) != 0 || same_options(a, b))
        return false;
    *clash = both_default ? EXPORTS_TWO_DEFAULTS : EXPORTS_TWICE;
    return both_default || share_a_host(view->file, a, b);
}

static bool add_conflict(struct exports_view *view, size_t entry, const char *dir) {
    for (size_t i = 0; i < view->share_count; i++) {
        const struct exports_share *share = &view->shares[i];
        enum exports_clash clash;

        if (share->entry != entry && clashes(view, share, dir, &view->file->entries[entry], &clash)) {
            view->conflicts[view->conflict_count++] =
                (struct exports_conflict){clash, entry, share->entry, dir, share->top};
            return true;
        }
    }
    return false;
}

/* nfsd goes through a line's directories in order, and stops at the first that conflicts. */
static void take_entry(struct exports_view *view, size_t index) {
    const struct exports_entry *entry = &view->file->entries[index];
    const char *top = NULL;

    for (size_t i = 0; i < entry->dir_count; i++) {
        const char *dir = word(view->file, entry->first_dir + i);

        if (!top || exports_below(top, dir, view->is_split) < 0) {
            if (add_conflict(view, index, dir))
                return;
            top = dir;
        }
        view->shares[view->share_count++] = (struct exports_share){index, dir, top};
    }
}

int exports_judge(struct exports_view *view, const struct exports_mac *file, bool is_split) {
    *view = (struct exports_view){.file = file, .is_split = is_split};
    view->shares = calloc(file->word_count + 1, sizeof(*view->shares));
    view->conflicts = calloc(file->count + 1, sizeof(*view->conflicts));
    if (!view->shares || !view->conflicts)
        return -ENOMEM;
    for (size_t i = 0; i < file->count; i++)
        if (file->entries[i].fault == EXPORTS_FINE)
            take_entry(view, i);
    return 0;
}

void exports_view_free(struct exports_view *view) {
    free(view->shares);
    free(view->conflicts);
    *view = (struct exports_view){0};
}

/* How good an answer a share is, the best first: as expdir_search() looks, and then why it would not do. */
enum rank {
    RANK_HOST,
    RANK_EVERYONE,
    RANK_BELOW_HOST,
    RANK_BELOW_EVERYONE,
    RANK_OTHER_HOSTS,
    RANK_NOT_ALLDIRS,
    RANK_NONE
};

static enum rank rank_of(const struct exports_view *view, const struct exports_share *share, const char *path) {
    const struct exports_entry *entry = &view->file->entries[share->entry];
    int below = exports_below(share->dir, path, view->is_split);
    bool is_ours = is_for_loopback(view->file, entry);

    if (below < 0)
        return RANK_NONE;
    if (below && !(entry->options & EXPORTS_ALLDIRS))
        return is_ours || is_default(entry) ? RANK_NOT_ALLDIRS : RANK_NONE;
    if (!is_ours && !is_default(entry))
        return RANK_OTHER_HOSTS;
    return (below ? RANK_BELOW_HOST : RANK_HOST) + (is_ours ? 0 : 1);
}

struct exports_service exports_serve(const struct exports_view *view, const char *path) {
    static const enum exports_answer answers[] = {
        [RANK_HOST] = EXPORTS_SERVED,
        [RANK_EVERYONE] = EXPORTS_SERVED,
        [RANK_BELOW_HOST] = EXPORTS_SERVED,
        [RANK_BELOW_EVERYONE] = EXPORTS_SERVED,
        [RANK_OTHER_HOSTS] = EXPORTS_OTHER_HOSTS,
        [RANK_NOT_ALLDIRS] = EXPORTS_NOT_ALLDIRS,
        [RANK_NONE] = EXPORTS_MISSING,
    };
    struct exports_service service = {.answer = EXPORTS_MISSING};
    enum rank best = RANK_NONE;

    for (size_t i = 0; i < view->share_count; i++) {
        const struct exports_share *share = &view->shares[i];
        enum rank rank = rank_of(view, share, path);

        if (rank < best) {
            best = rank;
            service = (struct exports_service){answers[rank], share->entry, share->dir,
                                               is_default(&view->file->entries[share->entry])};
        }
    }
    return service;
}

bool exports_blocks(const struct exports_view *view, const char *path, struct exports_conflict *other) {
    for (size_t i = 0; i < view->share_count; i++) {
        const struct exports_share *share = &view->shares[i];
        const struct exports_entry *entry = &view->file->entries[share->entry];
        bool is_nested = exports_below(share->top, path, view->is_split) == 1 ||
                         exports_below(path, share->top, view->is_split) == 1;
        bool is_same = exports_below(share->top, path, view->is_split) == 0 && !is_default(entry) &&
                       is_for_loopback(view->file, entry);

        if (is_nested || is_same) {
            *other = (struct exports_conflict){is_nested ? EXPORTS_NESTED : EXPORTS_TWICE, share->entry, share->entry,
                                               path, share->top};
            return true;
        }
    }
    return false;
}
