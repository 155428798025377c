# SPDX-License-Identifier: MIT
"""The packer beside what it is measured against, on images of several sizes, interleaved.

The images are like Moby's: gzip -9 archives of real programs and libraries of this machine, and a small second one. The
200 and 1000 MB ones hold the 55 MB one's archive several times. There is no padding between the archives, as gzip and
pigz stop at the first padding, and would read a part only.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import newer
import plot
from report import median, met, package, ratio, spread, table
from world import BUILD, HERE, debs

sys.path.insert(0, str(HERE.parent / "cli"))
import images  # noqa: E402

PACK = BUILD / "usermount-pack"
ALONE = BUILD / "zlib/usermount-pack"  # with zlib alone
FILES = ["/usr/bin", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/sbin"]
RUNS = {8: 7, 55: 7, 200: 2, 1000: 1}
MAIN = 55
OURS = ("add", "status", "inspect", "verify", "remove")  # in this order, on one image; each round begins with a fresh one
WALKS = ("add", "inspect", "verify")  # measured with zlib alone as well, on another
REPACK = ("rm -rf tree && mkdir tree && zcat stock.img | (cd tree && cpio -id --quiet; cat >/dev/null) && cd tree && "
          "find . | cpio -o -H newc --quiet | gzip -9 >../repacked.img")
BSDTAR = "bsdtar -cf stock.tar @stock.img && bsdtar -czf repacked.img --format newc @stock.tar"
PEERS = {"cp": "cp stock.img copy.img", "gzip -t": "gzip -t stock.img", "pigz -t": "pigz -t stock.img"}
LISTERS = {"lsinitramfs": "lsinitramfs stock.img", "lsinitrd": "lsinitrd stock.img", "3cpio --list": "3cpio --list stock.img"}
PACKAGES = ["pigz", "libarchive-tools", "initramfs-tools-core", "dracut-core", "libisal-dev", "libisal2", "libdeflate-dev", "libdeflate0"]


def tools():
    """An environment in which the peers' programs are found, from packages that are unpacked and not installed."""
    folders = debs.unpacked(PACKAGES)
    path = ":".join(str(folder / part) for folder in folders for part in ("usr/bin", "usr/lib/dracut") if (folder / part).is_dir())
    dracut = folders[PACKAGES.index("dracut-core")] / "usr/lib/dracut"
    return dict(os.environ, PATH=f"{path}:{os.environ['PATH']}", dracutbasedir=str(dracut), DRACUT_INSTALL=str(dracut / "dracut-install"))


def first_archive(megabytes):
    """About that many MB of gzip -9."""
    entries, unpacked = [*images.moby_entries(), images.directory("opt"), images.directory("opt/data")], 0
    for file in (f for folder in FILES if Path(folder).is_dir() for f in sorted(Path(folder).glob("*"))):
        if unpacked >= megabytes * 2.6e6:
            break
        if file.is_file() and not file.is_symlink() and file.stat().st_size < 8_000_000:
            entries.append(images.file(f"opt/data/{len(entries)}-{file.name}", file.read_bytes()))
            unpacked += file.stat().st_size
    return subprocess.run(["gzip", "-9n"], input=images.archive(entries), capture_output=True, check=True).stdout


def build(path, megabytes, archives):
    """archives: megabytes -> an archive that was made before."""
    size = min(megabytes, MAIN)
    if size not in archives:
        archives[size] = first_archive(size)
    path.write_bytes(archives[size] * max(1, round(megabytes / size)) + images.container())


def timed_ms(command, **more):
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    return (time.perf_counter() - begin) * 1e3


def alone(verb):
    return f"{verb}, zlib alone"


def label(name):
    verb, comma, rest = name.partition(",")
    return f"`usermount-pack {verb}`{comma}{rest}" if verb in OURS else f"`{name}`"


