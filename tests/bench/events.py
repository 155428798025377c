# SPDX-License-Identifier: MIT
"""Edits on the Mac: when open(), stat() and readdir() in a coherent mount show them, when who watches in a container is
woken, what a burst costs, what it all costs at rest, and what a person feels of it: a page of 500 includes."""

import os
import random
import time

import project
import rest
from events_report import render
from mac_user import KINDS
from option_sets import MISSION
from project import Project
from report import rounds
from told import IN, Watching, told
from world import delay, proc

WORLD = {"memory": "600M", "locks": True}
DELAY_MS = 0.25
PAGE_DELAYS_MS = (0.25, 1)
PAGE, TINY = Project("page", 500, 500, 0), Project("page", 30, 30, 0)
EDITS, WAKES, VISITS, REST_S = 10, 40, 5, 60
FOLDERS, FILES = 50, 100  # 5,000 files
APART_S, LAST_S = 0.35, 0.7
FIRST_US = 1_000_000  # the promise for a burst
SIDES = {"coherent": "/Users", "plain": "/mnt/mission"}


def edits_shown(one, number, kinds):
    """One edit of each kind, one after another. [(kind, way, ms until the mount shows what is there now; None: it never did)]"""
    folders = {kind: f"kinds-{number}/{place}" for place, kind in enumerate(kinds)}
    for kind, folder in folders.items():
        one.mac("before", kind, folder)
    proc.until("the folders", lambda: one.guest.sh(f"ls /Users/kinds-{number} | wc -l")[0].strip() == str(len(kinds)), 5)
    before = {kind: one.mac("signs", folder) for kind, folder in folders.items()}
    seconds = len(kinds) * APART_S + LAST_S + 1.5
    ahead_us, done = one.clock_us(), {}
    with one.shown(f"changes {seconds} {' '.join(f'/Users/{folder}' for folder in folders.values())}") as shown:
        time.sleep(0.5)
        for kind in random.sample(kinds, len(kinds)):
            done[kind] = one.mac("edit", kind, folders[kind])
            time.sleep(APART_S)
        time.sleep(LAST_S)
    last = {(way, kinds[int(place)]): (int(at_us), sign) for way, place, at_us, sign in shown.rows}
    found = []
    for kind, folder in folders.items():
        for way, sign in one.mac("signs", folder).items():
            at_us, seen = last[way, kind]
            if sign != before[kind][way]:
                found.append((kind, way, max(0, at_us + ahead_us - done[kind]) / 1000 if seen == sign else None))
            elif seen != sign:
                found.append((kind, way, None))
    return found


def woken(one, count):
    """[ms from an edit to the first event of that file in a container]; every other edit is a save by rename."""
    one.mac("before", "created", "me/project/watched")
    watching = Watching(one, IN["ATTRIB"] | IN["CLOSE_WRITE"], "/src/watched")
    ahead_us, found = one.clock_us(), []
    for number in range(count):
        time.sleep(0.3 + random.random() / 10)
        name = f"file{number % 4}"
        if number < 4:
            one.mac("replace", [f"me/project/watched/{name}"], "first\n")
            watching.wait(name, IN["ATTRIB"])
            time.sleep(0.5)
            watching.rows()
        seen = watching.seen
        done = one.mac("write", f"me/project/watched/{name}", f"{number:040}\n", number // 4 % 2)
        watching.wait(name, IN["ATTRIB"])
        lines = [line.split(" ", 3) for line in one.guest.must(f"cat {watching.log}").splitlines()[seen:]]
        found.append((min(int(line[0]) for line in lines if line[3:] == [name]) + ahead_us - done) / 1000)
    return found


def burst(one, folders, files):
    """Every file replaced at once: when the watchers of the folders were told of the first and the last folder, by the last
    write, and what a pass that begins a second after it finds stale."""
    names = [f"me/project/burst/{folder}/{file}" for folder in range(folders) for file in range(files)]
    for folder in range(folders):
        one.mac("before", "created", f"me/project/burst/{folder}")
    one.mac("replace", names, "1\n")
    count = f"cat /Users/me/project/burst/*/* | sort | uniq -c"
    proc.until("they are there", lambda: one.guest.must(count).split() == [str(len(names)), "1"], 60, every=0.5)
    watching = Watching(one, IN["ATTRIB"], *(f"/src/burst/{folder}" for folder in range(folders)))
    time.sleep(1)
    ahead_us = one.clock_us()
    begin = time.time()
    done = one.mac("replace", names, "22\n")
    time.sleep(max(0, done / 1e6 + FIRST_US / 1e6 - time.time()))
    fresh = dict(reversed(line.split()) for line in one.guest.must(count).splitlines())

    def told_of():
        rows = [line.split(" ") for line in one.guest.must(f"cat {watching.log}").splitlines()[1:]]
        first = {}
        for row in rows:
            first.setdefault(row[2], int(row[0]) + ahead_us - done)
        return first
    try:
        proc.until("the watchers of all folders", lambda: len(told_of()) == folders, 10, every=0.2)
    except proc.Failed:
        pass  # how many of them is the outcome
    first = [us / 1000 for us in told_of().values()]
    return {"files": len(names), "folders": folders, "wrote_ms": done / 1000 - begin * 1000, "stale": len(names) - int(fresh.get("22", 0)),
            "load": os.getloadavg()[0], "told": len(first), "told_ms": [min(first), max(first)] if first else None}


def page(one, where, visits, holds_ms):
    """hold in ms -> side -> {"first", "again"}: the page's includes, and again 4 s after the last visit."""
    found = {}

    def visit(side):
        return one.work(f"include /tmp/page-{side}", SIDES[side])
    for ms in holds_ms:
        delay(one.guest, ms)
        one.start()
        one.mount(SIDES["plain"], MISSION)
        for side, target in SIDES.items():
            one.guest.must(f"sed s,^/Users,{target}, /Users/{where.name}-included > /tmp/page-{side}")
        first = {side: visit(side) for side in SIDES}

        def later(side):
            time.sleep(2)  # each side's turn is after the other's, so that 4 s are between two of its own
            return visit(side)
        samples = rounds(visits, {side: (lambda s=side: later(s)) for side in SIDES})
        found[str(ms)] = {side: {"first": first[side], "again": samples[side]} for side in SIDES}
    delay(one.guest, DELAY_MS)
    return found


def at_rest(one, seconds):
    """The processes of usermount while nobody edits and nobody uses the mount, which is coherent."""
    one.start()
    time.sleep(3)
    before, calls = rest.look(one.guest)["usermount"], one.calls()
    time.sleep(seconds)
    after = rest.look(one.guest)["usermount"]
    return {"seconds": seconds, "before": before, "after": after, "calls": one.calls() - calls}


def measure(quick, lab, guest):
    where = TINY if quick else PAGE
    kinds = list(KINDS)[:4] if quick else list(KINDS)
    delay(guest, 0)
    project.make(lab.server, where)
    with told(lab, guest) as one:
        found = {"delay_ms": DELAY_MS, "included": where.included, "rest": at_rest(one, 1 if quick else REST_S), "page": page(one, where, 1 if quick else VISITS, PAGE_DELAYS_MS[:1] if quick else PAGE_DELAYS_MS)}
        one.start()
        found["shown"] = [row for number in range(1 if quick else EDITS) for row in edits_shown(one, number, kinds)]
        found["woken_ms"] = woken(one, 5 if quick else WAKES)
        found["burst"] = burst(one, *((3, 10) if quick else (FOLDERS, FILES)))
        one.standin.kill()
        delay(guest, 0)
    return found


__all__ = ["WORLD", "measure", "render"]
