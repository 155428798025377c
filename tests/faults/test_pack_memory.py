# SPDX-License-Identifier: MIT
"""Every allocation of the packer fails in turn: a message, exit code 4, and the image as it was."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
import images  # noqa: E402
from mac import Mac  # noqa: E402
from test_pack import Packer  # noqa: E402

BASE = images.two_archives()
VERBS = {
    "add": ["add"], "add-gzip": ["add", "--gzip", "--set", "wait=5"], "replace": ["add", "--set", "wait=9"],
    "remove": ["remove"], "inspect": ["inspect", "--list"], "verify": ["verify"], "status": ["status"],
}
FROM_PACKED = {"replace", "remove", "status"}


@pytest.fixture
def pack(build, tmp_path):
    return Packer(build, tmp_path)


@pytest.mark.parametrize("verb", VERBS)
def test_each_allocation_fails_in_turn(build, pack, tmp_path, verb):
    folder = tmp_path / "images"
    folder.mkdir()
    image, counted = folder / "initrd.img", tmp_path / "count"
    image.write_bytes(BASE)
    if verb in FROM_PACKED:
        pack("add", "--no-backup", image)
    old = image.read_bytes()

    def run(**scarce):
        env = {**os.environ, "USERMOUNT_SHARE": str(pack.share), "LD_PRELOAD": str(build / "faults" / "scarce.so"),
               **scarce}
        return subprocess.run([pack.program, *VERBS[verb], image], capture_output=True, text=True, env=env, timeout=30)

    done = run(SCARCE_COUNT=str(counted))
    assert done.returncode == 0, done.stderr
    count, new = int(counted.read_text()), image.read_bytes()
    assert count >= 2
    for at in range(1, count + 1):
        for name in os.listdir(folder):
            (folder / name).unlink()
        image.write_bytes(old)
        done = run(SCARCE_AT=str(at))
        content = image.read_bytes()
        if done.returncode == 0:  # what could not be had was not needed, such as standard output's buffer
            assert content == new, f"allocation {at} of {count}"
        else:
            assert done.returncode == 4, (at, done.returncode, done.stderr)
            assert done.stderr.startswith("usermount-pack: unable to "), (at, done.stderr)
            assert content == old, f"allocation {at} of {count}: {done.stderr}"
        left = set(os.listdir(folder)) - {"initrd.img", "initrd.img.orig"}
        assert not left, (at, left)


def test_each_allocation_of_doctor_fails_in_turn(build, tmp_path):
    """It may find out less; it does not crash, and changes nothing."""
    mac = Mac(build, tmp_path / "mac")
    counted = tmp_path / "count"

    def run(**scarce):
        env = {**os.environ, "USERMOUNT_SHARE": str(mac.share), "LD_PRELOAD": str(build / "faults" / "scarce.so"), **scarce}
        return subprocess.run([mac.program, "doctor", "--root", mac.root], capture_output=True, text=True, timeout=60,
                              env=env)

    before = (mac.read("etc/exports"), mac.read("etc/nfs.conf"))
    done = run(SCARCE_COUNT=str(counted))
    assert done.returncode == 0, done
    count = int(counted.read_text())
    codes = set()
    for at in range(1, count + 1):
        done = run(SCARCE_AT=str(at))
        codes.add(done.returncode)
        assert done.returncode in (0, 1, 4), (at, done)
        assert done.returncode != 4 or done.stderr.startswith("usermount-pack: unable to "), (at, done.stderr)
    assert 4 in codes and (mac.read("etc/exports"), mac.read("etc/nfs.conf")) == before
