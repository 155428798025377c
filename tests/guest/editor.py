# SPDX-License-Identifier: MIT
"""Edits files as fast as it can, for a test: `editor.py FOLDER EDITS SEED`, run as the Mac's user.

After each edit it remembers what it made: bytes, mtime, mode and owner. Before the next edit of that file, and at the end,
all of it must still be so. What is not is printed, a line each. After the last edit it prints "edited", and looks once more
when a line comes; then its last line is the number of edits.
"""

import os
import random
import sys
from pathlib import Path

FILES = 25


def state(path):
    status = path.stat()
    return path.read_bytes(), status.st_mtime_ns, status.st_mode, status.st_uid, status.st_gid


def write(path, draw):
    path.write_bytes(draw.randbytes(draw.randrange(1, 3000)))


def append(path, draw):
    with path.open("ab") as file:
        file.write(draw.randbytes(draw.randrange(1, 50)))


def truncate(path, draw):
    os.truncate(path, draw.randrange(0, 100))


def replace(path, draw):
    other = path.with_name(f".{path.name}.new")
    write(other, draw)
    other.chmod(draw.choice((0o600, 0o640, 0o644)))
    other.rename(path)


def older(path, draw):
    os.utime(path, ns=(0, draw.randrange(10**18)))


def chmod(path, draw):
    # No set-id bits: one that is set between the look and the chown is lost, as docs/events.md says.
    path.chmod(draw.choice((0o600, 0o640, 0o644, 0o755)))


def again(path, draw):
    path.unlink()
    write(path, draw)


EDITS = (write, append, truncate, replace, older, chmod, again)


def main(folder, edits, seed):
    draw = random.Random(seed)
    paths = [Path(folder) / f"edited{number}" for number in range(FILES)]
    for path in paths:
        write(path, draw)
    made = {path: state(path) for path in paths}

    def look(path, when):
        now = state(path)
        if now != made[path]:
            print(f"harmed {path.name} {when}: {made[path][1:]} {len(made[path][0])} bytes became {now[1:]} {len(now[0])} bytes")

    for number in range(edits):
        path = draw.choice(paths)
        look(path, f"before edit {number}")
        draw.choice(EDITS)(path, draw)
        made[path] = state(path)
    print("edited", flush=True)
    sys.stdin.readline()
    for path in paths:
        look(path, "at the end")
    print(edits)


main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
