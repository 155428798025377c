# SPDX-License-Identifier: MIT
"""What is in the guest: files from Debian packages, Moby's services from moby/, and kernel modules."""

import os
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

import debs
from paths import GUEST, HERE

BASE = ("busybox-static openrc librc1 libeinfo1 libc6 libpam0g libselinux1 libaudit1 libcap-ng0 libpcre2-8-0").split()
RPCBIND = ("rpcbind libtirpc3 libtirpc-common libwrap0 libsystemd0 libgssapi-krb5-2 libcap2 libgcrypt20 liblzma5 libzstd1 "
           "liblz4-1 libnsl2 libkrb5-3 libk5crypto3 libcom-err2 libkrb5support0 libgpg-error0 libkeyutils1 netbase").split()
DOCKER = ("docker.io containerd runc libdevmapper1.02.1 libudev1 libseccomp2 libsystemd0 libcap2 libgcrypt20 liblzma5 libzstd1 "
          "liblz4-1 libgpg-error0").split()
NFSD = ("busybox-static libc6 nfs-kernel-server libblkid1 libuuid1 " + " ".join(RPCBIND)).split()


@dataclass(frozen=True)
class Machine:
    """An architecture that guests are built for, and how its programs run here."""
    triplet: str
    loader: str
    kernel: str
    foreign: str = None  # Debian's name, where it is not this machine's own
    run: tuple = ()


AMD64 = Machine("x86_64-linux-gnu", "lib64/ld-linux-x86-64.so.2", "linux-image-cloud-amd64")
ARM64 = Machine("aarch64-linux-gnu", "lib/ld-linux-aarch64.so.1", "linux-image-cloud-arm64", "arm64", ("qemu-aarch64-static",))

RUNLEVELS = {
    "sysinit": "automount localmount",
    "boot": "bootmisc sysklogd networking dhcpcd",
    "default": "acpid chronyd docker proxy transfused diagnostics hostsettings test containerd",
    "shutdown": "",
}
MODULES = "virtio_pci virtio_blk virtio_net nfs nfsv3 fuse overlay".split()
EMPTY = "dev proc sys mnt run tmp var root etc/insserv.conf.d".split()


def system(machine=AMD64, rpcbind=False, docker=False):
    """The root file system without kernel modules: path -> (mode, content)."""
    packages = dict(zip(BASE, debs.unpacked(BASE, machine.foreign)))
    tree = {}
    _openrc(tree, packages["openrc"])
    _busybox(tree, packages["busybox-static"], machine)
    add_copy(tree, HERE / "moby", "")
    if not machine.foreign:
        _osxfs(tree)
    _runlevels(tree, RUNLEVELS)
    for name in EMPTY:
        _directory(tree, name)
    for wanted, names, add in ((rpcbind, RPCBIND, _rpcbind), (docker, DOCKER, _docker)):
        if wanted:
            packages.update(zip(names, debs.unpacked(names, machine.foreign)))
            add(tree, packages)
    add_libraries(tree, list(packages.values()), machine)
    return tree


def nfsd():
    """The root file system of the server guest: the programs around the kernel's nfsd, and no init system."""
    packages = dict(zip(NFSD, debs.unpacked(NFSD)))
    tree = {}
    _busybox(tree, packages["busybox-static"], AMD64)
    for path in ("usr/sbin/exportfs", "usr/sbin/rpc.mountd", "usr/sbin/rpc.nfsd"):
        add_file(tree, path, packages["nfs-kernel-server"] / path)
    add_file(tree, "sbin/rpcbind", packages["rpcbind"] / "sbin/rpcbind")
    for name, path in (("libtirpc-common", "etc/netconfig"), ("netbase", "etc/services"), ("netbase", "etc/protocols")):
        add_file(tree, path, packages[name] / path)
    add_file(tree, "usr/lib/guest/shell", HERE / "moby/usr/lib/guest/shell")
    add_file(tree, "etc/passwd", HERE / "moby-rpcbind/etc/passwd")
    add_link(tree, "etc/exports", "/mac/exports")
    add_copy(tree, HERE / "knfsd", "")
    for name in (*EMPTY, "mac", "var/lib/nfs"):
        _directory(tree, name)
    add_libraries(tree, list(packages.values()), AMD64)
    return tree


def kernel(machine=AMD64):
    """The folder of the kernel that QEMU boots, unpacked: boot/vmlinuz-*, lib/modules."""
    # foreign-debs sees by itself what the meta package stands for.
    name = machine.kernel if machine.foreign else debs.real_package(machine.kernel)
    return debs.unpacked([name], machine.foreign)[0]


def modules(machine=AMD64, wanted=MODULES):
    """The modules of the lanes' kernels that stand for what Moby's kernel has built in, and the order to load them."""
    tree = {}
    uml = [] if machine.foreign else [Path("/usr/lib/uml/modules")]
    for base in [kernel(machine) / "lib/modules", *uml]:
        release = sorted(base.iterdir())[-1]
        files = _load_order(release, wanted)
        for file in files:
            add_file(tree, f"lib/modules/{release.name}/{file.name}", file)
        order = "".join(f"/lib/modules/{release.name}/{file.name}\n" for file in files)
        _text(tree, f"lib/modules/{release.name}/guest.order", order)
    return tree


def containers():
    """Stands for the second archive of 1.13: the system containers, which nothing in the guest needs to boot."""
    tree = {}
    for name in ("dhcpcd", "rngd"):
        _text(tree, f"containers/{name}/config.json", '{"ociVersion": "1.0.0-rc1"}\n')
        _text(tree, f"containers/{name}/rootfs/etc/hostname", f"{name}\n")
    return tree


