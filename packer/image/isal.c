/* SPDX-License-Identifier: MIT */
/*
 * ISA-L accepts incomplete codes, which zlib and the kernel refuse. It therefore gets one block at a time, after
 * deflate_head_is_sound() has checked the head. A set bit marks each block as the last one, and ISA-L stops behind it.
 * Between two blocks ISA-L keeps no state but the last 32 KiB, which it gets again.
 */
#include "isal.h"

#ifdef USERMOUNT_ISAL
#include "deflate.h"

#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <stdlib.h>

#define INPUT_MAX_BYTES (UINT64_C(1) << 30) /* at once: ISA-L counts them in 32 bits */
#define WINDOW_BYTES 32768u
#define BLOCKS_MAX 64u /* in one piece: each block costs a copy of the window, and zlib is faster with small blocks */

struct quick {
    const unsigned char *bytes;
    uint64_t size;
    uint64_t bit;   /* between two blocks, the offset of the next one in bits */
    uint64_t input; /* within a block, the offset of the next byte for ISA-L */
    uint64_t unpacked_bytes;
    bool is_open; /* within a block */
    bool is_last; /* no block follows the current one */
    struct inflate_state state;
};

struct quick *quick_new(const unsigned char *bytes, uint64_t size, uint64_t offset) {
    struct quick *quick = malloc(sizeof(*quick));

    if (!quick)
        return NULL;
    quick->bytes = bytes;
    quick->size = size;
    quick->bit = 8 * offset;
    quick->unpacked_bytes = 0;
    quick->is_open = false;
    quick->is_last = false;
    isal_inflate_init(&quick->state);
    return quick;
}

static void give_input(struct quick *quick) {
    uint64_t left = quick->size - quick->input;

    quick->state.avail_in = (uint32_t)(left < INPUT_MAX_BYTES ? left : INPUT_MAX_BYTES);
    /* ISA-L does not write to its input. */
    quick->state.next_in = (uint8_t *)(uintptr_t)(quick->bytes + quick->input);
    quick->input += quick->state.avail_in;
}

/* Begins the next block with the remaining bits of its first byte. `end` is behind the unpacked bytes. */
static bool open_block(struct quick *quick, unsigned char *end) {
    struct inflate_state *state = &quick->state;
    uint32_t window = quick->unpacked_bytes < WINDOW_BYTES ? (uint32_t)quick->unpacked_bytes : WINDOW_BYTES;
    unsigned int used = (unsigned int)(quick->bit % 8);

    if (!deflate_head_is_sound(quick->bytes, quick->size, quick->bit, &quick->is_last))
        return false;
    isal_inflate_reset(state);
    if (window && isal_inflate_set_dict(state, end - window, window) != COMP_OK)
        return false;
    state->read_in = (uint64_t)quick->bytes[quick->bit / 8] >> used | 1; /* bit 0 marks the last block */
    state->read_in_length = (int32_t)(8 - used);
    quick->input = quick->bit / 8 + 1;
    give_input(quick);
    quick->is_open = true;
    return true;
}

/* ISA-L has read ahead. read_in_length is the number of bits that it has not used. */
static void close_block(struct quick *quick) {
    quick->bit = 8 * (quick->input - quick->state.avail_in) - (uint64_t)quick->state.read_in_length;
    quick->is_open = false;
}

/* Unpacks as much as avail_out allows. Returns false for QUICK_DOUBT. */
static bool run(struct quick *quick) {
    struct inflate_state *state = &quick->state;
    uint32_t room = state->avail_out;

    if (isal_inflate(state) != ISAL_DECOMP_OK)
        return false;
    quick->unpacked_bytes += room - state->avail_out;
    if (state->block_state == ISAL_BLOCK_FINISH) {
        close_block(quick);
        return true;
    }
    if (state->avail_out == 0)
        return true;
    if (state->avail_in || quick->input == quick->size)
        return false; /* cut short */
    give_input(quick);
    return true;
}

enum quick_answer quick_next(struct quick *quick, unsigned char *piece, size_t piece_bytes, size_t *got) {
    struct inflate_state *state = &quick->state;
    unsigned int blocks = 0;
    bool is_fine = true;

    *got = 0;
    while (is_fine && *got < piece_bytes) {
        if (!quick->is_open && quick->is_last)
            return QUICK_END;
        if (!quick->is_open && (++blocks > BLOCKS_MAX || !open_block(quick, piece + *got)))
            return QUICK_DOUBT;
        state->next_out = piece + *got;
        state->avail_out = (uint32_t)(piece_bytes - *got);
        is_fine = run(quick);
        *got = piece_bytes - state->avail_out;
    }
    return is_fine ? QUICK_MORE : QUICK_DOUBT;
}

uint64_t quick_position(const struct quick *quick) {
    return quick->is_open ? quick->input - quick->state.avail_in : (quick->bit + 7) / 8;
}

void quick_free(struct quick *quick) {
    free(quick);
}

uint32_t quick_crc32(uint32_t crc32, const unsigned char *bytes, size_t size) {
    return crc32_gzip_refl(crc32, bytes, size);
}
#else
#include <zlib.h>

#define CRC_PIECE_MAX_BYTES (1u << 30)

struct quick *quick_new(const unsigned char *bytes, uint64_t size, uint64_t offset) {
    (void)bytes;
    (void)size;
    (void)offset;
    return NULL;
}

enum quick_answer quick_next(struct quick *quick, unsigned char *piece, size_t piece_bytes, size_t *got) {
    (void)quick;
    (void)piece;
    (void)piece_bytes;
    *got = 0;
    return QUICK_DOUBT;
}

uint64_t quick_position(const struct quick *quick) {
    (void)quick;
    return 0;
}

void quick_free(struct quick *quick) {
    (void)quick;
}

uint32_t quick_crc32(uint32_t crc, const unsigned char *bytes, size_t size) {
    /* The uInt of zlib's crc32() has 32 bits. zlib 1.2.5 of OS X 10.11 has no crc32_z(). */
    while (size) {
        uInt piece = size < CRC_PIECE_MAX_BYTES ? (uInt)size : CRC_PIECE_MAX_BYTES;

        crc = (uint32_t)crc32(crc, bytes, piece);
        bytes += piece;
        size -= piece;
    }
    return crc;
}
#endif
