/* SPDX-License-Identifier: MIT */
/* The table of faults. The manual page's list is checked against it. */
#include "fault.h"

enum reader {
    NOBODY,
    EVERY, /* kernel */
    LATER, /* kernels than Docker for Mac's */
    OLDER, /* kernels, Docker for Mac's among them */
    OURS,  /* usermount-pack, for a limit of its own */
};

struct description {
    const char *word;
    const char *text;
    bool stops; /* the model */
    enum reader stopped;
};

static const struct description table[FAULT_COUNT] = {
    [FAULT_NONE] = {"none", "nothing is wrong", false, NOBODY},
    [FAULT_EMPTY] = {"empty", "the file is empty", true, EVERY},
    [FAULT_NO_MAGIC] = {"no-magic", "no cpio header where one must be", true, EVERY},
    [FAULT_ODC_MAGIC] = {"odc-magic", "an old portable (odc) cpio header, which no kernel reads", true, EVERY},
    [FAULT_BROKEN_PADDING] = {"broken-padding", "an entry starts at an offset that is not a multiple of 4", true,
                              EVERY},
    [FAULT_NAME_UNTERMINATED] = {"name-unterminated",
                                 "a name does not end with NUL, which Linux 4.4 and 4.9 do not look at", true, LATER},
    [FAULT_CHECKSUM] = {"checksum", "the checksum of a file does not match", true, EVERY},
    [FAULT_JUNK] = {"junk", "bytes that begin neither an archive nor compressed data", true, EVERY},
    [FAULT_JUNK_INSIDE] = {"junk-inside", "bytes between two entries that are neither padding nor a header", true,
                           EVERY},
    [FAULT_TRUNCATED_INSIDE] = {"truncated-inside", "the unpacked archive ends in the middle of an entry", true, EVERY},
    [FAULT_NO_ARCHIVE] = {"no-archive", "the first segment unpacks to nothing", true, EVERY},
    [FAULT_ASTRAY] = {"astray", "a skipped entry lies across the kernel's buffer, which misleads it", true, EVERY},
    [FAULT_NOT_GZIP] = {"not-gzip", "the gzip header is damaged or too short", true, EVERY},
    [FAULT_GZIP_DATA] = {"gzip-data", "the compressed data is damaged", true, EVERY},
    [FAULT_GZIP_TRUNCATED] = {"gzip-truncated", "the compressed data ends too early", true, EVERY},
    [FAULT_COMPRESSOR] =
        {"compressor",
         "compressed with another method than gzip, the only one that Docker for Mac's kernels and usermount-pack read",
         true, OLDER},
    [FAULT_IMAGE_TOO_LARGE] = {"image-too-large", "the image has 2 GiB or more, which no kernel can load", true, OURS},
    [FAULT_TOO_LARGE] = {"too-large", "unpacks to more than 5 GiB, the limit of usermount-pack", true, OURS},
    [FAULT_TOO_MANY] = {"too-many", "its names take more than 512 MiB, the limit of usermount-pack", true, OURS},
    [FAULT_TOO_MANY_SEGMENTS] = {"too-many-segments", "more than 4096 segments, the limit of usermount-pack", true,
                                 OURS},
    [FAULT_TOO_MANY_STEPS] =
        {"too-many-steps", "its paths and symbolic links take more than 100 million steps, the limit of usermount-pack",
         true, OURS},
    [FAULT_NO_MEMORY] = {"no-memory", "there is no memory for reading it", true, OURS},
    [FAULT_TRUNCATED] = {"truncated", "the archive ends in the middle of an entry", false, NOBODY},
    [FAULT_GZIP_FLAGS] = {"gzip-flags", "a gzip header field that the kernel takes for data", false, NOBODY},
    [FAULT_GZIP_CRC] = {"gzip-crc", "the gzip checksum does not match", false, NOBODY},
    [FAULT_GZIP_LENGTH] = {"gzip-length", "the gzip length does not match", false, NOBODY},
    [FAULT_CRC_MAGIC] = {"crc-magic", "a header of the crc format, at which kernels before 6.0 stop", false, OLDER},
    [FAULT_ODD_FIELD] = {"odd-field", "a header field that is not hexadecimal, at which kernels since 6.14 stop", false,
                         LATER},
    [FAULT_SKIPPED_NAME] = {"skipped-name", "an entry the kernel skips: its name is empty or too long", false, NOBODY},
    [FAULT_SKIPPED_TARGET] = {"skipped-target", "an entry the kernel skips: its link target is too long", false,
                              NOBODY},
    [FAULT_SKIPPED_BODY] = {"skipped-body", "an entry the kernel skips: only files may have data", false, NOBODY},
    [FAULT_EMPTY_NAME] = {"empty-name", "an entry without a name, which some kernels take for /", false, NOBODY},
    [FAULT_EMPTY_TARGET] = {"empty-target", "a symbolic link to nothing, which some kernels refuse", false, NOBODY},
    [FAULT_LONG_TARGET] = {"long-target", "a link target of 4096 bytes, which some kernels refuse", false, NOBODY},
    [FAULT_LINK_EXISTS] = {"link-exists",
                           "a hard link over a name that exists, which Linux 4.4 and 4.9 skip with its data", false,
                           NOBODY},
    [FAULT_LINK_REPEATED] =
        {"link-repeated",
         "a name twice in one set of hard links: Linux 4.4 and 4.9 skip the second one, later kernels delete the file",
         false, NOBODY},
};

bool fault_stops(enum fault fault) {
    return fault < FAULT_COUNT && table[fault].stops;
}

bool fault_is_limit(enum fault fault) {
    return fault < FAULT_COUNT && fault != FAULT_NO_MEMORY && table[fault].stopped == OURS;
}

const char *fault_effect(enum fault fault) {
    static const char *const effects[] = {
        [NOBODY] = "fault",
        [EVERY] = "the kernel stops",
        [LATER] = "later kernels stop",
        [OLDER] = "Docker for Mac's kernel stops",
        [OURS] = "usermount-pack stops",
    };

    return effects[fault < FAULT_COUNT ? table[fault].stopped : NOBODY];
}

const char *fault_word(enum fault fault) {
    return fault < FAULT_COUNT ? table[fault].word : "unknown";
}

const char *fault_text(enum fault fault) {
    return fault < FAULT_COUNT ? table[fault].text : "unknown";
}
