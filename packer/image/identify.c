/* SPDX-License-Identifier: MIT */
#include "identify.h"

#include <stddef.h>
#include <string.h>

struct signature {
    uint64_t offset;
    const char *bytes;
    size_t length;
    const char *name;
};

#define SIGNATURE(at, text, what)                                                                                      \
    { at, text, sizeof(text) - 1, what }

/* The first match counts, so specific signatures come first: a bootable ISO image also has a boot sector. */
static const struct signature signatures[] = {
    SIGNATURE(32769, "CD001", "an ISO 9660 image"),
    SIGNATURE(1024, "\xe2\xe1\xf5\xe0", "an erofs image"),
    SIGNATURE(1080, "\x53\xef", "an ext2, ext3 or ext4 file system"),
    SIGNATURE(0, "hsqs", "a squashfs image"),
    SIGNATURE(0, "\x45\x3d\xcd\x28", "a cramfs image"),
    SIGNATURE(0, "QFI\xfb", "a qcow2 disk image"),
    SIGNATURE(514, "HdrS", "a Linux kernel (bzImage)"),
    SIGNATURE(0, "\177ELF", "an ELF program"),
    SIGNATURE(0, "\xcf\xfa\xed\xfe", "a Mach-O program"),
    SIGNATURE(0, "\xca\xfe\xba\xbe", "a Mach-O program"),
    SIGNATURE(56, "ARMd", "a Linux kernel (arm64 Image)"),
    SIGNATURE(0, "MZ", "an EFI program"),
    SIGNATURE(257, "ustar", "a tar archive"),
    SIGNATURE(0, "PK\003\004", "a zip archive"),
    SIGNATURE(0, "xar!", "an installer package (xar)"),
    SIGNATURE(0, "!<arch>\n", "an ar archive"),
    SIGNATURE(0, "070707", "a cpio archive of the old portable format"),
    SIGNATURE(0, "\xc7\x71", "a cpio archive of the old binary format"),
    SIGNATURE(0, "\3757zXZ", "xz-compressed data"),
    SIGNATURE(0, "BZh", "bzip2-compressed data"),
    SIGNATURE(0, "\x28\xb5\x2f\xfd", "zstd-compressed data"),
    SIGNATURE(0, "\x02\x21\x4c\x18", "lz4-compressed data"),
    SIGNATURE(0, "\x04\x22\x4d\x18", "lz4-compressed data (not the kernel's kind)"),
    SIGNATURE(0, "\x89LZO", "lzo-compressed data"),
    SIGNATURE(0, "\x5d\x00\x00", "lzma-compressed data"),
    SIGNATURE(510, "\x55\xaa", "a disk image with a boot sector (such as a LinuxKit boot.img)"),
    SIGNATURE(0, "#!", "a script"),
};

const char *identify(const unsigned char *bytes, uint64_t size) {
    if (size == 0)
        return "an empty file";
    if (size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
        return NULL;
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        const struct signature *signature = &signatures[i];

        if (size >= signature->length && signature->offset <= size - signature->length &&
            memcmp(bytes + signature->offset, signature->bytes, signature->length) == 0)
            return signature->name;
    }
    if (size >= 512 && memcmp(bytes + size - 512, "koly", 4) == 0)
        return "a macOS disk image (dmg)";
    return NULL;
}
