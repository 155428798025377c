/* SPDX-License-Identifier: MIT */
#include "etcfiles.h"

#include "address.h"

#include <string.h>
#include <strings.h>

#define WORD_BYTES 256

static bool read_number(struct text text, int32_t *number) {
    bool is_negative = text_take(&text, "-");
    uint64_t value;

    if (!text_u64(text, is_negative ? INT32_MAX : UINT32_MAX, &value))
        return false;
    *number = (int32_t)(uint32_t)(is_negative ? 0 - value : value);
    return true;
}

/* Takes the next word of a line. A comment ends the line. */
static struct text next_word(struct text *line) {
    struct text word = {line->at, 0};

    if (!line->len)
        return word;
    while (line->len && (*line->at == ' ' || *line->at == '\t' || *line->at == '\r'))
        *line = text_skip(*line, 1);
    word = (struct text){line->at, 0};
    while (word.len < line->len && !strchr(" \t\r#", word.at[word.len]))
        word.len++;
    *line = text_skip(*line, word.len);
    return word;
}

bool etcfiles_user(struct text passwd, const char *name, int32_t uid, struct exports_cred *cred, struct text *found) {
    while (passwd.at) {
        struct text line = text_cut(&passwd, '\n');
        struct text user = text_cut(&line, ':');
        int32_t number;
        int32_t gid;

        text_cut(&line, ':');
        if (!user.len || *user.at == '#' || !read_number(text_cut(&line, ':'), &number) ||
            !read_number(text_cut(&line, ':'), &gid) || (name ? !text_is(user, name) : number != uid))
            continue;
        *cred = (struct exports_cred){number, {gid}, 1};
        *found = user;
        return true;
    }
    return false;
}

bool etcfiles_group(struct text group, const char *name, int32_t *gid) {
    while (group.at) {
        struct text line = text_cut(&group, '\n');
        struct text word = text_cut(&line, ':');

        text_cut(&line, ':');
        if (word.len && *word.at != '#' && text_is(word, name) && read_number(text_cut(&line, ':'), gid))
            return true;
    }
    return false;
}

static bool has_group(const struct exports_cred *cred, int32_t gid) {
    for (size_t i = 0; i < cred->group_count; i++)
        if (cred->groups[i] == gid)
            return true;
    return false;
}

void etcfiles_memberships(struct text group, struct text user, struct exports_cred *cred) {
    char name[WORD_BYTES];

    if (!text_copy(user, name, sizeof(name)))
        return;
    while (group.at && cred->group_count < EXPORTS_GROUPS_MAX) {
        struct text line = text_cut(&group, '\n');
        bool is_member = false;
        int32_t gid;

        if (text_has_prefix(line, "#"))
            continue;
        text_cut(&line, ':');
        text_cut(&line, ':');
        if (!read_number(text_cut(&line, ':'), &gid) || has_group(cred, gid))
            continue;
        while (line.at && !is_member)
            is_member = text_is(text_cut(&line, ','), name);
        if (is_member)
            cred->groups[cred->group_count++] = gid;
    }
}

static bool is_same_name(struct text word, const char *name) {
    return word.len == strlen(name) && strncasecmp(word.at, name, word.len) == 0;
}

size_t etcfiles_host(struct text hosts, const char *name, struct exports_address *out, size_t max) {
    size_t count = 0;

    while (hosts.at && count < max) {
        struct text line = text_cut(&hosts, '\n');
        struct text word = next_word(&line);
        struct exports_address address;
        bool is_there = false;
        char number[WORD_BYTES];

        if (!word.len || !text_copy(word, number, sizeof(number)) || !exports_address(number, &address))
            continue;
        for (size_t i = 0; i < count; i++)
            is_there |= exports_same_address(&out[i], &address);
        for (word = next_word(&line); word.len && !is_there; word = next_word(&line))
            if (is_same_name(word, name)) {
                out[count++] = address;
                break;
            }
    }
    return count;
}

bool etcfiles_network(struct text networks, const char *name, uint32_t *number) {
    while (networks.at) {
        struct text line = text_cut(&networks, '\n');
        struct text word = next_word(&line);
        struct text value = next_word(&line);
        char digits[WORD_BYTES];
        bool is_it = text_is(word, name);

        for (word = next_word(&line); word.len && !is_it; word = next_word(&line))
            is_it = text_is(word, name);
        if (is_it && value.len && text_copy(value, digits, sizeof(digits)) && exports_network(digits, number))
            return true;
    }
    return false;
}

/* Takes the next "(host,user,domain)" or name of a line. Returns the host or the name. */
static struct text next_member(struct text *line) {
    struct text rest = *line;
    struct text word;

    while (rest.len && text_is_blank(*rest.at))
        rest = text_skip(rest, 1);
    if (!text_take(&rest, "(")) {
        *line = rest;
        return next_word(line);
    }
    word = text_cut(&rest, ')');
    *line = rest;
    return text_trim(text_cut(&word, ','));
}

bool etcfiles_netgroup(struct text netgroup, const char *name, size_t place, char *host, size_t size) {
    while (netgroup.at) {
        struct text line = text_cut(&netgroup, '\n');
        struct text word = next_word(&line);

        if (!word.len || !text_is(word, name))
            continue;
        for (size_t i = 0; line.at; i++) {
            word = next_member(&line);
            if (!word.len)
                return false;
            if (i == place)
                return text_copy(word, host, size);
        }
        return false;
    }
    return false;
}
