# SPDX-License-Identifier: MIT
"""A second kind of server: the Linux kernel's nfsd in a user-mode-linux of its own, on the same wire as the guest.

It has the gateway's address, exports folders of its disk with everybody mapped to 501:20, and can lose its power. Unlike
nfs-ganesha it shows an export to clients that it denies, as macOS does.
"""

import proc
from lanes import Disk, Uml
from server import Mac

OPTIONS = "rw,insecure,no_subtree_check,all_squash,anonuid=501,anongid=20"
BOOT_SECONDS = 60


class UmlServer(Uml):
    """A machine keeps its MAC address when it is booted again: without that, clients ask a dead one for a minute."""
    name, defaults, wire = "knfsd", "", "tap1,02:00:c0:a8:41:01"


class KernelServer(Mac):
    """exports: name -> the clients it is for (by default the guest's network)."""

    def __init__(self, netns, folder, image, exports=None):
        super().__init__(folder, {"/Users": ""} if exports is None else exports)
        self.netns, self.image, self.machine, self.number, self.append = netns, image, None, 0, ""
        (self.path("/") / "exports").write_text(self.configure())
        self.disk = Disk(self.folder / "mac.ext4", files=self.users.parent)

    def start(self):
        """Boots it; returns when it serves."""
        (self.folder / "knfsd").mkdir(exist_ok=True)
        self.machine = UmlServer(self.netns, self.image, self.disk, self.folder / "knfsd", self.append, memory="128M")
        self.machine.wait_for("knfsd: serves", BOOT_SECONDS)

    def stop(self):
        """Pulls its plug; what it had on the disk stays."""
        if self.machine:
            self.machine.kill()

    def reconfigure(self, exports):
        self.exports = exports
        self.machine.must(f"{self._list()}\n/usr/lib/guest/export")

    def recreate(self, name="/Users"):
        """The folder of an export deleted and made anew, with one file in it, and exported under another number."""
        self.number += 100
        self.machine.must(f"exportfs -ua && umount {name} && rm -r /mac{name} && mkdir /mac{name} && echo new >/mac{name}/new\n"
                          f"{self._list()}\n/usr/lib/guest/export")

    def _list(self):
        return f"cat >/mac/exports <<'END'\n{self.configure()}END"

    def configure(self):
        lines = []
        for number, (name, clients) in enumerate(self.exports.items(), self.number + 1):
            lines.append(f"{name} {clients or '192.168.65.0/24'}({OPTIONS},fsid={number})\n")
        return "".join(lines)

    def evidence(self):
        """What a failure keeps of it."""
        if self.machine and self.machine.running():
            try:
                (self.folder / "knfsd.log").write_text(self.machine.sh("dmesg; exportfs -v", timeout=5)[0])
            except proc.Failed:
                pass
