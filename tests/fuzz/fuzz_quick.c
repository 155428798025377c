/* SPDX-License-Identifier: MIT */
/*
 * The quick decoder and gunzip against zlib. Of any data, whatever the quick one unpacks is what zlib unpacks, it ends
 * where zlib ends, and it never goes on where zlib has found damage; gunzip's bytes, answer and positions are zlib's.
 *
 * The first byte says what the others are: compressed data as they stand (even), or a program that writes such data
 * with codes that real packers do not make (odd).
 */
#include "../../packer/image/gunzip.h"

#include <stdlib.h>
#include <string.h>

#define ROOM (256u << 10)
#define PIECES_MAX 64u /* 2 MiB: a bomb costs milliseconds */
#define LITERALS 286u
#define DISTANCES 30u
#define CODE_BITS 15u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ------------------------------------------------------------------------------------- data that are written here */

struct program {
    const uint8_t *at;
    size_t left;
    uint8_t *out;
    size_t bits;
};

static unsigned int next(struct program *program) {
    if (program->left == 0)
        return 0;
    program->left--;
    return *program->at++;
}

static void put(struct program *program, unsigned int value, unsigned int count) {
    for (unsigned int i = 0; i < count && program->bits < 8 * ROOM; i++, program->bits++)
        program->out[program->bits / 8] |= (uint8_t)((value >> i & 1) << program->bits % 8);
}

/* A Huffman code, whose first bit is its highest. */
static void put_code(struct program *program, unsigned int code, unsigned int count) {
    while (count--)
        put(program, code >> count & 1, 1);
}

/* The code of `wanted` by the lengths of RFC 1951, 3.2.2. */
static void put_symbol(struct program *program, const uint8_t *lengths, unsigned int count, unsigned int wanted) {
    unsigned int code = 0;

    for (unsigned int bits = 1; bits <= CODE_BITS; bits++, code <<= 1)
        for (unsigned int symbol = 0; symbol < count; symbol++) {
            if (lengths[symbol] == bits && symbol == wanted)
                put_code(program, code, bits);
            code += lengths[symbol] == bits;
        }
}

/* A complete set, by splitting one code after the other, for symbols that follow each other from a chosen one on. */
static void make_set(struct program *program, uint8_t *lengths, unsigned int count) {
    unsigned int codes = 2 + next(program) % (count - 1);
    unsigned int first = next(program) % count;

    memset(lengths, 0, count);
    lengths[first] = 1;
    lengths[(first + 1) % count] = 1;
    for (unsigned int made = 2, tries = 0; made < codes && tries < 2 * count; tries++) {
        uint8_t *split = &lengths[(first + next(program) % made) % count];

        if (*split == CODE_BITS)
            continue;
        lengths[(first + made) % count] = ++*split;
        made++;
    }
}

/* The lengths, written in a complete set of their own, with the repeats where they fit. */
static void put_lengths(struct program *program, const uint8_t *lengths, unsigned int count, unsigned int repeats) {
    uint8_t meta[19];

    for (unsigned int i = 0; i < sizeof(meta); i++)
        meta[i] = i < 13 ? 4 : 5;
    for (unsigned int at = 0; at < count;) {
        unsigned int times = 1;

        while (at + times < count && times < 138 && lengths[at + times] == lengths[at])
            times++;
        if (repeats & 1 && lengths[at] == 0 && times >= 11) {
            put_symbol(program, meta, 19, 18);
            put(program, times - 11, 7);
        } else if (repeats & 2 && lengths[at] == 0 && times >= 3) {
            times = times < 10 ? times : 10;
            put_symbol(program, meta, 19, 17);
            put(program, times - 3, 3);
        } else if (repeats & 4 && at && lengths[at - 1] == lengths[at] && times >= 3) {
            times = times < 6 ? times : 6;
            put_symbol(program, meta, 19, 16);
            put(program, times - 3, 2);
        } else {
            times = 1;
            put_symbol(program, meta, 19, lengths[at]);
        }
        at += times;
    }
}

static void put_body(struct program *program) {
    for (unsigned int count = next(program); count; count--)
        put(program, next(program), 8);
}

static void put_dynamic(struct program *program, unsigned int flaws) {
    uint8_t lengths[LITERALS + DISTANCES];
    uint8_t *distances = lengths + LITERALS;
    static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    make_set(program, lengths, LITERALS);
    make_set(program, distances, DISTANCES);
    if (lengths[256] == 0) { /* it takes the place of another, most of the time */
        unsigned int other = next(program) % LITERALS;

        lengths[256] = lengths[other];
        lengths[other] = 0;
    }
    if (flaws & 1)
        lengths[next(program) % sizeof(lengths)] = (uint8_t)(next(program) % 16);
    if (flaws & 2)
        memset(distances, 0, DISTANCES);
    put(program, LITERALS - 257, 5);
    put(program, DISTANCES - 1, 5);
    put(program, 15, 4);
    for (unsigned int i = 0; i < 19; i++)
        put(program, order[i] < 13 ? 4 : 5, 3);
    put_lengths(program, lengths, sizeof(lengths), next(program));
    put_body(program);
    put_symbol(program, lengths, LITERALS, 256);
}

static void put_stored(struct program *program, unsigned int flaws) {
    unsigned int size = (next(program) << 8 | next(program)) % 40000;

    put(program, 0, (8 - program->bits % 8) % 8);
    put(program, size, 16);
    put(program, ~size ^ (flaws == 3), 16);
    for (unsigned int i = 0; i < size; i++)
        put(program, i * 7 ^ i >> 8, 8);
}

