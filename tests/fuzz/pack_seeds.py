#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the seed corpora of the packer's fuzzers: pack_seeds.py FOLDER makes FOLDER/{newc,segment,manifest,...}.

The images are those of tests/cli/corpus.py, the Mac's files those of tests/cli/mac_files.py. fuzz_tree needs none: every
input is a program.
"""

import hashlib
import sys
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


def main(folder):
    prefix = images.archive([images.file("init", b"#!/bin/sh\n", 0o755)])
    packed = images.pad4(images.moby()) + corpus.ONE + manifest(images.moby(), corpus.ONE)
    seeds = {f"segment/{name}": case.build(prefix) for name, case in corpus.CASES.items()}
    seeds |= {"newc/entry": prefix[:110], "newc/trailer": images.archive([])[:110]}
    seeds |= {"manifest/packed": packed, "manifest/buried": packed + corpus.TWO, "manifest/stock": images.moby(),
              "segment/packed": packed}
    seeds |= {"unpacked/raw": corpus.ONE, "unpacked/gzip": images.pad4(images.gz(corpus.ONE))} | of_a_mac()
    for name, data in seeds.items():
        if len(data) <= 65536:
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
