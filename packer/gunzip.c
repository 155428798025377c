/* SPDX-License-Identifier: MIT */
#include "gunzip.h"

#include <errno.h>
#include <string.h>

#define HEADER_BYTES 10u
#define FLAG_NAME 0x08
#define FLAGS_HARMLESS 0x09 /* FTEXT and FNAME */
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

int gunzip_start(struct gunzip *gunzip, const unsigned char *bytes, uint64_t size, uint64_t offset) {
    memset(gunzip, 0, offsetof(struct gunzip, piece));
    gunzip->bytes = bytes;
    gunzip->size = size;
    gunzip->input = offset;
    return inflateInit2(&gunzip->stream, -MAX_WBITS) == Z_OK ? 0 : -ENOMEM;
}

/* Unpacks until the piece is full or the data ends. Returns zlib's last answer. */
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
            /* zlib does not write to its input; next_in is not const in older headers. */
            stream->next_in = (Bytef *)(uintptr_t)(gunzip->bytes + gunzip->input);
            gunzip->input += stream->avail_in;
        }
        rc = inflate(stream, Z_NO_FLUSH);
    }
    return rc;
}

enum gunzip_answer gunzip_next(struct gunzip *gunzip, size_t *got) {
    int rc = fill_piece(gunzip);

    *got = GUNZIP_PIECE_BYTES - gunzip->stream.avail_out;
    gunzip->unpacked_bytes += *got;
    gunzip->crc32 = (uint32_t)crc32(gunzip->crc32, gunzip->piece, (uInt)*got);
    if (rc == Z_OK)
        return GUNZIP_MORE;
    if (rc == Z_STREAM_END)
        return GUNZIP_END;
    if (rc == Z_MEM_ERROR)
        return GUNZIP_NO_MEMORY;
    return rc == Z_BUF_ERROR ? GUNZIP_CUT : GUNZIP_DAMAGED;
}

uint64_t gunzip_position(const struct gunzip *gunzip) {
    return gunzip->input - gunzip->stream.avail_in;
}

void gunzip_stop(struct gunzip *gunzip) {
    inflateEnd(&gunzip->stream);
}
