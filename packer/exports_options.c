/* SPDX-License-Identifier: MIT */
#include "exports_options.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

char *exports_put(struct exports_mac *file, struct exports_field field) {
    char *copy = file->text + file->text_used;

    if (file->text_size - file->text_used <= field.length)
        return NULL;
    memcpy(copy, field.at, field.length);
    copy[field.length] = '\0';
    file->text_used += field.length + 1;
    return copy;
}

/* One part of an address: decimal, at most 255. */
static bool read_part(const char **at, uint32_t *part) {
    *part = 0;
    if (!is_digit(**at))
        return false;
    for (; is_digit(**at); ++*at) {
        *part = *part * 10 + (uint32_t)(**at - '0');
        if (*part > 255)
            return false;
    }
    return true;
}

bool exports_network(const char *text, uint32_t *address) {
    uint32_t value = 0;

    for (int parts = 1; parts <= 4; parts++) {
        uint32_t part;

        if (!read_part(&text, &part))
            return false;
        value = value << 8 | part;
        if (!*text)
            break;
        if (*text++ != '.' || parts == 4)
            return false;
    }
    /* A short one is the number of a class A, B or C network. */
    if (value < 128)
        value <<= 24;
    else if (value < 65536)
        value <<= 16;
    else if (value < 16777216)
        value <<= 8;
    *address = value;
    return true;
}

static bool is_ipv6(const char *text) {
    size_t length = strspn(text, "0123456789abcdefABCDEF:.");

    return strchr(text, ':') && (text[length] == '\0' || text[length] == '%');
}

enum exports_host_kind exports_host_kind(const char *word) {
    static const char name_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@";
    uint32_t address;

    if (strcasecmp(word, "localhost") == 0)
        return EXPORTS_HOST_LOOPBACK;
    if (word[strspn(word, "0123456789.")] == '\0') {
        if (!exports_network(word, &address))
            return EXPORTS_HOST_BAD;
        return address >> 24 == 127 ? EXPORTS_HOST_LOOPBACK : EXPORTS_HOST_ADDRESS;
    }
    if (is_ipv6(word))
        return EXPORTS_HOST_ADDRESS;
    return word[strspn(word, name_bytes)] == '\0' ? EXPORTS_HOST_NAME : EXPORTS_HOST_BAD;
}

static enum exports_fault take_map(struct exports_entry *entry, const char *value, unsigned int option) {
    if (*value == '\0' || *value == ':')
        return EXPORTS_BAD_MAP;
    if (option == EXPORTS_MAPALL)
        entry->mapall = value;
    else
        entry->maproot = value;
    return EXPORTS_FINE;
}

/* By the class of the address, as long as no -mask says otherwise. */
static uint32_t class_mask(uint32_t address) {
    if (address >> 31 == 0)
        return 0xff000000;
    return address >> 30 == 2 ? 0xffff0000 : 0xffffff00;
}

static enum exports_fault take_network(struct exports_entry *entry, const char *value, unsigned int option) {
    if (entry->options & option)
        return EXPORTS_TWO_NETWORKS;
    if (is_ipv6(value))
        return EXPORTS_FINE;
    if (!is_digit(*value)) /* a name of networks(5) */
        return *value ? EXPORTS_FINE : EXPORTS_BAD_NETWORK;
    if (!exports_network(value, &entry->network))
        return EXPORTS_BAD_NETWORK;
    entry->is_ipv4 = true;
    if (!(entry->options & EXPORTS_MASK))
        entry->mask = class_mask(entry->network);
    return EXPORTS_FINE;
}

static enum exports_fault take_mask(struct exports_entry *entry, const char *value, unsigned int option) {
    if (entry->options & option)
        return EXPORTS_TWO_NETWORKS;
    if (is_digit(*value) && !is_ipv6(value) && !exports_network(value, &entry->mask))
        return EXPORTS_BAD_MASK;
    return *value ? EXPORTS_FINE : EXPORTS_BAD_MASK;
}

static enum exports_fault take_sec(struct exports_entry *entry, const char *value, unsigned int option) {
    static const char *const known[] = {"sys", "krb5", "krb5i", "krb5p"};
    bool any = false;

    (void)option;
    for (const char *at = value; *at; at += *at == ':') {
        size_t length = strcspn(at, ":");
        bool is_known = length == 0;

        for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
            is_known |= strlen(known[i]) == length && strncmp(known[i], at, length) == 0;
        if (!is_known)
            return EXPORTS_BAD_SEC;
        any |= length > 0;
        at += length;
    }
    entry->sec = value;
    return any ? EXPORTS_FINE : EXPORTS_BAD_SEC;
}

static enum exports_fault take_fspath(struct exports_entry *entry, const char *value, unsigned int option) {
    (void)entry;
    (void)option;
    return *value == '/' ? EXPORTS_FINE : EXPORTS_BAD_FSPATH;
}

