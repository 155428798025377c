/* SPDX-License-Identifier: MIT */
#include "load.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define READ_MAX (CONFIG_FILE_MAX + 1) /* one more: config_file() then reports a file that is too long */

static void keep(void *ctx, const struct config_fault *fault) {
    struct settings *settings = ctx;

    if (settings->fault_count < SETTINGS_FAULTS_MAX)
        settings->faults[settings->fault_count] = *fault;
    settings->fault_count++;
}

static size_t read_file(const char *path, char *buffer, int *error) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    size_t filled = 0;
    ssize_t n = -1;

    *error = errno;
    if (fd < 0)
        return 0;
    while (filled < READ_MAX && (n = read(fd, buffer + filled, READ_MAX - filled)) > 0)
        filled += (size_t)n;
    *error = n < 0 ? errno : 0;
    close(fd);
    return filled;
}

void settings_load(struct settings *settings, const char *file, const char *cmdline) {
    static char buffer[READ_MAX];
    int ignored;

    settings->fault_count = 0;
    settings->file = file;
    config_defaults(&settings->config);
    size_t len = read_file(file, buffer, &settings->file_error);
    config_file(&settings->config, buffer, len, keep, settings);
    len = read_file(cmdline, buffer, &ignored);
    config_cmdline(&settings->config, buffer, len, keep, settings);
    config_finish(&settings->config, keep, settings);
}
