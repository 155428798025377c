# SPDX-License-Identifier: MIT
"""Getting mounted, the server being up: from the start of each way to a mount that can be listed, and what it sends."""

import re
import subprocess
import time

import plot
from report import median, met, ratio, rounds, spread, table
from world import SERVER, configure, work

WORLD = {}
OPTIONS = "noacl,noatime,nolock,async"
OURS, BARE = "usermount", "bare mount(2), 20 lines"
MOUNT_NFS, BUSYBOX, KLIBC, SEED, NETMOUNT = ("mount.nfs", "busybox mount", "klibc nfsmount", "the seed's script, with rpcbind",
                                             "fstab, netmount")
COMMANDS = {
    BARE: f"bare {SERVER} /Users /Users",
    OURS: "/usr/sbin/usermount start",
    MOUNT_NFS: f"mount -t nfs -o {OPTIONS} {SERVER}:/Users /Users",
    BUSYBOX: f"busybox mount -i -t nfs -o {OPTIONS} {SERVER}:/Users /Users",
    KLIBC: f"/usr/lib/klibc/bin/nfsmount -o tcp,noacl,nolock {SERVER}:/Users /Users",
}
# What starting a program costs here, whatever it then does.
NOTHING = {"busybox true": "/bin/busybox true", "usermount --version": "/usr/sbin/usermount --version"}
SERVICES = {BARE: "bare", OURS: "usermount", BUSYBOX: "busybox", KLIBC: "klibc", SEED: "seed", NETMOUNT: "netmount"}
# Everything as before a boot: nothing mounted, no daemon, every service stopped.
RESET = ("/usr/sbin/usermount stop; umount /Users; killall -q rpcbind; for s in %s rpcbind; do rc-service $s zap; done; true"
         % " ".join(SERVICES.values()))


def sample(guest, command):
    taken = work(guest, f"usable /Users {command}", 60)["ms"]
    guest.must(f"{{ {RESET}; }} >/dev/null 2>&1")
    return taken


def phases(guest):
    """What the agent itself says of one start: ms from its look at the target to the proof. And what any child costs here,
    when the parent has written 96 KiB in between, as the daemon has."""
    work(guest, f"usable /Users {COMMANDS[OURS]}", 60)
    line = guest.must("grep event=up /var/log/usermount.log | tail -n 1")
    guest.must(f"{{ {RESET}; }} >/dev/null 2>&1")
    return {"up": int(re.search(r"elapsed_ms=(\d+)", line)[1]), "fork": work(guest, "forks 20 96")["ms"] / 20}


def window(guest, command):
    """(begin, end) of the packets that a way sends, as the capture's clock, which is this machine's."""
    time.sleep(0.3)
    begin = time.time()
    work(guest, f"usable /Users {command}", 60)
    time.sleep(0.3)
    end = time.time()
    guest.must(f"{{ {RESET}; }} >/dev/null 2>&1")
    return begin, end


def packets(pcap, windows):
    """What each way sent: name -> {"packets", "connections", "calls", "udp"}."""
    fields = "frame.time_epoch tcp.flags.syn tcp.flags.ack rpc.msgtyp udp.port".split()
    done = subprocess.run(["tshark", "-r", pcap, "-Y", "tcp or udp", "-T", "fields", *[w for f in fields for w in ("-e", f)]],
                          capture_output=True, text=True, check=True)
    counts = {name: {"packets": 0, "connections": 0, "calls": 0, "udp": 0} for name in windows}
    for line in done.stdout.splitlines():
        at, syn, ack, kinds, udp = (line + "\t" * 5).split("\t")[:5]
        for name, (begin, end) in windows.items():
            if begin <= float(at) <= end:
                counts[name]["packets"] += 1
                counts[name]["connections"] += syn in ("1", "True") and ack in ("0", "False")
                counts[name]["calls"] += kinds.split(",").count("0")
                counts[name]["udp"] += bool(udp)
    return counts


