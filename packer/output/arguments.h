/* SPDX-License-Identifier: MIT */
/*
 * arguments: reads the command line. One table serves as parser and help. Pure, except for the help's output.
 */
#ifndef PACKER_ARGUMENTS_H
#define PACKER_ARGUMENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define ARGUMENTS_SET_MAX 64 /* of each list */

/* The verbs, as bits. */
enum arguments_verb {
    ARGUMENTS_ADD = 1,
    ARGUMENTS_REMOVE = 2,
    ARGUMENTS_STATUS = 4,
    ARGUMENTS_INSPECT = 8,
    ARGUMENTS_VERIFY = 16,
    ARGUMENTS_DOCTOR = 32,
    ARGUMENTS_EVENTS = 64,
    ARGUMENTS_ALL = 127,
};

/* Pointers are into argv. */
struct arguments {
    const char *image; /* NULL: the default image */
    const char *out;   /* NULL: the image itself */
    const char *config;
    const char *agent;
    const char *root;
    const char *set[ARGUMENTS_SET_MAX];
    size_t set_count;
    const char *exclude[ARGUMENTS_SET_MAX];
    size_t exclude_count;
    const char *exports[ARGUMENTS_SET_MAX]; /* EXPORT[=FOLDER], for events */
    size_t export_count;
    const char *port;
    bool gzip;
    bool no_backup;
    bool force;
    bool if_needed;
    bool fix;
    bool unfix;
    bool porcelain;
    bool list;
    bool help;
};

/*
 * Reads the argc words after the verb. Returns false if they are wrong, and sets *why to one clause and *what to the
 * wrong word.
 */
bool arguments_read(struct arguments *arguments, enum arguments_verb verb, int argc, char **argv, const char **why,
                    const char **what);

/* Prints the options of one verb, one on each line. */
void arguments_help(enum arguments_verb verb, FILE *out);

#endif
