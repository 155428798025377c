# SPDX-License-Identifier: MIT
"""A guest of `usermount-pack events`, written from docs/events.md and nothing else: it checks every rule of that page."""

import re
import select
import socket
import stat
import struct
import time
from dataclasses import dataclass

MAGIC = b"UMEV"
HELLO, FOLDERS, PING = 0x01, 0x02, 0x03
ALIVE, PING_S = 2 ** 63, 1
WELCOME, HEARD, PONG, EXPORT, RECORDS, REFUSAL = range(0x81, 0x87)
WATCHED, MISSING, UNKNOWN, FAILED = range(4)
FOLDER, GONE, BELOW, LISTED, SAME = 1, 2, 4, 8, 16


class Closed(Exception):
    """The watcher has hung up."""


@dataclass(frozen=True)
class Record:
    export: int
    flags: int
    mode: int
    inode: int
    folder_inode: int
    size: int
    mtime_ns: int
    path: bytes
    at: float = 0  # when it arrived, by time.monotonic()

    @property
    def gone(self):
        return bool(self.flags & GONE)

    @property
    def below(self):
        return bool(self.flags & BELOW)


def string(data):
    return struct.pack(">H", len(data)) + data


def frame(kind, body):
    return struct.pack(">IB", len(body) + 1, kind) + body


def hello(*exports, version=1):
    return frame(HELLO, MAGIC + struct.pack(">HB", version, len(exports)) + b"".join(map(string, exports)))


class Body:
    """The fields of a body, taken from its front."""

    def __init__(self, data):
        self.data = data

    def take(self, form):
        size = struct.calcsize(">" + form)
        assert len(self.data) >= size, "a frame ends too early"
        values, self.data = struct.unpack(">" + form, self.data[:size]), self.data[size:]
        return values[0] if len(values) == 1 else values

    def string(self):
        size = self.take("H")
        assert len(self.data) >= size, "a string ends too early"
        text, self.data = self.data[:size], self.data[size:]
        assert b"\0" not in text
        return text

    def end(self):
        assert self.data == b"", "a frame has bytes left over"


def check_path(path):
    assert 1 <= len(path) <= 4095
    for part in path.split(b"/"):
        assert 1 <= len(part) <= 255 and part not in (b".", b".."), path


def check_record(record):
    assert record.flags & ~31 == 0
    if record.path:
        check_path(record.path)
    else:
        assert record.flags & (FOLDER | BELOW) and not record.gone and record.folder_inode == 0
    if record.mode == 0:
        assert (record.inode, record.size, record.mtime_ns) == (0, 0, 0) and not record.flags & SAME
    else:
        assert not record.flags & (GONE | BELOW) and record.inode
        assert stat.S_ISDIR(record.mode) == bool(record.flags & FOLDER)
    if record.below:
        assert not record.flags & (FOLDER | GONE)


class Guest:
    """One connection. `netns` has the watcher; the exports are names, such as b"/Users"."""

    def __init__(self, netns, port=20490, limit_s=10):
        self.socket = netns.socket()
        self.socket.settimeout(limit_s)
        self.socket.connect(("127.0.0.1", port))
        self.pending = b""
        self.states, self.patterns, self.inodes, self.heard, self.pongs, self.records = {}, {}, {}, {}, [], []
        self.welcomed = False
        self.refusal = None

    def close(self):
        self.socket.close()

    def send(self, data):
        self.said = time.monotonic()
        self.socket.sendall(data)

    def greet(self, *exports):
        """Says hello, and waits for the state of each export."""
        self.names = exports
        self.send(hello(*exports))
        self.until(lambda: len(self.states) == len(exports))
        return self

    def name_folders(self, export, number, *folders):
        self.send(frame(FOLDERS, struct.pack(">BIH", export, number, len(folders)) + b"".join(map(string, folders))))
        self.until(lambda: self.heard.get(export) == number)

    def ping(self, token=7):
        self.send(frame(PING, struct.pack(">Q", token)))
        self.until(lambda: token in self.pongs)

    def until(self, ready, limit_s=10):
        """Reads frames until `ready` says so, and pings meanwhile as a guest does: the watcher drops who is silent."""
        deadline = time.monotonic() + limit_s
        while not ready():
            left = deadline - time.monotonic()
            assert left > 0, f"nothing came in {limit_s} s; {len(self.records)} records, {self.states}"
            if self.welcomed and time.monotonic() - self.said > PING_S:
                self.send(frame(PING, struct.pack(">Q", ALIVE)))
            self.read(min(left, PING_S))

    def quiet(self, for_s):
        """Reads whatever comes until nothing has come for so long."""
        while self.read(for_s):
            pass

    def read(self, limit_s):
        """Frames that come within the limit; false when there was none."""
        if not select.select([self.socket], [], [], limit_s)[0]:
            return False
        data = self.socket.recv(1 << 20)
        if not data:
            raise Closed()
        self.pending += data
        while len(self.pending) >= 4:
            length = struct.unpack(">I", self.pending[:4])[0]
            assert 1 <= length <= 65532
            if len(self.pending) < 4 + length:
                break
            one, self.pending = self.pending[4:4 + length], self.pending[4 + length:]
            self.take(one[0], Body(one[1:]))
        return True

    def take(self, kind, body):
        {WELCOME: self.on_welcome, HEARD: self.on_heard, PONG: self.on_pong, EXPORT: self.on_export,
         RECORDS: self.on_records, REFUSAL: self.on_refusal}[kind](body)
        body.end()

    def on_welcome(self, body):
        assert not self.welcomed and body.take("4s") == MAGIC and body.take("H") == 1
        self.welcomed = True

    def on_refusal(self, body):
        assert not self.welcomed and body.take("4s") == MAGIC
        self.refusal = body.take("HH")

    def on_heard(self, body):
        export, number = body.take("BI")
        self.heard[export] = number

    def on_pong(self, body):
        token = body.take("Q")
        if token != ALIVE:
            self.pongs.append(token)

    def on_export(self, body):
        assert self.welcomed
        export, state, inode, count = body.take("BBQB")
        assert state in range(4) and count <= 64 and (state == WATCHED) == (inode != 0)
        if len(self.states) < len(self.names):
            assert export == len(self.states), "the first states come in the order of the hello"
        self.states[export], self.inodes[export] = state, inode
        self.patterns[export] = [body.string() for _ in range(count)]
        for pattern in self.patterns[export]:
            check_path(pattern)

    def on_records(self, body):
        assert len(self.states) == len(self.names), "no record comes before the states"
        export, first = body.take("B"), True
        assert export < len(self.names)
        while body.data or first:
            flags, mode, inode, folder_inode, size, mtime_ns = body.take("HHQQQq")
            record = Record(export, flags, mode, inode, folder_inode, size, mtime_ns, body.string(), time.monotonic())
            check_record(record)
            self.records.append(record)
            first = False

    def drain(self):
        """The records so far, taken away."""
        records, self.records = self.records, []
        return records

    def paths(self):
        return [record.path for record in self.records]


def pattern_matches(pattern, path):
    """As the page says; for tests that compare with what was told."""
    parts, names = pattern.split(b"/"), path.split(b"/")
    if len(names) < len(parts):
        return False
    for part, name in zip(parts, names):
        regex = b"".join({ord("*"): b".*", ord("?"): b"."}.get(byte, re.escape(bytes([byte]))) for byte in part)
        if not re.fullmatch(regex, name, re.S):
            return False
    return True
