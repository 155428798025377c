# SPDX-License-Identifier: MIT
"""Processes that cannot outlive the test, and bounded waiting.

A daemon runs in a pid namespace of its own, whose first process dies with its wrapper, which dies with the test: whatever
happens to the test, Ctrl-C and SIGKILL included, nothing is left running, and nothing is ever looked up by name.
"""

import os
import signal
import subprocess
import time
from pathlib import Path


class Failed(AssertionError):
    """A wait ran out or a command failed; the text is the one-line cause."""


class pace:
    """How much slower than an idle machine this one is just now: the yardstick is a guest's boot (lab.py)."""
    factor = 1.0

    @classmethod
    def measured(cls, took_s, idle_s):
        cls.factor = min(max(1.0, took_s / idle_s), 10.0)


def until(what, condition, timeout, every=0.05, promise=False):
    """Polls condition() until it is true and returns its value; fails with `what` when the time is over.

    What waits for a state waits by the machine's own pace; only a limit that is a promise of the product's is fixed.
    """
    if not promise:
        timeout *= pace.factor
    end = time.monotonic() + timeout
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise Failed(f"{what}: not within {timeout} s")
        time.sleep(every)


class Daemon:
    """A program running in the background inside a namespace (a list of words that enter it)."""

    def __init__(self, enter, command, log, pass_fds=()):
        self.log = Path(log)
        self.name = Path(command[0]).name
        wrapper = ["setpriv", "--pdeathsig", "KILL", *enter, "unshare", "--pid", "--fork", "--kill-child", "--mount-proc"]
        # A shell is the first process, as a program that drops root (rpcbind) loses the death signal with it. And unshare(1)
        # ends with a complaint about its own signal mask: the program's words are kept, the wrapper's are not.
        inner = ["--", "sh", "-c", '"$@" 2>&1 & wait "$!"', "sh", *map(str, command)]
        with open(log, "ab") as out:
            self.wrapper = subprocess.Popen([*wrapper, *inner], stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=subprocess.DEVNULL, pass_fds=pass_fds)

    @property
    def pid(self):
        """The program's own pid; 0 when it is gone."""
        return _child(_child(self.wrapper.pid))

    def running(self):
        return self.wrapper.poll() is None

    def signal(self, number):
        if self.pid:
            os.kill(self.pid, number)

    def stop(self, timeout=5):
        """Asks, then kills."""
        self.signal(signal.SIGTERM)
        try:
            self.wrapper.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self):
        self.signal(signal.SIGKILL)
        try:
            self.wrapper.wait(5)
        except subprocess.TimeoutExpired:
            self.wrapper.kill()
            self.wrapper.wait()


def _child(pid):
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text() if pid else ""
    except OSError:
        return 0
    return int(text.split()[0]) if text.split() else 0


def run(command, timeout=60, check=True, **more):
    """A short command; its output as text."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, errors="replace", timeout=timeout, **more)
    if check and done.returncode:
        raise Failed(f"{' '.join(map(str, command))}: exit {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout
