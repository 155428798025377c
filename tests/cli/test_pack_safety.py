# SPDX-License-Identifier: MIT
"""The image is never worse than before: kills, locks, changes during the run, full disks, kept attributes."""

import ctypes
import errno
import fcntl
import os
import platform
import re
import resource
import signal
import socket
import stat
import struct
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


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_without_a_standard_descriptor_it_writes_the_same_image(pack, image, closed):
    """What it opens would get the number, and what it says would be written into the image."""
    pack("add", image)
    good = image.read_bytes()
    image.write_bytes(BASE)
    done = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", pack.program, "add", image], env=environment(pack),
                          capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "") and image.read_bytes() == good
    done = subprocess.run(["sh", "-c", f'exec "$@" {closed}', "sh", pack.program, "status", image, "no-such-operand"],
                          env=environment(pack), capture_output=True, text=True, timeout=60)
    assert done.returncode == 2 and image.read_bytes() == good


KEPT = {"initrd.img", "initrd.img.orig", "out.img", "other.img"}
KILLED = {"add": ["add"], "remove": ["remove"], "replace": ["add", "--set", "wait=9"], "out": ["add", "-o", "out.img"],
          "remove-out": ["remove", "-o", "out.img"]}
NEXT = (["add"], ["remove"], ["add", "--if-needed"], ["add", "--no-backup", "-o", "other.img"])


@pytest.mark.parametrize("verb", KILLED)
def test_killed_at_every_system_call(pack, folder, image, verb):
    """The image is the old or the new one, and the next run, whichever verb's, leaves nothing of the killed one."""
    if verb not in ("add", "out"):
        pack("add", "--no-backup", image)
    old, written = image.read_bytes(), folder / ("out.img" if "out.img" in KILLED[verb] else "initrd.img")
    command = [str(pack.program), *KILLED[verb], str(image)]
    run = {"env": environment(pack), "cwd": folder, "capture_output": True, "text": True}
    subprocess.run(command, check=True, **run)
    new = written.read_bytes()
    assert new != old
    killed_at, seen, left = 0, set(), set()
    while True:
        for name in os.listdir(folder):
            (folder / name).unlink()
        image.write_bytes(old)
        status = tracer.run(command, lambda index, info: index == killed_at, environment(pack), cwd=folder)
        if not os.WIFSIGNALED(status):
            break
        content = written.read_bytes() if written.exists() else None
        assert content in (old, new, None) and (content or written != image), f"killed at stop {killed_at}"
        assert written == image or image.read_bytes() == old
        seen.add(content)
        backup = folder / "initrd.img.orig"
        if backup.exists():
            assert backup.read_bytes() == BASE
        left |= {"draft" if len(name) == 37 else "lock" for name in set(os.listdir(folder)) - KEPT}
        done = subprocess.run([pack.program, *NEXT[killed_at % len(NEXT)], image], **run)
        assert done.returncode == (1 if "not packed" in done.stderr else 0), done.stderr
        assert set(os.listdir(folder)) <= KEPT, f"killed at stop {killed_at}"
        killed_at += 1
    assert status == 0 and killed_at > 100 and seen == {new, old if written == image else None}
    assert left == {"draft", "lock"}, "what was to be swept was never there"
    assert set(os.listdir(folder)) <= KEPT


def draft_of(folder):
    return [name for name in os.listdir(folder) if re.fullmatch(r"\.usermount-[a-z2-7]{26}", name)]


def test_a_running_packer_s_files_and_other_people_s_are_not_swept(pack, folder, image):
    strangers = {".initrd.img.usermount-abc123", ".usermount-abc123", ".usermount-" + "x" * 27, ".usermount-" + "1" * 26,
                 "usermount-lock", ".usermount-lock"}
    for name in strangers:
        (folder / name).write_text("a user's own")
    (folder / (".usermount-" + "d" * 26)).mkdir()
    (folder / (".usermount-" + "l" * 26)).symlink_to("nowhere")
    os.mkfifo(folder / (".usermount-" + "f" * 26))
    strangers |= {".usermount-" + letter * 26 for letter in "dlf"}
    (folder / "second.img").write_bytes(BASE)
    seen = []

    def pack_the_second(index, info):
        if info.op == tracer.ENTRY and info.number == FSYNC and not seen:
            before = set(os.listdir(folder))
            pack("add", "--no-backup", folder / "second.img")
            seen.append((before, set(os.listdir(folder))))

    status = tracer.run([str(pack.program), "add", "--no-backup", str(image)], pack_the_second, environment(pack))
    assert status == 0
    [(before, after)] = seen
    assert before == after and ".initrd.img.usermount-lock" in before
    assert len(before - strangers - {"initrd.img", "second.img"}) == 2  # the draft and the lock
    assert set(os.listdir(folder)) == strangers | {"initrd.img", "second.img"}
    for name in ("initrd.img", "second.img"):
        assert pack.facts("status", folder / name)["state"] == "packed"


