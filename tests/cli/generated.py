#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Images by number: generated.py NUMBER FILE writes one. Mutations of good images and of the corpus, programs of entries
over a few names that meet often, and small ones of the hostile shapes. The same number gives the same image."""

import functools
import random
import sys
from pathlib import Path

import corpus
import hostile
import images
from images import BLK, CHR, DIR, FIFO, LNK, REG, SOCK

PREFIX = images.archive([images.file("init", b"#!/bin/sh\n", 0o755)])
NAMES = [b"a", b"b", b"c", b"d", b"d/a", b"d/b", b"d/d", b"d/d/a", b"./a", b"d/../b", b"/c", b"bin", b"bin/busybox", b"etc",
         b"etc/init.d", b"etc/init.d/usermount", b"etc/usermount.conf", b"etc/usermount.pack", b"usr/sbin", b"usr/sbin/usermount",
         b"etc/runlevels/default/usermount", b"dev", b"dev/console", b"", b".", b"TRAILER!!!"]
TARGETS = [b"a", b"b", b"d", b"..", b"/d", b"d/d", b"../../init.d/usermount", b"/etc/init.d/usermount", b"", b"/", b"x" * 300]


@functools.cache
def good():
    return [images.moby(), images.two_archives(), images.unaligned(), images.archive(images.moby_entries()),
            images.moby(nfs="module"), images.moby(machine=images.AARCH64)]


@functools.cache
def plain():
    return images.archive(images.moby_entries())


@functools.cache
def cases():
    return [case.build(PREFIX) for case in corpus.CASES.values() if len(case.build(PREFIX)) <= 100_000]


def mutated(dice, data):
    """Data with a few bytes of it changed, gone, doubled, or those of others."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(out) + 1)
        length = min(dice.choice([1, 1, 2, 4, 8, 13, 110, 512]), len(out) - at)
        what = dice.randrange(8)
        if what == 0 and length:
            out[at] ^= 1 << dice.randrange(8)
        elif what == 1:
            out[at:at + length] = dice.randbytes(length)
        elif what == 2:
            del out[at:at + length]
        elif what == 3:
            out[at:at] = out[at:at + length]
        elif what == 4:
            out[at:at] = bytes(dice.choice([1, 3, 4, 512]))
        elif what == 5:
            out[at:] = b""
        elif what == 6:
            other = dice.choice(cases())
            out[at:at] = other[:dice.randrange(len(other) + 1)]
        elif (field := out.find(b"070701", at)) >= 0:  # a number in a header
            field += 6 + 8 * dice.randrange(13)
            value = dice.choice([0, 1, 2, 0o40755, 0o100644, 0o120777, 4096, 4097, 0xFFFFFFFF, dice.getrandbits(32)])
            out[field:field + 8] = b"%08X" % value
    return bytes(out)


def entry(dice):
    kind = dice.choice([REG, REG, REG, DIR, LNK, LNK, FIFO, CHR, BLK, SOCK, 0])
    data = dice.choice(TARGETS) if kind == LNK else dice.choice([b"", b"", b"1", b"text", dice.randbytes(40)])
    return images.Entry(dice.choice(NAMES), kind | dice.choice([0o644, 0o755, 0o4711]), data if kind in (LNK, REG) else b"",
                        ino=dice.choice([7, 8, None]), nlink=dice.choice([1, 2, 3]), minor=dice.choice([0, 0, 1]))


def program(dice):
    """Archives of entries behind a guest, or alone."""
    out = dice.choice([*good(), PREFIX])
    for _ in range(dice.randint(1, 4)):
        raw = images.archive([entry(dice) for _ in range(dice.randint(0, 12))], trailer=dice.random() < 0.9, first_ino=500)
        out = images.pad4(out) + (raw if dice.random() < 0.4 else images.gz(raw))
    return out


def shape(dice):
    make, size = hostile.SHAPES[dice.choice(list(hostile.SHAPES))]
    return make(max(2, size // dice.choice([40, 100, 500])))


def image(number):
    dice = random.Random(number)
    kind = dice.randrange(10)
    if kind < 2:
        return mutated(dice, dice.choice(good()))
    if kind < 4:
        return images.pad4(images.gz(mutated(dice, plain()))) + dice.choice([b"", images.container()])
    if kind < 6:
        return mutated(dice, dice.choice(cases()))
    if kind < 9:
        return program(dice)
    return shape(dice)


if __name__ == "__main__":
    Path(sys.argv[2]).write_bytes(image(int(sys.argv[1])))
