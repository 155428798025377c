# SPDX-License-Identifier: MIT
"""Every kind of edit, as a guest of docs/events.md is told of it; fanotify is the real one, on a file system of the test's
own."""

import ctypes
import os
import statistics
import time

import pytest

from client import BELOW, FAILED, FOLDER, GONE, LISTED, MISSING, SAME, UNKNOWN, WATCHED
from conftest import USERS, Watcher, by_path, inode

RENAME_EXCHANGE = 2


def told(guest, *paths, for_s=0.15):
    """The records that come until each of the paths was told, and then for a while."""
    guest.until(lambda: set(paths) <= set(guest.paths()))
    guest.quiet(for_s)
    return guest.drain()


def assert_is(record, path):
    """A record says what there is at the path now."""
    stat = os.lstat(path)
    assert (record.mode, record.inode, record.size, record.mtime_ns) == \
        (stat.st_mode, stat.st_ino, stat.st_size, stat.st_mtime_ns)
    assert record.folder_inode == os.lstat(path.parent).st_ino


def test_a_new_file_is_told_with_all_its_numbers(guest, users):
    (users / "me/a.js").write_bytes(b"content")
    records = told(guest, b"me/a.js")
    assert [record.path for record in records] == [b"me/a.js"] and records[0].flags == 0
    assert_is(records[0], users / "me/a.js")


def test_an_edit_in_place_is_told(guest, users):
    file = users / "me/a.js"
    file.write_bytes(b"one")
    told(guest, b"me/a.js")
    with open(file, "r+b") as stream:
        stream.write(b"two")
    records = told(guest, b"me/a.js")
    assert_is(by_path(records)[b"me/a.js"], file)
    with open(file, "ab") as stream:
        stream.write(b"more")
    assert by_path(told(guest, b"me/a.js"))[b"me/a.js"].size == 7
    os.truncate(file, 1)
    assert by_path(told(guest, b"me/a.js"))[b"me/a.js"].size == 1


def test_a_file_that_stays_open_is_told_at_each_write(guest, users):
    """tail -F and a log: nobody closes it."""
    with open(users / "me/log", "wb", buffering=0) as stream:
        for size in range(1, 6):
            stream.write(b"x")
            record = by_path(told(guest, b"me/log", for_s=0.05))[b"me/log"]
            assert record.size == size


def test_an_atomic_save_is_told_as_the_new_file_and_the_name_that_went(guest, users):
    file, draft = users / "me/a.js", users / "me/.a.js.tmp"
    file.write_bytes(b"one")
    old = inode(file)
    told(guest, b"me/a.js")
    draft.write_bytes(b"two")
    os.rename(draft, file)
    records = by_path(told(guest, b"me/a.js", b"me/.a.js.tmp"))
    assert_is(records[b"me/a.js"], file)
    assert records[b"me/a.js"].inode != old
    assert records[b"me/.a.js.tmp"].flags == GONE and records[b"me/.a.js.tmp"].folder_inode == inode(users / "me")


def test_what_is_deleted_is_gone(guest, users):
    (users / "me/a").touch()
    (users / "me/d").mkdir()
    told(guest, b"me/a", b"me/d")
    (users / "me/a").unlink()
    (users / "me/d").rmdir()
    records = by_path(told(guest, b"me/a", b"me/d"))
    assert records[b"me/a"].flags == GONE and records[b"me/d"].flags == GONE | FOLDER
    for record in records.values():
        assert (record.mode, record.inode, record.size, record.mtime_ns) == (0, 0, 0, 0)


def test_what_is_deleted_with_its_folder_is_told_as_far_as_its_folder_was_there(guest, users):
    (users / "me/d/e").mkdir(parents=True)
    (users / "me/d/e/f").touch()
    told(guest, b"me/d/e/f")
    (users / "me/d/e/f").unlink()
    (users / "me/d/e").rmdir()
    (users / "me/d").rmdir()
    assert by_path(told(guest, b"me/d"))[b"me/d"].flags == GONE | FOLDER


def test_a_file_that_is_renamed_is_two_records(guest, users):
    (users / "me/a").write_bytes(b"x")
    (users / "me/sub").mkdir()
    told(guest, b"me/a", b"me/sub")
    os.rename(users / "me/a", users / "me/sub/b")
    records = by_path(told(guest, b"me/a", b"me/sub/b"))
    assert records[b"me/a"].gone
    assert_is(records[b"me/sub/b"], users / "me/sub/b")


