/* SPDX-License-Identifier: MIT */
#include "options.h"

#include "options_known.h"

#include <string.h>

#define OPTIONS_MAX 530 /* two lists of CONFIG_OPTIONS_SIZE hold at most 256 each, and 10 are built in */

struct option {
    struct text name;
    struct text value; /* at == NULL: none */
    struct text whole;
    const struct option_known *known; /* NULL: not in the table */
};

struct list {
    struct option options[OPTIONS_MAX];
    size_t count;
};

static struct option read_option(struct text whole) {
    struct option option = {.value = whole, .whole = whole};

    option.name = text_cut(&option.value, '=');
    option.known = options_known(option.name);
    return option;
}

static bool is_clean(struct text text) {
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.at[i] <= ' ' || text.at[i] == 0x7f)
            return false;
    return text.len > 0;
}

static bool has_any(struct text text, const char *bytes) {
    for (size_t i = 0; i < text.len; i++)
        if (text.at[i] && strchr(bytes, text.at[i]))
            return true;
    return false;
}

/* "501:20", "501:" or "501". */
static bool is_owner(struct text text) {
    struct text group = text, user = text_cut(&group, ':');
    uint64_t number;

    return text_u64(user, UINT32_MAX, &number) && (!group.at || group.len == 0 || text_u64(group, UINT32_MAX, &number));
}

static enum config_reason check_option(const struct option *option) {
    uint64_t port;

    if (has_any(option->whole, "[]{}()'\""))
        return CONFIG_OPTION_LIST;
    if (is_owner(option->whole))
        return CONFIG_OPTION_OWNER;
    if (!is_clean(option->whole) || !text_is_name(option->name))
        return CONFIG_BAD_OPTION;
    if (!option->known)
        return CONFIG_OK;
    switch (option->known->kind) {
    case OPTION_OURS:
        return CONFIG_OPTION_OURS;
    case OPTION_DOCKER:
        return CONFIG_OPTION_DOCKER;
    case OPTION_UDP:
        return CONFIG_OPTION_UDP;
    case OPTION_PROTO:
        if (text_is(option->name, "tcp") || text_is(option->value, "tcp") || text_is(option->value, "tcp6"))
            return CONFIG_OK;
        return text_has_prefix(option->value, "udp") ? CONFIG_OPTION_UDP : CONFIG_BAD_OPTION;
    case OPTION_VERSION:
        return text_is(option->value, "3") || text_is(option->name, "v3") ? CONFIG_OK : CONFIG_OPTION_VERSION;
    case OPTION_NFS_PORT:
    case OPTION_MOUNT_PORT:
        return text_u64(option->value, UINT16_MAX, &port) ? CONFIG_OK : CONFIG_BAD_OPTION;
    case OPTION_SET:
    case OPTION_CLEAR:
    case OPTION_DATA:
    case OPTION_HELPER:
        break;
    }
    return CONFIG_OK;
}

static bool same_slot(const struct option *a, const struct option *b) {
    if (a->known && b->known)
        return a->known->slot[0] && strcmp(a->known->slot, b->known->slot) == 0;
    return !a->known && !b->known && text_same(a->name, b->name);
}

/* Adds the option at the end, and removes an earlier one of the same slot. */
static enum config_reason add_option(struct list *list, struct option option) {
    for (size_t i = 0; i < list->count; i++) {
        if (!same_slot(&list->options[i], &option))
            continue;
        list->count--;
        memmove(&list->options[i], &list->options[i + 1], (list->count - i) * sizeof option);
        break;
    }
    if (list->count == OPTIONS_MAX)
        return CONFIG_OPTIONS_MANY;
    list->options[list->count++] = option;
    return CONFIG_OK;
}

static enum config_reason add_text(struct list *list, const char *options) {
    struct text rest = text_of(options);

    if (rest.len == 0)
        return CONFIG_OK;
    while (rest.at) {
        struct option option = read_option(text_cut(&rest, ','));
        enum config_reason error = check_option(&option);
        if (error == CONFIG_OK)
            error = add_option(list, option);
        if (error != CONFIG_OK)
            return error;
    }
    return CONFIG_OK;
}

