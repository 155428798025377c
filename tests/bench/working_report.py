# SPDX-License-Identifier: MIT
"""What `working` found, as text: tables, the targets, and why the built-in options are what they are."""

import plot
from option_sets import CACHE_SETS, GROUPS, LARGE_SETS, MISSIONS, OURS, PAIR, TREE_OPS, WORTH_OPS, WORTH_SETS
from report import median, met, ratio, slower, spread, table, would_show

WIRE_OPS = ("write", "read", "four readers")
BY = 1.05  # what is called slower is so by more than this


def _sums(samples, ops, key="ms"):
    """One sum over these operations for each sample."""
    return [sum(sample[op][key] for op in ops) for sample in samples]


def _each(samples, op, key):
    values = [sample[op][key] for sample in samples if sample[op]]
    return f"{median(values):.0f}" if values else "refused"


def _ratio(samples, base, ops):
    return ratio(_sums(samples, ops), _sums(base, ops))


def _time_table(sets):
    """Time of each group, and its ratio to the mission's set."""
    base = sets[MISSIONS]
    rows = [(name, *(f"{median(_sums(samples, ops)):.0f} ({_ratio(samples, base, ops)})" for ops in GROUPS.values()))
            for name, samples in sets.items()]
    return table(["options", *GROUPS], rows)


def _calls_table(sets):
    return table(["options", *TREE_OPS], [(name, *(_each(samples, op, "calls") for op in TREE_OPS)) for name, samples in sets.items()])


def _words(project):
    return f"{project['files']} files, {project['included']} of them included, {project['written']} written and deleted"


def _large_tables(data):
    sets, others = data["tree"], [len(s) for name, s in data["tree"].items() if name not in PAIR]
    yield (f"### The large tree\n\n{_words(data['large'])}; {len(sets[OURS])} rounds, in each the mission's set and usermount's next to each other, now one first and "
           f"now the other{f', and the other sets in {max(others)} of them' if others else ''}. Time, ms, and in brackets its ratio to the mission's set:\n\n")
    yield _time_table(sets)
    yield ("\nNFS calls. A pass through so many files takes longer than the youngest attributes are kept (3 s), so that here some calls depend on how fast "
           "the machine is:\n\n")
    yield _calls_table(sets)


def _small_tables(data):
    yield (f"\n### The small tree, all sets\n\n{_words(data['small'])}; {len(data['cache'][OURS])} interleaved rounds. Time, ms, and in brackets its ratio to the mission's set; "
           "what lasts for less than a second is mostly noise here, and the calls say more:\n\n")
    yield _time_table(data["cache"])
    yield "\nNFS calls, which do not depend on the machine, as no attribute grows old within one operation:\n\n"
    yield _calls_table(data["cache"])


def _seen_table(data):
    def cell(value):
        return f"more than {data['limit_s']:.0f}" if value is None else f"{max(0, value):.1f}"
    yield ("\n### How soon an edit is seen\n\nHow many seconds an edit on the server stays unseen: by open() and fstat(), by stat() alone, and a new file by stat() of a name that "
           f"was not there. All sets side by side; each file is looked at all the time and is edited once, when it has been known for {data['age_s']} s, so that it counts how old the "
           "attributes happen to be:\n\n")
    yield table(["options", "open()", "stat()", "a new file, stat()"],
                [(name, *(cell(ways[way]) for way in ("open", "stat", "new"))) for name, ways in data["seen"].items()])


def _wire_table(data):
    base = data["wire"][MISSIONS]
    yield (f"\n### One large file\n\n{data['megabytes']} MB, nothing cached; ms, median (least-most), and the ratio to the mission's set. "
           f"{len(base)} rounds of the first two, {min(map(len, data['wire'].values()))} of the others:\n\n")
    yield table(["options", *WIRE_OPS], [(name, *(f"{spread(_sums(samples, (op,)))} {_ratio(samples, base, (op,))}" for op in WIRE_OPS))
                                         for name, samples in data["wire"].items()])


