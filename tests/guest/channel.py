# SPDX-License-Identifier: MIT
"""The tests' end of the command line into the guest (the other end is moby/usr/lib/guest/shell)."""

import base64
import itertools
import threading

import proc


class Channel:
    def __init__(self, socket):
        self.socket = socket
        self.numbers = itertools.count(1)
        self.texts, self.codes = {}, {}
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            with self.socket.makefile("r", errors="replace") as lines:
                for line in lines:
                    self._line(line.strip().split(" "))
        except OSError:
            pass  # closed under us: the guest is gone

    def _line(self, words):
        if len(words) == 3 and words[1] == "d":
            self.texts.setdefault(words[0], []).append(words[2])
        elif len(words) == 3 and words[1] == "e":
            self.codes[words[0]] = int(words[2])

    def ready(self):
        return "0" in self.codes

    def send(self, command):
        number = str(next(self.numbers))
        self.socket.sendall(f"{number} {base64.b64encode(command.encode()).decode()}\n".encode())
        return number

    def run(self, command, timeout, alive):
        def wait(what, condition):
            def look():
                if not alive():
                    raise proc.Failed(f"the guest ended during {command!r}")
                return condition()
            proc.until(what, look, timeout, every=0.02)

        wait("the command line of the guest", self.ready)
        number = self.send(command)
        wait(f"{command!r} in the guest", lambda: number in self.codes)
        text = base64.b64decode("".join(self.texts.get(number, [])))
        return text.decode(errors="replace"), self.codes[number]

    def close(self):
        self.socket.close()
