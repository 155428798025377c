# SPDX-License-Identifier: MIT
"""usermount's log file: missing directories, full and read-only disks, rotation, escaping."""

import re
import subprocess

import pytest

from agent import AGENT, World, until

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


@pytest.fixture
def covered(world):
    """log, elsewhere: the log's folder is bound to the second name and then covered, as docker's start once did it."""
    folder, elsewhere, mac = (world.folder / name for name in ("log-folder", "elsewhere", "mac"))
    for one in (folder, elsewhere, mac):
        one.mkdir()

    def cover():
        world.shell(f"mount --bind {folder} {elsewhere} && mount --bind {mac} {folder}")

    yield folder / "usermount.log", elsewhere, mac, cover


def test_lines_go_to_the_file_that_was_opened_first_also_where_its_folder_is_covered(world, covered):
    log, elsewhere, mac, cover = covered
    log.write_text("x" * (256 * 1024 - 200) + "\n")
    assert world.run("start", log=log).returncode == 0
    cover()
    until("the log is cut over", lambda: world.shell(f"ls {elsewhere}").stdout == "usermount.log\nusermount.log.1\n")
    assert world.run("stop", log=world.folder / "another").returncode == 0
    lines = world.shell(f"cat {elsewhere}/usermount.log.1 {elsewhere}/usermount.log").stdout.splitlines()[1:]
    assert [re.search("event=([a-z-]+)", line)[1] for line in (lines[0], lines[-1])] == ["start", "end"]
    assert all(LINE.match(line) for line in lines) and not list(mac.iterdir())


@pytest.mark.parametrize("how", ["mv {0} {0}.old", "rm {0}", "mv {1} {1}.old; mkdir {1}", "rm -r {1}; mkdir {1}"])
def test_a_log_that_was_moved_or_removed_is_made_anew(world, how):
    log = world.folder / "logs" / "usermount.log"
    log.parent.mkdir()
    assert world.run("start", log=log).returncode == 0
    until("a failure", lambda: "event=failed" in log.read_text())
    moved = log.parent.with_name("logs.old") / log.name if how.startswith("mv {1}") else log
    world.shell(how.format(log, log.parent))
    assert world.run("stop", log=world.folder / "another").returncode == 0
    until("the last line", lambda: moved.exists() and "event=end" in moved.read_text())
    assert how.startswith("mv {1}") == ("event=start" in moved.read_text())


FUSE = """
import ctypes, os, signal, sys
fd = os.open("/dev/fuse", os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
data = f"fd={fd},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
if libc.mount(b"osxfs", sys.argv[1].encode(), b"fuse.osxfs", 0, data) != 0:
    sys.exit(os.strerror(ctypes.get_errno()))
print("mounted", flush=True)
signal.pause()  # nothing is ever answered
"""


def test_a_folder_that_the_mac_answers_for_is_never_asked(world):
    """The daemon is started when it is covered already: its lines go to where docker's start moved the folder."""
    folder = world.folder / "log-folder"
    folder.mkdir()
    world.shell("mount -t tmpfs run /run && mkdir /run/log")
    with subprocess.Popen([*world.enter, "/usr/bin/python3", "-c", FUSE, folder], stdout=subprocess.PIPE, text=True,
                          stdin=subprocess.DEVNULL) as fuse:
        assert fuse.stdout.readline() == "mounted\n"
        assert world.run("start", log=folder / "usermount.log", timeout=5).returncode == 0
        until("its lines", lambda: "event=failed" in world.shell("cat /run/log/usermount.log").stdout)
        assert world.run("stop", log=folder / "usermount.log", timeout=5).returncode == 0
        assert "event=end" in world.shell("cat /run/log/usermount.log").stdout
        fuse.kill()


def test_a_warning_is_synced_by_a_child_and_a_disk_that_hangs_holds_nobody(world, tmp_path):
    """Each fsync takes ten seconds: the daemon goes on with its attempts, and no second child is started."""
    world.settings(f"mount = 127.0.0.1:/Users:{world.folder}/target", "wait = 0", "retry_max = 0.05")
    trace = tmp_path / "trace"
    assert subprocess.run([*world.enter, "strace", "-D", "-f", "-qq", "-y", "-e", "trace=fsync,fdatasync,sync,syncfs,msync",
                           "-e", "inject=fsync:delay_enter=10000000", "-o", trace, AGENT, *world.options(), "start"],
                          timeout=20, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0
    pid = world.pid()
    until("many warnings", lambda: len(world.lines("failed")) >= 4)
    assert world.run("stop", timeout=5).returncode == 0
    calls = [re.match(r"(\d+) +(\w+)\(\d+<(.*?)>", line).groups() for line in trace.read_text().splitlines() if "sync(" in line]
    assert [call[1:] for call in calls] == [("fsync", str(world.log))] and calls[0][0] != str(pid), calls
    assert len(world.lines("end")) == 1


def test_the_folder_is_synced_too(world, tmp_path):
    trace = tmp_path / "trace"
    assert subprocess.run([*world.enter, "strace", "-D", "-f", "-qq", "-y", "-e", "trace=fsync", "-o", trace, AGENT,
                           *world.options(), "start"], timeout=20, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL).returncode == 0
    pid = world.pid()
    until("both", lambda: trace.read_text().count(" = 0\n") >= 2)
    calls = [re.match(r"(\d+) +fsync\(\d+<(.*?)>\) += 0$", line).groups() for line in trace.read_text().splitlines()[:2]]
    assert [path for _, path in calls] == [str(world.log), str(world.folder)]
    assert calls[0][0] == calls[1][0] != str(pid)


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