def _openrc(tree, package):
    for part in ("sbin", "bin", "lib/rc", "etc/rc.conf"):
        add_copy(tree, package / part, part)
    _text(tree, "etc/conf.d/.keep", "")


def _busybox(tree, package, machine):
    binary = package / "bin/busybox"
    add_file(tree, "bin/busybox", binary)
    for path in subprocess.run([*machine.run, binary, "--list-full"], capture_output=True, text=True, check=True).stdout.split():
        tree.setdefault(path, (stat.S_IFLNK | 0o777, b"/bin/busybox"))
        _parents(tree, path)


def _osxfs(tree):
    """The one compiled program of the tests' own; musl-gcc has no kernel headers, so it gets the system's, last."""
    binary = GUEST / "osxfs"
    headers = [word for folder in ("/usr/include", "/usr/include/x86_64-linux-gnu") for word in ("-idirafter", folder)]
    subprocess.run(["musl-gcc", "-static", "-Os", "-s", "-Wall", "-Wextra", *headers, "-o", binary, HERE / "osxfs.c"], check=True)
    add_file(tree, "usr/lib/guest/osxfs", binary)


def _rpcbind(tree, packages):
    add_file(tree, "sbin/rpcbind", packages["rpcbind"] / "sbin/rpcbind")
    add_file(tree, "etc/netconfig", packages["libtirpc-common"] / "etc/netconfig")
    add_file(tree, "etc/services", packages["netbase"] / "etc/services")
    add_copy(tree, HERE / "moby-rpcbind", "")
    _runlevels(tree, {"default": "rpcbind"})


def _docker(tree, packages):
    for path in ("usr/sbin/dockerd", "usr/bin/docker"):
        add_file(tree, path, packages["docker.io"] / path)
    for path in ("usr/bin/containerd", "usr/bin/containerd-shim-runc-v2", "usr/bin/ctr"):
        add_file(tree, path, packages["containerd"] / path)
    add_file(tree, "usr/sbin/runc", packages["runc"] / "usr/sbin/runc")
    add_copy(tree, HERE / "moby-docker", "")


def _runlevels(tree, levels):
    for level, services in levels.items():
        _directory(tree, f"etc/runlevels/{level}")
        for service in services.split():
            add_link(tree, f"etc/runlevels/{level}/{service}", f"/etc/init.d/{service}")


def add_libraries(tree, packages, machine=AMD64):
    """Adds the shared libraries that the tree's programs ask for, as the packages' own loader finds them."""
    folders = [str(p / d / machine.triplet) for p in packages for d in ("lib", "usr/lib")]
    loader = next(p for p in packages if p.name == "libc6") / "lib" / machine.triplet / Path(machine.loader).name
    programs = [str(p / path) for p in packages for path in tree if (p / path).is_file() and not (p / path).is_symlink()
                and (p / path).open("rb").read(4) == b"\x7fELF" and p.name != "busybox-static"]
    for program in programs:
        done = subprocess.run([*machine.run, loader, "--library-path", ":".join(folders), "--list", program],
                              capture_output=True, text=True)
        for line in done.stdout.splitlines():
            name, _, found = line.strip().partition(" => ")
            if name.startswith(f"/{machine.loader}"):
                continue
            if "not found" in line or (found and not found.startswith(str(packages[0].parent))):
                raise SystemExit(f"mkguest: no package holds {name}, which {program} needs")
            if found:
                add_file(tree, f"lib/{machine.triplet}/{name}", Path(found.split()[0]))
    add_file(tree, machine.loader, loader)


def _load_order(release, wanted):
    if not (release / "modules.dep").exists():
        # depmod wants to be shown the folder that holds lib/modules.
        subprocess.run(["depmod", "-b", release.parents[2], release.name], check=True)
    needs = {}
    for line in (release / "modules.dep").read_text().splitlines():
        file, _, rest = line.partition(":")
        needs[Path(file).stem] = [release / f for f in reversed(rest.split())] + [release / file]
    order = [file for name in wanted for file in needs.get(name, [])]
    return list(dict.fromkeys(order))


def add_copy(tree, source, target):
    if source.is_dir() and not source.is_symlink():
        for child in sorted(source.iterdir()):
            add_copy(tree, child, f"{target}/{child.name}" if target else child.name)
    else:
        add_file(tree, target, source)


def add_file(tree, path, source):
    _parents(tree, path)
    if source.is_symlink() and path.startswith(("etc/", "sbin/", "bin/")):
        tree[path] = (stat.S_IFLNK | 0o777, os.readlink(source).encode())
    else:
        tree[path] = (stat.S_IFREG | (source.stat().st_mode & 0o755), source.read_bytes())


def add_link(tree, path, target):
    _parents(tree, path)
    tree[path] = (stat.S_IFLNK | 0o777, target.encode())


def _text(tree, path, text, mode=0o644):
    _parents(tree, path)
    tree[path] = (stat.S_IFREG | mode, text.encode())


def _directory(tree, path):
    _parents(tree, path)
    tree[path] = (stat.S_IFDIR | (0o1777 if path == "tmp" else 0o755), b"")


def _parents(tree, path):
    for parent in Path(path).parents:
        if str(parent) != ".":
            tree.setdefault(str(parent), (stat.S_IFDIR | 0o755, b""))
