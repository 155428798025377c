# SPDX-License-Identifier: MIT
"""The cost of a mount that nobody uses: memory, wakeups, packets, processor time, of each way's programs that stay."""

import subprocess
import time

from report import met, table
from world import configure, stands_by

WORLD = {"memory": "256M"}
WINDOW_S = 60
CHECKS_PER_S = 10  # watch=0.1, to count processor time that is far below a clock tick
WATCH_S = 5        # the default
PROGRAMS = {"usermount": "usermount", "rpcbind": "rpcbind", "rpc.statd (mount.nfs starts it where nolock is not given)": "rpc.statd"}
READ = r"""for name in usermount rpcbind rpc.statd; do
    for pid in $(pidof $name); do
        echo "pid $name" $(awk '/^(Rss|Pss|Private_Dirty):/ { printf "%s%s ", $1, $2 }' /proc/$pid/smaps_rollup) \
            $(cat /proc/$pid/task/*/status | awk '/^voluntary_ctxt/ { n += $2 } END { print "switches:" n }')
    done
done"""


def look(guest):
    """name -> {"Rss", "Pss" in KiB, "switches", "processes"}, summed over a program's processes."""
    found = {}
    for line in guest.must(READ).splitlines():
        _, name, *values = line.split()
        entry = found.setdefault(name, {"processes": 0})
        entry["processes"] += 1
        for value in values:
            key, _, number = value.partition(":")
            entry[key] = entry.get(key, 0) + int(number)
    return found


def processor_us_per_check(lab, guest, seconds):
    """Ticks of the daemon and of the children that it has waited for, over many checks."""
    configure(guest, watch=f"{1 / CHECKS_PER_S}", wait="10")
    guest.must("/usr/sbin/usermount stop; /usr/sbin/usermount start")
    def ticks():
        return int(guest.must("awk '{ print $14 + $15 + $16 + $17 }' /proc/$(cat /run/usermount/pid | head -1)/stat"))
    before = ticks()
    time.sleep(seconds)
    return (ticks() - before) * 1e4 / (seconds * CHECKS_PER_S)


def measure(quick, lab, guest):
    seconds = 3 if quick else WINDOW_S
    configure(guest, wait="10")
    stands_by(guest)
    guest.must("/usr/sbin/usermount start")
    time.sleep(2)
    before, begin = look(guest), time.time()
    time.sleep(seconds)
    end, after = time.time(), look(guest)
    cost = processor_us_per_check(lab, guest, 5 if quick else 30)
    guest.must("/usr/sbin/usermount stop")
    done = subprocess.run(["tshark", "-r", lab.captured(), "-Y", f"tcp and frame.time_epoch >= {begin} and frame.time_epoch <= {end}",
                           "-T", "fields", "-e", "frame.len"], capture_output=True, text=True, check=True)
    return {"seconds": seconds, "before": before, "after": after, "packets": len(done.stdout.split()),
            "bytes": sum(map(int, done.stdout.split())), "us_per_check": cost}


def render(data, _figures):
    per_minute = 60 / data["seconds"]
    checks = 60 / WATCH_S
    rows = []
    for label, name in PROGRAMS.items():
        if name not in data["after"]:
            continue
        after, before = data["after"][name], data["before"][name]
        ours = name == "usermount"
        rows.append((label, after["Rss"], after["Pss"], after["processes"],
                     f"{(after['switches'] - before['switches']) * per_minute:.0f}",
                     f"{data['packets'] * per_minute:.0f}" if ours else 0,
                     f"{data['us_per_check'] * checks * 60 / 1e6:.1f}" if ours else "below a tick"))
    usermount = data["after"]["usermount"]
    wakeups = (usermount["switches"] - data["before"]["usermount"]["switches"]) * per_minute
    yield (f"{data['seconds']} s in which nobody uses the mount, all programs side by side in one guest (user-mode-linux). "
           "Voluntary context switches stand for wakeups: each is a wait that ended. The kernel's own mount is the same for all and sends nothing, so that all packets are "
           "the watch's. autofs is not measured: it cannot run in the real guest, whose kernel has none, and Debian's brings 15 MB of libraries.\n\n")
    yield table(["program that stays", "RSS, KiB", "PSS, KiB", "processes", "wakeups/min", "packets/min", "CPU s/hour"], rows)
    yield (f"\nProcessor time is that of checks ten times a second, {data['us_per_check']:.0f} us each (a child is forked for each: it may hang), "
           f"at one every {WATCH_S} s.\n\n")
    yield table(["target", "measured", ""], [
        ("1 MiB resident at most", f"{usermount['Rss']} KiB", met(usermount["Rss"] <= 1024)),
        ("no wakeup but the watch", f"{wakeups:.0f} a minute at {checks:.0f} checks: {wakeups / checks:.1f} a check, its timer and its child's end",
         met(wakeups <= 2 * checks + 1))])
