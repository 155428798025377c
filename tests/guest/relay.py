# SPDX-License-Identifier: MIT
"""vpnkit's way to the Mac: what the guest sends to 192.168.65.1 reaches the server from 127.0.0.1 and from a port above 1023.

It can be a slow way (each chunk is held for a while, and those behind it with it), and it can forget flows that are idle,
as vpnkit does: nobody is told then, and what the guest sends next on such a flow is answered by a reset. A port can be
held: its new flows wait until it is let go.
"""

import queue
import socket
import struct
import threading
import time

NOTHING = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST


class Relay:
    def __init__(self, netns, ports=(111, 2049, 20048), delay_s=0, idle_s=None):
        self.netns, self.delay_s, self.idle_s = netns, delay_s, idle_s
        self.sources = []    # the ports the server sees
        self.forgotten = []  # the port of each flow that was idle for too long
        self.held, self.passing = {}, {}  # port -> what its flows wait for, and how many do not
        self.waiting = []    # the port of each that waits or has waited
        self.listeners = [self._listen(port) for port in ports]

    def _listen(self, port):
        listener = self.netns.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("0.0.0.0", 40000 + port))
        listener.listen(64)
        self.netns.redirect(port, 40000 + port)
        _thread(self._accept, listener, port)
        return listener

    def _accept(self, listener, port):
        while True:
            try:
                guest, _ = listener.accept()
            except OSError:
                return  # closed
            _thread(self._join, guest, port)

    def hold(self, port, but=0):
        """set() of what is returned lets it go. The first `but` flows pass."""
        self.held[port], self.passing[port] = threading.Event(), but
        return self.held[port]

    def _join(self, guest, port):
        if port in self.held and self.passing[port] > 0:
            self.passing[port] -= 1
        elif port in self.held:
            self.waiting.append(port)
            self.held[port].wait(60)
        server = self.netns.socket()
        try:
            server.bind(("127.0.0.1", 0))
            server.connect(("127.0.0.1", port))
        except OSError:
            _reset(guest)
            server.close()
            return
        self.sources.append(server.getsockname()[1])
        Flow(self, guest, server, port)

    def close(self):
        for listener in self.listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()


class Flow:
    """One connection of the guest and its twin to the server."""

    def __init__(self, relay, guest, server, port):
        self.relay, self.guest, self.server, self.port = relay, guest, server, port
        self.used = time.monotonic()
        self.forgotten = self.closed = False
        for one, other in ((guest, server), (server, guest)):
            # Without it one end's late acknowledgement holds up every second of two callers' small replies for 40 ms.
            other.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            chunks = queue.SimpleQueue()
            _thread(self._read, one, chunks)
            _thread(self._write, other, chunks)
        if relay.idle_s:
            _thread(self._forget)

    def _read(self, end, chunks):
        try:
            while True:
                data = end.recv(65536)
                if self.forgotten and end is self.guest:
                    _reset(end)  # even where it only hangs up: Linux does, after as many seconds as vpnkit
                if self.forgotten or not data:
                    break
                self.used = time.monotonic()
                chunks.put((self.used + self.relay.delay_s, data))
        except OSError:
            pass
        chunks.put((time.monotonic() + self.relay.delay_s, None))

    def _write(self, end, chunks):
        while True:
            due, data = chunks.get()
            time.sleep(max(0, due - time.monotonic()))
            if self.forgotten:
                return  # the guest hears nothing
            try:
                if data is None:
                    raise OSError("the other end closed")
                end.sendall(data)
            except OSError:
                self.closed = True
                for one in (self.guest, self.server):
                    _shut(one)
                return

    def _forget(self):
        while (left := self.used + self.relay.idle_s - time.monotonic()) > 0:
            time.sleep(left)
        if self.closed:
            return
        self.forgotten = True
        self.relay.forgotten.append(self.port)
        _shut(self.server)


def _thread(function, *arguments):
    threading.Thread(target=function, args=arguments, daemon=True).start()


def _shut(end):
    try:
        end.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass


def _reset(end):
    try:
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOTHING)
        end.close()
    except OSError:
        pass
