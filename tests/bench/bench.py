#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures, and writes docs/benchmarks.md and its figures: bench.py [--quick] [--out FOLDER] [--render] [BENCH...].

Each bench leaves its numbers in FOLDER/NAME.json; the document is made of those of one run. With names only those are
measured, and the others' numbers are taken as they are; --render measures nothing. --quick (or BENCH=quick) takes tiny
sizes: it shows that the code runs, and its numbers mean nothing, so it writes no document but FOLDER/benchmarks.md.
"""

import argparse
import contextlib
import datetime
import importlib
import json
import math
import os
import subprocess
import sys
import threading
import time
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import report  # noqa: E402
from world import BUILD, REPO, World  # noqa: E402

# In the order of the document. `late` and `rest` wait most of their time, and do so side by side.
BENCHES = {"mounting": "Getting mounted", "late": "A server that comes late", "rest": "The cost at rest", "size": "Size",
           "packing": "Packing", "working": "Working in the mount", "coherent": "Working in a coherent mount",
           "events": "Edits on the Mac", "scaling": "One to thirty-two mounts",
           "containers": "Running containers"}
TOGETHER = [("size",), ("mounting",), ("packing",), ("scaling",), ("containers",), ("late", "rest"), ("events",), ("working",), ("coherent",)]
# Seconds that each took on two quiet processors, for saying how long a run will take.
USUAL_S = {"mounting": 120, "late": 280, "rest": 190, "size": 40, "packing": 200, "working": 1800, "coherent": 1500, "events": 330, "scaling": 120, "containers": 60}


@contextlib.contextmanager
def world(**more):
    lab = World("bench", **more)
    try:
        yield lab, lab.enter()
    finally:
        lab.close()


def commit():
    """What is measured; the document may be written later than that."""
    done = subprocess.run(["git", "-C", REPO, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return done.stdout.strip() or "?"


def keep(out, name, begin, quick, **found):
    """A bench's outcome, its data or how it failed, with when and of which commit."""
    entry = {**found, "at": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
             "took_s": round(time.time() - begin), "quick": quick, "commit": commit(), "load": os.getloadavg()[2]}
    (out / f"{name}.json").write_text(json.dumps(entry))
    return entry["took_s"]


def measure(name, quick, out, shared=None):
    """shared: a lab and its guest to measure in, where each bench needs none of its own."""
    begin = time.time()
    module = importlib.import_module(name)
    if not hasattr(module, "WORLD"):
        data = module.measure(quick)
    elif shared:
        data = module.measure(quick, *shared)
    else:
        with world(**module.WORLD) as (lab, guest):
            data = module.measure(quick, lab, guest)
    print(f"bench: {name}: {keep(out, name, begin, quick, data=data)} s", flush=True)


def measure_together(names, out):
    """Side by side. Returns what failed: the other benches are worth measuring all the same."""
    failures = []

    def one(name):
        begin = time.time()
        try:
            measure(name, False, out)
        except BaseException as failure:  # SystemExit of a missing package as well
            traceback.print_exc()
            keep(out, name, begin, False, failed=f"{type(failure).__name__}: {failure}")
            failures.append(f"{name}: {failure}")

    threads = [threading.Thread(target=one, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


def measure_all(wanted, out):
    """One group after the other, told with how long it usually takes. Returns what failed."""
    groups = [names for names in (tuple(n for n in group if n in wanted) for group in TOGETHER) if names]
    usual = [max(USUAL_S[name] for name in names) for names in groups]
    begin, failures = time.time(), []
    print(f"bench: {' '.join(n for names in groups for n in names)}: about {math.ceil(sum(usual) / 60)} minutes on a quiet machine", flush=True)
    for number, names in enumerate(groups):
        left = sum(usual[number:])
        print(f"bench: {' and '.join(names)}: begins after {(time.time() - begin) / 60:.0f} minutes, {math.ceil(left / 60)} to go", flush=True)
        failures += measure_together(names, out)
    return failures


def busy(load):
    """What is to be said where the machine had more to do than this: a bench of two processes makes a load of two at most."""
    if load > os.cpu_count():
        yield (f"The machine did something else as well meanwhile (load average {load:.1f} on {os.cpu_count()} processors): times are long and spread wide; "
               "ratios and calls are what counts.\n\n")


def section(name, entry, figures, failures):
    """A bench's part of the document, which says so where it failed, then or now."""
    if "failed" in entry:
        return [f"Not measured: {' '.join(entry['failed'].split())}\n"]
    try:
        bench = importlib.import_module(name)
        load = entry.get("load", 0) if getattr(bench, "MEASURES_TIME", True) else 0
        return [*busy(load), *bench.render(entry["data"], figures)]
    except Exception as failure:
        traceback.print_exc()
        failures.append(f"{name}: its numbers, in {name}.json, could not be shown: {failure!r}")
        return [f"Not shown: {failure!r}\n"]


def document(out, figures, failures):
    """The whole text; `figures` is filled: file name -> SVG, and `failures` with what could not be shown."""
    entries = {name: json.loads((out / f"{name}.json").read_text()) for name in BENCHES if (out / f"{name}.json").exists()}
    commits = ", ".join(sorted({entry["commit"] for entry in entries.values()}))
    yield "# Benchmarks\n\n<!-- SPDX-License-Identifier: MIT -->\n<!-- Written by `make bench`; change tests/bench, not this. -->\n\n"
    yield ("Everything here is measured, by `make bench`. Ratios are of medians of one interleaved run on one machine; the spread is least-most. "
           "Where another way is better, the table says so.\n\n")
    yield report.table(["", ""], [*report.machine().items(), ("usermount", f"{commits}, measured {min(e['at'] for e in entries.values())} "
                       f"to {max(e['at'] for e in entries.values())}"), ("took", f"{sum(e['took_s'] for e in entries.values())} s")])
    for name, title in BENCHES.items():
        if name in entries:
            yield f"\n## {title}\n\n"
            yield from section(name, entries[name], figures, failures)


def main():
    parser = argparse.ArgumentParser(description="Measures, and writes docs/benchmarks.md.")
    parser.add_argument("--quick", action="store_true", default=os.environ.get("BENCH") == "quick")
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--render", action="store_true")
    parser.add_argument("names", nargs="*", metavar="BENCH", help=" ".join(BENCHES))
    words = parser.parse_args()
    unknown = [name for name in words.names if name not in BENCHES]
    if unknown:
        parser.error(f"unknown bench {unknown[0]}")
    out = words.out or BUILD / "bench" / ("quick" if words.quick else "full")
    out.mkdir(parents=True, exist_ok=True)
    wanted = [] if words.render else words.names or list(BENCHES)
    if words.quick and wanted:
        with world(memory="300M", locks=True, autofs=True) as shared:
            for name in wanted:
                measure(name, True, out, shared)
    failures = []
    if wanted and not words.quick:
        failures = measure_all(wanted, out)
    figures = {}
    text = "".join(document(out, figures, failures))
    docs = out if words.quick or words.out else REPO / "docs"
    (docs / "bench").mkdir(exist_ok=True)
    (docs / "benchmarks.md").write_text(text)
    for name, svg in figures.items():
        (docs / "bench" / name).write_text(svg)
    print(f"bench: {docs / 'benchmarks.md'}")
    if failures:
        sys.exit("bench: failed: " + "; ".join(failures))


if __name__ == "__main__":
    main()
