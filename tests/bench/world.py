# SPDX-License-Identifier: MIT
"""The guest that the benches measure in: a Lab whose ramdisk also holds the other ways to mount, git, tc, and work.c.

It boots with usermount switched off; each bench starts what it measures.
"""

import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "guest"))
import debs  # noqa: E402
import peers  # noqa: E402
import proc  # noqa: E402
import rootfs  # noqa: E402
from lab import Lab  # noqa: E402
from peers import configure  # noqa: E402
from paths import BUILD, REPO  # noqa: E402
from server import Server  # noqa: E402

TOOLS = {"usr/bin/git": ("git", "zlib1g", "libpcre2-8-0", "libc6"),
         "sbin/tc": ("iproute2", "libbpf1", "libelf1", "libmnl0", "libbsd0", "libcap2", "libxtables12", "zlib1g", "libmd0", "libc6")}
MODULES = ["sch_netem", "autofs4"]
SERVER = "192.168.65.1"


def program(name):
    """A C program of the benches, static, for the guest."""
    binary = BUILD / "bench" / name
    binary.parent.mkdir(parents=True, exist_ok=True)
    headers = [word for folder in ("/usr/include", "/usr/include/x86_64-linux-gnu") for word in ("-idirafter", folder)]
    subprocess.run(["musl-gcc", "-static", "-Os", "-s", "-Wall", "-Wextra", *headers, "-o", binary, HERE / f"{name}.c"], check=True)
    return binary


class Locking(Server):
    """A server that also serves locks (a second program, rpc.statd, and NLM), and whose files are in memory, so that this
    machine's disk has no part in what is measured. That memory is its namespace's, and goes with it."""

    def __init__(self, netns, folder):
        (folder / "ram").mkdir()
        netns.run("mount", "-t", "tmpfs", "ram", folder / "ram")
        self.outside = f"/proc/{netns.holder.pid}/root"
        super().__init__(netns, folder)

    def path(self, name):
        return Path(f"{self.outside}{self.folder}/ram") / name.strip("/")

    def inside(self, path):
        """The name that a file of the server's has for the programs in its namespace."""
        return str(path).removeprefix(self.outside)

    def configure(self):
        super().configure()
        text = self.config.read_text().replace(self.outside, "").replace("Enable_NLM = false", "Enable_NLM = true")
        # No grace period after its start: it would hold what the bench does first.
        self.config.write_text(text + "NFSv4 { Graceless = true; }\n")

    def start_nfs(self):
        super().start_nfs()
        self.netns.run("mkdir", "-p", "/var/lib/nfs/sm", "/var/lib/nfs/sm.bak", "/run/rpc_pipefs")
        self.statd = self.netns.daemon(["rpc.statd", "-F", "--no-notify"], self.folder / "statd.log")


class World(Lab):
    def __init__(self, name, memory="192M", locks=False, autofs=False):
        """locks: the server has NLM. autofs: the ramdisk has it, which is 40 MB with its libraries."""
        super().__init__(name)
        self.memory, self.autofs = memory, autofs
        if locks:
            self.server = Locking(self.netns, self.folder)
        self.server.start()

    def enter(self):
        """Boots; returns the guest, at the end of its boot, with nothing mounted and usermount switched off."""
        tree = rootfs.modules(wanted=[*rootfs.MODULES, *MODULES]) | (peers.autofs() if self.autofs else {})
        for path, packages in TOOLS.items():
            tree |= peers.files([path], packages)
        for name in ("work", "bare"):
            rootfs.add_file(tree, f"usr/bin/{name}", program(name))
        return peers.guest(self, "moby-1.13-rpcbind", tree, memory=self.memory)

    def captured(self):
        """The packets until now; a new capture goes on from here."""
        self.daemons.pop(0).stop()  # a lab begins with its sniffer, and the benches add no other daemon
        pcap = self.folder / f"captured-{time.time():.3f}.pcap"
        (self.folder / "wire.pcap").rename(pcap)
        self.sniff()
        return pcap


def work(guest, words, timeout=300):
    """Runs work in the guest; {"ms", "calls", "count"}."""
    line = guest.must(f"work {words}", timeout).split("\n")
    _, ns, calls, count = next(text for text in reversed(line) if text).split()
    return {"ms": int(ns) / 1e6, "calls": int(calls), "count": int(count)}


def stands_by(guest):
    """rpcbind and rpc.statd in the guest, as after `mount` without nolock."""
    guest.must("mkdir -p /var/lib/nfs/sm /var/lib/nfs/sm.bak; pidof rpcbind || /sbin/rpcbind; "
               "pidof rpc.statd || /sbin/rpc.statd --no-notify")


def delay(guest, ms):
    """Holds each packet that the guest sends for so long: a stand-in for the way through vpnkit."""
    guest.sh("/sbin/tc qdisc del dev eth0 root 2>/dev/null")
    if ms:
        guest.must(f"/sbin/tc qdisc add dev eth0 root netem delay {int(ms * 1000)}us limit 10000")


__all__ = ["BUILD", "REPO", "SERVER", "World", "configure", "debs", "delay", "proc", "stands_by", "work"]