class Bench:
    def __init__(self, folder):
        self.folder, self.environment, self.listers = folder, tools(), dict(LISTERS)
        self.threecpio = newer.program("3cpio")
        if self.threecpio:
            self.environment["PATH"] = f"{self.threecpio[0]}:{self.environment['PATH']}"
        else:
            del self.listers["3cpio --list"]

    def shell(self, line):
        return timed_ms(["sh", "-c", line], cwd=self.folder, env=self.environment)

    def verbs(self, packer, verbs):
        """verb -> ms, on a fresh image."""
        shutil.copyfile(self.folder / "stock.img", self.folder / "work.img")
        more = {"add": ["--no-backup"]}
        return {verb: timed_ms([packer, verb, *more.get(verb, []), self.folder / "work.img"]) for verb in verbs}

    def ours(self):
        """What `remove` leaves must be what came."""
        taken = {alone(verb): ms for verb, ms in self.verbs(ALONE, WALKS).items()} | self.verbs(PACK, OURS)
        subprocess.run(["cmp", "work.img", "stock.img"], cwd=self.folder, check=True)
        return taken

    def size(self, count, peers):
        """name -> samples, after one round that warms the caches; a single sample has been warmed by writing the image."""
        samples = {}
        for number in range(count + 1 if count > 1 else 1):
            taken = self.ours() | {name: self.shell(line) for name, line in peers.items()}
            for name, ms in taken.items() if number or count == 1 else ():
                samples.setdefault(name, []).append(ms)
        return samples


def inflaters(stock, folder, count):
    """library -> ms to unpack the first archive, interleaved."""
    isal, isal_lib, deflate, _ = debs.unpacked(PACKAGES[-4:])
    libs = [next((isal_lib / "usr/lib").glob("*/libisal.so.2")), next((deflate / "usr/lib").glob("*/libdeflate.a"))]
    program = folder / "inflaters"
    subprocess.run(["gcc", "-O2", f"-I{isal}/usr/include", f"-I{deflate}/usr/include", "-o", program, HERE / "inflaters.c", *libs,
                    f"-Wl,-rpath,{libs[0].parent}", "-lz"], check=True)
    samples = {}
    for line in subprocess.run([program, stock, str(count)], capture_output=True, text=True, check=True).stdout.splitlines():
        name, ns, unpacked = line.split()
        assert int(unpacked) > stock.stat().st_size, line
        samples.setdefault(name, []).append(int(ns) / 1e6)
    return samples


def measure(quick):
    sizes = {1: 1} if quick else RUNS
    archives, result = {}, {"sizes": {}, "bytes": {}}
    with tempfile.TemporaryDirectory(dir=BUILD) as name:
        folder = Path(name)
        bench = Bench(folder)
        for megabytes, count in sizes.items():
            build(folder / "stock.img", megabytes, archives)
            small = megabytes <= MAIN
            result["sizes"][str(megabytes)] = bench.size(count, PEERS | (bench.listers if small else {}))
            result["bytes"][str(megabytes)] = (folder / "stock.img").stat().st_size
            if megabytes == MAIN or quick:
                result["repack"] = {"zcat, cpio -i, find, cpio -o, gzip -9": bench.shell(REPACK), "bsdtar's conversion": bench.shell(BSDTAR)}
                result["inflaters"] = inflaters(folder / "stock.img", folder, 1 if quick else 7)
                result["main"] = str(megabytes)
        threecpio = bench.threecpio
    result["versions"] = {name: package(name) for name in ("gzip", "cpio", "zlib1g")} | {
        name: debs.version(name) for name in ("pigz", "libarchive-tools", "initramfs-tools-core", "dracut-core", "libisal2", "libdeflate0")}
    if threecpio:
        result["versions"]["3cpio"] = threecpio[1]
    return result


def gain(samples, verb):
    return ratio(samples[alone(verb)], samples[verb])


