# SPDX-License-Identifier: MIT
"""A guest with several mounts of several exports that it is told of, by either kind of server.

    /Users           on a file system with times in nanoseconds
    /Volumes/data    on one with times in whole seconds: ext4 with small inodes
    /Volumes/twice   mounted on /Volumes/twice and on /twice

The server is nfs-ganesha in a namespace of this machine, where a second watcher on a port of its own tells of /Volumes/data, or
the kernel's nfsd in a guest of its own, where one watcher runs beside the files and tells of all.
"""

import base64
import re
import shutil
import time

import logs
import proc
from edits import PORT, build_program
from lab import PACK
from lanes import Disk
from relay import Relay

USERS, DATA, TWICE = "/Users", "/Volumes/data", "/Volumes/twice"
TARGETS = (USERS, DATA, TWICE, "/twice")
DATA_ADDRESS = "192.168.65.9"  # of ganesha's second address: a server of its own for the guest, and a watcher of its own
SMALL_INODES = ["mkfs.ext4", "-q", "-F", "-I", "128", "-E", "no_copy_xattrs"]
AS_MAC = ["setpriv", "--reuid", "501", "--regid", "20", "--clear-groups"]


def own_lab(module_lab, name, **more):
    lab = module_lab(name, exports={USERS: "", DATA: "", TWICE: ""}, **more)
    for export in (DATA, TWICE):
        lab.server.path(export).mkdir(parents=True, exist_ok=True)
        proc.run(["chown", "501:20", lab.server.path(export)])
    return lab


def packed_programs(folder):
    """What both ends run: eyes and watcher, and the packer with all that it needs to run on another system."""
    folder.mkdir(parents=True)
    for name in ("eyes", "watcher"):
        build_program(folder, name)
    for file in (PACK, *re.findall(r"(/\S+) \(", proc.run(["ldd", PACK]))):
        shutil.copy(file, folder)
    return folder


class Mac:
    keeps_names = False  # the server itself, for as long as a folder's second is the same

    def eyes(self, *commands):
        """What eyes.c answers to each command there: a list of lines each."""
        lines = "\n".join(commands)
        return answers(self.run(f"{self.programs}/eyes <<'END'\n{lines}\nEND"))


class GaneshaMac(Mac):
    """nfs-ganesha; the Mac's commands run in its namespaces."""

    mounts = [USERS, f"{DATA_ADDRESS}:{DATA}", TWICE, f"{TWICE}:/twice"]
    keeps_names = True
    watches = {PORT: (USERS, TWICE), PORT + 1: (DATA,)}  # each watcher's port, and what it tells of

    def __init__(self, module_lab):
        self.lab = own_lab(module_lab, "fresh-ganesha")
        self.programs = packed_programs(self.lab.folder / "programs")
        self.watchers = {}
        netns, image = self.lab.netns, self.lab.folder / "data.ext4"
        netns.run(*SMALL_INODES, "-E", "root_owner=501:20,no_copy_xattrs", image, "48M")
        netns.run("mount", "-o", "loop", image, self.path(DATA))
        netns.run("ip", "addr", "add", f"{DATA_ADDRESS}/24", "dev", "tap0")
        netns.redirect(PORT, 40000 + PORT + 1, address=DATA_ADDRESS)
        self.relay = Relay(netns, ports=(111, 2049, 20048, PORT, PORT + 1))
        # It keeps fewer then; macOS has no such cache.
        self.lab.server.more = "MDCACHE { Dir_Chunk = 0; }\n"
        self.lab.server.start()

    def path(self, export):
        return self.lab.server.path(export)

    def run(self, script, as_root=False, in_second=False):
        return self.lab.netns.run(*([] if as_root else AS_MAC), "sh", "-ec", script)

    def start_watcher(self, port):
        log = self.lab.folder / f"watcher-{port}.log"
        log.unlink(missing_ok=True)
        places = [f"{export}={self.path(export)}" for export in self.watches[port]]
        self.watchers[port] = self.lab.netns.daemon([PACK, "events", "--porcelain", "--port", port, *places], log)
        proc.until("the watcher listens", lambda: "event=listens" in log.read_text(), 10, every=0.02)

    def stop_watcher(self, port):
        self.watchers.pop(port).kill()

    def begin_second(self):
        """Returns at the beginning of one: what follows at once has the same second, if the machine is not too busy."""
        if time.time() % 1 > 0.4:
            time.sleep(1.01 - time.time() % 1)

    def close(self):
        self.relay.close()