def test_names_of_drafts_cannot_be_guessed(pack, folder, image):
    names = []
    for _ in range(4):
        found = []

        def look(index, info):
            if not found:
                found.extend(draft_of(folder))

        image.write_bytes(BASE)
        tracer.run([str(pack.program), "add", "--no-backup", str(image)], look, environment(pack))
        assert len(found) == 1
        names += found
    letters = [set(name[at] for name in names) for at in range(11, 37)]
    assert len(set(names)) == 4 and sum(len(each) > 1 for each in letters) > 20  # none of it is the same each time


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE,
                                    signal.SIGALRM, signal.SIGUSR1, signal.SIGXCPU])
def test_a_signal_leaves_nothing_behind(pack, folder, image, number):
    sent = []

    def interrupt(index, info):
        if info.op == tracer.ENTRY and info.number == FSYNC and not sent:
            assert len(os.listdir(folder)) == 3  # the draft and the lock are there
            sent.append(os.kill(info.pid, number))

    before = signal.signal(number, signal.SIG_DFL)  # whoever runs the tests may ignore it: see below
    try:
        status = tracer.run([str(pack.program), "add", "--no-backup", str(image)], interrupt, environment(pack))
    finally:
        signal.signal(number, before)
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


def test_what_is_ignored_already_does_not_end_it(pack, folder, image):
    """nohup: a hangup that the caller ignores is none."""
    sent = []

    def hang_up(index, info):
        if info.op == tracer.ENTRY and info.number == FSYNC and not sent:
            sent.append(os.kill(info.pid, signal.SIGHUP))

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        status = tracer.run([str(pack.program), "add", "--no-backup", str(image)], hang_up, environment(pack))
    finally:
        signal.signal(signal.SIGHUP, before)
    assert sent and status == 0 and pack.facts("status", image)["state"] == "packed"


def test_one_packer_at_a_time(pack, folder, image):
    """The second one names the first, and readers wait for none."""
    seen = []

    def come_second(index, info):
        if info.op == tracer.ENTRY and info.number == FSYNC and not seen:
            seen.append(stat.S_IMODE((folder / ".initrd.img.usermount-lock").stat().st_mode))
            for words in (["add"], ["add", "-o", folder / "link.img"]):
                assert pack(*words, image, code=5).stderr == (
                    f"usermount-pack: unable to lock {image}: another usermount-pack is using it "
                    f"(process {info.pid})\n")
            pack("status", image, code=1)
            pack("verify", image)

    (folder / "link.img").symlink_to(image)
    assert tracer.run([str(pack.program), "add", str(image)], come_second, environment(pack)) == 0
    assert seen == [0o600]
    assert sorted(os.listdir(folder)) == ["initrd.img", "initrd.img.orig", "link.img"]
    pack("remove", image)
    assert image.read_bytes() == BASE


@pytest.mark.parametrize("how", [fcntl.LOCK_SH, fcntl.LOCK_EX])
def test_a_reader_s_lock_holds_nobody_up(pack, folder, image, how):
    with image.open("rb") as held:
        fcntl.flock(held, how)
        fcntl.lockf(held, fcntl.LOCK_SH)
        pack("add", image)
    with image.open("rb") as held:
        fcntl.flock(held, how)
        pack("remove", image)
    assert image.read_bytes() == BASE


