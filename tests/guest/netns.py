# SPDX-License-Identifier: MIT
"""A network of the test's own: a namespace with loopback, a tap device for the guest, and rules to make it a bad network.

The namespace has no name and no file: it is held by one process, and is gone with it.
"""

import ctypes
import os
import random
import re
import socket
import subprocess
import threading
import time
from pathlib import Path

import proc

GATEWAY = "192.168.65.1"
GUEST_ADDRESS = "192.168.65.2"
CLONE_NEWNET = 0x40000000


class Netns:
    def __init__(self):
        self.holder = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "sleep", "infinity"],
                                       stdin=subprocess.DEVNULL, start_new_session=True)
        mine = os.readlink("/proc/self/ns/net")
        proc.until("a network namespace", lambda: self._link("net") not in ("", mine), 10, every=0.005)
        proc.until("its mount namespace", lambda: Path(f"/proc/{self.holder.pid}/comm").read_text() == "sleep\n", 10, every=0.005)
        self.enter = ["nsenter", "-t", str(self.holder.pid), "-n", "-m", "--"]
        self.run("ip", "link", "set", "lo", "up")
        # nfs-ganesha wants one address besides 127.0.0.1, tap or no tap.
        self.run("ip", "addr", "add", "192.0.2.1/32", "dev", "lo")
        self.run("mount", "-t", "tmpfs", "run", "/run")

    def _link(self, kind):
        try:
            return os.readlink(f"/proc/{self.holder.pid}/ns/{kind}")
        except OSError:
            return ""

    def run(self, *command, **more):
        return proc.run([*self.enter, *command], **more)

    def daemon(self, command, log, **more):
        return proc.Daemon(self.enter, command, log, **more)

    def tap(self, name="tap0"):
        """The wire to a user-mode-linux guest; our end is the gateway's address."""
        self.run("ip", "tuntap", "add", name, "mode", "tap")
        self.run("ip", "addr", "add", f"{GATEWAY}/24", "dev", name)
        self.run("ip", "link", "set", name, "up")
        return name

    def bridge(self, *taps):
        """A wire between several user-mode-linux guests; nobody on it is us."""
        self.run("ip", "link", "add", "wire", "type", "bridge")
        self.run("ip", "link", "set", "wire", "up")
        for tap in taps:
            self.run("ip", "tuntap", "add", tap, "mode", "tap")
            self.run("ip", "link", "set", tap, "master", "wire", "up")

    def nft(self, *rules, hook="input"):
        """Adds rules to a chain of ours, e.g. "tcp dport 2049 drop". Existing ones stay."""
        self.run("nft", "add", "table", "inet", "test")
        self.run("nft", "add", "chain", "inet", "test", hook, f"{{ type filter hook {hook} priority 0; }}")
        for rule in rules:
            self.run("nft", "add", "rule", "inet", "test", hook, *rule.split())

    def lose(self, percent, seed=None):
        """Loses so many of a hundred packets of the guest's wire, each way, after a pattern that the seed draws."""
        seed = int(os.environ.get("USERMOUNT_SEED", time.time_ns() % 1_000_000)) if seed is None else seed
        print(f"lost packets: seed {seed} (USERMOUNT_SEED={seed} repeats it)")
        draw = random.Random(seed)
        for way, hook in (("iifname", "input"), ("oifname", "output")):
            lost = ", ".join(map(str, sorted(draw.sample(range(1000), percent * 10))))
            self.nft(f"{way} tap0 numgen inc mod 1000 {{ {lost} }} counter drop", hook=hook)

    def lost(self):
        """How many packets each rule that counts has dropped."""
        return [int(count) for count in re.findall(r"counter packets (\d+) ", self.run("nft", "list", "table", "inet", "test"))]

    def nft_clear(self):
        self.run("nft", "delete", "table", "inet", "test")

    def redirect(self, port, to, address=None):
        """What the guest sends to a port, of one address or of all, arrives at another one. The first rule that fits is it."""
        self.run("nft", "add", "table", "ip", "nat")
        self.run("nft", "add", "chain", "ip", "nat", "pre", "{ type nat hook prerouting priority -100; }")
        only = ["ip", "daddr", address] if address else []
        self.run("nft", "add", "rule", "ip", "nat", "pre", "iifname", "tap0", *only, "tcp", "dport", str(port), "redirect", "to", f":{to}")

    def socket(self, kind=socket.SOCK_STREAM):
        """A socket that lives in the namespace, usable from here."""
        return self.call(lambda: socket.socket(socket.AF_INET, kind))

    def call(self, function):
        """Runs a function on a thread that has entered the network namespace."""
        box = []

        def inside():
            with open(f"/proc/{self.holder.pid}/ns/net") as handle:
                if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET):
                    box.append(OSError(ctypes.get_errno(), "setns"))
                    return
            try:
                box.append(function())
            except BaseException as error:  # handed over to the caller
                box.append(error)

        thread = threading.Thread(target=inside)
        thread.start()
        thread.join()
        if isinstance(box[0], BaseException):
            raise box[0]
        return box[0]

    def close(self):
        self.holder.kill()
        self.holder.wait()
