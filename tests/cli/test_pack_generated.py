# SPDX-License-Identifier: MIT
"""Five thousand generated images go through the packer as a user would take them: inspected, verified, packed and restored,
under ASan and UBSan. No finding, none over its time, and what is given back is what was there, byte for byte."""

import collections
import concurrent.futures
import os
import random
import subprocess

import pytest

import generated
import images

COUNT, PARTS = 5000, 10
TIME_S = 20  # SPEC: for each 64 MiB of an image, and these have less
FLAGS = "-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer"
FINDING = 99  # the exit code of a sanitizer


@pytest.fixture(scope="module")
def packer(repo, build):
    program = build / "asan/usermount-pack"
    command = ["make", "-s", "-j2", "V=0", f"BUILD={program.parent}", "CC=gcc", f"SANITIZE={FLAGS}", str(program)]
    subprocess.run(command, check=True, capture_output=True, cwd=repo, timeout=300)
    return program


@pytest.fixture(scope="module")
def share(tmp_path_factory):
    folder = tmp_path_factory.mktemp("share")
    for arch, machine in (("x86_64", images.X86_64), ("aarch64", images.AARCH64)):
        (folder / arch).mkdir()
        (folder / arch / "usermount").write_bytes(images.elf(machine, payload=b"agent"))
    (folder / "usermount.conf").write_text("# usermount.conf\n")
    (folder / "usermount.initd").write_text("#!/sbin/openrc-run\n")
    return folder


class Run:
    """One image, and the packer's verbs on it."""

    def __init__(self, packer, share, folder, number):
        self.packer, self.number, self.path = packer, number, folder / f"image-{number}"
        self.before = generated.image(number)
        options = f"exitcode={FINDING}:detect_leaks={int(number % 10 == 0)}"  # looking for leaks takes half of the time
        self.env = {**os.environ, "USERMOUNT_SHARE": str(share), "ASAN_OPTIONS": options, "UBSAN_OPTIONS": options}

    def __call__(self, *arguments, quiet=False):
        """The exit code, one of those that the manual has."""
        done = subprocess.run([self.packer, *arguments, self.path], capture_output=True, env=self.env, timeout=TIME_S)
        assert done.returncode in (0, 1, 3, 5), (self.number, arguments, done.returncode, done.stderr[-3000:])
        assert quiet or (done.returncode > 0) == done.stderr.startswith(b"usermount-pack: unable to "), (self.number, done.stderr)
        return done.returncode

    def all(self):
        self.path.write_bytes(self.before)
        inspected = self("inspect", "--list", "--porcelain")
        verified = self("verify")
        added = self("add", "--no-backup")
        after = self.path.read_bytes()
        assert inspected in (0, 3, 5) and verified in (inspected, 3), (self.number, inspected, verified)
        if added:
            assert after == self.before, self.number
        else:
            assert inspected == 0 or b"warning" in self.said(), self.number
            assert after.startswith(self.before) and len(after) > len(self.before), self.number
            assert self("verify") == verified, self.number
            if self.number % 4 == 0:
                self.damage(after)
            assert self("remove") == 0 and self.path.read_bytes() == self.before, self.number
        self.path.unlink()
        return "packed" if added == 0 else f"refused with {added}"

    def damage(self, packed):
        """The packed image, and its end above all, mutated: whatever is refused is left alone."""
        dice = random.Random(self.number)
        damaged = packed[:-2048] + generated.mutated(dice, packed[-2048:])
        for verb in ("status", "inspect", "verify", "add", "remove"):
            self.path.write_bytes(damaged)
            options = ["--no-backup"] if verb == "add" else []
            if self(verb, *options, quiet=verb == "status") and verb in ("add", "remove"):
                assert self.path.read_bytes() == damaged, self.number
        self.path.write_bytes(packed)

    def said(self):
        """What add warns of, once more."""
        command = [self.packer, "add", "-o", f"{self.path}.again", self.path]
        done = subprocess.run(command, capture_output=True, env=self.env, timeout=TIME_S)
        os.unlink(f"{self.path}.again")
        return done.stderr


@pytest.mark.long
@pytest.mark.parametrize("part", range(PARTS))
def test_generated_images_are_read_packed_and_restored(packer, share, tmp_path, part):
    numbers = range(part * COUNT // PARTS, (part + 1) * COUNT // PARTS)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        outcomes = collections.Counter(pool.map(lambda number: Run(packer, share, tmp_path, number).all(), numbers))
    assert sum(outcomes.values()) == len(numbers)
    for outcome in ("packed", "refused with 3", "refused with 5"):  # the set is no use when it is all of one kind
        assert outcomes[outcome] >= len(numbers) // 50, outcomes