static size_t write_data(struct program *program) {
    bool is_last = false;

    while (!is_last && program->left && program->bits < 7 * ROOM) {
        unsigned int op = next(program);
        unsigned int kind = op % 4 == 3 ? 2 : op % 4;
        unsigned int flaws = op & 0x40 ? next(program) % 4 : 0;

        is_last = op & 0x80;
        put(program, is_last, 1);
        put(program, kind, 2);
        if (kind == 0)
            put_stored(program, flaws);
        if (kind == 1) {
            put_body(program);
            put(program, 0, 7);
        }
        if (kind == 2)
            put_dynamic(program, flaws);
    }
    put_body(program);
    return program->bits / 8 + (program->bits % 8 != 0);
}

/* ------------------------------------------------------------------------------------------------ what is compared */

/* zlib, as gunzip used it when there was no other. */
struct reference {
    z_stream stream;
    unsigned char piece[GUNZIP_PIECE_BYTES];
    size_t got;
    int rc;
};

static void require(int condition) {
    if (!condition)
        abort();
}

static void reference_start(struct reference *reference, const uint8_t *data, size_t size) {
    memset(&reference->stream, 0, sizeof(reference->stream));
    require(inflateInit2(&reference->stream, -MAX_WBITS) == Z_OK);
    reference->stream.next_in = (Bytef *)(uintptr_t)data;
    reference->stream.avail_in = (uInt)size;
    reference->rc = Z_OK;
}

static void reference_next(struct reference *reference) {
    z_stream *stream = &reference->stream;

    stream->next_out = reference->piece;
    stream->avail_out = GUNZIP_PIECE_BYTES;
    while (reference->rc == Z_OK && stream->avail_out) /* as lib/decompress_inflate.c: no input, no call */
        reference->rc = stream->avail_in ? inflate(stream, Z_NO_FLUSH) : Z_BUF_ERROR;
    reference->got = GUNZIP_PIECE_BYTES - stream->avail_out;
}

static bool is_same(const struct reference *reference, const unsigned char *piece, size_t got) {
    return got == reference->got && memcmp(piece, reference->piece, got) == 0;
}

static struct reference reference;
static unsigned char window[2 * GUNZIP_PIECE_BYTES];
static struct gunzip gunzip;

/* zlib may tell the end, or damage, together with a full piece; the other then tells it with an empty one. */
static void compare_quick(const uint8_t *data, size_t size) {
    struct quick *quick = quick_new(data, size, 0);
    enum quick_answer answer = quick ? QUICK_MORE : QUICK_DOUBT;
    unsigned char *piece = window + GUNZIP_PIECE_BYTES;

    reference_start(&reference, data, size);
    for (unsigned int i = 0; answer == QUICK_MORE && i < PIECES_MAX; i++) {
        bool is_over = reference.rc != Z_OK;
        size_t got;

        memcpy(window, piece, GUNZIP_PIECE_BYTES);
        answer = quick_next(quick, piece, GUNZIP_PIECE_BYTES, &got);
        if (!is_over)
            reference_next(&reference);
        if (answer == QUICK_MORE)
            require(!is_over && got == GUNZIP_PIECE_BYTES);
        if (answer != QUICK_DOUBT)
            require(is_over ? got == 0 : is_same(&reference, piece, got));
    }
    if (answer == QUICK_END)
        require(reference.rc == Z_STREAM_END && quick_position(quick) == size - reference.stream.avail_in);
    quick_free(quick);
    inflateEnd(&reference.stream);
}

/* The position is asked for at the end, or in the midst, after asked_at pieces. */
static void compare_gunzip(const uint8_t *data, size_t size, unsigned int asked_at) {
    static const int meanings[] = {
        [GUNZIP_MORE] = Z_OK, [GUNZIP_END] = Z_STREAM_END, [GUNZIP_CUT] = Z_BUF_ERROR, [GUNZIP_DAMAGED] = Z_DATA_ERROR};
    enum gunzip_answer answer = GUNZIP_MORE;

    reference_start(&reference, data, size);
    require(gunzip_start(&gunzip, data, size, 0) == 0);
    for (unsigned int i = 0; answer == GUNZIP_MORE && i < PIECES_MAX; i++) {
        bool is_over = reference.rc != Z_OK;
        size_t got;

        answer = gunzip_next(&gunzip, &got);
        if (!is_over)
            reference_next(&reference);
        require(answer != GUNZIP_NO_MEMORY && (answer != GUNZIP_MORE || (!is_over && got == GUNZIP_PIECE_BYTES)));
        require(is_over ? got == 0 : is_same(&reference, gunzip.piece, got));
        require(answer == GUNZIP_MORE || reference.rc == meanings[answer]);
        if (answer != GUNZIP_MORE || i == asked_at)
            require(gunzip_position(&gunzip) == size - reference.stream.avail_in);
    }
    gunzip_stop(&gunzip);
    inflateEnd(&reference.stream);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static uint8_t written[ROOM];
    struct program program = {.at = data + 1, .left = size - 1, .out = written};
    uint8_t *copy;

    if (size == 0)
        return 0;
    if (data[0] % 2) {
        memset(written, 0, sizeof(written));
        size = write_data(&program);
    } else {
        size--;
    }
    /* In a block of its own: reading past the end is seen. */
    copy = malloc(size ? size : 1);
    require(copy != NULL);
    memcpy(copy, data[0] % 2 ? written : data + 1, size);
    compare_quick(copy, size);
    compare_gunzip(copy, size, data[0] >> 1);
    free(copy);
    return 0;
}
