# SPDX-License-Identifier: MIT
"""Every system call of the daemon's edges fails, by strace's injection into the real program: it never ends, never hangs,
and goes on when the fault is over. At its start it goes on or says why not."""

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "cli"))
from agent import AGENT, World, until  # noqa: E402

# Each call that the daemon and its workers make, by what they are for, with what the kernel may say.
FAULTS = {
    "openat,open": ["EIO", "EMFILE", "EROFS", "ENOSPC"],
    "close": ["EIO"],
    "read": ["EIO", "EINTR"],
    "write,writev": ["EIO", "ENOSPC", "EAGAIN"],
    "fstat,lstat,stat,newfstatat": ["EIO", "EACCES"],
    "ftruncate": ["EIO"],
    "rename,renameat": ["EIO", "ENOSPC", "EROFS"],
    "unlink,unlinkat": ["EIO", "EROFS"],
    "mkdir,mkdirat": ["EROFS", "ENOSPC"],
    "fcntl": ["EINVAL"],
    "poll,ppoll": ["ENOMEM", "EINTR"],
    "fork,vfork,clone,clone3": ["EAGAIN", "ENOMEM"],
    "wait4": ["EINTR", "ECHILD"],
    "kill": ["EPERM"],
    "pipe,pipe2": ["EMFILE", "ENFILE"],
    "socket": ["EMFILE", "ENOBUFS"],
    "setsockopt": ["EINVAL"],
    "getsockopt": ["ENOBUFS"],
    "connect": ["ENETUNREACH", "ETIMEDOUT", "EADDRNOTAVAIL"],
    "bind": ["EADDRINUSE"],
    "mount": ["ENOMEM", "EPERM", "EBUSY"],
    "umount2": ["EBUSY", "EPERM"],
    "prctl": ["EPERM"],
    "setresuid,setresgid,setgroups": ["EPERM"],
    "prlimit64,setrlimit": ["EPERM"],
}
AT_START = {**FAULTS, "signalfd4": ["EMFILE"], "rt_sigprocmask": ["EINVAL"], "setsid": ["EPERM"], "dup2,dup3": ["EMFILE"]}
STARTS = 4  # the first so many calls of each kind fail in turn


def names(calls):
    return ",".join(f"?{name}" for name in calls.split(","))


@pytest.fixture
def world(tmp_path):
    one = World(tmp_path)
    one.settings(f"mount = 127.0.0.1:/Users:{tmp_path}/target", "wait = 0", "retry_max = 0.1", "probe_timeout = 0.5")
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


def test_a_daemon_lives_through_every_failing_call(world):
    assert world.run("start").returncode == 0
    pid = world.pid()
    until("attempts", lambda: attempts(world) >= 2)
    cases = [(calls, error) for calls, errors in FAULTS.items() for error in errors]
    for calls, error in cases:
        with subprocess.Popen(["strace", "-f", "-qq", "-p", str(pid), "-e", f"trace={names(calls)}", "-e",
                               f"inject={names(calls)}:error={error}", "-o", "/dev/null"], stdin=subprocess.DEVNULL,
                              stderr=subprocess.PIPE) as tracer:
            until("the tracer", lambda: f"TracerPid:\t{tracer.pid}\n" in Path(f"/proc/{pid}/status").read_text())
            time.sleep(0.25)  # the fault itself
            assert is_alive(pid), f"ended by {calls} {error}"
            tracer.terminate()
        before = attempts(world)
        until(f"another attempt after {calls} {error}", lambda: attempts(world) > before)
    assert world.pid() == pid and len(cases) >= 45
    assert world.run("stop").returncode == 0
    until("its end", lambda: not is_alive(pid))
    assert world.lines("end")


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
