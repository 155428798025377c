#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the seed corpora of the packer's fuzzers: pack_seeds.py FOLDER makes FOLDER/{newc,segment,manifest,...}.

The images are those of tests/cli/corpus.py, the Mac's files those of tests/cli/mac_files.py. fuzz_tree needs none: every
input is a program.
"""

import hashlib
import random
import struct
import sys
import zlib
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
import corpus  # noqa: E402
import images  # noqa: E402
import mac  # noqa: E402
import mac_files  # noqa: E402


def manifest(base, payload):
    text = (f"format=1\nversion=0.1.0\narch=x86_64\ntime=1467331200\nbase_size={len(base)}\n"
            f"base_sha256={hashlib.sha256(base).hexdigest()}\npayload_sha256={hashlib.sha256(payload).hexdigest()}\n")
    text += "#" * (255 - len(text)) + "\n"
    entry = images.file("etc/usermount.pack", text, ino=0x75736DFF)
    return images.archive([entry])


def of_a_mac():
    """The texts that doctor reads."""
    block = b"# usermount-pack: begin 00000000 new-file no-newline\n# usermount-pack: end\n"
    seeds = {f"exports_mac/{name}": case[0].encode() for name, case in (mac_files.EXPORTS | mac_files.NEW_MACOS).items()}
    seeds |= {f"nfsconf/{name}": case[0].encode() for name, case in mac_files.CONFS.items()}
    seeds |= {"block/block": block, "block/text": b"/opt 10.0.0.1", "block/around": b"/opt\n" + block + b"/srv\\\n"}
    seeds |= {"macfiles/plist": mac.PLIST.format(other="a", key="key", value="10.12.6").encode(),
              "macfiles/mounts": mac.SHARES.encode(),
              "macfiles/settings": b'{"a":[1,{"b":null}],"filesharingDirectories":["\\/Users","\\u00e4"]}'}
    return seeds


def compressed(data, level=9, strategy=zlib.Z_DEFAULT_STRATEGY, pieces=1):
    """Deflated, in that many blocks at least, with gzip's trailer."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15, 9, strategy)
    step = -(-len(data) // pieces) or 1
    body = b"".join(packer.compress(data[at:at + step]) + packer.flush(zlib.Z_FULL_FLUSH) for at in range(0, len(data), step))
    return body + packer.flush() + struct.pack("<II", zlib.crc32(data), len(data))


def of_deflate():
    """For fuzz_quick: what zlib makes, whole, cut and damaged, and programs of its own language."""
    dice = random.Random(1952)
    text = Path(corpus.__file__).read_bytes()
    long = b"".join(text[dice.randrange(len(text)):][:dice.randrange(4, 60)] for _ in range(3500))
    strategies = {"huffman": zlib.Z_HUFFMAN_ONLY, "rle": zlib.Z_RLE, "fixed": zlib.Z_FIXED}
    streams = {f"level-{level}": compressed(long, level) for level in (1, 6, 9)} | {"stored": compressed(text, 0)}
    streams |= {name: compressed(text, strategy=strategy) for name, strategy in strategies.items()}
    streams |= {"many": compressed(long, pieces=40), "empty": compressed(b""), "zeros": compressed(bytes(300_000)),
                "piece": compressed(long[:32768]), "two-pieces": compressed(long[:65536], 1)}
    streams["sum"] = streams["many"][:-8] + bytes(8)
    streams["cut"] = streams["level-1"][:len(streams["level-1"]) // 2]
    for at in (3, 40, 500, 9000):
        damaged = bytearray(streams["level-6"])
        damaged[at] ^= 16
        streams[f"damaged-{at}"] = bytes(damaged)
    programs = {f"program-{n}": bytes([1 + 2 * (n % 4)]) + dice.randbytes(40 + 30 * n) for n in range(60)}
    return {f"quick/{name}": b"\4" + data for name, data in streams.items()} | {f"quick/{n}": p for n, p in programs.items()}


def main(folder):
    prefix = images.archive([images.file("init", b"#!/bin/sh\n", 0o755)])
    packed = images.pad4(images.moby()) + corpus.ONE + manifest(images.moby(), corpus.ONE)
    seeds = {f"segment/{name}": case.build(prefix) for name, case in corpus.CASES.items()}
    seeds |= {"newc/entry": prefix[:110], "newc/trailer": images.archive([])[:110]}
    seeds |= {"manifest/packed": packed, "manifest/buried": packed + corpus.TWO, "manifest/stock": images.moby(),
              "segment/packed": packed}
    seeds |= {"unpacked/raw": corpus.ONE, "unpacked/gzip": images.pad4(images.gz(corpus.ONE))} | of_a_mac() | of_deflate()
    for name, data in seeds.items():
        if len(data) <= 65536:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
