# SPDX-License-Identifier: MIT
"""The watcher's edge for macOS, run on Linux: its own source is compiled as on a Mac, and FSEvents is tests/events/fsevents,
which says what a test wants it to say. What a real Mac says is in no test here."""

import os
import subprocess
import threading
import time

import proc
import pytest

from client import BELOW, FOLDER, GONE, MISSING, SAME, WATCHED
from conftest import USERS, by_path, inode

MUST_SCAN, USER_DROPPED, KERNEL_DROPPED, WRAPPED, HISTORY_DONE, ROOT_CHANGED = 1, 2, 4, 8, 0x10, 0x20
MOUNT, CREATED, RENAMED, MODIFIED, OWNER, IS_FILE, IS_DIR = 0x40, 0x100, 0x800, 0x1000, 0x4000, 0x10000, 0x20000


@pytest.fixture(scope="module")
def program(build, repo):
    """usermount-pack with the Mac's edge and a made-up FSEvents."""
    subprocess.run(["make", "-s", f"BUILD={build}", f"{build}/events/usermount-pack"], cwd=repo, check=True)
    return build / "events/usermount-pack"


class World:
    """What FSEvents says to the watcher."""

    def __init__(self, folder):
        self.folder = folder

    def asked(self, number=0):
        path = self.folder / f"{number}.asked"
        proc.until("a stream", path.exists, 5, every=0.005)
        return dict(pair.split("=", 1) for pair in path.read_text().split())

    def say(self, *events, number=0):
        """One call of the callback: (flags, path) each."""
        lines = b"".join(b"%x %s\n" % (flags, path if isinstance(path, bytes) else os.fsencode(path)) for flags, path in events)
        with open(self.folder / str(number), "wb") as fifo:
            fifo.write(lines + b"\n")

    def spam(self, flags, path, number=0):
        with open(self.folder / str(number), "wb") as fifo:
            fifo.write(b"spam %x %s\n" % (flags, os.fsencode(path)))


@pytest.fixture
def world(tmp_path, monkeypatch):
    folder = tmp_path / "world"
    folder.mkdir()
    monkeypatch.setenv("FSEVENTS_WORLD", str(folder))
    return World(folder)


@pytest.fixture
def guest(world, users, watch, join):
    watch()
    one = join(b"/Users")
    assert one.states == {0: WATCHED}
    return one


def told(guest, count=1):
    guest.until(lambda: len(guest.records) >= count)
    guest.quiet(0.1)
    return guest.drain()


def test_it_asks_for_files_at_once_by_the_folder_s_real_name(world, users, watch, join):
    os.symlink("Users", users.parent / "link")
    watch(exports=("/Users=/mnt/link",))
    join(b"/Users")
    assert world.asked() == {"path": USERS, "since": "ffffffffffffffff", "latency": "0.03", "flags": "16"}


def test_an_edit_is_told_with_what_there_is(world, guest, users):
    (users / "me/a").write_bytes(b"content")
    world.say((CREATED | MODIFIED | IS_FILE, f"{USERS}/me/a"))
    record, = told(guest)
    assert (record.path, record.flags, record.size, record.inode) == (b"me/a", 0, 7, inode(users / "me/a"))


@pytest.mark.parametrize("before", ["", "/System/Volumes/Data"])
@pytest.mark.parametrize("behind", ["", "/"])
def test_a_path_may_have_its_other_name_and_a_slash_at_its_end(world, guest, users, before, behind):
    (users / "me/d").mkdir()
    world.say((CREATED | IS_DIR, f"{before}{USERS}/me/d{behind}"))
    record, = told(guest)
    assert (record.path, record.flags) == (b"me/d", FOLDER)


def test_what_is_gone_was_a_folder_if_the_system_says_so(world, guest):
    world.say((RENAMED | IS_DIR, f"{USERS}/me/d"), (RENAMED | IS_FILE, f"{USERS}/me/f"))
    assert {path: record.flags for path, record in by_path(told(guest, 2)).items()} == {b"me/d": GONE | FOLDER, b"me/f": GONE}


def test_what_only_a_link_in_the_middle_of_a_path_would_show_is_gone(world, guest, users):
    """It was a folder when the system told it, and is a link when it is looked at."""
    (users / "me/other").mkdir()
    (users / "me/other/f").write_bytes(b"secret")
    os.symlink("other", users / "me/d")
    world.say((MODIFIED | IS_FILE, f"{USERS}/me/d/f"))
    assert [(record.path, record.flags, record.size) for record in told(guest)] == [(b"me/d/f", GONE, 0)]


@pytest.mark.parametrize("flags, path, below", [
    (MUST_SCAN, f"{USERS}/me/src", b"me/src"),
    (MUST_SCAN, f"{USERS}/me/src/", b"me/src"),
    (MUST_SCAN, f"/System/Volumes/Data{USERS}/me/src", b"me/src"),
    (MUST_SCAN, "/", b""),
    (MUST_SCAN | USER_DROPPED, f"{USERS}/me/src", b""),
    (MUST_SCAN | KERNEL_DROPPED, "/", b""),
    (WRAPPED, "", b""),
    (WRAPPED | HISTORY_DONE, "/elsewhere", b""),
])
def test_what_the_system_has_lost_count_of_is_everything_below(world, guest, flags, path, below):
    world.say((flags, path))
    assert [(record.flags, record.path) for record in told(guest)] == [(BELOW, below)]


