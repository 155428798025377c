# SPDX-License-Identifier: MIT
"""Ramdisk images made by hand, byte for byte, without any of the packer's own code.

entry() and archive() write newc, gz() writes gzip members with any header fields, and moby() puts
together what the packer takes for a guest. The guest tests use the same functions.
"""

import dataclasses
import stat
import struct
import zlib

DIR, REG, LNK = stat.S_IFDIR, stat.S_IFREG, stat.S_IFLNK
CHR, BLK, FIFO, SOCK = stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK

X86_64, AARCH64, I386 = 62, 183, 3


@dataclasses.dataclass
class Entry:
    """One newc entry. Fields that are None follow from the others; `raw_fields` overrides the text of a field."""

    name: bytes
    mode: int
    data: bytes = b""
    ino: int | None = None
    uid: int = 0
    gid: int = 0
    nlink: int = 1
    mtime: int = 1467331200
    filesize: int | None = None
    major: int = 0
    minor: int = 0
    rmajor: int = 0
    rminor: int = 0
    namesize: int | None = None
    check: int = 0
    magic: bytes = b"070701"
    terminated: bool = True
    raw_fields: dict = dataclasses.field(default_factory=dict)


def _bytes(text):
    return text.encode() if isinstance(text, str) else text


def directory(name, perm=0o755, **more):
    return Entry(_bytes(name), DIR | perm, nlink=more.pop("nlink", 2), **more)


def file(name, data=b"", perm=0o644, **more):
    return Entry(_bytes(name), REG | perm, _bytes(data), **more)


def symlink(name, target, **more):
    return Entry(_bytes(name), LNK | 0o777, _bytes(target), **more)


def node(name, mode, rmajor=0, rminor=0, **more):
    return Entry(_bytes(name), mode, rmajor=rmajor, rminor=rminor, **more)


FIELDS = ("ino mode uid gid nlink mtime filesize major minor rmajor rminor namesize check").split()


def entry(e, ino):
    """The bytes of one entry, padded to a multiple of four."""
    name = e.name + (b"\0" if e.terminated else b"")
    values = dataclasses.asdict(e)
    values["ino"] = ino if e.ino is None else e.ino
    values["filesize"] = len(e.data) if e.filesize is None else e.filesize
    values["namesize"] = len(name) if e.namesize is None else e.namesize
    head = e.magic
    for field in FIELDS:
        head += e.raw_fields.get(field, b"%08X" % (values[field] & 0xFFFFFFFF))
    assert len(head) == 110, head
    out = head + name
    out += bytes(-len(out) % 4)
    out += e.data
    return out + bytes(-len(out) % 4)


def archive(entries, trailer=True, first_ino=1):
    """A raw newc archive."""
    out = b"".join(entry(e, first_ino + i) for i, e in enumerate(entries))
    if trailer:
        out += entry(Entry(b"TRAILER!!!", 0), 0)
    return out


def canonical(lengths):
    """symbol -> its bits as text, by the lengths of RFC 1951, 3.2.2; the lengths need not make a complete set."""
    codes, code = {}, 0
    for bits in range(1, 16):
        for symbol in sorted(s for s, length in lengths.items() if length == bits):
            codes[symbol] = f"{code & (1 << bits) - 1:0{bits}b}"
            code += 1
        code <<= 1
    return codes


META = dict.fromkeys(range(16), 4)  # the lengths' own set: each of them in four bits


def coded(data, literals, distances=None, meta=None, last=True):
    """One block of literals with any sets of codes, each {symbol: length}; distances by default are two of one bit. Behind
    one that is not the last come zeros up to a whole byte."""
    distances = {0: 1, 1: 1} if distances is None else distances
    meta = meta or META
    order = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
    number = lambda value, bits: f"{value:0{bits}b}"[::-1]  # noqa: E731
    count = max(distances, default=0) + 1
    lengths = [literals.get(s, 0) for s in range(257)] + [distances.get(s, 0) for s in range(count)]
    text = str(int(last)) + number(2, 2) + number(0, 5) + number(count - 1, 5) + number(15, 4)
    text += "".join(number(meta.get(s, 0), 3) for s in order) + "".join(canonical(meta)[length] for length in lengths)
    codes = canonical(literals)
    text += "".join(codes[byte] for byte in data) + codes.get(256, "")
    text += "0" * (-len(text) % 8)
    return bytes(int(text[at:at + 8][::-1], 2) for at in range(0, len(text), 8))


