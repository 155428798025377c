# SPDX-License-Identifier: MIT
"""Working in a coherent mount: a large tree, usermount's mount that is told of edits against other sets of options.

All sides are mounted at once, each with caches of its own; a round has them one after the other, now forwards and now backwards.
"""

import time

import project
from coherent_report import render
from option_sets import MISSION
from project import Project
from told import PLAIN, told
from world import delay, stands_by

WORLD = {"memory": "1000M", "locks": True}
DELAY_MS = 0.25
LARGE, TINY = Project("tree", 10_000, 500, 0), Project("tree", 60, 20, 0)
COHERENT, MISSIONS, OURS_PLAIN = "usermount, told of edits", "the mission's", "usermount, told of none"
# name -> (target, options; None: usermount's own making). Those of JUDGED are in every round, the others in the first OTHERS.
SIDES = {
    COHERENT: ("/Users", None),
    MISSIONS: ("/mnt/mission", MISSION),
    OURS_PLAIN: (PLAIN, None),
    "d4m-nfs's": ("/mnt/d4m", "nolock,local_lock=all"),
    "defaults": ("/mnt/defaults", ""),
}
JUDGED = (COHERENT, MISSIONS, OURS_PLAIN)
ROUNDS, OTHERS = 5, 3
LATER_S, MUCH_LATER_S, EDITING_S = 4, 70, 10
EDITED = 10  # so many of the included files are edited, one a second
PROMISE_US = 300_000

COLD = ("walk", "read")
AGAIN = ("walk again", "stat again", "include again", "read again")
LATER = ("stat", "include")


class Tree:
    def __init__(self, one, where, quick):
        self.one, self.where, self.quick = one, where, quick
        self.lists = {}

    def do(self, side, op):
        target = SIDES[side][0]
        app = f"{target}/{self.where.name}"
        words = {"walk": f"walk {app}/vendor", "stat": f"stat {app}/vendor", "read": f"read {app}/vendor",
                 "include": f"include /tmp/included-{target.rpartition('/')[2]}",
                 "git status": f"run git -C {app} status --porcelain"}
        return self.one.work(words[op.partition(" again")[0].partition(",")[0]], target)

    def mount(self, sides):
        """Everything anew, and nothing cached."""
        self.one.start(plain=True)
        for side in sides:
            target, options = SIDES[side]
            if options is not None:
                self.one.mount(target, options)

    def make_lists(self):
        """The list of what is included, as each mount names it; and where the files lie on the server."""
        self.one.start(plain=True)
        for target, _ in SIDES.values():
            self.one.guest.must(f"sed s,^/Users,{target}, /Users/{self.where.name}-included > /tmp/included-{target.rpartition('/')[2]}")
        lines = self.one.guest.must("head -n 1000 /tmp/included-Users").split()
        self.edited = [line.removeprefix("/Users/") for line in lines[::max(1, len(lines) // EDITED)][:EDITED]]

    def edited_meanwhile(self, side, ahead_us):
        """stat and include while the Mac edits a file a second, and what was stale: (name, by how many ms)."""
        target = SIDES[side][0]
        seconds = 1.5 if self.quick else EDITING_S
        files = " ".join(f"{target}/{path}" for path in self.edited)
        self.one.mac("replace", self.edited, "1\n")
        time.sleep(0.5 if self.quick else LATER_S)
        done = {}
        with self.one.shown(f"latest {seconds} {files}") as shown:
            self.one.mac("begin", self.edited, 0.2 if self.quick else 1)
            for op in LATER:
                done[op] = self.do(side, op)
        edits = self.one.mac("end")
        return done | {"edits": len(edits), "samples": len(shown.rows), "stale_ms": stale(shown.rows, edits, ahead_us)}


def stale(rows, edits, ahead_us):
    """By how many ms each sample is too old: it shows a number that another one took the place of more than PROMISE_US before.
    rows: (file, the guest's time, number); edits: (file, number, when it was written)."""
    found = []
    for place, at_us, number in (map(int, row) for row in rows):
        newer = [written for where, stamp, written in edits if where == place and stamp > number]
        if newer and at_us + ahead_us - min(newer) > PROMISE_US:
            found.append(round((at_us + ahead_us - min(newer)) / 1000))
    return found


def one_round(tree, sides, later_s, much_later_s):
    """Every side once. side -> op -> {"ms", "calls"}."""
    done, ended = {side: {} for side in sides}, {}
    tree.mount(sides)
    for side in sides:
        for op in COLD + AGAIN:
            done[side][op] = tree.do(side, op)
        time.sleep(later_s)
        for op in LATER:
            done[side][f"{op}, 4 s later"] = tree.do(side, op)
        ended[side] = time.monotonic()
    ahead_us = tree.one.clock_us()
    for side in sides:
        time.sleep(max(0, ended[side] + much_later_s - time.monotonic()))
        for op in LATER:
            done[side][f"{op}, 70 s later"] = tree.do(side, op)
    for side in sides:
        done[side]["edited"] = tree.edited_meanwhile(side, ahead_us)
    tree.mount(sides)
    for side in sides:
        for op in ("git status", "git status again"):
            done[side][op] = tree.do(side, op)
    return done


def measure(quick, lab, guest):
    where, rounds, others = (TINY, 1, 0) if quick else (LARGE, ROUNDS, OTHERS)
    samples = {}
    guest.must("echo '[safe]\n\tdirectory = *' > /etc/gitconfig")
    stands_by(guest)  # the defaults ask for locks
    delay(guest, 0)
    project.make(lab.server, where)
    with told(lab, guest) as one:
        tree = Tree(one, where, quick)
        tree.make_lists()
        for op in ("walk", "read", "git status"):  # the server has met every file then
            tree.do(COHERENT, op)
        delay(guest, DELAY_MS)
        for number in range(rounds):
            sides = [side for side in SIDES if side in JUDGED or number < others]
            sides = sides if number % 2 else sides[::-1]
            for side, done in one_round(tree, sides, *((0.5, 0.5) if quick else (LATER_S, MUCH_LATER_S))).items():
                samples.setdefault(side, []).append(done)
            print(f"bench: coherent: {number + 1} of {rounds} rounds", flush=True)
        delay(guest, 0)
    return {"samples": {side: samples[side] for side in SIDES if side in samples}, "project": vars(where), "delay_ms": DELAY_MS, "promise_ms": PROMISE_US // 1000}


__all__ = ["WORLD", "measure", "render"]
