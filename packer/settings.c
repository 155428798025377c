/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include "../agent/config.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEADING "\n# Set by usermount-pack add:\n"

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

int settings_join(const char *base, size_t size, const char *const *sets, size_t count, char **text,
                  size_t *text_size) {
    size_t total = size + strlen(HEADING) + 2;
    char *at;

    for (size_t i = 0; i < count; i++)
        total += strlen(sets[i]) + 1;
    *text = malloc(total);
    if (!*text)
        return -ENOMEM;
    at = put(*text, base, size);
    if (size && base[size - 1] != '\n')
        *at++ = '\n';
    if (count)
        at = put(at, HEADING, strlen(HEADING));
    for (size_t i = 0; i < count; i++) {
        at = put(at, sets[i], strlen(sets[i]));
        *at++ = '\n';
    }
    *at = '\0';
    *text_size = (size_t)(at - *text);
    return 0;
}

static void take_fault(void *context, const struct config_fault *fault) {
    struct check *check = context;
    struct settings_fault out = {
        .line = fault->origin.line,
        .column = fault->origin.column,
        .reason = config_reason_text(fault->reason),
    };

    if (fault->origin.line >= check->first_set_line)
        out.set = fault->origin.line - check->first_set_line + 1;
    if (out.set > check->set_count)
        out.set = 0;
    check->faults++;
    check->complain(check->context, &out);
}

static uint32_t count_lines(const char *text, size_t size) {
    uint32_t lines = 0;

    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n';
    return lines;
}

int settings_check(const char *text, size_t size, size_t set_count,
                   void (*complain)(void *context, const struct settings_fault *fault), void *context) {
    struct config *config = malloc(sizeof(*config)); /* 32 mounts make it large for a stack */
    struct check check = {.complain = complain, .context = context, .set_count = set_count};

    if (!config)
        return -ENOMEM;
    /* The --set lines are the last ones. */
    check.first_set_line = count_lines(text, size) - (uint32_t)set_count + 1;
    config_defaults(config);
    config_file(config, text, size, take_fault, &check);
    config_finish(config, take_fault, &check);
    free(config);
    return check.faults;
}