def gz(data, level=9, name=None, extra=None, comment=None, header_crc=False, flags=0, crc=None, length=None, method=8,
       body=None):
    """One gzip member; crc and length may be made wrong, and the compressed data by somebody else."""
    flags |= (0x08 if name is not None else 0) | (0x04 if extra is not None else 0)
    flags |= (0x10 if comment is not None else 0) | (0x02 if header_crc else 0)
    head = struct.pack("<BBBBIBB", 0x1F, 0x8B, method, flags, 0, 2, 3)
    if extra is not None:
        head += struct.pack("<H", len(extra)) + extra
    if name is not None:
        head += _bytes(name) + b"\0"
    if comment is not None:
        head += _bytes(comment) + b"\0"
    if header_crc:
        head += struct.pack("<H", zlib.crc32(head) & 0xFFFF)
    if body is None:
        packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        body = packer.compress(data) + packer.flush()
    crc = zlib.crc32(data) if crc is None else crc
    length = len(data) if length is None else length
    return head + body + struct.pack("<II", crc & 0xFFFFFFFF, length & 0xFFFFFFFF)


def pad4(data):
    return data + bytes(-len(data) % 4)


def elf(machine=X86_64, interpreter=False, payload=b"", bits=2, order=1):
    """The headers of a 64-bit program, enough for whoever looks at them; it does not run."""
    end = "<" if order == 1 else ">"
    ident = b"\177ELF" + bytes([bits, order, 1]) + bytes(9)
    head = struct.pack(end + "HHIQQQIHHHHHH", 2, machine, 1, 0x400000, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    segment = struct.pack(end + "IIQQQQQQ", 3 if interpreter else 1, 5, 0, 0x400000, 0x400000, 120, 120, 4096)
    return ident + head + segment + payload


def moby_entries(machine=X86_64, nfs="builtin", openrc=True):
    """A guest as small as it can be and still be one."""
    dirs = ["bin", "sbin", "usr", "usr/bin", "usr/sbin", "etc", "etc/init.d", "etc/runlevels"]
    dirs += ["etc/runlevels/default", "lib", "lib/modules", "lib/modules/4.9.27-moby", "proc", "sys", "mnt"]
    out = [directory(d) for d in dirs]
    out += [
        file("init", b"#!/bin/sh\nexec switch_root /mnt /sbin/init\n", 0o755),
        file("bin/busybox", elf(machine, payload=b"busybox"), 0o755),
        symlink("bin/sh", "/bin/busybox"),
        symlink("sbin/init", "/bin/busybox"),
        file("etc/init.d/docker", b"#!/sbin/openrc-run\n", 0o755),
        symlink("etc/runlevels/default/docker", "/etc/init.d/docker"),
    ]
    if openrc:
        out.append(file("sbin/openrc", elf(machine, payload=b"openrc"), 0o755))
    modules = "lib/modules/4.9.27-moby/"
    if nfs == "builtin":
        out.append(file(modules + "modules.builtin", b"kernel/fs/ext4/ext4.ko\nkernel/fs/nfs/nfs.ko\n"))
    elif nfs == "module":
        out += [directory(modules + d) for d in ("kernel", "kernel/fs", "kernel/fs/nfs")]
        out.append(file(modules + "kernel/fs/nfs/nfs.ko", elf(machine, payload=b"nfs")))
    elif nfs == "absent":
        out.append(file(modules + "modules.builtin", b"kernel/fs/ext4/ext4.ko\n"))
    return out


def moby(**more):
    """One gzip archive, as Docker for Mac 1.12 has it."""
    return gz(archive(moby_entries(**more)))


def container():
    """The second archive of 1.13: container.img."""
    return gz(archive([directory("usr"), directory("usr/bin"), file("usr/bin/docker", elf(payload=b"docker"), 0o755)],
                      first_ino=1000))


def two_archives():
    return pad4(moby()) + pad4(container())


def unaligned():
    """An image whose length is not a multiple of four: the name in the gzip header decides."""
    plain = archive(moby_entries())
    return next(image for n in range(1, 5) if len(image := gz(plain, name="n" * n)) % 4)
