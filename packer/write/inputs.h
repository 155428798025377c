/* SPDX-License-Identifier: MIT */
/*
 * inputs: the files that `add` packs: found, read, checked. Prints its own errors.
 */
#ifndef PACKER_WRITE_INPUTS_H
#define PACKER_WRITE_INPUTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../output/arguments.h"
#include "../host/image.h"
#include "packed.h"
#include "payload.h"
#include "plan.h"

struct bundle {
    char *agent; /* all owned */
    size_t agent_bytes;
    char *initd;
    size_t initd_bytes;
    char *config;
    size_t config_bytes;
    const char *settings; /* whence they are: "given", "kept" or "standard" */
    bool gzip;            /* asked for, or kept */
    uint16_t machine;     /* of the agent; 0 until it is known */
    const char *arch;     /* its name, a constant */
    uint32_t mtime_s;
};

/*
 * Reads what can be read before the image's base: settings, init script, time, and --agent. A packed image keeps the
 * settings and the compression that it was packed with, unless others are given. Returns the exit code; the caller
 * calls bundle_free in either case.
 */
int bundle_read(struct bundle *bundle, const struct arguments *arguments, const struct image *image,
                const struct packed *packed);

/* Reads the agent for `machine`, or checks that the one of --agent is for it. The exit code. */
int bundle_choose_agent(struct bundle *bundle, const char *image_path, uint16_t machine);

/* The segment by the plan. 0 or -errno. */
int bundle_build(const struct bundle *bundle, const struct plan *plan, struct payload *out);

void bundle_free(struct bundle *bundle);

#endif
