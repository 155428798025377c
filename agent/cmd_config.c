/* SPDX-License-Identifier: MIT */
#include "cmd.h"
#include "settings/load.h"

#include <stdio.h>
#include <string.h>

#define VALUE_SIZE 16384 /* a mount, with every byte escaped */

static void put_origin(const struct config_origin *origin, struct text_out *out) {
    text_put(out, config_layer_name(origin->layer));
    if (origin->layer == CONFIG_FILE)
        text_putf(out, ":%u", origin->line);
    else if (origin->layer == CONFIG_CMDLINE)
        text_putf(out, ":%u", origin->column);
}

static void print(const struct config *config, enum config_key key, uint32_t index, bool porcelain) {
    char value[VALUE_SIZE], where[64];
    struct text_out out = text_out(value, sizeof value), from = text_out(where, sizeof where);
    const char *name = config_key_info(key)->name;

    config_value(config, key, index, &out);
    put_origin(key == CONFIG_MOUNT ? &config->mounts[index].origin : &config->origin[key], &from);
    if (porcelain)
        printf("%s=%s origin=%s\n", name, value, where);
    else
        printf("%-14s = %-24s # %s\n", name, value, where);
}

int cmd_config(const struct cmd_line *line) {
    static struct settings settings;
    char text[512];

    settings_load(&settings, line->config, line->cmdline);
    for (enum config_key key = 0; key < CONFIG_KEYS; key++) {
        uint32_t count = key == CONFIG_MOUNT ? settings.config.mount_count : 1;
        for (uint32_t i = 0; i < count; i++)
            print(&settings.config, key, i, line->porcelain);
    }
    for (uint32_t i = 0; i < settings.fault_count && i < SETTINGS_FAULTS_MAX; i++) {
        struct text_out out = text_out(text, sizeof text);
        config_fault_text(&settings.faults[i], &out);
        fprintf(stderr, "usermount: %s\n", text);
    }
    return settings.fault_count > 0 ? EXIT_BAD_CONFIG : EXIT_YES;
}
