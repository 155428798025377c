# SPDX-License-Identifier: MIT
"""Stand-ins for the watcher on the Mac, by hand from docs/events.md: they say what a test tells them, be it a lie."""

import struct
import threading
import time

from client import EXPORT, FOLDERS, HEARD, MAGIC, MISSING, PING, PONG, RECORDS, REFUSAL, WATCHED, WELCOME, frame, string

PORT = 20490
WELCOMED = frame(WELCOME, MAGIC + struct.pack(">H", 1))
OTHER_VERSION = frame(REFUSAL, MAGIC + struct.pack(">HH", 2, 3))
NO_FOLDER = frame(EXPORT, struct.pack(">BBQB", 0, MISSING, 0, 0))


def watched(*patterns, inode=77):
    return frame(EXPORT, struct.pack(">BBQB", 0, WATCHED, inode, len(patterns)) + b"".join(map(string, patterns)))


LIVE = WELCOMED + watched(b"*/Library")


def record(path, export=0, flags=0, mode=0o100644, size=1, inode=5, folder_inode=6, mtime_ns=7):
    return frame(RECORDS, struct.pack(">BHHQQQq", export, flags, mode, inode, folder_inode, size, mtime_ns) + string(path))


class Watcher:
    """Takes each connection, hears the hello, and does what `act(connection, number)` does; the first is number 1."""

    def __init__(self, netns, act):
        self.listener = netns.socket()
        self.listener.setsockopt(1, 2, 1)  # SOL_SOCKET, SO_REUSEADDR
        self.listener.bind(("127.0.0.1", PORT))
        self.listener.listen()
        self.act, self.connections, self.hellos = act, [], []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections.append((time.monotonic(), connection))
            threading.Thread(target=self.talk, args=(connection, len(self.connections)), daemon=True).start()

    def talk(self, connection, number):
        try:
            self.hellos.append(connection.recv(4096))
            self.act(connection, number)
        except OSError:
            pass

    def close(self):
        self.listener.shutdown(2)
        self.listener.close()
        for _, connection in self.connections:
            connection.close()


class Liar(Watcher):
    """Answers pings and lists of folders, so that it stays in business, and tells what the test wants it to."""

    def __init__(self, netns, first=LIVE):
        self.first, self.guest, self.folders, self.lock = first, None, [], threading.Lock()
        super().__init__(netns, self.keep)

    def keep(self, connection, _):
        self.guest = connection
        self.tell(self.first)
        pending = b""
        while data := connection.recv(65536):
            pending += data
            while len(pending) >= 4 and len(pending) >= (end := 4 + struct.unpack(">I", pending[:4])[0]):
                self.hear(pending[4], pending[5:end])
                pending = pending[end:]

    def hear(self, kind, body):
        if kind == PING:
            self.tell(frame(PONG, body))
        elif kind == FOLDERS:
            count, at, folders = struct.unpack(">H", body[5:7])[0], 7, []
            for _ in range(count):
                size = struct.unpack(">H", body[at:at + 2])[0]
                folders.append(body[at + 2:at + 2 + size])
                at += 2 + size
            self.folders.append(folders)
            self.tell(frame(HEARD, body[:5]))

    def tell(self, *data):
        with self.lock:
            self.guest.sendall(b"".join(data))

    def hang_up(self):
        self.guest.shutdown(2)
