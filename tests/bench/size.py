# SPDX-License-Identifier: MIT
"""What each way adds to the ramdisk; whose bytes the agent is made of; and what each step towards a smaller one gives."""

import gzip
import re
import shlex
import subprocess
import tempfile
from pathlib import Path

import plot
from report import met, table
from world import BUILD, peers

import cpio
import lab as guests
from paths import REPO

MEASURES_TIME = False  # what else the machine does is no matter
PACK, AGENT = BUILD / "usermount-pack", BUILD / "usermount"
LIBS = BUILD / "libs/x86_64"
C_LIBRARY = ("libc.so", "libm.so", "libresolv.so", "libdl.so", "libpthread.so", "ld-linux", "libstdc++", "libgcc_s")  # the guest has its own
# name -> (part of the build's own flags, what stands there instead).
STEPS = {
    "as built": {},
    "-O2 in place of -Os": {"-Os": "-O2"},
    "without LTO in the agent": {"-flto=auto": ""},
    "without section flags": {"-ffunction-sections -fdata-sections": "", "--gc-sections,": ""},
    "with separate code pages": {"-z,noseparate-code,": ""},
    "without the stack protector": {"-fstack-protector-strong": "-fno-stack-protector"},
}


def make_flags():
    """The Makefile's own flags for the agent: the compiler's and the linker's."""
    show = "show-flags: ; @:$(info $(STD) $(SIZE) $(HARDEN) $(AGENT_LDFLAGS))"
    return subprocess.run(["make", "-s", "-C", REPO, f"--eval={show}", "show-flags"], check=True, capture_output=True, text=True).stdout


def built(flags, changes, folder):
    out = Path(folder) / "agent"
    for old, new in changes.items():
        assert old in flags, f"the Makefile has no {old}"
        flags = flags.replace(old, new)
    command = ["musl-gcc", *shlex.split(flags), "-isystem", LIBS / "include", "-isystem", LIBS / "include/tirpc", "-idirafter", LIBS / "kernel",
               "-o", out, *sorted((REPO / "agent").rglob("*.c")), f"-L{LIBS}/lib", "-lnfs", "-ltirpc"]
    subprocess.run(command, check=True, capture_output=True)
    subprocess.run(["strip", "-s", "-R", ".comment", "-R", ".note.gnu.property", out], check=True)
    return out.stat().st_size


def shares():
    """Whose symbols take how many bytes: by the source file where the debugger knows it, else by the C library's names."""
    done = subprocess.run(["nm", "--defined-only", "/usr/lib/x86_64-linux-musl/libc.a"], capture_output=True, text=True, check=True)
    musl = {line.split()[-1] for line in done.stdout.splitlines() if line.strip()}
    symbols = subprocess.run(["nm", "-S", "-l", BUILD / "usermount.debug"], capture_output=True, text=True, check=True).stdout
    seen, total = set(), {}
    for line in symbols.splitlines():
        found = re.match(r"(\w+) (\w+) ([^bB]) (\S+)(?:\t(.*))?$", line)
        if not found or found[1] in seen:
            continue
        seen.add(found[1])
        source = found[5] or ""
        name = ("libnfs" if "/nfs/" in source else "libtirpc" if "/tirpc/" in source else "usermount" if "agent/" in source
                else "musl" if found[4].split(".")[0] in musl else "usermount")
        total[name] = total.get(name, 0) + int(found[2], 16)
    return total | {"strings, tables without a name, padding": AGENT.stat().st_size - sum(total.values())}


def weight(tree):
    """(raw, gzipped) bytes of an archive."""
    archive = cpio.newc({path: node for path, node in tree.items() if not Path(path).name.startswith(C_LIBRARY)})
    return len(archive), len(gzip.compress(archive, 9))


def measure(quick):
    nfs = peers.files(peers.MOUNT_NFS, peers.NFS_PACKAGES)
    statd = peers.files((*peers.MOUNT_NFS, *peers.STATD, "sbin/rpcbind"), [*peers.NFS_PACKAGES, "rpcbind", "libsystemd0", "libgcrypt20", "liblzma5",
                                                                           "libzstd1", "liblz4-1", "libgpg-error0"])
    klibc = peers.WAYS["klibc nfsmount"]
    adds = {"mount.nfs and its libraries": weight(nfs), "mount.nfs, rpc.statd, rpcbind and their libraries": weight(statd),
            "klibc nfsmount and klibc": weight(peers.files(klibc.files, klibc.packages)), "busybox mount (Moby has it)": (0, 0)}
    if not quick:
        adds["autofs and its libraries, with mount.nfs"] = weight(peers.autofs() | nfs)
    with tempfile.TemporaryDirectory(dir=BUILD) as folder:
        image = Path(folder) / "image"
        stock = guests.mkguest["image"]("moby-1.13").read_bytes()
        packed = []
        for more in ([], ["--gzip"]):
            image.write_bytes(stock)
            subprocess.run([PACK, "add", "--no-backup", *more, image], check=True, capture_output=True)
            packed.append(image.stat().st_size - len(stock))
        flags = make_flags()
        steps = {name: built(flags, changes, folder) for name, changes in (list(STEPS.items())[:1] if quick else STEPS.items())}
    adds["usermount"] = tuple(packed)
    return {"adds": adds, "shares": shares(), "steps": steps, "agent": AGENT.stat().st_size}


def _kib(size):
    return f"{size / 1024:.0f}"


def render(data, figures):
    adds, agent = data["adds"], data["agent"]
    order = sorted(adds, key=lambda name: adds[name][0])
    figures["size.svg"] = plot.bars("What each way adds to the ramdisk, gzipped", {n: (adds[n][1] / 1024,) * 3 for n in order if adds[n][1]}, "KiB",
                                    ("usermount",), log=True)
    yield ("Debian 12's programs with every shared library they ask for, but for the C library, which a guest has. nfs-common in Alpine "
           "is linked with fewer.\n\n")
    yield table(["way", "raw, KiB", "gzipped, KiB", "gzipped, to usermount"],
                [(n, _kib(adds[n][0]), _kib(adds[n][1]), f"{adds[n][1] / adds['usermount'][1]:.1f}") for n in order])
    yield "\n![size](bench/size.svg)\n\n"
    yield f"The agent, stripped: {agent} bytes. Whose they are (from the symbols and the lines that the debugger knows):\n\n"
    yield table(["part", "bytes", "share"], [(n, size, f"{100 * size / agent:.0f} %") for n, size in
                                             sorted(data["shares"].items(), key=lambda item: -item[1])])
    base = data["steps"]["as built"]
    yield "\nThe same sources with one thing changed:\n\n"
    yield table(["build", "bytes", "to the one built"], [(n, size, f"{size / base:.2f}") for n, size in data["steps"].items()])
    yield "\n" + table(["target", "measured", ""], [
        ("agent, stripped, static: 256 KiB at most", f"{_kib(agent)} KiB", met(agent <= 256 << 10)),
        ("packed segment: 300 KiB raw at most", f"{_kib(adds['usermount'][0])} KiB", met(adds["usermount"][0] <= 300 << 10)),
        ("with `--gzip`: 150 KiB at most", f"{_kib(adds['usermount'][1])} KiB", met(adds["usermount"][1] <= 150 << 10))])