def test_a_lock_s_name_that_leads_elsewhere_is_not_followed(pack, folder, image, tmp_path):
    other, name = tmp_path / "other", folder / ".initrd.img.usermount-lock"
    for make in (lambda: name.symlink_to(other), lambda: os.mkfifo(name)):
        make()
        assert pack("add", image, code=5).stderr == (
            f"usermount-pack: unable to replace {name}: not a regular file; nothing was written\n")
        name.unlink()
    assert not other.exists() and image.read_bytes() == BASE


def test_a_long_name_is_locked_too(pack, folder):
    for name in ("\u00e9" * 127, "i" * 255):
        (folder / name).write_bytes(BASE)
        pack("add", "--no-backup", folder / name)
        assert os.listdir(folder) == [name]
        (folder / name).unlink()


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


def test_no_draft_s_name_is_used_twice(pack, folder, image):
    """A sweep that found the first file of a name to be a leftover would remove the second."""
    seen, gone = set(), set()

    def look(index, info):
        names = set(draft_of(folder))
        assert not names & gone
        gone.update(seen - names)
        seen.update(names)

    assert tracer.run([str(pack.program), "add", str(image)], look, environment(pack)) == 0
    assert len(seen) >= 2 and seen - gone <= set(draft_of(folder))


def test_many_side_by_side_do_not_sweep_each_other(pack, folder, image):
    """Each looks at the others' drafts and locks, and may meet them between two steps."""
    running = []
    for n in range(24):
        (folder / f"{n}.img").write_bytes(BASE)
        running.append(subprocess.Popen([pack.program, "add", "--no-backup", folder / f"{n}.img"], env=environment(pack),
                                        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True))
    for process in running:
        said = process.communicate()[1]
        assert (process.returncode, said) == (0, "")
    assert sorted(os.listdir(folder)) == sorted(["initrd.img", *(f"{n}.img" for n in range(24))])


def without_locks():
    """From here on flock(2) fails in this process as on a file system that has no locks: a seccomp filter says ENOLCK."""
    number = {"x86_64": 73, "aarch64": 32}[platform.machine()]
    program = b"".join(struct.pack("HBBI", *step) for step in (
        (0x20, 0, 0, 0), (0x15, 0, 1, number), (0x06, 0, 0, 0x00050000 | errno.ENOLCK), (0x06, 0, 0, 0x7FFF0000)))
    steps = ctypes.create_string_buffer(program)
    filters = ctypes.create_string_buffer(struct.pack("HxxxxxxP", 4, ctypes.addressof(steps)))
    assert tracer.libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
    assert tracer.libc.prctl(22, 2, filters, 0, 0) == 0  # PR_SET_SECCOMP, SECCOMP_MODE_FILTER


def test_where_there_are_no_locks_it_works_and_sweeps_nothing(pack, folder, image):
    """Whether a draft is a leftover cannot be known there."""
    left = {".usermount-" + "a" * 26, ".other.img.usermount-lock"}
    for name in left:
        (folder / name).write_bytes(b"")
    pack("add", "--no-backup", image, preexec_fn=without_locks)
    assert set(os.listdir(folder)) == left | {"initrd.img"} and pack.facts("status", image)["state"] == "packed"
    pack("remove", image)
    assert os.listdir(folder) == ["initrd.img"]


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


def limit_files(size, on_signal):
    signal.signal(signal.SIGXFSZ, on_signal)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("on_signal", [signal.SIG_IGN, signal.SIG_DFL])
@pytest.mark.parametrize("size", [0, 100, len(BASE), len(BASE) + 200])
def test_a_file_that_may_not_grow(pack, folder, image, size, on_signal):
    done = pack("add", image, code=4, restore_signals=False, preexec_fn=lambda: limit_files(size, on_signal))
    assert "File too large" in done.stderr
    assert image.read_bytes() == BASE and os.listdir(folder) == ["initrd.img"]


def make_socket(path):
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind(str(path))


ODD = {"fifo": os.mkfifo, "socket": make_socket, "folder": os.mkdir}


