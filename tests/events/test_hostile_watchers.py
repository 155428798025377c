# SPDX-License-Identifier: MIT
"""Watchers that lie, break the rules, flood, trickle and hang, against the real agent: it goes on, says once what was wrong,
and is none the larger. No NFS server is there, so that nothing but the stream is looked at; edits are in tests/guest."""

import os
import struct
import subprocess
import sys
import time
from pathlib import Path

import proc
import pytest
from client import EXPORT, FAILED, GONE, HELLO, PONG, RECORDS, UNKNOWN, frame, hello
from liar import LIVE, NO_FOLDER, OTHER_VERSION, PORT, WELCOMED, Watcher, record

sys.path.append(str(Path(__file__).resolve().parent.parent / "cli"))
from agent import AGENT  # noqa: E402


class Agent:
    """The daemon in the namespace, for one mount whose server refuses NFS."""

    def __init__(self, netns, folder):
        self.netns, self.folder, self.log = netns, folder, folder / "log"
        (folder / "conf").write_text(f"mount = 127.0.0.1:/Users:{folder}/target\nwait = 0\nretry_max = 0.2\n")
        (folder / "cmdline").write_text("quiet\n")
        assert self.run("start").returncode == 0
        self.pid = int((folder / "run/pid").read_text())

    def run(self, *words):
        options = ["--config", self.folder / "conf", "--cmdline", self.folder / "cmdline", "--log", self.log, "--run-dir", self.folder / "run"]
        return subprocess.run([*self.netns.enter, AGENT, *options, *words], capture_output=True, text=True, timeout=20,
                              stdin=subprocess.DEVNULL)

    def lines(self, event):
        return [line for line in self.log.read_text().splitlines() if f" event={event} " in line + " "]

    def attempts(self):
        text = self.run("status", "--porcelain").stdout
        return int(text.partition(" attempts=")[2].split()[0])

    def holds(self):
        """(descriptors, children) of the daemon, once it has come to rest."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return len(os.listdir(f"/proc/{self.pid}/fd")), len(children)


@pytest.fixture
def agent_with(netns, tmp_path):
    """agent_with(act) -> (agent, watcher), of which neither has met the other yet."""
    made = []

    def start(act):
        watcher = Watcher(netns, act)
        made.extend([watcher, Agent(netns, tmp_path)])
        return made[1], watcher

    yield start
    if made:
        made[1].run("stop")
        made[0].close()


def says(data):
    return lambda connection, number: connection.sendall(data)


def is_well(agent):
    began = time.monotonic()
    before = agent.attempts()
    assert time.monotonic() - began < 1
    proc.until("attempts go on", lambda: agent.attempts() > before, 10, every=0.05)


KIND, LENGTH = "a frame has an unexpected kind", "a frame is empty or longer than 64 KiB"
PATH, SILENT = "a path is not valid", "it has been silent for 10 s"
BROKEN = {
    "a guest's frame": (frame(HELLO, b""), KIND),
    "no length": (struct.pack(">IB", 0, 0), LENGTH),
    "too long": (struct.pack(">IB", 65533, RECORDS), LENGTH),
    "up": (record(b"me/../../etc/passwd"), PATH),
    "here": (record(b"me/./x"), PATH),
    "absolute": (record(b"/etc/passwd"), PATH),
    "empty part": (record(b"me//x"), PATH),
    "NUL": (record(b"me\0x"), PATH),
    "a part of 256 bytes": (record(b"n" * 256), PATH),
    "too many parts": (record(b"/".join([b"p"] * 20000)), PATH),
    "another export": (record(b"me", export=1), "a frame names an unknown export"),
    "unknown flags": (record(b"me", flags=0x4000), "the flags of a record contradict each other"),
    "gone with a size": (record(b"me", flags=GONE), "the numbers of a record contradict its flags"),
    "bytes left over": (frame(PONG, b"x" * 9), "a frame has bytes left over"),
    "cut short": (frame(PONG, b"x" * 7), "a frame ends too early"),
    "gone missing": (NO_FOLDER, "the folder is missing on the Mac"),
    "never watched": (frame(EXPORT, struct.pack(">BBQB", 0, UNKNOWN, 0, 0)), "it does not watch this export"),
    "cannot watch": (frame(EXPORT, struct.pack(">BBQB", 0, FAILED, 0, 0)), "it cannot watch this export"),
    "half a frame": (record(b"me/file")[:9], SILENT),
    "nothing more": (b"", SILENT),
}


@pytest.mark.parametrize("name", BROKEN)
def test_who_breaks_a_rule_is_left_named_once_and_called_again(agent_with, name):
    data, cause = BROKEN[name]
    agent, watcher = agent_with(lambda connection, number: connection.sendall(LIVE + data if number == 1 else LIVE))
    proc.until("it is told", lambda: agent.lines("edits-lost"), 20, every=0.02)
    assert [line.split(" event=")[1] for line in agent.lines("edits-lost")] == [
        f'edits-lost cause="the watcher on the Mac (port {PORT}) is lost: {cause}" fix="run usermount-pack doctor on the Mac"']
    is_well(agent)
    proc.until("it is met again", lambda: len(agent.lines("edits-told")) == 2, 20, every=0.05)
    assert watcher.hellos == [hello(b"/Users")] * 2


@pytest.mark.parametrize("answer", [b"", b"220 hello\r\n", WELCOMED, OTHER_VERSION, LIVE[:-1]],
                         ids=["nothing", "another protocol", "no export", "another version", "cut short"])
def test_who_never_is_a_watcher_gets_two_seconds_and_is_called_ever_more_rarely(agent_with, answer):
    agent, watcher = agent_with(says(answer))
    proc.until("three calls", lambda: len(watcher.connections) >= 3, 30, every=0.02)
    first, second, third = [at for at, _ in watcher.connections[:3]]
    assert third - second > 0.7 * (second - first) and third - first < 12
    assert agent.lines("edits-told") == [] and "cache" not in agent.run("status").stdout
    assert len(agent.lines("edits-refused")) == (answer == OTHER_VERSION)
    is_well(agent)


@pytest.mark.parametrize("answer, cause", [
    (OTHER_VERSION, "it speaks another version of the protocol: install the same release on the Mac and in the image"),
    (WELCOMED + NO_FOLDER, "the folder is missing on the Mac"),
], ids=["another version", "no folder"])
def test_a_watcher_that_refuses_is_told_in_its_own_words_once(agent_with, answer, cause):
    agent, watcher = agent_with(lambda connection, number: connection.sendall(LIVE if number == 3 else answer))
    proc.until("it serves at last", lambda: agent.lines("edits-told"), 30, every=0.02)
    assert len(watcher.connections) == 3
    assert [line.split(" event=")[1] for line in agent.lines("edits-refused")] == [
        f'edits-refused cause="the watcher on the Mac (port {PORT}) cannot be used: {cause}" fix="run usermount-pack doctor on the Mac"']


def test_a_frame_that_trickles_is_read_like_any(agent_with):
    def trickle(connection, number):
        for byte in LIVE:
            connection.sendall(bytes([byte]))
            time.sleep(0.005)
    agent, _ = agent_with(trickle)
    proc.until("it is told", lambda: agent.lines("edits-told"), 10, every=0.02)
    is_well(agent)


def test_a_flood_waits_in_the_watcher_s_own_queue_and_nothing_grows(agent_with):
    """Nothing is mounted, so nobody takes the records: the agent stops reading after some hundred kilobytes."""
    sent = []

    def flood(connection, number):
        connection.sendall(LIVE)
        connection.settimeout(3)
        for i in range(4000):
            sent.append(connection.send(record(b"me/%d" % i + b"/x" * 1000)))
    agent, watcher = agent_with(flood)
    proc.until("it is told", lambda: agent.lines("edits-told"), 10, every=0.02)
    proc.until("the flood has stopped", lambda: len(watcher.connections) == 1 and sum(sent) > 200_000, 10, every=0.05)
    before, held = agent.holds(), sum(sent)
    is_well(agent)
    assert agent.holds()[0] <= before[0] + 2 and agent.holds()[1] <= before[1] + 1
    assert held < 4 << 20 and agent.lines("edits-lost") == []


def test_connection_after_connection_leaves_nothing_behind(agent_with):
    """Each is ended as soon as it is told: what the daemon holds is the same after many as after few."""
    agent, watcher = agent_with(lambda connection, number: (connection.sendall(LIVE), time.sleep(0.05), connection.close()))

    def rest(count):
        proc.until(f"{count} connections", lambda: len(watcher.connections) >= count, 60, every=0.05)
        seen = []
        while len(watcher.connections) < count + 3:  # so it is seen between two of them, too
            seen.append(agent.holds())
            time.sleep(0.002)
        return tuple(map(min, zip(*seen)))
    few = rest(5)
    assert rest(25) == few
    is_well(agent)
