/* SPDX-License-Identifier: MIT */
#include "digest.h"

#include <errno.h>
#include <stddef.h>

#ifdef __APPLE__
#include <CommonCrypto/CommonDigest.h>
#else
/* SHA256_*() allocate nothing. EVP of OpenSSL 3 reads a configuration file and crashes when memory runs out. */
#define OPENSSL_API_COMPAT 0x10100000L
#include <openssl/sha.h>
#endif

#define PIECE_BYTES (UINT64_C(1) << 20)

#ifdef __APPLE__
int digest_sha256(const unsigned char *bytes, uint64_t size, unsigned char *out) {
    CC_SHA256_CTX context;

    CC_SHA256_Init(&context);
    while (size) {
        CC_LONG piece = (CC_LONG)(size < PIECE_BYTES ? size : PIECE_BYTES);

        CC_SHA256_Update(&context, bytes, piece);
        bytes += piece;
        size -= piece;
    }
    CC_SHA256_Final(out, &context);
    return 0;
}
#else
int digest_sha256(const unsigned char *bytes, uint64_t size, unsigned char *out) {
    SHA256_CTX context;
    int fine = SHA256_Init(&context);

    while (fine && size) {
        size_t piece = (size_t)(size < PIECE_BYTES ? size : PIECE_BYTES);

        fine = SHA256_Update(&context, bytes, piece);
        bytes += piece;
        size -= piece;
    }
    return fine && SHA256_Final(out, &context) ? 0 : -ENOMEM;
}
#endif

static void *run(void *argument) {
    struct digest_job *job = argument;

    job->rc = digest_sha256(job->bytes, job->size, job->sha256);
    return NULL;
}

void digest_start(struct digest_job *job, const unsigned char *bytes, uint64_t size) {
    *job = (struct digest_job){.bytes = bytes, .size = size};
    job->is_threaded = pthread_create(&job->thread, NULL, run, job) == 0;
    if (!job->is_threaded)
        run(job);
}

int digest_wait(struct digest_job *job) {
    if (job->is_threaded)
        pthread_join(job->thread, NULL);
    job->is_threaded = false;
    return job->rc;
}
