# SPDX-License-Identifier: MIT
"""usermount's log file: missing directories, full and read-only disks, rotation, escaping."""

import re

import pytest

from agent import World, until

LINE = re.compile(r"ts=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z level=(error|warn|info|debug) boot=[0-9a-f]{8} .*event=[a-z-]+")


@pytest.fixture
def world(tmp_path):
    one = World(tmp_path)
    yield one
    one.close()


def test_each_line_has_time_level_boot_and_event(world):
    world.run("start")
    until("a failure", lambda: world.lines("failed"))
    world.run("stop")
    lines = world.log.read_text().splitlines()
    assert all(LINE.match(line) for line in lines), lines
    assert "version=" in lines[0] and "kernel=" in lines[0] and f"config={world.conf}" in lines[0]
    assert "image=none" in lines[0]


def test_a_second_start_appends(world):
    for _ in range(2):
        world.run("start")
        world.run("stop")
    assert len(world.lines("start")) == 2


def test_lines_wait_for_a_directory_that_comes_later(world):
    log = world.folder / "var" / "log"
    assert world.run("start", log=log).returncode == 0
    until("a failure to keep", lambda: re.search(r"attempts=[2-9]", world.run("status", "--porcelain").stdout))
    log.parent.mkdir()
    until("the kept lines", lambda: log.exists() and "event=failed" in log.read_text())
    text = log.read_text()
    assert text.index("event=start") < text.index("event=failed")


def test_a_full_disk_changes_nothing_but_the_log(world):
    mount = world.folder / "disk"
    mount.mkdir()
    world.shell(f"mount -t tmpfs -o size=4k tmpfs {mount}; head -c 4096 /dev/zero > {mount}/full")
    assert world.run("start", log=mount / "log").returncode == 0
    until("it tries", lambda: "verdict=refused" in world.run("status", "--porcelain").stdout)
    world.shell(f"rm {mount}/full")
    until("the kept lines", lambda: "event=start" in world.shell(f"cat {mount}/log").stdout)


def test_a_disk_that_fills_up_gets_whole_lines_only(world):
    mount = world.folder / "disk"
    mount.mkdir()
    world.shell(f"mount -t tmpfs -o size=4k tmpfs {mount}")
    for _ in range(6):
        assert world.run("start", log=mount / "log").returncode == 0
        assert world.run("stop", log=mount / "log").returncode == 0
    text = world.shell(f"cat {mount}/log").stdout
    assert 2048 < len(text) <= 4096
    assert text.endswith("\n") and all(LINE.match(line) for line in text.splitlines())


def test_a_read_only_disk_changes_nothing_but_the_log(world):
    mount = world.folder / "disk"
    mount.mkdir()
    world.shell(f"mount -t tmpfs -o ro tmpfs {mount}")
    assert world.run("start", log=mount / "log").returncode == 0
    until("it tries", lambda: "verdict=refused" in world.run("status", "--porcelain").stdout)
    assert world.run("stop", log=mount / "log").returncode == 0


def test_at_256_kib_the_file_is_cut_over(world):
    world.log.write_text("x" * (256 * 1024 - 1) + "\n")
    world.run("start")
    world.run("stop")
    assert (world.folder / "log.1").stat().st_size == 256 * 1024
    assert world.lines("start") and world.log.stat().st_size < 4096


def test_just_below_256_kib_one_more_line_goes_in(world):
    world.log.write_text("x" * (256 * 1024 - 2) + "\n")
    world.run("start")
    until("it is cut over", (world.folder / "log.1").exists)
    assert (world.folder / "log.1").read_text().count("event=start") == 1
    world.run("stop")


def test_the_log_is_no_way_to_write_elsewhere(world):
    victim = world.folder / "victim"
    victim.write_text("")
    world.log.symlink_to(victim)
    assert world.run("start").returncode == 0
    until("it tries", lambda: "verdict=refused" in world.run("status", "--porcelain").stdout)
    assert victim.read_text() == ""


def test_a_fault_in_the_settings_is_logged_with_its_place_and_escaped(world):
    world.settings(f"mount = 127.0.0.1:/Users:{world.folder}/target", "wait = 0", 'w\x1b[31m = "a"', "watch = soon")
    assert world.run("start").returncode == 0
    bad = until("the faults", lambda: len(world.lines("bad-config")) == 2 and world.lines("bad-config"))
    assert "usermount.conf line 3 column 1" in bad[0] and "\x1b" not in bad[0]
    assert "usermount.conf line 4 column 1: unable to use watch=soon: not a number of seconds" in bad[1]


def test_the_level_drops_what_is_below_it(world):
    world.settings(f"mount = 127.0.0.1:/Users:{world.folder}/target", "wait = 0", "loglevel = error")
    world.run("start")
    until("it tries", lambda: "verdict=refused" in world.run("status", "--porcelain").stdout)
    world.run("stop")
    assert not world.log.exists()
