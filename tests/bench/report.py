# SPDX-License-Identifier: MIT
"""What the benches share: samples and their medians, tables in Markdown, and what the machine is."""

import os
import platform
import re
import statistics
import subprocess


def median(samples):
    return statistics.median(samples)


def spread(samples, digits=0):
    """`median (least-most)`"""
    if len(samples) == 1:
        return f"{samples[0]:.{digits}f}"
    return f"{median(samples):.{digits}f} ({min(samples):.{digits}f}-{max(samples):.{digits}f})"


def ratio(ours, theirs, digits=2):
    """Of the medians; both sides are of one interleaved run."""
    return f"{median(ours) / median(theirs):.{digits}f}"


def slower(ours, theirs, by=1.05):
    """Whether one side is slower beyond doubt: its median by more than `by`, and its fastest sample slower than the other's
    slowest. Of interleaved samples of two equal sides, five each, that says so once in 250 times."""
    return median(ours) > by * median(theirs) and min(ours) > max(theirs)


def would_show(ours, theirs, by=1.05):
    """The factor that all of our samples would have to be longer by, for slower() to be true of them; below 1 it is true."""
    return max(by * median(theirs) / median(ours), max(theirs) / min(ours))


def table(heads, rows):
    """Lines of a Markdown table; a bar in a cell would end it."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def met(yes):
    return "met" if yes else "**missed**"


def rounds(count, sides):
    """Interleaved: each round runs every side once, in turn, from another one on. sides: name -> function that returns a
    sample. Returns name -> samples."""
    names, samples = list(sides), {name: [] for name in sides}
    for number in range(count):
        for name in names[number % len(names):] + names[:number % len(names)]:
            samples[name].append(sides[name]())
    return samples


def version(*command):
    """The first thing that looks like a version in what a program says of itself; "?" when it says nothing."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    found = re.search(r"\d+(\.\d+)+[\w.+~-]*", done.stdout)
    return found[0] if found else "?"


def package(name):
    """The version of an installed Debian package."""
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", name], capture_output=True, text=True, check=False)
    return done.stdout or "?"


def machine():
    """Name -> value, for the head of the document."""
    cpu = "?"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                cpu = line.split(":", 1)[1].strip()
                break
    with open("/proc/meminfo") as file:
        memory = int(file.readline().split()[1]) // 1024 // 1024
    return {
        "machine": f"{os.cpu_count()} CPUs ({cpu}), {memory} GiB, a virtual machine without KVM inside, Linux {platform.release()}",
        "guest": f"user-mode-linux {package('user-mode-linux')} (one CPU), QEMU {package('qemu-system-x86')} where it says so",
        "server": f"nfs-ganesha {package('nfs-ganesha')}, rpcbind {package('rpcbind')}, on the same machine",
        "peers": f"nfs-common {package('nfs-common')}, busybox {package('busybox-static')}, gzip {package('gzip')}, cpio {package('cpio')}",
    }
