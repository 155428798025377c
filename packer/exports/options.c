/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "../../agent/common/text.h"

#include "address.h"

#include <errno.h>
#include <string.h>

char *exports_put(struct exports_mac *file, struct text field) {
    char *copy = file->text + file->text_used;

    if (file->text_size - file->text_used <= field.len)
        return NULL;
    memcpy(copy, field.at, field.len);
    copy[field.len] = '\0';
    file->text_used += field.len + 1;
    return copy;
}

static enum exports_fault take_map(const struct exports_world *world, struct exports_entry *entry, const char *value,
                                   unsigned int option) {
    (void)option;
    entry->mapping = value;
    switch (exports_cred_read(world, value, &entry->cred)) {
    case EXPORTS_CRED_NO_USER:
        return EXPORTS_NO_USER;
    case EXPORTS_CRED_NO_GROUP:
        return EXPORTS_NO_GROUP;
    case EXPORTS_CRED_FINE:
        break;
    }
    return EXPORTS_FINE;
}

/* -network and -mask take the name of a network, an IPv6 address, or a number. */
static enum exports_fault take_network(const struct exports_world *world, struct exports_entry *entry,
                                       const char *value, unsigned int option) {
    bool is_mask = option == EXPORTS_MASK;
    unsigned char bytes[16];
    unsigned char family = 4;
    uint32_t number = 0;

    if (entry->options & option)
        return EXPORTS_TWO_NETWORKS;
    if (!world->network(world->context, value, &number)) {
        if (exports_address6(value, bytes))
            family = 6;
        else if (text_digit(*value) > 9 || !exports_network(value, &number))
            return is_mask ? EXPORTS_BAD_MASK : EXPORTS_BAD_NETWORK;
    }
    if (entry->network_family && entry->network_family != family)
        return EXPORTS_MASK_FAMILY;
    entry->network_family = family;
    if (family == 6)
        memcpy(is_mask ? entry->mask6 : entry->network6, bytes, sizeof(bytes));
    else
        *(is_mask ? &entry->mask : &entry->network) = exports_network_address(number);
    return EXPORTS_FINE;
}

/* Stores the flavors in their order, each once. */
static enum exports_fault take_sec(const struct exports_world *world, struct exports_entry *entry, const char *value,
                                   unsigned int option) {
    static const struct {
        const char *name;
        char sign;
    } known[EXPORTS_SECS_MAX] = {{"sys", 's'}, {"krb5", 'k'}, {"krb5i", 'i'}, {"krb5p", 'p'}};

    (void)world;
    (void)option;
    entry->sec = value;
    entry->sec_count = 0;
    for (struct text rest = text_of(value); rest.len;) {
        struct text name = text_cut(&rest, ':');
        bool is_known = name.len == 0;

        for (size_t i = 0; i < EXPORTS_SECS_MAX; i++)
            if (text_is(name, known[i].name)) {
                is_known = true;
                if (!memchr(entry->secs, known[i].sign, entry->sec_count))
                    entry->secs[entry->sec_count++] = known[i].sign;
            }
        if (!is_known)
            return EXPORTS_BAD_SEC;
    }
    return entry->sec_count ? EXPORTS_FINE : EXPORTS_BAD_SEC;
}

static enum exports_fault take_fspath(const struct exports_world *world, struct exports_entry *entry, const char *value,
                                      unsigned int option) {
    (void)world;
    (void)option;
    entry->fspath = value;
    return *value == '/' ? EXPORTS_FINE : EXPORTS_BAD_FSPATH;
}

static enum exports_fault take_fsuuid(const struct exports_world *world, struct exports_entry *entry, const char *value,
                                      unsigned int option) {
    (void)world;
    (void)option;
    for (int i = 0; i < 16; i++, value += 2) {
        value += *value == '-';
        if (text_digit(value[0]) > 15 || text_digit(value[1]) > 15)
            return EXPORTS_BAD_FSUUID;
        entry->fsuuid[i] = (unsigned char)(text_digit(value[0]) << 4 | text_digit(value[1]));
    }
    return EXPORTS_FINE;
}

