/* SPDX-License-Identifier: MIT */
/* load: reads the files that config.h parses, and keeps the faults until there is a log. Edge. */
#ifndef USERMOUNT_SETTINGS_LOAD_H
#define USERMOUNT_SETTINGS_LOAD_H

#include "config.h"

#define SETTINGS_FAULTS_MAX 32

struct settings {
    struct config config;
    struct config_fault faults[SETTINGS_FAULTS_MAX];
    uint32_t fault_count; /* of all; the first SETTINGS_FAULTS_MAX are kept */
    const char *file;     /* where the file layer came from */
    int file_error;       /* errno of reading it; ENOENT is ordinary */
};

/* All layers. A file that cannot be read is an empty layer. */
void settings_load(struct settings *settings, const char *file, const char *cmdline);

#endif