def measure(quick, lab, guest):
    configure(guest, watch="0")
    count = 1 if quick else 7
    some = slice(2 if quick else None)
    commands = {name: (lambda c=c: sample(guest, c)) for name, c in list(COMMANDS.items())[some]}
    services = {name: (lambda s=s: sample(guest, f"rc-service {s} start")) for name, s in list(SERVICES.items())[some]}
    if not quick:
        rounds(1, commands)  # what every way reads from the disk once
    result = {"commands": rounds(count, commands), "services": rounds(count, services)}
    result["nothing"] = rounds(count, {name: (lambda c=c: work(guest, f"run {c}")["ms"]) for name, c in NOTHING.items()})
    result["phases"] = [phases(guest) for _ in range(count)]
    windows = {name: window(guest, COMMANDS[name]) for name in commands}
    if not quick:
        windows[SEED] = window(guest, "rc-service seed start")
    result["wire"] = packets(lab.captured(), windows)
    return result


def _rows(samples):
    for name in sorted(samples, key=lambda n: median(samples[n])):
        yield name, spread(samples[name], 1), ratio(samples[name], samples[BARE])


def render(data, figures):
    commands, services, wire = data["commands"], data["services"], data["wire"]
    figures["mounting.svg"] = plot.bars(
        "Service start to usable mount, server up", {n: (median(s), min(s), max(s)) for n, s in services.items()}, "ms", (OURS,))
    service = median(services[OURS]) / median(services[BARE])
    peers = {"busybox mount": BUSYBOX, "mount.nfs, as the seed starts it": SEED, "mount.nfs, as netmount starts it": NETMOUNT}
    faster = {peer: median(services[OURS]) < median(services[name]) for peer, name in
              peers.items() if name in services}
    yield "From the start of the command, or of the OpenRC service, to a target that is NFS and can be listed. "
    yield f"{len(commands[OURS])} interleaved rounds in user-mode-linux; ms, median (least-most).\n\n"
    yield table(["as an OpenRC service", "ms", "to a bare mount(2)"], _rows(services)) + "\n"
    yield "![service start to usable mount](bench/mounting.svg)\n\n"
    yield table(["the command alone", "ms", "to a bare mount(2)"], _rows(commands)) + "\n"
    yield ("Starting a program that does nothing takes, here, " + " and ".join(f"{median(ms):.1f} ms (`{name}`)" for name, ms in data["nothing"].items())
           + f"; a child that ends at once, {spread([p['fork'] for p in data['phases']], 1)} ms. usermount is itself, the daemon, and a child that mounts "
           "and proves: three processes, since what can hang must be one that can be killed. From its first look at the target to the proof it "
           f"takes {spread([p['up'] for p in data['phases']])} ms of the command's {median(commands[OURS]):.0f}. That is what its command costs more "
           "than one mount(2) does; as a service it is lost in OpenRC's own time. The look for running containers that follows the mount takes about 20 ms of the one "
           "processor from OpenRC: in a run at f31e841 the service took 465 ms without it (`containers = off`), 486 with it, and bare mount(2) 439. Without "
           "`events` it took 481.\n\n")
    yield "What each sends, from a capture: a round trip is a TCP connection or a call.\n\n"
    yield table(["way", "round trips", "connections", "calls", "packets", "of them UDP"],
                [(n, c["connections"] + c["calls"], c["connections"], c["calls"], c["packets"], c["udp"]) for n, c in wire.items()])
    yield ("\nThe look that ends each measurement is 3 of the calls. In the capture usermount's mount itself is 3 connections and 7 calls, fewer than "
           "mount.nfs and busybox need; what comes after it is the proof: statfs, a listing, and a reply longer than one network frame, which "
           "the others do not ask for, and would not notice if it never came.\n")
    yield "\n" + table(["target", "measured", ""], [
        ("service start to mounted: 1.1 x a bare mount(2) at most", f"{service:.2f} x", met(service <= 1.1)),
        *[(f"faster than {peer}", "as services", met(yes)) for peer, yes in faster.items()]])
