#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Runs the packer's verbs under valgrind: memcheck.py BUILD. What `make valgrind` runs."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
import corpus  # noqa: E402
import images  # noqa: E402
from test_pack import Packer  # noqa: E402

VALGRIND = ["valgrind", "-q", "--error-exitcode=99", "--leak-check=full", "--errors-for-leak-kinds=definite,possible"]
# What a hostile image is made of; each as strictly as `verify` reads, and listed.
HOSTILE = ["gzip-bad-crc", "raw-cut-data", "tree-many", "gzip-first"]


def runs(folder):
    """(words, expected code) in their order: each works on what the one before left."""
    image = folder / "initrd.img"
    image.write_bytes(images.two_archives())
    yield ["--help"], 0
    yield ["status", image], 1
    yield ["add", "--no-backup", image], 0
    yield ["add", "--gzip", "--set", "wait=5", "-o", folder / "other.img", image], 0
    yield ["add", "--set", "nonsense=1", image], 2
    yield ["status", image], 0
    yield ["inspect", "--list", image], 0
    yield ["inspect", "--list", "--porcelain", image], 0
    yield ["verify", image], 0
    yield ["remove", image], 0
    yield ["remove", image], 1
    yield ["add", folder / "missing"], 4
    prefix = images.archive([images.file("init", b"#!/bin/sh\n", 0o755)])
    for name in HOSTILE:
        (folder / name).write_bytes(corpus.CASES[name].build(prefix))
        yield ["inspect", "--list", folder / name], None
        yield ["verify", folder / name], None


def main(build):
    began, count = time.monotonic(), 0
    with tempfile.TemporaryDirectory() as folder:
        pack = Packer(build, Path(folder))
        env = {**os.environ, "USERMOUNT_SHARE": str(pack.share)}
        for words, code in runs(Path(folder)):
            done = subprocess.run([*VALGRIND, pack.program, *words], capture_output=True, text=True, env=env)
            if done.returncode != code and not (code is None and done.returncode in (0, 3)):
                sys.exit(f"{' '.join(map(str, words))}: exit {done.returncode}\n{done.stderr}")
            count += 1
    print(f"  VALGRIND {count} runs, no error, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve())
