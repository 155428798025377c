# SPDX-License-Identifier: MIT
"""Working in the mount: what each set of mount options costs in time and in calls, and how soon it shows the Mac's edits.

In user-mode-linux against nfs-ganesha. Each packet of the guest's is held for DELAY_MS, in place of the way through
vpnkit; without that the wire is a memory copy, and calls would cost next to nothing. Each sample has mounts of its own.
That hold is also where the time of the bench goes: a large sample is about a hundred thousand calls.
"""

import threading
import time

import project
from option_sets import (CACHE_SETS, FRESH, LARGE_SETS, LATER, MISSION, OURS, PAIR, READ_AHEAD_KIB, STEPS, TREE_OPS, WIRE_SETS,
                         WORTH_OPS, WORTH_SETS)
from project import Project
from report import median, rounds
from working_report import render
from world import SERVER, configure, delay, proc, stands_by, work

WORLD = {"memory": "1000M", "locks": True}
DELAY_MS = 0.25
SMALL, LARGE = Project("small", 400, 200, 150), Project("large", 10_000, 500, 3_000)
TINY = Project("small", 30, 10, 20), Project("large", 60, 20, 40)
MEGABYTES, ROUNDS, WIRE_ROUNDS, LARGE_ROUNDS, PAIR_ROUNDS = 200, 2, 3, 3, 5
LATER_S = 4            # longer than the attributes of a file that has just changed are kept, 3 s
AGE_S, LIMIT_S = 22, 40


class Mount:
    """One guest in which sets are mounted one after the other."""

    def __init__(self, guest, megabytes, later_s):
        self.guest, self.megabytes, self.later_s = guest, megabytes, later_s

    def fresh(self, options):
        self.guest.sh("/usr/sbin/usermount stop; umount /Users")
        if options == OURS:
            self.guest.must("/usr/sbin/usermount start && echo 3 > /proc/sys/vm/drop_caches")
            return
        options = ",".join(["vers=3,proto=tcp,mountproto=tcp,hard", *[o for o in options.split(",") if o]])
        self.guest.must(f"mount.nfs {SERVER}:/Users /Users -o {options}", 60)
        self.guest.must("echo 3 > /proc/sys/vm/drop_caches")

    def tree(self, options, where, ops):
        """These operations in a project, on mounts that begin cold: op -> {"ms", "calls"}; None where the mount cannot do it."""
        app = f"/Users/{where.name}"
        verbs = {"walk": f"walk {app}/vendor", "stat": f"stat {app}/vendor", "include": f"include /tmp/{where.name}-included",
                 "read": f"read {app}/vendor", "git status": f"run git -C {app} status --porcelain",
                 "write": f"write /Users/written {where.written}", "delete": "delete /Users/written",
                 "lock": "lock /Users/locked 100"}
        done = {}
        for number, (op, before) in enumerate(step for step in STEPS if step[0] in ops):
            if before == FRESH or number == 0:
                self.fresh(options)
            if before == LATER:
                time.sleep(self.later_s)
            verb = op.removesuffix(" again").removesuffix(", 4 s later")
            try:
                done[op] = work(self.guest, verbs[verb])
            except proc.Failed:
                if op != "lock":
                    raise
                done[op] = None  # a server without locks
        return done

    def wire(self, options, read_ahead_kib=None):
        """Sequential write, read, and four readers at a time, each with nothing cached."""
        self.fresh(options)
        if read_ahead_kib:
            device = self.guest.must("awk '$5 == \"/Users\" { print $3 }' /proc/self/mountinfo").strip()
            self.guest.must(f"echo {read_ahead_kib} > /sys/class/bdi/{device}/read_ahead_kb")
        done = {"write": work(self.guest, f"seqwrite /Users/big {self.megabytes}")}
        for op, verb in (("read", "seqread /Users/big"), ("four readers", "readers 4 /Users/big")):
            self.guest.must("echo 3 > /proc/sys/vm/drop_caches")
            done[op] = work(self.guest, verb)
        return done