@pytest.mark.parametrize("through", ["itself", "a link"])
@pytest.mark.parametrize("kind", ODD)
def test_out_replaces_regular_files_only(pack, folder, image, kind, through):
    ODD[kind](odd := folder / "odd")
    (folder / "link").symlink_to("odd")
    out, before = odd if through == "itself" else folder / "link", odd.stat()
    packed = folder / "packed.img"
    pack("add", "-o", packed, image)
    names = set(os.listdir(folder))
    for words in (["add", "-o", out, image], ["remove", "-o", out, packed], ["add", "-o", out, folder / "missing"]):
        done = pack(*words, code=5)
        assert done.stderr == f"usermount-pack: unable to replace {out}: not a regular file; nothing was written\n"
    assert (odd.stat().st_ino, odd.stat().st_mode) == (before.st_ino, before.st_mode)
    assert set(os.listdir(folder)) == names


def test_out_does_not_replace_a_link_to_a_pipe(pack, folder, image):
    """As /dev/stdout is one: no name leads to the pipe, only the kernel."""
    (folder / "stdout").symlink_to("/proc/self/fd/1")
    done = pack("add", "-o", folder / "stdout", image, code=5)
    assert done.stderr == f"usermount-pack: unable to replace {folder}/stdout: not a regular file; nothing was written\n"
    assert sorted(os.listdir(folder)) == ["initrd.img", "stdout"] and (folder / "stdout").is_symlink()


