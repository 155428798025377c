# SPDX-License-Identifier: MIT
"""Every system call of the daemon's edges fails, by strace's injection into the real program: it never ends, never hangs,
and goes on when the fault is over. At its start it goes on or says why not."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
from agent import AGENT, World, until  # noqa: E402

REFUSED = r' verdict=refused .*cause="127\.0\.0\.1 refuses connections to rpcbind \(port 111\) and NFS \(port 2049\)" '
UNWRITTEN = r' event=state cause="unable to write the run directory: .+; status is out of date"$'
# What cannot be begun, or did not end, is told so, and never as the server's doing: the strace that injects a fault into a
# jailed child has it killed by its filter.
BEGUN = r' verdict=internal .*cause="the attempt could not start: {}'
ENDED = r' verdict=internal .*cause="(the attempt ended early|the attempt ended without)[: ]'
JAILED = BEGUN.format("entering the jail: Operation not permitted")

# Each call that the daemon and its workers make, by what they are for, with what the kernel may say, and what must be
# told of it; None: nothing, as it costs nothing. The cause without the fault may always be told.
FAULTS = {
    "openat,open": (["EIO", "EMFILE", "EROFS", "ENOSPC"], UNWRITTEN),
    "close": (["EIO"], None),
    "read": (["EIO", "EINTR"], ENDED),
    "write,writev": (["EIO", "ENOSPC", "EAGAIN"], f"{UNWRITTEN}|{ENDED}"),
    "fstat,lstat,stat,newfstatat": (["EIO", "EACCES"], None),
    "rename,renameat": (["EIO", "ENOSPC", "EROFS"], UNWRITTEN),
    "unlink,unlinkat": (["EIO", "EROFS"], None),
    "mkdir,mkdirat": (["EROFS", "ENOSPC"], None),
    "fcntl": (["EINVAL"], ENDED),
    "poll,ppoll": (["ENOMEM", "EINTR"], ENDED),
    "fork,vfork,clone,clone3": (["EAGAIN", "ENOMEM"], BEGUN.format("fork: (Resource temporarily unavailable|Out of memory)")),
    "wait4": (["EINTR", "ECHILD"], None),
    "pipe,pipe2": (["EMFILE", "ENFILE"], BEGUN.format("pipe2: (No file descriptors available|Too many open files in system)")),
    "socket": (["EMFILE", "ENOBUFS"], ENDED),
    "setsockopt": (["EINVAL"], ENDED),
    "getsockopt": (["ENOBUFS"], ENDED),
    "connect": (["ENETUNREACH", "ETIMEDOUT", "EADDRNOTAVAIL"], ENDED),
    "bind": (["EADDRINUSE"], None),
    "mount": (["ENOMEM", "EPERM"], None),
    "prctl": (["EPERM"], JAILED),
    "setresuid,setresgid,setgroups": (["EPERM"], JAILED),
    "prlimit64,setrlimit": (["EPERM"], JAILED),
}
# An address that is taken is tried on the next port.
CALLS_MAX = {"bind": 5000}
AT_START = {**{calls: errors for calls, (errors, _) in FAULTS.items()}, "kill": ["EPERM"], "umount2": ["EBUSY"], "ftruncate": ["EIO"],
            "signalfd4": ["EMFILE"], "rt_sigprocmask": ["EINVAL"], "setsid": ["EPERM"], "dup2,dup3": ["EMFILE"]}
STARTS = 4  # the first so many calls of each kind fail in turn


def names(calls):
    return ",".join(f"?{name}" for name in calls.split(","))


@pytest.fixture
def world(tmp_path):
    one = World(tmp_path)
    one.settings(f"mount = 127.0.0.1:/Users:{tmp_path}/target", "wait = 0", "retry_max = 0.1", "probe_timeout = 2")
    one.cmdline.write_text("usermount.wait=0\n")  # for where the file is what cannot be read
    yield one
    one.close()


def is_alive(pid):
    """A process that only waits to be reaped by whoever inherited it has ended."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


def attempts(world):
    found = re.search(r" attempts=(\d+)", world.run("status", "--porcelain").stdout)
    return int(found[1]) if found else 0


