# SPDX-License-Identifier: MIT
"""One to thirty-two mounts: time until the last is usable, the daemon's memory, and how many processes there are."""

import threading

import plot
from report import median, met, ratio, rounds, spread, table
from world import SERVER, configure, delay, work

WORLD = {"memory": "256M"}
COUNTS = (1, 2, 4, 8, 16, 32)
HELD_MS = 10  # each packet of the guest's, so that waiting is most of what there is to do
OURS, BARE, MOUNT_NFS = "usermount", "bare mount(2), one after the other", "mount.nfs, one after the other"
EXPORT = "/Users"
CLEAR = "/usr/sbin/usermount stop >/dev/null 2>&1; for i in $(seq 0 31); do umount /mnt/$i 2>/dev/null; done; true"


def one_after_the_other(command, count):
    return f"sh -c 'for i in $(seq 0 {count - 1}); do {command} /mnt/$i || exit 1; done'"


def taken_ms(guest, name, count):
    last = f"/mnt/{count - 1}"
    if name == OURS:
        configure(guest, wait="60", watch="0", mount=[f"{EXPORT}:/mnt/{i}" for i in range(count)])
        command = "/usr/sbin/usermount start"
    elif name == BARE:
        command = one_after_the_other(f"bare {SERVER} {EXPORT}", count)
    else:
        command = one_after_the_other(f"mount.nfs -o noacl,noatime,nolock,async {SERVER}:{EXPORT}", count)
    taken = work(guest, f"usable {last} {command}", 120)["ms"]
    mounted = int(guest.must("grep -c ' nfs ' /proc/mounts"))
    assert mounted == count, f"{name}: {mounted} of {count} mounts"
    guest.must(CLEAR, 120)
    return taken


def memory(guest, count, seconds):
    """(RSS, PSS in KiB, processes at rest, the most processes on the way)"""
    configure(guest, wait="60", watch="0", mount=[f"{EXPORT}:/mnt/{i}" for i in range(count)])
    idle = work(guest, "tasks 1")["count"]
    box = []
    watcher = threading.Thread(target=lambda: box.append(work(guest, f"tasks {seconds}")["count"]))
    watcher.start()
    guest.must("sleep 0.5; /usr/sbin/usermount start", 90)
    watcher.join()
    rest = guest.must("for p in $(pidof usermount); do awk '/^(Rss|Pss):/ { print $2 }' /proc/$p/smaps_rollup; done").split()
    guest.must(CLEAR, 120)
    return {"rss": int(rest[0]), "pss": int(rest[1]), "processes": len(rest) // 2, "most": box[0] - idle}


def measure(quick, _lab, guest):
    counts = COUNTS[:2] if quick else COUNTS
    guest.must(f"for i in $(seq 0 31); do mkdir -p /mnt/$i || exit 1; done; {CLEAR}")
    count = 1 if quick else 3
    result = {"times": {}, "held": {}, "memory": {}}
    for mounts in counts:
        sides = {name: (lambda n=name, c=mounts: taken_ms(guest, n, c)) for name in (OURS, BARE, MOUNT_NFS)}
        result["times"][str(mounts)] = rounds(count, sides)
        result["memory"][str(mounts)] = memory(guest, mounts, 2 if quick else 4)
    delay(guest, HELD_MS)
    for mounts in counts:
        sides = {name: (lambda n=name, c=mounts: taken_ms(guest, n, c)) for name in (OURS, BARE)}
        result["held"][str(mounts)] = rounds(count, sides)
    delay(guest, 0)
    return result


def render(data, figures):
    times, most = data["times"], max(data["times"], key=int)
    figures["scaling.svg"] = plot.lines("Until the last of N mounts is usable", {
        name: [(int(count), median(samples[name])) for count, samples in times.items()] for name in (OURS, BARE, MOUNT_NFS)}, "mounts", "ms")
    yield (f"The same export on as many targets, in user-mode-linux with one CPU; {len(times[most][OURS])} interleaved rounds. The most processes "
           "is what is more than before, the command and the kernel's threads included; memory and processes are those of the moment at which "
           "`start` returns, when some children may still be ending.\n\n")
    yield table(["mounts", "usermount, ms", f"{BARE}, ms", f"{MOUNT_NFS}, ms", "daemon: RSS, KiB", "PSS, KiB", "processes then", "at most on the way"],
                [(count, *(spread(samples[n]) for n in (OURS, BARE, MOUNT_NFS)), *(data["memory"][count][k] for k in ("rss", "pss", "processes", "most")))
                 for count, samples in times.items()])
    yield "\n![scaling](bench/scaling.svg)\n\n"
    yield (f"The guest has one processor, and that is what is waited for: even bare mount(2) calls take {ratio(times[most][BARE], times['1'][BARE], 1)} x for "
           f"{most} mounts, and each of ours is a process besides, since what can hang must be one that can be killed. All mounts go ahead side by side, "
           f"so that a slow or dead server delays no other; where mounting is work and not waiting, as here, {most} cost {most} times the work. "
           f"Where waiting is most of it, with each packet that the guest sends held for {HELD_MS} ms:\n\n")
    held = data["held"]
    yield table(["mounts", "usermount, ms", "to one", f"{BARE}, ms", "to one"],
                [(count, spread(samples[OURS]), ratio(samples[OURS], held["1"][OURS], 1), spread(samples[BARE]), ratio(samples[BARE], held["1"][BARE], 1))
                 for count, samples in held.items()])
    yield "\n"
    yield table(["target", "measured", ""], [
        (f"{most} mounts, each packet held for {HELD_MS} ms: 3 x the time of one at most", ratio(held[most][OURS], held["1"][OURS]) + " x",
         met(median(held[most][OURS]) <= 3 * median(held["1"][OURS])))])
