# SPDX-License-Identifier: MIT
"""The image is never worse than before: kills, locks, changes during the run, full disks, kept attributes."""

import fcntl
import os
import platform
import resource
import signal
import stat
import subprocess
import sys
import time

import images
import pytest
import tracer
from test_pack import Packer

BASE = images.two_archives()
FSYNC = {"x86_64": 74, "aarch64": 82}[platform.machine()]


@pytest.fixture
def pack(build, tmp_path):
    return Packer(build, tmp_path)


@pytest.fixture
def folder(tmp_path):
    """A folder with nothing but the image, so that leftovers show."""
    path = tmp_path / "images"
    path.mkdir()
    return path


@pytest.fixture
def image(folder):
    path = folder / "initrd.img"
    path.write_bytes(BASE)
    return path


def environment(pack):
    return {**os.environ, "USERMOUNT_SHARE": str(pack.share)}


@pytest.mark.parametrize("verb", ["add", "remove", "replace"])
def test_killed_at_every_system_call(pack, folder, image, verb):
    arguments = {"add": ["add"], "remove": ["remove"], "replace": ["add", "--set", "wait=9"]}[verb]
    if verb != "add":
        pack("add", "--no-backup", image)
    old = image.read_bytes()
    command = [str(pack.program), *arguments, str(image)]
    subprocess.run(command, env=environment(pack), check=True, capture_output=True)
    new = image.read_bytes()
    assert new != old
    killed_at, seen = 0, set()
    while True:
        for name in os.listdir(folder):
            (folder / name).unlink()
        image.write_bytes(old)
        status = tracer.run(command, lambda index, info: index == killed_at, environment(pack))
        if not os.WIFSIGNALED(status):
            break
        content = image.read_bytes()
        assert content in (old, new), f"killed at stop {killed_at}"
        seen.add(content)
        backup = folder / "initrd.img.orig"
        if backup.exists():
            assert backup.read_bytes() == BASE
        killed_at += 1
    assert status == 0 and killed_at > 100 and seen == {old, new}
    # What the last kills left behind is swept away by the next run.
    (folder / ".initrd.img.usermount-abc123").write_bytes(b"left behind")
    pack(*arguments, image, code=1 if verb == "remove" else 0)
    assert set(os.listdir(folder)) <= {"initrd.img", "initrd.img.orig"}


def test_a_change_during_the_run_is_noticed(pack, folder, image):
    def append_once(index, info):
        if info.op == tracer.ENTRY and info.number == FSYNC and image.stat().st_size == len(BASE):
            with image.open("ab") as stream:
                stream.write(b"somebody else's")

    status = tracer.run([str(pack.program), "add", "--no-backup", str(image)], append_once, environment(pack))
    assert os.WEXITSTATUS(status) == 5
    assert image.read_bytes() == BASE + b"somebody else's"
    assert os.listdir(folder) == ["initrd.img"]