class Injection:
    """strace on a running process and its children, for as long as the block lasts: `calls` fail with `error`."""

    def __init__(self, pid, calls, error, trace):
        self.pid, self.trace = pid, trace
        inject = f"inject={names(calls)}:error={error}"
        self.command = ["strace", "-f", "-qq", "-p", str(pid), "-e", f"trace={names(calls)}", "-e", inject, "-o", trace]

    def __enter__(self):
        self.tracer = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        status = Path(f"/proc/{self.pid}/status")
        until("the tracer", lambda: f"TracerPid:\t{self.tracer.pid}\n" in status.read_text())
        return self

    def count(self):
        return self.trace.read_text().count("(INJECTED)") if self.trace.exists() else 0

    def __exit__(self, *_):
        self.tracer.terminate()
        self.tracer.wait()


def is_right_again(world, before):
    """An attempt that began after the fault has the one right verdict."""
    line = world.run("status", "--porcelain").stdout
    found = re.search(r" state=waiting .* attempts=(\d+) ", line)
    return found and int(found[1]) > before and re.search(REFUSED, line)


def test_a_daemon_lives_through_every_failing_call(world, tmp_path):
    """It tells what failed, and nothing else; it does not spin; and is as good as before when the fault is over."""
    assert world.run("start").returncode == 0
    pid = world.pid()
    until("attempts", lambda: attempts(world) >= 2)
    descriptors = sorted(os.readlink(f"/proc/{pid}/fd/{fd}") for fd in range(8))
    for calls, (errors, telling) in FAULTS.items():
        for error in errors:
            what, mark = f"{calls} {error}", len(world.log.read_text())
            trace = tmp_path / "trace"
            trace.unlink(missing_ok=True)
            with Injection(pid, calls, error, trace) as injection:
                world.run("retry")  # so that mount(2) is tried too
                until(f"a failing {what}", injection.count)
                began, time_s = injection.count(), 0.25
                time.sleep(time_s)  # the fault itself
                assert is_alive(pid), f"ended by {what}"
                assert injection.count() - began <= CALLS_MAX.get(calls, 150), f"spins at {what}"
            before = attempts(world)
            until(f"the right verdict after {what}", lambda: is_right_again(world, before + 1))
            told = [line for line in world.log.read_text()[mark:].splitlines()]
            wrong = [line for line in told if not re.search(f"{REFUSED}|{UNWRITTEN}|{telling or REFUSED}", line)]
            assert not wrong, (what, wrong)
            assert not telling or any(re.search(telling, line) for line in told), (what, told)
    assert world.pid() == pid
    until("the same descriptors", lambda: descriptors == sorted(os.readlink(f"/proc/{pid}/fd/{fd}") for fd in range(8)))
    assert world.run("stop").returncode == 0
    until("its end", lambda: not is_alive(pid))
    assert world.lines("end")


def test_a_child_that_cannot_be_killed_is_left_behind_and_told(world, tmp_path):
    world.shell("nft 'add table ip t; add chain ip t o { type filter hook output priority 0; }; "
                "add rule ip t o tcp dport {111, 2049} drop'")
    assert world.run("start").returncode == 0
    pid = world.pid()
    with Injection(pid, "kill", "EPERM", tmp_path / "trace") as injection:
        until("it is told", lambda: world.lines("left-behind"))
        before = attempts(world)
        until("it goes on", lambda: attempts(world) > before)
        assert injection.count() >= 1
    assert all(re.search(r" event=left-behind pid=\d+ cause=\"a killed child of usermount does not end: the kernel "
                         r"holds it\"$", line) for line in world.lines("left-behind"))
    assert [line for line in world.lines("failed") if " verdict=unreachable " not in line] == []


@pytest.mark.parametrize("calls", AT_START)
def test_a_start_goes_on_or_says_why_not(world, tmp_path, calls):
    for number in range(1, STARTS + 1):
        inject = f"inject={names(calls)}:error={AT_START[calls][0]}:when={number}"
        said = tmp_path / "said"
        with open(said, "w") as stderr:  # a pipe would be held open by the tracer
            code = subprocess.run([*world.enter, "strace", "-D", "-f", "-qq", "-e", f"trace={names(calls)}", "-e", inject,
                                   "-o", "/dev/null", AGENT, *world.options(), "start"], stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=stderr, timeout=20).returncode
        assert code in (0, 1, 5), (number, code)
        if code == 0:
            until("a daemon", lambda: world.run("status").returncode in (0, 1))
        elif calls != "write,writev":  # with it goes what it would say
            assert said.read_text().startswith("usermount: unable to "), (number, said.read_text())
        assert world.run("stop").returncode == 0, number
