# SPDX-License-Identifier: MIT
"""`inspect` against a real kernel: each image of the corpus is booted in user-mode-linux, and what its /init finds in
the root file system must be what `inspect --list` says, name by name."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "cli"))
import corpus  # noqa: E402
import images  # noqa: E402

BUILD = Path(os.environ.get("USERMOUNT_BUILD", HERE.parent.parent / "build"))
PACK = BUILD / "usermount-pack"
KERNEL = "linux.uml"
BOOT_SECONDS = 60


@pytest.fixture(scope="session")
def lister(tmp_path_factory):
    """The static program that lists what the kernel made of an image."""
    program = tmp_path_factory.mktemp("lister") / "init"
    subprocess.run(["musl-gcc", "-static", "-Os", "-s", "-o", program, HERE / "lister.c"], check=True)
    return program.read_bytes()


@pytest.fixture(scope="session")
def prefix(lister):
    """A raw archive with nothing but that program as /init."""
    return images.archive([images.file("init", lister, 0o755)], first_ino=1)


def boot(image, folder):
    """What the kernel printed, carriage returns removed."""
    command = [KERNEL, "mem=128M", f"initrd={image}", "con0=null,fd:1", "con=null", "panic=-1", f"uml_dir={folder}"]
    done = subprocess.run(command, capture_output=True, timeout=BOOT_SECONDS, cwd=folder, stdin=subprocess.DEVNULL)
    return done.stdout.decode("latin-1").replace("\r", "")


def listed(lines):
    """path -> facts, with inode numbers turned into the set of the paths that share one."""
    found, sharing = {}, {}
    for line in lines:
        facts = dict(pair.split("=", 1) for pair in line.split(" "))
        path = facts.pop("path")
        sharing.setdefault(facts.pop("inode"), set()).add(path)
        facts.pop("segment", None)
        found[path] = facts
    for paths in sharing.values():
        for path in paths:
            found[path]["same"] = sorted(paths)
    return found


def inspect(image):
    done = subprocess.run([PACK, "inspect", "--list", "--porcelain", image], capture_output=True, text=True)
    assert done.returncode in (0, 3), done.stderr
    lines = done.stdout.splitlines()
    faults = [dict(pair.split("=", 1) for pair in line.split(" ")) for line in lines if line.startswith("fault=")]
    return listed(line for line in lines if line.startswith("path=")), faults, done


@pytest.mark.parametrize("name", corpus.CASES)
def test_the_reader_sees_what_the_kernel_sees(name, prefix, tmp_path):
    assert shutil.which(KERNEL), f"{KERNEL} is missing (Debian: user-mode-linux)"
    case = corpus.CASES[name]
    image = tmp_path / "image"
    image.write_bytes(case.build(prefix))
    ours, faults, done = inspect(image)
    if name in ("empty", "gzip-cut-trailer"):
        return  # not shown to a kernel: no initrd at all, and one whose end it reads past
    console = boot(image, tmp_path)
    message = re.search(r"Initramfs unpacking failed: (.*)", console)
    stops = [fault for fault in faults if fault["stops"] == "yes"]
    assert bool(message) == bool(stops), f"kernel: {message and message[0]}; inspect: {faults}\n{done.stderr}"
    if case.message:
        assert message[1] == case.message
    if not case.boots:
        assert "LIST BEGINS" not in console
        return
    text = console.split("LIST BEGINS\n", 1)
    assert len(text) == 2 and "LIST ENDS" in text[1], console[-3000:]
    theirs = listed(line for line in text[1].split("LIST ENDS")[0].splitlines() if line.startswith("path="))
    for path, facts in ours.items():
        if facts.get("crc32") == "cut" and path in theirs:
            facts["crc32"] = theirs[path]["crc32"]  # what is not in the image has no sum
    assert theirs == ours


def guest(program):
    """The entries of a guest whose /init is the lister."""
    entries = [e for e in images.moby_entries() if e.name != b"init"]
    linked = [images.file("etc/shared", b"", nlink=2, ino=4242),
              images.file("etc/usermount.conf", b"of the base", nlink=2, ino=4242)]
    return [images.file("init", program, 0o755), *entries, *linked]


BASES = {
    "one": lambda entries: images.gz(images.archive(entries)),
    "two": lambda entries: images.pad4(images.gz(images.archive(entries))) + images.pad4(images.container()),
    "raw": images.archive,
    "unaligned": lambda entries: next(image for n in range(1, 5)
                                      if len(image := images.gz(images.archive(entries), name="n" * n)) % 4),
    "no-trailer": lambda entries: images.gz(images.archive(entries, trailer=False)),
    "linked-sbin": lambda entries: images.gz(images.archive(
        [e for e in entries if e.name != b"usr/sbin"] + [images.symlink("usr/sbin", "../sbin")])),
}


def kernel_view(image, folder):
    console = boot(image, folder)
    assert "Initramfs unpacking failed" not in console
    text = console.split("LIST BEGINS\n", 1)[1].split("LIST ENDS")[0]
    return listed(line for line in text.splitlines() if line.startswith("path="))


@pytest.mark.parametrize("options", [[], ["--gzip"]], ids=["raw-payload", "gzip-payload"])
@pytest.mark.parametrize("base", BASES)
def test_packing_changes_nothing_else_for_the_kernel(base, options, lister, tmp_path):
    share = tmp_path / "share"
    (share / "x86_64").mkdir(parents=True)
    (share / "x86_64/usermount").write_bytes(images.elf(payload=b"agent"))
    (share / "usermount.conf").write_text("# usermount.conf\n")
    (share / "usermount.initd").write_text("#!/sbin/openrc-run\n")
    image = tmp_path / "image"
    image.write_bytes(BASES[base](guest(lister)))
    before = kernel_view(image, tmp_path)
    subprocess.run([PACK, "add", "--no-backup", *options, image], check=True, capture_output=True,
                   env={**os.environ, "USERMOUNT_SHARE": str(share)})
    after = kernel_view(image, tmp_path)
    program = "sbin/usermount" if base == "linked-sbin" else "usr/sbin/usermount"
    ours = {program, "etc/init.d/usermount", "etc/runlevels/default/usermount", "etc/usermount.conf",
            "etc/usermount.pack"}
    assert ours <= set(after)
    assert after[program]["size"] == str(len(images.elf(payload=b"agent"))) and after[program]["mode"] == "0755"
    assert after["etc/runlevels/default/usermount"]["target"] == "/etc/init.d/usermount"
    # The one name that the base had already was hard-linked; the other name loses a link and nothing else.
    assert before["etc/shared"].pop("links") == "2" and after["etc/shared"].pop("links") == "1"
    assert before["etc/shared"].pop("same") and after["etc/shared"].pop("same") == ["etc/shared"]
    assert {p: f for p, f in after.items() if p not in ours} == {p: f for p, f in before.items() if p not in ours}
