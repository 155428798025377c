# SPDX-License-Identifier: MIT
"""Stand-ins for containers: processes of the guest in mount namespaces of their own, with a root of their own."""

import base64

import proc

# `setup` runs in the guest, in the folder that becomes the root; `inside` when it is the root. There is only busybox.
SCRIPT = """set -e
mount -t tmpfs root /mnt
mkdir -p /mnt/bin /mnt/old /mnt/src
cp /bin/busybox /mnt/bin/busybox
cd /mnt
{setup}
cd /mnt
pivot_root . old
/bin/busybox umount -l /old
{inside}
echo $$ > /ready
exec /bin/busybox sleep 2147483647
"""


class Standin:
    def __init__(self, guest, name, setup, inside="", unshare="-m"):
        self.guest, self.name = guest, name
        text = base64.b64encode(SCRIPT.format(setup=setup, inside=inside).encode()).decode()
        self.pid = int(guest.must(
            f"echo {text} | base64 -d > /run/{name}.sh\n"
            f"setsid unshare {unshare} sh /run/{name}.sh < /dev/null > /run/{name}.log 2>&1 & echo $!"))
        proc.until(f"{name} is ready", self._ready, 20)

    def _ready(self):
        text, code = self.guest.sh(f"cat /proc/{self.pid}/root/ready; cat /run/{self.name}.log")
        if "sh:" in text or "mount:" in text:
            raise proc.Failed(f"{self.name}: {text}")
        return code == 0 and text.strip().isdigit()

    def sh(self, command):
        """(output, exit code) of a command that names the stand-in's root as $R."""
        return self.guest.sh(f"R=/proc/{self.pid}/root; {command}")

    def mounts(self):
        """mountinfo, as rows of words."""
        return [line.split() for line in self.guest.must(f"cat /proc/{self.pid}/mountinfo").splitlines()]

    def at(self, point):
        """(type, source, options) of each mount on a point, the lowest first."""
        rows = [row for row in self.mounts() if row[4] == point]
        return [(row[row.index("-") + 1], row[row.index("-") + 2], row[5]) for row in rows]

    def kill(self):
        self.guest.sh(f"kill -9 {self.pid}")
        proc.until(f"{self.name} has ended", lambda: self.guest.sh(f"kill -0 {self.pid}")[1] != 0, 10)
