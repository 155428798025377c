/* SPDX-License-Identifier: MIT */
#include "address.h"

#include "../../agent/common/text.h"

#include <arpa/inet.h>
#include <string.h>

const struct exports_address exports_loopback = {4, {127, 0, 0, 1}};

/* Parses one part: decimal, octal after 0, hexadecimal after 0x. Numbers wrap at 32 bits, like those of the libc. */
static bool read_part(const char **at, uint32_t *part) {
    int base = 10;
    bool is_empty = true;

    *part = 0;
    if (**at == '0') {
        base = 8;
        is_empty = false;
        ++*at;
    }
    if (**at == 'x' || **at == 'X') {
        base = 16;
        ++*at;
    }
    for (; text_digit(**at) < (base == 16 ? 16 : 10); ++*at) {
        if (text_digit(**at) >= base)
            return false;
        *part = *part * (uint32_t)base + (uint32_t)text_digit(**at);
        is_empty = false;
    }
    return !is_empty;
}

static bool read_parts(const char *text, uint32_t parts[4], int *count) {
    for (*count = 0; *count < 4;) {
        if (!read_part(&text, &parts[*count]))
            return false;
        ++*count;
        if (!*text)
            return true;
        if (*text++ != '.')
            return false;
    }
    return false;
}

/* inet_aton(3): the last part fills the remaining bytes. */
static bool read_host(const char *text, uint32_t *address) {
    uint32_t parts[4];
    uint32_t value = 0;
    int count;

    if (text_digit(*text) > 9 || !read_parts(text, parts, &count))
        return false;
    for (int i = 0; i < count - 1; i++) {
        if (parts[i] > 255)
            return false;
        value |= parts[i] << (24 - 8 * i);
    }
    if (count > 1 && parts[count - 1] >= UINT32_C(1) << (40 - 8 * count))
        return false;
    *address = value | parts[count - 1];
    return true;
}

bool exports_network(const char *text, uint32_t *number) {
    uint32_t parts[4];
    int count;

    if (!read_parts(text, parts, &count))
        return false;
    *number = 0;
    for (int i = 0; i < count; i++) {
        if (parts[i] > 255)
            return false;
        *number = *number << 8 | parts[i];
    }
    return *number != UINT32_MAX; /* INADDR_NONE */
}

uint32_t exports_network_address(uint32_t number) {
    if (number < 128)
        return number << 24;
    if (number < 65536)
        return number << 16;
    return number < 16777216 ? number << 8 : number;
}

uint32_t exports_class_mask(uint32_t address) {
    if (address >> 31 == 0)
        return 0xff000000;
    return address >> 30 == 2 ? 0xffff0000 : 0xffffff00;
}

bool exports_address6(const char *text, unsigned char bytes[16]) {
    struct in6_addr address;

    if (inet_pton(AF_INET6, text, &address) != 1)
        return false;
    memcpy(bytes, &address, 16);
    return true;
}

bool exports_address(const char *text, struct exports_address *address) {
    char plain[INET6_ADDRSTRLEN];
    size_t length = strcspn(text, "%");
    uint32_t number;

    *address = (struct exports_address){.family = 4};
    if (read_host(text, &number)) {
        for (int i = 0; i < 4; i++)
            address->bytes[i] = (unsigned char)(number >> (24 - 8 * i));
        return true;
    }
    if (length >= sizeof(plain))
        return false;
    memcpy(plain, text, length);
    plain[length] = '\0';
    address->family = 6;
    return exports_address6(plain, address->bytes);
}

bool exports_same_address(const struct exports_address *a, const struct exports_address *b) {
    return a->family == b->family && memcmp(a->bytes, b->bytes, sizeof(a->bytes)) == 0;
}
