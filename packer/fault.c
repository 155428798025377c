/* SPDX-License-Identifier: MIT */
/* The table of faults. The manual page's list is checked against it. */
#include "fault.h"

struct description {
    const char *word;
    const char *text;
    bool stops;
};

static const struct description table[FAULT_COUNT] = {
    [FAULT_NONE] = {"none", "nothing is wrong", false},
    [FAULT_EMPTY] = {"empty", "the file is empty", true},
    [FAULT_NO_MAGIC] = {"no-magic", "no cpio header where one must be", true},
    [FAULT_ODC_MAGIC] = {"odc-magic", "an old portable (odc) cpio header, which no kernel reads", true},
    [FAULT_BROKEN_PADDING] = {"broken-padding", "an entry starts at an offset that is not a multiple of 4", true},
    [FAULT_NAME_UNTERMINATED] = {"name-unterminated", "a name does not end with NUL", true},
    [FAULT_CHECKSUM] = {"checksum", "the checksum of a file does not match", true},
    [FAULT_JUNK] = {"junk", "bytes that begin neither an archive nor compressed data", true},
    [FAULT_JUNK_INSIDE] = {"junk-inside", "bytes between two entries that are neither padding nor a header", true},
    [FAULT_TRUNCATED_INSIDE] = {"truncated-inside", "the unpacked archive ends in the middle of an entry", true},
    [FAULT_NO_ARCHIVE] = {"no-archive", "the first segment unpacks to nothing", true},
    [FAULT_ASTRAY] = {"astray", "a skipped entry lies across the kernel's buffer, which misleads it", true},
    [FAULT_NOT_GZIP] = {"not-gzip", "the gzip header is damaged or too short", true},
    [FAULT_GZIP_DATA] = {"gzip-data", "the compressed data is damaged", true},
    [FAULT_GZIP_TRUNCATED] = {"gzip-truncated", "the compressed data ends too early", true},
    [FAULT_COMPRESSOR] = {"compressor", "compressed with a method that usermount-pack cannot read", true},
    [FAULT_TOO_LARGE] = {"too-large", "unpacks to more than the limit", true},
    [FAULT_TOO_MANY] = {"too-many", "more or longer names than the limit", true},
    [FAULT_NO_MEMORY] = {"no-memory", "there is no memory for reading it", true},
    [FAULT_TRUNCATED] = {"truncated", "the archive ends in the middle of an entry", false},
    [FAULT_GZIP_FLAGS] = {"gzip-flags", "a gzip header field that the kernel takes for data", false},
    [FAULT_GZIP_CRC] = {"gzip-crc", "the gzip checksum does not match", false},
    [FAULT_GZIP_LENGTH] = {"gzip-length", "the gzip length does not match", false},
    [FAULT_CRC_MAGIC] = {"crc-magic", "a header of the crc format, at which kernels before 6.0 stop", false},
    [FAULT_ODD_FIELD] = {"odd-field", "a header field that is not hexadecimal", false},
    [FAULT_SKIPPED_NAME] = {"skipped-name", "an entry the kernel skips: its name is empty or too long", false},
    [FAULT_SKIPPED_TARGET] = {"skipped-target", "an entry the kernel skips: its link target is too long", false},
    [FAULT_SKIPPED_BODY] = {"skipped-body", "an entry the kernel skips: only files may have data", false},
    [FAULT_EMPTY_NAME] = {"empty-name", "an entry without a name, which some kernels take for /", false},
    [FAULT_EMPTY_TARGET] = {"empty-target", "a symbolic link to nothing, which some kernels refuse", false},
    [FAULT_LONG_TARGET] = {"long-target", "a link target of 4096 bytes, which some kernels refuse", false},
};

bool fault_stops(enum fault fault) {
    return fault < FAULT_COUNT && table[fault].stops;
}

const char *fault_word(enum fault fault) {
    return fault < FAULT_COUNT ? table[fault].word : "unknown";
}

const char *fault_text(enum fault fault) {
    return fault < FAULT_COUNT ? table[fault].text : "unknown";
}
