# SPDX-License-Identifier: MIT
"""A guest that the Mac tells of edits: the real server, the real watcher on the server's side, and inotify in the guest."""

import shlex
import subprocess
import time

import proc
from lab import PACK
from paths import BUILD, HERE
from relay import Relay
from standin import Standin

PORT = 20490
IN = {"MODIFY": 0x2, "ATTRIB": 0x4, "CLOSE_WRITE": 0x8, "CLOSE_NOWRITE": 0x10, "OPEN": 0x20, "MOVED_FROM": 0x40, "MOVED_TO": 0x80,
      "CREATE": 0x100, "DELETE": 0x200}
ALL = sum(IN.values())
FRESH_S = 0.3  # the promise: nothing is stale after this; where two files of tests run at once, times the pace
WATCHS_OWN = ("NULL", "FSSTAT", "FSINFO", "PATHCONF")  # the agent's check of the mount, every 5 s; no work in it costs these

# setuid; sys_ptrace and dac_read_search
CAPABILITIES = {"reader": f"{0:016x}", "actor": f"{1 << 7:016x}", "scanner": f"{1 << 19 | 1 << 2:016x}"}


def calls_by_name(guest, target="/Users"):
    """How many calls of each name the guest has made for a mount, since it is mounted."""
    text = guest.must("cat /proc/self/mountstats")
    text = text[text.index(f" mounted on {target} with "):]
    rows = [line.split() for line in text.partition("\ndevice ")[0].splitlines()]
    return {row[0][:-1]: int(row[1]) for row in rows if len(row) > 1 and row[0].endswith(":") and row[0][:-1].isupper()}


def calls(guest, target="/Users"):
    """How many calls the guest has made for a mount, since it is mounted, but for the agent's own check of it."""
    return sum(count for name, count in calls_by_name(guest, target).items() if name not in WATCHS_OWN)


def wait_fresh(times=1):
    time.sleep(times * FRESH_S * proc.pace.factor)


class Edited:
    """A booted guest whose /Users is told of; `mac` runs commands on the server's side, as the Mac's user does."""

    def __init__(self, lab, watch=True, memory="256M", **settings):
        self.lab = lab
        self.relay = Relay(lab.netns, ports=(111, 2049, 20048, PORT))
        self.watcher = None
        if watch:
            self.start_watcher()
        lab.server.start()
        self.guest = lab.boot(lab.packed(**{"loglevel": "debug", **settings}), memory=memory)
        lab.docker_start(self.guest)

    def start_watcher(self, *words):
        self.watcher = self.lab.netns.daemon([PACK, "events", "--porcelain", *words, f"/Users={self.lab.server.users}"],
                                             self.lab.folder / "watcher.log")
        proc.until("the watcher listens", lambda: "event=listens" in (self.lab.folder / "watcher.log").read_text(), 10, every=0.02)

    def stop_watcher(self):
        self.watcher.kill()
        self.watcher = None

    def mac(self, script, **values):
        """A shell script in the project's folder, by uid 501."""
        proc.run(["setpriv", "--reuid", "501", "--regid", "20", "--clear-groups", "sh", "-ec", script],
                 cwd=self.lab.server.users / "me/project", **values)

    def status(self):
        line = self.guest.sh("usermount status --porcelain")[0]
        return dict(pair.split("=", 1) for pair in shlex.split(line))

    def wait_cache(self, cache, told, timeout=20):
        def look():
            status = self.status()
            return status.get("cache") == cache and (status["silent_boot_ms"] == "0") == told
        proc.until(f"cache is {cache}, told: {told}", look, timeout, every=0.1)

    def calls(self):
        return calls(self.guest)

    def family(self):
        """{who: pid} of the daemon and its stream's three processes, which differ in their capabilities."""
        daemon = self.guest.must("cat /run/usermount/pid").strip()
        found = {"daemon": daemon}

        def all_four():
            text = self.guest.sh(f"for p in $(cat /proc/{daemon}/task/{daemon}/children); do echo $p $(awk '/^CapEff/ {{ print $2 }}' /proc/$p/status); done")[0]
            rights = dict(reversed(line.split()) for line in text.splitlines() if len(line.split()) == 2)
            found.update({who: rights[mask] for who, mask in CAPABILITIES.items() if mask in rights})
            return len(found) == 4
        proc.until("the stream's processes", all_four, 10)
        return found

    def wait_alone(self):
        """Until the daemon has no child, such as the one that looks for containers."""
        proc.until("one process", lambda: self.guest.must("ps | grep -c '[u]sermount start'").strip() == "1", 10)

    def close(self):
        self.relay.close()


def build_program(folder, name):
    """A program of the tests' own for the guest, static: "watcher" for watcher.c."""
    program = folder / name
    kernel = next((BUILD / "libs").glob("*/kernel"))
    subprocess.run(["musl-gcc", "-static", "-Os", "-s", "-idirafter", kernel, "-o", program, HERE / f"{name}.c"], check=True)
    return program


class Watching:
    """inotify in the guest, in a stand-in for a container with a bind of the project, or in the guest itself."""

    numbers = iter(range(1, 1000))

    def __init__(self, edited, mask=ALL, *paths, container=True):
        self.edited, self.log = edited, f"/run/watch-{next(self.numbers)}"
        guest = edited.guest
        if guest.sh("test -x /run/watcher")[1]:
            program = build_program(edited.lab.server.users, "watcher")
            guest.must("cp /Users/watcher /run/watcher; chmod 755 /run/watcher; mkdir -p /mnt")
            program.unlink()
        enter = ""
        if container:
            if not hasattr(edited, "standin"):
                edited.standin = Standin(guest, "container", "mount --bind /Users/me/project src")
                guest.must(f"cp /run/watcher /proc/{edited.standin.pid}/root/bin/watcher")
            enter = f"nsenter -t {edited.standin.pid} -m -r /bin/watcher"
        words = " ".join(shlex.quote(path) for path in paths or (["/src"] if container else ["/Users/me/project"]))
        guest.must(f"{enter or '/run/watcher'} {mask:x} {words} > {self.log} 2>&1 < /dev/null & echo $! > {self.log}.pid")
        proc.until("the watcher in the guest", lambda: "ready" in guest.sh(f"cat {self.log}")[0], 10)
        self.seen = 1

    def rows(self):
        """What came since the last call: (name, mask) each."""
        rows = [line.split(" ", 3) for line in self.edited.guest.sh(f"cat {self.log}")[0].splitlines()]
        new, self.seen = rows[self.seen:], len(rows)
        return [(row[3] if len(row) > 3 else "", int(row[1], 16)) for row in new]

    def wait(self, name, mask, timeout=5):
        """Until an event of `name` with one of the mask's bits has come; everything that came."""
        got = []

        def look():
            got.extend(self.rows())
            return [row for row in got if row[0] == name and row[1] & mask]
        proc.until(f"an event {mask:x} of {name!r}", look, timeout, every=0.02)
        return got

    def settle(self, seconds=1, timeout=60):
        """Until nothing has come for a while."""
        size = f"stat -c %s {self.log}"
        proc.until("nothing comes any more", lambda: self.edited.guest.must(f"{size}; sleep {seconds}; {size}").split()[0] ==
                   self.edited.guest.must(size).strip(), timeout)

    def quiet(self, seconds=1.5):
        """What comes within a while in which nothing may."""
        time.sleep(seconds)
        return self.rows()
