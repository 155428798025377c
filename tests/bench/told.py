# SPDX-License-Identifier: MIT
"""A guest that is told of edits, for the benches: the watcher and the Mac's user on the server's side, and other mounts of
the same export beside usermount's own, each with caches of its own."""

import contextlib
import itertools
import json
import subprocess
import sys
from types import SimpleNamespace

from world import HERE, SERVER, configure, proc, program, work  # the first: it knows where the modules of tests/guest are

from edits import IN, PORT, Watching, calls
from lab import PACK
from relay import Relay

PLAIN = "/mnt/plain"  # usermount's own options without a word about edits: what there is where no watcher runs


class Told:
    def __init__(self, lab, guest):
        self.lab, self.guest, self.users = lab, guest, lab.server.users
        self.numbers = itertools.count(1)
        self.relay = Relay(lab.netns, ports=(PORT,))
        inside = lab.server.inside(self.users)
        log = lab.folder / "events.log"
        log.unlink(missing_ok=True)
        self.watcher = lab.netns.daemon([PACK, "events", "--porcelain", f"/Users={inside}"], log)
        proc.until("the watcher listens", lambda: "event=listens" in log.read_text(), 10, every=0.02)
        self.user = subprocess.Popen([*lab.netns.enter, "sh", "-c", 'cd "$1" && shift && exec "$@"', "sh", inside, "setpriv", "--pdeathsig", "KILL",
                                      sys.executable, "-B", HERE / "mac_user.py"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.tool(program("shows"), "shows")

    def tool(self, binary, name):
        """A program into the guest, by way of the share: the ramdisk is made already."""
        there = self.users / name
        there.write_bytes(binary.read_bytes())
        self.guest.must(f"umount {PLAIN} 2>/dev/null; mkdir -p {PLAIN}; mount.nfs {SERVER}:/Users {PLAIN} -o vers=3,proto=tcp,mountproto=tcp,nolock && "
                        f"cp {PLAIN}/{name} /usr/bin/{name} && chmod 755 /usr/bin/{name}; umount {PLAIN}")
        there.unlink()

    def mac(self, *request):
        """What the Mac's user does; see mac_user.py."""
        self.user.stdin.write(json.dumps(request) + "\n")
        self.user.stdin.flush()
        line = self.user.stdout.readline()
        if not line:
            raise proc.Failed(f"mac_user.py ended at {request[0]}")
        return json.loads(line)

    def start(self, plain=False):
        """usermount with a coherent /Users and, with `plain`, a plain mount beside it."""
        self.stop()
        configure(self.guest, wait="10", mount=["/Users", f"/Users:{PLAIN}:cto"] if plain else ["/Users"])
        self.guest.must("/usr/sbin/usermount start")
        proc.until("a coherent mount that is told", lambda: "cache=coherent" in self.status() and "silent_boot_ms=0" in self.status(), 10, every=0.1)

    def status(self):
        return self.guest.sh("/usr/sbin/usermount status --porcelain")[0]

    def stop(self):
        self.guest.sh("/usr/sbin/usermount stop; for m in $(awk '$3 == \"nfs\" { print $2 }' /proc/mounts); do umount $m; done")

    def mount(self, target, options):
        """Another mount of the export; whatever it has in common with the others, it shares nothing with them."""
        options = ",".join(["vers=3,proto=tcp,mountproto=tcp,hard,nosharecache", *[o for o in options.split(",") if o]])
        self.guest.must(f"mkdir -p {target} && mount.nfs {SERVER}:/Users {target} -o {options}", 60)

    def calls(self, target="/Users"):
        return calls(self.guest, target)

    def work(self, words, target="/Users"):
        """work.c's, with the calls of this mount alone, as mountstats counts them."""
        before = self.calls(target)
        done = work(self.guest, words)
        return {"ms": done["ms"], "count": done["count"], "calls": self.calls(target) - before}

    def clock_us(self):
        """What to add to the guest's times to have the server's."""
        return sorted(int(self.guest.must(f"shows clock /Users/clock-{next(self.numbers)}")) for _ in range(5))[2]

    @contextlib.contextmanager
    def shown(self, words):
        """Runs shows.c in the background. The block gets an object; its `rows` are there when the block has ended."""
        log, shown = f"/run/shows-{next(self.numbers)}", SimpleNamespace(rows=[])
        self.guest.must(f"(shows {words} > {log} 2>&1; echo end >> {log}) < /dev/null > /dev/null 2>&1 &")
        proc.until("shows is there", lambda: self.guest.must(f"cat {log}"), 10, every=0.05)
        yield shown
        proc.until("shows ends", lambda: self.guest.must(f"tail -n 1 {log}").strip() == "end", 300, every=0.1)
        shown.rows = [line.split() for line in self.guest.must(f"cat {log}").splitlines()[:-1]]

    def close(self):
        self.stop()
        self.user.stdin.close()
        self.user.wait(10)
        self.watcher.kill()
        self.relay.close()


@contextlib.contextmanager
def told(lab, guest):
    one = Told(lab, guest)
    try:
        yield one
    finally:
        one.close()


__all__ = ["IN", "PLAIN", "Told", "Watching", "told"]
