/* SPDX-License-Identifier: MIT */
/*
 * What comes through a worker's pipe, from any bytes: worker.c itself reads them, in pieces as they come. What it
 * takes has passed the check, and is a whole record of the stream.
 */
#define _GNU_SOURCE
#include "../../agent/system/worker.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PIPE_BYTES = 65536 };

/* worker.c wants it linked; no child is started here. */
int jail_enter(const struct jail *jail) {
    (void)jail;
    return 0;
}

/* Records of a good size from few bytes: what is not given is zero, and a byte of 0xff ends a record. */
static size_t spread(const uint8_t *data, size_t size, uint8_t *stream) {
    size_t used = 0, in_record = 0;

    for (size_t i = 0; i < size && used < PIPE_BYTES; i++) {
        if (data[i] != 0xff) {
            stream[used++] = data[i];
            in_record = (in_record + 1) % sizeof(struct evidence);
            continue;
        }
        while (in_record != 0 && used < PIPE_BYTES) {
            stream[used++] = 0;
            in_record = (in_record + 1) % sizeof(struct evidence);
        }
    }
    return used;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t stream[PIPE_BYTES];
    static struct evidence evidence, seed;
    struct worker worker = {.pid = 1};
    size_t len = spread(data, size, stream);
    int ends[2];
    bool found = false;

    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0 || write(ends[1], stream, len) != (ssize_t)len)
        abort();
    worker.fd = ends[0];
    seed.nfs_port = 1;
    evidence = seed;
    if (worker_finish(&worker, 0, &evidence) != WORK_DONE || worker.pid != 0 || worker.fd != -1)
        abort();
    close(ends[1]);
    if (!evidence_check(&evidence))
        abort();
    for (size_t at = 0; at + sizeof evidence <= len; at += sizeof evidence)
        found |= memcmp(stream + at, &evidence, sizeof evidence) == 0;
    if (!found && memcmp(&evidence, &seed, sizeof seed) != 0)
        abort();
    return 0;
}
