/* SPDX-License-Identifier: MIT */
/* load: reads the files that config.h parses, and keeps the faults until there is a log. Edge. */
#ifndef USERMOUNT_SETTINGS_LOAD_H
#define USERMOUNT_SETTINGS_LOAD_H

#include "config.h"

#define SETTINGS_FAULTS_MAX 32

struct settings {
    struct config config;
    struct config_fault faults[SETTINGS_FAULTS_MAX];
    uint32_t fault_count; /* of all faults; `faults` holds the first SETTINGS_FAULTS_MAX */
    const char *file;     /* the path of the file layer */
    int file_error;       /* errno of reading it; ENOENT is ordinary */
};

/* Reads all layers, from the files at the paths `file` and `cmdline` (/proc/cmdline). An unreadable file is an empty
 * layer. */
void settings_load(struct settings *settings, const char *file, const char *cmdline);

#endif
