/* SPDX-License-Identifier: MIT */
#include "conf.h"

#include "../../agent/settings/config.h"
#include "../../agent/settings/options.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGINNING "\n# Set by usermount-pack add"
#define HEADING BEGINNING ":\n"
#define OWN_HEADING BEGINNING " --config:\n"

struct check {
    void (*complain)(void *context, const struct settings_fault *fault);
    void *context;
    uint32_t first_set_line;
    size_t set_count;
    int faults;
};

static char *put(char *at, const char *bytes, size_t size) {
    memcpy(at, bytes, size);
    return at + size;
}

/* Returns the beginning of the last heading, or NULL. */
static const char *find_heading(const char *text, size_t size) {
    size_t length = strlen(BEGINNING);

    for (size_t at = size; at >= length; at--)
        if (memcmp(text + at - length, BEGINNING, length) == 0)
            return text + at - length;
    return NULL;
}

static bool ends_in_half_an_escape(const char *value, const char *end) {
    size_t backslashes = 0;

    while (end > value && end[-1] == '\\') {
        end--;
        backslashes++;
    }
    return backslashes % 2 == 1;
}

/* Writes KEY=VALUE as a line of the file. There a "#" after a blank begins a comment, and blanks at the end are
 * trimmed. Both are escaped, because the user means them. A value in double quotes is copied: the user has escaped it.
 */
static char *put_set(char *at, const char *set) {
    const char *value = strchr(set, '=');
    const char *end = set + strlen(set);
    const char *last = end;

    value = value ? value + 1 : end;
    while (value < end && text_is_blank(*value))
        value++;
    if (*value == '"')
        value = last = end;
    while (last > value && text_is_blank(last[-1]))
        last--;
    if (ends_in_half_an_escape(value, last)) /* a fault, which an escape behind it would hide */
        last = end;
    for (const char *from = set; from < end; from++) {
        bool is_comment = *from == '#' && from > value && text_is_blank(from[-1]);
        if (from >= value && (from >= last || is_comment))
            at += sprintf(at, "\\%03o", (unsigned)(unsigned char)*from);
        else
            *at++ = *from;
    }
    return at;
}

int settings_join(const char *base, size_t size, bool is_own, const char *const *sets, size_t count, bool is_kept,
                  char **text, size_t *text_size) {
    size_t total = size + strlen(OWN_HEADING) + 2;
    const char *heading = is_own ? OWN_HEADING : HEADING;
    char *at;

    for (size_t i = 0; i < count; i++)
        total += 4 * strlen(sets[i]) + 2;
    *text = malloc(total);
    if (!*text)
        return -ENOMEM;
    at = put(*text, base, size);
    if (size && base[size - 1] != '\n')
        *at++ = '\n';
    /* settings_split() looks for the last heading. A base that was copied from a guest contains one of its own. */
    if (count || is_own || find_heading(base, size))
        at = put(at, heading, strlen(heading));
    for (size_t i = 0; i < count; i++) {
        at = is_kept ? put(at, sets[i], strlen(sets[i])) : put_set(at, sets[i]);
        *at++ = '\n';
    }
    *at = '\0';
    *text_size = (size_t)(at - *text);
    return 0;
}

/* Splits the lines from `first` on. Returns false if one is not KEY=VALUE, or if there are too many. */
static bool split_lines(char *first, const char *end, struct settings_parts *parts) {
    for (char *at = first; at < end;) {
        char *newline = memchr(at, '\n', (size_t)(end - at));

        if (!newline || parts->set_count == SETTINGS_SETS_MAX || *at == '#' || *at == '=' ||
            !memchr(at, '=', (size_t)(newline - at)) || memchr(at, '\0', (size_t)(newline - at)))
            return false;
        parts->sets[parts->set_count++] = at;
        at = newline + 1;
    }
    for (char *at = first; at < end; at++)
        if (*at == '\n')
            *at = '\0';
    return true;
}

void settings_split(char *text, size_t size, struct settings_parts *parts) {
    const char *found = find_heading(text, size);
    struct text rest;

    *parts = (struct settings_parts){.base_size = size};
    if (!found)
        return;
    parts->base_size = (size_t)(found - text);
    rest = (struct text){found, size - parts->base_size};
    parts->is_own = text_take(&rest, OWN_HEADING);
    if ((parts->is_own || text_take(&rest, HEADING)) && split_lines(text + size - rest.len, text + size, parts))
        return;
    *parts = (struct settings_parts){.base_size = size, .is_own = true};
}

static size_t set_of(const struct check *check, uint32_t line) {
    size_t set = line >= check->first_set_line ? line - check->first_set_line + 1 : 0;

    return set > check->set_count ? 0 : set;
}

static void take_fault(void *context, const struct config_fault *fault) {
    struct check *check = context;
    struct settings_fault out = {
        .line = fault->origin.line,
        .column = fault->origin.column,
        .reason = config_reason_text(fault->reason),
    };

    out.set = set_of(check, fault->origin.line);
    check->faults++;
    check->complain(check->context, &out);
}

static void warn(struct check *check, struct config_origin origin, const char *options) {
    struct text strange = options_strange(options);
    struct settings_fault out = {.line = origin.line, .column = origin.column, .is_warning = true};

    if (!strange.at || origin.layer != CONFIG_FILE)
        return;
    out.set = set_of(check, origin.line);
    snprintf(out.option, sizeof(out.option), "%.*s", (int)strange.len, strange.at);
    out.reason = "Docker for Mac's kernels, Linux 4.4 and 4.9, do not know this mount option";
    check->complain(check->context, &out);
}

/* Only a warning: another kernel may know the option. */
static void warn_of_options(struct check *check, const struct config *config) {
    warn(check, config->origin[CONFIG_OPTIONS], config->options);
    for (uint32_t i = 0; i < config->mount_count; i++)
        warn(check, config->mounts[i].origin, config->mounts[i].options);
}

static uint32_t count_lines(const char *text, size_t size) {
    uint32_t lines = 0;

    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    return lines;
}

int settings_check(const char *text, size_t size, size_t set_count,
                   void (*complain)(void *context, const struct settings_fault *fault), void *context) {
    struct config *config = malloc(sizeof(*config)); /* too large for the stack, with its 32 mounts */
    struct check check = {.complain = complain, .context = context, .set_count = set_count};

    if (!config)
        return -ENOMEM;
    /* The --set lines are the last ones. */
    check.first_set_line = count_lines(text, size) - (uint32_t)set_count + 1;
    config_defaults(config);
    config_file(config, text, size, take_fault, &check);
    config_finish(config, take_fault, &check);
    warn_of_options(&check, config);
    free(config);
    return check.faults;
}
