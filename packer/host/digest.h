/* SPDX-License-Identifier: MIT */
/*
 * digest: SHA-256 of bytes in memory. Edge. The hash comes from CommonCrypto on macOS and from libcrypto on Linux. A
 * job hashes in a second thread while the caller unpacks the image.
 */
#ifndef PACKER_DIGEST_H
#define PACKER_DIGEST_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define DIGEST_BYTES 32u

/* Writes the DIGEST_BYTES of the hash of size bytes to out. Returns 0 or -ENOMEM. */
int digest_sha256(const unsigned char *bytes, uint64_t size, unsigned char *out);

struct digest_job {
    const unsigned char *bytes; /* not owned */
    uint64_t size;
    unsigned char sha256[DIGEST_BYTES]; /* valid after digest_wait returned 0 */
    int rc;
    bool is_threaded; /* `thread` runs and was not joined yet */
    pthread_t thread;
};

/* Starts to hash. The bytes must stay valid until digest_wait. If no thread can be created, it hashes before it
 * returns. */
void digest_start(struct digest_job *job, const unsigned char *bytes, uint64_t size);

/* Waits until job->sha256 is complete. A second call returns the same value. Returns 0 or -ENOMEM. */
int digest_wait(struct digest_job *job);

#endif
