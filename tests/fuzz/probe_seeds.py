#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes the seed corpus of fuzz_probe: probe_seeds.py FOLDER makes FOLDER/probe. The answers are those of tests/net/scripted.py."""

import struct
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "net"))
import scripted  # noqa: E402

RAW, RESULT, IN_TWO, LAST = 1, 2, 4, 8
CALLS = ["dump", "nfs", "mount", "exports", "mnt", "getattr", "umnt"]
GOOD = {"dump": scripted.dump(), "nfs": b"", "mount": b"", "exports": scripted.exports(b"/Users", b"/tmp"),
        "mnt": scripted.words(0) + scripted.opaque(b"handle") + scripted.words(1, 1), "getattr": scripted.attributes(),
        "umnt": b""}


def chunk(flags, data):
    return struct.pack("<BH", flags, len(data)) + data


def conversation(place=None, flags=RESULT, data=b""):
    return b"".join(chunk(flags, data) if call == place else chunk(RESULT, GOOD[call]) for call in CALLS)


def rejected(why):
    return scripted.words(1, 1, 1, why)


def seeds():
    yield "good", conversation()
    yield "in-two", b"".join(chunk(RESULT | IN_TWO, GOOD[call]) for call in CALLS)
    for call in CALLS:
        yield f"{call}-cut", conversation(call, RESULT, GOOD[call][:5])
        yield f"{call}-rejected", conversation(call, 0, rejected(5))
        yield f"{call}-no-program", conversation(call, 0, scripted.words(1, 0, 0, 0, 1))
        yield f"{call}-no-version", conversation(call, 0, scripted.words(1, 0, 0, 0, 2, 2, 4))
        yield f"{call}-raw", conversation(call, RAW, scripted.words(0xffffffff, 1, 1, 0))
        yield f"{call}-is-a-call", conversation(call, 0, scripted.words(0, 2, 100003, 3, 0, 0, 0, 0, 0))
    yield "mnt-denied", conversation("mnt", RESULT, scripted.words(13))
    yield "mnt-long-handle", conversation("mnt", RESULT, scripted.words(0) + scripted.opaque(b"h" * 65))
    yield "mnt-huge-handle", conversation("mnt", RESULT, scripted.words(0, 0xfffffff0) + b"h" * 16)
    yield "mnt-no-handle", conversation("mnt", RESULT, scripted.words(0, 0, 0xffffffff))
    yield "exports-huge-name", conversation("exports", RESULT, scripted.words(1, 0xfffffffc) + b"/")
    yield "exports-groups", conversation("exports", RESULT, scripted.words(1) + scripted.opaque(b"/Users") +
                                         scripted.words(1) + scripted.opaque(b"host") + scripted.words(0, 0))
    yield "verifier-huge", conversation("nfs", 0, scripted.words(1, 0, 6, 0xffffffff))
    yield "dump-udp", conversation("dump", RESULT, scripted.dump(protocol=17))


if __name__ == "__main__":
    folder = Path(sys.argv[1]) / "probe"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in seeds():
        (folder / name).write_bytes(data)
