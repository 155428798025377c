# SPDX-License-Identifier: MIT
"""The agent as a user runs it, in network and mount namespaces of the test's own: no packet and no mount gets out."""

import contextlib
import os
import signal
import subprocess
import time
from pathlib import Path

REPO = Path(__file__).resolve().parent.parent.parent
BUILD = Path(os.environ.get("USERMOUNT_BUILD", REPO / "build")).resolve()
# Another agent than the one for this machine, or a script that runs it: tests/guest/test_arm64.py.
AGENT = Path(os.environ.get("USERMOUNT_AGENT", BUILD / "usermount"))


def until(what, condition, timeout=10):
    end = time.monotonic() + timeout
    while not (value := condition()):
        assert time.monotonic() < end, f"{what}: not within {timeout} s"
        time.sleep(0.01)
    return value


def freeze(pid):
    """Returns when the process stands still."""
    os.kill(pid, signal.SIGSTOP)
    until(f"{pid} stands still", lambda: ") T " in Path(f"/proc/{pid}/stat").read_text())


class World:
    """One test's files, and the namespaces in which every command of it runs. They die with their holder."""

    def __init__(self, folder):
        self.folder = folder
        self.conf, self.cmdline, self.log = folder / "conf", folder / "cmdline", folder / "log"
        self.run_dir = folder / "run"
        self.cmdline.write_text("quiet\n")
        self.settings()
        self.holder = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "-n", "-m", "sh", "-c",
                                        "ip link set lo up && echo ready && exec sleep infinity"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        assert self.holder.stdout.readline() == b"ready\n"
        self.enter = ["nsenter", "-t", str(self.holder.pid), "-n", "-m", "--"]

    def settings(self, *lines):
        """The settings file; by default a server that refuses at once, and a target inside the test's folder."""
        lines = lines or (f"mount = 127.0.0.1:/Users:{self.folder}/target", "wait = 0")
        self.conf.write_text("".join(line + "\n" for line in lines))

    def options(self, log=None):
        return ["--config", self.conf, "--cmdline", self.cmdline, "--log", log or self.log, "--run-dir", self.run_dir]

    def run(self, *words, log=None, timeout=30, **more):
        more = {"capture_output": True, **more}
        return subprocess.run([*self.enter, AGENT, *self.options(log), *words], text=True, timeout=timeout,
                              stdin=subprocess.DEVNULL, **more)

    def shell(self, script, **more):
        return subprocess.run([*self.enter, "sh", "-ec", script], text=True, timeout=30, capture_output=True, **more)

    def pid(self):
        return int((self.run_dir / "pid").read_text())

    @contextlib.contextmanager
    def paused(self):
        """The daemon stands still, and not amid replacing one of its files: they are the test's to read and to write."""
        pid = self.pid()

        def settled():
            freeze(pid)
            if not list(self.run_dir.glob("*.new")):
                return True
            return os.kill(pid, signal.SIGCONT)

        until("no file that is being replaced", settled)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def lines(self, event):
        text = self.log.read_text() if self.log.exists() else ""
        return [line for line in text.splitlines() if f"event={event} " in line + " "]

    def close(self):
        if (self.run_dir / "pid").exists():
            self.run("stop")
        self.holder.kill()
        self.holder.wait()
