# SPDX-License-Identifier: MIT
"""The power fails at each system call of the packer. Of the files only what fsync(2) had brought to the disk is left; of
the folder, the names as of its last fsync or as they were by then, as a disk may have written them by itself."""

import os
import platform
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
import images  # noqa: E402
import tracer  # noqa: E402
from test_pack import Packer  # noqa: E402

BASE = images.two_archives()
FSYNC = {"x86_64": 74, "aarch64": 82}[platform.machine()]
EXIT = 2
LOST = b"what was never synced"


class Disk:
    """What is durable of a folder and its files."""

    def __init__(self, folder):
        self.folder = folder
        self.contents = {file.stat().st_ino: file.read_bytes() for file in folder.iterdir()}
        self.names = self.now()
        self.pending, self.syncs, self.states = None, 0, set()

    def now(self):
        return {file.name: file.stat().st_ino for file in self.folder.iterdir()}

    def sync(self, path):
        self.syncs += 1
        if path == self.folder:
            self.names = self.now()
        else:
            self.contents[path.stat().st_ino] = path.read_bytes()

    def at_stop(self, index, info):
        if info.op == tracer.ENTRY:
            self.pending = Path(os.readlink(f"/proc/{info.pid}/fd/{info.arguments[0]}")) if info.number == FSYNC else None
        elif info.op == EXIT and self.pending:
            self.sync(self.pending)
        for names in (self.names, self.now()):
            self.states.add((self.contents.get(names["initrd.img"], LOST),
                             self.contents.get(names["initrd.img.orig"], LOST) if "initrd.img.orig" in names else None))


@pytest.mark.parametrize("words", [["add"], ["remove"], ["add", "--set", "wait=9"]], ids=["add", "remove", "replace"])
def test_the_image_is_the_old_or_the_new_one(build, tmp_path, words):
    pack = Packer(build, tmp_path)
    folder = tmp_path / "images"
    folder.mkdir()
    image = folder / "initrd.img"
    image.write_bytes(BASE)
    if words != ["add"]:
        pack("add", "--no-backup", image)
    old = image.read_bytes()
    disk = Disk(folder)
    status = tracer.run([str(pack.program), *words, str(image)], disk.at_stop,
                        {**os.environ, "USERMOUNT_SHARE": str(pack.share)})
    assert status == 0
    new = image.read_bytes()
    assert new != old and disk.syncs >= 2
    assert {state[0] for state in disk.states} == {old, new}
    assert {state[1] for state in disk.states} <= {None, BASE}
    assert disk.contents[disk.names["initrd.img"]] == new, "done, and not on the disk"


def test_what_is_not_synced_is_seen_to_be_lost(tmp_path):
    """The stand-in itself: a shell that renames without a sync would lose the image."""
    folder = tmp_path / "images"
    folder.mkdir()
    (folder / "initrd.img").write_bytes(b"old")
    disk = Disk(folder)
    script = f"cd {folder}; echo new > draft; mv draft initrd.img"
    tracer.run([subprocess.run(["which", "sh"], capture_output=True, text=True).stdout.strip(), "-c", f"{script}; exit"],
               disk.at_stop)
    disk.at_stop(0, tracer.Info(op=0))
    assert (LOST, None) in disk.states
