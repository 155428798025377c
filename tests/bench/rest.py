# SPDX-License-Identifier: MIT
"""The cost of a mount that nobody uses: memory, wakeups, packets, processor time, of each way's programs that stay."""

import subprocess
import time

from report import met, table
from world import SERVER, configure, proc, stands_by

WORLD = {"memory": "300M", "autofs": True}
WINDOW_S = 60
CHECKS_PER_S = 10  # watch=0.1, to count processor time that is far below a clock tick
WATCH_S = 5        # the default
PROGRAMS = {"usermount": "usermount", "rpcbind": "rpcbind", "rpc.statd (mount.nfs starts it where nolock is not given)": "rpc.statd",
            "automount, after its first use": "automount"}
READ = r"""for name in usermount rpcbind rpc.statd automount; do
    for pid in $(pidof $name); do
        echo "pid $name" $(awk '/^(Rss|Pss|Private_Dirty):/ { printf "%s%s ", $1, $2 }' /proc/$pid/smaps_rollup) \
            $(cat /proc/$pid/task/*/status | awk '/^voluntary_ctxt/ { n += $2 } END { print "switches:" n }') \
            $(awk '{ print "ticks:" $14 + $15 + $16 + $17 }' /proc/$pid/stat)
    done
done"""
# Its example's settings: a direct map on the same target, which the first look mounts.
AUTOFS = {
    "/etc/nsswitch.conf": "automount: files",
    "/etc/auto.master": "/- /etc/auto.nfs",
    "/etc/auto.nfs": f"/Users -fstype=nfs,noacl,noatime,nolock,async {SERVER}:/Users",
}


def look(guest):
    """name -> {"Rss", "Pss" in KiB, "switches", "ticks", "processes"}, summed over a program's processes."""
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


def start_autofs(guest):
    """automount, and a first look at /Users, which is NFS then."""
    for path, line in AUTOFS.items():
        guest.must(f"echo '{line}' > {path}")
    guest.must("automount >/tmp/automount 2>&1")
    try:
        proc.until("autofs on /Users", lambda: guest.sh("grep -q ' /Users autofs ' /proc/mounts")[1] == 0, 20)
        guest.must("ls /Users/me && grep -q ' /Users nfs ' /proc/mounts")
    except proc.Failed as failure:
        raise proc.Failed(f"{failure}: {guest.sh('cat /tmp/automount; lsmod | grep autofs')[0]}") from failure


def window(lab, guest, seconds):
    """What the programs did meanwhile: {"seconds", "before", "after", "packets", "bytes"}."""
    time.sleep(2)
    before, begin = look(guest), time.time()
    time.sleep(seconds)
    end, after = time.time(), look(guest)
    done = subprocess.run(["tshark", "-r", lab.captured(), "-Y", f"tcp and frame.time_epoch >= {begin} and frame.time_epoch <= {end}",
                           "-T", "fields", "-e", "frame.len"], capture_output=True, text=True, check=True)
    return {"seconds": seconds, "before": before, "after": after, "packets": len(done.stdout.split()),
            "bytes": sum(map(int, done.stdout.split()))}


def measure(quick, lab, guest):
    seconds = 3 if quick else WINDOW_S
    configure(guest, wait="10")
    stands_by(guest)
    guest.must("/usr/sbin/usermount start")
    ours = window(lab, guest, seconds)
    cost = processor_us_per_check(lab, guest, 5 if quick else 30)
    guest.must("/usr/sbin/usermount stop")
    start_autofs(guest)
    autofs = window(lab, guest, seconds)
    guest.must("killall automount")
    proc.until("automount ends", lambda: guest.sh("pidof automount")[1] != 0, 20)
    return {"ours": ours, "autofs": autofs, "us_per_check": cost}


def _row(label, name, seen, cpu):
    after, before, per_minute = seen["after"][name], seen["before"][name], 60 / seen["seconds"]
    ticks = after["ticks"] - before["ticks"]
    return (label, after["Rss"], after["Pss"], after["processes"], f"{(after['switches'] - before['switches']) * per_minute:.0f}",
            f"{seen['packets'] * per_minute:.0f}" if name in ("usermount", "automount") else 0,
            cpu or (f"{ticks / 100 * per_minute * 60:.1f}" if ticks else "below a tick"))


def render(data, _figures):
    ours, autofs, checks = data["ours"], data["autofs"], 60 / WATCH_S
    per_minute = 60 / ours["seconds"]
    rows = [_row(label, name, autofs if name == "automount" else ours,
                 f"{data['us_per_check'] * checks * 60 / 1e6:.1f}" if name == "usermount" else "") for label, name in PROGRAMS.items()]
    usermount = ours["after"]["usermount"]
    wakeups = (usermount["switches"] - ours["before"]["usermount"]["switches"]) * per_minute
    yield (f"{ours['seconds']} s in which nobody uses the mount, usermount, rpcbind and rpc.statd side by side in one guest (user-mode-linux); then as long with "
           "automount in usermount's place. Voluntary context switches stand for wakeups: each is a wait that ended. The kernel's own mount is the same for all and "
           "sends nothing, so that usermount's packets are its watch's. automount runs here because this kernel has autofs as a module; Moby's has none "
           "(CONFIG_AUTOFS4_FS is off), and Debian's automount brings 15 MB of libraries. It watches nothing: it takes an unused mount away after ten minutes.\n\n")
    yield table(["program that stays", "RSS, KiB", "PSS, KiB", "processes", "wakeups/min", "packets/min", "CPU s/hour"], rows)
    yield (f"\nProcessor time is that of checks ten times a second, {data['us_per_check']:.0f} us each (a child is forked for each: it may hang), "
           f"at one every {WATCH_S} s.\n\n")
    yield table(["target", "measured", ""], [
        ("1 MiB resident at most", f"{usermount['Rss']} KiB", met(usermount["Rss"] <= 1024)),
        ("no wakeup but the watch", f"{wakeups:.0f} a minute at {checks:.0f} checks: {wakeups / checks:.1f} a check, its timer and its child's end",
         met(wakeups <= 2 * checks + 1))])
