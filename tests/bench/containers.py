# SPDX-License-Identifier: MIT
"""Running containers: how long a late mount takes to reach 1, 10 and 200 mount namespaces that bind its folder."""

from report import met, spread, table
from world import configure, proc

WORLD = {"memory": "256M"}
COUNTS = (1, 10, 200)
ROUNDS = 3
STANDIN = ("unshare -m sh -c 'mount --bind /Users/me/project /mnt; touch /run/standin.$$; exec sleep 2147483647' "
           "</dev/null >/dev/null 2>&1 &")
READY = "ls /run/standin.* 2>/dev/null | wc -l"
NFS = "cat /proc/[0-9]*/mountinfo 2>/dev/null | grep -c ' - nfs '"


def spread_ms(lab, guest, count):
    """From the proof of the mount to the last namespace, by the agent's clock."""
    guest.must("rm -f /var/log/usermount.log; /usr/sbin/usermount start >/dev/null")
    line = lab.wait_log(guest, 60, event="spread")
    guest.must("/usr/sbin/usermount stop >/dev/null")
    assert int(line["healed"]) == count, line["line"]
    return int(line["elapsed_ms"])


def taken_ms(lab, guest, count):
    """In namespaces that are made for it, and gone after it: a mount once made stays."""
    guest.must(f"rm -f /run/standin.*; for i in $(seq {count}); do {STANDIN} done; true", 120)
    proc.until(f"{count} namespaces", lambda: int(guest.must(READY)) == count, 120, every=0.2)
    taken = spread_ms(lab, guest, count)
    guest.must("cd /run; for f in standin.*; do kill -9 ${f#standin.}; done", 60)
    proc.until("they have ended", lambda: int(guest.sh(NFS)[0]) == 0, 60, every=0.2)
    return taken


def measure(quick, lab, guest):
    guest.must("mkdir -p /mnt /Users/me/project")
    configure(guest, wait="60", loglevel="debug")
    return {str(count): [taken_ms(lab, guest, count) for _ in range(1 if quick else ROUNDS)]
            for count in (COUNTS[:1] if quick else COUNTS)}


def render(data, _figures):
    most = max(data, key=int)
    yield ("Processes with a mount namespace of their own that bind /Users/me/project, as a container that was started before the "
           "mount does; in user-mode-linux with one CPU. Each gets a mount of its own.\n\n")
    yield table(["mount namespaces", "all reached after, ms"], [(count, spread(samples)) for count, samples in data.items()])
    yield "\n" + table(["target", "measured", ""], [
        (f"{most} containers: 2 s at most", f"{max(data[most])} ms", met(max(data[most]) <= 2000))])
