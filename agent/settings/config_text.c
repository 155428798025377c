/* SPDX-License-Identifier: MIT */
/* config_text: the half of config.h that writes settings and faults as text. */
#include "config.h"
#include "config_keys.h"
#include "mountspec.h"

#include <string.h>

static const char *const layer_names[CONFIG_LAYERS] = {
    [CONFIG_DEFAULT] = "default",
    [CONFIG_FILE] = "file",
    [CONFIG_CMDLINE] = "cmdline",
};

const char *config_layer_name(enum config_layer layer) {
    return layer_names[layer];
}

static const char *const reason_texts[] = {
    [CONFIG_OK] = "ok",
    [CONFIG_BAD_LINE] = "not a `key = value` line",
    [CONFIG_LONG_LINE] = "the line is longer than 2048 bytes",
    [CONFIG_LONG_FILE] = "the file is longer than 64 KiB: the rest is not read",
    [CONFIG_COMMENT] =
        "\"#\" after a blank begins a comment: put the value in double quotes, or a blank after the \"#\"",
    [CONFIG_BAD_BYTE] = "the line holds a control character",
    [CONFIG_UNKNOWN_KEY] = "no such key",
    [CONFIG_NO_VALUE] = "no value",
    [CONFIG_BAD_QUOTES] = "the quotes do not match",
    [CONFIG_BAD_ESCAPE] = "too long, or a bad \\ooo escape",
    [CONFIG_BAD_SECONDS] = "not a number of seconds in this key's range",
    [CONFIG_BAD_CHOICE] = "not one of this key's words",
    [CONFIG_BAD_PORT] = "not a port from 1 to 65535",
    [CONFIG_BAD_SERVER] = "not a name, IPv4 or [IPv6] address",
    [CONFIG_SERVER_PORT] = "a server takes no port: write port=2049 in the options",
    [CONFIG_URL] = "not a URL: write SERVER:/EXPORT, or the server alone as the value of `server`",
    [CONFIG_FSTAB] = "not a line of fstab: write SERVER:/EXPORT:/TARGET:OPTIONS, and \\040 for a blank in a path",
    [CONFIG_EXPORTS] = "not a line of the Mac's /etc/exports: write the path alone",
    [CONFIG_BAD_PATH] = "not an absolute path without . and ..",
    [CONFIG_BAD_MOUNT] = "not [SERVER:]/EXPORT[:/TARGET[:OPTIONS]]",
    [CONFIG_NO_TARGET] = "the guest's own / cannot be the target: name one, [SERVER:]/EXPORT:/TARGET",
    [CONFIG_BAD_OPTION] = "not a mount option: see usermount.conf(5)",
    [CONFIG_OPTION_LIST] = "write the options as one list without brackets or quotes: rw,tcp",
    [CONFIG_OPTION_OWNER] = "a user and a group belong in the Mac's /etc/exports (-mapall=501:20): leave them out",
    [CONFIG_OPTION_DOCKER] = "an option of docker run -v, not of NFS: leave it out",
    [CONFIG_OPTION_UDP] = "UDP is refused: Docker for Mac's network drops it or loses large replies",
    [CONFIG_OPTION_VERSION] = "only NFS version 3 is supported",
    [CONFIG_OPTION_OURS] = "usermount sets this option from the server: name that in `server` or `mount`",
    [CONFIG_OPTIONS_MANY] = "too many options",
    [CONFIG_TOO_MANY] = "more than 32 mounts",
    [CONFIG_SAME_TARGET] = "an earlier mount has this target",
    [CONFIG_NESTED_TARGET] = "this target lies inside an earlier one, or holds it",
};

const char *config_reason_text(enum config_reason reason) {
    return reason_texts[reason];
}

void config_place(const struct config_origin *origin, struct text_out *out) {
    switch (origin->layer) {
    case CONFIG_FILE:
        text_putf(out, "usermount.conf line %u column %u", origin->line, origin->column);
        break;
    case CONFIG_CMDLINE:
        text_putf(out, "kernel command line column %u", origin->column);
        break;
    case CONFIG_DEFAULT:
        text_put(out, "the default");
        break;
    case CONFIG_LAYERS:
        text_put(out, "the command line");
        break;
    }
}

void config_fault_text(const struct config_fault *fault, struct text_out *out) {
    config_place(&fault->origin, out);
    text_put(out, ": unable to use ");
    mountspec_escape(fault->key, "", out);
    if (fault->value[0]) {
        text_put_char(out, '=');
        mountspec_escape(fault->value, "", out);
    }
    text_putf(out, ": %s", config_reason_text(fault->reason));
}

static void put_seconds(uint32_t value_ms, struct text_out *out) {
    char digits[8];

    text_putf(out, "%u", value_ms / 1000);
    if (value_ms % 1000 == 0)
        return;
    struct text_out fraction = text_out(digits, sizeof digits);
    text_putf(&fraction, ".%03u", value_ms % 1000);
    while (digits[fraction.len - 1] == '0')
        digits[--fraction.len] = '\0';
    text_put(out, digits);
}

void config_value(const struct config *config, enum config_key key, uint32_t index, struct text_out *out) {
    const struct config_key_row *row = &config_rows[key];
    const void *field = (const char *)config + row->offset;
    const uint32_t *number = field;

    switch (row->type) {
    case TYPE_MOUNT:
        mountspec_write(&config->mounts[index], out);
        break;
    case TYPE_SERVER:
    case TYPE_OPTIONS:
        mountspec_escape(field, "", out);
        break;
    case TYPE_SECONDS:
        put_seconds(*number, out);
        break;
    case TYPE_PORT:
        text_putf(out, "%u", *number);
        break;
    case TYPE_CHOICE:
        text_put(out, row->choices[*number]);
        break;
    }
}

uint64_t config_fingerprint(const struct config *config) {
    uint64_t hash = TEXT_HASH;
    char value[4 * (2 * CONFIG_PATH_SIZE + CONFIG_SERVER_SIZE + CONFIG_OPTIONS_SIZE)]; /* every byte escaped */

    for (enum config_key key = 0; key < CONFIG_KEYS; key++) {
        uint32_t count = config_rows[key].type == TYPE_MOUNT ? config->mount_count : 1;
        for (uint32_t i = 0; i < count; i++) {
            struct text_out out = text_out(value, sizeof value);
            config_value(config, key, i, &out);
            text_put_char(&out, '\n');
            hash = text_hash(hash, text_of(value));
        }
    }
    return hash;
}
