/* SPDX-License-Identifier: MIT */
/* The settings from any bytes, as file and as kernel command line; what is accepted must survive being written. */
#include "../../agent/settings/config.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void count(void *ctx, const struct config_fault *fault) {
    char text[1024];
    struct text_out out = text_out(text, sizeof text);

    config_fault_text(fault, &out);
    if (out.cut)
        abort();
    ++*(unsigned *)ctx;
}

static void never(void *ctx, const struct config_fault *fault) {
    (void)ctx;
    (void)fault;
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct config config, again;
    char value[16384], line[17000];
    unsigned faults = 0;
    size_t half = size / 2;

    config_defaults(&config);
    config_file(&config, (const char *)data, half, count, &faults);
    config_cmdline(&config, (const char *)data + half, size - half, count, &faults);
    config_finish(&config, count, &faults);
    config_defaults(&again);
    for (enum config_key key = 0; key < CONFIG_KEYS; key++) {
        for (uint32_t i = 0; i < (key == CONFIG_MOUNT ? config.mount_count : 1); i++) {
            struct text_out out = text_out(value, sizeof value), whole = text_out(line, sizeof line);
            config_value(&config, key, i, &out);
            text_putf(&whole, "%s = %s", config_key_info(key)->name, value);
            if (whole.len <= CONFIG_LINE_MAX)
                config_file(&again, line, whole.len, never, NULL);
            else
                return 0;
        }
    }
    config_finish(&again, never, NULL);
    if (config_fingerprint(&config) != config_fingerprint(&again))
        abort();
    return 0;
}
