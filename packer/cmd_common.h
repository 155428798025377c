/* SPDX-License-Identifier: MIT */
/*
 * cmd_common: what several verbs begin or end with. They print their own errors and return the
 * exit code, SAY_DONE to go on.
 */
#ifndef PACKER_CMD_COMMON_H
#define PACKER_CMD_COMMON_H

#include <stdbool.h>

#include "output/arguments.h"
#include "host/image.h"
#include "image/lost.h"
#include "write/packed.h"
#include "image/scan.h"

/* Opens the image of the command line, or the default one. "-" only where standard input makes sense. */
int cmd_open(const struct arguments *arguments, bool may_be_stdin, struct image *image);

/*
 * Opens for a verb that writes, and finds what it writes: *target, which the caller frees, is -o or the image itself,
 * without links. Nothing that may not be replaced gets past this. Also removes what killed packers left there.
 */
int cmd_open_for_change(const struct arguments *arguments, struct image *image, char **target);

/* Locks the target, before any work that is lost when another packer has it. */
int cmd_lock(struct image *image, const char *target);

/* Tells how to restart Docker, where `target` is the image that it boots from. */
void cmd_tell_restart(const char *target);

/* The image, where it can be neither added to nor cut: newer, damaged, changed or foreign. */
int cmd_refuse_state(const struct image *image, const struct packed *packed);

/* scan_run with a progress bar, which shows `action`, and with a key made by chance. 0 or -ENOMEM. */
int cmd_scan(const char *action, const unsigned char *bytes, uint64_t size, const struct scan_options *wanted,
             struct scan *scan);

/*
 * cmd_refuse_faults, but for an image whose only faults are hard links about which kernels differ (lost_is_all): that
 * one is refused only where a file is empty on Docker for Mac's kernels.
 */
int cmd_refuse_base(const char *verb, const struct image *image, const unsigned char *bytes, uint64_t size,
                    const struct scan *scan);

/* Warns of the first of these hard links, where there are any, when the image was taken all the same. */
void cmd_warn_of_links(const struct image *image, const struct scan *scan);

/* lost_find with a progress bar. */
int cmd_find_lost(struct lost *lost, const unsigned char *bytes, uint64_t size);

/* The first fault of a scan as an error of the verb. */
int cmd_refuse_faults(const char *verb, const struct image *image, const struct scan *scan);

#endif
