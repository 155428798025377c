# SPDX-License-Identifier: MIT
"""Who the daemon is: nobody else's hand on its lock, its files or its life."""

import ctypes
import errno
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

from agent import AGENT, World, freeze, until

PTRACE_SEIZE = 0x4206
YES, NO, USAGE, NOT_RUNNING, SYSTEM = 0, 1, 2, 3, 5
NOBODY = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]
# Whatever nobody can open below a folder gets every lock that there is, for as long as the process lives.
LOCK_ALL = """
import fcntl, os, sys
held = []
for name in ["."] + sorted(os.listdir(sys.argv[1])):
    try:
        fd = os.open(os.path.join(sys.argv[1], name), os.O_RDONLY | os.O_NONBLOCK)
    except PermissionError:
        continue
    fcntl.flock(fd, fcntl.LOCK_SH)
    if name != ".":
        fcntl.lockf(fd, fcntl.LOCK_SH)
    held.append(name)
print(" ".join(held), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def world():
    """In a folder that anybody may enter, as /run is."""
    folder = Path(tempfile.mkdtemp(prefix="agent-"))
    folder.chmod(0o755)
    one = World(folder)
    yield one
    one.close()
    shutil.rmtree(folder)


def as_nobody(world, *words):
    return subprocess.run([*world.enter, *NOBODY, AGENT, *world.options(), *words], text=True, timeout=30,
                          stdin=subprocess.DEVNULL, capture_output=True)


def is_alive(pid):
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def test_whoever_can_read_a_file_is_not_the_daemon(world):
    assert world.run("start").returncode == YES
    pid = world.pid()
    assert world.run("stop").returncode == YES
    (world.run_dir / "pid").write_text(f"{pid}\n")
    with subprocess.Popen([*NOBODY, "/usr/bin/python3", "-c", LOCK_ALL, world.run_dir], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as locker:
        assert locker.stdout.readline() == ". pid\n", "the lock is not to be opened"
        assert world.run("status").returncode == NOT_RUNNING
        done = world.run("start")
        assert (done.returncode, done.stdout) == (YES, "") and world.pid() not in (pid, locker.pid)
        locker.stdin.close()
    with subprocess.Popen([*NOBODY, "/usr/bin/python3", "-c", LOCK_ALL, world.run_dir], stdin=subprocess.PIPE,
                          stdout=subprocess.PIPE, text=True) as locker:
        assert locker.stdout.readline() == ". daemon mount.01 pid\n"
        assert world.run("stop").returncode == YES and world.run("status").returncode == NOT_RUNNING
        assert locker.poll() is None, "a stranger was signalled"
        locker.stdin.close()


@pytest.mark.parametrize("mode, owner", [(0o644, 0), (0o620, 0), (0o600, 65534)])
def test_a_lock_that_others_could_hold_is_none(world, mode, owner):
    world.run_dir.mkdir()
    lock = world.run_dir / "lock"
    lock.touch()
    lock.chmod(mode)
    os.chown(lock, owner, 0)
    done = world.run("start")
    assert (done.returncode, done.stderr) == (SYSTEM, f"usermount: unable to run in {world.run_dir}: Operation not permitted\n")
    lock.unlink()


# musl's words; a sanitizer's build has the machine's own C library.
ELOOP = os.strerror(errno.ELOOP) if "asan" in AGENT.parts else "Symbolic link loop"


@pytest.mark.parametrize("make, why", [(os.mkfifo, "Operation not permitted"), (os.mkdir, "Operation not permitted"),
                                         (lambda path: os.symlink("/etc/passwd", path), ELOOP)])
def test_what_is_no_file_in_the_place_of_the_lock_hangs_nobody(world, make, why):
    world.run_dir.mkdir()
    make(world.run_dir / "lock")
    for verb, what in (("start", "run in"), ("status", "see the daemon in"), ("stop", "see the daemon in"),
                       ("wait", "see the daemon in")):
        done = world.run(verb, timeout=5)
        assert (done.returncode, done.stderr) == (SYSTEM, f"usermount: unable to {what} {world.run_dir}: {why}\n"), verb


@pytest.mark.parametrize("name", ["pid", "daemon", "mount.01", "pid.new", "daemon.new", "mount.01.new"])
def test_a_fifo_in_the_place_of_a_state_file_is_replaced(world, name):
    world.run_dir.mkdir()
    os.mkfifo(world.run_dir / name)
    assert world.run("start", timeout=5).returncode == YES
    until("a verdict", lambda: "verdict=refused" in world.run("status", "--porcelain", timeout=5).stdout)
    with world.paused():
        assert [path.name for path in sorted(world.run_dir.iterdir())] == ["daemon", "lock", "mount.01", "pid"]
        assert all(path.is_file() for path in world.run_dir.iterdir())
    assert not world.lines("state")


def test_a_folder_in_the_place_of_a_state_file_is_told_once(world):
    (world.run_dir / "mount.01").mkdir(parents=True)
    (world.run_dir / "mount.01.new").mkdir()
    assert world.run("start", timeout=5).returncode == YES
    until("a verdict", lambda: world.lines("failed"))
    assert world.run("status", timeout=5).returncode == NO
    assert world.run("stop", timeout=5).returncode == YES
    assert [line.split(" ", 3)[3] for line in world.lines("state")] == [
        f"mount={world.folder}/target event=state cause=\"unable to write the run directory: Is a directory; status is "
        "out of date\""]


@pytest.mark.parametrize("remove", [
    "rm {0}/lock", "rm {0}/*", "rm -rf {0} || :", "mv {0} {0}.away", "mv {0}/lock {0}/other"])
def test_a_run_directory_that_is_removed_lets_no_second_daemon_in(world, remove):
    assert world.run("start").returncode == YES
    pid = world.pid()
    subprocess.run(["sh", "-ec", remove.format(world.run_dir)], check=True)
    files = ["daemon", "lock", "mount.01", "pid"]
    until("all is there again", lambda: world.lines("run-dir") and set(files) <= set(os.listdir(world.run_dir)))
    again = world.run("start")
    assert (again.returncode, again.stdout) == (YES, f"usermount: already running (pid {pid})\n")
    assert world.run("status").returncode == NO
    assert len(world.lines("run-dir")) == 1 or remove.startswith("rm -rf")  # which may remove what was made anew
    assert world.run("stop").returncode == YES
    until("its end", lambda: not is_alive(pid))


@pytest.mark.parametrize("name", ["daemon", "mount.01", "pid"])
def test_a_state_file_that_is_removed_is_written_again(world, name):
    assert world.run("start").returncode == YES
    until("a verdict", lambda: "verdict=refused" in world.run("status", "--porcelain").stdout)
    before = world.run("status").stdout
    (world.run_dir / name).unlink()
    until("it is there again", (world.run_dir / name).exists)
    assert world.run("status").stdout.split()[:8] == before.split()[:8]
    assert not world.lines("run-dir")


def test_a_daemon_that_was_replaced_ends_and_says_so(world):
    """It could not see that its directory went, and another was quicker."""
    assert world.run("start").returncode == YES
    first = world.pid()
    freeze(first)
    shutil.rmtree(world.run_dir)
    assert world.run("start").returncode == YES
    second = world.pid()
    os.kill(first, signal.SIGCONT)
    until("the first one's end", lambda: not is_alive(first))
    told = world.lines("replaced")
    assert len(told) == 1 and told[0].split(" ")[1] == "level=error" and not world.lines("unmounted")
    assert world.pid() == second and is_alive(second) and world.run("status").returncode == NO
    assert world.run("stop").returncode == YES
    until("its end", lambda: not is_alive(second))


def test_no_signal_but_the_orders_ends_it(world):
    assert world.run("start").returncode == YES
    pid = world.pid()
    orders = {signal.SIGTERM, signal.SIGINT}
    suspend = {signal.SIGKILL, signal.SIGSTOP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU}
    for number in sorted(set(range(1, 65)) - orders - suspend):
        os.kill(pid, number)
        until(f"signal {number} is read", lambda: "\nShdPnd:\t0000000000000000\n" in Path(f"/proc/{pid}/status").read_text())
    assert is_alive(pid) and world.run("status").returncode == NO
    assert world.run("stop").returncode == YES


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_start_without_a_standard_descriptor_is_a_start(world, closed):
    command = [*world.enter, "sh", "-c", f'exec "$@" {closed}', "sh", AGENT, *world.options(), "start"]
    done = subprocess.run(command, timeout=30, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (YES, "")
    pid = world.pid()
    assert [os.readlink(f"/proc/{pid}/fd/{fd}") for fd in range(3)] == ["/dev/null"] * 3
    until("a verdict", lambda: "verdict=refused" in world.run("status", "--porcelain").stdout)
    assert all(line.startswith("ts=") for line in world.log.read_text().splitlines())


@pytest.mark.parametrize("umask", [0, 0o077, 0o777])
def test_an_ordinary_user_sees_it_whatever_the_umask_was(world, umask):
    assert world.run("start", umask=umask).returncode == YES
    until("a verdict", lambda: "verdict=refused" in world.run("status", "--porcelain").stdout)
    with world.paused():
        modes = {path.name: oct(path.stat().st_mode & 0o7777) for path in [*world.run_dir.iterdir(), world.run_dir, world.log]}
    assert modes == {"daemon": "0o644", "lock": "0o600", "mount.01": "0o644", "pid": "0o644", "run": "0o755", "log": "0o644"}
    def steady(text):
        """Without what changes between two looks."""
        return re.sub("(since.*?|attempts)=.*? ", "", text)
    done = as_nobody(world, "status", "--porcelain")
    mine = world.run("status", "--porcelain")
    assert (done.returncode, done.stderr) == (NO, "") and "verdict=refused" in done.stdout
    assert steady(done.stdout) == steady(mine.stdout)


def test_an_ordinary_user_is_told_when_it_has_ended_and_signals_nobody(world):
    assert world.run("start").returncode == YES
    for verb, what in (("stop", "stop"), ("retry", "signal")):
        done = as_nobody(world, verb)
        assert (done.returncode, done.stderr) == (SYSTEM, f"usermount: unable to {what} the daemon: Operation not permitted\n")
    os.kill(world.pid(), signal.SIGKILL)
    until("it is gone", lambda: as_nobody(world, "status").returncode == NOT_RUNNING)
    # The number is another process's by now.
    text = (world.run_dir / "daemon").read_text()
    (world.run_dir / "daemon").write_text(re.sub(r"^pid=\d+", f"pid={os.getpid()}", text))
    assert as_nobody(world, "status").returncode == NOT_RUNNING


@pytest.mark.parametrize("name", ["", "daemon"])
def test_what_may_not_be_looked_at_is_not_absent(world, name):
    assert world.run("start").returncode == YES
    (world.run_dir / name).chmod(0o700)
    for verb in ("status", "wait", "stop"):
        done = as_nobody(world, verb)
        assert (done.returncode, done.stderr) == (
            SYSTEM, f"usermount: unable to see the daemon in {world.run_dir}: Permission denied\n"), verb


def trace_probe(pid):
    """Traces the probe, the daemon's sleeping child with uid nobody, and returns its pid; 0: there is none now.

    The daemon is stopped for the look, and neither kills nor reaps a child meanwhile."""
    freeze(pid)
    try:
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            text = Path(f"/proc/{child}/status").read_text()
            if "\nUid:\t65534\t" in text and "\nState:\tS" in text:
                assert ctypes.CDLL(None, use_errno=True).ptrace(PTRACE_SEIZE, int(child), None, None) == 0, ctypes.get_errno()
                return int(child)
        return 0
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("release", [True, False])
def test_the_next_work_waits_for_the_end_of_a_killed_child(world, release):
    """What a child is in the middle of, a mount(2) too, may come about until it has been reaped: a umount(2) that came
    before it would be undone. A tracer that waits for nothing keeps the child from being reaped."""
    world.settings(f"mount = 127.0.0.1:/Users:{world.folder}/target", "wait = 0", "probe_timeout = 0.2", "retry_max = 0.1")
    world.shell("nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; "
                "add rule ip t o tcp dport {111, 2049} drop'")
    assert world.run("start").returncode == YES
    pid = world.pid()
    children = Path(f"/proc/{pid}/task/{pid}/children")
    child = until("a probe that hangs", lambda: trace_probe(pid))
    until("it was killed", lambda: "\nState:\tZ" in Path(f"/proc/{child}/status").read_text())
    time.sleep(0.35)  # longer than an attempt and its pause take
    until("the log's sync has ended, and the next work waits", lambda: children.read_text() == f"{child} ")
    if release:
        os.waitpid(child, 0)
    before = len(world.lines("failed"))
    until("the next attempts", lambda: len(world.lines("failed")) > before)
    # What a child has told until it was killed counts.
    assert all(" verdict=unreachable " in line for line in world.lines("failed")), world.lines("failed")
    assert [f" event=left-behind pid={child} " in line for line in world.lines("left-behind")] == [True] * (not release)
    if not release:
        os.waitpid(child, 0)
    assert world.run("stop").returncode == YES


def test_names_are_those_of_where_it_was_started(world):
    """The daemon itself goes to the root."""
    words = [AGENT, "--config", "conf", "--cmdline", "cmdline", "--log", "log", "--run-dir", "run", "start"]
    assert subprocess.run([*world.enter, "sh", "-ec", f'cd {world.folder} && exec "$@"', "sh", *words], timeout=30,
                          stdin=subprocess.DEVNULL).returncode == YES
    until("the log", lambda: world.lines("failed"))
    time.sleep(0.05)  # a turn, in which a directory that is sought elsewhere would be missed
    assert not world.lines("run-dir")
    with world.paused():
        assert sorted(os.listdir(world.run_dir)) == ["daemon", "lock", "mount.01", "pid"]


@pytest.mark.parametrize("words", [["\033[31mverb"], ["--\033[31moption", "status"], ["status", "--\033[31moption"],
                                   ["wait", "\033[31m"], ["--run-dir", "/\033[31m/no", "start"]])
def test_bytes_of_the_command_line_that_a_terminal_would_obey_are_escaped(world, words):
    done = world.run(*words)
    assert done.returncode in (USAGE, SYSTEM) and "\033" not in done.stderr and r"\033[31m" in done.stderr
