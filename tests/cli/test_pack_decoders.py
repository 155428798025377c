# SPDX-License-Identifier: MIT
"""The packer with ISA-L and the packer with zlib alone (build/zlib) are one program: they say the same of every image,
position by position, and write the same bytes."""

import ctypes
import os
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

import corpus
import images

HERE = Path(__file__).resolve().parent
PREFIX = images.archive([images.file("init", b"#!/bin/sh\n", 0o755)])


@pytest.fixture(scope="session")
def packers(build):
    """What make check builds: the first one linked with ISA-L, the second without."""
    both = build / "usermount-pack", build / "zlib/usermount-pack"
    assert ["libisal" in subprocess.run(["readelf", "-d", packer], capture_output=True, text=True, check=True).stdout
            for packer in both] == [True, False], "run make zlib-units, where libisal-dev is installed"
    return both


def said(packer, *arguments):
    done = subprocess.run([packer, *arguments], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def same(packers, *arguments):
    """What both say."""
    with_isal, alone = (said(packer, *arguments) for packer in packers)
    assert with_isal == alone
    return alone


@pytest.mark.parametrize("name", corpus.CASES)
def test_both_say_the_same_of_every_image(packers, tmp_path, name):
    image = tmp_path / "image"
    image.write_bytes(corpus.CASES[name].build(PREFIX))
    same(packers, "inspect", "--list", "--porcelain", image)
    same(packers, "verify", image)


def moby(size):
    """A guest whose archive has that many bytes of data that pack a little."""
    dice = b"".join(zlib.crc32(bytes([n & 255, n >> 8])).to_bytes(4, "big") + b"filler" for n in range(size // 10))
    return images.archive([*images.moby_entries(), images.file("opt-data", dice)])


@pytest.mark.parametrize("level", [0, 1, 9])
def test_both_tell_every_damage_alike(packers, tmp_path, level):
    """One byte after the other of a member of several pieces, and its cuts."""
    member = images.gz(moby(200_000), level=level)
    image = tmp_path / "image"
    codes = set()
    for at in range(0, len(member), len(member) // 40):
        for damaged in (member[:at] + bytes([member[at] ^ 0x55]) + member[at + 1:], member[:at]):
            image.write_bytes(damaged + corpus.AFTER)
            codes.add(same(packers, "inspect", "--porcelain", image)[0])
    assert codes == {0, 3} or codes == {3}


def test_a_block_without_an_end_is_told_alike(packers, tmp_path):
    """The kernel's zlib is older and does not look for it: it stops too, but later, so the corpus has no such image."""
    image = tmp_path / "image"
    block = images.coded(corpus.ONE, dict.fromkeys(range(256), 8))
    image.write_bytes(images.gz(corpus.ONE, body=block) + corpus.AFTER)
    assert same(packers, "verify", image)[0] == 3


def test_a_stop_inside_a_member_is_told_alike(packers, tmp_path):
    """The walk ends in the midst of the data, at a place that only the decoder knows."""
    image = tmp_path / "image"
    image.write_bytes(images.gz(moby(100_000) + b"junk" + moby(300_000), level=6))
    code, out, _ = same(packers, "inspect", "--porcelain", image)
    assert code == 3 and "fault=junk-inside" in out


def test_both_write_the_same_bytes(packers, tmp_path):
    for name, stock in {"one": images.gz(moby(300_000)), "two": images.two_archives(), "unaligned": images.unaligned()}.items():
        made = []
        for number, packer in enumerate(packers):
            image = tmp_path / f"{name}-{number}"
            image.write_bytes(stock)
            assert said(packer, "add", "--no-backup", image)[0] == 0
            made.append(image.read_bytes())
            assert said(packer, "remove", image)[0] == 0
            assert image.read_bytes() == stock
        assert made[0] == made[1]


def deflated(data):
    """Blocks, none of them the last, that end at a whole byte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)


def test_a_member_of_more_than_4_gib_has_the_rest_for_its_length(packers, tmp_path):
    """Its trailer counts modulo 2 to the 32nd. The zeros are the same blocks, many times."""
    zeros = bytes(64 << 20)
    times = 33
    files = [images.entry(images.file(name, filesize=len(zeros) * times), n) for n, name in enumerate(("a", "b"), 1)]
    blocks = {part: deflated(part) for part in {*files, zeros}}
    parts = [part for file in files for part in (file, *[zeros] * times)]
    body, crc, total = [], 0, 0
    libz = ctypes.CDLL("libz.so.1")
    libz.crc32_combine.argtypes = ctypes.c_ulong, ctypes.c_ulong, ctypes.c_long
    libz.crc32_combine.restype = ctypes.c_ulong
    crcs = {part: zlib.crc32(part) for part in blocks}
    for part in parts:
        body.append(blocks[part])
        crc = libz.crc32_combine(crc, crcs[part], len(part))
        total += len(part)
    assert total > 1 << 32
    image = tmp_path / "image"
    image.write_bytes(images.gz(b"", body=b"".join(body) + images.gz(b"")[10:-8], crc=crc, length=total))
    for packer in packers:
        code, out, err = said(packer, "verify", "--porcelain", image)
        assert code == 0 and f"unpacked={total}\n" in out, err


def test_the_packer_with_zlib_alone_passes_the_same_tests(packers):
    files = [HERE / "test_pack.py", HERE / "test_pack_corpus.py", HERE.parent / "unit"]
    done = subprocess.run([sys.executable, "-B", "-m", "pytest", "-q", "-p", "no:cacheprovider", *files], capture_output=True,
                          text=True, env={**os.environ, "USERMOUNT_BUILD": str(packers[1].parent)})
    assert done.returncode == 0, done.stdout[-4000:]
