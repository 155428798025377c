# SPDX-License-Identifier: MIT
"""The tests' end of the command line into the guest (the other end is moby/usr/lib/guest/shell)."""

import base64
import itertools
import threading
import time

import proc


class Channel:
    def __init__(self, socket, idle_s):
        """idle_s: how long an idle machine takes from here until the guest's end is there."""
        self.socket, self.idle_s, self.began = socket, idle_s, time.monotonic()
        self.numbers = itertools.count(1)
        self.answers = {}
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            with self.socket.makefile("r", errors="replace") as lines:
                for line in lines:
                    self._line(line.strip().split(" "))
        except OSError:
            pass  # closed under us: the guest is gone

    def _line(self, words):
        if words[0] == "0":
            proc.pace.measured(time.monotonic() - self.began, self.idle_s)
        if len(words) in (2, 3) and words[0].isdigit() and words[1].isdigit():
            self.answers[words[0]] = ("".join(words[2:]), int(words[1]))

    def ready(self):
        return "0" in self.answers

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
        wait(f"{command!r} in the guest", lambda: number in self.answers)
        text, code = self.answers.pop(number)
        return base64.b64decode(text).decode(errors="replace"), code

    def close(self):
        self.socket.close()
