# SPDX-License-Identifier: MIT
"""Writes ramdisk archives: newc, as `cpio -H newc` does, and gzip -9, as Moby's build did."""

import gzip
import stat

MTIME = 1483228800  # 2017-01-01: fixed, so that the same input gives the same bytes


def newc(tree):
    """One archive with its trailer. tree: path -> (mode, content), where content is bytes (a link's target for links)."""
    out = bytearray()
    for number, path in enumerate(sorted(tree), 1):
        mode, content = tree[path]
        out += _entry(path, mode, content, number)
    out += _entry("TRAILER!!!", 0, b"", 0)
    return bytes(out)


def gz(data, level=9):
    return gzip.compress(data, level, mtime=0)


def pad(data, to=4):
    return data + bytes(-len(data) % to)


def _entry(path, mode, content, number):
    name = path.encode() + b"\0"
    links = 2 if stat.S_ISDIR(mode) else 1
    fields = (number, mode, 0, 0, links, MTIME if number else 0, len(content), 0, 0, 0, 0, len(name), 0)
    head = b"070701" + b"".join(b"%08X" % field for field in fields)
    return pad(pad(head + name) + content)
