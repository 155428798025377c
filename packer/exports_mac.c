/* SPDX-License-Identifier: MIT */
#include "exports_mac.h"

#include "exports_line.h"
#include "exports_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char *const fault_texts[EXPORTS_FAULTS] = {
    [EXPORTS_FINE] = "nothing is wrong with it",
    [EXPORTS_NO_DIRECTORY] = "the line does not begin with a directory",
    [EXPORTS_LATE_DIRECTORY] = "directories must come before options and hosts",
    [EXPORTS_LONG_PATH] = "the path has more than 255 bytes",
    [EXPORTS_BAD_MAP] = "the mapping names no user",
    [EXPORTS_BOTH_MAPS] = "-mapall and -maproot exclude each other",
    [EXPORTS_BAD_NETWORK] = "the network is no address such as 192.168.64.0 (and no /24 behind it)",
    [EXPORTS_BAD_MASK] = "the mask is no address such as 255.255.255.0",
    [EXPORTS_TWO_NETWORKS] = "a line can have one -network and one -mask",
    [EXPORTS_MASK_ALONE] = "-mask needs -network",
    [EXPORTS_NETWORK_AND_HOSTS] = "a line has either a -network or hosts",
    [EXPORTS_BAD_SEC] = "-sec is none of sys, krb5, krb5i, krb5p",
    [EXPORTS_BAD_FSPATH] = "-fspath is no absolute path",
    [EXPORTS_BAD_FSUUID] = "-fsuuid is no UUID",
    [EXPORTS_NO_HOST] = "none of its hosts can be one",
    [EXPORTS_ENDLESS] = "the file ends where the line should go on",
};

const char *exports_fault_text(enum exports_fault fault) {
    return fault_texts[fault];
}

static int add_word(struct exports_mac *file, const char *word) {
    const char **more;

    if (!word)
        return -ENOMEM;
    if ((file->word_count & (file->word_count + 1)) == 0) { /* room for 1, 3, 7, … */
        more = realloc(file->words, (2 * file->word_count + 1) * sizeof(*more));
        if (!more)
            return -ENOMEM;
        file->words = more;
    }
    file->words[file->word_count++] = word;
    return 0;
}

static struct exports_entry *add_entry(struct exports_mac *file, uint32_t line) {
    struct exports_entry *more;

    if ((file->count & (file->count + 1)) == 0) {
        more = realloc(file->entries, (2 * file->count + 1) * sizeof(*more));
        if (!more)
            return NULL;
        file->entries = more;
    }
    more = &file->entries[file->count++];
    *more = (struct exports_entry){
        .line = line, .fault_word = "", .first_dir = file->word_count, .first_host = file->word_count};
    return more;
}

/* A child comes behind its parent, and before the parent's next sibling. */
static int compare_paths(const void *a, const void *b) {
    const char *left = *(const char *const *)a;
    const char *right = *(const char *const *)b;

    while (*left && *left == *right) {
        left++;
        right++;
    }
    if (*left == *right)
        return 0;
    if (!*left || (*left == '/' && *right))
        return -1;
    if (!*right || *right == '/')
        return 1;
    return (unsigned char)*left < (unsigned char)*right ? -1 : 1;
}

static int take_path(struct exports_mac *file, struct exports_entry *entry, struct exports_field field) {
    char *path = exports_put(file, field); /* room for all of it */
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
    entry->dir_count++;
    entry->first_host++;
    return add_word(file, path);
}

static int take_host(struct exports_mac *file, struct exports_entry *entry, struct exports_field field) {
    const char *host = exports_put(file, field);

    if (!host)
        return -ENOMEM;
    if (!entry->dir_count) {
        entry->fault = EXPORTS_NO_DIRECTORY;
        entry->fault_word = host;
        return 0;
    }
    entry->host_count++;
    if (!entry->bad_host && exports_host_kind(host) == EXPORTS_HOST_BAD)
        entry->bad_host = host;
    return add_word(file, host);
}

/* What check_options() and its caller find when the line has been read. */
static void judge_whole(const struct exports_mac *file, struct exports_entry *entry) {
    size_t good = 0;

    for (size_t i = 0; i < entry->host_count; i++)
        good += exports_host_kind(file->words[entry->first_host + i]) != EXPORTS_HOST_BAD;
    entry->fault_word = "";
    if ((entry->options & EXPORTS_MAPALL) && (entry->options & EXPORTS_MAPROOT))
        entry->fault = EXPORTS_BOTH_MAPS;
    else if ((entry->options & EXPORTS_MASK) && !(entry->options & EXPORTS_NETWORK))
        entry->fault = EXPORTS_MASK_ALONE;
    else if (entry->host_count && !good && !(entry->options & EXPORTS_NETWORK))
        entry->fault = EXPORTS_NO_HOST;
    else if (good && (entry->options & EXPORTS_NETWORK))
        entry->fault = EXPORTS_NETWORK_AND_HOSTS;
}

static int read_entry(struct exports_mac *file, const char *line, uint32_t number) {
    struct exports_field field = exports_field_at(line);
    struct exports_entry *entry;

    if (!field.length || *field.at == '#')
        return 0;
    entry = add_entry(file, number);
    if (!entry)
        return -ENOMEM;
    while (field.length && entry->fault == EXPORTS_FINE) {
        const char *end = field.at + field.length;
        int rc;

        if (*field.at == '-')
            rc = exports_options_read(file, entry, field, &end);
        else if (exports_field_is_path(field))
            rc = take_path(file, entry, field);
        else
            rc = take_host(file, entry, field);
        if (rc < 0)
            return rc;
        field = exports_field_at(end);
    }
    if (entry->fault == EXPORTS_FINE)
        judge_whole(file, entry);
    if (entry->dir_count)
        qsort(file->words + entry->first_dir, entry->dir_count, sizeof(*file->words), compare_paths);
    return 0;
}

int exports_mac_read(struct exports_mac *file, const char *text, size_t size) {
    struct exports_reader reader = {.text = text, .size = size};
    int rc = 0;

    /* No byte of a line is kept more than twice: as a word, and as the word at fault. */
    *file = (struct exports_mac){.text_size = 3 * size + 3};
    file->text = malloc(file->text_size);
    reader.line = malloc(size + 1);
    if (!file->text || !reader.line)
        rc = -ENOMEM;
    while (rc == 0 && exports_line_next(&reader)) {
        rc = read_entry(file, reader.line, reader.number);
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
