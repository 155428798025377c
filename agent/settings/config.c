/* SPDX-License-Identifier: MIT */
#include "config.h"

#include "cmdline.h"
#include "config_keys.h"
#include "mountspec.h"
#include "options.h"

#include <string.h>

#define CMDLINE_PREFIX "usermount."

/* The first mount of a layer replaces the earlier layers' mounts. */
static enum config_reason set_mount(struct config *config, struct text value, struct config_origin origin) {
    struct config_mount mount = {.origin = origin};
    enum config_reason reason = mountspec_read(value, &mount);

    if (reason != CONFIG_OK)
        return reason;
    reason = options_check(mount.options);
    if (reason != CONFIG_OK)
        return reason;
    if (config->mount_count > 0 && config->mounts[0].origin.layer != origin.layer)
        config->mount_count = 0;
    if (config->mount_count == CONFIG_MOUNTS_MAX)
        return CONFIG_TOO_MANY;
    config->mounts[config->mount_count++] = mount;
    return CONFIG_OK;
}

static enum config_reason set_options(struct text value, char *field) {
    char options[CONFIG_OPTIONS_SIZE];

    if (!text_unescape(value, options, sizeof options))
        return CONFIG_BAD_ESCAPE;
    enum config_reason reason = options_check(options);
    if (reason != CONFIG_OK)
        return reason;
    memcpy(field, options, sizeof options);
    return CONFIG_OK;
}

static enum config_reason set_server(struct text value, char *field) {
    char server[CONFIG_SERVER_SIZE];

    enum config_reason reason = mountspec_server(value, server);
    if (reason == CONFIG_OK)
        memcpy(field, server, sizeof server);
    return reason;
}

static enum config_reason set_seconds(const struct config_key_row *row, struct text value, uint32_t *field) {
    uint64_t value_ms;

    if (!text_seconds(value, row->max_ms, &value_ms) || value_ms < row->min_ms)
        return CONFIG_BAD_SECONDS;
    *field = (uint32_t)value_ms;
    return CONFIG_OK;
}

static enum config_reason set_port(struct text value, uint32_t *field) {
    uint64_t port;

    if (!text_u64(value, UINT16_MAX, &port) || port == 0)
        return CONFIG_BAD_PORT;
    *field = (uint32_t)port;
    return CONFIG_OK;
}

static enum config_reason set_choice(const struct config_key_row *row, struct text value, uint32_t *field) {
    for (uint32_t i = 0; row->choices[i]; i++) {
        if (text_is(value, row->choices[i])) {
            *field = i;
            return CONFIG_OK;
        }
    }
    return CONFIG_BAD_CHOICE;
}

static enum config_reason set_field(struct config *config, enum config_key key, struct text value,
                                    struct config_origin origin) {
    const struct config_key_row *row = &config_rows[key];
    void *field = (char *)config + row->offset;

    switch (row->type) {
    case TYPE_MOUNT:
        return set_mount(config, value, origin);
    case TYPE_SERVER:
        return set_server(value, field);
    case TYPE_OPTIONS:
        return set_options(value, field);
    case TYPE_SECONDS:
        return set_seconds(row, value, field);
    case TYPE_PORT:
        return set_port(value, field);
    case TYPE_CHOICE:
        return set_choice(row, value, field);
    }
    return CONFIG_UNKNOWN_KEY;
}

enum config_reason config_set(struct config *config, enum config_key key, struct text value,
                              struct config_origin origin) {
    if (value.len == 0 && config_rows[key].type != TYPE_OPTIONS)
        return CONFIG_NO_VALUE;
    enum config_reason reason = set_field(config, key, value, origin);
    if (reason == CONFIG_OK)
        config->origin[key] = origin;
    return reason;
}

void config_defaults(struct config *config) {
    const struct config_origin origin = {.layer = CONFIG_DEFAULT};

    memset(config, 0, offsetof(struct config, mounts));
    for (enum config_key key = 0; key < CONFIG_KEYS; key++)
        config_set(config, key, text_of(config_rows[key].info.fallback), origin);
}

/* Copies as much as fits, and replaces NULs. */
static void shorten(struct text text, char *out, size_t size) {
    struct text_out shown = text_out(out, size);

    text_put_text(&shown, text);
    for (char *c = out; c < out + shown.len; c++)
        if (*c == '\0')
            *c = '?';
}

struct sink {
    config_report *report;
    void *ctx;
};

static void fault(const struct sink *sink, enum config_reason reason, struct config_origin origin, struct text key,
                  struct text value) {
    struct config_fault fault = {.origin = origin, .reason = reason};

    shorten(key, fault.key, sizeof fault.key);
    shorten(value, fault.value, sizeof fault.value);
    sink->report(sink->ctx, &fault);
}

static void set_named(struct config *config, const struct sink *sink, struct text name, struct text value,
                      struct config_origin origin) {
    for (enum config_key key = 0; key < CONFIG_KEYS; key++) {
        if (!cmdline_key_is(name, config_rows[key].info.name))
            continue;
        enum config_reason reason = config_set(config, key, value, origin);
        if (reason != CONFIG_OK)
            fault(sink, reason, origin, name, value);
        return;
    }
    fault(sink, CONFIG_UNKNOWN_KEY, origin, name, value);
}

