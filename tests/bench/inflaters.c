/* SPDX-License-Identifier: MIT */
/*
 * inflaters: unpacks the first gzip member of FILE with each library that could do the packer's walk, TIMES times in
 * turn: inflaters FILE TIMES. One line each: LIBRARY NANOSECONDS UNPACKED-BYTES. All compute the CRC, as the packer does.
 *
 * zlib and ISA-L unpack in the kernel's pieces of 32 KiB, as the packer must; libdeflate only knows whole buffers, so it
 * is shown for comparison.
 */
#include <fcntl.h>
#include <isa-l/crc.h>
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <zlib.h>

#define PIECE (32u << 10)
#define HEADER 10 /* the images of the bench have no name in it */

static unsigned char piece[PIECE];

static uint64_t by_zlib(const unsigned char *bytes, size_t size) {
    z_stream stream = {.next_in = (Bytef *)(uintptr_t)(bytes + HEADER), .avail_in = (uInt)(size - HEADER)};
    uint64_t total = 0;
    uLong crc = 0;
    int rc = Z_OK;

    inflateInit2(&stream, -MAX_WBITS);
    while (rc == Z_OK) {
        stream.next_out = piece;
        stream.avail_out = PIECE;
        rc = inflate(&stream, Z_NO_FLUSH);
        crc = crc32(crc, piece, PIECE - stream.avail_out);
        total += PIECE - stream.avail_out;
    }
    inflateEnd(&stream);
    return total;
}

static uint64_t by_isal(const unsigned char *bytes, size_t size) {
    static struct inflate_state state;
    uint64_t total = 0;
    uint32_t crc = 0;

    isal_inflate_init(&state);
    state.next_in = (uint8_t *)(uintptr_t)(bytes + HEADER);
    state.avail_in = (uint32_t)(size - HEADER);
    do {
        state.next_out = piece;
        state.avail_out = PIECE;
        if (isal_inflate(&state) != ISAL_DECOMP_OK)
            return 0;
        crc = crc32_gzip_refl(crc, piece, PIECE - state.avail_out);
        total += PIECE - state.avail_out;
    } while (state.block_state != ISAL_BLOCK_FINISH);
    return total;
}

static uint64_t by_libdeflate(const unsigned char *bytes, size_t size) {
    static unsigned char *all;
    static size_t room;
    size_t used, got;
    struct libdeflate_decompressor *decompressor = libdeflate_alloc_decompressor();

    if (!all) {
        room = size * 6;
        all = malloc(room);
    }
    if (libdeflate_deflate_decompress_ex(decompressor, bytes + HEADER, size - HEADER, all, room, &used, &got))
        got = 0;
    libdeflate_crc32(0, all, got);
    libdeflate_free_decompressor(decompressor);
    return got;
}

static const struct library {
    const char *name;
    uint64_t (*unpack)(const unsigned char *bytes, size_t size);
} libraries[] = {{"zlib", by_zlib}, {"ISA-L", by_isal}, {"libdeflate", by_libdeflate}};

int main(int argc, char **argv) {
    struct stat status;
    int fd = argc == 3 ? open(argv[1], O_RDONLY) : -1;

    if (fd < 0 || fstat(fd, &status) != 0)
        return 2;
    const unsigned char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
    if (bytes == MAP_FAILED)
        return 1;
    for (int i = 0; i < atoi(argv[2]); i++)
        for (size_t k = 0; k < sizeof libraries / sizeof libraries[0]; k++) {
            struct timespec begin, end;
            clock_gettime(CLOCK_MONOTONIC, &begin);
            uint64_t unpacked = libraries[k].unpack(bytes, (size_t)status.st_size);
            clock_gettime(CLOCK_MONOTONIC, &end);
            printf("%s %lld %llu\n", libraries[k].name,
                   (long long)(end.tv_sec - begin.tv_sec) * 1000000000 + (end.tv_nsec - begin.tv_nsec),
                   (unsigned long long)unpacked);
        }
    return 0;
}
