# SPDX-License-Identifier: MIT
"""The daemon in a hostile system: no processes, no descriptors, no disk, other people's files; and that it does not grow."""

import os
import resource
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "cli"), str(TESTS / "guest"), str(TESTS / "net")]
import scripted  # noqa: E402
from agent import AGENT, World, until  # noqa: E402
from netns import Netns  # noqa: E402

SOAK_S = 25


@pytest.fixture
def world(tmp_path):
    one = World(tmp_path)
    one.settings(f"mount = 127.0.0.1:/Users:{tmp_path}/target", "wait = 0", "retry_max = 0.1", "probe_timeout = 0.5")
    yield one
    one.close()


def status_of(pid, key):
    text = Path(f"/proc/{pid}/status").read_text()
    return next(line.split(":\t")[1] for line in text.splitlines() if line.startswith(key + ":"))


def attempts(world):
    words = world.run("status", "--porcelain").stdout.split(" ")
    return next((int(word[9:]) for word in words if word.startswith("attempts=")), 0)


def test_a_limit_on_descriptors_that_is_reached_costs_attempts_only(world):
    """Not one more for a while: it lives, says so when there is room for saying it, and goes on. (A limit on processes does
    not bind root; test_daemon_faults.py lets fork fail.)"""
    assert world.run("start").returncode == 0
    pid = world.pid()
    until("attempts", lambda: attempts(world) >= 2)
    old = resource.prlimit(pid, resource.RLIMIT_NOFILE)
    resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, old[1]))
    time.sleep(0.5)  # the fault itself
    assert status_of(pid, "State")[0] in "SRD"
    resource.prlimit(pid, resource.RLIMIT_NOFILE, old)
    before = attempts(world)
    until("more attempts", lambda: attempts(world) > before)
    assert world.pid() == pid
    until("its word for it", lambda: "the attempt could not start: pipe2: " in world.log.read_text())


def test_a_pid_file_that_names_a_living_stranger_means_nothing(world):
    """The number was given to another process since: start starts, and stop does not touch the stranger."""
    with subprocess.Popen(["sleep", "60"]) as stranger:
        world.run_dir.mkdir()
        (world.run_dir / "pid").write_text(f"{stranger.pid}\n")
        assert world.run("status").returncode == 3 and world.run("retry").returncode == 3
        assert world.run("stop").returncode == 0 and stranger.poll() is None
        assert world.run("start").returncode == 0 and world.pid() != stranger.pid
        assert world.run("stop").returncode == 0 and stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("name", ["lock", "pid", "pid.new", "daemon", "daemon.new", "mount.01", "mount.01.new"])
def test_a_link_in_the_run_directory_leads_nowhere(world, name):
    victim = world.folder / "victim"
    victim.write_text("keep me\n")
    world.run_dir.mkdir()
    (world.run_dir / name).symlink_to(victim)
    code = world.run("start").returncode
    if code == 0:
        until("a verdict", lambda: "verdict=" in world.run("status", "--porcelain").stdout)
        assert world.run("stop").returncode == 0
    assert victim.read_text() == "keep me\n" and (code == 0) == (name != "lock")


def test_a_link_in_place_of_the_run_directory_is_refused(world):
    (world.folder / "elsewhere").mkdir()
    world.run_dir.symlink_to(world.folder / "elsewhere")
    done = world.run("start")
    assert done.returncode == 5 and "unable to open" in done.stderr
    assert not list((world.folder / "elsewhere").iterdir())
    world.run_dir.unlink()


def test_no_file_is_left_that_others_may_write_and_none_in_tmp(world):
    before = set(os.listdir("/tmp"))
    old = os.umask(0)
    try:
        assert world.run("start").returncode == 0
    finally:
        os.umask(old)
    until("a verdict", lambda: "verdict=refused" in world.run("status", "--porcelain").stdout)
    with world.paused():
        modes = {path: path.stat().st_mode for path in [world.log, world.run_dir, *world.run_dir.iterdir()]}
    for path, mode in modes.items():
        assert not mode & 0o022, (path, oct(mode))
        assert mode & 0o044 == (0 if path.name == "lock" else 0o044), (path, oct(mode))
    assert stat.S_IMODE(world.log.stat().st_mode) == 0o644
    assert not [name for name in set(os.listdir("/tmp")) - before if "usermount" in name]


