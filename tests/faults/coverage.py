#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Prints the line coverage of the pure modules: coverage.py BUILD SOURCE... from gcov's data below BUILD. Exit code 1 when
one is below 90 %. What `make coverage` runs."""

import re
import subprocess
import sys
from pathlib import Path

LEAST = 90.0


def covered(build, source):
    """(lines run, lines) of a source file."""
    data = build / "host" / Path(source).with_suffix(".gcda")
    if not data.exists():
        return 0, 1
    done = subprocess.run(["gcov", "-n", data], capture_output=True, text=True, check=True)
    found = re.search(rf"^File '{re.escape(source)}'\nLines executed:([0-9.]+)% of (\d+)$", done.stdout, re.M)
    lines = int(found[2])
    return round(float(found[1]) * lines / 100), lines


def main(build, sources):
    low, all_run, all_lines = [], 0, 0
    for source in sources:
        run, lines = covered(build, source)
        percent = 100 * run / lines
        print(f"  {percent:6.1f} %  {lines - run:4d} of {lines:4d} not run  {source}")
        all_run, all_lines = all_run + run, all_lines + lines
        if percent < LEAST:
            low.append(source)
    print(f"  {100 * all_run / all_lines:6.1f} %  of {all_lines} lines in {len(sources)} files")
    if low:
        sys.exit(f"coverage: below {LEAST:.0f} %: {' '.join(low)}")


if __name__ == "__main__":
    main(Path(sys.argv[1]).resolve(), sys.argv[2:])
