# SPDX-License-Identifier: MIT
"""vpnkit's way to the Mac: what the guest sends to 192.168.65.1 reaches the server from 127.0.0.1 and from a port above 1023."""

import socket
import struct
import threading

NOTHING = struct.pack("ii", 1, 0)  # SO_LINGER: close with RST


class Relay:
    def __init__(self, netns, ports=(111, 2049, 20048)):
        self.netns = netns
        self.sources = []  # the ports the server sees
        self.listeners = [self._listen(port) for port in ports]

    def _listen(self, port):
        listener = self.netns.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("0.0.0.0", 40000 + port))
        listener.listen(64)
        self.netns.redirect(port, 40000 + port)
        threading.Thread(target=self._accept, args=(listener, port), daemon=True).start()
        return listener

    def _accept(self, listener, port):
        while True:
            try:
                guest, _ = listener.accept()
            except OSError:
                return  # closed
            threading.Thread(target=self._join, args=(guest, port), daemon=True).start()

    def _join(self, guest, port):
        server = self.netns.socket()
        try:
            server.bind(("127.0.0.1", 0))
            server.connect(("127.0.0.1", port))
        except OSError:
            guest.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, NOTHING)
            guest.close()
            server.close()
            return
        self.sources.append(server.getsockname()[1])
        for one, other in ((guest, server), (server, guest)):
            threading.Thread(target=self._pump, args=(one, other), daemon=True).start()

    @staticmethod
    def _pump(one, other):
        try:
            while data := one.recv(65536):
                other.sendall(data)
        except OSError:
            pass
        for end in (one, other):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        for listener in self.listeners:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
