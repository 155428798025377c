# SPDX-License-Identifier: MIT
"""Other ways to have /Users mounted at boot, each as files that go behind a stock ramdisk, and a service that is started.

The programs are Debian's, with the shared libraries they ask for; the services are in ways/.
"""

import dataclasses
import time

import cpio
import debs
import rootfs
from paths import HERE

KRB5 = "libgssapi-krb5-2 libkrb5-3 libk5crypto3 libcom-err2 libkrb5support0 libkeyutils1".split()
NFS_PACKAGES = ["nfs-common", "libtirpc3", "libtirpc-common", "libmount1", "libblkid1", "libselinux1", "libpcre2-8-0", *KRB5,
                "libwrap0", "libcap2", "libnsl2", "netbase", "libc6"]
AUTOFS_PACKAGES = ["autofs", "libxml2", "libtirpc3", "libtirpc-common", *KRB5, "libicu72", "liblzma5", "zlib1g", "libstdc++6",
                   "libgcc-s1", "netbase", "libc6"]
AUTOFS_MODULES = "lookup_file lookup_files parse_sun mount_nfs mount_bind".split()


@dataclasses.dataclass(frozen=True)
class Way:
    """How a way mounts /Users: the service that does it, the files it adds to the ramdisk, where those come from."""

    name: str
    service: str
    files: tuple = ()
    packages: tuple = ()
    needs_rpcbind: bool = False


MOUNT_NFS = ("sbin/mount.nfs", "sbin/umount.nfs", "etc/netconfig", "etc/services", "etc/protocols")
STATD = ("sbin/rpc.statd", "sbin/sm-notify", "usr/sbin/start-statd")

WAYS = {way.name: way for way in (
    Way("the seed's script, mount.nfs", "seed", MOUNT_NFS, tuple(NFS_PACKAGES), needs_rpcbind=True),
    Way("busybox mount", "busybox"),
    Way("klibc nfsmount", "klibc", ("usr/lib/klibc/bin/nfsmount",), ("klibc-utils", "libklibc")),
    Way("fstab, OpenRC's netmount", "netmount", MOUNT_NFS, tuple(NFS_PACKAGES)),
)}


def files(wanted, packages):
    """A tree of these files, found in any of the packages, and of the shared libraries that the programs among them need."""
    tree = {}
    folders = debs.unpacked(list(packages))
    for path in wanted:
        source = next((f / path for f in folders if (f / path).exists() or (f / path).is_symlink()), None)
        if source is None:
            raise SystemExit(f"peers: none of {' '.join(packages)} holds {path}")
        rootfs.add_file(tree, path, source)
    if "libc6" in packages:
        rootfs.add_libraries(tree, folders)
    if "libklibc" in packages:
        for library in (folders[packages.index("libklibc")] / "lib").glob("klibc-*.so"):
            rootfs.add_file(tree, f"lib/{library.name}", library)
    return tree


def autofs():
    """automount, with the modules that one NFS map needs."""
    modules = tuple(f"usr/lib/x86_64-linux-gnu/autofs/{name}.so" for name in AUTOFS_MODULES)
    return files(("usr/sbin/automount", *modules), AUTOFS_PACKAGES)


def everything(service=None):
    """What all ways need, and their services. With a service, it is in the default runlevel, so that a boot starts it."""
    tree = {}
    for way in WAYS.values():
        tree |= files(way.files, way.packages)
    tree |= files(STATD, NFS_PACKAGES)
    rootfs.add_copy(tree, HERE / "ways", "")
    if service:
        rootfs.add_link(tree, f"etc/runlevels/default/{service}", f"/etc/init.d/{service}")
    return tree


def append(image, tree):
    """Puts a tree behind a ramdisk, as one more archive; the kernel lets later files win."""
    with open(image, "r+b") as file:
        file.seek(0, 2)
        file.write(bytes(-file.tell() % 4) + cpio.pad(cpio.gz(cpio.newc(tree), 1)))
    return image


OURS = "usermount"
SERVICES = {OURS: "usermount"} | {way.name: way.service for way in WAYS.values()}


def guest(lab, shape="moby-1.13", more=None, **boot):
    """Boots a guest that has every way in it, and at the end of its boot nothing mounted and no way started. `more` is
    another tree for the ramdisk. Where the shape has an rpcbind service, no runlevel starts it by itself."""
    image = append(lab.stock(shape), everything() | (more or {}))
    lab.pack("add", "--no-backup", "--set", "enable=no", image)
    booted = lab.boot(image, **boot)
    lab.docker_start(booted)
    booted.must("mkdir -p /Users /mnt /tmp; rm -f /etc/runlevels/default/rpcbind; killall -q rpcbind; "
                "for s in usermount rpcbind; do rc-service $s zap; done; rc-update -u")
    return booted


def configure(booted, **settings):
    """usermount's settings from now on."""
    lines = "".join(f"{key} = {value}\n" for key, values in settings.items()
                    for value in (values if isinstance(values, list) else [values]))
    booted.must(f"cat > /etc/usermount.conf <<'END'\n{lines}END")


def start(booted, way, limit_s):
    """Starts a way's service as a boot does, which docker would wait for: (seconds it took, what it said). A way that takes
    longer is killed then, and (limit_s, what it said till then) is what it gets."""
    began = time.monotonic()
    text, _ = booted.sh(f"timeout -s KILL {limit_s} rc-service {SERVICES[way]} start 2>&1", limit_s + 30)
    return time.monotonic() - began, text.strip()


def clear(booted):
    """Ends every way, as if none had been started."""
    booted.sh("/usr/sbin/usermount stop; killall -q -9 mount.nfs nfsmount mount rpcbind; umount -f -l /Users; umount -f -l /Users; "
              f"rm -f /var/log/usermount.log; for s in {' '.join(SERVICES.values())} rpcbind; do rc-service $s zap; done", 60)


def is_mounted(booted):
    """/Users answers as NFS, within two seconds."""
    return booted.sh("grep -q ' /Users nfs ' /proc/mounts && timeout 2 ls /Users/me >/dev/null")[1] == 0
