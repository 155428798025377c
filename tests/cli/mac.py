# SPDX-License-Identifier: MIT
"""A Mac's files below a folder, for `usermount-pack doctor --root`, with an nfsd that answers as macOS' does."""

import os
import subprocess

import images

GOOD_EXPORTS = "/Users -alldirs -mapall=501:20 localhost\n"
GOOD_CONF = "nfs.server.mount.require_resv_port = 0\n"
DATABASE = "Users/me/Library/Containers/com.docker.docker/Data/database/com.docker.driver.amd64-linux/mounts"
GROUP = "Users/me/Library/Group Containers/group.com.docker"
IMAGE = "Applications/Docker.app/Contents/Resources/moby/initrd.img"
SHARES = "/Volumes:/Volumes\n/private:/private\n/tmp:/tmp\n"

NAMES = {
    "etc/passwd": "##\n# User Database\n##\nnobody:*:-2:-2:Unprivileged User:/var/empty:/usr/bin/false\n"
                  "root:*:0:0:System Administrator:/var/root:/bin/sh\ndaemon:*:1:1:System Services:/var/root:/usr/bin/false\n"
                  "_www:*:70:70:World Wide Web Server:/Library/WebServer:/usr/bin/false\nwww:*:70:70::/:/usr/bin/false\n"
                  "me:*:501:20:Me:/Users/me:/bin/bash\nyou:*:502:20:You:/Users/you:/bin/bash\n",
    "etc/group": "##\n# Group Database\n##\nnobody:*:-2:\nnogroup:*:-1:\nwheel:*:0:root\ndaemon:*:1:root\nstaff:*:20:root\n"
                 "admin:*:80:root\neveryone:*:12:\n_www:*:70:\nwww:*:70:\n",
    "etc/hosts": "##\n# Host Database\n##\n::1             localhost\n127.0.0.1\tlocalhost\n192.168.1.10 my-mac.local # me\n"
                 "10.0.0.11 hosta\n10.0.0.12 hostb\n",
    "etc/networks": "##\n# Networks Database\n##\nloopback\t127\t\tloopback-net\n",
    "etc/netgroup": "friends (hosta,,) (hostb,,)\n",
}

PLIST = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
\t<key>{other}</key>
\t<string>something else</string>
\t<key>{key}</key>
\t<string>{value}</string>
</dict>
</plist>
"""

# Its words are those of nfsd/main.c and mountd.c. A line with BAD in it is one that checkexports complains of.
NFSD = """#!/bin/sh
here=${0%/*}
echo "$*" >>"$here/nfsd.log"
file=$here/../etc/exports
[ "$1" != -F ] || { file=$2; shift 2; }
case $1 in
status)
    [ -e "$here/nfsd.disabled" ] && echo "nfsd service is disabled" || echo "nfsd service is enabled"
    [ -e "$here/nfsd.stopped" ] && { echo "nfsd is not running"; exit 1; }
    echo "nfsd is running (pid 77, 8 threads)" ;;
checkexports)
    [ ! -e "$here/nfsd.stopped" ] || echo "nfsd is not running, can't verify exports permissions" >&2
    bad=$(grep -n BAD "$file" | sed 's/^\\([0-9]*\\):.*BAD\\(.*\\)/exports:\\1: this line is bad\\2/')
    [ -z "$bad" ] || { echo "$bad" >&2; exit 1; } ;;
enable) rm -f "$here/nfsd.disabled" "$here/nfsd.stopped" ;;
start) rm -f "$here/nfsd.stopped" ;;
update) ;;
*) echo "usage: nfsd" >&2; exit 64 ;;
esac
"""


class Mac:
    """Well set up unless told otherwise: macOS 10.12, Docker 17.09 with a packed image, and nfsd running."""

    def __init__(self, build, root, macos="10.12.6", docker="17.09.1-ce-mac42", packed=True):
        self.program, self.root = build / "usermount-pack", root
        self.enter = []  # the words that run it elsewhere
        self.share = root.parent / "share"
        for arch, machine in (("x86_64", images.X86_64), ("aarch64", images.AARCH64)):
            (self.share / arch).mkdir(parents=True)
            (self.share / arch / "usermount").write_bytes(images.elf(machine, payload=b"agent"))
        (self.share / "usermount.conf").write_text("# nothing set\n")
        (self.share / "usermount.initd").write_text("#!/sbin/openrc-run\n")
        self.write("etc/exports", GOOD_EXPORTS)
        self.write("etc/nfs.conf", GOOD_CONF)
        self.write("System/Library/CoreServices/SystemVersion.plist",
                   PLIST.format(other="ProductBuildVersion", key="ProductVersion", value=macos))
        self.write("Applications/Docker.app/Contents/Info.plist",
                   PLIST.format(other="CFBundleVersion", key="CFBundleShortVersionString", value=docker))
        self.write(DATABASE, SHARES)
        self.write(IMAGE, images.moby())
        self.write("sbin/nfsd", NFSD).chmod(0o755)
        os.chown(root / "Users/me", 501, 20)
        if packed:
            self.run("add", "--no-backup", root / IMAGE)

    def write(self, path, data):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data.encode() if isinstance(data, str) else data)
        return file

    def names(self):
        """What exports can name, and what is no user, group or host here."""
        for path, text in NAMES.items():
            self.write(path, text)

    def read(self, path):
        return (self.root / path).read_bytes().decode()

    def log(self):
        """What nfsd was asked, paths left out."""
        text = self.read("sbin/nfsd.log") if (self.root / "sbin/nfsd.log").exists() else ""
        return ["-F FILE checkexports" if line.startswith("-F ") else line for line in text.splitlines()]

    def run(self, *arguments, code=0, env=None):
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SUDO_")}
        done = subprocess.run([*self.enter, self.program, *map(str, arguments)], capture_output=True, text=True, timeout=60,
                              env={**clean, "USERMOUNT_SHARE": str(self.share), **(env or {})})
        assert code in (None, done.returncode), (done.returncode, done.stdout, done.stderr)
        return done

    def doctor(self, *arguments, **more):
        return self.run("doctor", "--root", self.root, *arguments, **more)

    def findings(self, *arguments, code):
        """The findings of --porcelain as dictionaries, blanks put back. code None: any."""
        lines = self.doctor("--porcelain", *arguments, code=code).stdout.splitlines()
        return [{key: plain(value) for key, value in (word.split("=", 1) for word in line.split(" "))}
                for line in lines if line.startswith("finding=")]


def plain(word):
    """A word of --porcelain without its escapes."""
    parts = word.split("\\")
    return parts[0] + "".join(chr(int(part[:3], 8)) + part[3:] for part in parts[1:])