class KernelMac(Mac):
    """The kernel's nfsd; the Mac's commands run in its machine, whose clock is the test's to set."""

    mounts = [USERS, DATA, TWICE, f"{TWICE}:/twice"]
    watches = {PORT: (USERS, DATA, TWICE)}

    def __init__(self, module_lab):
        self.lab = own_lab(module_lab, "fresh-knfsd", kernel=True)
        server = self.lab.server
        packed_programs(server.path("programs"))
        self.programs = "/mac/programs"
        server.disk = Disk(self.lab.folder / "mac.ext4", files=server.path("/"))
        data = self.lab.folder / "data.ext4"
        proc.run([*SMALL_INODES, "-E", "root_owner=501:20,no_copy_xattrs", data, "48M"])
        server.append = f"ubd1={data}"
        self.second = int(time.time())
        server.start()
        self.run(f"echo mac:x:501:20::/:/bin/sh >> /etc/passwd\n"
                 f"exportfs -ua; umount {DATA}; mount -t ext4 /dev/ubdb {DATA}; /usr/lib/guest/export\n"
                 # The watcher listens on the loopback address alone, and vpnkit reaches it there.
                 f"setsid nc -ll -p {PORT} -e nc 127.0.0.1 {PORT + 1} < /dev/null > /dev/null 2>&1 &", as_root=True)

    def path(self, export):
        return export if export == DATA else f"/mac{export}"

    def run(self, script, as_root=False, in_second=False):
        """in_second: the clock is set back for it, so that all these have one second until the next begin_second()."""
        text = base64.b64encode(script.encode()).decode()
        shell = "sh -e" if as_root else "su -s /bin/sh mac -c 'exec sh -e \"$0\"'"
        clock = f"date -s @{self.second} > /dev/null" if in_second else ""
        return self.lab.server.machine.must(f"f=$(mktemp); chmod 644 $f; echo {text} | base64 -d > $f\n{clock}\n{shell} $f")

    def start_watcher(self, port):
        places = " ".join(f"{export}={self.path(export)}" for export in self.watches[port])
        self.run(f"cd {self.programs}\n"
                 f"setsid ./ld-linux-x86-64.so.2 --library-path . ./{PACK.name} events --porcelain --port {port + 1} {places} "
                 "< /dev/null > /run/watcher.log 2>&1 & echo $! > /run/watcher.pid", as_root=True)
        proc.until("the watcher listens", lambda: "event=listens" in self.run("cat /run/watcher.log", as_root=True), 10)

    def stop_watcher(self, port):
        self.run("kill -9 $(cat /run/watcher.pid)", as_root=True)

    def begin_second(self):
        self.second += 10

    def close(self):
        self.lab.server.stop()


def answers(text):
    """The lists of lines that each end with "end"."""
    parts = text.split("end\n")
    return [part.splitlines() for part in parts[:-1]]


class World:
    """The guest and its Mac, with everything mounted and told of."""

    def __init__(self, mac, module_lab):
        self.mac = mac(module_lab)
        self.lab = self.mac.lab
        for port in self.mac.watches:
            self.mac.start_watcher(port)
        programs = self.lab.folder / "var"
        programs.mkdir()
        for name in ("eyes", "watcher"):
            build_program(programs, name)
        self.guest = self.lab.boot(self.lab.packed(loglevel="debug", mount=self.mac.mounts), self.lab.disk(files=programs), memory="256M")
        self.lab.docker_start(self.guest)
        self.guest.must("cp /var/watcher /var/eyes /run; cd /run; mkfifo in out; setsid ./eyes 0<>in 1<>out 2>/dev/null &")
        for target in TARGETS:
            self.wait_cache(target, "coherent", told=True)
        self.show_events()

    def status(self, target):
        lines = logs.usermount(self.guest.sh("usermount status --porcelain")[0])
        return next((line for line in lines if line["target"] == target), {})

    def is_told(self, target):
        return self.status(target).get("silent_boot_ms") == "0"

    def wait_cache(self, target, cache, told, timeout=20):
        def look():
            status = self.status(target)
            return status.get("cache") == cache and (status["silent_boot_ms"] == "0") == told
        proc.until(f"{target}: cache is {cache}, told: {told}", look, timeout, every=0.1)

    def show_events(self):
        """From here on /run/events has a line for each edit that a mount is told of."""
        self.guest.must("[ ! -s /run/events.pid ] || kill $(cat /run/events.pid)\n"
                        "usermount events --porcelain > /run/events 2>&1 < /dev/null & echo $! > /run/events.pid")
        self.seen = 0
        self.wait_viewed()

    def wait_viewed(self):
        """Until the verb is connected to all mounts."""
        sockets = "ls -l /proc/$(cat /run/events.pid)/fd | grep -c socket:"
        proc.until("the view of edits", lambda: self.guest.sh(sockets)[0].strip() == str(len(TARGETS)), 10)

    def events(self):
        """(mount, path, did) of each edit that was told since the last call."""
        lines = logs.usermount(self.guest.must("cat /run/events"))
        new, self.seen = lines[self.seen:], len(lines)
        return [(line["mount"], line["path"], line["did"]) for line in new]

    def wait_told(self, *marks, timeout=10):
        """Until the mounts of the targets have been told of the paths since the last events(): marks are (target, path) each."""
        looks = " && ".join(f"tail -n +{self.seen + 1} /run/events | grep -q '^mount={target} path={path} '" for target, path in marks)
        proc.until(f"edits are told: {marks}", lambda: self.guest.sh(looks)[1] == 0, timeout, every=0.02)

    def ask(self, *commands):
        """What the eyes in the guest see, a list of lines for each command."""
        lines = "".join(f"printf '%s\\n' '{command}' > in\nwhile IFS= read -r l && [ \"$l\" != end ]; do echo \"$l\"; done < out; echo end\n"
                        for command in commands)
        return answers(self.guest.must(f"cd /run\n{lines}"))

    def truth(self, *commands):
        """The same on the server, where the files are."""
        return self.mac.eyes(*commands)

    def close(self):
        self.guest.sh("sync")
        self.guest.kill()
        self.mac.close()
