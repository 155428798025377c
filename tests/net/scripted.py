# SPDX-License-Identifier: MIT
"""An NFS server by hand (RFC 1813, 1833, 5531): answers as a real one does, but for what a test tells it otherwise."""

import socket
import struct
import threading

RPCBIND, NFS, MOUNT = 100000, 100003, 100005
PORTS = {111: RPCBIND, 2049: NFS, 20048: MOUNT}
REGISTERED = ((NFS, 3, 2049), (MOUNT, 3, 20048))
DUMP, EXPORT, MNT, GETATTR = "dump", "exports", "mnt", "getattr"
CALLS = {(RPCBIND, 4): DUMP, (MOUNT, 5): EXPORT, (MOUNT, 1): MNT, (NFS, 1): GETATTR}


def words(*values):
    return struct.pack(f">{len(values)}I", *values)


def opaque(data):
    return words(len(data)) + data + bytes(-len(data) % 4)


def dump(registered=REGISTERED, protocol=6):
    return b"".join(words(1, program, version, protocol, port) for program, version, port in registered) + words(0)


def exports(*names):
    return b"".join(words(1) + opaque(name) + words(0) for name in names) + words(0)


def attributes():
    return words(0, 2, 0o40755, 2, 501, 20) + bytes(64)


def accepted(xid, body, status=0):
    return words(xid, 1, 0, 0, 0, status) + body


def rejected(xid, why):
    """MSG_DENIED, AUTH_ERROR and the reason."""
    return words(xid, 1, 1, 1, why)


def record(reply):
    return words(0x80000000 | len(reply)) + reply


class Scripted:
    """answers: {call or program: bytes of a result, or a function (connection, xid) that does as it likes}."""

    def __init__(self, netns, answers=None, ports=PORTS):
        self.answers = {DUMP: dump(), EXPORT: exports(b"/Users"), MNT: words(0) + opaque(b"handle") + words(1, 1),
                        GETATTR: attributes(), **(answers or {})}
        self.calls = []
        self.listeners, self.connections = [], []
        for port, program in ports.items():
            listener = netns.socket()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("127.0.0.1", port))
            listener.listen()
            self.listeners.append(listener)
            threading.Thread(target=self._accept, args=(listener, program), daemon=True).start()

    def _accept(self, listener, program):
        try:
            while True:
                connection, _ = listener.accept()
                self.connections.append(connection)
                threading.Thread(target=self._serve, args=(connection, program), daemon=True).start()
        except OSError:
            pass  # closed

    def _serve(self, connection, program):
        try:
            with connection.makefile("rb") as stream:
                while head := stream.read(4):
                    call = stream.read(struct.unpack(">I", head)[0] & 0x7fffffff)
                    xid, _, _, asked, _, procedure = struct.unpack(">6I", call[:24])
                    self._answer(connection, xid, program, CALLS.get((asked, procedure), f"null-{procedure}"))
        except (OSError, struct.error, ValueError):
            pass  # the probe was stopped

    def _answer(self, connection, xid, program, name):
        self.calls.append((program, name))
        answer = self.answers.get(name, self.answers.get(program, b""))
        if callable(answer):
            answer(connection, xid)
        else:
            connection.sendall(record(accepted(xid, answer)))

    def close(self):
        for one in self.listeners + self.connections:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