def _sides(data):
    """What is judged: name -> the times of the pair, ours first, in the order of the rounds."""
    sides = {name: tuple(_sums(data["tree"][side], ops) for side in PAIR) for name, ops in GROUPS.items()}
    return sides | {f"sequential {op}": tuple(_sums(data["wire"][side], (op,)) for side in PAIR) for op in WIRE_OPS}


def _more_calls(data):
    """The operations in the small tree that took usermount more calls than the mission's set, in every round."""
    ours, theirs = (data["cache"][side] for side in PAIR)
    return [op for op in TREE_OPS if min(_sums(ours, (op,), "calls")) > max(_sums(theirs, (op,), "calls"))]


def _slower_groups(samples, base):
    return [name for name, ops in GROUPS.items() if slower(_sums(samples, ops), _sums(base, ops), BY)]


def _controls(data):
    """The same rule where it must say something."""
    base, small = data["tree"][MISSIONS], data["cache"]
    judged = {f"{name}, large tree": _slower_groups(samples, base) for name, samples in data["tree"].items() if name not in PAIR}
    if "lookupcache=none" in small:
        judged["lookupcache=none, small tree"] = _slower_groups(small["lookupcache=none"], small[MISSIONS])
    faster = {name: [g for g, ops in GROUPS.items() if slower(_sums(base, ops), _sums(samples, ops), BY)]
              for name, samples in data["tree"].items()}

    def words(found):
        return "; ".join(f"{name} ({', '.join(groups)})" for name, groups in found.items() if groups) or "none"
    return f"By the same rule, slower than the mission's set: {words(judged)}. Faster, in the large tree: {words(faster)}."


def _targets(data):
    sides, more = _sides(data), _more_calls(data)
    late = [name for name, pair in sides.items() if slower(*pair, BY)]
    yield ("\n### Never slower than the mission's options?\n\nusermount's mount has the mission's options and a larger read-ahead, so that in the trees the two should be equal, and "
           f"what differs is noise. Slower is a median that is more than {BY} x the mission's, with no sample as fast as the mission's slowest; or more calls in the small "
           "tree in every round. Pair by pair is the ratio within each round, median (least-most). The last column is how much longer usermount's samples would have had to "
           "take, with this spread, to be called slower: of less than that nothing can be said.\n\n")
    yield table(["", "usermount, ms", "the mission's, ms", "ratio of medians", "pair by pair", "", "would show"], [
        (name, spread(ours), spread(theirs), ratio(ours, theirs), spread([a / b for a, b in zip(ours, theirs)], 2),
         "**slower**" if name in late else "not slower", f"{max(1, would_show(ours, theirs, BY)):.2f} x") for name, (ours, theirs) in sides.items()])
    yield f"\n{_controls(data)}\n\n"
    calls = [median(_sums(data["cache"][side], TREE_OPS, "calls")) for side in PAIR]
    yield table(["target", "measured", ""], [
        ("work in the mount: never slower than the mission's options",
         (f"slower: {', '.join(late)}" if late else f"{ratio(*sides['sequential read'])} x in a long read, no slowdown seen elsewhere") + "; calls in the small tree "
         + f"{calls[0]:.0f} to {calls[1]:.0f}" + (f", more in {', '.join(more)}" if more else ""), met(not late and not more))])


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
        yield (f": without it they take {ratio(_sums(worth['without nolock'], ('lock',)), _sums(worth['all four'], ('lock',)), 0)} x the time (and a "
               "service beside NFS, whose calls are not counted here)")
    yield ".\n\n"


def _worth_table(data):
    worth, base = data["worth"], data["worth"]["all four"]
    yield "\n### What each of the mission's options is worth\n\nIn the small tree. Time as a ratio to all four, and in brackets the calls:\n\n"

    def cell(samples, op):
        if not (samples[0][op] and base[0][op]):
            return "refused"
        return f"{_ratio(samples, base, (op,))} ({_each(samples, op, 'calls')})"
    yield from _worth_words(worth)
    yield table(["options", *WORTH_OPS], [(name, *(cell(samples, op) for op in WORTH_OPS)) for name, samples in worth.items()])