def test_lost_count_of_a_folder_that_is_left_out_is_no_matter_unless_the_guest_named_one_in_it(world, guest):
    world.say((MUST_SCAN, f"{USERS}/me/Library/Caches"), (MODIFIED, f"{USERS}/me/a"))
    assert [(record.flags, record.path) for record in told(guest)] == [(GONE, b"me/a")]
    guest.name_folders(0, 1, b"me/Library/Caches/App")
    world.say((MUST_SCAN, f"{USERS}/me/Library/Other"), (MUST_SCAN, f"{USERS}/me/Library/Caches"))
    assert [(record.flags, record.path) for record in told(guest)] == [(BELOW, b"me/Library/Caches")]


def test_what_is_no_edit_of_the_export_is_not_told(world, guest):
    world.say((HISTORY_DONE, ""), (MODIFIED, "/mnt/Users2/x"), (MODIFIED, "/etc/passwd"), (MODIFIED, ""), (MUST_SCAN, "/other"))
    guest.quiet(0.3)
    assert guest.drain() == []


def test_another_root_is_seen_at_once(world, users, watch, join):
    (users / "me/proj").mkdir()
    watch()
    guest = join(b"/Users/me/proj")
    first = guest.inodes[0]
    os.rename(users / "me/proj", users / "me/old")
    began = time.monotonic()
    world.say((ROOT_CHANGED, f"{USERS}/me/proj"))
    guest.until(lambda: guest.states[0] == MISSING)
    assert time.monotonic() - began < 1
    (users / "me/proj").mkdir()
    guest.until(lambda: guest.states[0] == WATCHED)
    assert guest.inodes[0] != first
    (users / "me/proj/f").touch()
    world.say((CREATED, f"{USERS}/me/proj/f"), number=1)
    assert told(guest)[0].path == b"f"


def test_a_root_that_is_the_same_after_all_stays(world, guest, users):
    world.say((ROOT_CHANGED, USERS))
    (users / "me/a").touch()
    world.say((CREATED, f"{USERS}/me/a"))
    assert [record.path for record in told(guest)] == [b"me/a"]
    assert guest.states == {0: WATCHED} and not (world.folder / "1.asked").exists()


def test_an_echo_is_dropped_whatever_the_flags_say(world, guest, users):
    """The flags are of all that has happened lately; only the numbers count."""
    (users / "me/a").write_bytes(b"x")
    every = CREATED | RENAMED | MODIFIED | OWNER | IS_FILE
    world.say((every, f"{USERS}/me/a"))
    assert len(told(guest)) == 1
    os.chown(users / "me/a", 501, 20)
    world.say((every, f"{USERS}/me/a"))
    guest.quiet(0.3)
    assert guest.drain() == []
    (users / "me/a").write_bytes(b"y")
    world.say((every, f"{USERS}/me/a"))
    assert len(told(guest)) == 1


def test_whole_seconds_are_told_again_and_marked_until_they_are_old(world, guest, users):
    file = users / "me/a"
    file.write_bytes(b"x")
    os.utime(file, (0, int(time.time())))  # HFS+
    flags = []
    for _ in range(2):
        world.say((MODIFIED, f"{USERS}/me/a"))
        flags += [record.flags for record in told(guest)]
    assert flags == [0, SAME]
    time.sleep(2.1)
    world.say((MODIFIED, f"{USERS}/me/a"))
    guest.quiet(0.3)
    assert guest.drain() == []


def test_a_name_that_nfs_cannot_have_is_told_as_its_folder(world, guest, users):
    world.say((CREATED, f"{USERS}/me/" + "é" * 200))
    record, = told(guest)
    assert (record.path, record.inode) == (b"me", inode(users / "me"))


def test_a_path_that_is_too_long_is_everything(world, guest):
    world.say((CREATED, USERS + "/me" * 2000))
    assert [(record.flags, record.path) for record in told(guest)] == [(BELOW, b"")]


def test_a_flood_is_told_or_everything(world, guest, users):
    wanted = {b"me/%d" % number for number in range(30_000)}
    events = [(CREATED, os.fsencode(USERS) + b"/" + path) for path in sorted(wanted)]
    writer = threading.Thread(target=world.say, args=events)
    writer.start()
    covered = lambda: {r.path for r in guest.records} >= wanted or any(r.flags == BELOW for r in guest.records)  # noqa: E731
    guest.until(covered, 20)
    writer.join()
    world.say((CREATED, f"{USERS}/me"))
    guest.until(lambda: guest.records[-1].path in (b"me", b"") or b"me" in guest.paths())


def test_a_guest_that_leaves_in_the_middle_of_a_flood_is_no_matter(world, guest, users, join, netns):
    """The callback waits for room in the pipe while the stream is taken down."""
    for number in range(3):
        world.spam(MODIFIED, f"{USERS}/me/" + "x" * 200, number=number)  # one call is more than the pipe holds
        guest.until(lambda: guest.records)
        guest.close()
        guest = join(b"/Users")
        assert guest.states == {0: WATCHED}
        guest.ping()


def test_streams_that_end_leave_nothing_open(world, users, watch, join):
    watcher = watch()
    count = lambda: len(os.listdir(f"/proc/{watcher.pid()}/fd"))  # noqa: E731
    before = count()
    for number in range(1, 6):
        join(b"/Users").close()
        proc.until("the guest is gone", lambda: len(watcher.lines("gone")) == number, 5)
        # Each made-up stream keeps its FIFO; the watcher's own pipe would be two more.
        proc.until("nothing else stays open", lambda: count() == before + number, 5)