def render(data, figures):
    sizes, main = data["sizes"], data["sizes"][data["main"]]
    names = [*OURS, *map(alone, WALKS), *PEERS, *LISTERS]
    figures["packing.svg"] = plot.lines(
        "The packer, by size of the image", {("usermount-pack " if n in OURS else "") + n: [(int(mb), median(s[n])) for mb, s in sizes.items()]
                                            for n in ("add", "verify", "remove", "status", "cp", "gzip -t")}, "image, MB", "ms")
    yield ("Each round: a fresh copy, then `add`, `status`, `inspect`, `verify`, `remove` (whose result is compared with the original), then "
           "the peers. Rounds: " + ", ".join(f"{len(s['add'])} at {mb} MB" for mb, s in sizes.items()) + ". ms, median (least-most).\n\n")
    yield table(["", *(f"{mb} MB" for mb in sizes)],
                [(label(n), *(spread(s[n], 1) if n in s else "" for s in sizes.values())) for n in names])
    yield "\n![packing by size](bench/packing.svg)\n\n"
    yield "Repacking the same image, once:\n\n"
    yield table(["what", "ms", "`add` is faster by"],
                [(n, f"{ms:.0f}", f"{ms / median(main['add']):.0f} x") for n, ms in data["repack"].items()])
    yield ("\n`lsinitramfs`, `lsinitrd` and `3cpio` show the first archive only and no more; `verify` and `inspect` read every one. `remove` "
           "is measured with its hash and its fsync, `cp` without either. "
           + (f"3cpio is Debian {newer.RELEASE}'s, with that release's C library, as no earlier one has it; it runs gzip.\n\n" if "3cpio" in data["versions"] else
              f"3cpio is in Debian {newer.RELEASE} only, which could not be reached: not measured.\n\n"))
    zlib = data["inflaters"]["zlib"]
    yield "What each library makes of the walk, which is nearly all of `add` (the hash runs beside it, in a thread of its own):\n\n"
    yield table(["library", "ms for the first archive", "to zlib"], [(n, spread(s), ratio(s, zlib)) for n, s in data["inflaters"].items()])
    yield "\nWhat `usermount-pack` with ISA-L gains over the same with zlib alone, in the same rounds:\n\n"
    yield table(["", *(f"{mb} MB" for mb in sizes)],
                [(f"`{verb}`", *(gain(s, verb) + " x" for s in sizes.values())) for verb in WALKS])
    yield ("\nISA-L is kept, where the build finds it. By itself it takes sets of codes that are not complete, which zlib and the kernel "
           "refuse (`gzip-codes-*` in tests/cli/corpus.py, judged by a kernel in tests/guest/test_corpus.py). So the packer reads each block's "
           "head itself, gives ISA-L one block at a time, and has zlib unpack anew whatever is not usual and whole; what it says and writes is "
           "the same with and without (tests/fuzz/fuzz_quick.c, tests/cli/test_pack_decoders.py). Not taken: libdeflate needs the whole output in "
           "one buffer, and the packer must split it where the kernel does. zlib-ng is in no release of Debian (12, 13, their "
           "backports, sid), and the npm package found with it, @img/sharp-libvips-linux-x64, does not export it: not measured. Hashing beside the walk is kept. The copy comes before the walk, not beside it: what is judged is the copy, which becomes the image.\n\n")
    repack = min(data["repack"].values()) / median(main["add"])
    status = max(median(s["status"]) for s in sizes.values())
    yield table(["target", "measured", ""], [
        (f"ISA-L: `add` on {data['main']} MB at least 1.3 x faster for it", gain(main, "add") + " x", met(median(main[alone("add")]) >= 1.3 * median(main["add"]))),
        *[(f"`add` on {data['main']} MB, {what}: {most} x `gzip -t` at most", ratio(main[name], main["gzip -t"]) + " x",
           met(median(main[name]) <= most * median(main["gzip -t"]))) for name, what, most in (("add", "ISA-L", 0.4), (alone("add"), "zlib alone", 0.8))],
        ("`add`: 60 x faster than unpacking and repacking", f"{data['repack']['zcat, cpio -i, find, cpio -o, gzip -9'] / median(main['add']):.0f} x (bsdtar: {repack:.0f} x)",
         met(data["repack"]["zcat, cpio -i, find, cpio -o, gzip -9"] >= 60 * median(main["add"]))),
        ("`remove`: 2 x `cp` at most", ratio(main["remove"], main["cp"]) + " x", met(median(main["remove"]) <= 2 * median(main["cp"]))),
        ("`status`: under 3 ms at any size", f"{status:.1f} ms at most, the start of a process included", met(status < 3))])
    yield "\nVersions: " + ", ".join(f"{n} {v}" for n, v in data["versions"].items()) + ".\n"