static enum exports_fault take_fsuuid(struct exports_entry *entry, const char *value, unsigned int option) {
    (void)entry;
    (void)option;
    for (int i = 0; i < 16; i++, value += 2) {
        value += *value == '-';
        if (!is_hex(value[0]) || !is_hex(value[1]))
            return EXPORTS_BAD_FSUUID;
    }
    return EXPORTS_FINE;
}

static const struct known {
    const char *name;
    unsigned int option;
    enum exports_fault (*take)(struct exports_entry *entry, const char *value,
                               unsigned int option); /* NULL: no value */
} known_options[] = {
    {"ro", EXPORTS_RO, NULL},
    {"o", EXPORTS_RO, NULL},
    {"alldirs", EXPORTS_ALLDIRS, NULL},
    {"mapall", EXPORTS_MAPALL, take_map},
    {"maproot", EXPORTS_MAPROOT, take_map},
    {"root", EXPORTS_MAPROOT, take_map},
    {"r", EXPORTS_MAPROOT, take_map},
    {"network", EXPORTS_NETWORK, take_network},
    {"n", EXPORTS_NETWORK, take_network},
    {"mask", EXPORTS_MASK, take_mask},
    {"m", EXPORTS_MASK, take_mask},
    {"sec", EXPORTS_SEC, take_sec},
    {"fspath", EXPORTS_FSPATH, take_fspath},
    {"fsuuid", EXPORTS_FSUUID, take_fsuuid},
    {"offline", EXPORTS_OFFLINE, NULL},
    {"32bitclients", EXPORTS_32BITCLIENTS, NULL},
    {"manglednames", EXPORTS_MANGLEDNAMES, NULL},
};

/* The option of that name, if it has the value that it needs. */
static const struct known *find(struct exports_field name, bool has_value) {
    for (size_t i = 0; i < sizeof(known_options) / sizeof(known_options[0]); i++) {
        const struct known *option = &known_options[i];

        if (strlen(option->name) == name.length && memcmp(option->name, name.at, name.length) == 0)
            return option->take && !has_value ? NULL : option;
    }
    return NULL;
}

/* One option with the value that there is for it. Whether it took the value; -ENOMEM. */
static int take_option(struct exports_mac *file, struct exports_entry *entry, struct exports_field name,
                       const struct exports_field *value) {
    const struct known *option = find(name, value);
    const char *text = "";

    if (!option) {
        text = exports_put(file, name);
        if (!entry->unknown)
            entry->unknown = text;
        return text ? 0 : -ENOMEM;
    }
    if (option->take && value) { /* find() gives none that takes a value where there is none */
        text = exports_put(file, *value);
        if (!text)
            return -ENOMEM;
        entry->fault = option->take(entry, text, option->option);
        entry->fault_word = text;
    }
    entry->options |= option->option;
    return option->take != NULL;
}

int exports_options_read(struct exports_mac *file, struct exports_entry *entry, struct exports_field field,
                         const char **end) {
    const char *at = field.at + 1;
    const char *stop = field.at + field.length;

    if (!entry->dir_count) {
        entry->fault = EXPORTS_NO_DIRECTORY;
        entry->fault_word = exports_put(file, field);
        return entry->fault_word ? 0 : -ENOMEM;
    }
    while (at < stop && *at != ',' && entry->fault == EXPORTS_FINE) {
        const char *comma = memchr(at, ',', (size_t)(stop - at));
        const char *word_end = comma ? comma : stop;
        const char *equals = memchr(at, '=', (size_t)(word_end - at));
        struct exports_field name = {at, (size_t)((equals ? equals : word_end) - at)};
        struct exports_field value =
            equals ? (struct exports_field){equals + 1, (size_t)(word_end - equals - 1)} : exports_field_at(stop);
        bool is_borrowed = !comma && !equals && value.length && *value.at != '-';
        bool has_value = equals || is_borrowed;
        int used = take_option(file, entry, name, has_value ? &value : NULL);

        if (used < 0)
            return used;
        if (used && is_borrowed)
            *end = value.at + value.length;
        if (!comma || !find(name, has_value))
            break;
        at = comma + 1;
    }
    return 0;
}

/* Only what a shell or a reader would stumble over is quoted; a quote and a backslash need an escape. */
bool exports_mac_quote(const char *path, char *out, size_t size) {
    bool is_plain = strpbrk(path, " \\'\"#") == NULL;
    size_t length = 0;

    if (*path != '/')
        return false;
    for (const char *at = path; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return false;
    if (size < 2 * strlen(path) + 3)
        return false;
    if (!is_plain)
        out[length++] = '"';
    for (; *path; path++) {
        if (*path == '"' || *path == '\\')
            out[length++] = '\\';
        out[length++] = *path;
    }
    if (!is_plain)
        out[length++] = '"';
    out[length] = '\0';
    return true;
}