/* A folder may have a name such as "C #1". In a path, a "#" begins a comment only if a blank follows. Any other "#"
 * after a blank is a fault. */
static enum config_reason cut_comment(struct text *value, bool is_path) {
    for (size_t i = 0; i < value->len; i++) {
        if (value->at[i] != '#' || (i > 0 && !text_is_blank(value->at[i - 1])))
            continue;
        if (is_path && i > 0 && i + 1 < value->len && !text_is_blank(value->at[i + 1]))
            return CONFIG_COMMENT;
        value->len = i;
    }
    *value = text_trim(*value);
    return CONFIG_OK;
}

/* Removes the comment after a value, or the quotes around it. */
static enum config_reason read_value(struct text *value, bool is_path) {
    struct text rest = *value;

    if (!text_take(&rest, "\""))
        return cut_comment(value, is_path);
    *value = text_cut(&rest, '"');
    if (!rest.at)
        return CONFIG_BAD_QUOTES;
    rest = text_trim(rest);
    return rest.len == 0 || rest.at[0] == '#' ? CONFIG_OK : CONFIG_BAD_QUOTES;
}

static bool has_control_byte(struct text text) {
    for (size_t i = 0; i < text.len; i++)
        if (((unsigned char)text.at[i] < ' ' && text.at[i] != '\t') || text.at[i] == 0x7f)
            return true;
    return false;
}

static void file_line(struct config *config, const struct sink *sink, struct text line, uint32_t number) {
    struct config_origin origin = {.layer = CONFIG_FILE, .line = number, .column = 1};
    const char *start = line.at;

    if (line.len > 0 && line.at[line.len - 1] == '\r')
        line.len--;
    if (line.len > CONFIG_LINE_MAX) {
        fault(sink, CONFIG_LONG_LINE, origin, line, (struct text){NULL, 0});
        return;
    }
    line = text_trim(line);
    if (line.len == 0 || line.at[0] == '#')
        return;
    origin.column = (uint32_t)(line.at - start + 1);
    struct text value = line;
    struct text name = text_trim(text_cut(&value, '='));
    if (has_control_byte(line)) {
        fault(sink, CONFIG_BAD_BYTE, origin, name, value);
        return;
    }
    if (!value.at) {
        fault(sink, CONFIG_BAD_LINE, origin, name, value);
        return;
    }
    value = text_trim(value);
    enum config_reason reason = read_value(&value, cmdline_key_is(name, config_rows[CONFIG_MOUNT].info.name));
    if (reason != CONFIG_OK)
        fault(sink, reason, origin, name, value);
    else
        set_named(config, sink, name, value, origin);
}

void config_file(struct config *config, const char *text, size_t len, config_report *report, void *ctx) {
    const struct sink sink = {report, ctx};
    struct text rest = {text, len};

    for (uint32_t number = 1; rest.at; number++) {
        struct text line = text_cut(&rest, '\n');
        if ((size_t)(line.at - text) + line.len > CONFIG_FILE_MAX) {
            fault(&sink, CONFIG_LONG_FILE, (struct config_origin){CONFIG_FILE, number, 1}, line,
                  (struct text){NULL, 0});
            return;
        }
        file_line(config, &sink, line, number);
    }
}

void config_cmdline(struct config *config, const char *text, size_t len, config_report *report, void *ctx) {
    const struct sink sink = {report, ctx};
    struct cmdline cmdline = cmdline_of(text, len);
    struct cmdline_arg arg;

    while (cmdline_next(&cmdline, &arg)) {
        struct config_origin origin = {.layer = CONFIG_CMDLINE, .line = 1, .column = arg.column};
        if (!text_take(&arg.key, CMDLINE_PREFIX))
            continue;
        if (has_control_byte(arg.value))
            fault(&sink, CONFIG_BAD_BYTE, origin, arg.key, arg.value);
        else
            set_named(config, &sink, arg.key, arg.value, origin);
    }
}

static enum config_reason collision(const struct config *config, const struct config_mount *mount, uint32_t kept) {
    for (uint32_t i = 0; i < kept; i++) {
        struct text other = text_of(config->mounts[i].target), target = text_of(mount->target);
        if (text_same(target, other))
            return CONFIG_SAME_TARGET;
        if (text_is_below(target, other) || text_is_below(other, target))
            return CONFIG_NESTED_TARGET;
    }
    return CONFIG_OK;
}

void config_finish(struct config *config, config_report *report, void *ctx) {
    const struct sink sink = {report, ctx};
    uint32_t kept = 0;

    for (uint32_t i = 0; i < config->mount_count; i++) {
        struct config_mount *mount = &config->mounts[i];
        enum config_reason reason = collision(config, mount, kept);
        if (reason != CONFIG_OK) {
            fault(&sink, reason, mount->origin, text_of("mount"), text_of(mount->target));
            continue;
        }
        mount->server_origin = mount->server[0] ? mount->origin : config->origin[CONFIG_SERVER];
        if (!mount->server[0])
            memcpy(mount->server, config->server, sizeof mount->server);
        if (kept != i)
            config->mounts[kept] = *mount;
        kept++;
    }
    config->mount_count = kept;
}
