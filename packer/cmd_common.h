/* SPDX-License-Identifier: MIT */
/*
 * cmd_common: steps that several verbs share. Unless a comment says otherwise, each prints its own errors and returns
 * the exit code, SAY_DONE to continue.
 */
#ifndef PACKER_CMD_COMMON_H
#define PACKER_CMD_COMMON_H

#include <stdbool.h>

#include "output/arguments.h"
#include "host/image.h"
#include "image/lost.h"
#include "write/packed.h"
#include "image/scan.h"

/* Opens the image of the command line, or the default image. "-" is allowed if may_be_stdin. The caller closes it. */
int cmd_open(const struct arguments *arguments, bool may_be_stdin, struct image *image);

/*
 * Opens the image for a verb that writes. Sets *target to the path of -o, or else of the image, without symbolic links.
 * The caller frees *target, also on failure. Fails if the target may not be replaced. Removes what killed packers left
 * in its folder.
 */
int cmd_open_for_change(const struct arguments *arguments, struct image *image, char **target);

/* Locks the target. Call it before the slow work: it fails if another packer runs. */
int cmd_lock(struct image *image, const char *target);

/* Prints how to restart Docker if `target` is the image that it boots from. */
void cmd_tell_restart(const char *target);

/* Fails if the image can be neither packed nor restored: newer, damaged, changed, compressed or foreign. */
int cmd_refuse_state(const struct image *image, const struct packed *packed);

/* Runs scan_run with a random key and a progress bar that shows `action`. Prints nothing else. Returns 0 or -ENOMEM. */
int cmd_scan(const char *action, const unsigned char *bytes, uint64_t size, const struct scan_options *wanted,
             struct scan *scan);

/*
 * Fails if the scan found faults, like cmd_refuse_faults. If its only faults are hard links on which kernels differ
 * (lost_is_all), it fails only if a file is empty on Docker for Mac's kernels.
 */
int cmd_refuse_base(const char *verb, const struct image *image, const unsigned char *bytes, uint64_t size,
                    const struct scan *scan);

/* Warns of the first of these hard links, if the scan found any. */
void cmd_warn_of_links(const struct image *image, const struct scan *scan);

/* Scans the image as Linux 4.4 and 4.9 read it, with a progress bar, and calls lost_count. Prints nothing else. Returns
 * 0 or -ENOMEM. */
int cmd_find_lost(struct lost *lost, const unsigned char *bytes, uint64_t size);

/* Fails if the scan found faults. Prints the first one that stops the kernel, or else the first one. */
int cmd_refuse_faults(const char *verb, const struct image *image, const struct scan *scan);

#endif