def test_another_file_in_its_place_is_noticed(pack, folder, image):
    def replace_once(index, info):
        if info.op == tracer.ENTRY and info.number == FSYNC and image.read_bytes() == BASE:
            (folder / "upgrade").write_bytes(b"an upgrade")
            os.rename(folder / "upgrade", image)

    status = tracer.run([str(pack.program), "add", "--no-backup", str(image)], replace_once, environment(pack))
    assert os.WEXITSTATUS(status) == 5
    assert image.read_bytes() == b"an upgrade"
    assert os.listdir(folder) == ["initrd.img"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_leaves_nothing_behind(pack, folder, image, number):
    sent = []

    def interrupt(index, info):
        if info.op == tracer.ENTRY and info.number == FSYNC and not sent:
            assert len(os.listdir(folder)) == 2  # the draft is there
            sent.append(os.kill(info.pid, number))

    status = tracer.run([str(pack.program), "add", "--no-backup", str(image)], interrupt, environment(pack))
    assert sent and os.WIFSIGNALED(status) and os.WTERMSIG(status) == number
    assert image.read_bytes() == BASE and os.listdir(folder) == ["initrd.img"]


def test_an_image_that_shrinks_under_a_reader_is_an_error_and_no_crash(pack, image):
    def cut(index, info):
        with open(f"/proc/{info.pid}/maps") as maps:
            if image.stat().st_size and str(image) in maps.read():
                os.truncate(image, 0)

    image.write_bytes(BASE + bytes(1 << 20))
    status = tracer.run([str(pack.program), "verify", str(image)], cut)
    assert image.stat().st_size == 0
    assert os.WIFEXITED(status) and os.WEXITSTATUS(status) == 4


def test_one_packer_at_a_time(pack, folder, image):
    with image.open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for verb in ("add", "remove"):
            assert "another usermount-pack is at work" in pack(verb, image, code=5).stderr
        pack("status", image, code=1)  # readers do not wait
        pack("verify", image)
    assert image.read_bytes() == BASE
    pack("add", image)


def test_many_at_once_do_not_mix(pack, folder, image):
    running = [subprocess.Popen([pack.program, "add", "--set", f"wait={n}", image], env=environment(pack),
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) for n in range(12)]
    codes = {process.wait() for process in running if process.communicate()}
    assert codes <= {0, 5} and 0 in codes
    pack("verify", image)
    content = image.read_bytes()
    assert content.count(b"# Set by usermount-pack add:\nwait=") == 1
    pack("remove", image)
    assert image.read_bytes() == BASE
    assert sorted(os.listdir(folder)) == ["initrd.img", "initrd.img.orig"]


def test_mode_times_owner_and_attributes_are_kept(pack, folder, image):
    os.chmod(image, 0o640)
    if os.geteuid() == 0:
        os.chown(image, 12345, 54321)
    os.setxattr(image, "user.note", b"keep me")
    os.utime(image, ns=(1_500_000_000_123456789, 1_500_000_000_123456789))
    before = image.stat()
    for verb in ("add", "remove"):
        pack(verb, image)
        after = image.stat()
        assert (after.st_mode, after.st_uid, after.st_gid) == (before.st_mode, before.st_uid, before.st_gid)
        assert after.st_mtime_ns == before.st_mtime_ns
        assert os.getxattr(image, "user.note") == b"keep me"


def test_an_access_control_list_is_kept(pack, folder, image):
    # version 2; owner rw, user 1234 r, group r, mask r, others none
    entries = [(1, 6, 0xFFFFFFFF), (2, 4, 1234), (4, 4, 0xFFFFFFFF), (0x10, 4, 0xFFFFFFFF), (0x20, 0, 0xFFFFFFFF)]
    acl = (2).to_bytes(4, "little") + b"".join(
        tag.to_bytes(2, "little") + perm.to_bytes(2, "little") + who.to_bytes(4, "little") for tag, perm, who in entries)
    os.setxattr(image, "system.posix_acl_access", acl)
    mode = image.stat().st_mode
    pack("add", image)
    assert os.getxattr(image, "system.posix_acl_access") == acl
    assert image.stat().st_mode == mode


def test_a_linked_image_stays_a_link(pack, folder, image, tmp_path):
    (tmp_path / "link.img").symlink_to(image)
    pack("add", tmp_path / "link.img")
    assert (tmp_path / "link.img").is_symlink()
    assert pack.facts("status", image)["state"] == "packed"
    assert (folder / "initrd.img.orig").exists() and not (tmp_path / "link.img.orig").exists()


def test_a_draft_is_not_readable_for_others(pack, folder, image):
    modes = []

    def look(index, info):
        if info.op == tracer.ENTRY and not modes:
            modes.extend(stat.S_IMODE((folder / name).stat().st_mode) for name in os.listdir(folder) if name[0] == ".")

    tracer.run([str(pack.program), "add", "--no-backup", str(image)], look, environment(pack))
    assert modes == [0o600]


def limit_files(size):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [0, 100, len(BASE), len(BASE) + 200])
def test_a_file_that_may_not_grow(pack, folder, image, size):
    done = pack("add", image, code=4, preexec_fn=lambda: limit_files(size))
    assert "File too large" in done.stderr
    assert image.read_bytes() == BASE and os.listdir(folder) == ["initrd.img"]