def test_a_folder_that_is_renamed_is_two_records_and_its_new_name_counts(guest, users):
    (users / "me/d").mkdir()
    (users / "me/d/f").touch()
    told(guest, b"me/d/f")
    os.rename(users / "me/d", users / "me/e")
    records = by_path(told(guest, b"me/d", b"me/e"))
    assert set(records) == {b"me/d", b"me/e"}
    assert records[b"me/d"].flags == GONE | FOLDER and records[b"me/e"].flags == FOLDER
    assert_is(records[b"me/e"], users / "me/e")
    (users / "me/e/f").write_bytes(b"x")
    assert set(by_path(told(guest, b"me/e/f"))) == {b"me/e/f"}


def test_a_folder_in_the_place_of_another_has_another_inode(guest, users):
    for name in ("a", "b"):
        (users / "me" / name).mkdir()
        (users / "me" / name / "f").write_text(name)
    told(guest, b"me/b/f")
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.renameat2(-100, os.fsencode(users / "me/a"), -100, os.fsencode(users / "me/b"), RENAME_EXCHANGE) == 0
    records = by_path(told(guest, b"me/a", b"me/b"))
    for name in ("a", "b"):
        assert_is(records[b"me/" + name.encode()], users / "me" / name)


def test_a_folder_and_what_is_made_in_it_at_once_are_told(guest, users):
    (users / "me/x/y/z").mkdir(parents=True)
    (users / "me/x/y/z/f").write_bytes(b"1")
    records = by_path(told(guest, b"me/x", b"me/x/y", b"me/x/y/z", b"me/x/y/z/f"))
    assert_is(records[b"me/x/y/z/f"], users / "me/x/y/z/f")
    assert records[b"me/x/y"].flags == FOLDER


def test_a_folder_that_is_moved_in_from_outside_is_told(guest, users):
    outside = users.parent / "outside"
    (outside / "sub").mkdir(parents=True)
    (outside / "sub/f").touch()
    guest.quiet(0.15)  # where a folder is counts when the watcher asks, not when something was made in it
    os.rename(outside, users / "me/in")
    assert set(by_path(told(guest, b"me/in"))) == {b"me/in"}
    os.rename(users / "me/in", outside)
    records = by_path(told(guest, b"me/in"))
    assert set(records) == {b"me/in"} and records[b"me/in"].flags == GONE | FOLDER


def test_chmod_and_new_times_are_told(guest, users):
    file = users / "me/a"
    file.touch()
    told(guest, b"me/a")
    file.chmod(0o755)
    assert by_path(told(guest, b"me/a"))[b"me/a"].mode == 0o100755
    os.utime(file, ns=(1, 86_400_000_000_001))
    assert by_path(told(guest, b"me/a"))[b"me/a"].mtime_ns == 86_400_000_000_001
    (users / "me").chmod(0o711)
    record = by_path(told(guest, b"me"))[b"me"]
    assert record.mode == 0o40711 and record.flags == FOLDER and record.folder_inode == inode(users)


def test_the_export_s_own_folder_is_the_empty_path(guest, users):
    users.chmod(0o750)
    record = by_path(told(guest, b""))[b""]
    assert record.flags == FOLDER and record.mode == 0o40750 and record.inode == inode(users)
    assert guest.inodes[0] == inode(users)


def test_a_link_and_a_symbolic_link_are_told_of_their_own_name(guest, users):
    (users / "me/a").write_bytes(b"x")
    told(guest, b"me/a")
    os.link(users / "me/a", users / "me/hard")
    os.symlink("/etc/passwd", users / "me/soft")
    records = by_path(told(guest, b"me/hard", b"me/soft"))
    assert_is(records[b"me/soft"], users / "me/soft")
    assert records[b"me/hard"].inode == inode(users / "me/a")


def test_special_files_are_told(guest, users):
    os.mkfifo(users / "me/fifo")
    os.mknod(users / "me/null", 0o20666, os.makedev(1, 3))
    records = by_path(told(guest, b"me/fifo", b"me/null"))
    for name in (b"fifo", b"null"):
        assert_is(records[b"me/" + name], users / "me" / name.decode())


def test_names_of_every_byte_are_told(guest, users):
    folder = os.fsencode(users / "me")
    names = [bytes([byte]) + b"x" for byte in range(1, 256) if byte != ord("/")]
    names += [b"n" * 255, b" ", b"...", b"\xff\xfe", "für".encode(), b"a (deleted)"]
    for name in names:
        os.close(os.open(folder + b"/" + name, os.O_WRONLY | os.O_CREAT))
    assert {b"me/" + name for name in names} <= set(by_path(told(guest, *(b"me/" + name for name in names))))


def test_a_folder_whose_name_ends_like_a_deleted_one_is_told(guest, users):
    (users / "me/d (deleted)").mkdir()
    (users / "me/d (deleted)/f").touch()
    told(guest, b"me/d (deleted)/f")