enum config_reason options_check(const char *options) {
    struct list list = {.count = 0};

    return add_text(&list, options);
}

struct text options_strange(const char *options) {
    struct text rest = text_of(options);

    while (rest.len > 0) {
        struct option option = read_option(text_cut(&rest, ','));
        if (!option.known || option.known->young)
            return option.whole;
    }
    return (struct text){NULL, 0};
}

static void put_data(struct text_out *out, struct text data) {
    if (out->len > 0)
        text_put_char(out, ',');
    text_put_text(out, data);
}

/* A transport's name includes the address family, which must be the server's. */
static void put_proto(const struct option *option, bool ipv6, struct text_out *data) {
    put_data(data, text_of(option->known->slot));
    text_put(data, ipv6 ? "=tcp6" : "=tcp");
}

static void apply(const struct option *option, bool ipv6, struct options *options, struct text_out *data) {
    uint64_t port = 0;

    switch (option->known ? option->known->kind : OPTION_DATA) {
    case OPTION_SET:
        options->flags = (options->flags & ~option->known->undo) | option->known->bits;
        break;
    case OPTION_CLEAR:
        options->flags &= ~option->known->bits;
        break;
    case OPTION_NFS_PORT:
        text_u64(option->value, UINT16_MAX, &port);
        options->nfs_port = (uint16_t)port;
        break;
    case OPTION_MOUNT_PORT:
        text_u64(option->value, UINT16_MAX, &port);
        options->mount_port = (uint16_t)port;
        break;
    case OPTION_PROTO:
        put_proto(option, ipv6, data);
        break;
    case OPTION_VERSION:
    case OPTION_DATA:
        put_data(data, option->whole);
        options->soft |= text_is(option->name, "soft") || text_is(option->name, "softerr");
        break;
    case OPTION_HELPER:
    case OPTION_UDP:
    case OPTION_OURS:
    case OPTION_DOCKER:
        break;
    }
}

static void put_found(const struct options *options, const struct options_found *found, struct text_out *data) {
    uint16_t nfs_port = options->nfs_port ? options->nfs_port : found->nfs_port;
    uint16_t mount_port = options->mount_port ? options->mount_port : found->mount_port;

    if (nfs_port)
        text_putf(data, ",port=%u", nfs_port);
    if (mount_port)
        text_putf(data, ",mountport=%u", mount_port);
    text_putf(data, ",addr=%s", found->address);
}

enum config_reason options_build(const char *common, const char *own, const struct options_found *found,
                                 struct options *options) {
    struct list list = {.count = 0};
    const char *const layers[] = {OPTIONS_BUILT_IN, found && found->coherent ? OPTIONS_COHERENT : "", common, own};

    *options = (struct options){.flags = 0};
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        enum config_reason error = add_text(&list, layers[i]);
        if (error != CONFIG_OK)
            return error;
    }
    struct text_out data = text_out(options->data, sizeof options->data);
    for (size_t i = 0; i < list.count; i++)
        apply(&list.options[i], found && strchr(found->address, ':'), options, &data);
    if (found)
        put_found(options, found, &data);
    return data.cut ? CONFIG_OPTIONS_MANY : CONFIG_OK;
}

void options_added(const char *common, const char *own, struct text_out *out) {
    text_put(out, common);
    if (common[0] && own[0])
        text_put_char(out, ',');
    text_put(out, own);
}

static bool says_caching(struct text name) {
    static const char *const names[] = {"actimeo", "acregmin", "acregmax", "acdirmin", "acdirmax",
                                        "ac",      "noac",     "cto",      "nocto",    "lookupcache"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_is(name, names[i]))
            return true;
    return false;
}

bool options_say_caching(const char *common, const char *own) {
    const char *const lists[] = {common, own};

    for (size_t i = 0; i < 2; i++) {
        struct text rest = text_of(lists[i]);
        while (rest.len > 0)
            if (says_caching(read_option(text_cut(&rest, ',')).name))
                return true;
    }
    return false;
}
