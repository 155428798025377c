# SPDX-License-Identifier: MIT
"""A server that comes late: how soon after its first answer each way has mounted, all of them waiting side by side."""

import threading
import time

import logs
import plot
from report import median, met, spread, table
from world import SERVER, configure, proc, work

WORLD = {}
DELAYS_S = (0.1, 0.3, 0.7, 1.3, 2.1, 2.9, 4.7, 7.3, 15.9, 60)
WAITS_S = (0.5, 1, 2, 5)
PATIENCE_S, LONG_PATIENCE_S, LONG_AT_S = 6, 45, 2.9  # how long after its answer the slowest is waited for; once longer
OPTIONS = "noacl,noatime,nolock,async"
OURS, BG, LOOP = "usermount", "mount.nfs -o bg,retry=10000", "the seed's mount in a loop with sleep 1"
TARGETS = {OURS: "/Users", BG: "/mnt/bg", LOOP: "/mnt/loop"}
START = f"""/usr/sbin/usermount start
mount.nfs {SERVER}:/Users /mnt/bg -o bg,retry=10000,{OPTIONS} >/dev/null 2>&1 </dev/null &
(until mount -t nfs -o {OPTIONS} {SERVER}:/Users /mnt/loop; do sleep 1; done) >/dev/null 2>&1 </dev/null &
true"""
CLEAR = """killall -q mount.nfs; killall -q sleep; /usr/sbin/usermount stop; umount /mnt/bg; umount /mnt/loop
rm -f /var/log/usermount.log; true"""


def late(lab, guest, delay_s, patience_s):
    """name -> ms from the moment that NFS, MOUNT and rpcbind answer to the mount, None: not in time; and the attempts."""
    lab.server.stop()
    found = {}

    def watch(name, target):
        found[name] = work(guest, f"mounted {target} {int(delay_s + patience_s + 3)}", delay_s + patience_s + 60)["count"]

    threads = [threading.Thread(target=watch, args=item) for item in TARGETS.items()]
    for thread in threads:  # before the server: starting one costs time just when it is measured
        thread.start()
    time.sleep(0.5)
    guest.must(f"{{ {START}; }} >/dev/null")
    time.sleep(delay_s)
    state = guest.must("/usr/sbin/usermount status --porcelain || true")
    attempts = next((int(w.split("=")[1]) for w in state.split() if w.startswith("attempts=")), 0)
    lab.server.start()
    answers_ms = time.time() * 1e3
    proven_ms = logs.moment(lab.wait_log(guest, 20, event="up")["ts"]) * 1e3 - answers_ms
    for thread in threads:
        thread.join()
    guest.must(f"{{ {CLEAR}; }} >/dev/null 2>&1")
    proc.until("nothing is mounted", lambda: guest.sh("grep -q ' nfs ' /proc/mounts")[1] != 0, 20)
    return {"delay_s": delay_s, "attempts": attempts, "proven": proven_ms, "patience_s": patience_s,
            "mounted": {name: (at - answers_ms if at else None) for name, at in found.items()}}


def held_ms(guest, wait_s):
    """How long `start` holds the boot when the server is dead."""
    configure(guest, wait=str(wait_s))
    taken = work(guest, "run /usr/sbin/usermount start")["ms"]
    guest.must("/usr/sbin/usermount stop; rm -f /var/log/usermount.log")
    return taken


def measure(quick, lab, guest):
    guest.must("mkdir -p /mnt/bg /mnt/loop")
    lab.server.stop()
    held = {str(wait_s): held_ms(guest, wait_s) for wait_s in WAITS_S[:1 if quick else None]}
    configure(guest, wait="0")
    patience = {LONG_AT_S: LONG_PATIENCE_S}
    return {"held": held, "rows": [late(lab, guest, delay_s, 3 if quick else patience.get(delay_s, PATIENCE_S))
                                   for delay_s in (DELAYS_S[2:3] if quick else DELAYS_S)]}


def _ms(row, name):
    value = row["mounted"][name]
    return f"more than {row['patience_s'] * 1000}" if value is None else f"{value:.0f}"


def render(data, figures):
    rows = data["rows"]
    series = {name: [(row["delay_s"], max(1, row["mounted"][name] or row["patience_s"] * 1000)) for row in rows] for name in TARGETS}
    figures["late.svg"] = plot.lines("A late server: from its first answer to the mount", series, "server late by, s", "ms")
    yield ("In one guest (user-mode-linux) all three wait for the same server; the time runs from the moment that rpcbind, NFS "
           "and MOUNT all answer. `proven` is when the agent has also listed the mount and read through it.\n\n")
    yield table(["late by, s", "usermount: mounted, ms", "proven, ms", "attempts till then", f"{BG}, ms", f"{LOOP}, ms"],
                [(row["delay_s"], _ms(row, OURS), f"{row['proven']:.0f}", row["attempts"], _ms(row, BG), _ms(row, LOOP)) for row in rows])
    proven = [row["proven"] for row in rows]
    medians = {n: median([row["patience_s"] * 1e3 if row["mounted"][n] is None else row["mounted"][n] for row in rows]) for n in TARGETS}
    yield "\n![late server](bench/late.svg)\n\n"
    yield "Where one was not waited for longer, its median counts what it was waited for.\n\n"
    yield table(["", "median, ms"], [("usermount, proven", spread(proven)), *((n, f"{m:.0f}") for n, m in medians.items())]) + "\n"
    over = {wait_s: ms - float(wait_s) * 1e3 for wait_s, ms in data["held"].items()}
    yield "With a dead server `usermount start` holds the boot for `wait`, and this much longer: " + ", ".join(
        f"{ms:.0f} ms at {wait_s} s" for wait_s, ms in over.items()) + ".\n\n"
    steady = [(b["attempts"] - a["attempts"]) / (b["delay_s"] - a["delay_s"]) for a, b in zip(rows, rows[1:]) if a["delay_s"] > 10]
    yield table(["target", "measured", ""], [
        ("mounted within 150 ms of the server's answer (median)", f"{median(proven):.0f} ms, proven", met(median(proven) <= 150)),
        ("boot held by a dead server: `wait`, 0.1 s over at most", f"{max(over.values()):.0f} ms over", met(max(over.values()) <= 100)),
        ("10 attempts a second at most", f"{max(row['attempts'] / max(1, row['delay_s']) for row in rows):.1f} a second at most",
         met(all(row["attempts"] <= 10 * max(1, row["delay_s"]) for row in rows))),
        *([("steady state: one attempt every two seconds", f"{median(steady):.2f} a second", met(median(steady) <= 0.6))] if steady else [])])
