# SPDX-License-Identifier: MIT
"""What `events` found, as text: what a person feels first, then each kind of edit, and the targets."""

from report import median, met, ratio, spread, table

PINGS_A_MINUTE = 15  # one each 4 s (docs/events.md)
WATCH_S = 5


def feels(data):
    """README's "How fast" begins with this: lines of its own."""
    holds = sorted(data["page"], key=float)
    rows = [(hold, data["page"][hold]) for hold in holds]

    def seconds(side, hold):
        return f"{median([visit['ms'] for visit in data['page'][hold][side]['again']]) / 1000:.2f} s"

    def calls(side):
        return f"{median([visit['calls'] for hold in holds for visit in data['page'][hold][side]['again']]):.0f}"
    shown = [ms for _, _, ms in data["shown"] if ms is not None]
    far = rows[-1][0]
    return (f"A page that includes {data['included']} files, shown again 4 s later: {seconds('coherent', far)} in usermount's coherent mount, {seconds('plain', far)} "
            f"in a plain NFS mount, where each packet takes {far} ms to the Mac ({seconds('coherent', holds[0])} and {seconds('plain', holds[0])} where it takes "
            f"{holds[0]} ms). The first makes {calls('coherent')} calls to the Mac, the second {calls('plain')}. A file saved on the Mac is seen in the guest after "
            f"{median(shown):.0f} ms ({max(shown):.0f} at most), and wakes a watcher in a container after {median(data['woken_ms']):.0f} ms (medians).\n")


def _page(data):
    yield (f"\n### A page of {data['included']} includes\n\nstat, open, read and close of {data['included']} files, as an interpreter does it; the first visit, and again 4 s after the last "
           "one, both mounts in turn. Seconds, median (least-most), and the calls of a visit; `plain` has the mission's options:\n\n")
    rows = []
    for hold in sorted(data["page"], key=float):
        sides = data["page"][hold]
        for side, visits in sides.items():
            again = [visit["ms"] for visit in visits["again"]]
            rows.append((f"{hold} ms", side, f"{visits['first']['ms'] / 1000:.3f}", spread([ms / 1000 for ms in again], 3),
                         ratio(again, [visit["ms"] for visit in sides["plain"]["again"]], 3), f"{median([visit['calls'] for visit in visits['again']]):.0f}"))
    yield table(["each packet held for", "mount", "first, s", "again, s", "to plain", "calls, again"], rows)


def _shown(data):
    kinds, ways = list(dict.fromkeys(kind for kind, _, _ in data["shown"])), ("open", "stat", "readdir")
    yield ("\n### Until an edit is seen\n\nms from the end of the edit on the server until the mount shows what is there, all of it: by open(), inode, size, mtime and content; by stat(), "
           "inode, size, mtime and mode; by readdir(), names and inodes. A program looks at all of them each 2 ms, and each edit is of something that the guest has looked "
           "at, a missing name too. Median (least-most); a blank is what the edit does not change:\n\n")

    def cell(kind, way):
        values = [ms for k, w, ms in data["shown"] if (k, w) == (kind, way)]
        known = [ms for ms in values if ms is not None]
        lost = f", {len(values) - len(known)} of {len(values)} never" if len(known) < len(values) else ""
        return (spread(known) if known else "") + lost
    yield table(["edit", *(f"{way}()" for way in ways)], [(kind, *(cell(kind, way) for way in ways)) for kind in kinds])


def _targets(data):
    shown, lost = [ms for _, _, ms in data["shown"] if ms is not None], sum(ms is None for _, _, ms in data["shown"])
    yield ("an edit until open(), stat() and readdir() show it: 100 ms in the median", f"{median(shown):.0f} ms of {len(shown)}", met(median(shown) <= 100))
    yield ("the same: never more than 300 ms", f"{max(shown):.0f} ms at most" + (f", {lost} not seen at all" if lost else ""), met(max(shown) <= 300 and not lost))
    woken = data["woken_ms"]
    yield ("a watcher in a container, from the edit to its event: 120 ms in the median", f"{spread(woken)} ms of {len(woken)}", met(median(woken) <= 120))
    burst = data["burst"]
    yield (f"{burst['files']} files replaced at once: all fresh within 1 s of the last write", f"{burst['stale']} stale in a pass that begins then", met(not burst["stale"]))
    yield ("the same: watchers of their folders told within 3 s", f"{burst['told']} of {burst['folders']} told"
           + (f", the last {burst['told_ms'][1]:.0f} ms after the last write" if burst["told_ms"] else ""),
           met(burst["told"] == burst["folders"] and burst["told_ms"][1] <= 3000))
    rest = data["rest"]
    per_minute = 60 / rest["seconds"]
    wakes = (rest["after"]["switches"] - rest["before"]["switches"]) * per_minute
    expected = 2 * 60 / WATCH_S + 2 * PINGS_A_MINUTE
    yield ("told of edits, at rest: 1 MiB PSS at most, all processes together", f"{rest['after']['Pss']} KiB in {rest['after']['processes']} processes",
           met(rest["after"]["Pss"] <= 1024))
    yield ("the same: no wakeup but the watch and the heartbeat", f"{wakes:.0f} a minute; {60 / WATCH_S:.0f} checks and {PINGS_A_MINUTE} pings with their answers make {expected:.0f}",
           met(wakes <= expected + 2))
    yield ("the same: no call to the server but the watch's", f"{rest['calls']} in {rest['seconds']} s", met(not rest["calls"]))


def render(data, _figures):
    burst = data["burst"]
    yield feels(data)
    yield (f"\nIn user-mode-linux with one CPU; the Mac's side is a user of this machine, who edits the server's files in memory, and `usermount-pack events` with fanotify. "
           f"Each packet of the guest's is held for {data['delay_ms']} ms where nothing else is said. 30 ms of each time are the watcher's gathering.\n")
    yield from _page(data)
    yield from _shown(data)
    yield (f"\n### A burst\n\n{burst['files']} files in {burst['folders']} folders, each saved by rename; writing them takes {burst['wrote_ms']:.0f} ms. All are cached in the guest before, "
           f"and a process in a container watches each folder. The machine's load average was {burst['load']:.1f} then; the guest, its server and its client make 2 at most. "
           "The burst follows another one, which made the files; most of its events are still to come. A pass through all files begins a second after the last write.\n\n"
           "The guest's one processor takes in 10,000 records, refreshes the whole mount a few times and serves the pass meanwhile. Three changes brought the last folder from 28 s "
           "to three: each pause in the stream lets a folder's next record come first, folders have a turn while records still come, and records are taken 32 at a time. "
           "Without the pass, four runs at 7557f1d took 2.1 to 2.9 s.\n\n")
    yield table(["target", "measured", ""], list(_targets(data)))
