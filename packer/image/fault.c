/* SPDX-License-Identifier: MIT */
/* The table of faults. A test compares it with the list in usermount-pack(1). */
#include "fault.h"

/* Who stops at a fault. */
enum reader {
    NOBODY,
    EVERY, /* all kernels */
    LATER, /* kernels later than Docker for Mac's */
    OLDER, /* older kernels, with Docker for Mac's */
    OURS,  /* usermount-pack, because of a limit */
};

struct description {
    const char *word;
    const char *text;
    bool stops; /* the walk ends */
    enum reader stopped;
};

static const struct description table[FAULT_COUNT] = {
    [FAULT_NONE] = {"none", "nothing is wrong", false, NOBODY},
    [FAULT_EMPTY] = {"empty", "the file is empty", true, EVERY},
    [FAULT_NO_MAGIC] = {"no-magic", "the cpio header is missing", true, EVERY},
    [FAULT_ODC_MAGIC] = {"odc-magic", "the cpio header has the old portable format (odc), which no kernel reads", true,
                         EVERY},
    [FAULT_BROKEN_PADDING] = {"broken-padding", "an entry starts at an offset that is not a multiple of 4", true,
                              EVERY},
    [FAULT_NAME_UNTERMINATED] = {"name-unterminated",
                                 "a name does not end with NUL, which Linux 4.4 and 4.9 do not check", true, LATER},
    [FAULT_CHECKSUM] = {"checksum", "the checksum of a file does not match", true, EVERY},
    [FAULT_JUNK] = {"junk", "the data is neither an archive nor compressed", true, EVERY},
    [FAULT_JUNK_INSIDE] = {"junk-inside", "the data between two entries is neither padding nor a header", true, EVERY},
    [FAULT_TRUNCATED_INSIDE] = {"truncated-inside", "the unpacked archive ends in the middle of an entry", true, EVERY},
    [FAULT_NO_ARCHIVE] = {"no-archive", "the first segment unpacks to 0 bytes", true, EVERY},
    [FAULT_ASTRAY] = {"astray", "the header of a skipped entry spans two buffers, and the kernel reads it for ever",
                      true, EVERY},
    [FAULT_NOT_GZIP] = {"not-gzip", "the gzip header is damaged or too short", true, EVERY},
    [FAULT_GZIP_DATA] = {"gzip-data", "the compressed data is damaged", true, EVERY},
    [FAULT_GZIP_TRUNCATED] = {"gzip-truncated", "the compressed data ends too early", true, EVERY},
    [FAULT_COMPRESSOR] = {"compressor",
                          "the segment is not compressed with gzip, the only method that Docker for Mac's kernels and "
                          "usermount-pack read",
                          true, OLDER},
    [FAULT_IMAGE_TOO_LARGE] = {"image-too-large", "the image has 2 GiB or more, which no kernel can load", true, OURS},
    [FAULT_TOO_LARGE] = {"too-large", "the image unpacks to more than 5 GiB, the limit of usermount-pack", true, OURS},
    [FAULT_TOO_MANY] = {"too-many", "the names take more than 512 MiB of memory, the limit of usermount-pack", true,
                        OURS},
    [FAULT_TOO_MANY_SEGMENTS] = {"too-many-segments",
                                 "the image has more than 4096 segments, the limit of usermount-pack", true, OURS},
    [FAULT_TOO_MANY_STEPS] = {"too-many-steps",
                              "the paths take more than 100 million steps to resolve, the limit of usermount-pack",
                              true, OURS},
    [FAULT_NO_MEMORY] = {"no-memory", "out of memory", true, OURS},
    [FAULT_TRUNCATED] = {"truncated", "the archive ends in the middle of an entry", false, NOBODY},
    [FAULT_GZIP_FLAGS] = {"gzip-flags", "the gzip header has a field that the kernel reads as data", false, NOBODY},
    [FAULT_GZIP_CRC] = {"gzip-crc", "the gzip checksum does not match", false, NOBODY},
    [FAULT_GZIP_LENGTH] = {"gzip-length", "the gzip length does not match", false, NOBODY},
    [FAULT_CRC_MAGIC] = {"crc-magic", "a header has the crc format (070702); kernels before 6.0 stop there", false,
                         OLDER},
    [FAULT_ODD_FIELD] = {"odd-field", "a header field is not hexadecimal; kernels since 6.14 stop there", false, LATER},
    [FAULT_SKIPPED_NAME] = {"skipped-name", "the kernel skips an entry whose name is empty or too long", false, NOBODY},
    [FAULT_SKIPPED_TARGET] = {"skipped-target", "the kernel skips an entry whose link target is too long", false,
                              NOBODY},
    [FAULT_SKIPPED_BODY] = {"skipped-body", "the kernel skips an entry that has data and is not a regular file", false,
                            NOBODY},
    [FAULT_EMPTY_NAME] = {"empty-name", "an entry has an empty name; some kernels apply it to /", false, NOBODY},
    [FAULT_EMPTY_TARGET] = {"empty-target", "a symbolic link has an empty target; some kernels refuse it", false,
                            NOBODY},
    [FAULT_LONG_TARGET] = {"long-target", "a link target has 4096 bytes; some kernels refuse it", false, NOBODY},
    [FAULT_LINK_EXISTS] = {"link-exists",
                           "a hard link has the name of an existing file; Linux 4.4 and 4.9 skip it and its data",
                           false, NOBODY},
    [FAULT_LINK_REPEATED] =
        {"link-repeated",
         "a set of hard links has the same name twice; Linux 4.4 and 4.9 skip the second one, later "
         "kernels delete the file",
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