def seen(lab, guest, sets, age_s, limit_s):
    """How long an edit on the server stays unseen, all sets side by side, each with caches of its own. Files are looked
    at all the time and are edited when they have been known for age_s. set -> {"open", "stat", "new"} -> s, None: longer."""
    users, jobs, found = lab.server.users, [], {}
    guest.sh("/usr/sbin/usermount stop; umount /Users")
    for number, (name, options) in enumerate(sets.items()):
        target, found[name] = f"/mnt/{number}", {}
        guest.must(f"mkdir -p {target} && mount.nfs {SERVER}:/Users {target} -o vers=3,proto=tcp,mountproto=tcp,nosharecache"
                   + (f",{options}" if options else ""))
        for way in ("open", "stat", "new"):
            file = users / f"edited-{number}-{way}"
            if way != "new":
                file.write_text("one\n")
            words = f"seen {'open' if way == 'open' else 'stat'} {target}/{file.name} {age_s + limit_s}"
            jobs.append((name, way, file, words))

    def watch(name, way, words):
        found[name][way] = work(guest, words, age_s + limit_s + 30)["count"]

    threads = [threading.Thread(target=watch, args=(name, way, words)) for name, way, _, words in jobs]
    for thread in threads:
        thread.start()
    time.sleep(age_s)
    edited = time.time()
    for _, _, file, _ in jobs:
        file.write_text("another\n")
    for thread in threads:
        thread.join()
    guest.must(f"for i in $(seq 0 {len(sets) - 1}); do umount /mnt/$i; done")
    return {name: {way: (at / 1e3 - edited if at else None) for way, at in ways.items()} for name, ways in found.items()}


def pairs(count, sample):
    """The pair that is judged, side by side in each round, now one first and now the other. name -> samples."""
    return rounds(count, {name: (lambda n=name: sample(n)) for name in PAIR})


def large(count, others, sample):
    """The pair `count` times, and the other sets after it in the first `others` rounds. name -> samples, the pair's first."""
    samples = {}
    rest = [name for name in LARGE_SETS if name not in PAIR]
    for number in range(count):
        both = PAIR if number % 2 else PAIR[::-1]
        turn = number % len(rest)
        for name in (*both, *(rest[turn:] + rest[:turn] if number < others else ())):
            samples.setdefault(name, []).append(sample(name))
        print(f"bench: working: {number + 1} of {count} rounds in the large tree", flush=True)
    return {name: samples[name] for name in LARGE_SETS if name in samples}


def wire(mount, quick):
    sides = {n: (lambda o=o: mount.wire(o)) for n, o in (list(WIRE_SETS.items())[:2] if quick else WIRE_SETS.items())}
    for kib in READ_AHEAD_KIB[:1] if quick else READ_AHEAD_KIB:
        sides[f"read-ahead {kib} KiB"] = lambda kib=kib: mount.wire(MISSION, kib)
    count = 1 if quick else WIRE_ROUNDS
    samples = rounds(count, sides)
    for name, more in pairs(count, lambda n: mount.wire(WIRE_SETS[n])).items():
        samples[name] += more
    return samples


def prepare(lab, guest, mount, projects):
    """The projects, and one pass through all of it that no time is taken of: the server has met every file then."""
    guest.must("echo '[safe]\n\tdirectory = *' > /etc/gitconfig")
    stands_by(guest)
    configure(guest, wait="10")
    delay(guest, 0)
    for where in projects:
        project.make(lab.server, where)
        mount.fresh(MISSION)
        guest.must(f"cp /Users/{where.name}-included /tmp/")
        mount.tree(MISSION, where, ("walk", "stat", "read", "git status"))


def call_ms(guest, mount, where):
    """What one call takes, most of them GETATTR, without the hold and with it: the median of three."""
    taken = []
    for ms in (0, DELAY_MS):
        delay(guest, ms)
        again = [mount.tree(MISSION, where, ("include", "include again"))["include again"] for _ in range(3)]
        taken.append(median([done["ms"] / done["calls"] for done in again]))
    return taken


def measure(quick, lab, guest):
    small, big = TINY if quick else (SMALL, LARGE)
    mount = Mount(guest, 4 if quick else MEGABYTES, 0.5 if quick else LATER_S)
    count = 1 if quick else ROUNDS
    few = list(CACHE_SETS)[:2] if quick else list(CACHE_SETS)
    age_s, limit_s = (1, 4) if quick else (AGE_S, LIMIT_S)
    prepare(lab, guest, mount, (small, big))
    result = {"small": vars(small), "large": vars(big), "megabytes": mount.megabytes, "delay_ms": DELAY_MS,
              "later_s": mount.later_s, "age_s": age_s, "limit_s": limit_s}
    result["call_ms"] = call_ms(guest, mount, small)
    result["cache"] = rounds(count, {n: (lambda o=CACHE_SETS[n]: mount.tree(o, small, TREE_OPS)) for n in few})
    result["worth"] = rounds(count, {n: (lambda o=o: mount.tree(o, small, WORTH_OPS)) for n, o in
                                     (list(WORTH_SETS.items())[:2] if quick else WORTH_SETS.items())})
    result["wire"] = wire(mount, quick)
    result["tree"] = large(1 if quick else PAIR_ROUNDS, 0 if quick else LARGE_ROUNDS,
                           lambda n: mount.tree(LARGE_SETS[n], big, TREE_OPS))
    delay(guest, 0)
    result["seen"] = seen(lab, guest, {n: CACHE_SETS[n] for n in few if n != OURS}, age_s, limit_s)
    return result


__all__ = ["WORLD", "measure", "render"]
