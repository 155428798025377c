# SPDX-License-Identifier: MIT
"""Fixtures of the watcher's tests: a namespace of the test's own with a file system that nothing else writes to, and the
watcher in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path[:0] = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent / "guest")]
import proc  # noqa: E402
from client import Guest  # noqa: E402
from netns import Netns  # noqa: E402

USERS = "/mnt/Users"  # where the export lies in the namespace


class Watcher:
    """`usermount-pack events` in the namespace; its lines are in `log`."""

    def __init__(self, netns, program, log, *words):
        self.log = log
        self.out = open(log, "wb")
        self.process = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", *netns.enter, program, "events", "--porcelain", *map(str, words)],
                                        stdin=subprocess.DEVNULL, stdout=self.out, stderr=subprocess.STDOUT)
        proc.until("the watcher", lambda: self.process.poll() is not None or "event=listens" in self.text(), 10, every=0.01)
        assert self.process.poll() is None, self.text()

    def text(self):
        return self.log.read_text()

    def lines(self, event):
        return [dict(pair.split("=", 1) for pair in line.split(" ")) for line in self.text().splitlines()
                if f" event={event}" in line]

    def pid(self):
        """Its own, not nsenter's: nsenter becomes it."""
        return self.process.pid

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(timeout=10)
        self.out.close()
        return code


@pytest.fixture
def netns():
    one = Netns()
    yield one
    one.close()


@pytest.fixture
def program(build):
    return build / "usermount-pack"


@pytest.fixture
def users(netns):
    """The export's folder on a file system of its own, as it is reached from here."""
    netns.run("mount", "-t", "tmpfs", "-o", "size=256m", "mnt", "/mnt")
    netns.run("mkdir", USERS, USERS + "/me")
    return Path(f"/proc/{netns.holder.pid}/root{USERS}")


@pytest.fixture
def watch(netns, program, tmp_path):
    """watch(word...) -> Watcher, of /Users in the namespace's folder unless it is said otherwise."""
    watchers = []

    def start(*words, exports=(f"/Users={USERS}",)):
        watchers.append(Watcher(netns, program, tmp_path / f"watcher{len(watchers)}.log", *words, *exports))
        return watchers[-1]

    yield start
    for watcher in watchers:
        watcher.end()


@pytest.fixture
def join(netns):
    """join(export...) -> a Guest that was greeted."""
    guests = []

    def connect(*exports, port=20490):
        guests.append(Guest(netns, port))
        return guests[-1].greet(*exports) if exports else guests[-1]

    yield connect
    for guest in guests:
        guest.close()


@pytest.fixture
def guest(users, watch, join):
    """One guest of /Users, and nothing that the set-up did waits for it."""
    watch()
    one = join(b"/Users")
    one.quiet(0.1)
    one.drain()
    return one


def by_path(records):
    """{path: record}, the last one of each."""
    return {record.path: record for record in records}


def inode(path):
    return os.lstat(path).st_ino