def _choice(data):
    """Why the built-in options are what they are, in this run's numbers."""
    tree, cache, wire = data["tree"], data["cache"], data["wire"]
    if len(cache) < len(CACHE_SETS) or len(tree) < len(LARGE_SETS):
        return  # a run that measured nothing
    later = GROUPS["again"] + GROUPS["4 s later"]

    def read(name, other):
        return _ratio(wire[name], wire[other], ("read",))

    def lag(name, way):
        seconds = data["seen"][name][way]
        return f"more than {data['limit_s']} s" if seconds is None else f"{max(0, seconds):.1f} s"

    def calls(name):
        return ratio(_sums(tree[name], later, "calls"), _sums(tree[MISSIONS], later, "calls"))
    yield "\n### What is built in, and why\n\n"
    yield ("* **The mission's options.** open() shows an edit at once with every set that keeps close-to-open consistency "
           f"({lag(MISSIONS, 'open')}). stat() shows it as late as attributes are kept: 3 to 60 s, the longer the longer a file has not changed. "
           f"actimeo=1 or 2 shortens that; passes through the large tree, again and 4 s later, then cost {calls('actimeo=1')} x the calls and "
           f"{_ratio(tree['actimeo=1'], tree[MISSIONS], later)} x the time with actimeo=1. lookupcache=none costs {_ratio(cache['lookupcache=none'], cache[MISSIONS], later)} x the "
           "time in the small one.\n")
    yield (f"* **`options = actimeo=1`** is for who has programs that only stat(): they see an edit after {lag('actimeo=1', 'stat')} in place of "
           f"{lag(MISSIONS, 'stat')}, and a new file after {lag('actimeo=1', 'new')} in place of {lag(MISSIONS, 'new')}.\n")
    yield (f"* **`options = nocto,actimeo=60`** is for trees that nobody edits on the Mac: {_ratio(tree['nocto,actimeo=60'], tree[MISSIONS], later)} x the time of these passes, but "
           f"open() shows an edit after {lag('nocto,actimeo=60', 'open')}.\n")
    yield (f"* **Read-ahead.** Linux since 5.4 has 128 KiB; with 1 MiB a long read takes {read('read-ahead 1024 KiB', 'read-ahead 128 KiB')} x the time, with 15 MiB "
           f"{read('read-ahead 15360 KiB', 'read-ahead 128 KiB')} x. usermount raises it to 1 MiB; Moby's own kernels have 15 MiB.\n")
    yield (f"* **Connections.** nconnect=2, 4, 8: {', '.join(read(f'nconnect={n}', MISSIONS) for n in (2, 4, 8))} x for one long read. Moby's kernels have "
           "no nconnect (5.3), which would be refused there: left to who asks for it.\n")


def render(data, figures):
    bars = {name: _sums(samples, GROUPS["again"] + GROUPS["4 s later"]) for name, samples in data["tree"].items()}
    figures["working.svg"] = plot.bars(f"{data['large']['files']} files: walk, stat, include, read: again, and stat and include after 4 s",
                                       {n: (median(s), min(s), max(s)) for n, s in bars.items()}, "ms", (OURS,))
    yield (f"PHP-like trees, in user-mode-linux; each packet of the guest's held for {data['delay_ms']} ms in place of "
           f"the way through vpnkit: a call takes {data['call_ms'][1]:.2f} ms then, and {data['call_ms'][0]:.2f} ms without. The server's files are in memory, and it has met them all before. Walk and include begin cold; "
           f"{data['later_s']} s after them come stat and include (`4 s later`). On a second mount stat all and read all begin cold, and everything comes `again` at once after that. "
           "git status, write and delete are on a third.\n\n")
    yield from _large_tables(data)
    yield "\n![working](bench/working.svg)\n"
    yield from _targets(data)
    yield from _small_tables(data)
    yield from _seen_table(data)
    yield from _wire_table(data)
    yield from _choice(data)
    yield from _worth_table(data)
