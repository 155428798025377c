/* SPDX-License-Identifier: MIT */
#include "gunzip.h"

#include <errno.h>
#include <string.h>

#define HEADER_BYTES 10u
#define FLAG_NAME 0x08
#define FLAGS_HARMLESS 0x09 /* FTEXT and FNAME; the others announce fields that the kernel reads as data */
#define INPUT_BYTES (1u << 20)

uint64_t gunzip_header(const unsigned char *bytes, uint64_t size, bool *odd) {
    uint64_t at = HEADER_BYTES;

    if (size < HEADER_BYTES || bytes[0] != 0x1f || bytes[1] != 0x8b || bytes[2] != 8)
        return 0;
    *odd = (bytes[3] & ~FLAGS_HARMLESS) != 0;
    if (bytes[3] & FLAG_NAME) {
        while (at < size && bytes[at] != 0)
            at++;
        if (at == size)
            return 0;
        at++;
    }
    return at;
}

static int start_zlib(struct gunzip *gunzip) {
    memset(&gunzip->stream, 0, sizeof(gunzip->stream));
    gunzip->input = gunzip->start;
    gunzip->unpacked_bytes = 0;
    gunzip->crc32 = 0;
    return inflateInit2(&gunzip->stream, -MAX_WBITS) == Z_OK ? 0 : -ENOMEM;
}

int gunzip_start(struct gunzip *gunzip, const unsigned char *bytes, uint64_t size, uint64_t offset) {
    memset(gunzip, 0, offsetof(struct gunzip, before));
    gunzip->bytes = bytes;
    gunzip->size = size;
    gunzip->start = offset;
    gunzip->quick = quick_new(bytes, size, offset);
    return gunzip->quick ? 0 : start_zlib(gunzip);
}

/* Unpacks until the piece is full or the data ends. Returns the last value of inflate(). */
static int fill_piece(struct gunzip *gunzip) {
    z_stream *stream = &gunzip->stream;
    int rc = Z_OK;

    stream->next_out = gunzip->piece;
    stream->avail_out = GUNZIP_PIECE_BYTES;
    while (rc == Z_OK && stream->avail_out) {
        if (stream->avail_in == 0) {
            uint64_t left = gunzip->size - gunzip->input;

            if (left == 0)
                return Z_BUF_ERROR;
            stream->avail_in = left < INPUT_BYTES ? (uInt)left : INPUT_BYTES;
            /* zlib does not write to its input. next_in is not const in older headers. */
            stream->next_in = (Bytef *)(uintptr_t)(gunzip->bytes + gunzip->input);
            gunzip->input += stream->avail_in;
        }
        rc = inflate(stream, Z_NO_FLUSH);
    }
    return rc;
}

static void count(struct gunzip *gunzip, size_t got) {
    gunzip->unpacked_bytes += got;
    gunzip->crc32 = quick_crc32(gunzip->crc32, gunzip->piece, got);
}

static enum gunzip_answer meaning(int rc) {
    if (rc == Z_OK)
        return GUNZIP_MORE;
    if (rc == Z_STREAM_END)
        return GUNZIP_END;
    if (rc == Z_MEM_ERROR)
        return GUNZIP_NO_MEMORY;
    return rc == Z_BUF_ERROR ? GUNZIP_CUT : GUNZIP_DAMAGED;
}

/* Returns 0 bytes after zlib's last answer. */
static size_t next_of_zlib(struct gunzip *gunzip) {
    size_t got;

    if (gunzip->answer != GUNZIP_MORE)
        return 0;
    gunzip->answer = meaning(fill_piece(gunzip));
    got = GUNZIP_PIECE_BYTES - gunzip->stream.avail_out;
    count(gunzip, got);
    return got;
}

/*
 * Switches from the quick decoder to zlib, which unpacks the member again up to this position. If the bytes differ, the
 * two disagree, and the member is treated as damaged.
 */
static void ask_zlib(struct gunzip *gunzip) {
    uint64_t unpacked_bytes = gunzip->unpacked_bytes;
    uint32_t crc32 = gunzip->crc32;

    quick_free(gunzip->quick);
    gunzip->quick = NULL;
    gunzip->answer = start_zlib(gunzip) < 0 ? GUNZIP_NO_MEMORY : GUNZIP_MORE;
    while (gunzip->answer == GUNZIP_MORE && gunzip->unpacked_bytes < unpacked_bytes)
        next_of_zlib(gunzip);
    if (gunzip->answer != GUNZIP_NO_MEMORY && (gunzip->unpacked_bytes != unpacked_bytes || gunzip->crc32 != crc32))
        gunzip->answer = GUNZIP_DAMAGED;
}

static uint32_t read_le32(const unsigned char *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

void gunzip_trailer(const unsigned char *bytes, uint32_t *crc32, uint32_t *length) {
    *crc32 = read_le32(bytes);
    *length = read_le32(bytes + 4);
}

/* Whether the trailer is complete and matches the unpacked bytes. */
static bool is_clean(const struct gunzip *gunzip) {
    uint64_t end = quick_position(gunzip->quick);
    uint32_t crc32;
    uint32_t length;

    if (gunzip->size - end < GUNZIP_TRAILER_BYTES)
        return false;
    gunzip_trailer(gunzip->bytes + end, &crc32, &length);
    return crc32 == gunzip->crc32 && length == (uint32_t)gunzip->unpacked_bytes;
}

/* Returns false if zlib must decide; the piece then does not count. */
static bool next_of_quick(struct gunzip *gunzip, size_t *got) {
    uint64_t unpacked_bytes = gunzip->unpacked_bytes;
    uint32_t crc32 = gunzip->crc32;
    enum quick_answer answer;

    if (unpacked_bytes)
        memcpy(gunzip->before, gunzip->piece, sizeof(gunzip->before));
    answer = quick_next(gunzip->quick, gunzip->piece, GUNZIP_PIECE_BYTES, got);
    if (answer == QUICK_DOUBT)
        return false;
    count(gunzip, *got);
    gunzip->is_ended = answer == QUICK_END;
    if (answer == QUICK_MORE || is_clean(gunzip))
        return true;
    gunzip->unpacked_bytes = unpacked_bytes;
    gunzip->crc32 = crc32;
    return false;
}

enum gunzip_answer gunzip_next(struct gunzip *gunzip, size_t *got) {
    if (gunzip->quick && next_of_quick(gunzip, got))
        return gunzip->is_ended ? GUNZIP_END : GUNZIP_MORE;
    if (gunzip->quick)
        ask_zlib(gunzip);
    *got = next_of_zlib(gunzip);
    return gunzip->answer;
}

uint64_t gunzip_position(struct gunzip *gunzip) {
    if (gunzip->quick && !gunzip->is_ended)
        ask_zlib(gunzip);
    return gunzip_progress(gunzip);
}

uint64_t gunzip_progress(const struct gunzip *gunzip) {
    return gunzip->quick ? quick_position(gunzip->quick) : gunzip->input - gunzip->stream.avail_in;
}

void gunzip_stop(struct gunzip *gunzip) {
    quick_free(gunzip->quick);
    inflateEnd(&gunzip->stream);
}
