/* SPDX-License-Identifier: MIT */
/*
 * digest: SHA-256 of bytes in memory, by the system's own library; edge. A large image is hashed
 * in a second thread while it is unpacked.
 */
#ifndef PACKER_DIGEST_H
#define PACKER_DIGEST_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define DIGEST_BYTES 32u

/* Hashes size bytes at once. 0 or -ENOMEM. */
int digest_sha256(const unsigned char *bytes, uint64_t size, unsigned char *out);

struct digest_job {
    const unsigned char *bytes; /* not owned */
    uint64_t size;
    unsigned char sha256[DIGEST_BYTES];
    int rc;
    bool is_threaded;
    pthread_t thread;
};

/* Starts hashing; bytes must stay until digest_wait. Without a thread it hashes at once. */
void digest_start(struct digest_job *job, const unsigned char *bytes, uint64_t size);

/* Ends the job; a second call changes nothing. The digest is in job->sha256. 0 or -ENOMEM. */
int digest_wait(struct digest_job *job);

#endif
