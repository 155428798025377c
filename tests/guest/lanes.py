# SPDX-License-Identifier: MIT
"""The two ways to boot the same ramdisk: user-mode-linux (seconds), and QEMU with a network like Docker for Mac's.

    guest = Uml(netns, image, disk, folder)
    guest.wait_for("docker: starts", 60)
    text, code = guest.sh("cat /proc/mounts")
    guest.powerdown()
    disk.read("/var/log/usermount.log")
"""

import os
import re
import shutil
import signal
import socket
from pathlib import Path

import debs
import proc
import rootfs
from channel import Channel
from paths import GUEST

# Moby's own, with the stray comma after a quoted value. What the tests add comes after it.
MOBY = ('earlyprintk=serial console=ttyS0 com.docker.driver="com.docker.driver.amd64-linux", '
        'com.docker.database="com.docker.driver.amd64-linux" ntp=gateway mobyplatform=mac')


class Disk:
    """The ext4 disk that the guest has on /var, and reading it afterwards without mounting it."""

    def __init__(self, path, size="96M", files=None):
        """files: a folder whose content the disk has from the start; empty without."""
        self.path = Path(path)
        if files:
            proc.run(["mke2fs", "-q", "-F", "-t", "ext4", "-d", files, self.path, size])
            return
        template = GUEST / f"var-{size}.ext4"
        with debs.lock("disk"):
            if not template.exists():
                fresh = template.with_suffix(".new")
                proc.run(["truncate", "-s", size, fresh])
                proc.run(["mke2fs", "-q", "-F", "-t", "ext4", fresh])
                fresh.rename(template)
        proc.run(["cp", "--sparse=always", "--reflink=auto", template, self.path])

    def read(self, path):
        """A file of /var as text; empty when it is not there. The guest must be down."""
        # A guest that was killed leaves a journal to replay; exit 1 says that was done.
        proc.run(["e2fsck", "-fp", self.path], check=False)
        return proc.run(["debugfs", "-R", f"cat {path.removeprefix('/var')}", self.path])


class Lane:
    """What the lanes have in common; a subclass says how its machine is started."""

    name = ""
    defaults = ""
    idle_boot_s = 1  # until its command line is there, on an idle machine: the yardstick for what waits for a state

    def __init__(self, netns, image, disk, folder, append="", memory="192M"):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.console_file = self.folder / f"console-{self._boot_number()}.txt"
        self.netns, self.image, self.disk, self.memory = netns, Path(image), disk, memory
        self.command_line = f"{MOBY} {self.defaults} {append}".strip()
        ours, theirs = socket.socketpair()
        with theirs, open(self.console_file, "ab") as console:
            fds = (console.fileno(), theirs.fileno())
            self.machine_process = netns.daemon(self.machine(*fds), self.folder / f"{self.name}.out", pass_fds=fds)
        self.channel = Channel(ours, self.idle_boot_s)

    def _boot_number(self):
        return 1 + len(list(self.folder.glob("console-*.txt")))

    def machine(self, console, shell):
        """The command; its serial lines go to these two file descriptors."""
        raise NotImplementedError

    @property
    def console(self):
        return self.console_file.read_text(errors="replace").replace("\r", "")

    def running(self):
        return self.machine_process.running()

    def wait_for(self, pattern, timeout):
        """Waits for a pattern on the console; returns the match."""
        def look():
            found = re.search(pattern, self.console, re.M)
            if not found and not self.running():
                raise proc.Failed(f"{self.name}: the guest ended before its console showed {pattern!r}")
            return found
        return proc.until(f"{self.name}: {pattern!r} on the console", look, timeout)

    def sh(self, command, timeout=30):
        """Runs a command in the guest; (output, exit code)."""
        return self.channel.run(command, timeout, alive=self.running)

    def must(self, command, timeout=30):
        """Runs a command that has to succeed; its output."""
        text, code = self.sh(command, timeout)
        if code:
            raise proc.Failed(f"{self.name}: {command!r} in the guest: exit {code}: {text.strip()}")
        return text

    def pause(self):
        """Stops the whole machine, as the Mac's sleep does."""
        self.machine_process.signal(signal.SIGSTOP)

    def resume(self):
        self.machine_process.signal(signal.SIGCONT)

    def powerdown(self, timeout=30):
        """An orderly end; killed, and an error, when it takes too long."""
        if self.running():
            self.channel.send("poweroff")
        try:
            proc.until(f"{self.name}: power off", lambda: not self.running(), timeout)
        finally:
            self.kill()

    def kill(self):
        """Pulls the plug."""
        self.machine_process.kill()
        self.channel.close()


class Uml(Lane):
    name = "uml"
    defaults = "guest.net=static"
    wire = "tap0"  # and, after a comma, the guest's own MAC address

    def machine(self, console, shell):
        # umid keeps its files in the test's folder, and a short path, as they hold a socket.
        return ["env", "TMPDIR=/dev/shm", "linux.uml", f"mem={self.memory}", f"initrd={self.image}", f"ubd0={self.disk.path}",
                f"eth0=tuntap,{self.wire}", "con=null", "ssl=null", f"ssl0=null,fd:{console}", f"ssl1=fd:{shell}", f"uml_dir={self.folder}/",
                "umid=uml", *self.command_line.split(" ")]


class Qemu(Lane):
    name = "qemu"
    idle_boot_s = 6
    architecture = rootfs.AMD64
    program = ("qemu-system-x86_64", "-cpu", "max")
    serial = ("-serial", "chardev:tty", "-serial", "chardev:sh")

    def machine(self, console, shell):
        kernel = next((rootfs.kernel(self.architecture) / "boot").glob("vmlinuz-*"))
        net = "user,id=net,net=192.168.65.0/24,host=192.168.65.1,dhcpstart=192.168.65.2,ipv6=off"
        return [*self.program, "-accel", "tcg", "-m", self.memory, "-nodefaults", "-display", "none",
                "-no-reboot", "-kernel", kernel, "-initrd", self.image, "-append", self.command_line,
                "-drive", f"file={self.disk.path},if=virtio,format=raw", "-netdev", net,
                "-device", "virtio-net-pci,netdev=net,romfile=",
                "-chardev", f"file,id=tty,path=/dev/fd/{console},append=on", "-chardev", f"socket,id=sh,fd={shell}", *self.serial]


class QemuArm64(Qemu):
    """The board has no second serial line, so both are PCI's: ttyS0 and ttyS1, as on the other lanes."""
    name = "qemu-arm64"
    idle_boot_s = 20
    architecture = rootfs.ARM64
    program = ("qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57")
    serial = ("-device", "pci-serial,chardev=tty", "-device", "pci-serial,chardev=sh")


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)


LANES = {"uml": Uml, "qemu": Qemu, "qemu-arm64": QemuArm64}
