/* SPDX-License-Identifier: MIT */
/*
 * inputs: finds, reads and checks the files that `add` packs. Prints its own errors.
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
    const char *settings; /* their origin: "given", "kept" or "standard" */
    bool gzip;            /* by --gzip, or kept */
    uint16_t machine;     /* the agent's e_machine; 0 until an agent is read */
    const char *arch;     /* the name of `machine`, a constant */
    uint32_t mtime_s;     /* of every packed file: SOURCE_DATE_EPOCH or a constant */
};

/*
 * Reads everything but the standard agent, which depends on the architecture of the image: settings, init script, time,
 * and the agent of --agent. A packed image keeps its settings and compression unless the command line gives others.
 * Returns the exit code. The caller calls bundle_free in either case.
 */
int bundle_read(struct bundle *bundle, const struct arguments *arguments, const struct image *image,
                const struct packed *packed);

/* Reads the agent for `machine` (ELF e_machine), or checks that the one of --agent is for it. Returns the exit code. */
int bundle_choose_agent(struct bundle *bundle, const char *image_path, uint16_t machine);

/* Builds the payload segment according to plan. The caller calls payload_free. Returns 0, or the error of payload_build
 * or payload_gzip. */
int bundle_build(const struct bundle *bundle, const struct plan *plan, struct payload *out);

void bundle_free(struct bundle *bundle);

#endif