static const struct known {
    const char *name;
    unsigned int option;
    enum exports_fault (*take)(const struct exports_world *world, struct exports_entry *entry, const char *value,
                               unsigned int option); /* NULL: it takes no value */
    bool is_loose; /* nfsd skips it without a value, and reads a value in the next field as a field, too */
} known_options[] = {
    {"ro", EXPORTS_RO, NULL, false},
    {"o", EXPORTS_RO, NULL, false},
    {"alldirs", EXPORTS_ALLDIRS, NULL, false},
    {"mapall", EXPORTS_MAPALL, take_map, false},
    {"maproot", EXPORTS_MAPROOT, take_map, false},
    {"root", EXPORTS_MAPROOT, take_map, false},
    {"r", EXPORTS_MAPROOT, take_map, false},
    {"network", EXPORTS_NETWORK, take_network, false},
    {"n", EXPORTS_NETWORK, take_network, false},
    {"mask", EXPORTS_MASK, take_network, false},
    {"m", EXPORTS_MASK, take_network, false},
    {"sec", EXPORTS_SEC, take_sec, false},
    {"fspath", EXPORTS_FSPATH, take_fspath, true},
    {"fsuuid", EXPORTS_FSUUID, take_fsuuid, true},
    {"offline", EXPORTS_OFFLINE, NULL, false},
    {"32bitclients", EXPORTS_32BITCLIENTS, NULL, false},
    {"manglednames", EXPORTS_MANGLEDNAMES, NULL, false},
};

/* Finds an option by its name. Returns NULL if it is unknown, or if it lacks the value that it needs. */
static const struct known *find(struct text name, bool has_value) {
    for (size_t i = 0; i < sizeof(known_options) / sizeof(known_options[0]); i++) {
        const struct known *option = &known_options[i];

        if (text_is(name, option->name))
            return option->take && !option->is_loose && !has_value ? NULL : option;
    }
    return NULL;
}

/* Takes one option. Returns 1 if it used the value, 0 if not, or -ENOMEM. */
static int take_option(struct exports_mac *file, struct exports_entry *entry, const struct exports_world *world,
                       struct text name, const struct text *value) {
    const struct known *option = find(name, value);
    const char *text = "";

    if (!option) {
        text = exports_put(file, name);
        if (!entry->unknown)
            entry->unknown = text;
        return text ? 0 : -ENOMEM;
    }
    if (option->take && !value)
        return 0;
    if (option->take) {
        text = exports_put(file, *value);
        if (!text)
            return -ENOMEM;
        entry->fault = option->take(world, entry, text, option->option);
        entry->fault_word = text;
    }
    entry->options |= option->option;
    return option->take && !option->is_loose;
}

int exports_options_read(struct exports_mac *file, struct exports_entry *entry, struct text field,
                         const struct exports_world *world, const char **end) {
    struct text rest = text_skip(field, 1);

    if (!entry->dir_count) {
        entry->fault = EXPORTS_NO_DIRECTORY;
        entry->fault_word = exports_put(file, field);
        return entry->fault_word ? 0 : -ENOMEM;
    }
    while (rest.at && rest.len && *rest.at != ',' && entry->fault == EXPORTS_FINE) {
        struct text value = text_cut(&rest, ',');
        struct text name = text_cut(&value, '=');
        struct text next = exports_field_at(field.at + field.len);
        bool is_borrowed = !rest.at && !value.at && next.len && *next.at != '-';
        bool has_value = value.at || is_borrowed;
        int used = take_option(file, entry, world, name, is_borrowed ? &next : has_value ? &value : NULL);

        if (used < 0)
            return used;
        if (used && is_borrowed)
            *end = next.at + next.len;
        if (!find(name, has_value))
            break;
    }
    return 0;
}

/* text_put_exports_path() adds quotes and escapes where they are needed. */
bool exports_mac_quote(const char *path, char *out, size_t size) {
    struct text_out quoted;

    if (*path != '/')
        return false;
    for (const char *at = path; *at; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return false;
    if (size < 2 * strlen(path) + 3)
        return false;
    quoted = text_out(out, size);
    text_put_exports_path(&quoted, path);
    return true;
}
