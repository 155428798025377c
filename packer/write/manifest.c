/* SPDX-License-Identifier: MIT */
/*
 * Two invariants: decode(encode(m)) == m, and encode(decode(bytes)) == bytes for all bytes that decode accepts.
 */
#include "manifest.h"

#include "../../agent/common/text.h"
#include "../image/newc.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define INODE 0x75736dffu /* "usm", 255: archivers count up from small numbers, and do not reach it */
#define NAME_BYTES sizeof(MANIFEST_PATH)
#define TRAILER_SEGMENT_BYTES 124u
#define TEXT_AT 132u
#define TEXT_BYTES (MANIFEST_SEGMENT_BYTES - TEXT_AT - TRAILER_SEGMENT_BYTES)
#define TEXT_TIME_MAX 4294967295u
#define TEXT_SIZE_MAX UINT64_C(9999999999)

static bool is_word(const char *text) {
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-+~_";

    return *text && text[strspn(text, allowed)] == '\0';
}

void manifest_sha256_text(const unsigned char *sha256, char *text) {
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < MANIFEST_SHA256_BYTES; i++) {
        *text++ = digits[sha256[i] >> 4];
        *text++ = digits[sha256[i] & 15];
    }
    *text = '\0';
}

/* Writes the header and the name of a newc entry. The caller writes its size bytes of data. */
static void put_entry(unsigned char *out, const char *name, uint32_t inode, uint32_t mode, uint64_t time_s,
                      uint32_t size) {
    struct newc_header header = {
        .inode = inode,
        .mode = mode,
        .links = 1,
        .mtime_s = (uint32_t)time_s,
        .size_bytes = size,
        .name_bytes = (uint32_t)strlen(name) + 1,
    };

    newc_encode(&header, out);
    memcpy(out + NEWC_HEADER_BYTES, name, header.name_bytes);
}

/* Fills the rest of the text with a comment that ends in a newline. */
static void fill_text(char *text, size_t length) {
    memset(text + length, '#', TEXT_BYTES - length);
    text[TEXT_BYTES - 1] = '\n';
}

bool manifest_encode(const struct manifest *manifest, unsigned char *out) {
    char base[2 * MANIFEST_SHA256_BYTES + 1];
    char payload[2 * MANIFEST_SHA256_BYTES + 1];
    char text[TEXT_BYTES + 1];
    int length;

    if (!is_word(manifest->version) || !is_word(manifest->arch) || manifest->time_s > TEXT_TIME_MAX ||
        manifest->base_bytes > TEXT_SIZE_MAX)
        return false;
    manifest_sha256_text(manifest->base_sha256, base);
    manifest_sha256_text(manifest->payload_sha256, payload);
    length = snprintf(
        text, sizeof(text),
        "format=%u\nversion=%s\narch=%s\ntime=%" PRIu64 "\nbase_size=%" PRIu64 "\nbase_sha256=%s\npayload_sha256=%s\n",
        MANIFEST_FORMAT, manifest->version, manifest->arch, manifest->time_s, manifest->base_bytes, base, payload);
    if (length < 0 || (size_t)length > TEXT_BYTES)
        return false;
    fill_text(text, (size_t)length);
    memset(out, 0, MANIFEST_SEGMENT_BYTES);
    put_entry(out, MANIFEST_PATH, INODE, NEWC_REGULAR | 0644, manifest->time_s, TEXT_BYTES);
    memcpy(out + TEXT_AT, text, TEXT_BYTES);
    put_entry(out + TEXT_AT + TEXT_BYTES, NEWC_TRAILER, 0, 0, 0, 0);
    return true;
}

/* Copies the value of the line `key=value` at the front of *text, and moves *text to the next line. */
static bool take_line(struct text *text, const char *key, char *value, size_t size) {
    struct text line = text_cut(text, '\n');

    return text->at && text_take(&line, key) && text_take(&line, "=") && text_copy(line, value, size);
}

static bool take_number(struct text *text, const char *key, uint64_t max, uint64_t *number) {
    char value[24];

    return take_line(text, key, value, sizeof(value)) && text_u64(text_of(value), max, number);
}

static bool take_sha256(struct text *text, const char *key, unsigned char *sha256) {
    char value[2 * MANIFEST_SHA256_BYTES + 1];

    if (!take_line(text, key, value, sizeof(value)) || strlen(value) != 2 * MANIFEST_SHA256_BYTES)
        return false;
    for (size_t i = 0; i < MANIFEST_SHA256_BYTES; i++)
        sha256[i] = (unsigned char)(text_digit(value[2 * i]) << 4 | text_digit(value[2 * i + 1]));
    return true; /* what is no digit does not encode to itself again */
}

static bool is_manifest(const unsigned char *tail) {
    struct newc_header header;
    bool odd;

    return newc_decode(tail, &header, &odd) == NEWC_MAGIC_NEWC && !odd && header.name_bytes == NAME_BYTES &&
           memcmp(tail + NEWC_HEADER_BYTES, MANIFEST_PATH, NAME_BYTES) == 0;
}

enum manifest_answer manifest_decode(const unsigned char *tail, struct manifest *manifest) {
    unsigned char again[MANIFEST_SEGMENT_BYTES];
    struct text at = {(const char *)tail + TEXT_AT, TEXT_BYTES};
    uint64_t format;

    memset(manifest, 0, sizeof(*manifest));
    if (!is_manifest(tail))
        return MANIFEST_ABSENT;
    if (!take_number(&at, "format", UINT32_MAX, &format) ||
        !take_line(&at, "version", manifest->version, sizeof(manifest->version)) || !is_word(manifest->version))
        return MANIFEST_DAMAGED;
    manifest->format = (unsigned int)format;
    if (format > MANIFEST_FORMAT)
        return MANIFEST_NEWER;
    if (!take_line(&at, "arch", manifest->arch, sizeof(manifest->arch)) ||
        !take_number(&at, "time", TEXT_TIME_MAX, &manifest->time_s) ||
        !take_number(&at, "base_size", TEXT_SIZE_MAX, &manifest->base_bytes) ||
        !take_sha256(&at, "base_sha256", manifest->base_sha256) ||
        !take_sha256(&at, "payload_sha256", manifest->payload_sha256))
        return MANIFEST_DAMAGED;
    /* This checks the rest: header fields, leading zeros, the comment. */
    if (!manifest_encode(manifest, again) || memcmp(again, tail, sizeof(again)) != 0)
        return MANIFEST_DAMAGED;
    return MANIFEST_OK;
}
