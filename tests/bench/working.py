# SPDX-License-Identifier: MIT
"""Working in the mount: what each set of mount options costs in time and in calls, and how soon it shows the Mac's edits.

In user-mode-linux against nfs-ganesha. Each packet of the guest's is held for DELAY_MS, in place of the way through
vpnkit; without that the wire is a memory copy, and calls would cost next to nothing. Each sample is a mount of its own.
"""

import threading
import time

import plot
from report import median, met, ratio, rounds, spread, table
from world import SERVER, configure, delay, proc, stands_by, work

WORLD = {"memory": "1000M", "locks": True}
DELAY_MS = 0.25
FILES, INCLUDED, WRITTEN, MEGABYTES, ROUNDS = 400, 200, 150, 200, 2
MISSION = "noacl,noatime,nolock,async"

OURS = "usermount as it comes"
MISSIONS = "the mission's"

# What caches do: measured with the tree. name -> options
CACHE_SETS = {
    MISSIONS: MISSION,
    OURS: OURS,
    "d4m-nfs's": "nolock,local_lock=all",
    "defaults": "",
    "actimeo=1": f"{MISSION},actimeo=1",
    "actimeo=2": f"{MISSION},actimeo=2",
    "actimeo=60": f"{MISSION},actimeo=60",
    "nocto": f"{MISSION},nocto",
    "nocto,actimeo=60": f"{MISSION},nocto,actimeo=60",
    "lookupcache=positive": f"{MISSION},lookupcache=positive",
    "lookupcache=none": f"{MISSION},lookupcache=none",
    "nordirplus": f"{MISSION},nordirplus",
}
# One of the mission's options taken away at a time.
WORTH_SETS = {
    "all four": MISSION,
    "without noacl": "noatime,nolock,async",
    "without noatime": "noacl,nolock,async",
    "without nolock": "noacl,noatime,async",
    "sync in place of async": "noacl,noatime,nolock,sync",
}
# What the wire does: measured with one large file.
WIRE_SETS = {
    MISSIONS: MISSION,
    OURS: OURS,
    "nconnect=2": f"{MISSION},nconnect=2",
    "nconnect=4": f"{MISSION},nconnect=4",
    "nconnect=8": f"{MISSION},nconnect=8",
    "rsize=wsize=32768": f"{MISSION},rsize=32768,wsize=32768",
    "rsize=wsize=262144": f"{MISSION},rsize=262144,wsize=262144",
}
READ_AHEAD_KIB = (128, 512, 1024, 4096, 15360)
TREE_OPS = ("walk", "stat", "include", "read", "walk again", "stat again", "include again", "read again",
            "stat, 4 s later", "include, 4 s later", "git status", "write", "delete")
WORTH_OPS = ("walk", "stat", "include", "read", "include again", "read again", "write", "delete", "lock")


