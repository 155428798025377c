/* SPDX-License-Identifier: MIT */
#include "cred.h"

#include "../../agent/common/text.h"

#define NAME_BYTES 256

const struct exports_cred exports_nobody = {-2, {-2}, 1};

static bool is_number(const char *text) {
    return *text == '-' || (*text >= '0' && *text <= '9');
}

/* atoi(3): ignores what follows the number. */
static int32_t number_of(const char *text) {
    bool is_negative = *text == '-';
    int64_t value = 0;

    for (text += is_negative; *text >= '0' && *text <= '9'; text++)
        if (value < INT64_MAX / 10 - 10)
            value = value * 10 + (*text - '0');
    return (int32_t)(uint32_t)(is_negative ? -value : value);
}

static void read_groups(const struct exports_world *world, struct text names, struct exports_cred *cred) {
    char name[NAME_BYTES];
    int32_t gid;

    cred->group_count = 0;
    while (names.at && names.len && cred->group_count < EXPORTS_GROUPS_MAX) {
        if (!text_copy(text_cut(&names, ':'), name, sizeof(name)))
            continue;
        if (is_number(name))
            cred->groups[cred->group_count++] = number_of(name);
        else if (world->group(world->context, name, &gid))
            cred->groups[cred->group_count++] = gid;
    }
}

enum exports_cred_answer exports_cred_read(const struct exports_world *world, const char *value,
                                           struct exports_cred *cred) {
    struct text groups = text_of(value);
    char name[NAME_BYTES];
    bool is_known;

    for (size_t i = 0; i < groups.len; i++)
        if (text_is_blank(value[i]))
            groups.len = i;
    *cred = exports_nobody;
    if (!text_copy(text_cut(&groups, ':'), name, sizeof(name)))
        return EXPORTS_CRED_NO_USER;
    if (is_number(name))
        is_known = world->user(world->context, NULL, number_of(name), cred);
    else
        is_known = world->user(world->context, name, 0, cred);
    if (!is_known && (!groups.at || !is_number(name)))
        return EXPORTS_CRED_NO_USER;
    if (!is_known)
        cred->uid = number_of(name);
    if (groups.at)
        read_groups(world, groups, cred);
    return cred->group_count ? EXPORTS_CRED_FINE : EXPORTS_CRED_NO_GROUP;
}

bool exports_same_cred(const struct exports_cred *a, const struct exports_cred *b) {
    if (a->uid != b->uid || a->group_count != b->group_count)
        return false;
    for (size_t i = 0; i < a->group_count; i++)
        if (a->groups[i] != b->groups[i])
            return false;
    return true;
}