def test_the_log_tells_the_settings_place_but_not_the_environment(world):
    secret = "hunter2-secret"
    world.run("start", env={**os.environ, "PASSWORD": secret})
    until("a failure", lambda: world.lines("failed"))
    assert secret not in world.log.read_text()
    with world.paused():
        assert all(secret not in file.read_text() for file in world.run_dir.iterdir())


@pytest.mark.parametrize("error", ["EIO", "ENOSPC", "EROFS"])
def test_a_log_that_cannot_be_written_stops_nothing(world, error):
    """The disk answers so for every write to the log; what was kept is written when it is well again."""
    assert world.run("start").returncode == 0
    pid = world.pid()
    until("attempts", lambda: attempts(world) >= 2)
    call = "openat,?open" if error == "EROFS" else "write"
    with subprocess.Popen(["strace", "-qq", "-p", str(pid), "-P", str(world.log), "-e", f"trace={call}", "-e",
                           f"inject={call}:error={error}", "-o", "/dev/null"], stderr=subprocess.PIPE,
                          stdin=subprocess.DEVNULL) as tracer:
        until("the tracer", lambda: status_of(pid, "TracerPid") == str(tracer.pid))
        before = attempts(world)
        world.run("retry")
        until("more attempts", lambda: attempts(world) > before + 2)
        tracer.terminate()
    assert world.run("stop").returncode == 0
    assert world.lines("end"), "what was kept was not written"


@pytest.fixture
def netns():
    one = Netns()
    yield one
    one.close()


def held(pid):
    """(children, descriptors, KiB of its own) after a moment."""
    time.sleep(0.025)
    children = len(Path(f"/proc/{pid}/task/{pid}/children").read_text().split())
    return children, len(os.listdir(f"/proc/{pid}/fd")), int(status_of(pid, "RssAnon").split()[0])


def test_a_daemon_whose_server_comes_and_goes_does_not_grow(netns, tmp_path):
    """Real time: a scripted server that is there for half of each second, now good and now refusing."""
    conf, log, run_dir = tmp_path / "conf", tmp_path / "log", tmp_path / "run"
    conf.write_text("".join(f"mount = 127.0.0.1:/Users:{tmp_path}/target{n}\n" for n in range(4)) +
                    "wait = 0\nretry_max = 0.1\nprobe_timeout = 0.5\nwatch = 1\n")
    words = [*netns.enter, AGENT, "--config", conf, "--cmdline", "/dev/null", "--log", log, "--run-dir", run_dir]
    subprocess.run([*words, "start"], check=True, capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
    pid = int((run_dir / "pid").read_text())
    try:
        seen, rounds, end = [], 0, time.monotonic() + SOAK_S
        while time.monotonic() < end:
            denied = {scripted.MNT: scripted.words(13)} if rounds % 2 else None
            server = scripted.Scripted(netns, denied)
            time.sleep(0.5)  # the load: half a second with a server, half without
            server.close()
            seen.append(tuple(map(min, zip(*(held(pid) for _ in range(20))))))  # half a second; what leaks stays
            rounds += 1
        warm = seen[len(seen) // 4:]
        assert rounds >= SOAK_S // 2
        assert max(one[0] for one in warm) <= 4, "more processes than mounts"
        assert max(one[1] for one in warm) <= 3 + 3 + 4 + 4 + 1, seen  # std, signals, mounts, lock; pipes; knocks; log
        assert max(one[2] for one in warm) <= max(one[2] for one in seen[:len(seen) // 4]) + 64, seen
    finally:
        subprocess.run([*words, "stop"], check=True, capture_output=True, timeout=20, stdin=subprocess.DEVNULL)
    assert "event=end" in log.read_text()
