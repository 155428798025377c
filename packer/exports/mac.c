/* SPDX-License-Identifier: MIT */
#include "mac.h"

#include "index.h"
#include "line.h"
#include "options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const fault_texts[EXPORTS_FAULTS] = {
    [EXPORTS_FINE] = "the line has no fault",
    [EXPORTS_NO_DIRECTORY] = "the line does not begin with a directory",
    [EXPORTS_LATE_DIRECTORY] = "directories must come before options and hosts",
    [EXPORTS_LONG_PATH] = "the path has more than 255 bytes",
    [EXPORTS_MANY_DIRECTORIES] = "it has more than 4096 directories, the limit of usermount-pack",
    [EXPORTS_NO_USER] = "this Mac has no such user",
    [EXPORTS_NO_GROUP] = "this Mac has none of the groups after the colon",
    [EXPORTS_BOTH_MAPS] = "-mapall and -maproot exclude each other",
    [EXPORTS_BAD_NETWORK] = "the network must be an address such as 192.168.64.0, without /24",
    [EXPORTS_BAD_MASK] = "the mask must be an address such as 255.255.255.0",
    [EXPORTS_TWO_NETWORKS] = "a line can have only one -network and one -mask",
    [EXPORTS_MASK_FAMILY] = "-network and -mask have different address families",
    [EXPORTS_MASK_ALONE] = "-mask needs -network",
    [EXPORTS_NETWORK_AND_HOSTS] = "a line can have either a -network or hosts",
    [EXPORTS_BAD_SEC] = "-sec must be sys, krb5, krb5i or krb5p",
    [EXPORTS_BAD_FSPATH] = "-fspath must be an absolute path",
    [EXPORTS_BAD_FSUUID] = "-fsuuid must be a UUID",
    [EXPORTS_NO_HOST] = "none of its hosts is known",
    [EXPORTS_ENDLESS] = "the line ends in a backslash, and the file ends there",
    [EXPORTS_NOT_FOLDER] = "the folder does not exist",
    [EXPORTS_LINK] = "the path contains a symbolic link",
    [EXPORTS_OTHER_VOLUME] = "the folder is not on the volume of the line's first folder",
    [EXPORTS_OTHER_FSPATH] = "-fspath is not the mount point of the folder's volume",
    [EXPORTS_OTHER_FSUUID] = "-fsuuid is not the UUID of the folder's volume",
    [EXPORTS_NESTED] = "its folder and that of another line are nested",
    [EXPORTS_TWICE] = "another line exports the folder to the same host with other options",
    [EXPORTS_TWO_DEFAULTS] = "another line exports the folder to every host with other options",
    [EXPORTS_NFSD] = "nfsd checkexports rejects it",
};

const char *exports_fault_text(enum exports_fault fault) {
    return fault_texts[fault];
}

bool exports_is_below(const char *outer, const char *inner) {
    size_t length = strlen(outer);

    return strncmp(outer, inner, length) == 0 && inner[length] && (inner[length] == '/' || length == 1);
}

static int add_word(struct exports_mac *file, const char *word) {
    const char **more = word ? exports_room(file->words, file->word_count, sizeof(*more)) : NULL;

    if (!more)
        return -ENOMEM;
    file->words = more;
    more[file->word_count++] = word;
    return 0;
}

static struct exports_entry *add_entry(struct exports_mac *file, uint32_t line) {
    struct exports_entry *more = exports_room(file->entries, file->count, sizeof(*more));

    if (!more)
        return NULL;
    file->entries = more;
    more = &file->entries[file->count++];
    *more = (struct exports_entry){.line = line,
                                   .fault_word = "",
                                   .first_dir = file->word_count,
                                   .first_host = file->word_count,
                                   .cred = exports_nobody};
    return more;
}

/*
 * Finds the place of a path among the `count` directories of a line. nfsd sorts them: a path comes behind its parent,
 * but not always directly ("." sorts before "/"). Returns false if the line has the path already.
 */
static bool find_place(const char *const *words, size_t count, const char *path, size_t *place) {
    size_t stop = count;
    size_t i = 0;

    while (i < stop) {
        const char *word = words[i];
        size_t length = strlen(word);
        int order = strncmp(path, word, length);

        if (order == 0 && path[length] == '\0')
            return false;
        if (order < 0)
            break;
        i++;
        if (order == 0 && path[length] == '/')
            for (stop = i; stop < count && exports_is_below(word, words[stop]);)
                stop++;
        else if (order == 0)
            while (i < count && exports_is_below(word, words[i]))
                i++;
    }
    *place = i;
    return true;
}

