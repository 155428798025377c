# SPDX-License-Identifier: MIT
"""One test's world: a network, the Mac's server, packed ramdisks, disks, guests. Closed whole, whatever happened.

A failure leaves build/failed/NAME with the console, usermount.log, the packets and the cause in one line.
"""

import itertools
import os
import re
import runpy
import shutil
import sys

import debs
import lanes
import logs
import proc
from knfsd import KernelServer
from netns import GATEWAY, GUEST_ADDRESS, Netns
from paths import BUILD, FAILED, GUEST, HERE, REPO
from server import Server

PACK = BUILD / "usermount-pack"
BOOT_SECONDS = 90  # a boot takes 10; this is for a machine that is busy with something else

_numbers = itertools.count(1)
mkguest = runpy.run_path(str(HERE / "mkguest"))


class Lab:
    def __init__(self, name, lane="uml", kernel=False, **server):
        """kernel: the server is a second user-mode-linux with the kernel's nfsd; the rest is the server's own."""
        self.name = re.sub(r"[^\w.-]+", "-", name).strip("-")
        # Short: user-mode-linux keeps a socket below it.
        self.folder = GUEST / "run" / f"{os.getpid()}-{next(_numbers)}"
        self.folder.mkdir(parents=True)
        # What an earlier failure of this test left would only mislead.
        shutil.rmtree(FAILED / self.name, ignore_errors=True)
        self.lane, self.guests, self.server, self.netns, self.daemons = lane, [], None, None, []
        try:
            self.netns = Netns()
            if kernel:
                self.netns.bridge("tap0", "tap1")
                self.server = KernelServer(self.netns, self.folder, mkguest["image"]("knfsd"), **server)
            else:
                if lane == "uml":
                    self.netns.tap()
                self.server = Server(self.netns, self.folder, **server)
            self.sniff()
        except BaseException as error:
            self.close(f"{type(error).__name__}: {error}")
            raise

    def sniff(self):
        wire = "tap0" if self.lane == "uml" else "lo"
        command = ["dumpcap", "-q", "-i", wire, "-s", "400", "-a", "filesize:30000", "-w", self.folder / "wire.pcap"]
        self.daemons.append(self.netns.daemon(command, self.folder / "dumpcap.log"))

    def dhcp(self):
        """A DHCP server on the wire, which gives the guest the address that vpnkit gives."""
        conf = self.folder / "udhcpd.conf"
        conf.write_text(f"start {GUEST_ADDRESS}\nend {GUEST_ADDRESS}\ninterface tap0\nlease_file {self.folder}/leases\n"
                        f"pidfile {self.folder}/udhcpd.pid\noption router {GATEWAY}\noption subnet 255.255.255.0\n")
        (self.folder / "leases").touch()
        busybox = debs.unpacked(["busybox-static"])[0] / "bin/busybox"
        self.daemons.append(self.netns.daemon([busybox, "udhcpd", "-f", "-S", conf], self.folder / "udhcpd.log"))

    def stock(self, shape="moby-1.13"):
        """A copy of a ramdisk as it came, the test's to change."""
        copy = self.folder / f"{shape}.img"
        shutil.copyfile(mkguest["image"](shape), copy)
        return copy

    def packed(self, shape="moby-1.13", **settings):
        """A ramdisk with usermount in it, configured by the packer's --set."""
        image = self.stock(shape)
        pairs = [(key, v) for key, value in settings.items() for v in (value if isinstance(value, list) else [value])]
        words = [word for key, value in pairs for word in ("--set", f"{key}={value}")]
        self.pack("add", "--no-backup", *words, image)
        return image

    def pack(self, *words, **more):
        return proc.run([PACK, *words], cwd=REPO, **more)

    def disk(self, **more):
        return lanes.Disk(self.folder / f"var-{next(_numbers)}.ext4", **more)

    def boot(self, image, disk=None, append="", **more):
        guest = lanes.LANES[self.lane](self.netns, image, disk or self.disk(), self.folder, append, **more)
        self.guests.append(guest)
        return guest

    def docker_start(self, guest, timeout=BOOT_SECONDS):
        """Waits until docker starts, and returns what it saw."""
        guest.wait_for("docker: starts", timeout)
        return logs.docker_starts(guest.sh("cat /run/docker-start /var/log/docker-start 2>/dev/null")[0])[-1]

    def log(self, guest):
        """usermount.log of a running guest."""
        return logs.usermount(guest.sh("cat /var/log/usermount.log.1 /var/log/usermount.log 2>/dev/null")[0])

    def wait_log(self, guest, timeout, **wanted):
        """Waits for a line with these values; returns it."""
        def look():
            return [line for line in self.log(guest) if all(line.get(k) == v for k, v in wanted.items())]
        return proc.until(f"usermount.log has {wanted}", look, timeout, every=0.1)[-1]

    def unmount_idle(self, guest):
        """Unmounts /Users as soon as the agent does not look at it just now."""
        proc.until("it is unmounted", lambda: guest.sh("umount /Users")[1] == 0, 10)

    def held(self, record, log):
        """How long `start` held the boot: from its first line to the one that the wait is over, in seconds.

        The wait begins a moment before the first line. Docker's own start comes after that; how long OpenRC takes from one service to the next is the machine's affair.
        """
        over = next(line for line in log if line.get("event") == "wait-over")
        assert logs.moment(over["ts"]) <= logs.moment(record.utc) < logs.moment(over["ts"]) + 15
        return logs.moment(over["ts"]) - logs.moment(log[0]["ts"])

    def mounts(self, guest, target="/Users"):
        """What is mounted on a target: (id, type) of each, the lowest first. Each mount has its own id."""
        rows = [line.split() for line in guest.must("cat /proc/self/mountinfo").splitlines()]
        return [(row[0], row[row.index("-") + 1]) for row in rows if row[4] == target]

    def hold(self, guest, path="/Users"):
        """A process that stays in a mount: the mount's id is not given to a new one then, so that ids tell the two apart."""
        guest.must(f"cd {path} && (sleep 100000 </dev/null >/dev/null 2>&1 &)")

    def wait_mounted(self, guest, timeout, target="/Users"):
        proc.until(f"NFS on {target}", lambda: "nfs" in [kind for _, kind in self.mounts(guest, target)], timeout)

    def exported(self, name="/Users", depth=5):
        """What an ls -R of the export shows on the server, as paths in the guest."""
        top = self.server.path(name)
        paths = [top, *top.rglob("*")]
        return sorted(f"{name}/{p.relative_to(top)}".removesuffix("/.") for p in paths if len(p.relative_to(top).parts) <= depth)

    def close(self, cause=None):
        """Ends everything; with a cause, keeps what explains it, says where, and returns it."""
        for guest in self.guests:
            guest.resume()
            if cause and guest.running():
                _flush(guest)
            guest.kill()
        try:
            return self._keep(cause) if cause else None
        finally:
            self._end()

    def _end(self):
        if self.netns:
            self.netns.close()
            # The namespace's processes die with their wrappers.
            of_the_server = [getattr(self.server, name, None) for name in ("rpcbind", "ganesha", "machine")]
            for daemon in (*self.daemons, *of_the_server):
                if daemon:
                    daemon.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _keep(self, cause):
        kept = FAILED / self.name
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        (kept / "cause.txt").write_text(" ".join(cause.split()) + "\n")
        for guest in self.guests:
            number = guest.console_file.stem.removeprefix("console-")
            for name in ("usermount.log", "docker-start"):
                try:
                    (kept / f"{name}-{number}").write_text(guest.disk.read(f"/var/log/{name}"))
                except proc.Failed as error:
                    (kept / f"{name}-{number}").write_text(f"not readable: {error}\n")
        if self.server:
            self.server.evidence()
        for daemon in self.daemons:
            daemon.stop()  # the sniffer writes its last packets when it is asked to end
        for pattern in ("console-*.txt", "*.log", "*.out", "*.conf", "*.pcap", "knfsd/console-*.txt"):
            for file in self.folder.glob(pattern):
                shutil.copy(file, kept / str(file.relative_to(self.folder)).replace("/", "-"))
        print(f"\nwhat explains the failure is in {kept}", file=sys.__stderr__)
        return kept


def _flush(guest):
    """Brings the logs of a guest that is about to be killed onto its disk, if it still can."""
    try:
        guest.sh("sync", timeout=5)
    except proc.Failed:
        pass