# Mounts a file system of a few pages on a folder of its own namespace, fills it or makes it read-only, runs the packer
# there, and prints code, standard error and what is in the folder.
IN_A_SMALL_FILE_SYSTEM = r"""
import os, subprocess, sys
folder, program, source, fault = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "none", folder], check=True)
image = folder + "/initrd.img"
data = open(source, "rb").read()
open(image, "wb").write(data)
if fault == "full":
    with open(folder + "/filler", "wb", buffering=0) as filler:
        try:
            while True:
                filler.write(bytes(4096))
        except OSError:
            pass
else:
    subprocess.run(["mount", "-o", "remount,ro", folder], check=True)
done = subprocess.run([program, "add", "--no-backup", image], capture_output=True, text=True)
same = open(image, "rb").read() == data
print(done.returncode, same, sorted(name for name in os.listdir(folder) if name != "filler"), done.stderr)
"""


@pytest.mark.parametrize("fault,text", [("full", "No space left on device"), ("read-only", "Read-only file system")])
def test_a_disk_that_does_not_take_it(pack, folder, image, fault, text):
    (folder / "mnt").mkdir()
    done = subprocess.run(["unshare", "-rm", sys.executable, "-c", IN_A_SMALL_FILE_SYSTEM, folder / "mnt", pack.program,
                           image, fault], env=environment(pack), capture_output=True, text=True, check=True)
    code, same, names, message = done.stdout.split(" ", 3)
    assert (code, same, names) == ("4", "True", "['initrd.img']"), done.stdout
    assert text in message and message.startswith("usermount-pack: unable to ")


def test_no_permission(pack, folder, image):
    os.chmod(folder, 0o755)
    become = None
    if os.geteuid() == 0:
        for path in (folder, folder.parent, folder.parent.parent, folder.parent.parent.parent):
            os.chmod(path, os.stat(path).st_mode | 0o055)
        become = lambda: os.setuid(65534)  # noqa: E731
    else:
        os.chmod(folder, 0o555)
    done = pack("add", image, code=4, preexec_fn=become)
    assert "Permission denied; run it as the owner of the file, or with sudo" in done.stderr
    assert image.read_bytes() == BASE and os.listdir(folder) == ["initrd.img"]


def test_a_progress_line_only_on_a_terminal_and_only_for_long_work(pack, folder, image, tmp_path):
    import pty

    def stderr_of(path, on_terminal):
        if not on_terminal:
            return subprocess.run([pack.program, "verify", path], capture_output=True).stderr
        ours, theirs = pty.openpty()
        with subprocess.Popen([pack.program, "verify", path], stderr=theirs, stdout=subprocess.DEVNULL) as process:
            os.close(theirs)
            out = b""
            while True:
                try:
                    piece = os.read(ours, 4096)
                except OSError:
                    break
                if not piece:
                    break
                out += piece
            process.wait()
        os.close(ours)
        return out

    long = tmp_path / "long.img"
    count, data = 1, images.archive([images.file("big", bytes(range(256)) * (1 << 18))])
    member = images.gz(data, level=1)
    long.write_bytes(member)
    while True:  # as many members as take a second here
        start = time.monotonic()
        subprocess.run([pack.program, "verify", long], check=True, capture_output=True)
        if time.monotonic() - start > 1.2:
            break
        count *= 2
        long.write_bytes(member * count)
    drawn = stderr_of(long, True)
    assert b"verifying  [" in drawn and b"%" in drawn and drawn.endswith(b"\r")
    assert stderr_of(long, False) == b""
    assert stderr_of(image, True) == b""