# A device of this namespace's own, on a file system of its own: were it replaced, no other program would notice.
IN_A_FOLDER_OF_DEVICES = r"""
import os, stat, subprocess, sys
folder, program, source = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "none", folder], check=True)
os.mknod(folder + "/null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
done = subprocess.run([program, "add", "-o", folder + "/null", source], capture_output=True, text=True)
print(done.returncode, stat.S_ISCHR(os.stat(folder + "/null").st_mode), os.listdir(folder), done.stderr, end="")
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a device")
def test_out_does_not_replace_a_device(pack, folder, image):
    (folder / "mnt").mkdir()
    done = subprocess.run(["unshare", "-m", sys.executable, "-c", IN_A_FOLDER_OF_DEVICES, folder / "mnt", pack.program,
                           image], env=environment(pack), capture_output=True, text=True, check=True)
    assert done.stdout == (f"5 True ['null'] usermount-pack: unable to replace {folder}/mnt/null: "
                           "not a regular file; nothing was written\n")


def test_what_came_into_the_target_s_place_meanwhile_is_not_replaced(pack, folder, image):
    out = folder / "out.img"

    def come_between(index, info):
        if info.op == tracer.ENTRY and info.number == FSYNC and not out.exists():
            os.mkfifo(out)

    status = tracer.run([str(pack.program), "add", "-o", str(out), str(image)], come_between, environment(pack))
    assert os.WEXITSTATUS(status) == 5 and stat.S_ISFIFO(out.stat().st_mode)
    assert sorted(os.listdir(folder)) == ["initrd.img", "out.img"]


@pytest.mark.parametrize("there", [True, False], ids=["file", "dangling"])
def test_out_through_links_writes_their_target(pack, folder, image, tmp_path, there):
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep/link").symlink_to("../deep/out.img")  # by way of one folder, one link more, and one absolute
    (folder / "out.img").symlink_to(tmp_path / "deep/link")
    if there:
        (tmp_path / "deep/out.img").write_bytes(b"of before")
    for verb, state, code in (("add", "packed", 0), ("remove", "stock", 1)):
        pack(verb, "-o", folder / "out.img", image)
        assert (folder / "out.img").is_symlink() and (tmp_path / "deep/link").is_symlink()
        assert sorted(os.listdir(tmp_path / "deep")) == ["link", "out.img"]
        assert pack.facts("status", tmp_path / "deep/out.img", code=code)["state"] == state
        image.write_bytes((tmp_path / "deep/out.img").read_bytes())
    assert sorted(os.listdir(folder)) == ["initrd.img", "out.img"]


@pytest.mark.parametrize("out, text", [
    ("loop", "Too many levels of symbolic links"), ("missing/out.img", "No such file or directory"),
    ("new/", "No such file or directory"), ("initrd.img/out", "Not a directory"), ("", "No such file or directory")])
def test_out_that_cannot_be_written_is_told_before_any_work(pack, folder, image, out, text):
    (folder / "loop").symlink_to("loop")
    done = pack("add", "-o", out, folder / "no-image-is-looked-at", code=4, cwd=folder)
    assert done.stderr == f"usermount-pack: unable to write {out}: {text}\n"
    assert sorted(os.listdir(folder)) == ["initrd.img", "loop"]


def test_out_is_not_standard_output(pack, folder, image):
    for verb in ("add", "remove"):
        done = pack(verb, "-o", "-", image, code=2, cwd=folder)
        assert done.stderr == "usermount-pack: unable to use -o -: the report goes to standard output; name a file\n"
    pack("add", "-o", "./-", image, cwd=folder)
    assert sorted(os.listdir(folder)) == ["-", "initrd.img"]


def test_a_link_of_somebody_else_s_in_a_folder_for_all_is_not_followed(pack, folder, image, tmp_path):
    """As Linux has it for open(2); the packer follows links itself."""
    (public := tmp_path / "public").mkdir()
    os.chmod(public, 0o1777)
    (public / "out.img").symlink_to(folder / "stolen")
    if os.geteuid() == 0:
        os.lchown(public / "out.img", 12345, 12345)
        done = pack("add", "-o", public / "out.img", image, code=5)
        assert done.stderr == (f"usermount-pack: unable to follow {public}/out.img: another user owns the link, and anybody may "
                               "write to its folder\n")
        assert os.listdir(folder) == ["initrd.img"]
        os.lchown(public / "out.img", 0, 0)
    pack("add", "-o", public / "out.img", image)
    assert sorted(os.listdir(folder)) == ["initrd.img", "stolen"]


@pytest.mark.parametrize("kind", ODD)
def test_a_backup_that_cannot_be_made_is_told_with_the_way_out(pack, folder, image, kind):
    ODD[kind](folder / "initrd.img.orig")
    assert pack("add", image, code=5).stderr == (
        f"usermount-pack: unable to back up to {folder}/initrd.img.orig: not a regular file; move it away, or use "
        "--no-backup\n")
    assert image.read_bytes() == BASE and sorted(os.listdir(folder)) == ["initrd.img", "initrd.img.orig"]
    pack("add", "--no-backup", image)


@pytest.mark.long
def test_an_endless_standard_input_does_not_fill_the_disk(pack):
    with open("/dev/zero", "rb") as zeros:
        assert pack("verify", "-", code=4, stdin=zeros).stderr == (
            "usermount-pack: unable to read standard input: File too large\n")


@pytest.mark.parametrize("kind", ["file", "link"])
def test_a_backup_replaces_nothing_that_came_meanwhile(pack, folder, image, kind):
    backup, made = folder / "initrd.img.orig", []

    def come_between(index, info):
        if info.op == tracer.ENTRY and info.number == FSYNC and not made:
            made.append(backup.write_bytes(b"a user's own") if kind == "file" else backup.symlink_to(folder / "missing"))

    status = tracer.run([str(pack.program), "add", str(image)], come_between, environment(pack))
    assert made and os.WEXITSTATUS(status) in (4, 5) and image.read_bytes() == BASE
    assert sorted(os.listdir(folder)) == ["initrd.img", "initrd.img.orig"]
    assert backup.is_symlink() if kind == "link" else backup.read_bytes() == b"a user's own"


def test_the_backup_of_a_link_that_dangles_is_written_where_it_leads(pack, folder, image, tmp_path):
    (folder / "initrd.img.orig").symlink_to(tmp_path / "elsewhere.img")
    assert pack.facts("add", image)["backup"] == "made"
    assert (folder / "initrd.img.orig").is_symlink() and (tmp_path / "elsewhere.img").read_bytes() == BASE


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

    def verify_s():
        start = time.monotonic()
        subprocess.run([pack.program, "verify", long], check=True, capture_output=True)
        return time.monotonic() - start

    long = tmp_path / "long.img"
    count, data = 1, images.archive([images.file(f"file-{n}") for n in range(20000)])
    member = images.gz(data, level=1)
    long.write_bytes(member)
    while True:  # as many members as take a second here
        if min(verify_s(), verify_s()) > 1.2:
            break
        count *= 2
        long.write_bytes(member * count)
    drawn = stderr_of(long, True)
    assert b"verifying  [" in drawn and b"%" in drawn and drawn.endswith(b"\r")
    assert stderr_of(long, False) == b""
    assert stderr_of(image, True) == b""