/* Adds a path to the last entry, which has no hosts yet. */
static int add_path(struct exports_mac *file, struct exports_entry *entry, const char *path) {
    const char **words;
    size_t place;
    int rc;

    words = entry->dir_count ? file->words + entry->first_dir : NULL;
    if (!find_place(words, entry->dir_count, path, &place))
        return 0; /* nfsd ignores the second one */
    rc = add_word(file, path);
    if (rc < 0)
        return rc;
    words = file->words + entry->first_dir;
    memmove(words + place + 1, words + place, (entry->dir_count - place) * sizeof(*words));
    words[place] = path;
    entry->dir_count++;
    entry->first_host++;
    return 0;
}

static int take_path(struct exports_mac *file, struct exports_entry *entry, struct text field) {
    char *path = exports_put(file, field); /* the cleaned path is not longer than the field */
    size_t length;

    if (!path)
        return -ENOMEM;
    length = exports_field_path(field, path);
    entry->fault_word = path;
    if (entry->options || entry->host_count || entry->unknown) {
        entry->fault = EXPORTS_LATE_DIRECTORY;
        return 0;
    }
    if (length > EXPORTS_PATH_MAX) {
        entry->fault = EXPORTS_LONG_PATH;
        return 0;
    }
    if (entry->dir_count == EXPORTS_DIRECTORIES_MAX) {
        entry->fault = EXPORTS_MANY_DIRECTORIES;
        return 0;
    }
    return add_path(file, entry, path);
}

static int take_host(struct exports_mac *file, struct exports_entry *entry, struct text field) {
    const char *host = exports_put(file, field);

    if (!host)
        return -ENOMEM;
    if (!entry->dir_count) {
        entry->fault = EXPORTS_NO_DIRECTORY;
        entry->fault_word = host;
        return 0;
    }
    entry->host_count++;
    return add_word(file, host);
}

/* Checks the complete line (check_options). The judge checks the hosts. */
static void judge_whole(struct exports_entry *entry) {
    entry->fault_word = "";
    if (!(entry->options & (EXPORTS_MAPALL | EXPORTS_MAPROOT)))
        entry->options |= EXPORTS_MAPROOT;
    if (!entry->sec_count)
        entry->secs[entry->sec_count++] = 's'; /* sys, see options.c */
    if ((entry->options & EXPORTS_MAPALL) && (entry->options & EXPORTS_MAPROOT))
        entry->fault = EXPORTS_BOTH_MAPS;
    else if ((entry->options & EXPORTS_MASK) && !(entry->options & EXPORTS_NETWORK))
        entry->fault = EXPORTS_MASK_ALONE;
}

static int read_entry(struct exports_mac *file, const char *line, uint32_t number, const struct exports_world *world) {
    struct text field = exports_field_at(line);
    struct exports_entry *entry;

    if (!field.len || *field.at == '#')
        return 0;
    entry = add_entry(file, number);
    if (!entry)
        return -ENOMEM;
    while (field.len && entry->fault == EXPORTS_FINE) {
        const char *end = field.at + field.len;
        int rc;

        if (*field.at == '-')
            rc = exports_options_read(file, entry, field, world, &end);
        else if (exports_field_is_path(field))
            rc = take_path(file, entry, field);
        else
            rc = take_host(file, entry, field);
        if (rc < 0)
            return rc;
        field = exports_field_at(end);
    }
    if (entry->fault == EXPORTS_FINE)
        judge_whole(entry);
    return 0;
}

int exports_mac_read(struct exports_mac *file, const char *text, size_t size, const struct exports_world *world) {
    struct exports_reader reader = {.rest = {text, size}};
    int rc = 0;

    /* Each byte of a line is stored at most twice: in a word, and in the word of a fault. */
    *file = (struct exports_mac){.text_size = 3 * size + 3};
    file->text = malloc(file->text_size);
    reader.line = malloc(size + 1);
    if (!file->text || !reader.line)
        rc = -ENOMEM;
    while (rc == 0 && exports_line_next(&reader)) {
        rc = read_entry(file, reader.line, reader.number, world);
        if (rc == 0 && reader.is_endless && file->count && file->entries[file->count - 1].line == reader.number)
            file->entries[file->count - 1].fault = EXPORTS_ENDLESS;
    }
    free(reader.line);
    if (rc < 0)
        exports_mac_free(file);
    return rc;
}

void exports_mac_free(struct exports_mac *file) {
    free(file->entries);
    free(file->words);
    free(file->text);
    *file = (struct exports_mac){0};
}
