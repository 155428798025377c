#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The packer beside what it is measured against, interleaved, as ratios of medians: packing.py [--smoke] OUT.md.

The image is like Moby's: two gzip -9 archives, of real programs and libraries of this machine. --smoke takes a small
one and few runs, to see that the bench works; it measures nothing.
"""

import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
BUILD = Path(os.environ.get("USERMOUNT_BUILD", HERE.parent.parent / "build")).resolve()
PACK = BUILD / "usermount-pack"
sys.path.insert(0, str(HERE.parent / "cli"))
import images  # noqa: E402

FILES = ["/usr/bin", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/sbin"]


def image(path, megabytes):
    """About `megabytes` MB of gzip -9 behind which a second, small archive follows; returns the first's unpacked size."""
    unpacked, entries, want = 0, [*images.moby_entries(), images.directory("opt"), images.directory("opt/data")], int(megabytes * 2.6e6)
    for folder in FILES:
        for file in sorted(Path(folder).glob("*")) if Path(folder).is_dir() else []:
            if file.is_symlink() or not file.is_file() or file.stat().st_size > 8_000_000 or unpacked >= want:
                continue
            entries.append(images.file(f"opt/data/{len(entries)}-{file.name}", file.read_bytes()))
            unpacked += file.stat().st_size
    done = subprocess.run(["gzip", "-9n"], input=images.archive(entries), capture_output=True, check=True)
    path.write_bytes(images.pad4(done.stdout) + images.pad4(images.container()))
    return unpacked


def timed(command, **more):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    return time.perf_counter() - begin


class Bench:
    def __init__(self, folder, stock, runs):
        self.folder, self.stock, self.runs = folder, stock, runs
        self.work = folder / "work.img"
        self.rows = []

    def fresh(self, packed):
        shutil.copyfile(self.stock, self.work)
        if packed:
            timed([PACK, "add", "--no-backup", "--force", self.work])

    def pair(self, what, ours, theirs, target, packed=False, runs=None):
        """Both sides in turn; `ours` gets a fresh image each time. ok: the ratio of the medians meets the target."""
        times = ([], [])
        for _ in range((runs or self.runs) + 1):
            self.fresh(packed)
            times[0].append(timed(ours))
            times[1].append(timed(["sh", "-c", theirs], cwd=self.folder))
        a, b = (sorted(side[1:]) for side in times)  # the first of each warms the caches
        ratio = statistics.median(a) / statistics.median(b)
        self.rows.append((what, a, theirs, b, ratio, target))

    def table(self):
        yield "| what | ours, ms: median (min-max) | beside | its ms | ratio | target |"
        yield "|---|---|---|---|---|---|"
        for what, a, theirs, b, ratio, target in self.rows:
            sides = [f"{statistics.median(s) * 1e3:.1f} ({s[0] * 1e3:.1f}-{s[-1] * 1e3:.1f})" for s in (a, b)]
            beside = theirs.replace("|", "\\|")  # a bar would end the cell
            yield f"| {what} | {sides[0]} | `{beside}` | {sides[1]} | {ratio:.3f} | {target} |"


def main(words):
    smoke = "--smoke" in words
    out = Path([word for word in words if not word.startswith("--")][0])
    with tempfile.TemporaryDirectory(dir=BUILD) as name:
        folder = Path(name)
        stock = folder / "stock.img"
        unpacked = image(stock, 2 if smoke else 55)
        bench = Bench(folder, stock, 1 if smoke else 9)
        img = str(bench.work)
        # Exit 2: it warns of the padding between the archives, and stops there.
        gzip_t = f"gzip -t {stock.name}; test $? -ne 1"
        bench.pair("add", [PACK, "add", "--no-backup", img], gzip_t, "1.5 at most")
        bench.pair("remove", [PACK, "remove", img], f"cp {stock.name} copy.img", "2 at most", packed=True)
        bench.pair("status", [PACK, "status", img], "true", "5 ms at most", packed=True)
        bench.pair("verify", [PACK, "verify", img], gzip_t, "none", packed=True)
        repack = (f"rm -rf tree && mkdir tree && gzip -dc {stock.name} | (cd tree && cpio -id --quiet; cat >/dev/null) && "
                  "cd tree && find . | cpio -o -H newc --quiet | gzip -9 >../repacked.img")
        bench.pair("add, beside unpacking and repacking", [PACK, "add", "--no-backup", img], repack, "0.033 at most",
                   runs=1)
        text = [f"Image: {stock.stat().st_size} bytes, {unpacked} unpacked; {os.cpu_count()} cores, {platform.release()}, "
                f"{platform.machine()}. Medians of {bench.runs} interleaved runs (repacking: 1).", "", *bench.table(), ""]
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text("\n".join(text))
    print("\n".join(text))


if __name__ == "__main__":
    main(sys.argv[1:])