def test_a_path_that_is_too_long_for_the_system_is_told_as_everything(guest, users):
    """A path of 4,096 bytes and more can be made step by step, and no path names it."""
    here = os.open(users / "me", os.O_RDONLY)
    for _ in range(20):
        os.mkdir(b"d" * 250, dir_fd=here)
        inner = os.open(b"d" * 250, os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = inner
    guest.quiet(0.2)
    guest.drain()
    os.close(os.open("f", os.O_WRONLY | os.O_CREAT, dir_fd=here))
    os.close(here)
    guest.until(lambda: guest.records)
    assert [(record.flags, record.path) for record in guest.records] == [(BELOW, b"")]


def test_edits_within_one_gathering_are_one_record_for_each_path(guest, users):
    for size in range(200):
        (users / "me/a").write_bytes(b"x" * size)
        (users / "me/b").touch()
    records = told(guest, b"me/a", b"me/b", for_s=0.3)
    count = [record.path for record in records].count(b"me/a")
    assert count <= 20, "doubled ones are merged"
    assert by_path(records)[b"me/a"].size == 199


def test_reading_is_no_edit(guest, users):
    (users / "me/a").write_bytes(b"x")
    told(guest, b"me/a")
    (users / "me/a").read_bytes()
    os.listdir(users / "me")
    (users / "me/a").stat()
    guest.quiet(0.3)
    assert guest.drain() == []


def test_a_chown_that_changes_only_the_ctime_is_not_told(guest, users):
    file = users / "me/a"
    file.write_bytes(b"x")
    told(guest, b"me/a")
    before = os.stat(file)
    os.chown(file, before.st_uid, -1)
    assert os.stat(file).st_ctime_ns > before.st_ctime_ns
    guest.quiet(0.3)
    assert guest.drain() == []
    with open(file, "r+b") as stream:  # an edit is, whatever its numbers
        stream.write(b"y")
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert by_path(told(guest, b"me/a"))[b"me/a"].mtime_ns == before.st_mtime_ns


def test_a_new_owner_is_told_once(guest, users):
    """The first time nobody knows whether it is an echo; then the numbers are known."""
    (users / "me/a").touch()
    guest.quiet(0.3)
    guest.drain()
    os.chown(users / "me", 501, 20)
    assert [record.path for record in told(guest, b"me", for_s=0.2)] == [b"me"]
    os.chown(users / "me", 502, 20)
    guest.quiet(0.3)
    assert guest.drain() == []


def test_a_file_that_comes_back_as_it_was_is_told(guest, users):
    (users / "me/a").write_bytes(b"x")
    told(guest, b"me/a")
    os.rename(users / "me/a", users / "me/b")
    told(guest, b"me/a", b"me/b")
    os.rename(users / "me/b", users / "me/a")
    assert not by_path(told(guest, b"me/a", b"me/b"))[b"me/a"].gone


@pytest.fixture
def coarse(netns, tmp_path):
    """/mnt/Users on a file system whose times are whole seconds: ext4 with small inodes."""
    image = tmp_path / "ext4"
    with open(image, "wb") as file:
        file.truncate(16 << 20)
    netns.run("mkfs.ext4", "-q", "-I", "128", "-E", "no_copy_xattrs", "-O", "^has_journal", image)
    netns.run("mount", "-o", "loop", image, "/mnt")
    netns.run("mkdir", "-p", "/mnt/Users/me")
    return type(tmp_path)(f"/proc/{netns.holder.pid}/root/mnt/Users")


def test_edits_of_one_second_with_the_same_size_are_all_told(coarse, watch, join):
    watch()
    guest = join(b"/Users")
    (coarse / "me/a").write_bytes(b"0")
    told(guest, b"me/a")
    time.sleep(1 - time.time() % 1 + 0.05)  # the beginning of a second
    for number in range(1, 6):
        with open(coarse / "me/a", "r+b") as stream:
            stream.write(b"%d" % number)
        record = by_path(told(guest, b"me/a", for_s=0.05))[b"me/a"]
        assert record.mtime_ns % 1_000_000_000 == 0 and not record.flags & SAME, "the system told that it is content"
    os.chown(coarse / "me/a", 0, -1)
    guest.quiet(0.2)
    assert guest.drain() == [], "and that this is none"


def test_5000_files_at_once_are_told_one_by_one_behind_their_folder(guest, users):
    folder = users / "me/src"
    for number in range(50):
        (folder / str(number)).mkdir(parents=True)
    guest.quiet(0.3)
    guest.drain()
    wanted = {b"me/src/%d/%d" % (number % 50, number) for number in range(5000)}
    for path in wanted:
        os.close(os.open(os.fsencode(users) + b"/" + path, os.O_WRONLY | os.O_CREAT))
    began = time.monotonic()
    guest.until(lambda: wanted <= set(guest.paths()), 5)
    assert max(record.at for record in guest.records) - began < 1
    groups = [record for record in guest.records if record.flags == BELOW | LISTED]
    listed = [record for record in guest.records if record.flags == LISTED]
    assert groups and all(group.path.startswith(b"me/src") for group in groups)
    assert len(listed) > 500 and not [record for record in guest.records if record.flags == BELOW]


def test_more_than_can_be_gathered_is_everything_below_their_folder(guest, users, watch):
    folder = users / "me/big"
    folder.mkdir()
    guest.quiet(0.2)
    guest.drain()
    for number in range(60_000):
        os.close(os.open(folder / str(number), os.O_WRONLY | os.O_CREAT))
        if number % 5000 == 0:
            guest.ping()  # who says nothing for ten seconds is dropped
    (folder / "last").touch()
    covered = lambda: any(record.path == b"me/big/last" or record.flags == BELOW and b"me/big".startswith(record.path)  # noqa: E731
                          for record in guest.records)
    guest.until(covered)
    guest.quiet(0.3)
    everything = max((index for index, record in enumerate(guest.records) if record.flags == BELOW), default=-1)
    known = {record.path for record in guest.records}
    if everything < 0:  # the watcher kept up with all of it
        assert {b"me/big/%d" % number for number in range(60_000)} <= known
    behind = {record.path for record in guest.records[everything:]}
    assert everything >= 0 or b"me/big/last" in behind


def test_what_lies_on_another_file_system_is_not_told(guest, users, netns):
    (users / "me/usb").mkdir()
    told(guest, b"me/usb")
    netns.run("mount", "-t", "tmpfs", "usb", "/mnt/Users/me/usb")
    (users / "me/usb/f").touch()
    (users / "me/f").touch()
    assert set(by_path(told(guest, b"me/f"))) == {b"me/f"}


def test_an_edit_outside_of_the_export_is_not_told(guest, users):
    (users.parent / "Users2").mkdir()
    (users.parent / "f").touch()
    (users.parent / "Users2/f").touch()
    guest.quiet(0.3)
    assert guest.drain() == []


@pytest.mark.alone
def test_an_edit_is_told_within_a_tenth_of_a_second(guest, users):
    took = []
    for number in range(25):
        began = time.monotonic()
        (users / "me/a").write_bytes(b"x" * number)
        guest.until(lambda: guest.records)
        took.append(guest.records[0].at - began)
        guest.quiet(0.06)
        guest.drain()
    print(f"from the edit to the record: median {statistics.median(took) * 1000:.1f} ms, most {max(took) * 1000:.1f} ms")
    assert 0.02 < statistics.median(took) < 0.06 and max(took) < 0.3


# ------------------------------------------------------------------------------------------------ what is left out

def test_the_library_is_left_out_and_said_so(guest, users):
    assert guest.patterns == {0: [b"*/Library"]}
    (users / "me/Library/Caches").mkdir(parents=True)
    (users / "me/Library/Caches/x").touch()
    (users / "me/proj/Library").mkdir(parents=True)
    (users / "me/proj/Library/x").touch()
    (users / "Library").mkdir()
    records = by_path(told(guest, b"me/proj/Library/x", b"Library"))
    assert set(records) == {b"me/proj", b"me/proj/Library", b"me/proj/Library/x", b"Library"}


@pytest.mark.parametrize("words, patterns", [
    (["--exclude", "*/build", "--exclude=me/*.log"], [b"*/build", b"me/*.log"]),
    (["--exclude", "none"], []),
])
def test_other_folders_can_be_left_out(users, watch, join, words, patterns):
    watch(*words)
    guest = join(b"/Users")
    assert guest.patterns == {0: patterns}
    for name in ("build", "Library", "x.log"):
        (users / "me" / name).mkdir()
        (users / "me" / name / "f").touch()
    (users / "me/end").touch()
    wanted = {b"me/end", b"me/Library", b"me/Library/f"}
    if not patterns:
        wanted |= {b"me/build", b"me/build/f", b"me/x.log", b"me/x.log/f"}
    assert set(by_path(told(guest, b"me/end"))) == wanted


def test_a_folder_that_the_guest_names_is_told_of_from_then_on(guest, users):
    (users / "me/Library/App/deep").mkdir(parents=True)
    (users / "me/Library/Other").mkdir(parents=True)
    guest.name_folders(0, 5, b"me/Library/App", b"me/Library/later")
    (users / "me/Library/App/deep/f").touch()
    (users / "me/Library/Other/f").touch()
    (users / "me/Library/later").mkdir()
    (users / "me/Library/later/f").touch()
    wanted = {b"me/Library/App/deep/f", b"me/Library/later", b"me/Library/later/f"}
    assert set(by_path(told(guest, *wanted))) == wanted
    guest.name_folders(0, 6)
    (users / "me/Library/App/deep/g").touch()
    (users / "me/f").touch()
    assert set(by_path(told(guest, b"me/f"))) == {b"me/f"}


def test_an_export_below_has_the_patterns_that_are_left(users, watch, join):
    (users / "me/Library").mkdir()
    (users / "me/proj").mkdir()
    watch()
    guest = join(b"/Users/me", b"/Users/me/Library", b"/Users/me/proj")
    assert guest.patterns == {0: [b"Library"], 1: [], 2: []}
    (users / "me/Library/f").touch()
    (users / "me/proj/f").touch()
    guest.until(lambda: len(guest.records) >= 3)
    guest.quiet(0.1)
    assert {(record.export, record.path) for record in guest.records} == {(0, b"proj/f"), (1, b"f"), (2, b"f")}


def test_the_library_is_left_out_whatever_export_has_it(users, watch, join):
    (users / "me/Library").mkdir()
    watch(exports=(f"/Users/me={USERS}/me", f"/work={USERS}"))
    guest = join(b"/Users/me", b"/work")
    assert guest.patterns == {0: [b"Library"], 1: [b"*/Library"]}


def test_a_loud_folder_that_is_left_out_costs_no_refresh(guest, users):
    (users / "me/Library").mkdir()
    for number in range(3000):
        (users / "me/Library" / str(number)).touch()
    (users / "me/f").touch()
    assert [(record.flags, record.path) for record in told(guest, b"me/f")] == [(0, b"me/f")]


# ---------------------------------------------------------------------------------------------------------- states

def test_exports_are_watched_missing_or_unknown(users, watch, join):
    watcher = watch("/data=/mnt/data")
    guest = join(b"/Users", b"/data", b"/etc", b"/Users/nobody", b"/Users/me")
    assert guest.states == {0: WATCHED, 1: MISSING, 2: UNKNOWN, 3: MISSING, 4: WATCHED}
    assert guest.inodes[4] == inode(users / "me")
    assert [line["export"] for line in watcher.lines("listens")] == ["/Users"]
    assert "export=/data folder=/mnt/data" in watcher.text() and "export=/etc served=no" in watcher.text()


def test_an_export_that_comes_goes_and_comes_is_told_each_time(users, watch, join):
    watch()
    guest = join(b"/Users/me/proj")
    assert guest.states == {0: MISSING}
    (users / "me/proj").mkdir()
    guest.until(lambda: guest.states[0] == WATCHED)
    first = guest.inodes[0]
    (users / "me/proj/f").touch()
    told(guest, b"f")
    os.rename(users / "me/proj", users / "me/other")
    (users / "me/proj").mkdir()
    guest.until(lambda: guest.states[0] == WATCHED and guest.inodes[0] != first)
    assert guest.inodes[0] == inode(users / "me/proj")
    guest.drain()
    (users / "me/other/f").write_bytes(b"x")
    (users / "me/proj/g").touch()
    assert set(by_path(told(guest, b"g"))) == {b"g"}
    (users / "me/proj/g").unlink()
    (users / "me/proj").rmdir()
    guest.until(lambda: guest.states[0] == MISSING)


def test_an_export_behind_a_link_is_watched_where_the_link_leads(users, watch, join):
    (users / "me/real").mkdir()
    os.symlink("me/real", users / "link")
    watch()
    guest = join(b"/Users/link")
    assert guest.states == {0: WATCHED} and guest.inodes[0] == inode(users / "me/real")
    (users / "me/real/f").touch()
    told(guest, b"f")


def test_without_the_right_to_watch_it_says_so(users, netns, program, join, tmp_path):
    script = tmp_path / "weak"
    script.write_text(f'#!/bin/sh\nexec setpriv --bounding-set -sys_admin --inh-caps -sys_admin {program} "$@"\n')
    script.chmod(0o755)
    watcher = Watcher(netns, script, tmp_path / "weak.log", f"/Users={USERS}")
    try:
        guest = join(b"/Users")
        assert guest.states == {0: FAILED}
        assert [line["errno"] for line in watcher.lines("state")] == ["1"]
    finally:
        assert watcher.end() == 0