def make_tree(users, files):
    """A PHP-like project: folders of ten files, 300 bytes to 6 KiB each; a git repository; the list of what is included."""
    app = users / "app"
    paths = []
    for number in range(files):
        folder = app / "vendor" / f"vendor{number // 100}" / f"package{number // 50}" / "src" / f"Part{number // 10}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"Class{number}.php").write_bytes(b"<?php // filler\n" * (20 + number * 37 % 380))
        paths.append(folder / f"Class{number}.php")
    for command in ("init -q", "add -A", "-c user.name=n -c user.email=e@example.com commit -qm start"):
        proc.run(["git", "-C", app, *command.split(" ")])
    step = max(1, files // INCLUDED)
    (users / "included").write_text("".join(f"/Users/{p.relative_to(users)}\n" for p in paths[::step]))
    proc.run(["chown", "-R", "501:20", users])


class Mount:
    """One guest in which sets are mounted one after the other."""

    def __init__(self, guest, written, megabytes, later_s):
        self.guest, self.written, self.megabytes, self.later_s = guest, written, megabytes, later_s

    def fresh(self, options):
        self.guest.sh("/usr/sbin/usermount stop; umount /Users")
        if options == OURS:
            self.guest.must("/usr/sbin/usermount start && echo 3 > /proc/sys/vm/drop_caches")
            return
        options = ",".join(["vers=3,proto=tcp,mountproto=tcp,hard", *[o for o in options.split(",") if o]])
        self.guest.must(f"mount.nfs {SERVER}:/Users /Users -o {options}", 60)
        self.guest.must("echo 3 > /proc/sys/vm/drop_caches")

    def tree(self, options, ops):
        """These operations on a fresh mount: op -> {"ms", "calls"}; None where the mount cannot do it."""
        self.fresh(options)
        verbs = {"walk": "walk /Users/app/vendor", "stat": "stat /Users/app/vendor", "include": "include /tmp/included",
                 "read": "read /Users/app/vendor", "git status": "run git -C /Users/app status --porcelain",
                 "write": f"write /Users/written {self.written}", "delete": "delete /Users/written",
                 "lock": "lock /Users/locked 100"}
        done = {}
        for op in ops:
            verb = op.removesuffix(" again").removesuffix(", 4 s later")
            if op == "stat, 4 s later":
                time.sleep(self.later_s)
            if op == "git status":
                self.fresh(options)
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
    guest.sh("umount /Users")
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


def measure(quick, lab, guest):
    files, included, written, megabytes, count = (30, 10, 20, 4, 1) if quick else (FILES, INCLUDED, WRITTEN, MEGABYTES, ROUNDS)
    make_tree(lab.server.users, files)
    guest.must("echo '[safe]\n\tdirectory = *' > /etc/gitconfig")
    stands_by(guest)
    mount = Mount(guest, written, megabytes, 0.5 if quick else 4)
    configure(guest, wait="10")
    mount.fresh(MISSION)
    guest.must("cp /Users/included /tmp/included")
    result = {"files": files, "included": min(files, included), "written": written, "megabytes": megabytes,
              "delay_ms": DELAY_MS}
    few = list(CACHE_SETS)[:2] if quick else list(CACHE_SETS)
    delay(guest, DELAY_MS)
    result["cache"] = rounds(count, {n: (lambda o=CACHE_SETS[n]: mount.tree(o, TREE_OPS)) for n in few})
    result["worth"] = rounds(count, {n: (lambda o=o: mount.tree(o, WORTH_OPS)) for n, o in
                                     (list(WORTH_SETS.items())[:2] if quick else WORTH_SETS.items())})
    wire = {n: (lambda o=o: mount.wire(o)) for n, o in (list(WIRE_SETS.items())[:2] if quick else WIRE_SETS.items())}
    for kib in READ_AHEAD_KIB[:1] if quick else READ_AHEAD_KIB:
        wire[f"read-ahead {kib} KiB"] = lambda kib=kib: mount.wire(MISSION, kib)
    result["wire"] = rounds(1 if quick else count + 1, wire)
    delay(guest, 0)
    age_s, limit_s = (1, 4) if quick else (22, 40)
    result |= {"age_s": age_s, "limit_s": limit_s, "seen": seen(lab, guest, {n: CACHE_SETS[n] for n in few if n != OURS}, age_s, limit_s)}
    return result


GROUPS = {"cold": ("walk", "stat", "include", "read"), "again": ("walk again", "stat again", "include again", "read again"),
          "4 s later": ("stat, 4 s later", "include, 4 s later"), "git status": ("git status",), "write, delete": ("write", "delete")}


def _sums(samples, ops, key):
    """One sum over these operations for each sample."""
    return [sum(sample[op][key] for op in ops) for sample in samples]


def _each(samples, op, key, digits=0):
    values = [sample[op][key] for sample in samples if sample[op]]
    return f"{median(values):.{digits}f}" if values else "refused"


def _cache_tables(data):
    cache, base = data["cache"], data["cache"][MISSIONS]
    yield "Time, ms, and in brackets its ratio to the mission's set:\n\n"
    rows = [(name, *(f"{median(_sums(samples, ops, 'ms')):.0f} ({ratio(_sums(samples, ops, 'ms'), _sums(base, ops, 'ms'))})"
                     for ops in GROUPS.values())) for name, samples in cache.items()]
    yield table(["options", *GROUPS], rows)
    yield ("\nEqual options show what is noise here: times that differ by less than the mission's set and usermount's own do say nothing, and the "
           "calls say more. The first `git status` of a run, the mission's, also writes the index.\n")
    yield "\nNFS calls, which do not depend on the machine:\n\n"
    yield table(["options", *TREE_OPS], [(name, *(_each(samples, op, "calls") for op in TREE_OPS)) for name, samples in cache.items()])
    yield "\nThe spread, ms, of the mission's set: " + ", ".join(
        f"{name} {spread(_sums(base, ops, 'ms'))}" for name, ops in GROUPS.items()) + ".\n"


def _seen_table(data):
    def cell(value):
        return f"more than {data['limit_s']:.0f}" if value is None else f"{max(0, value):.1f}"
    yield (f"\nHow many seconds an edit on the server stays unseen: by open() and fstat(), by stat() alone, and a new file by stat() of a name that "
           f"was not there. All sets side by side; each file is looked at all the time and is edited once, when it has been known for {data['age_s']} s, so that it counts how old the "
           "attributes happen to be:\n\n")
    yield table(["options", "open()", "stat()", "a new file, stat()"],
                [(name, *(cell(ways[way]) for way in ("open", "stat", "new"))) for name, ways in data["seen"].items()])


def _wire_table(data):
    base = data["wire"][MISSIONS]
    yield f"\nOne file of {data['megabytes']} MB, nothing cached; ms, median (least-most), and the ratio to the mission's set:\n\n"
    ops = ("write", "read", "four readers")
    yield table(["options", *ops], [(name, *(f"{spread(_sums(samples, (op,), 'ms'))} {ratio(_sums(samples, (op,), 'ms'), _sums(base, (op,), 'ms'))}"
                                             for op in ops)) for name, samples in data["wire"].items()])


def _worth_words(worth):
    """In calls, and for locks in time: the rest is within the noise."""
    if len(worth) < len(WORTH_SETS):
        return

    def calls(name, op):
        return median(_sums(worth[name], (op,), "calls"))
    yield (f"noacl saves {calls('without noacl', 'write') - calls('all four', 'write'):.0f} calls while {calls('all four', 'write'):.0f} write the files "
           "(one for each new folder's ACL). noatime and async save none: the NFS client writes no access times, and async is what a mount has without it; "
           "sync in its place writes through at once. nolock keeps locks in the guest")
    if worth["without nolock"][0]["lock"] and worth["all four"][0]["lock"]:
        yield (f": without it they take {ratio(_sums(worth['without nolock'], ('lock',), 'ms'), _sums(worth['all four'], ('lock',), 'ms'), 0)} x the time (and a "
               "service beside NFS, whose calls are not counted here)")
    yield ".\n\n"


def _worth_table(data):
    worth, base = data["worth"], data["worth"]["all four"]
    yield "\n### What each of the mission's options is worth\n\nTime as a ratio to all four, and in brackets the calls:\n\n"

    def cell(samples, op):
        if not (samples[0][op] and base[0][op]):
            return "refused"
        return f"{ratio(_sums(samples, (op,), 'ms'), _sums(base, (op,), 'ms'))} ({_each(samples, op, 'calls')})"
    yield from _worth_words(worth)
    yield table(["options", *WORTH_OPS], [(name, *(cell(samples, op) for op in WORTH_OPS)) for name, samples in worth.items()])


def _choice(data):
    """Why the built-in options are what they are, in this run's numbers."""
    cache, wire, base = data["cache"], data["wire"], data["cache"][MISSIONS]
    if len(cache) < len(CACHE_SETS):
        return  # a run that measured nothing

    def again(name):
        ops = GROUPS["again"] + GROUPS["4 s later"]
        return ratio(_sums(cache[name], ops, "ms"), _sums(base, ops, "ms"))

    def read(name, other):
        return ratio(_sums(wire[name], ("read",), "ms"), _sums(wire[other], ("read",), "ms"))

    def lag(name, way):
        seconds = data["seen"][name][way]
        return f"more than {data['limit_s']} s" if seconds is None else f"{max(0, seconds):.1f} s"
    yield "\n### What is built in, and why\n\n"
    yield ("* **The mission's options.** open() shows an edit at once with every set that keeps close-to-open consistency "
           f"({lag(MISSIONS, 'open')}). stat() shows it as late as attributes are kept: 3 to 60 s, the longer the longer a file has not changed. "
           "actimeo=1 or 2 shortens that, and in a tree that is passed through within that time, as here, costs no more calls; in one that takes "
           "longer everything is asked again, so it is not built in. lookupcache=none costs "
           f"{again('lookupcache=none')} x.\n")
    yield (f"* **`options = actimeo=1`** is for who has programs that only stat(): they see an edit after {lag('actimeo=1', 'stat')} in place of "
           f"{lag(MISSIONS, 'stat')}, and a new file after {lag('actimeo=1', 'new')} in place of {lag(MISSIONS, 'new')}.\n")
    yield (f"* **`options = nocto,actimeo=60`** is for trees that nobody edits on the Mac: {again('nocto,actimeo=60')} x, but open() shows an edit after "
           f"{lag('nocto,actimeo=60', 'open')}.\n")
    yield (f"* **Read-ahead.** Linux since 5.4 has 128 KiB; with 1 MiB a long read takes {read('read-ahead 1024 KiB', 'read-ahead 128 KiB')} x the time, with 15 MiB "
           f"{read('read-ahead 15360 KiB', 'read-ahead 128 KiB')} x. usermount raises it to 1 MiB; Moby's own kernels have 15 MiB.\n")
    yield (f"* **Connections.** nconnect=2, 4, 8: {', '.join(read(f'nconnect={n}', MISSIONS) for n in (2, 4, 8))} x for one long read. Moby's kernels have "
           "no nconnect (5.3), which would be refused there: left to who asks for it.\n")


def _targets(data):
    """Slower is what lies beyond the other's own spread, and by more than a tenth."""
    cache, wire = data["cache"], data["wire"]
    sides = {name: (_sums(cache[OURS], ops, "ms"), _sums(cache[MISSIONS], ops, "ms")) for name, ops in GROUPS.items()}
    sides["sequential read"] = tuple(_sums(wire[name], ("read",), "ms") for name in (OURS, MISSIONS))
    slower = [name for name, (ours, theirs) in sides.items() if min(ours) > max(theirs) and median(ours) > 1.1 * median(theirs)]
    every = [op for ops in GROUPS.values() for op in ops if op != "git status"]
    calls = [median(_sums(cache[name], every, "calls")) for name in (OURS, MISSIONS)]
    yield "\n" + table(["target", "measured", ""], [
        ("work in the mount: never slower than the mission's options", ", ".join(f"{name} {ratio(*pair)} x" for name, pair in sides.items())
         + f"; calls without git {calls[0]:.0f} to {calls[1]:.0f}",
         met(not slower))])


def render(data, figures):
    base = data["cache"][MISSIONS]
    bars = {name: _sums(samples, GROUPS["again"] + GROUPS["4 s later"], "ms") for name, samples in data["cache"].items()}
    figures["working.svg"] = plot.bars("Walk, stat, include, read: again, and stat and include after 4 s",
                                       {n: (median(s), min(s), max(s)) for n, s in bars.items()}, "ms", (OURS,))
    yield (f"A PHP-like tree of {data['files']} files, {data['included']} of them included, {data['written']} written and deleted; {len(base)} "
           f"interleaved rounds, a fresh mount each, in user-mode-linux; each packet of the guest's held for {data['delay_ms']} ms in place of "
           "the way through vpnkit. The server's own cache is warm. `again` is at once, so what a cache forgets meanwhile is asked again.\n\n")
    yield from _cache_tables(data)
    yield "\n![working](bench/working.svg)\n"
    yield from _seen_table(data)
    yield from _wire_table(data)
    yield from _targets(data)
    yield from _choice(data)
    yield from _worth_table(data)
