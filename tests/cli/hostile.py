# SPDX-License-Identifier: MIT
"""Images that cost their reader much time for few bytes.

SHAPES maps a name to a function of a size and a size to begin with: twice the size is about twice the image, unpacked.
"""

import functools
import itertools
import zlib

import images
from images import CHR, archive, directory, file, gz, node, symlink

PREFIX = archive([file("init", b"#!/bin/sh\n", 0o755)])


def fast(entries, **more):
    return PREFIX + gz(archive(entries, first_ino=1000, **more), level=1)


def walks(count):
    """Files behind 39 links, each of which walks up and down for 4 KiB."""
    there = [directory("d"), symlink("l0", "d/../" * 800 + "d")]
    there += [symlink(f"l{n}", "d/../" * 800 + f"l{n - 1}") for n in range(1, 39)]
    return fast(there + [file(f"l38/f{n}") for n in range(count)])


def crossed_walks(count):
    """The same, and no two of them begin alike."""
    there = [directory("d"), symlink("l0", "d/../" * 800 + "d")]
    there += [symlink(f"l{n}", "d/../" * 800 + f"l{n - 1}") for n in range(1, 39)]
    return fast(there + [file(f"l{38 - n % 2}/f{n}") for n in range(count)])


def fnv(state, text):
    for byte in text:
        state = (state ^ byte) * 16777619 & 0xFFFFFFFF
    return state


@functools.cache
def colliding(stages=14):
    """Pairs of texts: any choice of one from each pair, one behind the other, has one and the same FNV-1a hash."""
    state, pairs = fnv(2166136261, (1).to_bytes(4, "little")), []
    for _ in range(stages):
        seen = {}
        for n in itertools.count():
            text = b"%06x" % n
            if (hashed := fnv(state, text)) in seen:
                break
            seen[hashed] = text
        pairs.append((seen[hashed], text))
        state = hashed
    return pairs


def collisions(count):
    """Names that collide in FNV-1a, which the tree's hash was once."""
    return fast([file(b"".join(name)) for name in itertools.islice(itertools.product(*colliding()), count)])


def links(count):
    """Hard links whose numbers cancel each other out."""
    return fast([file(f"f{n}", nlink=2, ino=n, minor=n) for n in range(1, count)])


def deep(count):
    """Folders inside each other; a link to every 2000th keeps the paths short enough."""
    entries, at = [], ""
    for n in range(count):
        if n % 2000 == 1999:
            entries.append(symlink(f"s{n}", at))
            at = f"s{n}"
        at += "/a" if at else "a"
        entries.append(directory(at))
    return fast(entries)


def long_paths(count):
    """Files at two thousand folders' depth, and others between them, so that no path begins as the one before."""
    at = "/".join("a" * 1990)
    there = [directory(at[:n]) for n in range(1, len(at) + 1, 2)] + [directory("b")]
    return fast(there + [file(f"b/f{n}" if n % 2 else f"{at}/f{n}") for n in range(count)])


def trailers(count):
    """Archives of one hard link each: what is known of links is forgotten each time."""
    one = archive([file("f", nlink=2, ino=7)])
    return PREFIX + gz(one * count, level=1)


def segments(count):
    return PREFIX + gz(archive([file("f")])) * count


def blocks(count):
    """Compressed data in blocks of one byte, each with a set of codes of its own."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zlib.Z_FIXED)
    plain = archive([file("f", bytes(count))])
    body = b"".join(packer.compress(plain[n:n + 1]) + packer.flush(zlib.Z_FULL_FLUSH) for n in range(len(plain)))
    return PREFIX + gz(plain, body=body + packer.flush())


def coded_blocks(count):
    """Blocks of no data, each with sets of codes of its own, which take longest to set up. An empty stored block behind
    each makes it whole bytes."""
    block = images.coded(b"", {n: 8 for n in range(1, 256)} | {256: 8}, last=False) + b"\0\0\0\xff\xff"
    body = block * count + b"\x03\0"
    assert zlib.decompress(body, -15) == b""
    return PREFIX + gz(b"", body=body)


def slashes(count):
    """Data that looks like the beginning of what is looked for, at each byte."""
    name = "lib/modules/4.9/modules.builtin"
    there = [directory("lib"), directory("lib/modules"), directory("lib/modules/4.9")]
    return fast(there + [file(name, b"/" * count)])


def overwritten(count):
    """One name that is made and deleted again and again."""
    return fast([e for n in range(count) for e in (symlink("x", "y" * 4000), node("x", CHR | 0o600, 1, n))])


def faults(count):
    return fast([file("f", magic=b"070702") for _ in range(count)])


def zeros(gib):
    """So many GiB of zeros behind an archive, in a few MiB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    mib = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return PREFIX + gz(archive([file("f")])) + gz(b"", body=mib * 1024 * gib + b"\x03\0")


SHAPES = {
    "walks": (walks, 1000), "crossed-walks": (crossed_walks, 100), "collisions": (collisions, 4000), "links": (links, 10000), "deep": (deep, 5000),
    "long-paths": (long_paths, 4000), "trailers": (trailers, 20000), "segments": (segments, 1000),
    "blocks": (blocks, 20000), "coded-blocks": (coded_blocks, 20000), "slashes": (slashes, 10_000_000), "overwritten": (overwritten, 3000),
    "faults": (faults, 5000),
}
